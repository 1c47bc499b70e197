"""The table of single layers: what is timed for each kind. `alone` reads the network's input, whose numbers lie in
planes; `behind` reads the result of a small convolution, whose numbers lie as cnnc likes best. With kinds as arguments
it prints those that have no line here, and fails if there are any."""
import re
import sys

MAPS = "56x56x64"
FIRST = "INPUT(56x56x3) -> CONV(64, 1x1)"

# layer: its text; a shape of its own if 56x56x64 is not typical.
CONVOLUTIONS = [
    ("CONV(64, 3x3)", MAPS), ("CONV(64, 1x1)", "56x56x256"), ("CONV(128, 1x1)", "28x28x512"),
    ("CONV(64, 7x7, S=2)", "224x224x3"), ("CONV(128, 3x3, S=2)", MAPS), ("CONV(64, 5x5)", "28x28x32"),
    ("CONV(192, 1x7)", "17x17x192"), ("CONV(64, 3x3, dilation=2)", MAPS), ("CONV(128, 3x3, groups=32)", "56x56x128"),
    ("CONV(64, 3x3, groups=4)", MAPS), ("CONV(256, 1x1)", "14x14x1024"), ("CONV(512, 3x3)", "7x7x512"),
    ("CONV(1000, 1x1)", "1x1x1280"), ("DWCONV(3x3)", "56x56x144"), ("DWCONV(5x5, S=2)", "28x28x240"),
    ("DWCONV(3x3, mult=2)", MAPS), ("DECONV(32, 2x2, S=2)", MAPS), ("DECONV(32, 4x4, S=2, P=1)", "28x28x64"),
    ("DECONV(32, 3x3, S=2, P=1, outpad=1)", "28x28x64"),
]
OTHERS = [
    ("FC(1000)", "1x1x2048"), ("FC(512)", "7x7x64"), ("RBF(10)", "1x1x84"), ("FLATTEN", MAPS), ("DROPOUT", MAPS),
    ("MAXPOOL(2x2)", MAPS), ("MAXPOOL(3x3, S=2, P=1)", MAPS), ("MAXPOOL(5x5, S=1, P=2)", "20x20x128"),
    ("AVGPOOL(2x2)", MAPS), ("AVGPOOL(3x3, S=1, P=1)", MAPS), ("AVGPOOL(3x3, S=1, P=1, count_pad=no)", MAPS),
    ("AVGPOOL(out=7x7)", MAPS), ("AVGPOOL(out=5x5)", MAPS), ("AVGPOOL(2x2, affine=yes)", MAPS), ("L2POOL(2x2)", MAPS),
    ("POOL(3x3, S=2, P=1, kind=gauss)", MAPS), ("GAP", "7x7x1280"), ("GMP", "7x7x1280"),
    ("SOFTMAX", MAPS), ("SOFTMAX", "1x1x1000"), ("LOGSOFTMAX", MAPS), ("LOGSOFTMAX", "1x1x1000"),
    ("BN", MAPS), ("LN", MAPS), ("LN(over=channels)", MAPS), ("IN", MAPS), ("IN(affine=yes)", MAPS),
    ("GN(8)", MAPS), ("LRN", MAPS), ("SCALE", MAPS), ("SHUFFLE(4)", MAPS), ("UPSAMPLE(2)", "28x28x64"),
    ("UPSAMPLE(2, mode=bilinear)", "28x28x64"), ("UPSAMPLE(2, mode=bilinear, align=yes)", "28x28x64"),
    ("PAD(1)", MAPS), ("PAD(1, c=16)", MAPS), ("CROP(1)", MAPS), ("SLICE(0, 32)", MAPS), ("SLICE(8, 48, axis=h)", MAPS),
    ("RESHAPE(28x28x256)", MAPS), ("TRANSPOSE(whc)", MAPS), ("TRANSPOSE(cwh)", MAPS),
    ("ADD{ | MAXPOOL(3x3, S=1, P=1) }", MAPS), ("MUL{ | GAP }", MAPS), ("MAX{ | MAXPOOL(3x3, S=1, P=1) }", MAPS),
    ("SUB{ | MAXPOOL(3x3, S=1, P=1) }", MAPS), ("MIN{ | MAXPOOL(3x3, S=1, P=1) }", MAPS),
    ("MEAN{ | MAXPOOL(3x3, S=1, P=1) }", MAPS), ("DIV{ | SOFTPLUS }", MAPS), ("POW{ SOFTPLUS | }", MAPS),
    ("MATMUL{ | MAXPOOL(3x3, S=1, P=1) }", MAPS), ("REDUCE(mean, axis=c)", MAPS), ("REDUCE(max, axis=h)", MAPS),
    ("ADD{ | CONST((H, W, C)) }", MAPS),
    ("REDUCE(l2, axis=hw)", MAPS), ("MAXOUT(2)", MAPS), ("CONCAT{ | MAXPOOL(3x3, S=1, P=1) }", MAPS),
]
ACTIVATIONS = ["RELU", "RELU6", "LEAKY(0.1)", "PRELU", "PRELU(shared=yes)", "ELU", "SELU", "SIGMOID", "TANH",
               "TANH(1.7159, 0.6667)", "HARDSIGMOID", "HARDSWISH", "SILU", "GELU", "GELU(approximate=tanh)", "MISH",
               "SOFTPLUS", "SOFTSIGN", "ABS", "CLIP(-1, 1)", "NEG", "SQUARE", "EXP", "ERF", "SIN", "COS",
               "ATAN", "SINH", "COSH", "ASINH"]
# Only by themselves: behind a convolution, rounding would move numbers across a step or a pole; and functions that are
# not of all numbers, behind one whose results are among theirs.
FUNCTIONS = ["FLOOR", "CEIL", "ROUND", "SIGN", "SHRINK", "THRESHOLD(0.5)", "SOFTSIGN -> TAN", "SOFTPLUS -> SQRT",
             "SOFTPLUS -> RSQRT", "SOFTPLUS -> RECIPROCAL", "SOFTPLUS -> POWER(1.5)", "SOFTPLUS -> LOG",
             "SOFTSIGN -> ASIN", "SOFTSIGN -> ACOS", "COSH -> ACOSH", "SOFTSIGN -> ATANH", "ABOVE(0.5)", "BELOW",
             "EQUALS", "LESS{ | GAP }", "GREATER{ | GAP }", "EQUAL{ | GMP }", "WHERE{ ABOVE | TANH | }", "ARGMAX"]


def alone():
    """(layer, shape, text) of each layer on the network's input."""
    for layer, shape in CONVOLUTIONS + OTHERS + [(layer, MAPS) for layer in ACTIVATIONS + FUNCTIONS]:
        yield layer, shape, "INPUT(%s) -> %s\n" % (shape, layer)


def behind():
    """The same behind a 1x1 convolution from three channels, where it makes a difference; first that one alone."""
    yield "(the convolution)", MAPS, FIRST + "\n"
    for layer, shape in CONVOLUTIONS + OTHERS:
        height, width, channels = shape.split("x")
        if int(height) > 1 and channels != "3":
            yield layer, shape, "INPUT(%sx%sx3) -> CONV(%s, 1x1) -> %s\n" % (height, width, channels, layer)


def missing(kinds):
    """Those of the kinds that have no line."""
    texts = " ".join(text for _, _, text in alone())
    return [kind for kind in kinds if not re.search(r"\b%s\b" % kind, texts)]


if __name__ == "__main__":
    sys.exit(" ".join(missing(sys.argv[1:])) or 0)
