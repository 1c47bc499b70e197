#!/usr/bin/env python3
"""Writes the grid of small networks that covers every layer: for driver.c, on standard output.

Odd sizes, one-pixel maps, one channel, primes, strides larger than the window, padding larger than
needed, signals (Hx1), groups, several inputs and outputs."""
import itertools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from layers import with_all_activations  # noqa: E402

seen = set()


def net(text, title=None):
    title = title or " ".join(text.split())
    if title in seen:
        return
    seen.add(title)
    print("===", title)
    print(text)


def convolutions():
    for size, channels in itertools.product(["1x1", "5x5", "7x4", "13x11", "16x16"], [1, 3, 8]):
        for window in ["1x1", "3x3", "5x3"]:
            for stride, pad in [(1, "same"), (2, "same"), (3, "1"), (1, "full"), (2, "(2, 1, 0, 3)")]:
                if size == "1x1" and window == "5x3" and pad not in ("same", "full"):
                    continue
                net(f"INPUT({size}x{channels}) -> CONV(5, {window}, stride={stride}, pad={pad})")
    for text in [
        "INPUT(9x9x2) -> CONV(3, 3x3, dilation=2)", "INPUT(9x8x2) -> CONV(3, 3x2, dilation=(3, 2), pad=valid)",
        "INPUT(12x12x4) -> CONV(6, 3x3, groups=2)", "INPUT(12x12x6) -> CONV(6, 3x3, groups=6, bias=no)",
        "INPUT(7x7x9) -> CONV(6, 1x1, groups=3, stride=2)", "INPUT(8x8x4) -> CONV(6, 2x2, stride=5, pad=valid)",
        "INPUT(5x5x3) -> CONV(7, 5x5, pad=valid)", "INPUT(5x4x3) -> CONV(7, 5x4, pad=valid, bias=no) -> RELU",
        "INPUT(1x1x20) -> CONV(37, 1x1) -> SILU -> ADD{ | CONV(37, 1x1) } -> RELU -> CONV(70, 1x1) -> PRELU",
        "INPUT(7x5x20) -> CONV(40, 1x1) -> MUL{ | GAP -> CONV(10, 1x1) -> SILU -> CONV(40, 1x1) -> SIGMOID } "
        "-> CONV(5)",
        "INPUT(1x1x20) -> CONV(20, 1x1, pad=1, stride=3)",
        "INPUT(1x1x600) -> CONV(5, 1x1) -> PRELU -> CONV(90, 1x1) -> CONV(17, 3x3)",
        "INPUT(1x1x17) -> CONV(13, 1x1) -> SIGMOID", "INPUT(6x6x3) -> CONV(31, 3x3) -> RELU",
        "INPUT(100x1x1) -> CONV(4, 5x1) -> RELU -> CONV(3, 9x1, stride=4, pad=valid)",
        "INPUT(64x1x5) -> CONV(4, 3x1, dilation=(4, 1), groups=1, pad=valid)", "INPUT(1x50x2) -> CONV(3, 1x7)",
        "INPUT(14x14x1) -> CONV(2, 3x3, pad=7)", "INPUT(3x3x2) -> CONV(4, 3x3, stride=7, pad=same)",
        "INPUT(28x28x16) -> CONV(16, 3x3)", "INPUT(56x28x17) -> CONV(19, 3x3, stride=2)",
        "INPUT(14x14x64) -> CONV(64, 3x3) -> RELU", "INPUT(14x14x32) -> CONV(48, 1x1) -> RELU6",
        "INPUT(29x31x16) -> CONV(32, 5x5, stride=2)", "INPUT(33x35x3) -> CONV(64, 7x7, stride=2)",
        "INPUT(7x7x128) -> CONV(128, 3x3) -> BN -> RELU", "INPUT(7x7x48) -> CONV(96, 1x1, stride=2)",
        "INPUT(23x19x20) -> CONV(40, 3x3, groups=2) -> LEAKY",
        "table T = [1 0 1 1; 1 1 0 1; 0 1 1 1]\nINPUT(8x8x3) -> CONV(4, 3x3, connect=T)",
        "INPUT(6x6x1) -> CONV(1, 3x3, weight=[1 2 1; 0 0 0; -1 -2 -1], bias=no)",
        "INPUT(6x6x2) -> CONV(3, 3x3, weight=0.5, bias=1)", "INPUT(13x13x5) -> DWCONV",
        "INPUT(13x13x5) -> DWCONV(5x3, stride=2, mult=2) -> RELU",
        "INPUT(17x9x32) -> DWCONV(3, stride=2) -> BN -> RELU6", "INPUT(14x14x48) -> DWCONV(5x5)",
        "INPUT(7x15x20) -> DWCONV(7) -> SILU", "INPUT(14x9x17) -> DWCONV(5, stride=2) -> PRELU -> RELU",
        "INPUT(14x17x16) -> DWCONV(5, dilation=2)", "INPUT(21x16x16) -> DWCONV(4x5, dilation=(1, 3), stride=(2, 2))",
        "INPUT(9x20x16) -> ADD{ DWCONV(2x7) -> TANH | } -> DWCONV(11x3) -> DWCONV(5x1, stride=(1, 3))",
        "INPUT(15x15x16) -> DWCONV(3, dilation=2, bias=no)", "INPUT(112x16x32) -> DWCONV(3)",
        "INPUT(9x11x2) -> CONV(5, 3x3) -> RELU -> POOL", "INPUT(3x530x2) -> CONV(5, 3x3) -> POOL",
        "INPUT(40x41x2) -> CONV(3, 3x3, dilation=17) -> LEAKY -> POOL",
        "INPUT(14x10x6) -> CONV(9, 3x3, groups=3) -> POOL",
        "INPUT(15x18x3) -> DWCONV(3, stride=2) -> RELU -> POOL", "INPUT(3x600x2) -> CONV(3, 3x3)",
        "INPUT(1100x1x1) -> CONV(7, 80x1, stride=16x1, pad=valid) -> RELU -> POOL(4x1)",
        "INPUT(20x21x1) -> CONV(2, 13x13)", "INPUT(31x18x2) -> CONV(3, 14x3, stride=2)",
        "INPUT(7x9x300) -> CONV(70, 1x1) -> CONV(530, 1x1) -> SILU -> ADD{ | CONV(530, 1x1) -> RELU } -> CONV(23, 1x1, S=2)",
        "INPUT(30x9x1) -> CONV(2, 15x2, pad=valid)", "INPUT(17x19x7) -> CONV(11, 1x1)",
        "INPUT(19x17x8) -> ADD{ CONV(9, 1x1) | CONV(9, 1x1) } -> RELU",
        "INPUT(7x11x3) -> ADD{ CONV(7, 3x3) | CONV(7, 3x3) } -> RELU",
        "INPUT(3x300x3) -> ADD{ CONV(7, 3x3) | RELU -> CONV(7, 3x3) } -> RELU",
        "INPUT(5x5x3) -> DECONV(4)", "INPUT(5x6x3) -> DECONV(4, 3x3, stride=2, pad=1)",
        "INPUT(5x6x4) -> DECONV(6, 4x4, stride=2, pad=1, groups=2)",
        "INPUT(5x6x4) -> DECONV(6, 3x2, stride=3, dilation=2)",
        "INPUT(4x4x4) -> DECONV(5, 3x3, stride=2, pad=1, outpad=1) -> RELU",
        "INPUT(4x4x2) -> DECONV(2, 2x2, stride=1, pad=1)", "INPUT(1x1x8) -> DECONV(3, 4x4) -> BN -> TANH",
        "INPUT(3x3x4) -> DECONV(4, 2x2, stride=5, groups=4, bias=no)",
    ]:
        net(text)


