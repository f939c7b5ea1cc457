# SPDX-License-Identifier: MIT
"""The driver's side of the protocol: engines as processes, each held to its cores, stopped unless it is its turn."""

import os
import pathlib
import signal
import subprocess
import time


class EngineFailed(Exception):
    """Says why an engine cannot run."""


def physical_cores():
    """returns: one logical processor for each core that this process may use"""
    chosen, seen = [], set()
    for number in sorted(os.sched_getaffinity(0)):
        siblings = pathlib.Path(f"/sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list")
        core = siblings.read_text() if siblings.exists() else str(number)
        if core not in seen:
            chosen.append(number)
            seen.add(core)
    return chosen


class Running:
    """An engine's process. It computes only inside ask(); else it is stopped, so that none of its threads spins."""

    def __init__(self, command, threads, environment, log):
        self.log = log
        cores = physical_cores()[:threads]
        self.begin = time.perf_counter()
        with open(self.log, "w") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1,
                env={**os.environ, **environment}, cwd=pathlib.Path(__file__).parent,
                preexec_fn=lambda: os.sched_setaffinity(0, cores))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def fail(self, reason):
        told = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        raise EngineFailed(reason or f"ended without an answer; last words: {told[-1] if told else 'none'}")

    def send(self, line):
        try:
            self.process.stdin.write(line + "\n")
        except BrokenPipeError:
            pass  # what it said before it ended is still to be read

    def hear(self, word):
        """returns: what stands behind `word` on the next line"""
        first, _, rest = self.process.stdout.readline().strip().partition(" ")
        if first != word:
            self.fail(rest if first == "error" else "")
        return rest

    def ready(self):
        """returns: the engine's version, when its model is loaded"""
        version = self.hear("ready")
        self.process.send_signal(signal.SIGSTOP)
        return version

    def ask(self, line):
        """returns: the numbers of the answer"""
        self.process.send_signal(signal.SIGCONT)
        self.send(line)
        numbers = [float(number) for number in self.hear(line.split()[0]).split()]
        self.process.send_signal(signal.SIGSTOP)
        return numbers

    def first_answer(self):
        """returns: seconds from the start of the process to its first answer; to be called at once"""
        self.send("answer")
        self.hear("ready")
        self.hear("answer")
        return time.perf_counter() - self.begin

    def peak_megabytes(self):
        """returns: the most memory the process has held so far, its program, libraries and mapped files included"""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        return int(kilobytes) / 1024
