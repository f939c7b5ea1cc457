#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/files/weights/hdf5: small HDF5 files as h5py and Keras write them; and smaller ones for the
fuzzer to begin with, tests/fuzz/corpus/hdf5.

Run by hand, from the repository's root, with NumPy and h5py 3.11 or later:

    python3 tests/golden/hdf5_golden.py

The committed files were written by h5py 3.16 with HDF5 2.0. 3.8 with HDF5 1.12 writes the same structures.
Numbers and texts follow from the formulas `numbers`, `layer_name` and `long_text` here; the tests
write them once more (tests/weights_tools/hdf5_files.hpp).
"""

import pathlib

import h5py
import numpy as np

CORPUS = pathlib.Path("tests/fuzz/corpus/hdf5")
FOLDER = pathlib.Path("tests/data/files/weights/hdf5")


def numbers(shape, start=0):
    """Whole eighths between -6.25 and 6.25: exact in 16 bits."""
    count = int(np.prod(shape, dtype=int))
    return (((np.arange(start, start + count) * 37) % 101 - 50) / 8).reshape(shape)


def layer_name(i):
    return f"conv{i}" + "_block" * (i % 4)


def long_text(length):
    return "".join(chr(97 + i * i % 26) for i in range(length))


def write_types(path):
    """Every number format and layout, read and refused."""
    with h5py.File(path, "w") as file:
        for letters in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8"):
            name = ("little" if letters[0] == "<" else "big") + letters[1:]
            file.create_dataset(name, data=numbers((2, 3, 2)).astype(letters))
        file["scalar"] = np.float32(1.5)
        file["empty"] = np.zeros((3, 0), "f4")
        file["rounded"] = np.array([0.1, 1e300, -1e300, 3.40282356e38, 1e-46, np.inf, np.nan])
        file["integers"] = np.arange(4)
        file["texts"] = np.array([b"abc", b"d"])
        file.create_dataset("unwritten", shape=(3,), dtype="f4")
        file.create_dataset("chunked", data=numbers((4, 4)).astype("f4"), chunks=(2, 2))
        file.create_dataset("compressed", data=numbers((4, 4)).astype("f4"), compression="gzip")
        file["a_type"] = np.dtype("f4")
        layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        layout.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((5,))
        compact = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, layout)
        compact.write(h5py.h5s.ALL, h5py.h5s.ALL, numbers((5,)).astype("f4"))


def write_texts(path, libver):
    """Attributes of all kinds of texts, and some that are none."""
    with h5py.File(path, "w", libver=libver, meta_block_size=1) as file:
        file.attrs["backend"] = "tensorflow"
        file.attrs["bytes"] = np.bytes_(b"2.15.0")
        file.attrs["model_config"] = long_text(3000)
        file.attrs["nothing"] = ""
        file.attrs["names"] = np.array([layer_name(i).encode() for i in range(9)])
        file.attrs["variable"] = [layer_name(i) for i in range(9)] + ["", "größer"]
        file.attrs["number"] = 3
        file.attrs["null"] = h5py.Empty("S3")
        file.attrs["table"] = np.array([[b"a", b"bc"], [b"", b"d"]])
        file.attrs["no_rows"] = np.zeros((0,), "S4")
        spaces = h5py.h5t.C_S1.copy()
        spaces.set_size(6)
        spaces.set_strpad(h5py.h5t.STR_SPACEPAD)
        padded = h5py.h5a.create(file.id, b"spaces", spaces, h5py.h5s.create(h5py.h5s.SCALAR))
        padded.write(np.array(b"ab    ", "S6"))


def write_layers(path, libver, layers, track_order=False):
    with h5py.File(path, "w", libver=libver, meta_block_size=1) as file:
        group = file.create_group("layers", track_order=track_order)
        group.attrs["layer_names"] = np.array([layer_name(i).encode() for i in range(layers)])
        # Scattered, so that the order of names is not the order in which they were made.
        for i in (k * 7 % layers for k in range(layers)):
            file.create_dataset(f"layers/{layer_name(i)}", data=numbers((2,), i).astype("f4"))


def write_many_attributes(path):
    """Attributes that do not fit an object header: in a fractal heap, and one too large for that."""
    with h5py.File(path, "w", libver="v108", meta_block_size=1) as file:
        for i in range(60):
            file.attrs[f"layer_names{i}"] = np.array([layer_name(i + k).encode() for k in range(i % 5)], "S30")
        file.attrs["large"] = np.array([long_text(50 + i).encode() for i in range(80)])
        file.attrs["variable"] = [layer_name(i) for i in range(9)]


def write_with_user_block(path):
    with h5py.File(path, "w", userblock_size=512, libver="latest") as file:
        file["model/kernel:0"] = numbers((3,)).astype("f4")
    with open(path, "r+b") as file:
        file.write(b"What stands here is not HDF5.")


def write_seeds():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for libver in ("earliest", "v108", "latest"):
        write_texts(CORPUS / f"texts_{libver}.h5", libver)
    write_layers(CORPUS / "layers_earliest.h5", "earliest", 10)
    write_layers(CORPUS / "layers_v108.h5", "v108", 6)
    write_layers(CORPUS / "layers_v110.h5", "v110", 10, track_order=True)
    write_layers(CORPUS / "layers_latest.h5", "latest", 12)
    write_with_user_block(CORPUS / "user_block.h5")
    for libver, count, large in (("v108", 9, 90), ("latest", 50, 1)):
        with h5py.File(CORPUS / f"attributes_{libver}.h5", "w", libver=libver, meta_block_size=1) as file:
            for i in range(count):
                file.attrs[f"a{i}"] = np.bytes_(b"x" * (i % 3 + 1))
            file.attrs["large"] = np.array([long_text(46).encode()] * large)
    for letters in ("<f2", ">f8"):
        with h5py.File(CORPUS / f"number_{letters[1:]}.h5", "w", meta_block_size=1) as file:
            file["group/numbers"] = numbers((2, 3)).astype(letters)
    with h5py.File(CORPUS / "refused.h5", "w", libver="v108", meta_block_size=1) as file:
        file.create_dataset("chunked", data=numbers((4, 4)).astype("f4"), chunks=(2, 2))
        file["integers"] = np.arange(4)
    for libver, link in (("earliest", h5py.SoftLink("/x")), ("v108", h5py.ExternalLink("other.h5", "/x"))):
        with h5py.File(CORPUS / f"link_{libver}.h5", "w", libver=libver, meta_block_size=1) as file:
            file["link"] = link


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_types(FOLDER / "types.h5")
    for libver in ("earliest", "v108", "latest"):
        write_texts(FOLDER / f"texts_{libver}.h5", libver)
    write_layers(FOLDER / "layers_earliest.h5", "earliest", 60)
    write_layers(FOLDER / "layers_v108.h5", "v108", 6)
    write_layers(FOLDER / "layers_v110.h5", "v110", 20, track_order=True)
    write_layers(FOLDER / "layers_latest.h5", "latest", 75)
    write_many_attributes(FOLDER / "many_attributes.h5")
    write_with_user_block(FOLDER / "user_block.h5")
    write_seeds()
    for path in sorted(FOLDER.iterdir()) + sorted(CORPUS.iterdir()):
        print(f"{path.stat().st_size:6} {path}")


if __name__ == "__main__":
    main()