def by_blocks():
    """Groups that are merged, tables of connections, maps repeated, phases, distances: what is read and written by
    blocks of channels though no more than a part of a block belongs together."""
    for text in [
        "INPUT(9x9x32) -> CONV(32, 3x3, groups=8) -> BN -> RELU -> CONV(32, 3x3, groups=4)",
        "INPUT(9x7x48) -> CONV(96, 3x3, groups=12, stride=2) -> BN -> RELU -> CONV(16, 1x1)",
        "INPUT(9x7x48) -> CONV(30, 3x3, groups=6) -> BN -> RELU -> CONV(16, 3x3)",
        "INPUT(9x7x48) -> CONV(32) -> ADD{ [] | CONV(32, 3x3, groups=8) } -> RELU -> CONV(16, 3x3)",
        "INPUT(14x14x24) -> CONV(24) -> CONV(24, 3x3, groups=2) -> RELU",
        "INPUT(14x14x64) -> CONV(128, 5x5, groups=32, pad=2) -> RELU -> POOL",
        "INPUT(1x1x64) -> CONV(32, 1x1, groups=16)",
        "INPUT(8x9x80) -> CONV(240, 1x1, groups=5) -> SHUFFLE(3) -> CONV(48, 1x1, groups=3)",
        "table T = [1 0 1 1; 1 1 0 1; 0 1 1 1]\nINPUT(18x18x3) -> CONV(4, 3x3, connect=T) -> RELU",
        "table T = [1 0 1 1; 1 1 0 1; 0 1 1 1]\nINPUT(18x18x3) -> CONV(4, 3x3, connect=T, groups=1) -> "
        "POOL -> CONV(3, 3x3, connect=S)\ntable S = [1 0 1 ; 1 1 0; 0 1 1; 0 0 1]",
        "table T = [1 0 1 1; 1 1 0 1; 0 1 1 1]\nINPUT(8x8x3) -> CONV(3, 1) -> CONV(16) -> CONV(3) -> "
        "CONV(4, 3x3, connect=T)",
        "INPUT(18x18x16) -> CONV(32, 3x3, groups=16) -> RELU -> CONV(32, 3x3, groups=2)",
        "INPUT(9x9x12) -> CONV(12) -> CONV(16, 3x3, groups=2)",
        "INPUT(9x9x12) -> CONV(24) -> CONV(24, 3x3, groups=3) -> RELU -> CONV(40, 3x3) "
        "-> ADD{ [] | CONV(40, 3x3, groups=5) } -> CONV(20, 1x1, groups=5)",
        "INPUT(9x8x16) -> CONV(16, 3x3, dilation=12) -> RELU -> CONV(16, 5x5, dilation=(5, 3)) "
        "-> ADD{ [] | a: CONV(16, 3x3, dilation=(9, 1)) } -> BN -> SHARE(a) -> DWCONV(3x3, dilation=8)",
        "INPUT(6x7x2) -> CONV(3, 3x3, dilation=17) -> CONV(3, 3x1, dilation=(9, 1), bias=no) -> CONV(2, 5x5)",
        "INPUT(9x9x12) -> CONV(16) -> CONV(16, 1x1, groups=4, stride=2) -> RELU -> CONV(16, 1x1, "
        "groups=4) -> CONV(16, 3x3)",
        "INPUT(9x9x12) -> CONV(32) -> CONV(32, 3x3, groups=8) -> RELU -> POOL -> CONV(16, 3x3)",
        "INPUT(7x6x12) -> CONV(48) -> ADD{ [] | CONV(48, 3x3, groups=12, bias=no) -> BN } -> RELU6 -> CONV(16, 3x3)",
        "INPUT(7x6x12) -> CONV(48) -> CONV(48, 3x3, groups=6) -> DECONV(48, 3x3, groups=12, stride=2) "
        "-> DECONV(48, 2x2, groups=48, stride=2)",
        "INPUT(5x6x12) -> CONV(16) -> CONV(16, 3x3, groups=2) -> CONV(16, 3x3, groups=8) -> CONV(16, 3x3, groups=4)",
        "INPUT(18x18x16) -> CONV(32, 3x3, groups=16) -> RELU -> CONV(32, 3x3, groups=2)",
        "INPUT(13x12x17) -> DWCONV(3x3, mult=3) -> RELU -> CONV(16)",
        "INPUT(6x5x48) -> CONV(24) -> DWCONV(3x3, mult=5, stride=2) -> BN -> RELU -> CONV(16)",
        "INPUT(6x5x48) -> CONV(3) -> DWCONV(3x3, mult=7) -> BN -> RELU -> DWCONV(5, mult=2)",
        "INPUT(6x5x4) -> CONV(32) -> ADD{ [] | CONV(16) -> DWCONV(3x3, mult=2) } -> RELU -> CONV(16)",
        "INPUT(1x1x4) -> CONV(20) -> DWCONV(1, mult=9)",
        "INPUT(3x1x4) -> CONV(20) -> DWCONV(3, mult=16)",
        "INPUT(3x1x4) -> CONV(20) -> DWCONV(3, mult=20)",
        "INPUT(1x1x100) -> DECONV(48, 4x4) -> BN -> RELU -> DECONV(32, 4x4, stride=2, pad=1) -> RELU -> "
        "DECONV(3, 4x4, stride=2, pad=1) -> TANH",
        "INPUT(7x5x20) -> CONV(20) -> DECONV(33, 3x3, stride=2, pad=1) -> RELU -> CONV(17, 5x5)",
        "INPUT(7x5x20) -> CONV(40) -> DECONV(1, 4x4, stride=2, pad=1) -> RELU -> CONV(17, 5x5)",
        "INPUT(7x5x20) -> CONV(40) -> DECONV(6, 5x4, stride=3, pad=2) -> CONV(17, 3x3)",
        "INPUT(7x5x20) -> CONV(40) -> DECONV(12, 5x5, stride=(1, 2), pad=(4, 0, 1, 3))",
        "INPUT(3x2x20) -> CONV(16) -> DECONV(64, 16x16, stride=8, pad=4)",
        "INPUT(6x6x4) -> CONV(16) -> DECONV(16, 2x2, stride=2) -> d: RELU -> CONV(16) -> s: "
        "OUTPUT\nFROM(d) -> OUTPUT\nFROM(d) -> MAXPOOL(2) -> OUTPUT",
        "INPUT(6x6x4) -> CONV(32) -> ADD{ CONV(32) | DECONV(32, 3x3, stride=1, pad=1) -> BN } -> RELU -> CONV(16)",
        "INPUT(6x6x4) -> CONV(32) -> ADD{ CONV(32) | DECONV(32, 3x3, stride=1, pad=1) -> BN } -> RELU -> CONV(16)",
        "INPUT(6x7x4) -> ADD{ DECONV(20, 3x3, stride=2) -> CONV(20) | CONV(24) -> DECONV(20, 3x3, "
        "stride=2) -> BN } -> RELU",
        "INPUT(5x6x4) -> CONV(32) -> DECONV(32, 3x3, stride=2, dilation=2, pad=1, groups=8) -> CONV(16)",
        "INPUT(5x6x4) -> CONV(64) -> DECONV(96, 3x3, stride=2, groups=2) -> CONV(16)",
        "INPUT(5x1x4) -> CONV(64) -> DECONV(96, 9x1, stride=(4, 1), pad=(2, 0)) -> DECONV(2, 1x3, pad=(0, 1))",
        "INPUT(1x6x4) -> CONV(16) -> DECONV(16, 7x3, stride=2, dilation=3)",
        "INPUT(1x1x4) -> DECONV(16, 3x3, stride=2, dilation=4)",
        "INPUT(2x2x4) -> DECONV(16, 2x2, stride=9, pad=3) -> CONV(16)",
        "INPUT(8x8x16) -> CONV(16) -> DECONV(16, 2x2, stride=2) -> CONCAT{ [] | CONV(16) } -> CONV(16)",
        "INPUT(8x9x3, scale=(1, 2, 3)) -> DECONV(5, 4x3, stride=2)",
        "a: INPUT(6x6x16) -> c: DECONV(20, 3x3, stride=2) -> x: OUTPUT\nb: INPUT(6x5x16) -> SHARE(c) -> y: OUTPUT",
        "INPUT(3x3x5) -> DECONV(7, 3x3, stride=7, dilation=5) -> CONV(3)",
        "INPUT(9x9x130) -> CONV(160, 1) -> DECONV(288, 3x3, stride=2, pad=1)",
        "INPUT(4x4x40) -> DECONV(40, 2x2, stride=2)",
        "INPUT(4x4x40) -> CONV(24) -> DECONV(16, 2x2, stride=2) -> PRELU",
        "INPUT(9x9x4) -> RBF(70)",
        "INPUT(9x9x4) -> CONV(21) -> SIGMOID -> RBF(30) -> FC(7)",
        "INPUT(1x1x20) -> CONV(21) -> SIGMOID -> RBF(30) -> RELU",
        "INPUT(1x1x700) -> RBF(130)",
    ]:
        net(text)


