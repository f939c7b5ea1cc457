# SPDX-License-Identifier: MIT
"""ncnn, converted by pnnx.

Winograd and packed layouts are its defaults; 16-bit storage is switched off, which ncnn would otherwise use where the
processor has it. It has no batches: films go one after the other with all threads, or with the word `film_a_thread`
each thread takes whole films.
"""

import concurrent.futures

import ncnn
import numpy

from protocol import serve


class Engine:
    def __init__(self, job):
        job.refuse_words_but("bf16", "film_a_thread")
        self.net = ncnn.Net()
        options = self.net.opt
        options.num_threads = 1 if "film_a_thread" in job.words else job.threads
        options.use_fp16_packed = options.use_fp16_storage = options.use_fp16_arithmetic = False
        options.use_bf16_packed = options.use_bf16_storage = "bf16" in job.words
        if self.net.load_param(job.model) or self.net.load_model(job.model.removesuffix(".param") + ".bin"):
            raise ValueError(f"ncnn could not load {job.model}")
        self.films = job.films
        self.map = map
        if "film_a_thread" in job.words:
            self.map = concurrent.futures.ThreadPoolExecutor(job.threads).map

    def run_film(self, film):
        extractor = self.net.create_extractor()
        extractor.input("in0", ncnn.Mat(film))
        return [numpy.array(extractor.extract(name)[1]) for name in ("out0", "out1")]

    def run(self):
        said = list(self.map(self.run_film, self.films))
        return [logits for logits, _ in said], [probabilities for _, probabilities in said]


if __name__ == "__main__":
    serve(Engine, f"ncnn {ncnn.__version__}")
