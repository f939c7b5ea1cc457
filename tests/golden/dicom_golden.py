#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/image/dicom: small DICOM files of a pattern, and what pydicom makes of them.

Run by hand from the repository's root, with NumPy and pydicom 3; the tests only read what it wrote:

    python3 tests/golden/dicom_golden.py

Values come from pydicom's pixel_array, apply_modality_lut and apply_voi_lut. pydicom neither spreads grays by
percentiles, nor inverts MONOCHROME1, nor goes to eight bits: that is done here, by NumPy. The files are named .bin
because nothing that looks like a film is committed; nobody was ever in front of a detector for them.
"""

import pathlib

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

ROOT = pathlib.Path(__file__).resolve().parent.parent / "data" / "image"
FOLDER = ROOT / "dicom"
HEIGHT, WIDTH = 12, 17


def pattern(lowest, highest):
    """HEIGHT x WIDTH values that reach both ends, noisy enough for a wrong byte order to show."""
    y, x = np.indices((HEIGHT, WIDTH), dtype=np.int64)
    span = highest - lowest
    values = lowest + (x * span // (WIDTH - 1) * 3 // 4 + (7 * x * x + 13 * y * y + x * y * (x + y)) * 37) % (span + 1)
    values[0, 0], values[-1, -1] = lowest, highest
    return values


def film(syntax=ExplicitVRLittleEndian, stored=12, signed=False, photometric="MONOCHROME2", **attributes):
    """A film of the pattern; `attributes` are added, or replace what stands here."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    meta.MediaStorageSOPInstanceUID = "2.25.1"
    meta.ImplementationClassUID = "2.25.2"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian if syntax == RLELossless else syntax
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    allocated = 8 if stored == 8 else 16
    lowest, highest = (-(2 ** (stored - 1)), 2 ** (stored - 1) - 1) if signed else (0, 2**stored - 1)
    pixels = pattern(lowest, highest).astype(f"<{'i' if signed else 'u'}{allocated // 8}")
    for name, value in {
        "SOPClassUID": meta.MediaStorageSOPClassUID, "SOPInstanceUID": "2.25.1", "Modality": "CR",
        "BodyPartExamined": "CHEST", "ViewPosition": "AP", "PatientAge": "003Y", "PatientName": "Phantom^Paul",
        "SamplesPerPixel": 1, "PhotometricInterpretation": photometric, "Rows": HEIGHT, "Columns": WIDTH,
        "BitsAllocated": allocated, "BitsStored": stored, "HighBit": stored - 1, "PixelRepresentation": int(signed),
        **attributes,
    }.items():
        setattr(data, name, value)
    data.PixelData = pixels.tobytes()
    data["PixelData"].VR = "OB" if allocated == 8 else "OW"
    if syntax == RLELossless:
        data.compress(RLELossless, generate_instance_uid=False)
    return data


def table(first, bits, entries, signed_first=False):
    item = Dataset()
    item.add_new(0x00283002, "SS" if signed_first else "US", [len(entries), first, bits])
    item.add_new(0x00283006, "OW", np.asarray(entries, "<u2").tobytes())
    return Sequence([item])


def with_nested(data):
    """Sequences of every way to say, or not to say, how long they are; their contents must not reach the film."""
    inner = Dataset()
    inner.Rows, inner.Modality = 999, "CT"
    inner.is_undefined_length_sequence_item = True
    middle = Dataset()
    middle.RequestAttributesSequence = Sequence([inner, Dataset()])
    middle["RequestAttributesSequence"].is_undefined_length = True
    data.ReferencedStudySequence = Sequence([middle, inner])
    data["ReferencedStudySequence"].is_undefined_length = True
    data.ProcedureCodeSequence = Sequence([inner])
    return data


