# SPDX-License-Identifier: MIT
"""The whole DenseNet201 of Keras, torchvision and timm: files to import, and files that thorax has exported.

`full WORKDIR` (a minute, 2.3 GB of memory, 400 MB of files) writes, all with the same numbers (plain_set of
weights_golden_sets.py with DenseNet201's extents and 1000 classes):

    keras_densenet201.h5           weights, by Keras' legacy writer
    keras_densenet201.weights.h5   weights
    keras_densenet201.keras        the whole model
    torchvision_densenet201.pth    state_dict
    timm_densenet201.safetensors   as timm publishes it
    keras_224.txt, keras_300.txt, torch_224.txt, torch_300.txt
                                   logits, probabilities, ends of blocks and features for the golden input of seed 1,
                                   in single precision, as in docs/explanation/golden_numbers.md; of maps 200 numbers

Then thorax-weights imports them, compares, and exports. `roundtrip WORKDIR timm=FILE keras=FILE weights=FILE` loads
what it exported (any of: safetensors; legacy .h5; .weights.h5) into timm and Keras, strictly, counts the numbers whose
bits are not those of the originals, and returns 1 if there is one.
"""

import time

import numpy as np
import safetensors.torch
import timm
import torch
import torchvision

import weights_golden_torch as of_torch
from weights_golden_sets import golden_input, plain_set, write_expected

import weights_golden_keras as of_keras  # behind torch: see weights_golden.py
import h5py
import keras

BLOCKS = (6, 12, 48, 32)
SIZES = (224, 300)


def numbers_of_densenet201():
    return plain_set(BLOCKS, classes=1000, stem=64, growth=32)


def keras_densenet201(size=224):
    keras.backend.clear_session()
    return keras.applications.DenseNet201(weights=None, include_top=True, input_shape=(size, size, 3))


def full_torch(folder, numbers):
    model = of_torch.filled(torchvision.models.densenet201(weights=None), numbers)
    torch.save(model.state_dict(), folder / "torchvision_densenet201.pth")
    other = of_torch.filled(timm.create_model("densenet201", pretrained=False), numbers)
    safetensors.torch.save_file(other.state_dict(), folder / "timm_densenet201.safetensors", metadata={"format": "pt"})
    for size in SIZES:
        film = golden_input(3, size)
        made = of_torch.outputs(model, film, len(BLOCKS))
        write_expected(folder / f"torch_{size}.txt", "torchvision: densenet201, epsilon 1e-5, of the golden input of "
                       f"seed 1 at {size}x{size}.", made, 200)
        with torch.no_grad():
            of_timm = other(torch.from_numpy(film))[0].numpy()
            double = model.double()(torch.from_numpy(film).double())[0].numpy()
            model.float()
        print(f"torchvision at {size}: logits to {np.abs(made['logits']).max():.3g}; timm's differ by "
              f"{np.abs(of_timm - made['logits']).max():.2g}, those in double precision by "
              f"{np.abs(double - made['logits']).max():.2g}")


def full_keras(folder, numbers):
    for size in SIZES:
        model = of_keras.filled(keras_densenet201(size), numbers)
        made = of_keras.outputs(model, golden_input(3, size), BLOCKS)
        write_expected(folder / f"keras_{size}.txt", "Keras: DenseNet201, epsilon 1.001e-5, of the golden input of "
                       f"seed 1 at {size}x{size}; channels first.", made, 200)
        print(f"Keras at {size}: logits to {np.abs(made['logits']).max():.3g}")
        if size == SIZES[0]:
            with h5py.File(folder / "keras_densenet201.h5", "w") as file:
                of_keras.legacy_h5_format.save_weights_to_hdf5_group(file, model)
            model.save_weights(folder / "keras_densenet201.weights.h5")
            model.save(folder / "keras_densenet201.keras")


def full(folder):
    folder.mkdir(parents=True, exist_ok=True)
    numbers = numbers_of_densenet201()
    for part in (full_torch, full_keras):
        start = time.monotonic()
        part(folder, numbers)
        print(f"{part.__name__}: {time.monotonic() - start:.0f} s")


def differing(found, original):
    """How many of two dictionaries' numbers differ in a bit; a tensor of another shape differs in all."""
    assert found.keys() == original.keys(), sorted(found.keys() ^ original.keys())[:4]
    count = 0
    for name, values in original.items():
        other = np.asarray(found[name])
        assert values.dtype == np.float32, name
        same = other.shape == values.shape and other.dtype == np.float32
        count += int((other.view(np.uint32) != values.view(np.uint32)).sum()) if same else values.size
    return count


def state_of(model):
    return {name: tensor.numpy() for name, tensor in model.state_dict().items() if tensor.is_floating_point()}


def weights_of(model):
    return {f"{layer.name}/{i}": values for layer in model.layers for i, values in enumerate(layer.get_weights())}


def timm_differences(folder, path):
    models = []
    for file in (folder / "timm_densenet201.safetensors", path):
        model = timm.create_model("densenet201", pretrained=False)
        model.load_state_dict(safetensors.torch.load_file(file), strict=True)
        models.append(state_of(model))
    return differing(models[1], models[0]), sum(v.size for v in models[0].values())


def keras_differences(folder, path):
    """load_weights takes a legacy .h5 in the order of layers and a .weights.h5 by their paths."""
    models = []
    for file in (folder / "keras_densenet201.h5", path):
        model = keras_densenet201()
        model.load_weights(file)
        models.append(weights_of(model))
    return differing(models[1], models[0]), sum(v.size for v in models[0].values())


def roundtrip(folder, files):
    readers = {"timm": timm_differences, "keras": keras_differences, "weights": keras_differences}
    worst = 0
    for kind, path in files.items():
        differ, total = readers[kind](folder, path)
        worst = max(worst, differ)
        print(f"{kind}: {path}: {differ} of {total} numbers differ")
    return 1 if worst or not files else 0
