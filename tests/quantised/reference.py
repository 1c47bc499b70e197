"""TensorFlow Lite's int8 arithmetic once more, in Python's integers, to hold cnnc's evaluator and its code against.
Tensors are (C, H, W, numbers, scale, zero)."""
import itertools
import math
from fractions import Fraction

from tensors import single


def quantise_multiplier(real):
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    number = math.floor(Fraction(fraction) * 2 ** 31 + Fraction(1, 2))
    if number == 2 ** 31:
        number, shift = number // 2, shift + 1
    return (0, 0) if shift < -31 else (number, shift)


def high_product(a, b):
    product = a * b
    nudged = product + (2 ** 30 if product >= 0 else 1 - 2 ** 30)
    return nudged // 2 ** 31 if nudged >= 0 else -(-nudged // 2 ** 31)


def divide(x, exponent):
    mask = 2 ** exponent - 1
    return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0))


def multiply(x, real):
    number, shift = quantise_multiplier(real)
    x = (x << max(shift, 0)) & 0xFFFFFFFF
    return divide(high_product(x - 2 ** 32 if x >= 2 ** 31 else x, number), max(-shift, 0))


def away(x):
    """Nearest, halves away from zero."""
    return math.floor(x + 0.5) if x >= 0 else math.ceil(x - 0.5)


def number_of(x, scale, zero):
    return max(-128, min(127, away(single(x / scale)) + zero))


class Tensor:
    def __init__(self, shape, numbers, scale, zero):
        self.shape, self.numbers, self.scale, self.zero = shape, numbers, single(scale), zero

    def at(self, c, y, x):
        c_, h, w = self.shape
        return self.numbers[((0 if c_ == 1 else c) * h + (0 if h == 1 else y)) * w + (0 if w == 1 else x)]


class Meaning:
    """What a result's integers mean, and within which bounds."""

    def __init__(self, scale, zero, low=None, high=None):
        self.scale, self.zero = single(scale), zero
        self.low = -128 if low is None else number_of(low, self.scale, zero)
        self.high = 127 if high is None else number_of(high, self.scale, zero)

    def clamp(self, x):
        return max(self.low, min(self.high, x))


def each(shape, function):
    c, h, w = shape
    return [function(k, y, x) for k in range(c) for y in range(h) for x in range(w)]