WINDOW = {"WindowCenter": "1800.5", "WindowWidth": "2300"}
CURVED = np.round(1023 * np.linspace(0, 1, 900) ** 1.7).astype(int)
KINDS = {
    "plain_8": lambda: film(stored=8, WindowCenter="120", WindowWidth="201"),
    "plain_12": lambda: film(**WINDOW),
    "plain_16": lambda: film(stored=16, WindowCenter=["30000", "1"], WindowWidth=["50001", "2"]),
    "signed_12": lambda: film(stored=12, signed=True, WindowCenter="-300", WindowWidth="2500"),
    "signed_16": lambda: film(stored=16, signed=True, WindowCenter="-3000", WindowWidth="40000"),
    "inverted": lambda: film(photometric="MONOCHROME1", **WINDOW),
    "implicit": lambda: with_nested(film(syntax=ImplicitVRLittleEndian, **WINDOW)),
    "nested": lambda: with_nested(film(**WINDOW)),
    "rescaled": lambda: film(RescaleSlope="0.5", RescaleIntercept="-1000.25", WindowCenter="-100", WindowWidth="900"),
    "linear_exact": lambda: film(VOILUTFunction="LINEAR_EXACT", **WINDOW),
    "sigmoid": lambda: film(VOILUTFunction="SIGMOID", photometric="MONOCHROME1", **WINDOW),
    "voi_table": lambda: film(VOILUTSequence=table(700, 10, CURVED), **WINDOW),
    "voi_table_signed": lambda: film(signed=True, VOILUTSequence=table(-400, 10, CURVED, True)),
    "voi_table_implicit": lambda: film(
        syntax=ImplicitVRLittleEndian, signed=True, VOILUTSequence=table(-400, 10, CURVED, True)),
    "modality_table": lambda: film(
        ModalityLUTSequence=table(100, 16, np.arange(1500) * 40), WindowCenter="31000", WindowWidth="50001"),
    "percentiles": lambda: film(photometric="MONOCHROME1", RescaleSlope="2", RescaleIntercept="-7"),
    "rle_8": lambda: film(syntax=RLELossless, stored=8, WindowCenter="120", WindowWidth="201"),
    "rle_12": lambda: film(syntax=RLELossless, **WINDOW),
    "rle_signed": lambda: film(syntax=RLELossless, stored=16, signed=True, WindowCenter="-3000", WindowWidth="40000"),
}


def darkest_and_brightest(data, values):
    """What apply_voi_lut gives for black and white: PS3.3 C.11.2.1.2.1 leaves the range to pydicom."""
    if "VOILUTSequence" in data:
        return 0, 2 ** data.VOILUTSequence[0].LUTDescriptor[2] - 1
    if "ModalityLUTSequence" in data:
        return 0, 2 ** data.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    stored, signed = data.BitsStored, data.PixelRepresentation
    ends = np.array([-(2 ** (stored - 1)), 2 ** (stored - 1) - 1] if signed else [0, 2**stored - 1], float)
    return ends * float(data.get("RescaleSlope", 1)) + float(data.get("RescaleIntercept", 0))


def grays(data):
    values = apply_modality_lut(data.pixel_array, data)
    if "WindowWidth" in data or "VOILUTSequence" in data:
        black, white = darkest_and_brightest(data, values)
        values = apply_voi_lut(values, data)
    else:
        black, white = np.percentile(values, [1, 99])
    share = np.clip((values - black) / (white - black), 0, 1)
    if data.PhotometricInterpretation == "MONOCHROME1":
        share = 1 - share
    exact = 255 * share
    near_half = np.abs(exact - np.floor(exact) - 0.5) < 1e-6  # there another order of sums may round otherwise
    assert not near_half.any(), "choose another window"
    return np.floor(exact + 0.5).astype(int)


def lines():
    for name, make in KINDS.items():
        path = FOLDER / f"{name}.bin"
        make().save_as(path, enforce_file_format=True)
        yield f"{path.name} {HEIGHT} {WIDTH} " + " ".join(map(str, grays(pydicom.dcmread(path)).reshape(-1)))




def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    about = f"made by tests/golden/dicom_golden.py with pydicom {pydicom.__version__} and NumPy {np.__version__}"
    rows = "\n".join(lines())
    (ROOT / "decoded_dicom.txt").write_text(f"# {about}\n# file in dicom, height, width, grays\n{rows}\n")


main()
