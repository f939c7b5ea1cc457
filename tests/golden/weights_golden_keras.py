# SPDX-License-Identifier: MIT
"""The files of weights_golden.py in Keras' formats: those that Keras still writes, and two old ones by hand."""

import ctypes
import os
import pathlib
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import h5py
import keras
import numpy as np
from keras import layers
from keras.src.legacy.saving import legacy_h5_format  # what save_weights("....h5") was before Keras 3

from weights_golden_sets import (BLOCKS, BOTTLENECK, CLASSES, DEEP_BLOCKS, FINDINGS, GROWTH, HIDDEN, SIZE, STEM,
                                 chest_set, golden_input, plain_set, write_expected)

EPSILON = 1.001e-5  # of every norm of keras.applications.densenet; the head has Keras' default, 1e-3


def features(x, blocks=BLOCKS):
    """keras.applications.densenet with other widths: the same layers, names and zero paddings."""
    def norm_relu(x, norm, relu):
        return layers.Activation("relu", name=relu)(layers.BatchNormalization(epsilon=EPSILON, name=norm)(x))

    x = layers.ZeroPadding2D(3)(x)
    x = layers.Conv2D(STEM, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = layers.ZeroPadding2D(1)(norm_relu(x, "conv1_bn", "conv1_relu"))
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for b, count in enumerate(blocks, 2):
        for i in range(1, count + 1):
            name = f"conv{b}_block{i}"
            y = norm_relu(x, f"{name}_0_bn", f"{name}_0_relu")
            y = layers.Conv2D(BOTTLENECK * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(y)
            y = norm_relu(y, f"{name}_1_bn", f"{name}_1_relu")
            y = layers.Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
            x = layers.Concatenate(name=f"{name}_concat")([x, y])
        if b < len(blocks) + 1:
            x = norm_relu(x, f"pool{b}_bn", f"pool{b}_relu")
            x = layers.Conv2D(x.shape[-1] // 2, 1, use_bias=False, name=f"pool{b}_conv")(x)
            x = layers.AveragePooling2D(2, strides=2, name=f"pool{b}_pool")(x)
    return norm_relu(x, "bn", "relu")


def plain_model(blocks=BLOCKS, top=True):
    keras.backend.clear_session()  # names count from the start again
    film = layers.Input((SIZE, SIZE, 3))
    x = features(film, blocks)
    if top:
        x = layers.Dense(CLASSES, "softmax", name="predictions")(layers.GlobalAveragePooling2D(name="avg_pool")(x))
    return filled(keras.Model(film, x, name="densenet"), plain_set(blocks))


def head():
    return [layers.GlobalAveragePooling2D(), layers.BatchNormalization(), layers.Dense(HIDDEN, "relu"),
            layers.Dropout(0.5), layers.Dense(FINDINGS, "softmax")]


def chest_flat():
    """The head built on the backbone's output: one list of layers, the head's with the names Keras gives them."""
    keras.backend.clear_session()
    film = layers.Input((SIZE, SIZE, 3))
    x = features(film)
    for layer in head():
        x = layer(x)
    return filled(keras.Model(film, x, name="chest"), chest_set())


def chest_nested():
    """The backbone as one layer of a functional model, and frozen as in the first phase of training."""
    backbone = plain_model(top=False)
    backbone.trainable = False
    film = layers.Input((SIZE, SIZE, 3))
    x = backbone(film, training=False)
    for layer in head():
        x = layer(x)
    return filled(keras.Model(film, x, name="chest"), chest_set())


def chest_sequential():
    """The backbone as the first layer of a Sequential model, not frozen: a legacy .h5 then lists all its trainable
    weights first and all running statistics behind them."""
    return filled(keras.Sequential([plain_model(top=False), *head()], name="chest"), chest_set())


def torch_module(layer, dense):
    """The module of torchvision that a layer is; `dense` counts those of the head that have no name of their own."""
    name = layer.name
    for pattern, module in (
            (r"conv1_(conv|bn)$", lambda m: "features." + {"conv": "conv0", "bn": "norm0"}[m[1]]),
            (r"conv(\d)_block(\d+)_([012])_(conv|bn)$", lambda m: f"features.denseblock{int(m[1]) - 1}.denselayer{m[2]}"
             + (f".norm{int(m[3]) + 1}" if m[4] == "bn" else f".conv{m[3]}")),
            (r"pool(\d)_(conv|bn)$", lambda m: f"features.transition{int(m[1]) - 1}."
             + {"conv": "conv", "bn": "norm"}[m[2]]),
            (r"bn$", lambda m: "features.norm5"), (r"predictions$", lambda m: "classifier")):
        if match := re.match(pattern, name):
            return module(match)
    if isinstance(layer, layers.Dense):
        dense.append(name)
        return f"classifier.linear{len(dense)}"
    assert isinstance(layer, layers.BatchNormalization), name
    return "classifier.norm"


def all_layers(model):
    for layer in model.layers:
        yield from all_layers(layer) if isinstance(layer, keras.Model) else [layer]


def filled(model, numbers):
    used, dense = set(), []
    for layer in all_layers(model):
        if not layer.weights:
            continue
        module = torch_module(layer, dense)
        words = {layers.BatchNormalization: ("weight", "bias", "running_mean", "running_var"),
                 layers.Dense: ("weight", "bias"), layers.Conv2D: ("weight",)}[type(layer)]
        values = [numbers[f"{module}.{word}"] for word in words]
        used.update(f"{module}.{word}" for word in words)
        if isinstance(layer, layers.Conv2D):
            values = [values[0].transpose(2, 3, 1, 0)]
        elif isinstance(layer, layers.Dense):
            values[0] = values[0].T
        layer.set_weights(values)
    assert used == {n for n in numbers if model.name != "densenet" or model.layers[-1].name != "relu"
                    or not n.startswith("classifier.")}
    return model


def channels_first(maps):
    return np.moveaxis(np.asarray(maps)[0], -1, 0)


def outputs(model, film, blocks):
    """{name: array} as those of weights_golden_torch."""
    film = film.transpose(0, 2, 3, 1)
    kept = {f"features.denseblock{b}": model.get_layer(f"conv{b + 1}_block{count}_concat").output
            for b, count in enumerate(blocks, 1)}
    kept["features"] = model.get_layer("relu").output
    maps = keras.Model(model.inputs[0], list(kept.values()))(film, training=False)
    probabilities = np.asarray(model(film, training=False))[0]
    last = model.layers[-1]
    last.activation = keras.activations.linear
    logits = np.asarray(model(film, training=False))[0]
    last.activation = keras.activations.softmax
    return {"logits": logits, "probabilities": probabilities, **{n: channels_first(m) for n, m in zip(kept, maps)}}


def with_small_nodes(path):
    """A new HDF5 file whose groups have tiny nodes: saves half of it, and gives trees as deep as in a large file."""
    created = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    library = next((pathlib.Path(h5py.__file__).parent.parent / "h5py.libs").glob("libhdf5-*"))  # h5py lacks the call
    assert ctypes.CDLL(str(library)).H5Pset_sym_k(ctypes.c_int64(created.id), 2, 2) >= 0
    return h5py.File(h5py.h5f.create(str(path).encode(), h5py.h5f.ACC_TRUNC, fcpl=created))


def old_name(name):
    """A layer's name in keras-applications 1.0 (2018)."""
    fixed = {"input_layer": "input_1", "zero_padding2d": "zero_padding2d_1", "zero_padding2d_1": "zero_padding2d_2",
             "predictions": "fc1000"}
    return fixed.get(name, re.sub(r"^conv1_", "conv1/", name))


def attribute(group, name, words, pieces=1):
    """A list of texts of fixed length, as Keras 2 wrote it: over `pieces` attributes if it is long."""
    texts = np.array([word.encode() for word in words]) if words else np.zeros(0)
    if pieces == 1 or not words:
        group.attrs[name] = texts
    else:
        for i, piece in enumerate(np.array_split(texts, pieces)):
            group.attrs[f"{name}{i}"] = piece


def write_keras2(path, model, renamed=lambda name: name, left_out=(), pieces=(1, 1)):
    """What save_weights(".h5") of Keras 2 wrote: see save_weights_to_hdf5_group in keras/engine/saving.py, 2.1.6."""
    names = {layer.name: renamed(layer.name) for layer in model.layers if layer.name not in left_out}
    with with_small_nodes(path) as file:
        attribute(file, "layer_names", list(names.values()), pieces[0])
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.1.6"
        for layer in (model.get_layer(name) for name in names):
            group = file.create_group(names[layer.name])
            weights = {f"{names[layer.name]}/{w.name}:0": np.asarray(w) for w in layer.weights}
            attribute(group, "weight_names", list(weights), pieces[1])
            for name, values in weights.items():
                group[name] = values


def repacked(path):
    """The same objects with small nodes; HDF5 copies them, so all else is as Keras wrote it."""
    copy = path.with_suffix(".small")
    with h5py.File(path) as large, with_small_nodes(copy) as small:
        for name, value in large.attrs.items():
            small.attrs[name] = value
        for name in large:
            large.copy(name, small)
    copy.replace(path)


def write_keras(folder):
    """All files of Keras below `folder`, and the expected outputs."""
    film = golden_input(3, SIZE)
    plain = plain_model()
    write_keras2(folder / "keras_2018.h5", plain, old_name, left_out=("relu",))
    write_keras2(folder / "keras_split.h5", plain, pieces=(3, 2))
    plain.save(folder / "keras_plain.keras")
    made = {"plain": outputs(plain, film, BLOCKS)}
    with with_small_nodes(folder / "keras_notop.h5") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, plain_model(top=False))
    deep = plain_model(DEEP_BLOCKS)
    deep.save_weights(folder / "keras_deep.weights.h5")
    made["deep"] = outputs(deep, film, DEEP_BLOCKS)
    chest_nested().save(folder / "keras_nested.keras")
    chest_sequential().save(folder / "keras_nested.h5")
    flat = chest_flat()
    flat.save(folder / "keras_flat.h5")
    made["chest"] = outputs(flat, film, BLOCKS)
    for name in ("keras_deep.weights.h5", "keras_nested.h5", "keras_flat.h5"):
        repacked(folder / name)
    for model in (chest_nested(), chest_sequential()):
        probabilities = np.asarray(model(film.transpose(0, 2, 3, 1), training=False))[0]
        assert np.abs(probabilities - made["chest"]["probabilities"]).max() < 1e-6
    for name, parts in made.items():
        write_expected(folder / f"{name}_keras.txt", f"Keras: the {name} set, epsilon 1.001e-5, of the golden input "
                       "of seed 1; channels first.", parts)
    return made
