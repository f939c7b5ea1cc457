# SPDX-License-Identifier: MIT
"""ONNX Runtime with its CPU provider.

All graph optimizations, one operation after the other, and threads that spin while a run lasts: the defaults, and
its fastest. The word `film_a_thread` gives each thread whole films of a batch.
"""

import concurrent.futures

import onnxruntime

from protocol import serve


class Engine:
    def __init__(self, job):
        job.refuse_words_but("film_a_thread")
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1 if "film_a_thread" in job.words else job.threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "1")
        self.session = onnxruntime.InferenceSession(job.model, options, ["CPUExecutionProvider"])
        self.films = job.films
        self.run = self.run_batch
        if "film_a_thread" in job.words:
            self.crew = concurrent.futures.ThreadPoolExecutor(job.threads)
            self.run = self.run_films

    def run_batch(self):
        return self.session.run(None, {"films": self.films})

    def run_films(self):
        said = list(self.crew.map(lambda film: self.session.run(None, {"films": film[None]}), self.films))
        return [logits for logits, _ in said], [probabilities for _, probabilities in said]


if __name__ == "__main__":
    serve(Engine, f"ONNX Runtime {onnxruntime.__version__}")