def dense():
    for count, filters in itertools.product([1, 7, 32, 129], [1, 10, 33]):
        net(f"INPUT(1x1x{count}) -> FC({filters})")
    for text in [
        "INPUT(4x5x3) -> FC(6, bias=no)", "INPUT(4x5x3) -> FLATTEN -> FC(6) -> RELU -> DROPOUT -> FC(3)",
        "INPUT(16x16x17) -> FC(5) -> SOFTMAX", "INPUT(32x32x5) -> FC(4)", "INPUT(3x3x2) -> FC(4) -> BN -> RELU",
        "INPUT(1x1x84) -> RBF(10)", "INPUT(2x3x4) -> RBF(3)", "INPUT(1x1x5) -> FC(2, weight=1, bias=0.5)",
    ]:
        net(text)


def pools():
    for size in ["1x1x1", "4x4x2", "7x5x3", "13x17x16"]:
        for kind in ["max", "avg", "l2", "gauss"]:
            for arguments in ["F=2x2", "F=3x3, stride=2, pad=1", "F=3x3, stride=2, ceil=yes", "F=2x3, stride=(3, 1)",
                              "F=3x3, stride=2, pad=1, ceil=yes", "F=3x3, stride=1, pad=1", "F=5x5, stride=4, pad=2"]:
                if size == "1x1x1" and "pad" not in arguments:
                    continue
                net(f"INPUT({size}) -> POOL({arguments}, kind={kind})")
    for text in [
        "INPUT(56x42x3) -> MAXPOOL(out=8x14)", "INPUT(6x40x3) -> AVGPOOL(out=3x5)", "INPUT(6x40x3) -> L2POOL(out=3x8)",
        "INPUT(7x5x3) -> AVGPOOL(3x3, stride=2, pad=1, count_pad=no)",
        "INPUT(6x6x3) -> AVGPOOL(3, stride=2, ceil=yes)", "INPUT(6x6x3) -> AVGPOOL(3, stride=2, pad=1, ceil=yes)",
        "INPUT(8x8x2) -> AVGPOOL(out=3x3)", "INPUT(6x6x3) -> AVGPOOL(3, stride=2, pad=1, ceil=yes, count_pad=no)",
        "INPUT(7x9x2) -> MAXPOOL(out=2x4)", "INPUT(7x9x2) -> L2POOL(out=2x4)",
        "INPUT(7x9x2) -> POOL(out=2x4, kind=gauss)", "INPUT(3x3x2) -> AVGPOOL(out=5x7)", "INPUT(13x13x7) -> GAP",
        "INPUT(13x13x7) -> GMP", "INPUT(1x1x7) -> GAP", "INPUT(5x3x2) -> GMP -> RELU",
        "INPUT(9x9x2) -> L2POOL(9x9)", "INPUT(8x8x2) -> AVGPOOL(8x8)",
        "INPUT(8x8x3) -> AVGPOOL(affine=yes) -> TANH(1.7159, 0.6667)", "INPUT(8x8x3) -> MAXPOOL(affine=yes)",
        "INPUT(8x8x3) -> POOL(kind=gauss, affine=yes)", "INPUT(9x9x3) -> GAP -> SIGMOID",
        "INPUT(5x5x20) -> CONV(32, 1x1) -> GMP -> CONV(16, 3x3)",
        "INPUT(6x5x16) -> CONV(32, 1x1) -> GAP -> CONV(16, 3x3)",
        "INPUT(50x1x3) -> MAXPOOL(4x1)", "INPUT(50x1x3) -> AVGPOOL(4x1, stride=(3, 1), pad=(1, 0))",
        "INPUT(112x14x16) -> MAXPOOL(3, stride=2, pad=1)", "INPUT(7x7x32) -> AVGPOOL(3, stride=1, pad=1) -> RELU",
        "INPUT(6x6x2) -> L2POOL(3, stride=2, ceil=yes)", "INPUT(3x3x16) -> AVGPOOL(3x3, stride=9, pad=3)",
    ]:
        net(text)
    # Planes that are wider than a vector, or as wide, or narrower; windows that go on by one or two pixels.
    for size in ["19x21x5", "9x18x3", "5x33x2", "24x66x1"]:
        for kind in ["max", "avg", "l2"]:
            for arguments in ["F=2x2, affine=yes", "F=3x3, stride=2, pad=1, ceil=yes", "F=3x3, stride=1, pad=1",
                              "F=5x4, stride=(3, 2), pad=(2, 1)", "F=4x11, stride=1, pad=(1, 4)",
                              "F=1x2, stride=(4, 2)",
                              "F=3x5, stride=(2, 3), pad=(1, 2), affine=yes",
                              "out=2x3" if size == "24x66x1" else "F=4"]:
                net(f"INPUT({size}) -> POOL({arguments}, kind={kind}) -> GELU")
        net(f"INPUT({size}) -> AVGPOOL(3, stride=2, pad=1, ceil=yes, count_pad=no) -> CONV(17, 3x3)")
    for size, channels in [("4x4", 20), ("7x5", 6), ("13x9", 16)]:
        for kind in ["max", "avg", "l2", "gauss"]:
            for arguments in ["F=3x3, stride=2, pad=1, ceil=yes", "out=2x4", "out=5x3",
                              "F=2x3, stride=(3, 1), affine=yes"]:
                net(f"INPUT({size}x{channels}) -> CONV({channels}, 1x1) -> POOL({arguments}, kind={kind}) -> TANH "
                    f"-> CONV(5, 3x3)")
        for whole in ["GAP -> RELU", "GMP -> PRELU", "L2POOL(out=1x1)", "AVGPOOL(out=1x1, affine=yes)",
                      "L2POOL(out=1x1, affine=yes) -> SIGMOID", "POOL(out=1x1, kind=gauss)"]:
            net(f"INPUT({size}x{channels}) -> CONV({channels}, 1x1) -> {whole} -> CONV(7, 3x3)")
            net(f"INPUT({size}x{channels}) -> {whole}")
    net("INPUT(30x30x3) -> CONV(4, 5x5) -> POOL -> RELU -> CONV(40, 3x3) -> POOL -> SILU -> CONV(8) -> RELU -> POOL "
        "-> SIGMOID")


