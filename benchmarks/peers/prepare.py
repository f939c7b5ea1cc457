# SPDX-License-Identifier: MIT
"""Makes what the engines read, all from one safetensors file; what is there already stays.

    python3 prepare.py FOLDER --configuration SIZE:BATCH... [--weights FILE]

FOLDER/weights.safetensors        a copy of FILE, or random weights: thorax, Keras
FOLDER/torch.pt                   traced and frozen: PyTorch
FOLDER/SIZE_BATCH/films.f32       random films
FOLDER/SIZE_BATCH/reference.json  what PyTorch computes for them in double precision
FOLDER/SIZE_BATCH/network.onnx    ONNX Runtime, OpenCV
FOLDER/SIZE_BATCH/openvino.xml    OpenVINO, with openvino.bin
FOLDER/SIZE_BATCH/ncnn.param      ncnn, with ncnn.bin; for one film only
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import openvino
import torch

import network

CALIBRATION = (8, 224)  # films and size that random weights are calibrated with


def once(path, make):
    """Lets `make` write a file beside `path` and gives it its name when it is whole."""
    if path.exists():
        return
    print(f"makes {path.parent.name}/{path.name}", flush=True)
    partial = path.with_name("partial_" + path.name)
    make(partial)
    os.replace(partial, path)


def write_torch(path, net):
    films = network.random_films(1, 224).to(memory_format=torch.channels_last)
    traced = torch.jit.trace(net.to(memory_format=torch.channels_last), films)
    torch.jit.freeze(traced).save(str(path))
    net.to(memory_format=torch.contiguous_format)


def write_onnx(path, net, films):
    torch.onnx.export(net, (films,), str(path), input_names=["films"], output_names=["logits", "probabilities"],
                      dynamo=False)


def write_openvino(path, onnx):
    """The numbers lie in a second file, which gets its name first."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = pathlib.Path(folder) / "openvino.xml"
        openvino.save_model(openvino.convert_model(str(onnx)), str(made), compress_to_fp16=False)
        os.replace(made.with_suffix(".bin"), path.with_name("openvino.bin"))
        os.replace(made, path)


def write_ncnn(path, net, films):
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = pathlib.Path(folder) / "network.pt"
        torch.jit.trace(net, films).save(str(made))
        shape = ",".join(str(extent) for extent in films.shape)
        pnnx = pathlib.Path(sys.executable).with_name("pnnx")
        done = subprocess.run([pnnx, made.name, f"inputshape=[{shape}]", "fp16=0"], cwd=folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if not made.with_name("network.ncnn.param").exists():
            raise RuntimeError(f"pnnx made no network for ncnn; it said: {done.stdout[-500:]}")
        os.replace(made.with_name("network.ncnn.bin"), path.with_name("ncnn.bin"))
        os.replace(made.with_name("network.ncnn.param"), path)


def write_reference(path, net, films):
    with torch.inference_mode():
        logits, probabilities = net.double()(films.double())
    net.float()
    path.write_text(json.dumps({"logits": logits.flatten().tolist(),
                                "probabilities": probabilities.flatten().tolist()}))


def prepare_configuration(folder, net, size, batch):
    folder.mkdir(exist_ok=True)
    films = network.random_films(batch, size)
    once(folder / "films.f32", lambda path: path.write_bytes(films.numpy().tobytes()))
    once(folder / "reference.json", lambda path: write_reference(path, net, films))
    once(folder / "network.onnx", lambda path: write_onnx(path, net, films))
    once(folder / "openvino.xml", lambda path: write_openvino(path, folder / "network.onnx"))
    if batch == 1:
        once(folder / "ncnn.param", lambda path: write_ncnn(path, net, films))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--weights", type=pathlib.Path)
    parser.add_argument("--configuration", nargs="+", required=True)
    wanted = parser.parse_args()
    warnings.filterwarnings("ignore")
    wanted.folder.mkdir(parents=True, exist_ok=True)
    weights = wanted.folder / "weights.safetensors"
    if wanted.weights:
        once(weights, lambda path: shutil.copyfile(wanted.weights, path))
    else:
        once(weights, lambda path: network.write_random_weights(path, network.random_films(*CALIBRATION)))
    net = network.read_network(weights)
    once(wanted.folder / "torch.pt", lambda path: write_torch(path, net))
    for configuration in wanted.configuration:
        size, batch = map(int, configuration.split(":"))
        prepare_configuration(wanted.folder / f"{size}_{batch}", net, size, batch)


if __name__ == "__main__":
    try:
        main()
    except Exception as failure:
        sys.exit(f"prepare: {failure}")
