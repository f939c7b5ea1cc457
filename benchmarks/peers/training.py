# SPDX-License-Identifier: MIT
"""A step of training, thorax beside PyTorch: forward, backward, Adam. Called by `run.sh --training`.

Each turn is a process of its own, so that its peak memory is its own, and turns alternate. Where a part is frozen, its
norms use running statistics in both, and no gradient goes through it.
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

    step()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return 1e3 * min(times) / batch


def turn(engine, program, size, options, boundary):
    """One process. returns: milliseconds a film, peak megabytes"""
    numbers = [str(number) for number in (size, options.threads, options.batch)]
    rest = [boundary, str(options.repeats)]
    command = [program] if engine == "thorax" else [sys.executable, __file__, "--pytorch"]
    said = subprocess.run(command + numbers + rest, check=True, capture_output=True, text=True).stdout
    ms, megabytes = said.strip().strip("|").split("|")[-2:]
    return float(ms), float(megabytes)


def compare(program, options):
    print(f"PyTorch {version('torch')}, {options.threads} threads, batches of {options.batch}; least of "
          f"{options.rounds} turns of {options.repeats} steps each\n")
    print("| trains | size | thorax, ms a film | PyTorch | ratio | thorax, MB | PyTorch | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for name in options.trains:
        for size in options.sizes:
            found = {"thorax": [], "PyTorch": []}
            for _ in range(options.rounds):
                for engine, turns in found.items():
                    turns.append(turn(engine, program, size, options, BOUNDARIES[name]))
            (ours, our_megabytes), (theirs, their_megabytes) = (
                (min(ms for ms, _ in turns), max(megabytes for _, megabytes in turns)) for turns in found.values())
            print(f"| {name} | {size} | {ours:.1f} | {theirs:.1f} | **{ours / theirs:.2f}** | {our_megabytes:.0f} | "
                  f"{their_megabytes:.0f} | **{our_megabytes / their_megabytes:.2f}** |", flush=True)


def main():
    if sys.argv[1] == "--pytorch":
        size, threads, batch, boundary, repeats = sys.argv[2:]
        ms = time_pytorch(int(size), int(threads), int(batch), boundary, int(repeats))
        print(f"{ms} | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}")
        return
    parser = argparse.ArgumentParser(prog="run.sh --training", description=__doc__.splitlines()[0])
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
