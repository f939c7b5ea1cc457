# SPDX-License-Identifier: MIT
"""The measurements as Markdown: the machine, one table with ratios, and notes; and their place in docs/results.md."""

import pathlib
import statistics
import textwrap

from peers import NOT_HELD, RIVALS, is_held, processor_flags
from running import physical_cores

BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
FLAGS = ("avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "asimd")


def cpuinfo(field):
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.split(":")[0].strip() == field:
            return line.split(":", 1)[1].strip()
    return "unknown"


def caches():
    shown = []
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind, level, size = ((index / name).read_text().strip() for name in ("type", "level", "size"))
        if kind != "Instruction":
            shown.append(f"L{level} {size}")
    return ", ".join(shown) or "unknown"


def machine_name():
    """Tells machines apart whose model name is cut short by their hypervisor."""
    cores = len(physical_cores())
    return (f"{cpuinfo('model name')} (family {cpuinfo('cpu family')}, model {cpuinfo('model')}), "
            f"{cores} {'core' if cores == 1 else 'cores'}")


def heading(isa):
    return f"#### {machine_name()}" + (", held to AVX2" if isa == "avx2" else "")


def machine(found):
    flags = [flag for flag in FLAGS if flag in processor_flags()]
    versions = list(dict.fromkeys(found.versions.values()))
    return [f"Instruction sets: {', '.join(flags)}. Caches: {caches()}.", f"Versions: {'; '.join(versions)}."]


def best_and_median(times):
    return min(times), statistics.median(times)


def cell(times):
    return "{:.1f} ({:.1f})".format(*best_and_median(times)) if times else ""


class Table:
    def __init__(self, rows, configurations, found, isa):
        self.rows, self.configurations, self.found, self.isa = rows, list(map(str, configurations)), found, isa

    def timed(self, row, configuration):
        return self.found.times.get(row.label, {}).get(configuration)

    def memory(self, row):
        """Of single films; of batches if nothing else was run."""
        all_of_it = self.found.memory.get(row.label, {})
        return [mb for name, mb in all_of_it.items() if "batch" not in name] or list(all_of_it.values())

    def start(self, row):
        seconds = self.found.starts.get(row.label)
        return min(seconds) if seconds else None

    def rivals_of(self, row):
        return [other for other in self.rows
                if other.engine in RIVALS and other.bf16 == row.bf16 and is_held(other, self.isa)]

    def ratio(self, row, value, shown):
        """value: row -> numbers or None. returns: that of the row by the least of its rivals', as text"""
        mine, theirs = value(row), [value(other) for other in self.rivals_of(row)]
        theirs = [numbers for numbers in theirs if numbers]
        if not mine or not theirs:
            return ""
        return shown.format(*(own / least for own, least in zip(mine, map(min, zip(*theirs)))))

    def ratios(self, row):
        def times(configuration):
            return lambda other: (numbers := self.timed(other, configuration)) and best_and_median(numbers)
        cells = [self.ratio(row, times(configuration), "**{:.2f}** ({:.2f})") for configuration in self.configurations]
        cells.append(self.ratio(row, lambda other: (mb := self.memory(other)) and [max(mb)], "{:.2f}"))
        cells.append(self.ratio(row, lambda other: (s := self.start(other)) and [s], "{:.2f}"))
        return cells

    def cells(self, row):
        megabytes, seconds, apart = self.memory(row), self.start(row), self.found.differences.get(row.label)
        span = sorted({round(mb) for mb in megabytes})
        return [*(cell(self.timed(row, configuration)) for configuration in self.configurations),
                f"{span[0]}-{span[-1]}" if len(span) > 1 else "".join(map(str, span)),
                f"{seconds:.2f}" if seconds else "", f"{apart[0]:.0e}" if apart else ""]

    def lines(self):
        titles = ["ms a film, least (median)", *self.configurations, "peak memory, MB", "start to first answer, s",
                  "difference of logits"]
        yield "| " + " | ".join(titles) + " |"
        yield "| --- |" + " ---: |" * (len(titles) - 1)
        for row in self.rows:
            if row.label in self.found.times:
                mark = "" if is_held(row, self.isa) else " (not held)"
                yield f"| {row.label}{mark} | " + " | ".join(self.cells(row)) + " |"
        for row in self.rows:
            if row.engine == "thorax" and row.label in self.found.times:
                which = " with bf16" if row.bf16 else ""
                yield f"| {row.label} / best of the three{which} | " + " | ".join(self.ratios(row)) + " | |"


def absences(found):
    """A sentence for each engine and reason, with the columns it is missing from."""
    missing = {}
    for label, reasons in found.left_out.items():
        for configuration, reason in reasons.items():
            missing.setdefault((label, reason), []).append(configuration)
    return [f"{label} is missing ({'; '.join(columns)}): {reason[:300]}."
            for (label, reason), columns in missing.items()]


def notes(table):
    """returns: paragraphs"""
    said = ["The three are ONNX Runtime, OpenVINO and ncnn, however they take a batch. Memory is the most a process "
            "held, with its libraries, mapped weights and, but for thorax, Python. Start is the least of three, from "
            "the start of the process to its first answer with the files in the page cache, Python's imports included. "
            "The difference is the largest to PyTorch in double precision."]
    unheld = sorted({NOT_HELD[row.engine] for row in table.rows if not is_held(row, table.isa)})
    if unheld:
        said.append(f"{' and '.join(unheld)}: there is no switch that holds them to AVX2. They used AVX-512, and the "
                    "ratios leave them out.")
    if table.found.disturbed_turns:
        said.append(f"Something else used the machine in {table.found.disturbed_turns} of {table.found.turns} turns; "
                    "these times may be too long.")
    return [textwrap.fill(text, 118) for text in said + absences(table.found)]


def section(table, command):
    """One machine and instruction set: heading, how, what, numbers."""
    parts = [heading(table.isa), "\n".join(machine(table.found)), f"```bash\n{command}\n```",
             "\n".join(table.lines()), "\n\n".join(notes(table))]
    return "\n\n".join(parts) + "\n"


def written_into(page, new, title):
    """returns: the page with the section of that title replaced, or added as the last between the markers"""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"the page has no pair of lines {BEGIN} and {END}; put them where the sections belong")
    before, rest = page.split(BEGIN)
    inside, after = rest.split(END)
    sections = ["#### " + text.strip() + "\n" for text in ("\n" + inside.strip()).split("\n#### ")[1:]]
    titles = [text.splitlines()[0] for text in sections]
    if title in titles:
        sections[titles.index(title)] = new
    else:
        sections.append(new)
    return before + BEGIN + "\n" + "\n".join(sections) + END + after
