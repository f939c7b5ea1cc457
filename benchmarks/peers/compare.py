# SPDX-License-Identifier: MIT
"""Compares thorax on the CPU with other runtimes: the same weights, films, cores and minutes.

    python3 compare.py PROGRAM WORK [OPTION...]

run.sh installs what is needed, builds PROGRAM, which is thorax' engine, and calls this. WORK is a folder for models.
"""

import argparse
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

import peers
import report
from measuring import Bench, Disagreement
from peers import Configuration
from running import physical_cores

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = ["thorax", *peers.RIVALS, "torch", "opencv", "keras"]
MOST_DISTURBED = 0.1  # share of turns with which a table may still be quoted
RESULTS = HERE.parent.parent / "docs" / "results.md"


def parser():
    what = argparse.ArgumentParser(prog="run.sh", allow_abbrev=False, description=__doc__.splitlines()[0],
                                   epilog="More: docs/how_to/compare_with_peers.md")
    what.add_argument("--venv", metavar="DIR", help="where the peers are installed (build/peers/venv)")
    what.add_argument("--program", metavar="FILE", help="a benchmark_peer_engine that is built already")
    what.add_argument("--quick", action="store_true", help="one round of few repeats: to try, not to quote")
    what.add_argument("--sizes", type=int, nargs="+", default=[224, 300], metavar="N", help="(224 300)")
    what.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N", help="also cores (1 2)")
    what.add_argument("--batches", type=int, nargs="+", default=[1, 8], metavar="N",
                      help="more than one film only at the largest size with most threads (1 8)")
    what.add_argument("--isa", choices=["default", "avx2"], default="default", help="hold all engines to AVX2")
    what.add_argument("--bf16", action="store_true", help="rows with bf16 too")
    what.add_argument("--keras", action="store_true", help="Keras on TensorFlow too: a big installation")
    what.add_argument("--engines", nargs="+", metavar="NAME", choices=ENGINES,
                      help=f"only these: {' '.join(ENGINES)}")
    what.add_argument("--thorax", action="append", default=[], metavar="'WORD...'",
                      help="one more row of thorax with these words, lean for example; may be repeated")
    what.add_argument("--weights", type=pathlib.Path, metavar="FILE",
                      help="a safetensors file of DenseNet201 with the chest head (random weights)")
    what.add_argument("--rounds", type=int, metavar="N", help="turns of each engine (6)")
    what.add_argument("--repeats", type=int, metavar="N", help="timed runs a turn, of batches fewer (8)")
    what.add_argument("--no-starts", action="store_true", help="do not measure start to first answer")
    what.add_argument("--write", action="store_true", help="write the table into docs/results.md")
    what.add_argument("--out", type=pathlib.Path, metavar="DIR", help="keep all numbers as JSON there")
    return what


def options_of(arguments):
    options = parser().parse_args(arguments)
    options.rounds = options.rounds or (1 if options.quick else 6)
    options.repeats = options.repeats or (4 if options.quick else 8)
    numbers = [*options.sizes, *options.threads, *options.batches, options.rounds, options.repeats]
    if min(numbers) < 1 or min(options.sizes) < 64:
        parser().error("sizes begin at 64, everything else at 1")
    if options.bf16 and options.isa == "avx2":
        parser().error("--bf16 needs more than AVX2")
    if "keras" in (options.engines or []) and not options.keras:
        parser().error("the engine keras needs --keras too, which installs it")
    if max(options.threads) > len(physical_cores()):
        parser().error(f"{max(options.threads)} threads need as many cores; there are {len(physical_cores())}")
    return options


def configurations(options):
    single = [Configuration(size, threads, 1) for size in sorted(options.sizes, reverse=True)
              for threads in sorted(options.threads)]
    large = Configuration(max(options.sizes), max(options.threads), 1)
    batches = [Configuration(large.size, large.threads, batch) for batch in sorted(options.batches) if batch > 1]
    return (single if 1 in options.batches else []) + batches


def prepared(work, options, wanted):
    """returns: the folder of the models; one for each weights file"""
    key = "random"
    if options.weights:
        key = hashlib.sha256(options.weights.read_bytes()).hexdigest()[:16]
    folder = work / "models" / key
    shapes = {(c.size, c.batch) for c in wanted} | {(c.size, 1) for c in wanted}
    command = [sys.executable, str(HERE / "prepare.py"), str(folder), "--configuration",
               *(f"{size}:{batch}" for size, batch in sorted(shapes))]
    if options.weights:
        command += ["--weights", str(options.weights)]
    if subprocess.run(command).returncode != 0:
        raise ValueError("the models could not be made; the reason stands above")
    return folder


def command_line(typed):
    """What the user typed, so that it can be typed again: no folders, and not what happens afterwards."""
    shown, rest = ["benchmarks/peers/run.sh"], iter(typed)
    for word in rest:
        if word == "--out":
            next(rest)
        elif word == "--weights":
            shown += [word, pathlib.Path(next(rest)).name]
        elif word != "--write":
            shown.append(word)
    return shlex.join(shown)


def measured(program, models, options, rows, wanted):
    bench = Bench(program, models, options)
    for configuration in wanted:
        bench.compare([row for row in rows if row.takes_part(configuration)], configuration)
    singles = [configuration for configuration in wanted if configuration.batch == 1]
    if singles and not options.no_starts:
        most = max(singles, key=lambda c: (c.size, c.threads))
        bench.time_starts([row for row in rows if row.takes_part(most)], most)
    return bench.found


def main(program, work, *typed):
    options = options_of(typed)
    rows, wanted = peers.chosen(options), configurations(options)
    models = prepared(pathlib.Path(work).resolve(), options, wanted)
    found = measured(pathlib.Path(program).resolve(), models, options, rows, wanted)
    table = report.Table(rows, wanted, found, options.isa)
    text = report.section(table, command_line(typed))
    print("\n" + text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        file = options.out / f"peers_{options.isa}.json"
        file.write_text(json.dumps({"machine": report.machine_name(), "isa": options.isa, **vars(found)}, indent=1))
        print(f"all numbers are in {file}")
    if options.write:
        if found.disturbed_turns > MOST_DISTURBED * found.turns:
            raise ValueError(f"nothing was written: something else used the machine in {found.disturbed_turns} of "
                             f"{found.turns} turns; run it again when the machine is quiet")
        RESULTS.write_text(report.written_into(RESULTS.read_text(), text, report.heading(options.isa)))
        print(f"written into {RESULTS}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Disagreement, ValueError, OSError) as failure:
        sys.exit(f"run.sh: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
