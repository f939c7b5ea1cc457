# SPDX-License-Identifier: MIT
"""The files of weights_golden.py that torch, torchvision, timm and safetensors write, and what they compute."""

import re

import numpy as np
import safetensors.torch
import timm.models.densenet
import torch
import torchvision
from torch import nn

from weights_golden_sets import (BLOCKS, BOTTLENECK, CLASSES, DEEP_BLOCKS, FINDINGS, GROWTH, HEAD_EPSILON, HIDDEN,
                                 PATHOLOGIES, SIZE, STEM, chest_set, golden_input, plain_set, write_expected)

STEPS = 1234  # num_batches_tracked of every norm: an integer that no importer may take for a weight
CHEST_NAMES = {"classifier.norm": "classifier.0", "classifier.linear1": "classifier.1",
               "classifier.linear2": "classifier.4"}


def tensor_of(model, name):
    module, word = name.rsplit(".", 1)
    return getattr(model.get_submodule(module), word).data


def filled(model, numbers, renamed=None):
    """Puts numbers into a model; every tensor but the step counters must be among them, and the other way round."""
    left = set(model.state_dict()) - {"op_threshs"}
    for name, values in numbers.items():
        module, word = name.rsplit(".", 1)
        own = f"{(renamed or {}).get(module, module)}.{word}"
        left.remove(own)
        tensor_of(model, own).copy_(torch.from_numpy(values))
    for name in left:
        assert name.endswith(".num_batches_tracked"), name
        tensor_of(model, name).fill_(STEPS)
    return model.eval()


def torchvision_densenet(classes, blocks=BLOCKS):
    return torchvision.models.DenseNet(growth_rate=GROWTH, block_config=blocks, num_init_features=STEM,
                                       bn_size=BOTTLENECK, num_classes=classes)


def plain_model():
    return filled(torchvision_densenet(CLASSES), plain_set())


def deep_model():
    return filled(torchvision_densenet(CLASSES, DEEP_BLOCKS), plain_set(DEEP_BLOCKS))


def timm_model():
    """The deep set. timm's stem has twice as many channels as the growth, always."""
    model = timm.models.densenet.DenseNet(growth_rate=GROWTH, block_config=DEEP_BLOCKS, bn_size=BOTTLENECK,
                                          num_classes=CLASSES)
    return filled(model, plain_set(DEEP_BLOCKS))


def chest_model():
    """The usual way to give a torchvision DenseNet a head of one's own; its keys are classifier.0, .1 and .4."""
    model = torchvision_densenet(FINDINGS)
    model.classifier = nn.Sequential(nn.BatchNorm1d(model.classifier.in_features, eps=HEAD_EPSILON),
                                     nn.Linear(model.classifier.in_features, HIDDEN), nn.ReLU(), nn.Dropout(0.5),
                                     nn.Linear(HIDDEN, FINDINGS))
    return filled(model, chest_set(), CHEST_NAMES)


def xray_model():
    """As torchxrayvision.models.DenseNet: one channel in, 18 out, and a buffer of thresholds that is no weight."""
    model = torchvision_densenet(PATHOLOGIES)
    model.features.conv0 = nn.Conv2d(1, STEM, kernel_size=7, stride=2, padding=3, bias=False)
    model.register_buffer("op_threshs", 0.25 + 0.5 * torch.arange(PATHOLOGIES) / PATHOLOGIES)
    return filled(model, plain_set(classes=PATHOLOGIES, channels=1))


def outputs(model, film, blocks=len(BLOCKS)):
    """{name: array}: ends of blocks, features after the last ReLU, logits and probabilities, in single precision."""
    made, hooks = {}, []
    for b in range(1, blocks + 1):
        block = model.features.get_submodule(f"denseblock{b}")
        keep = lambda _, __, out, name=f"features.denseblock{b}": made.update({name: out[0].numpy()})
        hooks.append(block.register_forward_hook(keep))
    with torch.no_grad():
        film = torch.from_numpy(film)
        made["features"] = torch.relu(model.features(film))[0].numpy()
        logits = model(film)[0]
    for hook in hooks:
        hook.remove()
    probabilities = torch.sigmoid(logits) if hasattr(model, "op_threshs") else torch.softmax(logits, 0)
    return {"logits": logits.numpy(), "probabilities": probabilities.numpy(), **made}


def in_halves(numbers):
    return {name: values.astype(np.float16).astype(np.float32) for name, values in numbers.items()}


def old_keys(state):
    """As in the checkpoints of 2017: norm.1 for norm1, and no step counters (they came with PyTorch 0.4.1)."""
    return {re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", name): tensor
            for name, tensor in state.items() if not name.endswith("num_batches_tracked")}


def write_pickles(folder, plain):
    state = plain.state_dict()
    torch.save(state, folder / "torchvision.pth")
    torch.save(state, folder / "torchvision_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(old_keys(state), folder / "torchvision_2017.pth", _use_new_zipfile_serialization=False)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=0.9)
    torch.save({"epoch": 3, "arch": "densenet", "state_dict": nn.DataParallel(plain).state_dict(), "best_acc1": 76.9,
                "optimizer": optimizer.state_dict()}, folder / "checkpoint_parallel.pth")
    channels_last = plain_model().to(memory_format=torch.channels_last).state_dict()
    assert not channels_last["features.conv0.weight"].is_contiguous()
    torch.save({"model": channels_last, "epoch": 7}, folder / "checkpoint_channels_last.pth")
    torch.save(plain_model().half().state_dict(), folder / "torchvision_half.pth")
    torch.save(chest_model().state_dict(), folder / "chest_torch.pth")
    torch.save(xray_model().state_dict(), folder / "xray.pth")
    torch.save(xray_model(), folder / "xray_module.pt")


def write_torch(folder):
    """All files of torch below `folder`, and the expected outputs. Returns those that Keras should give, too."""
    plain, deep, film = plain_model(), deep_model(), golden_input(3, SIZE)
    write_pickles(folder, plain)
    for name, model in (("torchvision", plain), ("timm", timm_model())):
        path = folder / f"{name}.safetensors"
        safetensors.torch.save_file(model.state_dict(), path, metadata={"format": "pt"})
        path.chmod(0o644)
    halves = filled(torchvision_densenet(CLASSES), in_halves(plain_set()))
    made = {"plain": outputs(plain, film), "deep": outputs(deep, film), "chest": outputs(chest_model(), film),
            "plain_half": outputs(halves, film), "xray": outputs(xray_model(), golden_input(1, SIZE))}
    for name, parts in made.items():
        write_expected(folder / f"{name}_torch.txt", f"torchvision: the {name} set, epsilon 1e-5, of the golden input "
                       "of seed 1.", parts)
    with torch.no_grad():
        assert np.array_equal(timm_model()(torch.from_numpy(film))[0].numpy(), made["deep"]["logits"])
    return made
