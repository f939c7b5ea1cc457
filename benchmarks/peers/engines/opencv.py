# SPDX-License-Identifier: MIT
"""OpenCV's DNN module with its own backend on the CPU; Winograd and fusion are its defaults."""

import cv2

from protocol import serve


class Engine:
    def __init__(self, job):
        job.refuse_words_but()
        cv2.setNumThreads(job.threads)
        self.net = cv2.dnn.readNetFromONNX(job.model)
        self.net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        self.net.setPreferableTarget(cv2.dnn.DNN_TARGET_CPU)
        self.films = job.films

    def run(self):
        self.net.setInput(self.films, "films")
        return self.net.forward(["logits", "probabilities"])


if __name__ == "__main__":
    serve(Engine, f"OpenCV {cv2.__version__}")
