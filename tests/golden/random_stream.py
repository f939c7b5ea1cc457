# SPDX-License-Identifier: MIT
"""thorax::random_stream once more, a number at a time, for the scripts that write goldens."""

BITS = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mixed(bits):
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & BITS
    return bits ^ (bits >> 31)


class Stream:
    """thorax::random_stream, include/thorax/base/random.hpp."""

    def __init__(self, seed):
        self.key = mixed((seed + GOLDEN) & BITS)

    def child(self, name):
        stream = Stream(0)
        stream.key = mixed(self.key ^ mixed((name + 2 * GOLDEN) & BITS))
        return stream

    def uniform(self, index):
        return (mixed((self.key + (index + 1) * GOLDEN) & BITS) >> 11) * 2.0**-53

    def below(self, index, count):
        return int(self.uniform(index) * count)
