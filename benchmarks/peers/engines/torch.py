# SPDX-License-Identifier: MIT
"""PyTorch without training: traced, frozen (batch norms behind a convolution are folded into it), channels last."""

import torch

from protocol import serve


class Engine:
    def __init__(self, job):
        job.refuse_words_but()
        torch.set_num_threads(job.threads)
        torch.set_num_interop_threads(1)
        self.films = torch.from_numpy(job.films).to(memory_format=torch.channels_last)
        self.net = torch.jit.load(job.model)

    @torch.inference_mode()
    def run(self):
        logits, probabilities = self.net(self.films)
        return logits.numpy(), probabilities.numpy()


if __name__ == "__main__":
    serve(Engine, f"PyTorch {torch.__version__.split('+')[0]}")