ACTIVATIONS = with_all_activations([
    "RELU", "RELU6", "LEAKY", "LEAKY(0.25)", "PRELU", "PRELU(shared=yes)", "PRELU(weight=0.3)", "ELU", "ELU(0.7)",
    "SELU", "SIGMOID", "TANH", "TANH(1.7159, 0.6667)", "HARDSIGMOID", "HARDSWISH", "SILU", "GELU",
    "GELU(approximate=tanh)", "MISH", "SOFTPLUS", "SOFTSIGN", "ABS", "CLIP(-0.5, 0.25)",
    "CLIP(0.5, -0.25)", "POWER(1.7)", "POWER(2)", "POWER(0.5)", "POWER(-1)", "POWER(7)", "SHRINK", "SHRINK(0.3, 0.1)",
    "THRESHOLD", "THRESHOLD(-0.3, -2)",
], ["ABOVE", "BELOW", "EQUALS"])


def activations():
    for kind in ACTIVATIONS:
        net(f"INPUT(5x3x7) -> {kind}")
        net(f"INPUT(6x5x4) -> CONV(18, 3x3) -> {kind}")
        net(f"INPUT(3x3x4) -> FC(18) -> {kind}")
        net(f"INPUT(6x5x4) -> SCALE(weight=9) -> {kind}")
        net(f"INPUT(6x5x4) -> AVGPOOL -> {kind}")
        # Near a pole of the function, what rounding leaves of the sum would be magnified.
        end = f"SOFTPLUS -> {kind}" if kind in ("RECIPROCAL", "RSQRT", "POWER(-1)") else kind
        net(f"INPUT(6x6x16) -> ADD{{ CONV(16, 3x3) -> {end} | }} -> {end}")
    # Every kernel that ends in a function: cheap, costly, and with slopes.
    for kind in ["HARDSWISH", "SILU", "TANH", "PRELU", "PRELU(shared=yes)"]:
        net(f"INPUT(9x7x20) -> ADD{{ DWCONV(3) -> {kind} | }} -> {kind} -> ADD{{ CONV(20, 5x5) -> {kind} | }} "
            f"-> {kind} -> CONV(5, 2x2, stride=2) -> {kind}")
        net(f"INPUT(18x17x2) -> CONV(3, 3x3) -> {kind} -> CONV(5, 3x3, stride=2) -> {kind} -> FC(5) -> {kind}")
        net(f"INPUT(22x18x3) -> CONV(4, 3x3) -> {kind} -> POOL -> CONV(33, 3x3) -> {kind} -> POOL -> FC(70) -> {kind}")
    # Of numbers that have a result, which are few among the random ones.
    for kind in ["SQRT", "RSQRT", "LOG", "RECIPROCAL", "POWER(-0.6)", "ACOSH", "ATANH", "ASIN", "ACOS"]:
        first = {"ACOSH": "SOFTPLUS -> SCALE(weight=1, bias=1)", "ATANH": "SIGMOID", "ASIN": "SOFTSIGN",
                 "ACOS": "SOFTSIGN"}.get(kind, "SOFTPLUS")
        net(f"INPUT(5x7x3) -> {first} -> {kind}")
        net(f"INPUT(5x7x3) -> CONV(18, 3x3) -> {first} -> {kind} -> CONV(5, 3x3) -> {first} -> {kind}")
        net(f"INPUT(5x7x3) -> CONV(16, 3x3) -> BN -> {first} -> {kind} -> CONV(5, 3x3)")
        net(f"INPUT(5x7x3) -> FC(20) -> {first} -> {kind} -> FC(5)")
    net("INPUT(9x9x3) -> SCALE(weight=3000) -> ADD{ SIN | COS } -> CONV(4, 1x1)")
    for text in ["INPUT(5x3x7) -> SOFTMAX", "INPUT(5x3x7) -> LOGSOFTMAX", "INPUT(1x1x11) -> LOGSOFTMAX",
                 "INPUT(1x1x11) -> SCALE(weight=200) -> SOFTMAX", "INPUT(3x3x1) -> SOFTMAX"]:
        net(text)


def normalisation():
    for size in ["1x1x6", "5x7x6", "9x9x32"]:
        for kind in ["BN", "BN(eps=0.001) -> RELU", "LN", "LN(affine=no)", "LN(over=channels)",
                     "LN(over=channels, affine=no)",
                     "GN(2)", "GN(2, affine=no)", "GN(6)" if size != "9x9x32" else "GN(32)", "LRN",
                     "LRN(4, 0.5, 0.5, 2)", "LRN(1)", "LRN(9, 2)",
                     "SCALE", "SCALE(weight=no)", "SCALE(bias=no)", "SCALE(weight=2, bias=-1)"] + \
                    (["IN", "IN(affine=yes)"] if size != "1x1x6" else []):
            net(f"INPUT({size}) -> {kind}")
    # In planes: runs of several pieces, with a rest or without.
    for size in ["9x17x6", "70x71x4", "64x64x2", "4x4x12"]:
        for kind in ["LN", "LN(affine=no)", "GN(2)", "GN(2, affine=no)", "IN", "IN(affine=yes)"]:
            net(f"INPUT({size}) -> {kind}")
        net(f"INPUT({size}) -> SCALE(bias=50) -> GN(2) -> GELU -> ADD{{ IN -> RELU | LN -> PRELU }} -> CONV(5, 3x3)")
    # In blocks: groups of whole blocks, of parts of one and across several; lanes that are no channels hold SIGMOID(0).
    for size in ["1x1x37", "7x5x20", "9x3x48", "6x1x34", "5x12x64", "3x8x17"]:
        height, width, channels = (int(number) for number in size.split("x"))
        groups = [f"GN({count})" for count in (1, 2, 4, 5, 6, 8, 17) if channels % count == 0 and size != "1x1x37"]
        for kind in groups + ["IN", "IN(affine=yes)"] * (height > 1) + ["LN", "LN(affine=no)", "LN(over=channels)",
                              "LN(over=channels, affine=no)", "LRN", "LRN(4, 0.5, 0.5, 2)", "LRN(3, 2, 1)",
                              "LRN(50, 1, 0.6, 0)", "SOFTMAX", "LOGSOFTMAX"]:
            net(f"INPUT({size}) -> CONV({channels}, 1x1) -> SIGMOID -> a: {kind} -> OUTPUT -> CONV(18, 5x5) -> OUTPUT\n"
                f"FROM(a) -> RELU -> CONV(16, 3x3) -> OUTPUT")
            if kind[:2] in ("GN", "IN", "LN"):
                net(f"INPUT({size}) -> CONV({channels}, 3x3) -> {kind} -> GELU "
                    f"-> ADD{{ {kind} -> RELU | {kind} -> PRELU }}")
    for layer in ["SOFTMAX", "LOGSOFTMAX", "LN -> RELU", "GN(1)"]:
        for count in [2, 10, 37]:
            net(f"INPUT(3x3x7) -> FC({count}) -> {layer} -> FC(5)")
    for size in ["20x20x3", "16x16x3", "70x3x3"]:
        for count in [2, 21, 150]:
            net(f"INPUT({size}) -> CONV({count}, 1x1) -> SOFTMAX")
            net(f"INPUT({size}) -> CONV({count}, 1x1) -> LOGSOFTMAX -> CONV(3)")
    net("a: INPUT(4x4x32) -> l: LN -> x: []\nb: INPUT(8x4x16) -> CONV(32, 3, stride=(2, 1)) -> SHARE(l) -> y: []\n"
        "ADD{ FROM(x) | FROM(y) }")
    net("INPUT(6x6x3) -> CONV(5, 3x3, bias=no) -> BN -> SCALE -> BN -> RELU")
    net("INPUT(6x6x3) -> DECONV(5) -> BN(eps=0.1) -> RELU")
    net("INPUT(6x6x3) -> FC(5, bias=no) -> BN -> SCALE(bias=no)")
    net("INPUT(6x6x3) -> CONV(5) -> RELU -> BN -> PRELU -> CONV(4)")


