#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes weights in the formats of Keras, PyTorch, timm and torchxrayvision, and what those programs compute with them.

Run by hand, from the repository's root. Needs numpy, torch, torchvision, timm, safetensors, keras with
tensorflow-cpu, and h5py as pip installs it; the committed files are of torch 2.15, torchvision 0.29.2, timm 1.0.31,
safetensors 0.8.0, keras 3.15.1, tensorflow 2.21, h5py 3.16.

    python3 tests/golden/weights_golden.py tiny tests/data/files/weights

writes tiny networks. weights_golden_sets.py says what they are and which numbers they hold; the sets are plain, deep,
chest and xray. Files of the same set hold the same numbers bit for bit.

    torchvision.pth               plain  state_dict, zip form
    torchvision_legacy.pth        plain  state_dict, the form before PyTorch 1.6
    torchvision_2017.pth          plain  as published in 2017: legacy form, keys norm.1 and conv.2, no step counters
    torchvision_half.pth          plain  half precision (the expected outputs are plain_half_torch.txt)
    checkpoint_parallel.pth       plain  under 'state_dict', keys begin with module.; an epoch, a text, a number and
                                         an optimizer without steps beside it
    checkpoint_channels_last.pth  plain  under 'model', convolutions stored filters x height x width x channels
    torchvision.safetensors       plain
    timm.safetensors              deep
    chest_torch.pth               chest  torchvision's features, classifier = Sequential(norm, linear, ReLU, dropout,
                                         linear): keys classifier.0, .1 and .4
    xray.pth                      xray   state_dict of torchxrayvision's DenseNet, with its buffer op_threshs
    xray_module.pt                xray   the whole module, as torchxrayvision publishes its own: cannot be read without
                                         running what it names
    keras_2018.h5                 plain  weights as the published files: conv1/conv, fc1000, ':0', texts of fixed
                                         length, no layer 'relu'; by hand
    keras_split.h5                plain  weights, today's names with ':0', layer_names0.., weight_names0..; by hand
    keras_notop.h5                plain  weights without the last layer, Keras 3's legacy writer: names without ':0'
    keras_deep.weights.h5         deep   save_weights of Keras 3
    keras_plain.keras             plain  the whole model
    keras_flat.h5                 chest  the whole model, head built on the backbone's output
    keras_nested.h5               chest  the whole model, Sequential of the backbone and the head
    keras_nested.keras            chest  the whole model, functional, the frozen backbone is one of its layers
    <set>_torch.txt, <set>_keras.txt     expected: logits, probabilities, ends of blocks, the features after the last
                                         ReLU; the format of docs/explanation/golden_numbers.md

The .h5 but not the .keras have groups with small nodes (K = 2 instead of 4 and 16): half the size, trees as deep as
those of a large file. Two runs differ in the names that the legacy .pth give their storages (addresses) and in the
dates within .keras.

    python3 tests/golden/weights_golden.py full WORKDIR
    python3 tests/golden/weights_golden.py roundtrip WORKDIR [timm=FILE] [keras=FILE] [weights=FILE]

are for the whole DenseNet201 and described in weights_golden_full.py.
"""

import pathlib
import sys
import warnings

import torch


def tiny(folder):
    from weights_golden_torch import write_torch  # torch before tensorflow: both bring an LLVM, and this order works
    from weights_golden_keras import write_keras

    folder.mkdir(parents=True, exist_ok=True)
    of_torch, of_keras = write_torch(folder), write_keras(folder)
    for name, parts in of_keras.items():
        difference = abs(parts["logits"] - of_torch[name]["logits"]).max()
        print(f"{name}: Keras' logits differ from torch's by {difference:.2g}, because the epsilons differ")


def main():
    torch.set_num_threads(2)
    warnings.filterwarnings("ignore", category=UserWarning)  # Keras prefers other formats, and films in lists
    match sys.argv[1:]:
        case ["tiny", folder]:
            tiny(pathlib.Path(folder))
        case ["full", folder]:
            from weights_golden_full import full
            full(pathlib.Path(folder))
        case ["roundtrip", folder, *files]:
            from weights_golden_full import roundtrip
            sys.exit(roundtrip(pathlib.Path(folder), dict(file.split("=", 1) for file in files)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
