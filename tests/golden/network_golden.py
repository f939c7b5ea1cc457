#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/files/golden: what PyTorch computes for thorax's networks, in double precision.

Run by hand, from the repository's root, with NumPy and PyTorch 1.13 or later; a few minutes on two cores:

    python3 tests/golden/network_golden.py [FILE...]

docs/explanation/golden_numbers.md describes the weights, the films and the files. Nothing here is read from
thorax: the random numbers, the networks, batch normalization, Adam and the loss are written once more. Each
golden is also computed in single precision; the printed difference says what agreement can be asked for.
"""

import math
import pathlib
import sys

import numpy as np
import torch
from torch.nn import functional

FOLDER = pathlib.Path("tests/data/files/golden")
SEED = 2017
FILMS = 1_000_000  # the name of the films' stream; below it are the numbers of the parameters
SAMPLED = 2_000_000  # the name of the stream that says which numbers of a large tensor are written
PYTORCH, KERAS, HEAD = 1e-5, 1.001e-5, 1e-3  # epsilon of batch normalization
FAINT = 2.0**-8  # makes maps so small that the epsilon counts as much as their variance

FINDINGS = torch.tensor([0, 1, 2, 1])
SAMPLE_WEIGHTS = [1.0, 0.5, 2.0, 1.0]
STEPS = 5


def mixed(bits):
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


class Stream:
    """thorax::random_stream, docs/explanation/random_numbers.md; one-element arrays wrap around silently."""

    GOLDEN = np.uint64(0x9E3779B97F4A7C15)

    def __init__(self, seed):
        self.key = mixed(np.array([seed], np.uint64) + self.GOLDEN)

    def __truediv__(self, name):
        child = Stream(0)
        child.key = mixed(self.key ^ mixed(np.array([name], np.uint64) + self.GOLDEN + self.GOLDEN))
        return child

    def uniform(self, count):
        """The first `count` numbers."""
        index = np.arange(1, count + 1, dtype=np.uint64)
        return (mixed(self.key + index * self.GOLDEN) >> np.uint64(11)) * 2.0**-53

    def below(self, count, limit):
        return (self.uniform(count) * limit).astype(np.int64)


class Weights:
    """Golden parameters, made when a network first asks for them: so they are numbered in the order of its ops."""

    def __init__(self, faint=False):
        self.faint = faint
        self.tensors = {}

    def __call__(self, name, kind, shape):
        if name not in self.tensors:
            stream = Stream(SEED) / len(self.tensors)
            values = self.made(stream.uniform(math.prod(shape)), kind, shape).astype(np.float32)
            if self.faint:
                values *= np.float32({"scale": FAINT, "shift": FAINT, "mean": FAINT, "var": FAINT**2}.get(kind, 1))
            self.tensors[name] = torch.from_numpy(values.reshape(shape)).double()
        return self.tensors[name]

    @staticmethod
    def made(u, kind, shape):
        if kind in ("conv", "linear"):
            return (2 * u - 1) * math.sqrt(6 / math.prod(shape[1:]))
        if kind in ("scale", "var"):
            return 0.5 + u
        if kind in ("shift", "mean"):
            return 0.2 * (2 * u - 1)
        assert kind == "bias"
        return 0.1 * (2 * u - 1)


class Pass:
    """A network once forward. Remembers what some parts made, and counts ops as thorax's lowering does."""

    def __init__(self, weights, epsilon, trains=lambda name: False, dropout=None, keeps=lambda name: False):
        self.weights, self.epsilon, self.trains, self.dropout_stream = weights, epsilon, trains, dropout
        self.keeps = keeps
        self.made, self.statistics, self.position = {}, {}, 0

    def keep(self, name, maps):
        if self.keeps(name):
            self.made[name] = maps
            if maps.requires_grad:
                maps.retain_grad()
        return maps

    def op(self, name, maps):
        self.position += 1
        return self.keep(name, maps)

    def parameter(self, name, kind, shape, like):
        return self.weights(name, kind, shape).to(like.dtype)

    def conv(self, name, x, filters, kernel, stride=1, padding=0):
        weight = self.parameter(f"{name}.weight", "conv", (filters, x.shape[1], kernel, kernel), x)
        return self.op(name, functional.conv2d(x, weight, stride=stride, padding=padding))

    def norm(self, name, x, epsilon=None):
        shape = (x.shape[1],)
        scale, shift = (self.parameter(f"{name}.{n}", k, shape, x) for n, k in (("weight", "scale"), ("bias", "shift")))
        mean = self.parameter(f"{name}.running_mean", "mean", shape, x)
        variance = self.parameter(f"{name}.running_var", "var", shape, x)
        if self.trains(name):
            kept, batch = (mean, variance), (x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False))
            mean, variance = batch
            for n, old, new in zip(("mean", "var"), kept, batch):
                self.statistics[f"{name}.running_{n}"] = 0.99 * old + 0.01 * new.detach()
        column = (1, -1, 1, 1)
        root = torch.sqrt(variance + (epsilon or self.epsilon))
        return self.op(name, (x - mean.view(column)) / root.view(column) * scale.view(column) + shift.view(column))

    def relu(self, name, x):
        return self.op(name, functional.relu(x))

    def linear(self, name, x, outputs):
        weight = self.parameter(f"{name}.weight", "linear", (outputs, x.shape[1]), x)
        bias = self.parameter(f"{name}.bias", "bias", (outputs,), x)
        return self.op(name, (x.flatten(1) @ weight.T + bias)[:, :, None, None])

    def dropout(self, name, x, rate):
        if self.dropout_stream is not None:
            u = (self.dropout_stream / self.position).uniform(x.numel())
            x = x * torch.from_numpy(u >= rate).view(x.shape) / (1 - rate)
        return self.op(name, x)

    def dense_layer(self, name, x, growth):
        y = self.relu(f"{name}.relu1", self.norm(f"{name}.norm1", x))
        y = self.conv(f"{name}.conv1", y, 4 * growth, 1)
        y = self.relu(f"{name}.relu2", self.norm(f"{name}.norm2", y))
        y = self.conv(f"{name}.conv2", y, growth, 3, padding=1)
        self.position += 2  # both halves of the concatenation are copies at first
        return self.keep(name, torch.cat([x, y], 1))

    def transition(self, name, x):
        y = self.relu(f"{name}.relu", self.norm(f"{name}.norm", x))
        y = self.conv(f"{name}.conv", y, x.shape[1] // 2, 1)
        return self.keep(name, self.op(f"{name}.pool", functional.avg_pool2d(y, 2, 2)))

    def features(self, x, stem, blocks, growth):
        x = self.conv("features.conv0", x, stem, 7, 2, 3)
        x = self.relu("features.relu0", self.norm("features.norm0", x))
        x = self.op("features.pool0", functional.max_pool2d(x, 3, 2, 1))
        for b, layers in enumerate(blocks, 1):
            for i in range(1, layers + 1):
                x = self.dense_layer(f"features.denseblock{b}.denselayer{i}", x, growth)
            self.keep(f"features.denseblock{b}", x)
            if b < len(blocks):
                x = self.transition(f"features.transition{b}", x)
        x = self.relu("features.relu", self.norm("features.norm5", x))
        return self.keep("features", x)

    def head(self, x, findings=3):
        x = self.op("classifier.pool", x.mean((2, 3), keepdim=True))
        x = self.norm("classifier.norm", x, HEAD)
        x = self.relu("classifier.relu", self.linear("classifier.linear1", x, 512))
        x = self.dropout("classifier.dropout", x, 0.5)
        x = self.linear("classifier.linear2", x, findings)
        return x, self.op("classifier.softmax", functional.softmax(x, 1))


DENSENET201 = (64, (6, 12, 48, 32), 32)
TINY = (8, (2, 2, 2, 2), 4)


def film(number, size):
    """Noise with a brightness and a contrast of its own in each channel: else all films would look the same."""
    stream = Stream(SEED) / FILMS / number
    noise = 2 * stream.uniform(3 * size * size).reshape(3, size, size) - 1
    look = (stream / 1).uniform(6).reshape(2, 3, 1, 1)
    return ((0.5 + 1.5 * look[1]) * noise + (2 * look[0] - 1)).astype(np.float32)


def films(count, size, dtype=torch.float64, first=0):
    return torch.from_numpy(np.stack([film(first + n, size) for n in range(count)])).to(dtype)


def forward(run, network, x):
    return run.head(run.features(x, *network))


class GoldenFile:
    """Records of a tensor: a line "name size mean norm largest count", then `count` of its numbers."""

    def __init__(self, name, what):
        self.path, self.lines = FOLDER / name, [f"# {what}"]

    def add(self, name, tensor, samples):
        """All numbers if there are at most twice as many as `samples`, else those that SAMPLED draws."""
        values = tensor.detach().double().numpy().ravel()
        shown = values if values.size <= 2 * samples else values[(Stream(SEED) / SAMPLED).below(samples, values.size)]
        numbers = (values.mean(), math.sqrt(np.square(values).sum()), np.abs(values).max())
        assert np.isfinite(numbers).all(), name
        self.lines.append(" ".join([name, str(values.size), *(f"{n:.10g}" for n in numbers), str(shown.size)]))
        for i in range(0, shown.size, 10):
            self.lines.append(" ".join(f"{v:.8g}" for v in shown[i : i + 10]))

    def write(self):
        self.path.write_text("\n".join(self.lines) + "\n")
        print(f"{self.path}: {self.path.stat().st_size} bytes")


def worst(single, double):
    """The largest difference of two dictionaries of tensors, relative to each tensor's largest number."""
    def difference(name):
        return (single[name].double() - double[name]).abs().max().item() / max(double[name].abs().max().item(), 1e-300)
    name = max(double, key=difference)
    return f"{difference(name):.2g} in {name}"


def inference(file, network, size, count, epsilon, parts, samples, faint=False):
    runs = []
    for dtype in (torch.float64, torch.float32):
        run = Pass(Weights(faint), epsilon, keeps=parts)
        with torch.no_grad():
            x = films(count, size, dtype) * (FAINT if faint else 1)
            run.made["logits"], run.made["probabilities"] = forward(run, network, x)
        runs.append(run)
    made = dict(runs[0].made)
    for name in ("logits", "probabilities"):
        file.add(name, made.pop(name), 100)
    for n in range(count):
        for name, maps in made.items():
            file.add(f"{n}/{name}", maps[n], samples)
    spread = {name: maps.abs().max().item() for name, maps in runs[0].made.items()}
    print(f"logits {runs[0].made['logits'].flatten(1).tolist()}, largest numbers {min(spread.values()):.3g} to "
          f"{max(spread.values()):.3g}; single precision differs by {worst(runs[1].made, runs[0].made)}")
    file.write()


def block_end(name):
    return name.count(".") <= 1


class Adam:
    """Keras' Adam: epsilon is added to sqrt(v) before any correction."""

    def __init__(self, rate, tensors):
        self.rate, self.step, self.tensors = rate, 0, tensors
        self.m, self.v = ({n: torch.zeros_like(t) for n, t in tensors.items()} for _ in range(2))

    def __call__(self, gradients):
        self.step += 1
        rate = self.rate * math.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        for name, g in gradients.items():
            self.m[name] = 0.9 * self.m[name] + 0.1 * g
            self.v[name] = 0.999 * self.v[name] + 0.001 * g * g
            with torch.no_grad():
                self.tensors[name] -= rate * self.m[name] / (torch.sqrt(self.v[name]) + 1e-7)


def training_run(network, size, epsilon, trains, first_film, rate, dtype):
    """Losses of all steps, the gradients of the first, and all parameters at the end."""
    x, weights = films(len(FINDINGS), size, dtype, first_film), Weights()
    with torch.no_grad():
        forward(Pass(weights, epsilon), network, x)
    weights.tensors = {name: tensor.to(dtype) for name, tensor in weights.tensors.items()}
    updated = {n: t.requires_grad_() for n, t in weights.tensors.items() if trains(n) and ".running_" not in n}
    adam, losses, first = Adam(rate, updated), [], None
    for step in range(STEPS):
        run = Pass(weights, epsilon, trains, Stream(SEED) / step)
        logits, _ = forward(run, network, x)
        each = functional.cross_entropy(logits.flatten(1), FINDINGS, reduction="none")
        loss = (torch.tensor(SAMPLE_WEIGHTS, dtype=dtype) * each).sum() / len(FINDINGS)
        gradients = dict(zip(updated, torch.autograd.grad(loss, list(updated.values()))))
        first = first or gradients
        losses.append(loss.item())
        adam(gradients)
        for name, statistic in run.statistics.items():
            weights.tensors[name] = statistic
    return torch.tensor(losses, dtype=torch.float64), first, weights.tensors


def by_part(tensors):
    """The tensors of each part as one: a batch norm's weight and bias share a scale, and so do their gradients."""
    parts = {}
    for name, tensor in tensors.items():
        parts.setdefault(name.rsplit(".", 1)[0], []).append(tensor.flatten())
    return {name: torch.cat(flat) for name, flat in parts.items()}


def training(file, network, size, epsilon, trains, first_film, rate):
    losses, gradients, after = training_run(network, size, epsilon, trains, first_film, rate, torch.float64)
    single = training_run(network, size, epsilon, trains, first_film, rate, torch.float32)
    print(f"losses {losses.tolist()}; single precision differs by {(single[0] - losses).abs().max().item():.2g} in "
          f"losses, {worst(by_part(single[1]), by_part(gradients))} in gradients, "
          f"{worst(by_part(single[2]), by_part(after))} after {STEPS} steps")
    file.add("losses", losses, 100)
    for name, gradient in gradients.items():
        file.add(f"gradient/{name}", gradient, 20)
    for name, tensor in after.items():
        if trains(name):
            file.add(f"after/{name}", tensor, 20)
    file.write()


def grad_cam(file, network, size, epsilon):
    """Of film 0: for the logit, then the probability, of each finding, at three parts."""
    for target in ("features", "features.denseblock3", "features.transition2"):
        for score in ("logit", "probability"):
            for finding in range(3):
                run = Pass(Weights(), epsilon, keeps=lambda name: name == target)
                logits, probabilities = forward(run, network, films(1, size).requires_grad_())
                (logits if score == "logit" else probabilities)[0, finding].sum().backward()
                maps, gradient = run.made[target], run.made[target].grad
                weighted = (gradient.mean((2, 3), keepdim=True) * maps).sum(1)
                file.add(f"{target}/{score}{finding}/gradient", gradient, 60)
                file.add(f"{target}/{score}{finding}/map", functional.relu(weighted), 100)
    file.write()


def parameters(file, network, size):
    """The weights and films themselves, so that a difference can be told from one in the networks."""
    weights = Weights()
    with torch.no_grad():
        forward(Pass(weights, PYTORCH), network, films(1, size))
    for name, tensor in weights.tensors.items():
        file.add(name, tensor, 4)
    for n in (0, 1, 4):
        file.add(f"film{n}", torch.from_numpy(film(n, size)), 20)
    file.write()


def everything(name):
    return True


def from_block_4(name):
    return from_last_norm(name) or name.startswith("features.denseblock4")


def from_last_norm(name):
    return name.startswith(("features.norm5", "classifier"))


# Films of training were chosen so that no number at a ReLU or maximum lies where single precision could decide
# otherwise than double precision does: gradients jump there.
GOLDENS = [
    ("tiny_parameters.txt", "tiny_network: its parameters and films.", parameters, (TINY, 64)),
    ("tiny_inference.txt", "tiny_network, films 0 and 1, epsilon 1e-5: every part.",
     inference, (TINY, 64, 2, PYTORCH, everything, 40)),
    ("tiny_faint_pytorch.txt", "tiny_network with faint weights, films 0 and 1, epsilon 1e-5: ends of blocks.",
     inference, (TINY, 64, 2, PYTORCH, block_end, 40, True)),
    ("tiny_faint_keras.txt", "tiny_network with faint weights, films 0 and 1, epsilon 1.001e-5: ends of blocks.",
     inference, (TINY, 64, 2, KERAS, block_end, 40, True)),
    ("tiny_grad_cam.txt", "tiny_network, film 0, epsilon 1e-5: d score / d part, and Grad-CAM.",
     grad_cam, (TINY, 64, PYTORCH)),
    ("tiny_training.txt", "tiny_network, films 4 to 7, epsilon 1e-5, learning rate 1e-3, everything trained.",
     training, (TINY, 64, PYTORCH, everything, 4, 1e-3)),
    ("tiny_training_frozen.txt", "tiny_network, films 140 to 143, epsilon 1.001e-5, learning rate 1e-3, trained from "
     "features.denseblock4 on.", training, (TINY, 64, KERAS, from_block_4, 140, 1e-3)),
    ("densenet201_training.txt", "chest_network at 96x96, films 12 to 15, epsilon 1.001e-5, learning rate 1e-4, "
     "trained from features.norm5 on.", training, (DENSENET201, 96, KERAS, from_last_norm, 12, 1e-4)),
    ("densenet201_64.txt", "chest_network at 64x64, film 0, epsilon 1e-5: ends of blocks.",
     inference, (DENSENET201, 64, 1, PYTORCH, block_end, 100)),
    ("densenet201_224.txt", "chest_network at 224x224, films 0 and 1, epsilon 1e-5: ends of blocks.",
     inference, (DENSENET201, 224, 2, PYTORCH, block_end, 200)),
    ("densenet201_300.txt", "chest_network at 300x300, film 0, epsilon 1.001e-5: ends of blocks.",
     inference, (DENSENET201, 300, 1, KERAS, block_end, 200)),
]


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    for name, what, write, arguments in GOLDENS:
        if name in sys.argv[1:] or len(sys.argv) == 1:
            write(GoldenFile(name, what), *arguments)


if __name__ == "__main__":
    main()
