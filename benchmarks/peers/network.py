# SPDX-License-Identifier: MIT
"""DenseNet201 with the chest head in PyTorch, and its weights: random ones, or those of a safetensors file.

The names of the tensors are those of timm, torchvision and thorax, so one file fits all.
"""

import math

import numpy
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

BLOCKS, STEM, GROWTH, BOTTLENECK = (6, 12, 48, 32), 64, 32, 4
HEAD_UNITS, HEAD_EPSILON = 512, 1e-3
PYTORCH_EPSILON = 1e-5  # of files that say nothing else
FINDINGS = 3


class DenseLayer(nn.Module):
    def __init__(self, channels, epsilon):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels, epsilon)
        self.conv1 = nn.Conv2d(channels, BOTTLENECK * GROWTH, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(BOTTLENECK * GROWTH, epsilon)
        self.conv2 = nn.Conv2d(BOTTLENECK * GROWTH, GROWTH, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv1(torch.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(torch.relu(self.norm2(y)))], 1)


class Transition(nn.Module):
    def __init__(self, channels, epsilon):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, epsilon)
        self.conv = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        return self.pool(self.conv(torch.relu(self.norm(x))))


def features(epsilon):
    """returns: the backbone with its last batch norm, and how many channels it ends with"""
    parts = {"conv0": nn.Conv2d(3, STEM, 7, 2, 3, bias=False), "norm0": nn.BatchNorm2d(STEM, epsilon),
             "relu0": nn.ReLU(), "pool0": nn.MaxPool2d(3, 2, 1)}
    channels = STEM
    for number, layers in enumerate(BLOCKS, 1):
        block = nn.Sequential()
        for layer in range(1, layers + 1):
            block.add_module(f"denselayer{layer}", DenseLayer(channels, epsilon))
            channels += GROWTH
        parts[f"denseblock{number}"] = block
        if number < len(BLOCKS):
            parts[f"transition{number}"] = Transition(channels, epsilon)
            channels //= 2
    parts["norm5"] = nn.BatchNorm2d(channels, epsilon)
    named = nn.Sequential()
    for name, part in parts.items():
        named.add_module(name, part)
    return named, channels


class Head(nn.Module):
    def __init__(self, channels, findings):
        super().__init__()
        self.norm = nn.BatchNorm1d(channels, HEAD_EPSILON)
        self.linear1 = nn.Linear(channels, HEAD_UNITS)
        self.linear2 = nn.Linear(HEAD_UNITS, findings)

    def forward(self, x):
        return self.linear2(torch.relu(self.linear1(self.norm(x))))


class ChestNetwork(nn.Module):
    """Films to logits and probabilities."""

    def __init__(self, epsilon=PYTORCH_EPSILON, findings=FINDINGS):
        super().__init__()
        self.features, channels = features(epsilon)
        self.classifier = Head(channels, findings)

    def forward(self, films):
        maps = torch.relu(self.features(films))
        logits = self.classifier(nn.functional.adaptive_avg_pool2d(maps, 1).flatten(1))
        return logits, torch.softmax(logits, 1)


def read_network(path):
    """The network with the weights of a safetensors file; its epsilon and findings are those of the file."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata() or {}
    tensors = {name: tensor.float() for name, tensor in load_file(path).items()
               if not name.endswith(".num_batches_tracked")}
    epsilon = float(metadata.get("thorax.batch_norm_epsilon", PYTORCH_EPSILON))
    findings = tensors.get("classifier.linear2.bias", torch.zeros(FINDINGS)).numel()
    net = ChestNetwork(epsilon, findings)
    missing, strange = net.load_state_dict(tensors, strict=False)
    missing = [name for name in missing if not name.endswith(".num_batches_tracked")]
    if missing or strange:
        raise ValueError(f"{path} is no file of DenseNet201 with the chest head: "
                         f"missing {missing[:3]}, without a place {list(strange)[:3]}")
    return net.eval()


def random_tensor(name, tensor, stream):
    """He's initial weights; batch norms a little off 0 and 1, so that each of their numbers matters."""
    if tensor.dim() > 1:
        return stream.normal(0, math.sqrt(2 / math.prod(tensor.shape[1:])), tensor.shape)
    if name.endswith("running_var") or (name.endswith("weight") and "norm" in name):
        return stream.uniform(0.8, 1.25, tensor.shape)
    return stream.uniform(-0.1, 0.1, tensor.shape)


def write_random_weights(path, films, seed=1):
    """Random weights whose running statistics are those of `films`, perturbed: activations stay healthy.

    The file is one from elsewhere, without metadata, as timm writes them.
    """
    stream, net = numpy.random.default_rng(seed), ChestNetwork()
    tensors = {name: tensor for name, tensor in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    with torch.no_grad():
        for name, tensor in tensors.items():
            tensor.copy_(torch.from_numpy(random_tensor(name, tensor, stream)))
        calibrate(net, films)
        for name, tensor in tensors.items():
            if name.endswith("running_var"):
                tensor *= torch.from_numpy(stream.uniform(0.8, 1.25, tensor.shape)).float()
            elif name.endswith("running_mean"):
                variance = tensors[name.replace("_mean", "_var")]
                tensor += variance.sqrt() * torch.from_numpy(stream.uniform(-0.1, 0.1, tensor.shape)).float()
        refuse_unhealthy(net(films)[0])
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)


def refuse_unhealthy(logits):
    """Logits that are all alike, or huge, would hide errors of an engine or exaggerate them."""
    spread, largest = logits.std(0).min().item(), logits.abs().max().item()
    if not (spread > 0.1 and largest < 30):
        raise ValueError(f"the random weights are no good: logits up to {largest:.3g} that differ by {spread:.3g}")


def calibrate(net, films):
    """Sets all running statistics to those of the films."""
    norms = [part for part in net.modules() if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d))]
    for norm in norms:
        norm.momentum = 1.0
    net.train()
    net(films)
    net.eval()


def random_films(count, size, seed=2):
    """Gray noise that is coarse, with a brightness and a contrast of its own in every film, as float32: three equal
    channels, as chest films have."""
    stream = numpy.random.default_rng(seed)
    coarse = torch.from_numpy(stream.normal(0, 1, (count, 1, size // 8, size // 8)))
    maps = nn.functional.interpolate(coarse, (size, size), mode="bilinear", align_corners=False)
    look = torch.from_numpy(stream.uniform(0.5, 1.5, (count, 1, 1, 1)))
    gray = maps * look + (2 * look - 2) + 0.2 * torch.from_numpy(stream.normal(0, 1, maps.shape))
    return gray.float().repeat(1, 3, 1, 1)