def merges():
    for body in ["SOFTPLUS | ", "SOFTPLUS | GAP", "SOFTPLUS -> GAP | CONV(4, 1x1)", "SIGMOID | ABS | CONV(1, 1x1)"]:
        net(f"INPUT(5x7x4) -> POW{{ {body} }} -> CONV(3, 1x1)")
        body = body.replace("CONV(4", "CONV(20")
        net(f"INPUT(5x7x4) -> CONV(20, 1x1) -> ADD{{ | GMP }} -> POW{{ {body} }} -> CONV(3)")
    for kind in ["ADD", "MUL", "MAX", "SUB", "MIN", "DIV", "MEAN"]:
        for body in [
            "CONV(4, 3x3) | ", " | GAP", "CONV(1, 1x1) | GAP -> FC(4)", "GMP | CONV(4, 3x3) | CONV(1, 1x1)",
            " | CONV(4, 3x3) -> RELU | CONV(4, 1x1)", "AVGPOOL(out=1x7) | AVGPOOL(out=5x1)", " | ",
            "RELU | SIGMOID",
        ]:
            net(f"INPUT(5x7x4) -> {kind}{{ {body} }} -> RELU")
        # Blocked operands, repeated along any axes; more of them than a kernel takes.
        for body in [
            " | AVGPOOL(out=1x7) | CONV(1, 1x1) | GAP | CONV(1, 1x1) -> GMP", "CONV(1, 1x1) | ", "GMP | ",
            "AVGPOOL(out=5x1) | GAP -> FC(20) | CONV(20, 3x3) -> SILU | ", "CONV(1, 1x1) | AVGPOOL(out=1x7)",
            " | RELU | ABS | SIGMOID | CONV(20, 3x3) | GAP | CONV(1, 1x1) | TANH",
        ]:
            net(f"INPUT(5x7x3) -> CONV(20, 1x1) -> {kind}{{ {body} }} -> SILU -> CONV(9, 3x3)")
        net(f"INPUT(5x7x3) -> {kind}{{ | RELU | ABS | SIGMOID | TANH | SILU | GMP | CONV(3, 1x1) }} -> PRELU -> BN "
            f"-> PRELU(shared=yes)")
        net(f"INPUT(5x7x3) -> {kind}{{ CONV(1, 1x1) | AVGPOOL(out=1x7) | GAP | AVGPOOL(out=5x1) }} -> GELU")
        net(f"a: INPUT(33x1x20) -> x: FC(20) -> {kind}{{ | FROM(a) -> GAP -> FC(20) }} -> PRELU -> BN -> HARDSWISH")
    for body in ["CONV(3) | CONV(5)", " | CONV(2) -> RELU | MAXPOOL(3, stride=1, pad=1)", " | ", "CONV(16) | CONV(32)",
                 "CONCAT{ CONV(2) | CONV(3) } | CONCAT{ | CONV(1) }", "RELU | RELU | SIGMOID"]:
        net(f"INPUT(6x5x4) -> CONCAT{{ {body} }}")
        net(f"INPUT(6x5x4) -> CONV(4) -> CONCAT{{ {body} }} -> CONV(3, 1x1)")
        net(f"INPUT(6x5x4) -> CONV(16) -> RELU -> CONCAT{{ {body} }} -> BN -> RELU -> CONV(20)")


def products():
    for a, b in [("5x7x3", "7x4x3"), ("1x9x2", "9x1x2"), ("6x1x1", "1x33x1"), ("17x20x4", "20x37x1"),
                 ("3x5x1", "5x16x7"), ("4x64x2", "64x64x2"), ("1x1x5", "1x1x5")]:
        net(f"a: INPUT({a}) -> x: []\nb: INPUT({b}) -> y: []\nMATMUL{{ FROM(x) | FROM(y) }}")
    net("INPUT(6x8x20) -> CONV(20, 1x1) -> MATMUL{ CONV(18, 1x1) | CONV(18, 3x3) -> TRANSPOSE } -> SOFTMAX -> CONV(5)")
    net("INPUT(8x8x3) -> q: CONV(16, 1x1) -> MATMUL{ TANH | TRANSPOSE -> GAP -> UPSAMPLE(8) } -> RELU -> FC(7)")


def reductions():
    for kind in ["mean", "sum", "max", "min", "prod", "l1", "l2", "logsumexp"]:
        for axis in ["c", "h", "w", "hw", "chw"]:
            for size in ["1x1x5", "5x7x3", "9x1x4", "13x17x20", "3x33x2"]:
                if kind != "prod" or size != "13x17x20":
                    net(f"INPUT({size}) -> REDUCE({kind}, axis={axis})")
            net(f"INPUT(6x5x3) -> CONV(18, 3x3) -> SIGMOID -> REDUCE({kind}, axis={axis}) -> TANH -> CONV(5, 1x1)")
    net("INPUT(20x21x30) -> REDUCE(prod, axis=h) -> REDUCE(l2, axis=c) -> ADD{ | REDUCE(mean, axis=w) }")
    for size, pieces in [("5x7x6", 2), ("5x7x6", 3), ("1x1x40", 2), ("6x6x33", 11), ("4x4x4", 1), ("9x17x4", 4)]:
        net(f"INPUT({size}) -> MAXOUT({pieces}) -> CONV(4, 1x1)")
    net("INPUT(8x8x3) -> CONV(40, 3x3) -> MAXOUT -> CONV(20, 3x3) -> MAXOUT(4) -> FC(20) -> MAXOUT")


def structure():
    for text in [
        "INPUT(4x4x6) -> SHUFFLE(2)", "INPUT(4x4x6) -> SHUFFLE(3)", "INPUT(4x4x6) -> SHUFFLE(6)",
        "INPUT(1x1x6) -> SHUFFLE(2)", "INPUT(3x4x2) -> UPSAMPLE", "INPUT(3x4x2) -> UPSAMPLE((3, 1))",
        "INPUT(3x4x2) -> UPSAMPLE(2, bilinear)", "INPUT(3x4x2) -> UPSAMPLE(3, bilinear)",
        "INPUT(3x4x2) -> UPSAMPLE((1, 4), bilinear, align=yes)", "INPUT(1x1x2) -> UPSAMPLE(4, bilinear)",
        "INPUT(1x1x2) -> UPSAMPLE(4, bilinear, align=yes)", "INPUT(7x5x20) -> UPSAMPLE(2, bilinear, align=yes)",
        "INPUT(7x5x32) -> CONV(32) -> UPSAMPLE -> CONV(16)", "INPUT(3x4x2) -> PAD(1)",
        "INPUT(3x4x2) -> PAD((0, 1, 2, 3), value=0.5)", "INPUT(3x4x2) -> PAD(0, c=(1, 2))",
        "INPUT(3x4x2) -> PAD(1, c=1, value=-2)", "INPUT(5x6x2) -> CROP(1)", "INPUT(5x6x2) -> CROP((0, 1, 2, 3))",
        "INPUT(5x6x7) -> SLICE(1, 3)", "INPUT(5x6x7) -> SLICE(-2, 7)", "INPUT(5x6x7) -> SLICE(1, 3, h)",
        "INPUT(5x6x7) -> SLICE(2, -1, w)", "INPUT(4x6x5) -> RESHAPE(2x3x20)",
        "INPUT(4x6x5) -> FLATTEN -> RESHAPE(5x4x6)", "INPUT(5x6x7) -> TRANSPOSE", "INPUT(5x6x7) -> TRANSPOSE(cwh)",
        "INPUT(5x6x7) -> TRANSPOSE(hcw)", "INPUT(5x6x7) -> TRANSPOSE(wch)", "INPUT(5x6x7) -> TRANSPOSE(chw)",
        "INPUT(5x6x7) -> TRANSPOSE(hwc)", "INPUT(6x6x32) -> CONV(32) -> SLICE(0, 16) -> CONV(16)",
        "INPUT(6x6x32) -> CONV(32) -> SLICE(3, 20) -> RELU",
        "INPUT(6x6x32) -> CONV(32) -> RESHAPE(12x12x8) -> CONV(16)",
        "INPUT(6x6x16) -> CONV(32) -> CONCAT{ SLICE(0, 16) | SLICE(16, 32) -> CONV(16) -> RELU } -> "
        "SHUFFLE(2) -> CONV(16, 1x1)", "INPUT(4x4x4) -> DROPOUT", "INPUT(4x4x4) -> CROP(0) -> PAD(0)",
    ]:
        net(text)