def conv(t, to, weight, scales, bias, shape, window, stride=(1, 1), pad=(0, 0), dilation=(1, 1), groups=1):
    channels, per = t.shape[0] // groups, shape[0] // groups

    def one(k, y, x):
        total = bias[k] if bias else 0
        for c in range(channels):
            for i in range(window[0]):
                for j in range(window[1]):
                    row, column = y * stride[0] - pad[0] + i * dilation[0], x * stride[1] - pad[1] + j * dilation[1]
                    if 0 <= row < t.shape[1] and 0 <= column < t.shape[2]:
                        w = weight[((k * channels + c) * window[0] + i) * window[1] + j]
                        total += w * (t.at(k // per * channels + c, row, column) - t.zero)
        real = t.scale * scales[k % len(scales)] / to.scale
        return to.clamp(multiply(total, real) + to.zero)
    return each(shape, one)


def deconv(t, to, weight, scales, bias, shape, window, stride, pad, groups=1):
    """Each number of the input, times each weight of its channel, goes to a place of the result."""
    filters, per = shape[0] // groups, t.shape[0] // groups
    sums = [[[bias[k]] * shape[2] for _ in range(shape[1])] for k in range(shape[0])]
    for c, y, x, i, j, f in itertools.product(*map(range, (*t.shape, *window, filters))):
        row, column, k = y * stride[0] - pad[0] + i, x * stride[1] - pad[1] + j, c // per * filters + f
        if 0 <= row < shape[1] and 0 <= column < shape[2]:
            w = weight[((c * filters + f) * window[0] + i) * window[1] + j]
            sums[k][row][column] += w * (t.at(c, y, x) - t.zero)
    return each(shape, lambda k, y, x: to.clamp(multiply(sums[k][y][x], t.scale * scales[k % len(scales)] / to.scale) +
                                                to.zero))


def dense(t, to, weight, scales, bias):
    count = len(t.numbers)
    filters = len(weight) // count
    result = []
    for k in range(filters):
        total = (bias[k] if bias else 0) + sum(w * (x - t.zero) for w, x in zip(weight[k * count:], t.numbers))
        products = single(t.scale * scales[0]) if len(scales) == 1 else t.scale * scales[k]
        result.append(to.clamp(multiply(total, products / to.scale) + to.zero))
    return result


def rounded(total, count):
    return (total + count // 2) // count if total > 0 else -((-total + count // 2) // count)


def pool(t, shape, window, stride, pad=(0, 0), kind="max", count_pad=True):
    def one(k, y, x):
        inside, all_ = [], 0
        for i in range(window[0]):
            for j in range(window[1]):
                row, column = y * stride[0] - pad[0] + i, x * stride[1] - pad[1] + j
                all_ += row < t.shape[1] + pad[0] and column < t.shape[2] + pad[1]
                if 0 <= row < t.shape[1] and 0 <= column < t.shape[2]:
                    inside.append(t.at(k, row, column))
        if kind == "max":
            return max(inside)
        count = all_ if count_pad else len(inside)
        return rounded(sum(inside) + (count - len(inside)) * t.zero, count)
    return each(shape, one)


def mean(t, to):
    pixels = t.shape[1] * t.shape[2]
    sums = [sum(t.numbers[c * pixels + p] - t.zero for p in range(pixels)) for c in range(t.shape[0])]
    return [to.clamp(rounded(multiply(s, t.scale / to.scale), pixels) + to.zero) for s in sums]


def add(a, b, to, shape, sign=1):
    twice = 2 * max(a.scale, b.scale)

    def one(k, y, x):
        u = multiply((a.at(k, y, x) - a.zero) << 20, a.scale / twice)
        v = multiply((b.at(k, y, x) - b.zero) << 20, b.scale / twice)
        return to.clamp(multiply(u + sign * v, twice / (2 ** 20 * to.scale)) + to.zero)
    return each(shape, one)


def mul(a, b, to, shape):
    real = single(single(a.scale * b.scale) / to.scale)
    return each(shape, lambda k, y, x: to.clamp(multiply((a.at(k, y, x) - a.zero) * (b.at(k, y, x) - b.zero), real) +
                                                to.zero))


def requantise(t, to):
    if t.scale == to.scale and t.zero == to.zero:
        return [to.clamp(n) for n in t.numbers]
    return [to.clamp(max(-128, min(127, multiply(n - t.zero, t.scale / to.scale) + to.zero))) for n in t.numbers]


def function(t, to, f):
    return [max(-128, min(127, away(f(t.scale * (n - t.zero)) / to.scale) + to.zero)) for n in t.numbers]


# ---- softmax: gemmlowp's fixed-point numbers ----

def saturated(x):
    return max(-2 ** 31, min(2 ** 31 - 1, x))


def exp_of(a):
    """exp of a number <= 0 with 26 bits behind the point; 31 behind the result's."""
    if a == 0:
        return 2 ** 31 - 1
    rest = (a & (2 ** 24 - 1)) - 2 ** 24
    x = saturated(rest << 5) + 2 ** 28
    x2 = high_product(x, x)
    x3 = high_product(x2, x)
    tail = divide(high_product(divide(high_product(x2, x2), 2) + x3, 715827883) + x2, 1)
    result = 1895147668 + high_product(1895147668, x + tail)
    for bit, factor in enumerate((1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)):
        if (rest - a) >> (24 + bit) & 1:
            result = high_product(result, factor)
    return result


def softmax(t):
    pixels = t.shape[1] * t.shape[2]
    number, shift = quantise_multiplier(min(t.scale * 2 ** 26, 2.0 ** 31 - 1))
    least = -math.floor(31 * 2 ** 26 / 2 ** shift)
    result = [0] * len(t.numbers)
    for p in range(pixels):
        column = t.numbers[p::pixels]
        most = max(column)
        exps = [exp_of(high_product((n - most) << shift, number)) if n - most >= least else 0 for n in column]
        total = sum(divide(e, 12) for e in exps)
        zeros = 32 - total.bit_length()
        half = ((total << zeros) - 2 ** 31 + 2 ** 31 - 1 + 1) // 2
        y = 1515870810 + high_product(half, -1010580540)
        for _ in range(3):
            y += saturated(high_product(y, 2 ** 29 - high_product(half, y)) << 2)
        y = saturated(y << 1)
        for c, e in enumerate(exps):
            result[c * pixels + p] = max(-128, min(127, divide(high_product(y, e), 12 - zeros + 31 - 8) - 128))
    return result
