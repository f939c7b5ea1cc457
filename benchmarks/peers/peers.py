# SPDX-License-Identifier: MIT
"""Which engines there are: a row of the table each, with its command, its environment and what it reads."""

import dataclasses
import pathlib
import sys

# Says to each library that knows such a word that AVX2 is the most it may use. The rest of them has no switch.
HELD_TO_AVX2 = {
    "THORAX_ARCH": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "OPENCV_CPU_DISABLE": "AVX512-SKX,AVX512-CNL,AVX512-CLX,AVX512-ICL",
}
NOT_HELD = {"onnxruntime": "ONNX Runtime", "ncnn": "ncnn"}
RIVALS = ("onnxruntime", "openvino", "ncnn")  # the best of them is what thorax is compared with


@dataclasses.dataclass(frozen=True)
class Configuration:
    size: int
    threads: int
    batch: int

    def __str__(self):
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{self.size}, {threads}" + (f", batch {self.batch}" if self.batch > 1 else "")


@dataclasses.dataclass(frozen=True)
class Peer:
    engine: str
    label: str
    model: str
    words: tuple = ()
    batches_only: bool = False  # a row only where there is more than one film

    @property
    def bf16(self):
        return "bf16" in self.words

    def takes_part(self, configuration):
        return configuration.batch > 1 or not self.batches_only

    def model_file(self, models, configuration):
        """A file for all shapes, or that of a shape; who takes films one by one reads that for one film."""
        if self.model in ("weights.safetensors", "torch.pt"):
            return models / self.model
        batch = 1 if self.engine == "ncnn" or self.batches_only else configuration.batch
        return models / f"{configuration.size}_{batch}" / self.model

    def command(self, program, models, configuration):
        start = [program] if self.engine == "thorax" else [sys.executable, "-m", f"engines.{self.engine}"]
        films = models / f"{configuration.size}_{configuration.batch}" / "films.f32"
        numbers = [configuration.size, configuration.threads, configuration.batch]
        return [*map(str, [*start, self.model_file(models, configuration), films, *numbers]), *self.words]


def thorax(*words):
    return Peer("thorax", ", ".join(["thorax", *words]), "weights.safetensors", words)


def rivals(*words):
    """The three that count, once more with words."""
    made = {"onnxruntime": "network.onnx", "openvino": "openvino.xml", "ncnn": "ncnn.param"}
    labels = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "ncnn": "ncnn"}
    shown = [word.replace("film_a_thread", "whole films a thread") for word in words]
    return [Peer(engine, ", ".join([labels[engine], *shown]), made[engine], words, "film_a_thread" in words)
            for engine in RIVALS if not (engine == "onnxruntime" and "bf16" in words)]


def chosen(options):
    """The rows that the options ask for, in the order of the table."""
    rows = [thorax(), *(thorax(*words.split()) for words in options.thorax)]
    rows += [*rivals(), *rivals("film_a_thread")]
    rows += [Peer("torch", "PyTorch", "torch.pt"), Peer("opencv", "OpenCV DNN", "network.onnx")]
    if options.keras:
        rows.append(Peer("keras", "Keras", "weights.safetensors"))
    if options.bf16:
        rows += [thorax("bf16"), *rivals("bf16"), *rivals("bf16", "film_a_thread")]
    return [row for row in dict.fromkeys(rows) if not options.engines or row.engine in options.engines]


def is_held(row, isa):
    """Whether the instruction set that was asked for is the most the row's engine used."""
    return isa == "default" or row.engine not in NOT_HELD or not processor_has("avx512f")


def processor_has(flag):
    return flag in processor_flags()


def processor_flags():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("flags", "Features")):
            return set(line.split(":", 1)[1].split())
    return set()