def moves():
    """Of blocked tensors: channels that are no multiple of a block, one pixel, halos, several readers, moves in a row
    (whose results are never made), in front of OUTPUT."""
    for channels, size in itertools.product([16, 24, 29, 58], ["1x1", "5x7"]):
        start = f"INPUT({size}x4) -> x: CONV({channels}) -> y: RELU"
        for body in [
            "SLICE(1, C - 3)", "SLICE(8, C)", "SLICE(0, 9)", "CONCAT{ | CONV(20) }",
            "CONCAT{ SLICE(0, 5) | | SLICE(3, 7) }", "PAD(0, c=(5, 0), value=3)", "PAD(0, c=(0, 17))",
            "PAD((1, 0, 0, 2))", "PAD((0, 1, 2, 3), c=(16, 3), value=-2)", "PAD(1, c=1, value=0.5)",
            "UPSAMPLE((3, 2))", "UPSAMPLE((1, 3), bilinear)", "UPSAMPLE((2, 5), bilinear, align=yes)",
            "CONCAT{ | } -> SHUFFLE(2)",
            "CONCAT{ | } -> SHUFFLE(2) -> CONCAT{ SLICE(0, C/2) | SLICE(C/2, C) -> CONV(C) -> RELU } -> SHUFFLE(2)",
            "CONCAT{ | | CONV(C) } -> SHUFFLE(3) -> SLICE(7, C)",
        ] + ([] if size == "1x1" else ["CROP((1, 0, 2, 1))", "SLICE(1, 4, h)", "SLICE(2, -1, w) -> SLICE(1, C)",
                                       "CROP(1) -> PAD(1, value=1)"]):
            net(f"{start} -> {body} -> CONV(7, 3x3) -> RELU")
            net(f"{start} -> {body} -> RELU -> OUTPUT\nFROM(x) -> OUTPUT")
    for text in [
        "INPUT(6x5x3) -> x: CONV(40) -> SLICE(0, 16) -> CONV(8) -> a: []\n"
        "FROM(x) -> SLICE(16, 40) -> CONV(8) -> b: []\nCONCAT{ FROM(a) | FROM(b) } -> OUTPUT\n"
        "FROM(x) -> SLICE(16, 32) -> RELU -> CONV(3) -> OUTPUT",
        "INPUT(6x5x3) -> x: CONV(32) -> CONCAT{ SLICE(16, 32) | SLICE(0, 16) } -> CONV(16) -> RELU",
        "INPUT(6x5x3) -> x: CONV(24) -> CONCAT{ | } -> y: SHUFFLE(4) -> OUTPUT\n"
        "FROM(y) -> SLICE(0, 30) -> SLICE(5, 25) -> OUTPUT",
        "INPUT(6x5x3) -> x: CONV(48) -> SLICE(16, 48) -> RELU -> y: OUTPUT\n"
        "ADD{ FROM(y) | FROM(x) -> SLICE(16, 48) } -> OUTPUT",
        "INPUT(6x5x20) -> CONCAT{ | CONV(20) } -> SHUFFLE(5) -> CONV(20) -> SHUFFLE(10) -> RELU -> SHUFFLE(4)",
        "INPUT(6x5x64) -> CONV(192, 1) -> SHUFFLE(3) -> CONV(64, 1) -> SHUFFLE(16) -> CONV(5) -> SHUFFLE(5)",
        "INPUT(6x5x3) -> x: CONV(9) -> SLICE(2, 8) -> DWCONV(3) -> CONV(16)",
        *(f"INPUT(6x5x3) -> CONV({channels}) -> SHUFFLE({groups}) -> CONV(5)"
          for channels, groups in [(64, 4), (64, 32), (128, 8), (96, 6), (116, 2), (232, 4), (80, 5), (240, 3)]),
        "INPUT(6x5x3) -> CONV(48) -> SHUFFLE(3) -> PAD(1, c=(1, 2), value=7) -> SHUFFLE(3) -> RELU",
        *(f"INPUT({size}) -> UPSAMPLE({factor}{kind})"
          for size in ("5x1x2", "4x2x3", "3x19x5") for factor in (2, "(3, 2)", 3)
          for kind in ("", ", bilinear", ", bilinear, align=yes")),
        "INPUT(9x17x33) -> TRANSPOSE(whc)", "INPUT(3x70x5) -> TRANSPOSE(wch)", "INPUT(5x6x70) -> TRANSPOSE(cwh)",
        "INPUT(5x6x7) -> CONV(37) -> TRANSPOSE(chw) -> CONV(20)", "INPUT(3x70x3) -> CONV(45) -> RELU -> TRANSPOSE(hcw)",
        "INPUT(5x70x3) -> CONV(37) -> CONV(17) -> OUTPUT(layout=hwc)", "INPUT(5x70x9) -> RELU -> OUTPUT(layout=hwc)",
        "INPUT(5x9x3) -> CONV(37) -> CONV(37) -> x: OUTPUT(layout=hwc) -> OUTPUT",
    ]:
        net(text)


