# SPDX-License-Identifier: MIT
"""A step of training, thorax beside PyTorch and Keras: forward, backward, Adam. Called by `run.sh --training`.

Each turn is a process of its own, so that its peak memory is its own, and turns alternate. Where a part is frozen, its
norms use running statistics in all of them, and no gradient goes through it.
"""

import argparse
import resource
import subprocess
import sys
import time
from importlib.metadata import version

BOUNDARIES = {"everything": "everything",
              "last 60 Keras layers": "features.denseblock4.denselayer24.conv2",
              "head": "classifier"}
RATE = 1e-5
LAST_LAYERS = 60  # of Keras' backbone, which is where denselayer24.conv2 begins


def freeze_before(net, boundary):
    """Freezes what stands before the boundary, and gives its norms their running statistics."""
    net.train()
    trains = boundary == "everything"
    for name, part in net.named_modules():
        trains = trains or (name != "" and name == boundary)
        if not any(True for _ in part.children()):
            part.train(trains)
            for parameter in part.parameters():
                parameter.requires_grad_(trains)
    if not trains:
        raise ValueError(f"the network has no part '{boundary}'")


def time_pytorch(size, threads, batch, boundary, repeats):
    """returns: the least milliseconds a film"""
    # Not at the top: a process counts what the one that started it held, and that one needs none of these.
    import torch
    from network import ChestNetwork

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = ChestNetwork().to(memory_format=torch.channels_last)
    freeze_before(net, boundary)
    films = torch.rand(batch, 3, size, size).contiguous(memory_format=torch.channels_last)
    findings = torch.arange(batch) % 3
    optimizer = torch.optim.Adam([each for each in net.parameters() if each.requires_grad], RATE)

    def step():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(films)[0], findings).backward()
        optimizer.step()

    return 1e3 * least_seconds(step, repeats) / batch


def least_seconds(step, repeats):
    """Of `repeats` steps, after one that is not counted."""
    step()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return min(times)


def time_keras(size, threads, batch, boundary, repeats):
    """returns: the least milliseconds a film"""
    import keras
    import numpy
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(1)
    backbone = keras.applications.DenseNet201(include_top=False, weights=None, input_shape=(size, size, 3))
    frozen = {"everything": 0, BOUNDARIES["head"]: len(backbone.layers)}.get(boundary, len(backbone.layers) - LAST_LAYERS)
    for layer in backbone.layers[:frozen]:
        layer.trainable = False
    x = keras.layers.BatchNormalization()(keras.layers.GlobalAveragePooling2D()(backbone.output))
    x = keras.layers.Dropout(0.5)(keras.layers.Dense(512, activation="relu")(x))
    net = keras.Model(backbone.input, keras.layers.Dense(3, activation="softmax")(x))
    net.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
    films = numpy.random.default_rng(1).random((batch, size, size, 3), numpy.float32)
    findings = numpy.arange(batch) % 3
    return 1e3 * least_seconds(lambda: net.train_on_batch(films, findings), repeats) / batch


PEERS = {"PyTorch": time_pytorch, "Keras": time_keras}


def turn(engine, program, size, options, boundary):
    """One process. returns: milliseconds a film, peak megabytes"""
    numbers = [str(number) for number in (size, options.threads, options.batch)]
    rest = [boundary, str(options.repeats)]
    command = [program] if engine == "thorax" else [sys.executable, __file__, f"--{engine}"]
    said = subprocess.run(command + numbers + rest, check=True, capture_output=True, text=True).stdout
    ms, megabytes = said.strip().strip("|").split("|")[-2:]
    return float(ms), float(megabytes)


def compare(program, options):
    peers = list(PEERS) if options.keras else ["PyTorch"]
    versions = f"PyTorch {version('torch')}"
    if options.keras:
        versions += f", Keras {version('keras')} on TensorFlow {version('tensorflow-cpu')}"
    print(f"{versions}, {options.threads} threads, batches of {options.batch}; least of {options.rounds} turns of "
          f"{options.repeats} steps each\n")
    columns = ["trains", "size", "thorax, ms a film", *peers, "ratio", "thorax, MB", *peers, "ratio"]
    print(f"| {' | '.join(columns)} |\n| --- |{' ---: |' * (len(columns) - 1)}", flush=True)
    for name in options.trains:
        for size in options.sizes:
            found = {engine: [] for engine in ["thorax", *peers]}
            for _ in range(options.rounds):
                for engine, turns in found.items():
                    turns.append(turn(engine, program, size, options, BOUNDARIES[name]))
            ms = [min(ms for ms, _ in turns) for turns in found.values()]
            megabytes = [max(megabytes for _, megabytes in turns) for turns in found.values()]
            print(f"| {name} | {size} | {' | '.join(f'{each:.1f}' for each in ms)} | **{ms[0] / min(ms[1:]):.2f}** | "
                  f"{' | '.join(f'{each:.0f}' for each in megabytes)} | "
                  f"**{megabytes[0] / min(megabytes[1:]):.2f}** |", flush=True)


def main():
    if sys.argv[1].removeprefix("--") in PEERS:
        size, threads, batch, boundary, repeats = sys.argv[2:]
        time_step = PEERS[sys.argv[1].removeprefix("--")]
        ms = time_step(int(size), int(threads), int(batch), boundary, int(repeats))
        print(f"{ms} | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}")
        return
    parser = argparse.ArgumentParser(prog="run.sh --training", description=__doc__.splitlines()[0])
    parser.add_argument("--keras", action="store_true", help="Keras on TensorFlow too: a big installation")
    parser.add_argument("--sizes", type=int, nargs="+", default=[224, 300], metavar="N")
    parser.add_argument("--threads", type=int, default=2, metavar="N")
    parser.add_argument("--batch", type=int, default=16, metavar="N")
    parser.add_argument("--trains", nargs="+", choices=BOUNDARIES, default=list(BOUNDARIES), metavar="NAME",
                        help=", ".join(BOUNDARIES))
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="turns of each (2)")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="steps a turn (3)")
    compare(sys.argv[1], parser.parse_args(sys.argv[3:]))


if __name__ == "__main__":
    main()
