"""The counted random numbers of problem.h, for the scripts that store what PyTorch computes."""
import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MASK = (1 << 64) - 1


def mix(x):
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def hashed(text):
    """FNV-1a"""
    h = 14695981039346656037
    for byte in text.encode():
        h = (h ^ byte) * 1099511628211 & MASK
    return h


def from_stream(seed, stream, count, first=0):
    """Numbers first, first + 1, ... of a stream, 0 <= x < 1."""
    with np.errstate(over="ignore"):
        key = mix(mix(np.array([seed], np.uint64) + GOLDEN) + np.uint64(stream))
        index = np.arange(first + 1, first + count + 1, dtype=np.uint64)
        return (mix(key + index * GOLDEN) >> np.uint64(40)).astype(np.float64) / 16777216


def counted(seed, name, count, first=0):
    return from_stream(seed, hashed(name), count, first)


def signed(seed, name, count, first=0):
    return 2 * counted(seed, name, count, first) - 1
