# SPDX-License-Identifier: MIT
"""How much of the machine others used while an engine had its turn."""

import os
import pathlib
import time

MOST = 0.05  # a larger share of all cores disturbs a measurement
TICK = os.sysconf("SC_CLK_TCK")


def busy_seconds():
    """Of all processes on all cores, and what the hypervisor gave to others."""
    user, nice, system, _, _, irq, soft_irq, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft_irq + steal) / TICK


def seconds_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Watch:
    """From its making to share(): what others used, as a share of all cores."""

    def __init__(self, pid):
        self.pid = pid
        self.begin = self.now()

    def now(self):
        return time.perf_counter(), busy_seconds() - seconds_of(self.pid)

    def share(self):
        (begin, others_before), (end, others_after) = self.begin, self.now()
        return (others_after - others_before) / ((end - begin) * os.cpu_count())
