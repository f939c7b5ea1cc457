#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/image: small synthetic pictures and what Pillow makes of them.

Run by hand from the repository's root (needs Pillow and numpy); the tests only read what it wrote:
    python3 tests/golden/image_golden.py
"""
import itertools
import pathlib
import struct
import zlib

import numpy
import PIL
from PIL import Image

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "data" / "image"


def pattern(height, width, channels):
    """The formula of tests/image/pictures.hpp: smooth, noisy and clipped at 255 in one."""
    y, x, c = numpy.indices((height, width, channels), dtype=numpy.uint32)
    noise = 7 * x * x + 13 * y * y + 31 * x * (c + 1) + 101 * c + ((x * y * (x + y + c)) >> 3)
    return numpy.minimum((noise & 63) + ((3 * x + 2 * y + 40 * c) & 255), 255).astype(numpy.uint8)


def fnv1a(samples):
    """64-bit FNV-1a of the samples, rows first, channels interleaved."""
    state = 0xCBF29CE484222325
    for byte in numpy.ascontiguousarray(samples, dtype=numpy.uint8).tobytes():
        state = ((state ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{state:016x}"


def as_pillow(samples):
    return Image.fromarray(samples[:, :, 0] if samples.shape[2] == 1 else samples)


# height, width, channels of the source; new heights and widths
SIZES = [(23, 37, 1), (23, 37, 3), (224, 224, 1), (131, 257, 3), (1, 9, 1), (9, 1, 3)]
NEW = [1, 2, 3, 5, 7, 10, 23, 37, 50, 61, 128, 224, 300]
LARGE = [((1500, 1200, 1), (300, 300)), ((1023, 769, 3), (224, 224)), ((384, 384, 1), (300, 300))]


def resized_lines():
    pairs = []
    for i, (source, (height, width)) in enumerate(itertools.product(SIZES, itertools.product(NEW, NEW))):
        if i % 5 == 0 or height == width:
            pairs.append((source, (height, width)))
    for source, (height, width) in pairs + LARGE:
        picture = as_pillow(pattern(*source))
        for name, kind in (("nearest", Image.NEAREST), ("bilinear", Image.BILINEAR)):
            out = numpy.asarray(picture.resize((width, height), kind))
            yield " ".join(map(str, (name, *source, height, width, fnv1a(out))))


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def packed_row(row, depth):
    """One row (width x samples a pixel) in `depth` bits a sample, most significant first."""
    values = row.reshape(-1)
    if depth == 16:
        return values.astype(">u2").tobytes()
    bits = numpy.unpackbits(values.astype(numpy.uint8)[:, None], axis=1)[:, 8 - depth:]
    return numpy.packbits(bits.reshape(-1)).tobytes()


def png(samples, color_type, depth, interlaced, extra=b""):
    """A PNG written from its specification, so that every combination is to be had."""
    height, width = samples.shape[:2]
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    raw = b""
    for y0, x0, dy, dx in passes if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size:
            raw += b"".join(b"\0" + packed_row(row, depth) for row in part)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw, 9))
            + chunk(b"IEND", b""))


def raw_samples(channels, depth):
    """11 x 13 pixels of `depth` bits; sixteen bits hold the values around which v / 257 changes."""
    high = pattern(11, 13, channels).astype(numpy.uint32)
    if depth == 16:
        low = numpy.array([0, 64, 128, 129, 256], dtype=numpy.uint32)
        return numpy.minimum(high * 257 + numpy.resize(low, high.shape), 65535)
    return high >> (8 - depth)


def to_eight_bits(samples, depth):
    top = 2 ** depth - 1
    return (samples * 255 * 2 + top) // (2 * top)  # 255 v / top, rounded


def png_files():
    kinds = [("gray", 0, 1, (1, 2, 4, 8, 16)), ("rgb", 2, 3, (8, 16)), ("palette", 3, 1, (1, 2, 4, 8)),
             ("gray_alpha", 4, 2, (8, 16)), ("rgb_alpha", 6, 4, (8, 16))]
    palette = pattern(1, 256, 3)[0]
    for name, color_type, channels, depths in kinds:
        for depth, interlaced in itertools.product(depths, (False, True)):
            samples = raw_samples(channels, depth)
            extra = b""
            if color_type == 3:
                entries = palette[:2 ** depth]
                extra = chunk(b"PLTE", entries.tobytes()) + chunk(b"tRNS", bytes([0, 128]))
                expected = entries[samples[:, :, 0]]
            else:
                expected = to_eight_bits(samples, depth)[:, :, :1 if channels < 3 else 3].astype(numpy.uint8)
            path = FOLDER / f"{name}_{depth}{'_interlaced' if interlaced else ''}.png"
            path.write_bytes(png(samples, color_type, depth, interlaced, extra))
            agrees_with_pillow(path, expected, depth)
            yield f"{path.name} {expected.shape[2]} 11 13 {fnv1a(expected)}"


def agrees_with_pillow(path, expected, depth):
    if depth == 16:
        return  # Pillow 9 clips or cuts sixteen bits; what we expect is the rounded v / 257
    mode = "L" if expected.shape[2] == 1 else "RGB"
    found = numpy.asarray(Image.open(path).convert(mode)).reshape(expected.shape)
    assert (found == expected).all(), path


def jpeg_lines():
    """Two small JPEGs under a name that does not look like a film's, and Pillow's samples of them."""
    smooth = (lambda c: Image.fromarray(numpy.squeeze(pattern(24, 20, c) // 2 + 60)).resize((20, 24), Image.BILINEAR))
    for name, channels, options in (("gray_jpeg.bin", 1, {"progressive": True}), ("color_jpeg.bin", 3, {})):
        path = FOLDER / name
        smooth(channels).save(path, "JPEG", quality=85, **options)
        samples = numpy.asarray(Image.open(path)).reshape(24, 20, channels)
        yield f"{name} {channels} 24 20 " + " ".join(str(v) for v in samples.reshape(-1))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    about = f"made by tests/golden/image_golden.py with Pillow {PIL.__version__}"

    def write(name, columns, lines):
        (FOLDER / name).write_text(f"# {about}\n# {columns}\n" + "\n".join(lines) + "\n")

    write("resized.txt", "kind, height, width, channels, new height, new width, FNV-1a of the samples", resized_lines())
    write("decoded_png.txt", "file, channels, height, width, FNV-1a of the samples", png_files())
    write("decoded_jpeg.txt", "file, channels, height, width, samples", jpeg_lines())
    luma = numpy.asarray(as_pillow(pattern(131, 257, 3)).convert("L"))
    write("gray.txt", "height, width, FNV-1a of the luma", [f"131 257 {fnv1a(luma)}"])


main()
