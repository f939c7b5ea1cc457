# SPDX-License-Identifier: MIT
"""OpenVINO's CPU plugin.

The latency hint: one stream with all threads. Without a precision it would choose bf16 where the processor has it, so
single precision is asked for; the word `bf16` asks for the other. The word `film_a_thread` gives each thread a stream
of its own and whole films of a batch, as the throughput hint does.
"""

import openvino

from protocol import serve


class Engine:
    def __init__(self, job):
        job.refuse_words_but("bf16", "film_a_thread")
        self.apart = "film_a_thread" in job.words
        self.films = job.films
        self.model = openvino.Core().compile_model(job.model, "CPU", {
            "PERFORMANCE_HINT": "THROUGHPUT" if self.apart else "LATENCY",
            "NUM_STREAMS": job.threads if self.apart else 1,
            "INFERENCE_NUM_THREADS": job.threads,
            "INFERENCE_PRECISION_HINT": "bf16" if "bf16" in job.words else "f32",
        })
        self.run = self.run_films if self.apart else self.run_batch
        if self.apart:
            self.answers = [None] * job.batch
            self.queue = openvino.AsyncInferQueue(self.model, job.threads)
            self.queue.set_callback(self.keep)
        else:
            self.request = self.model.create_infer_request()

    def keep(self, request, number):
        self.answers[number] = [request.get_output_tensor(output).data.copy() for output in range(2)]

    def run_batch(self):
        self.request.infer([self.films], share_inputs=True)
        return [self.request.get_output_tensor(output).data for output in range(2)]

    def run_films(self):
        for number, film in enumerate(self.films):
            self.queue.start_async([film[None]], number, share_inputs=True)
        self.queue.wait_all()
        return [logits for logits, _ in self.answers], [probabilities for _, probabilities in self.answers]


if __name__ == "__main__":
    serve(Engine, f"OpenVINO {openvino.__version__.split('-')[0]}")