def ends():
    for text in [
        "INPUT(4x5x3)", "INPUT(4x5x3, layout=hwc) -> CONV(2)", "INPUT(4x5x3, type=u8) -> CONV(2) -> RELU",
        "INPUT(4x5x3, layout=hwc, type=u8, mean=(100, 110, 120), scale=(0.01, 0.02, 0.03)) -> CONV(20) -> RELU",
        "INPUT(4x5x3, mean=0.5) -> CONV(2)", "INPUT(4x5x3, scale=(1, 2, 3)) -> RELU",
        "INPUT(4x5x1, layout=hwc, type=u8) -> FC(3)", "INPUT(4x5x3, layout=hwc) -> OUTPUT(layout=hwc)",
        "INPUT(4x5x3) -> CONV(7) -> OUTPUT(layout=hwc)", "INPUT(4x5x16) -> CONV(32) -> OUTPUT(layout=hwc)",
        "INPUT(4x5x3, type=u8)", "INPUT(4x5x3) -> a: CONV(4) -> OUTPUT -> RELU -> OUTPUT",
        "INPUT(4x5x3) -> x: RELU -> OUTPUT -> OUTPUT(layout=hwc)",
        "a: INPUT(4x5x3) -> CONV(4) -> OUTPUT\nb: INPUT(3x3x1, type=u8) -> FC(5) -> OUTPUT",
        "a: INPUT(4x5x3)\nb: INPUT(4x5x3)\nADD{ FROM(a) | FROM(b) } -> RELU",
        "a: INPUT(4x5x3)\nb: INPUT(4x5x3)\nCONCAT{ FROM(a) | FROM(b) } -> x: OUTPUT\nFROM(a) -> OUTPUT",
        "a: INPUT(6x6x2) -> c: CONV(4) -> f: FC(5)\nb: INPUT(6x6x2) -> SHARE(c) -> SHARE(f)",
        "a: INPUT(6x6x2) -> c: CONV(4, bias=no) -> n: BN -> RELU -> x: OUTPUT\nb: INPUT(6x6x2) -> SHARE(c) "
        "-> SHARE(n) -> y: OUTPUT",
        # Shared weights in blocks: their order depends on the input, or their number on the channels.
        *(f"a: INPUT(4x4x32) -> CONV(32, 3) -> RELU -> f: FC({count}) -> x: []\n"
          f"b: INPUT(8x4x16) -> CONV(16, 3) -> RELU -> SHARE(f) -> y: []\nADD{{ FROM(x) | FROM(y) }} -> RELU"
          for count in (4, 20)),
        "a: INPUT(8x8x3) -> CONV(20, 3) -> p: PRELU(shared=yes) -> CONV(4, 1) -> x: []\n"
        "b: INPUT(8x8x3) -> CONV(30, 3) -> SHARE(p) -> CONV(4, 1) -> y: []\nADD{ FROM(x) | FROM(y) } -> RELU",
        # Slopes behind the weights: those of another PRELU make other packs of the same convolution.
        "a: INPUT(8x8x20) -> c: CONV(20, 3) -> PRELU -> SHARE(c) -> PRELU(shared=yes) -> SHARE(c) -> p: PRELU -> "
        "SHARE(c) -> SHARE(p) -> SHARE(c) -> RELU -> OUTPUT",
        "INPUT(17x16x2) -> c: CONV(2, 3) -> PRELU -> SHARE(c) -> PRELU(weight=0.3) -> SHARE(c) -> FC(3) -> PRELU",
        "INPUT(8x8x16) -> x: CONV(16) -> ADD{ CONV(16) -> p: PRELU | CONV(16, 1) } -> SHARE(p) -> FC(4) -> PRELU",
        "INPUT(6x6x4) -> x: CONV(4) -> y: RELU -> CONV(4) -> OUTPUT\nADD{ FROM(x) | FROM(y) } -> OUTPUT",
        "INPUT(6x6x4) -> CONCAT{ CONV(4) -> p: RELU -> OUTPUT | CONV(3) } -> RELU -> OUTPUT",
        "INPUT(6x6x4) -> s: SIGMOID -> OUTPUT -> t: TANH -> OUTPUT -> RELU -> OUTPUT",
    ]:
        net(text)


def alike():
    """Layers that differ in their channels alone, whose kernels share functions: told how many there are, with filters
    that fill units and others that leave a rest, with weights that are fetched ahead, residuals, groups and pools."""
    for text in [
        "INPUT(14x14x16) -> CONV(32, 1) -> RELU -> CONV(64, 1) -> RELU -> CONV(48, 1) -> RELU -> CONV(32, 1) -> RELU "
        "-> CONV(48, 1) -> RELU",
        "INPUT(7x9x20) -> CONV(48, 1) -> RELU -> CONV(72, 1) -> RELU -> CONV(48, 1) -> RELU -> CONV(33, 1) -> RELU "
        "-> CONV(48, 1)",
        "INPUT(11x9x16) -> CONV(32, 3x2) -> RELU -> CONV(48, 3x2) -> RELU -> CONV(16, 3x2) -> RELU -> CONV(48, 3x2) "
        "-> RELU",
        "INPUT(3x5x16) -> CONV(256, 1) -> RELU -> CONV(272, 1) -> RELU -> CONV(288, 1) -> RELU -> CONV(272, 1) -> RELU",
        "INPUT(5x3x64) -> CONV(96, 3x2) -> SILU -> CONV(112, 3x2) -> SILU -> CONV(96, 3x2) -> SILU",
        "INPUT(8x9x32) -> ADD{ [] | CONV(16, 1) -> CONV(32, 1) } -> RELU6 -> ADD{ [] | CONV(48, 1) -> CONV(32, 1) } "
        "-> RELU6 -> ADD{ [] | CONV(24, 1) -> CONV(32, 1) } -> RELU6",
        "INPUT(12x12x16) -> CONCAT{ CONV(16, 1) -> CONV(24, 3x2) -> POOL | CONV(32, 1) -> CONV(24, 3x2) -> POOL }",
        "INPUT(10x9x16) -> CONV(64, 3x2, groups=1) -> RELU -> CONV(96, 3x2, groups=2) -> RELU "
        "-> CONV(64, 3x2, groups=2) -> RELU -> CONV(96, 3x2, groups=2) -> RELU",
        "INPUT(13x11x16) -> CONV(32) -> RELU -> CONV(64) -> RELU -> CONV(48) -> RELU -> CONV(80) -> RELU -> CONV(48) "
        "-> RELU",
        "INPUT(13x11x16) -> CONV(32, 5) -> RELU -> CONV(64, 5) -> RELU -> CONV(48, 5) -> RELU -> CONV(80, 5) -> RELU "
        "-> CONV(48, 5) -> RELU",
        "INPUT(13x11x32) -> ADD{ [] | CONV(16) -> RELU -> CONV(32) } -> TANH -> ADD{ [] | CONV(48) -> RELU "
        "-> CONV(32) } -> TANH",
        "INPUT(13x7x24) -> CONV(40, 1) -> RELU -> CONV(56, 1) -> RELU -> CONV(40, 1) -> RELU -> CONV(22, 1) -> RELU "
        "-> CONV(40, 1) -> RELU -> CONV(19, 1) -> RELU -> CONV(22, 1) -> RELU",
        "INPUT(13x7x24) -> ADD{ CONV(24, 3x3) -> SILU -> CONV(24, 3x3) | } -> SILU -> CONV(40, 3x3) -> SILU "
        "-> CONV(24, 3x3)",
        "INPUT(9x10x16) -> DWCONV -> RELU -> CONV(40, 1) -> DWCONV -> RELU -> CONV(24, 1) -> DWCONV -> RELU",
        "INPUT(6x5x16) -> MUL{ CONV(16, 1) | CONV(16, 1) } -> CONV(40, 1) -> MUL{ [] | CONV(40, 1) } -> BN -> ELU "
        "-> ADD{ [] | CONCAT{ CONV(16, 1) | CONV(24, 1) } -> BN -> ELU }",
    ]:
        net(text)


