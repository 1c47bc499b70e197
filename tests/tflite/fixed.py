"""The integer arithmetic that the format defines, written from its definition: multipliers of 31 bits with a shift,
rounded twice, and the exponential of softmax in fixed point."""
import math
import struct

MOST, LEAST = (1 << 31) - 1, -(1 << 31)


def truncated(a, b):
    """a/b towards zero."""
    return a // b if (a >= 0) == (b > 0) else -(-a // b)


def high_product(a, b):
    """2*a*b in the upper half of 64 bits, rounded; saturates."""
    if a == b == LEAST:
        return MOST
    product = a * b
    return truncated(product + ((1 << 30) if product >= 0 else 1 - (1 << 30)), 1 << 31)


def shifted_right(x, bits):
    """x/2^bits, rounded to the nearest, halves away from zero."""
    mask = (1 << bits) - 1
    return (x >> bits) + ((x & mask) > (mask >> 1) + (x < 0))


def shifted_left(x, bits):
    return max(LEAST, min(MOST, x << bits))


def multiplier(real):
    """(m, shift): real = m/2^31 * 2^shift."""
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    m = math.floor(fraction * (1 << 31) + 0.5)
    if m == 1 << 31:
        m, shift = m // 2, shift + 1
    return (0, 0) if shift < -31 else (m, shift)


def multiplied(x, m, shift):
    return shifted_right(high_product(x << max(shift, 0), m), max(-shift, 0))


def single(x):
    """The nearest float."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


def quantised(x, scale, zero):
    """The integer of a number, before it is bounded."""
    ratio = single(x / scale)
    return zero + int(math.copysign(math.floor(abs(ratio) + 0.5), ratio))


def bounds(activation, scale, zero):
    """What a fused activation leaves of -128 to 127."""
    low = {1: 0, 2: -1, 3: 0}.get(activation)
    high = {2: 1, 3: 6}.get(activation)
    return (-128 if low is None else max(-128, quantised(low, scale, zero)),
            127 if high is None else min(127, quantised(high, scale, zero)))


def mean(plane, _zero):
    total, count = sum(plane), len(plane)
    return truncated(total + count // 2 if total > 0 else total - count // 2, count)


# ---- softmax ----

def exp_of_quarter(a):
    """exp(a), a in [-1/4, 0), both with 31 bits behind the point."""
    constant, third = 1895147668, 715827883
    x = a + (1 << 28)
    x2 = high_product(x, x)
    x3 = high_product(x2, x)
    x4 = high_product(x2, x2)
    inner = shifted_right(high_product(shifted_right(x4, 2) + x3, third) + x2, 1)
    return constant + high_product(constant, x + inner)


def exp_of_negative(a):
    """exp(a), a <= 0 with 26 bits behind the point; the result has 31."""
    if a == 0:
        return MOST
    quarter = 1 << 24
    part = (a & (quarter - 1)) - quarter
    result = exp_of_quarter(shifted_left(part, 5))
    rest = part - a
    for exponent, factor in ((-2, 1672461947), (-1, 1302514674), (0, 790015084), (1, 290630308), (2, 39332535),
                             (3, 720401), (4, 242)):
        if rest & (1 << (26 + exponent)):
            result = high_product(result, factor)
    return result


def reciprocal(a):
    """1/(1 + a), a in [0, 1), both with 31 bits behind the point."""
    total = a + MOST
    half = truncated(total + (1 if total >= 0 else -1), 2)
    x = 1515870810 + high_product(half, -1010580540)
    for _ in range(3):
        x += shifted_left(high_product(x, (1 << 29) - high_product(half, x)), 2)
    return shifted_left(x, 1)


def softmax(row, scale, beta=1.0):
    """int8 to int8; the result counts in 1/256 from -128 on."""
    real = min(beta * scale * (1 << 26), float(MOST))
    m, left = multiplier(real)
    least = -math.floor(31.0 * (1 << 26) / (1 << left))
    top = max(row)
    exponentials = [exp_of_negative(high_product((x - top) << left, m)) if x - top >= least else None for x in row]
    total = sum(shifted_right(e, 12) for e in exponentials if e is not None)
    headroom = 32 - total.bit_length()
    scaled = reciprocal((total << headroom) - (1 << 31))
    bits = 12 - headroom + 31 - 8
    return [-128 if e is None else min(127, max(-128, shifted_right(high_product(scaled, e), bits) - 128))
            for e in exponentials]


# ---- rounding once, in floats, as XNNPACK does (behind which TensorFlow Lite runs where it can) ----

def multiplier_in_floats(real):
    return single(real), None


def multiplied_in_floats(x, m, _shift):
    return round(single(single(x) * m))


def mean_in_floats(plane, zero):
    return round(single(single(sum(plane) - zero * len(plane)) * single(1 / len(plane)))) + zero


def softmax_in_floats(row, scale, beta=1.0):
    top, total = max(row), 0.0
    powers = [single(math.exp(single(-single(scale * beta) * (top - v)))) for v in row]
    for power in powers:
        total = single(total + power)
    share = single(1.0 / single(total * single(1 / 256)))
    return [min(127, math.floor(single(power * share) + 0.5) - 128) for power in powers]
