#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Writes tests/data/files/augmentation.csv: small pictures changed as Keras' ImageDataGenerator changes them.
# Run by hand in the repository's root (needs numpy and scipy):
#
#     python3 tests/golden/augmentation_golden.py
#
# The steps are those of Keras 3's legacy image generator: M = R(theta) T(tx, ty) diag(zx, zy) maps output to
# input coordinates; M is recentred at (h/2 - 1/2, w/2 - 1/2); both its axes are exchanged, because it was made
# for (x, y) and numpy counts (row, column); scipy's affine_transform samples with order 1 and mode "nearest";
# the horizontal flip comes last. tx is drawn from height_shift_range and multiplied by the height, yet after
# the exchange it moves columns. The recentring happens before the exchange: for a picture that is not square
# the rows are then turned around the middle of the columns. thorax turns every picture around its own middle,
# so the pictures here that are not square are recentred after the exchange; the script prints the difference.

import csv
import math
import pathlib

import numpy as np
from scipy import ndimage


def picture(channels, height, width):
    """Whole numbers from 0 to 255 by a formula that any language computes exactly."""
    c, y, x = np.meshgrid(np.arange(channels), np.arange(height), np.arange(width), indexing="ij")
    return ((101 * c + 53 * y * y + 91 * x + 7 * x * y + 29 * x * x) % 256).astype(np.float32)


def keras_matrix(theta, tx, ty, zx, zy):
    rotation = np.array([[math.cos(theta), -math.sin(theta), 0], [math.sin(theta), math.cos(theta), 0], [0, 0, 1]])
    shift = np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]])
    zoom = np.diag([zx, zy, 1.0])
    return rotation @ shift @ zoom


def recentred(matrix, first, second):
    there = np.array([[1, 0, first / 2 - 0.5], [0, 1, second / 2 - 0.5], [0, 0, 1]])
    back = np.array([[1, 0, 0.5 - first / 2], [0, 1, 0.5 - second / 2], [0, 0, 1]])
    return there @ matrix @ back


def exchanged(matrix):
    return matrix[[1, 0, 2]][:, [1, 0, 2]]


def changed(maps, theta, shift_y, shift_x, zoom_y, zoom_x, flip, own_middle):
    _, height, width = maps.shape
    matrix = keras_matrix(theta, shift_x * width, shift_y * height, zoom_x, zoom_y)
    if own_middle:
        matrix = recentred(exchanged(matrix), height, width)
    else:
        matrix = exchanged(recentred(matrix, height, width))
    out = np.stack([ndimage.affine_transform(m, matrix[:2, :2], matrix[:2, 2], order=1, mode="nearest") for m in maps])
    return out[:, :, ::-1] if flip else out


CASES = [  # name, channels, height, width, degrees, shift_y, shift_x, zoom_y, zoom_x, flip
    ("nothing", 1, 10, 10, 0, 0, 0, 1, 1, 0),
    ("turned", 1, 10, 10, 10, 0, 0, 1, 1, 0),
    ("turned back", 1, 11, 11, -7.5, 0, 0, 1, 1, 0),
    ("moved down", 1, 10, 10, 0, 0.05, 0, 1, 1, 0),
    ("moved aside", 1, 10, 10, 0, 0, -0.04, 1, 1, 0),
    ("smaller upright", 1, 10, 10, 0, 0, 0, 1.1, 1, 0),
    ("larger across", 1, 10, 10, 0, 0, 0, 1, 0.9, 0),
    ("mirrored", 1, 10, 10, 0, 0, 0, 1, 1, 1),
    ("all at once", 3, 12, 12, 8.25, 0.031, -0.047, 0.93, 1.08, 0),
    ("all at once, mirrored", 3, 12, 12, -9.5, -0.05, 0.022, 1.09, 0.95, 1),
    ("wide", 2, 8, 13, 6.5, 0.04, -0.03, 1.05, 0.92, 1),
    ("tall", 1, 13, 8, -10, 0.05, 0.05, 0.9, 1.1, 0),
]


def main():
    path = pathlib.Path("tests/data/files/augmentation.csv")
    with path.open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow("case,channels,height,width,theta,shift_y,shift_x,zoom_y,zoom_x,flip,pixels".split(","))
        for name, channels, height, width, degrees, *rest in CASES:
            maps, theta = picture(channels, height, width), math.radians(degrees)
            out = changed(maps, theta, *rest, own_middle=True)
            difference = np.abs(out - changed(maps, theta, *rest, own_middle=False)).max()
            print(f"{name}: Keras' pixels differ by at most {difference:.2g} of 255")
            assert height != width or difference < 1e-3
            numbers = " ".join(f"{v:.9g}" for v in out.ravel())
            table.writerow([name, channels, height, width, repr(theta), *rest, numbers])


if __name__ == "__main__":
    main()