def blocks():
    for channels in [8, 16, 24]:
        net(f"INPUT(14x14x{channels}) -> CONV({channels}) -> x: RELU -> ADD{{ CONV({channels}, bias=no) -> BN -> RELU "
            f"-> CONV({channels}, bias=no) -> BN | }} -> RELU")
        net(f"INPUT(14x14x{channels}) -> ADD{{ CONV(32, 3, stride=2) -> BN -> RELU -> CONV(32) -> BN "
            f"| CONV(32, 1, stride=2) -> BN }} -> RELU")
        net(f"INPUT(14x14x{channels}) -> CONV(16, 1) -> [CONCAT{{ | BN -> RELU -> CONV(16, 1) -> BN -> RELU "
            f"-> CONV(8, 3) }}]*4 -> BN -> RELU")
        net(f"INPUT(14x14x{channels}) -> CONV(16, 1) -> BN -> RELU6 -> ADD{{ CONV(64, 1) -> BN -> RELU6 -> DWCONV "
            f"-> BN -> RELU6 -> CONV(16, 1) -> BN | }} -> CONV(64, 1) -> DWCONV(stride=2) -> CONV(24, 1)")
        net(f"INPUT(14x14x{channels}) -> CONCAT{{ CONV(16, 1) -> RELU | CONV(8, 1) -> CONV(16, 3) -> RELU "
            f"| CONV(8, 1) -> CONV(16, 5) | MAXPOOL(3, stride=1, pad=1) -> CONV(16, 1) }} "
            f"-> MAXPOOL(3, stride=2, ceil=yes)")
        net(f"INPUT(14x14x{channels}) -> CONV(16) -> MUL{{ | GAP -> FC(4) -> RELU -> FC(16) -> SIGMOID }} "
            f"-> CONV(8, 1)")
        net(f"INPUT(16x16x{channels}) -> e: [CONV(16) -> RELU] -> POOL -> CONV(32) -> RELU -> DECONV(16) -> d: RELU\n"
            f"CONCAT{{ FROM(e) | FROM(d) }} -> CONV(2, 1)")
    net("INPUT(32x32) -> CONV(6, 5x5, pad=valid) -> RELU -> POOL -> CONV(16, 5x5, pad=valid) -> RELU -> POOL "
        "-> FC(120) -> RELU -> FC(84) -> RELU -> FC(10)")
    net("INPUT(32x32x3) -> [[CONV(16*(i+1)) -> RELU]*2 -> POOL]*3 as i -> FC(32) -> RELU -> FC(10) -> SOFTMAX")


def dilated():
    """By Winograd's algorithm, and without the taps that see nothing but padding."""
    for text in [
        "INPUT(13x17x16) -> CONV(24, 3x3, dilation=(2, 3)) -> GELU -> x: CONV(32, 3x3, dilation=5) -> RELU "
        "-> ADD{ CONV(32, 3x3, dilation=4) | FROM(x) } -> CONV(20, 5x5, dilation=(1, 2))",
        "INPUT(16x15x32) -> CONV(40, 3x3, dilation=12) -> RELU -> CONV(24, 3x3, dilation=(8, 9), stride=2, pad=10) "
        "-> SILU -> CONV(48, 3x1, dilation=(7, 1)) -> RELU -> CONV(17, 4x4, dilation=6, pad=12)",
    ]:
        net(text)


def choices():
    """Comparisons, choices by them, and places; of numbers that are whole, so that rounding decides nothing."""
    for kind in ["ABOVE", "ABOVE(0.3)", "BELOW(-0.1)", "EQUALS", "EQUALS(1)"]:
        net(f"INPUT(5x3x7) -> SCALE(weight=2) -> ROUND -> {kind}")
        net(f"INPUT(6x5x4) -> CONV(18, 3x3) -> SCALE(weight=3) -> ROUND -> {kind} -> CONV(5, 3x3)")
        net(f"INPUT(3x3x4) -> FC(18) -> {kind}")
    for kind in ["LESS", "GREATER", "EQUAL"]:
        for body in ["ROUND | FLOOR", "ROUND | GMP -> ROUND", "GMP -> ROUND | ROUND", "CONV(1, 1x1) | ROUND"]:
            net(f"INPUT(5x7x4) -> SCALE(weight=3) -> {kind}{{ {body} }} -> CONV(3, 1x1)")
            net(f"INPUT(5x7x4) -> CONV(20, 1x1) -> SCALE(weight=3) -> {kind}{{ {body} }} -> CONV(3, 3x3)")
    for body in ["ABOVE | TANH | ABS", "ABOVE | GAP | ", "GMP -> ABOVE(0.5) | | RELU", "CONV(1, 1x1) -> BELOW | GMP | GAP",
                 "SLICE(0, 1, h) -> ABOVE | GMP | SLICE(0, 1, w)", "ABOVE | AVGPOOL(out=1x7) | CONV(1, 1x1)"]:
        net(f"INPUT(5x7x4) -> WHERE{{ {body} }} -> RELU")
        net(f"INPUT(5x7x3) -> CONV(20, 1x1) -> WHERE{{ {body} }} -> SILU -> CONV(9, 3x3)")
    for axis in ["c", "h", "w"]:
        for size in ["1x1x5", "5x7x3", "9x1x4", "13x17x20", "3x33x2"]:
            net(f"INPUT({size}) -> ARGMAX(axis={axis})")
            net(f"INPUT({size}) -> ARGMAX(axis={axis}) -> ABS -> SCALE(weight=0.1, bias=no) -> CONV(2, 1x1)")
        net(f"INPUT(6x5x3) -> CONV(18, 3x3) -> TANH -> ARGMAX(axis={axis}) -> OUTPUT(layout=hwc)")
    net("INPUT(12x11x3) -> CONV(21, 3x3) -> a: ARGMAX -> OUTPUT -> EQUALS(3) -> OUTPUT\n"
        "FROM(a) -> UPSAMPLE(2) -> TRANSPOSE -> OUTPUT")


def constants():
    """Read where they lie: in planes and in blocks, turned, read as another shape, twice, copied, with a border."""
    for text in [
        "INPUT(5x6x3) -> ADD{ | CONST((H, W, C)) } -> RELU",
        "INPUT(7x5x20) -> CONV(33, 3x3) -> MUL{ CONST((H, W, C)) | }",
        "INPUT(7x5x16) -> CONV(32, 1x1) -> ADD{ | CONST(1x1x32) } -> SUB{ CONST(7x1x1) | } -> CONV(16, 3x3)",
        "INPUT(4x3x2) -> ADD{ | CONST((H, W, C), value=0.25) -> TANH } -> MAX{ | CONST(1x1x2, value=(-0.5, 0.5)) }",
        "INPUT(4x4x3) -> CONV(16, 4x4, stride=2) -> RESHAPE(4x1x16) -> TRANSPOSE(axes=cwh) -> CONCAT{ CONST(16x1) | } "
        "-> TRANSPOSE(axes=cwh) -> ADD{ | CONST(5x16) -> TRANSPOSE(axes=hcw) } -> CONV(16, 1) -> LN(over=channels)",
        "a: CONST(6x5x16) -> both: RELU\nINPUT(6x5x16) -> CONV(16, 3x3) -> ADD{ | FROM(both) } -> CONV(24, 3x3) "
        "-> CONCAT{ | FROM(both) -> CONV(16, 3x3) | FROM(a) }",
        "INPUT(3x4x5) -> MATMUL{ CONST(6x3x5) -> TRANSPOSE(axes=hwc) | } -> ADD{ | CONST(4x5x6) -> TRANSPOSE(axes=cwh) "
        "-> RESHAPE(6x4x5) }",
        "INPUT(6x6x3) -> CONV(4, 3x3) -> ADD{ | CONST(12x3x4) -> RESHAPE(6x6x4) -> TRANSPOSE(axes=whc) } -> FC(5)",
        "INPUT(6x6x3) -> CONV(4, 3x3) -> OUTPUT\nCONST(2x3x4) -> TRANSPOSE -> OUTPUT(layout=hwc)",
    ]:
        net(text)


for part in [convolutions, by_blocks, dense, pools, activations, normalisation, reductions, products, merges, structure,
             moves, ends, blocks, alike, dilated, choices, constants]:
    part()
