# SPDX-License-Identifier: MIT
"""Agreement first, then times in turns, then memory; and the time from start to first answer."""

import contextlib
import json

import quiet
from peers import HELD_TO_AVX2
from quiet import Watch
from running import EngineFailed, Running

LOGITS_AGREE = 1e-3  # largest difference of a logit to double precision that is single precision's
STARTS = 3
TRIES = 4  # of a turn, until nothing else disturbs it


class Disagreement(Exception):
    """An engine computes something else, so its time means nothing."""


class Measurements:
    """All that is known, ready to be written as JSON."""

    def __init__(self):
        self.versions, self.left_out, self.differences = {}, {}, {}
        self.times, self.memory, self.starts = {}, {}, {}
        self.turns, self.disturbed_turns = 0, 0


class Bench:
    """Starts engines for one configuration after the other."""

    def __init__(self, program, models, options):
        self.program, self.models, self.options = program, models, options
        self.found = Measurements()

    def start(self, row, configuration):
        environment = HELD_TO_AVX2 if self.options.isa == "avx2" else {}
        log = self.models / f"log_{row.engine}.txt"
        return Running(row.command(self.program, self.models, configuration), configuration.threads, environment, log)

    def agree(self, row, configuration, numbers):
        """Compares an answer with the reference.

        throws: Disagreement
        """
        folder = self.models / f"{configuration.size}_{configuration.batch}"
        reference = json.loads((folder / "reference.json").read_text())
        expected = reference["logits"] + reference["probabilities"]
        apart = [abs(a - b) for a, b in zip(numbers, expected)]
        if len(numbers) != len(expected) or any(gap != gap for gap in apart):
            raise Disagreement(f"{row.label} answered with {len(numbers)} numbers at {configuration}, "
                               f"expected {len(expected)} finite ones")
        count = len(reference["logits"])
        logits, probabilities = max(apart[:count]), max(apart[count:])
        print(f"  {row.label}: largest difference of a logit {logits:.1e}, of a probability {probabilities:.1e}",
              flush=True)
        if not row.bf16 and logits > LOGITS_AGREE:
            raise Disagreement(f"{row.label} differs by {logits:.1e} in a logit at {configuration}; "
                               f"at most {LOGITS_AGREE} is single precision")
        known = self.found.differences.get(row.label, [0, 0])
        self.found.differences[row.label] = [max(known[0], logits), max(known[1], probabilities)]

    def leave_out(self, row, configuration, failure):
        self.found.left_out.setdefault(row.label, {})[str(configuration)] = str(failure)
        print(f"  {row.label} is left out: {failure}", flush=True)

    def started(self, rows, configuration, stack):
        """returns: the running engines that agreed, by row"""
        engines = {}
        for row in rows:
            try:
                engine = stack.enter_context(self.start(row, configuration))
                self.found.versions[row.label] = engine.ready()
                self.agree(row, configuration, engine.ask("answer"))
                engines[row] = engine
            except (EngineFailed, OSError) as failure:
                self.leave_out(row, configuration, failure)
        return engines

    def compare(self, rows, configuration):
        """Times all rows in turns, so that a slow minute of the machine meets all of them."""
        print(f"{configuration}:", flush=True)
        repeats = max(2, self.options.repeats // configuration.batch)
        with contextlib.ExitStack() as stack:
            engines = self.started(rows, configuration, stack)
            times = {row: [] for row in engines}
            for _ in range(self.options.rounds):
                for row, engine in engines.items():
                    engine.ask("time 2" if configuration.batch == 1 else "time 1")  # caches and clocks get used to it
                    times[row] += self.turn(engine, repeats)
            for row, engine in engines.items():
                self.keep(row, configuration, [ms / configuration.batch for ms in times[row]], engine)

    def turn(self, engine, repeats):
        """returns: milliseconds; a turn that others disturbed is repeated, and its last try counts in any case"""
        self.found.turns += 1
        for _ in range(TRIES):
            watch = Watch(engine.process.pid)
            times = engine.ask(f"time {repeats}")
            if watch.share() <= quiet.MOST:
                return times
        self.found.disturbed_turns += 1
        return times

    def keep(self, row, configuration, times, engine):
        self.found.times.setdefault(row.label, {})[str(configuration)] = times
        self.found.memory.setdefault(row.label, {})[str(configuration)] = engine.peak_megabytes()
        print(f"  {row.label}: {min(times):.1f} ms a film, {engine.peak_megabytes():.0f} MB", flush=True)

    def time_starts(self, rows, configuration):
        """Seconds from the start of each engine's process to its first answer, one process at a time."""
        print(f"start to first answer at {configuration}:", flush=True)
        for _ in range(STARTS):
            for row in rows:
                if row.label in self.found.left_out:
                    continue
                with self.start(row, configuration) as engine:
                    self.found.starts.setdefault(row.label, []).append(engine.first_answer())
        for label, seconds in self.found.starts.items():
            print(f"  {label}: {min(seconds):.2f} s", flush=True)
