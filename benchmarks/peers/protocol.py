# SPDX-License-Identifier: MIT
"""The engines' side of the protocol: a line in, a line out.

    python3 -m engines.NAME MODEL FILMS SIZE THREADS BATCH [WORD...]

MODEL is what prepare.py made for the engine. FILMS holds at least BATCH preprocessed films as raw floats, films x
channels x height x width. A WORD asks for something that is not the default. The lines:

    (nothing)   ready VERSION      once, when the model is loaded
    answer      answer NUMBER...   logits of all films, then probabilities of all films
    time N      time NUMBER...     milliseconds of each of N runs of the whole batch
    quit        (ends with status 0)

Instead of any line out, `error SENTENCE` and status 1. benchmarks/peer_engine.cpp speaks the same.
"""

import dataclasses
import os
import sys
import time

import numpy


@dataclasses.dataclass
class Job:
    model: str
    films: numpy.ndarray
    size: int
    threads: int
    batch: int
    words: list

    @classmethod
    def of(cls, arguments):
        if len(arguments) < 5:
            raise ValueError("usage: python3 -m engines.NAME MODEL FILMS SIZE THREADS BATCH [WORD...]")
        size, threads, batch = map(int, arguments[2:5])
        count = batch * 3 * size * size
        films = numpy.fromfile(arguments[1], numpy.float32, count)
        if films.size != count:
            raise ValueError(f"{arguments[1]}: expected {count} floats, found {films.size}")
        return cls(arguments[0], films.reshape(batch, 3, size, size), size, threads, batch, arguments[5:])

    def refuse_words_but(self, *known):
        for word in self.words:
            if word not in known:
                raise ValueError(f"this engine does not know the word '{word}'")


def timed(run):
    begin = time.perf_counter()
    run()
    return (time.perf_counter() - begin) * 1000


def reply(engine, line):
    if line == "answer":
        logits, probabilities = engine.run()
        return "answer", [*numpy.ravel(logits), *numpy.ravel(probabilities)]
    if line.startswith("time "):
        return "time", [timed(engine.run) for _ in range(int(line[5:]))]
    raise ValueError(f"expected answer, time N or quit, found '{line}'")


def serve(make_engine, version):
    """Answers lines until `quit`. What a library prints goes to stderr, so that it can't disturb the protocol."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        engine = make_engine(Job.of(sys.argv[1:]))
        print("ready", version, file=out)
        for line in map(str.strip, sys.stdin):
            if line == "quit":
                break
            word, numbers = reply(engine, line)
            print(word, *(f"{float(number):.9g}" for number in numbers), file=out)
    except Exception as failure:
        print("error", " ".join(f"{type(failure).__name__}: {failure}".split()), file=out)
        sys.exit(1)
