# SPDX-License-Identifier: MIT
"""What weights_golden.py puts into its files: the tiny networks, their numbers, the input and what is expected.

The networks are DenseNets with DenseNet201's names: a stem of 4 channels, growth 2, bottleneck 4 * 2, input 76x76
(19 rows reach the transition, whose pool drops one).

    plain  blocks (1, 1), 3 channels, 5 classes
    deep   blocks (4, 1), 3 channels, 5 classes: Keras' files then have a conv2d_10 that stands before conv2d_2
    chest  the same backbone as plain under thorax's chest_head, 3 findings
    xray   blocks (1, 1), 1 channel, 18 outputs under sigmoids, as torchxrayvision's

All numbers are the golden parameters of docs/explanation/golden_numbers.md, numbered through the network with its
head: those of the features are faint, those of the head are not. So a test makes the same ones and compares them
bit for bit. The input is the golden input of seed 1 (docs/reference/weights_format.md), not faint. Variances are
then as small as the epsilon, activations about one, and epsilons of 1e-5 and 1.001e-5 give different logits.
"""

import pathlib

import numpy as np
import torch

from network_golden import GoldenFile, Stream, Weights

FOLDER = pathlib.Path("tests/data/files/weights")
GOLDEN_INPUT_SEED = 1
STEM, BLOCKS, DEEP_BLOCKS, GROWTH, BOTTLENECK = 4, (1, 1), (4, 1), 2, 4
SIZE = 76
CLASSES, FINDINGS, PATHOLOGIES = 5, 3, 18
HIDDEN, HEAD_EPSILON = 512, 1e-3


def golden_input(channels, size, seed=GOLDEN_INPUT_SEED):
    """One film, channels x height x width."""
    u = Stream(seed).uniform(channels * size * size)
    return (-2.0 + 4.0 * u).astype(np.float32).reshape(1, channels, size, size)


def kind_of(name):
    layer, word = name.rsplit(".", 2)[-2:]
    if "norm" in layer:
        return {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "var"}[word]
    return "bias" if word == "bias" else "conv" if "conv" in layer else "linear"


def numbered(shapes):
    """{name: float32 array} for {name: shape}, numbered in that order."""
    weights, numbers = Weights(), {}
    for name, shape in shapes.items():
        weights.faint = name.startswith("features.")
        numbers[name] = weights(name, kind_of(name), shape).float().numpy()
    return numbers


def features_of(stem, blocks, growth, channels=3):
    """{name: shape} of a DenseNet's features, in the order of its layers; the bottleneck is 4 * growth."""
    shapes = {"features.conv0.weight": (stem, channels, 7, 7)}

    def norm(name, width):
        shapes.update({f"{name}.{word}": (width,) for word in ("weight", "bias", "running_mean", "running_var")})

    norm("features.norm0", stem)
    width = stem
    for b, layers in enumerate(blocks, 1):
        for i in range(1, layers + 1):
            layer = f"features.denseblock{b}.denselayer{i}"
            norm(f"{layer}.norm1", width)
            shapes[f"{layer}.conv1.weight"] = (BOTTLENECK * growth, width, 1, 1)
            norm(f"{layer}.norm2", BOTTLENECK * growth)
            shapes[f"{layer}.conv2.weight"] = (growth, BOTTLENECK * growth, 3, 3)
            width += growth
        if b < len(blocks):
            norm(f"features.transition{b}.norm", width)
            shapes[f"features.transition{b}.conv.weight"] = (width // 2, width, 1, 1)
            width //= 2
    norm("features.norm5", width)
    return shapes, width


def plain_set(blocks=BLOCKS, classes=CLASSES, channels=3, stem=STEM, growth=GROWTH):
    """A DenseNet under one linear layer: the sets plain, deep and xray, and networks of any other size."""
    shapes, width = features_of(stem, blocks, growth, channels)
    return numbered({**shapes, "classifier.weight": (classes, width), "classifier.bias": (classes,)})


def chest_set():
    shapes, width = features_of(STEM, BLOCKS, GROWTH)
    shapes.update({f"classifier.norm.{word}": (width,) for word in ("weight", "bias", "running_mean", "running_var")})
    shapes.update({"classifier.linear1.weight": (HIDDEN, width), "classifier.linear1.bias": (HIDDEN,),
                   "classifier.linear2.weight": (FINDINGS, HIDDEN), "classifier.linear2.bias": (FINDINGS,)})
    return numbered(shapes)


def write_expected(path, what, parts, samples=40):
    """`parts`: {name: array, channels first, without the batch}; the format of golden_numbers.md. Logits and
    probabilities are complete; of large maps `samples` numbers are written, where SAMPLED of network_golden.py says."""
    file = GoldenFile("unused", what)
    file.path = pathlib.Path(path)
    for name, values in parts.items():
        file.add(name, torch.from_numpy(np.array(values)), samples if name.startswith("features") else values.size)
    file.write()
