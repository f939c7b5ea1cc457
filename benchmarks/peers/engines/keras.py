# SPDX-License-Identifier: MIT
"""Keras on TensorFlow: the network in Keras' own layers, films x height x width x channels, as one tf.function."""

import keras
import numpy
import tensorflow
from keras import layers
from safetensors import safe_open

from protocol import serve

BLOCKS, HEAD_EPSILON, PYTORCH_EPSILON = (6, 12, 48, 32), 1e-3, 1e-5


class Weights:
    """The tensors of a safetensors file in the layouts of Keras."""

    def __init__(self, path):
        with safe_open(path, "np") as file:
            self.tensors = {name: file.get_tensor(name).astype(numpy.float32) for name in file.keys()}
            metadata = file.metadata() or {}
        self.epsilon = float(metadata.get("thorax.batch_norm_epsilon", PYTORCH_EPSILON))

    def conv(self, name, x, stride=1):
        kernel = self.tensors[f"{name}.weight"].transpose(2, 3, 1, 0)
        layer = layers.Conv2D(kernel.shape[3], kernel.shape[:2], stride, use_bias=False,
                              padding="same" if stride == 1 else "valid")
        return self.filled(layer, x, [kernel])

    def norm(self, name, x, epsilon=None):
        numbers = [self.tensors[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
        return self.filled(layers.BatchNormalization(epsilon=epsilon or self.epsilon), x, numbers)

    def linear(self, name, x):
        kernel, bias = self.tensors[f"{name}.weight"].T, self.tensors[f"{name}.bias"]
        return self.filled(layers.Dense(bias.size), x, [kernel, bias])

    @staticmethod
    def filled(layer, x, numbers):
        y = layer(x)
        layer.set_weights(numbers)
        return y


def dense_layer(weights, name, x):
    y = weights.conv(f"{name}.conv1", layers.ReLU()(weights.norm(f"{name}.norm1", x)))
    y = weights.conv(f"{name}.conv2", layers.ReLU()(weights.norm(f"{name}.norm2", y)))
    return layers.Concatenate()([x, y])


def chest_network(weights, size, batch):
    films = keras.Input((size, size, 3), batch)
    x = weights.conv("features.conv0", layers.ZeroPadding2D(3)(films), stride=2)
    x = layers.ReLU()(weights.norm("features.norm0", x))
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))  # behind a ReLU a zero is as good as nothing
    for block, count in enumerate(BLOCKS, 1):
        for layer in range(1, count + 1):
            x = dense_layer(weights, f"features.denseblock{block}.denselayer{layer}", x)
        if block < len(BLOCKS):
            name = f"features.transition{block}"
            x = weights.conv(f"{name}.conv", layers.ReLU()(weights.norm(f"{name}.norm", x)))
            x = layers.AveragePooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(weights.norm("features.norm5", x)))
    x = weights.linear("classifier.linear1", weights.norm("classifier.norm", x, HEAD_EPSILON))
    logits = weights.linear("classifier.linear2", layers.ReLU()(x))
    return keras.Model(films, [logits, layers.Softmax()(logits)])


class Engine:
    def __init__(self, job):
        job.refuse_words_but()
        tensorflow.config.threading.set_intra_op_parallelism_threads(job.threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
        net = chest_network(Weights(job.model), job.size, job.batch)
        self.function = tensorflow.function(lambda films: net(films, training=False))
        self.films = tensorflow.constant(numpy.ascontiguousarray(job.films.transpose(0, 2, 3, 1)))

    def run(self):
        return [output.numpy() for output in self.function(self.films)]


if __name__ == "__main__":
    serve(Engine, f"Keras {keras.__version__} on TensorFlow {tensorflow.__version__}")
