"""Small files of an operator or a few, with inputs and the results that the format's definition gives, computed here
or by direct.py: cases() yields name, bytes, the inputs' numbers one after another, and the results' numbers."""
import itertools
import math
import os
import random
import tempfile

from direct import Evaluation
from reader import Model
from writer import model, operator, tensor


def numbers(seed, *shape, low=-2.0, high=2.0):
    generator = random.Random(seed)
    return [generator.randint(int(low * 16), int(high * 16)) / 16 for _ in range(math.prod(shape))]


def codes(content):
    """(code, version) of the file's operators."""
    with tempfile.NamedTemporaryFile(suffix=".tflite", delete=False) as file:
        file.write(content)
    try:
        return [(o.code, o.version) for o in Model(file.name).operators]
    finally:
        os.unlink(file.name)


class Grid:
    """A tensor: a shape and its numbers, the last axis running fastest."""
    def __init__(self, shape, values):
        self.shape, self.values = list(shape), list(values)
        assert len(self.values) == math.prod(shape), (shape, len(self.values))

    def __getitem__(self, index):
        at = 0
        for i, n in zip(index, self.shape):
            at = at * n + i
        return self.values[at]


def made(shape, function):
    """Numbers of a tensor of that shape from a function of the index."""
    return [function(index) for index in itertools.product(*map(range, shape))]


def broadcast(a, b, function):
    rank = max(len(a.shape), len(b.shape))
    wide = [Grid([1] * (rank - len(g.shape)) + g.shape, g.values) for g in (a, b)]
    shape = [max(p, q) for p, q in zip(wide[0].shape, wide[1].shape)]
    return shape, made(shape, lambda at: function(*(g[[i if n > 1 else 0 for i, n in zip(at, g.shape)]] for g in wide)))


# ---- by direct.py ----

def window(padding, stride, **more):
    fields = {0: ("b", padding), 1: ("i", stride[1]), 2: ("i", stride[0])}
    fields.update({int(name[1:]): value for name, value in more.items()})
    return fields


def evaluated(content, inputs):
    with tempfile.NamedTemporaryFile(suffix=".tflite", delete=False) as file:
        file.write(content)
    try:
        return [v for result in Evaluation(Model(file.name)).run(*inputs) for v in result]
    finally:
        os.unlink(file.name)


def chain(name, shape, tensors, operators, outputs="y"):
    """A file of operators that direct.py knows."""
    content = model([tensor("x", shape)] + tensors, operators, outputs=outputs)
    x = numbers(name, *shape)
    return name, content, x, evaluated(content, [x])


def out(length, size, stride, dilation, same):
    return -(-length // stride) if same else (length - (size - 1) * dilation - 1) // stride + 1


def convolution(name, shape, filters, size, stride=(1, 1), dilation=(1, 1), same=True, activation=0, bias=True,
                depthwise=0):
    rows, columns = (out(n, w, s, d, same) for n, w, s, d in zip(shape[1:3], size, stride, dilation))
    channels = shape[3]
    if depthwise:
        filters = channels * depthwise
        kernel = tensor("w", [1, *size, filters], numbers(f"{name}w", *size, filters))
        options = window(0 if same else 1, stride, _3=("i", depthwise), _4=("b", activation), _5=("i", dilation[1]),
                         _6=("i", dilation[0]))
    else:
        kernel = tensor("w", [filters, *size, channels], numbers(f"{name}w", filters, *size, channels))
        options = window(0 if same else 1, stride, _3=("b", activation), _4=("i", dilation[1]), _5=("i", dilation[0]))
    tensors = [kernel, tensor("y", [1, rows, columns, filters])]
    if bias:
        tensors.append(tensor("b", [filters], numbers(f"{name}b", filters)))
    kind = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
    return chain(name, shape, tensors, [operator(kind, "x w b" if bias else "x w", "y", options)])


def convolutions():
    yield convolution("CONV_2D, SAME", [1, 5, 6, 3], 4, (3, 3))
    yield convolution("CONV_2D, SAME at stride 2 of an even side: padded behind only", [1, 6, 8, 3], 4, (3, 3), (2, 2))
    yield convolution("CONV_2D, SAME at stride 2x1", [1, 7, 4, 2], 3, (4, 5), (2, 1))
    yield convolution("CONV_2D, VALID, RELU", [1, 7, 6, 2], 3, (3, 2), same=False, activation=1)
    yield convolution("CONV_2D, RELU6", [1, 4, 4, 2], 3, (3, 3), activation=3)
    yield convolution("CONV_2D, RELU_N1_TO_1", [1, 4, 4, 2], 3, (3, 3), activation=2)
    yield convolution("CONV_2D, dilated", [1, 9, 8, 2], 3, (3, 2), dilation=(2, 3))
    yield convolution("CONV_2D without bias", [1, 4, 5, 2], 3, (2, 2), bias=False)
    yield convolution("CONV_2D of one channel and filter", [1, 5, 5, 1], 1, (3, 3))
    yield convolution("CONV_2D of one pixel", [1, 1, 1, 5], 4, (1, 1))
    yield convolution("DEPTHWISE_CONV_2D, SAME", [1, 5, 6, 3], 0, (3, 3), depthwise=1)
    yield convolution("DEPTHWISE_CONV_2D, two filters a channel, stride 2", [1, 6, 6, 3], 0, (3, 3), (2, 2),
                      depthwise=2)
    yield convolution("DEPTHWISE_CONV_2D, dilated, VALID, RELU6", [1, 8, 8, 2], 0, (3, 3), dilation=(2, 2), same=False,
                      activation=3, depthwise=1)
    yield convolution("DEPTHWISE_CONV_2D of one channel", [1, 5, 5, 1], 0, (3, 3), depthwise=4)


def pool(kind, shape, size, stride, same, activation=0):
    rows, columns = (out(n, w, s, 1, same) for n, w, s in zip(shape[1:3], size, stride))
    options = window(0 if same else 1, stride, _3=("i", size[1]), _4=("i", size[0]), _5=("b", activation))
    name = f"{kind} {size} stride {stride} {'SAME' if same else 'VALID'}{' with RELU' if activation else ''}"
    return chain(name, shape, [tensor("y", [1, rows, columns, shape[3]])], [operator(kind, "x", "y", options)])


def dense(name, shape, filters, keep=False, bias=True, activation=0):
    width = shape[-1] if keep else math.prod(shape)
    result = [*shape[:-1], filters] if keep else [1, filters]
    tensors = [tensor("w", [filters, width], numbers(f"{name}w", filters, width)), tensor("y", result)]
    tensors += [tensor("b", [filters], numbers(f"{name}b", filters))] if bias else []
    return chain(name, shape, tensors, [operator("FULLY_CONNECTED", "x w b" if bias else "x w -", "y",
                                                 {0: ("b", activation), 2: ("b", keep)})])


def flattened():
    """An image behind a convolution, in the order of rows, columns, channels, to a FULLY_CONNECTED."""
    tensors = [tensor("w", [3, 3, 3, 2], numbers("fw", 3, 3, 3, 2)), tensor("c", [1, 4, 5, 3]),
               tensor("s", [2], [1, 60], "i"), tensor("f", [1, 60]), tensor("v", [4, 60], numbers("fv", 4, 60)),
               tensor("b", [4], numbers("fb", 4)), tensor("y", [1, 4])]
    conv = operator("CONV_2D", "x w", "c", window(0, (1, 1)))
    return chain("RESHAPE of an image, FULLY_CONNECTED", [1, 4, 5, 2], tensors,
                 [conv, operator("RESHAPE", "c s", "f"), operator("FULLY_CONNECTED", "f v b", "y")])


def flattened_twice():
    """The same numbers read by a FULLY_CONNECTED and given as a result, which has to move them."""
    tensors = [tensor("w", [3, 3, 3, 2], numbers("fw", 3, 3, 3, 2)), tensor("c", [1, 4, 5, 3]),
               tensor("f", [1, 60]), tensor("v", [4, 60], numbers("fv", 4, 60)), tensor("y", [1, 4])]
    conv = operator("CONV_2D", "x w", "c", window(0, (1, 1)))
    return chain("a RESHAPE of an image as a result, too", [1, 4, 5, 2], tensors,
                 [conv, operator("RESHAPE", "c", "f"), operator("FULLY_CONNECTED", "f v", "y")], "f y")


def shortcut():
    shape = [1, 4, 4, 2]
    tensors = [tensor("w", [2, 3, 3, 2], numbers("sw", 2, 3, 3, 2)), tensor("c", shape), tensor("a", shape),
               tensor("y", shape)]
    return chain("a shortcut: CONV_2D, ADD with RELU, SOFTMAX over channels", shape, tensors, [
        operator("CONV_2D", "x w", "c", window(0, (1, 1))), operator("ADD", "x c", "a", {0: ("b", 1)}),
        operator("SOFTMAX", "a", "y", {0: ("f", 0.5)})])


def several_ends():
    shape = [1, 3, 4, 2]
    tensors = [tensor("x", shape), tensor("z", shape), tensor("w", [3, 1, 1, 2], numbers("ew", 3, 2)),
               tensor("y", [1, 3, 4, 3]), tensor("s", shape)]
    content = model(tensors, [operator("ADD", "x z", "s"), operator("CONV_2D", "s w", "y", window(0, (1, 1)))], "x z",
                    "y s")
    x, z = numbers("ex", *shape), numbers("ez", *shape)
    return "several inputs and results", content, x + z, evaluated(content, [x, z])


# ---- by formulas ----

def unary(kind, function, options=None, shape=(1, 3, 4, 2), low=-4.0, version=1):
    x = numbers(kind, *shape, low=low, high=4.0)
    content = model([tensor("x", shape), tensor("y", shape)], [operator(kind, "x", "y", options, version)])
    return kind, content, x, [function(v) for v in x]


def unaries():
    yield unary("RELU", lambda v: max(v, 0))
    yield unary("RELU6", lambda v: min(max(v, 0), 6))
    yield unary("RELU_N1_TO_1", lambda v: min(max(v, -1), 1))
    yield unary("RELU_0_TO_1", lambda v: min(max(v, 0), 1))
    yield unary("LOGISTIC", lambda v: 1 / (1 + math.exp(-v)))
    yield unary("TANH", math.tanh)
    yield unary("ELU", lambda v: v if v > 0 else math.exp(v) - 1)
    yield unary("LEAKY_RELU", lambda v: v if v > 0 else 0.25 * v, {0: ("f", 0.25)})
    yield unary("HARD_SWISH", lambda v: v * min(max(v / 6 + 0.5, 0), 1))
    yield unary("ABS", abs)
    yield unary("NEG", lambda v: -v)
    yield unary("SQUARE", lambda v: v * v)
    yield unary("FLOOR", math.floor)
    yield unary("CEIL", math.ceil)
    yield unary("ROUND", round)
    yield unary("SIGN", lambda v: (v > 0) - (v < 0))
    yield unary("EXP", math.exp)
    yield unary("SIN", math.sin)
    yield unary("COS", math.cos)
    yield unary("LOG", math.log, low=0.5)
    yield unary("GELU", lambda v: v * (1 + math.erf(v / math.sqrt(2))) / 2)
    name, content, x, result = unary("LOGISTIC", lambda v: 1 / (1 + math.exp(-v)), shape=(2, 3))
    yield f"{name} of a batch of two rows", content, x, result
    name, content, x, result = unary("TANH", math.tanh, shape=(5,))
    yield f"{name} of one axis", content, x, result


def softmaxes():
    shape = (2, 3, 5)
    x = Grid(shape, numbers("sm", *shape))
    for kind in ("SOFTMAX", "LOG_SOFTMAX"):
        def at(index):
            row = [x[(*index[:-1], i)] for i in range(5)]
            share = math.exp(x[index]) / sum(map(math.exp, row))
            return share if kind == "SOFTMAX" else math.log(share)
        options = {0: ("f", 1.0)} if kind == "SOFTMAX" else None
        yield (f"{kind} over the last axis of 2x3x5", model([tensor("x", shape), tensor("y", shape)],
                                                           [operator(kind, "x", "y", options)]), x.values,
               made(shape, at))


BINARY = {"ADD": lambda a, b: a + b, "SUB": lambda a, b: a - b, "MUL": lambda a, b: a * b, "DIV": lambda a, b: a / b,
          "MAXIMUM": max, "MINIMUM": min, "SQUARED_DIFFERENCE": lambda a, b: (a - b) ** 2}


def binaries():
    shapes = [((1, 3, 4, 2), (1, 3, 4, 2)), ((1, 3, 4, 2), (1, 1, 1, 2)), ((1, 1, 4, 2), (1, 3, 4, 2)),
              ((1, 3, 4, 2), (1, 3, 4, 1)), ((2, 3), (3,))]
    for kind, function in BINARY.items():
        for first, second in shapes if kind in ("ADD", "MUL") else shapes[:2]:
            if kind == "DIV":
                continue
            a, b = Grid(first, numbers("a", *first)), Grid(second, numbers("b", *second))
            shape, values = broadcast(a, b, function)
            content = model([tensor("x", first), tensor("z", second), tensor("y", shape)],
                            [operator(kind, "x z", "y")], "x z")
            yield f"{kind} {first} {second}", content, a.values + b.values, values
        for constant in ((2,), (1, 3, 4, 2), (1,), (4, 1)):
            if kind in ("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE") and constant != (1,):
                continue
            first = (1, 3, 4, 2)
            a, b = Grid(first, numbers("a", *first)), Grid(constant, numbers("c", *constant, low=0.5, high=3.0))
            shape, values = broadcast(a, b, function)
            content = model([tensor("x", first), tensor("c", constant, b.values), tensor("y", shape)],
                            [operator(kind, "x c", "y")])
            if kind == "SQUARED_DIFFERENCE":
                continue
            yield f"{kind} of {first} and a constant {constant}", content, a.values, values


COMPARED = {"LESS": lambda a, b: a < b, "LESS_EQUAL": lambda a, b: a <= b, "GREATER": lambda a, b: a > b,
            "GREATER_EQUAL": lambda a, b: a >= b, "EQUAL": lambda a, b: a == b, "NOT_EQUAL": lambda a, b: a != b}


def comparisons():
    """What is chosen by a comparison, whose result is of bool."""
    shape, other = (1, 3, 4, 2), (1, 1, 1, 2)
    a, b = Grid(shape, numbers("ca", *shape)), Grid(shape, numbers("cb", *shape))
    row = Grid(other, [a.values[3], a.values[4]])
    a.values[5] = b.values[5]
    for kind, function in COMPARED.items():
        _, marks = broadcast(a, b, function)
        ends = [tensor("x", shape), tensor("z", shape), tensor("m", shape, kind="?"), tensor("y", shape)]
        yield (f"{kind}, SELECT_V2", model(ends, [operator(kind, "x z", "m"), operator("SELECT_V2", "m x z", "y")],
                                           "x z"), a.values + b.values,
               [p if m else q for m, p, q in zip(marks, a.values, b.values)])
        _, marks = broadcast(a, row, function)
        ends = [tensor("x", shape), tensor("c", other, row.values), tensor("m", shape, kind="?"), tensor("y", shape)]
        yield (f"{kind} with a constant, CAST", model(ends, [operator(kind, "x c", "m"), operator("CAST", "m", "y")]),
               a.values, [float(m) for m in marks])
    marks = {"LOGICAL_AND": lambda p, q: p and q, "LOGICAL_OR": lambda p, q: p or q}
    for kind, function in marks.items():
        ends = [tensor("x", shape), tensor("h", [], [0.5]), tensor("l", [], [-0.5]), tensor("y", shape)]
        ends += [tensor(name, shape, kind="?") for name in "abmn"]
        steps = [operator("LESS", "x h", "a"), operator("GREATER", "x l", "b"), operator(kind, "a b", "m"),
                 operator("LOGICAL_NOT", "m", "n"), operator("CAST", "n", "y")]
        yield (f"{kind} and LOGICAL_NOT", model(ends, steps), a.values,
               [float(not function(v < 0.5, v > -0.5)) for v in a.values])
    ends = [tensor("x", shape), tensor("l", [], [0.25]), tensor("m", shape, kind="?"), tensor("n", shape),
            tensor("y", shape)]
    steps = [operator("GREATER", "x l", "m"), operator("NEG", "x", "n"), operator("SELECT", "m x n", "y")]
    yield "SELECT", model(ends, steps), a.values, [v if v > 0.25 else -v for v in a.values]
    _, powers = broadcast(Grid(shape, [abs(v) + 0.5 for v in a.values]), b, pow)
    content = model([tensor("x", shape), tensor("z", shape), tensor("y", shape)], [operator("POW", "x z", "y")], "x z")
    yield "POW", content, [abs(v) + 0.5 for v in a.values] + b.values, powers


def places():
    shape = (1, 3, 4, 5)
    x = Grid(shape, numbers("pl", *shape))
    for kind, best in (("ARG_MAX", max), ("ARG_MIN", min)):
        for axis in (3, 1, -2):
            result = [n for i, n in enumerate(shape) if i != axis % 4]

            def at(index):
                row = [x[(*index[:axis % 4], k, *index[axis % 4:])] for k in range(shape[axis % 4])]
                return row.index(best(row))
            content = model([tensor("x", shape), tensor("a", [], [axis], "i"), tensor("y", result, kind="i")],
                            [operator(kind, "x a", "y")])
            yield f"{kind} along {axis}", content, x.values, made(result, at)
    content = model([tensor("x", shape), tensor("c", [4], [1, 2, 1, 3], "i"), tensor("y", [1, 6, 4, 15])],
                    [operator("TILE", "x c", "y")])
    yield "TILE", content, x.values, made((1, 6, 4, 15), lambda i: x[0, i[1] % 3, i[2], i[3] % 5])
    for exclusive in (False, True):
        content = model([tensor("x", shape), tensor("a", [], [2], "i"), tensor("y", shape)],
                        [operator("CUMSUM", "x a", "y", {0: ("?", exclusive)})])
        yield (f"CUMSUM{', exclusive' if exclusive else ''}", content, x.values,
               made(shape, lambda i, e=exclusive: sum(x[0, i[1], k, i[3]] for k in range(i[2] + (not e)))))


def prelu():
    shape = (1, 3, 4, 2)
    x, slope = Grid(shape, numbers("p", *shape)), Grid((1, 1, 2), [0.25, -0.5])
    _, values = broadcast(x, slope, lambda v, s: v if v > 0 else s * v)
    yield "PRELU", model([tensor("x", shape), tensor("w", [1, 1, 2], slope.values), tensor("y", shape)],
                         [operator("PRELU", "x w", "y")]), x.values, values


def reductions():
    x = Grid((1, 3, 4, 2), numbers("r", 1, 3, 4, 2))
    functions = {"MEAN": lambda v: sum(v) / len(v), "SUM": sum, "REDUCE_MAX": max, "REDUCE_MIN": min, "REDUCE_PROD": math.prod}
    for kind, function in functions.items():
        for axes in ((1, 2), (3,), (1,), (-1, 2)):
            real = {a % 4 for a in axes}
            for keep in (True, False):
                shape = [1 if i in real else n for i, n in enumerate(x.shape)]

                def at(index):
                    return function([x[tuple(j if i in real else index[i] for i, j in enumerate(full))]
                                     for full in itertools.product(*(range(n) if i in real else [0]
                                                                     for i, n in enumerate(x.shape)))])
                values = made(shape, at)
                result = shape if keep else [n for i, n in enumerate(shape) if i not in real]
                content = model([tensor("x", x.shape), tensor("a", [len(axes)], axes, "i"), tensor("y", result)],
                                [operator(kind, "x a", "y", {0: ("?", keep)})])
                yield f"{kind} over {axes}{', dimensions kept' if keep else ''}", content, x.values, values


def moves():
    shape = (1, 4, 6, 2)
    x = Grid(shape, numbers("m", *shape))

    def one(name, kind, result, at, constants=(), options=None, kinds="i"):
        tensors = [tensor("x", shape), tensor("y", result)]
        tensors += [tensor(f"c{i}", [len(c)] if isinstance(c, (list, tuple)) else [], c if isinstance(c, (list, tuple))
                           else [c], kinds) for i, c in enumerate(constants)]
        inputs = " ".join(["x"] + [f"c{i}" for i in range(len(constants))])
        return name, model(tensors, [operator(kind, inputs, "y", options)]), x.values, made(result, at)

    yield one("TRANSPOSE", "TRANSPOSE", (1, 2, 4, 6), lambda i: x[0, i[2], i[3], i[1]], [(0, 3, 1, 2)])
    yield one("TRANSPOSE of all axes", "TRANSPOSE", (2, 6, 4, 1), lambda i: x[0, i[2], i[1], i[0]], [(3, 2, 1, 0)])
    flat = lambda i, n: x.values[sum(a * b for a, b in zip(i, n))]  # noqa: E731
    yield one("RESHAPE", "RESHAPE", (1, 8, 6), lambda i: flat(i, (0, 6, 1)), [(1, 8, 6)])
    yield one("EXPAND_DIMS", "EXPAND_DIMS", (1, 4, 1, 6, 2), lambda i: flat(i, (0, 12, 0, 2, 1)), [2])
    yield one("SQUEEZE", "SQUEEZE", (4, 6, 2), lambda i: flat(i, (12, 2, 1)))
    pads = [0, 0, 1, 2, 0, 3, 0, 0]

    def padded(number):
        def at(i):
            r, c = i[1] - 1, i[2]
            return x[0, r, c, i[3]] if 0 <= r < 4 and c < 6 else number
        return at
    amounts = tensor("p", [4, 2], pads, "i")
    ends = [tensor("x", shape), tensor("y", [1, 7, 9, 2]), amounts]
    yield "PAD", model(ends, [operator("PAD", "x p", "y")]), x.values, made((1, 7, 9, 2), padded(0))
    yield "PADV2", model(ends + [tensor("v", [], [1.5])], [operator("PADV2", "x p v", "y")]), x.values, \
        made((1, 7, 9, 2), padded(1.5))
    yield "PAD of channels", model([tensor("x", shape), tensor("y", [1, 4, 6, 5]),
                                    tensor("p", [4, 2], [0, 0, 0, 0, 0, 0, 1, 2], "i")],
                                   [operator("PAD", "x p", "y")]), x.values, \
        made((1, 4, 6, 5), lambda i: x[0, i[1], i[2], i[3] - 1] if 1 <= i[3] < 3 else 0)
    mirror = lambda i, n: -i if i < 0 else 2 * (n - 1) - i if i >= n else i  # noqa: E731
    yield "MIRROR_PAD", model(ends, [operator("MIRROR_PAD", "x p", "y", {0: ("b", 0)})]), x.values, \
        made((1, 7, 9, 2), lambda i: x[0, mirror(i[1] - 1, 4), mirror(i[2], 6), i[3]])
    yield one("SLICE", "SLICE", (1, 2, 6, 1), lambda i: x[0, i[1] + 1, i[2], 1], [(0, 1, 0, 1), (1, 2, -1, 1)])
    yield one("STRIDED_SLICE", "STRIDED_SLICE", (1, 2, 3, 2), lambda i: x[0, 1 + 2 * i[1], 2 * i[2], i[3]],
              [(0, 1, 0, 0), (1, 4, 6, 2), (1, 2, 2, 1)], {0: ("i", 1), 1: ("i", 8)})
    yield one("STRIDED_SLICE of one channel", "STRIDED_SLICE", (1, 4, 6), lambda i: x[0, i[1], i[2], 1],
              [(0, 0, 0, 1), (0, 0, 0, 2), (1, 1, 1, 1)], {0: ("i", 7), 1: ("i", 7), 4: ("i", 8)})
    yield one("STRIDED_SLICE backwards", "STRIDED_SLICE", (1, 4, 6, 2), lambda i: x[0, 3 - i[1], i[2], i[3]],
              [(0, -1, 0, 0), (0, 0, 0, 0), (1, -1, 1, 1)], {0: ("i", 13), 1: ("i", 15)})
    yield one("REVERSE_V2", "REVERSE_V2", shape, lambda i: x[0, i[1], 5 - i[2], i[3]], [(2,)])
    yield one("GATHER", "GATHER", (1, 4, 3, 2), lambda i: x[0, i[1], (5, 0, 2)[i[2]], i[3]], [(5, 0, 2)], {0: ("i", 2)})
    yield one("BROADCAST_TO", "BROADCAST_TO", shape, lambda i: x[i], [shape])
    yield one("SPACE_TO_DEPTH", "SPACE_TO_DEPTH", (1, 2, 3, 8),
              lambda i: x[0, 2 * i[1] + i[3] // 4, 2 * i[2] + i[3] // 2 % 2, i[3] % 2], (), {0: ("i", 2)})


def parts():
    shape = (1, 4, 6, 4)
    x = Grid(shape, numbers("q", *shape))
    for kind, sizes, axis in (("SPLIT", (3, 3), 2), ("SPLIT", (2, 2), 3), ("SPLIT_V", (1, 3), 3),
                              ("UNPACK", (1, 1, 1, 1), 3)):
        starts = [sum(sizes[:i]) for i in range(len(sizes))]
        names, tensors, values = [f"y{i}" for i in range(len(sizes))], [tensor("x", shape)], []
        for name, start, size in zip(names, starts, sizes):
            part = [n if i != axis else size for i, n in enumerate(shape)]
            values += made(part, lambda at, s=start: x[tuple(i + (s if k == axis else 0) for k, i in enumerate(at))])
            tensors.append(tensor(name, part if kind != "UNPACK" else [n for i, n in enumerate(shape) if i != axis]))
        if kind == "SPLIT":
            tensors.append(tensor("a", [], [axis], "i"))
            call = operator(kind, "a x", " ".join(names), {0: ("i", len(sizes))})
        elif kind == "SPLIT_V":
            tensors += [tensor("s", [2], [sizes[0], -1], "i"), tensor("a", [], [axis], "i")]
            call = operator(kind, "x s a", " ".join(names), {0: ("i", 2)})
        else:
            call = operator(kind, "x", " ".join(names), {0: ("i", len(sizes)), 1: ("i", axis)})
        yield f"{kind} of axis {axis}", model(tensors, [call], outputs=" ".join(names)), x.values, values
    depth = [1, 8, 12, 1]
    yield "DEPTH_TO_SPACE", model([tensor("x", shape), tensor("y", depth)],
                                  [operator("DEPTH_TO_SPACE", "x", "y", {0: ("i", 2)})]), x.values, \
        made(depth, lambda i: x[0, i[1] // 2, i[2] // 2, i[1] % 2 * 2 + i[2] % 2])


def joins():
    for axis in (1, 2, 3, -1):
        first, second = [1, 3, 4, 2], [1, 3, 4, 2]
        second[axis] = 5
        a, b = Grid(first, numbers("j", *first)), Grid(second, numbers("k", *second))
        shape = list(first)
        shape[axis] += 5
        real = axis % 4

        def at(index):
            if index[real] < first[real]:
                return a[index]
            return b[tuple(i - (first[real] if k == real else 0) for k, i in enumerate(index))]
        content = model([tensor("x", first), tensor("z", second), tensor("y", shape)],
                        [operator("CONCATENATION", "x z", "y", {0: ("i", axis)})], "x z")
        yield f"CONCATENATION along {axis}", content, a.values + b.values, made(shape, at)
    a, b = numbers("j", 1, 3, 4), numbers("k", 1, 3, 4)
    content = model([tensor("x", [1, 3, 4]), tensor("z", [1, 3, 4]), tensor("y", [1, 3, 4, 2])],
                    [operator("PACK", "x z", "y", {0: ("i", 2), 1: ("i", 3)})], "x z")
    yield "PACK along the last axis", content, a + b, [v for pair in zip(a, b) for v in pair]


def resized():
    shape = (1, 3, 4, 2)
    x = Grid(shape, numbers("z", *shape))
    for kind, align, half, size in itertools.product(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), (0, 1), (0, 1),
                                                     ((6, 8), (5, 7), (2, 3))):
        if align and half:
            continue

        def place(i, n, m):
            scale = (n - 1) / (m - 1) if align else n / m
            return (i + 0.5) * scale - (0.5 if kind == "RESIZE_BILINEAR" else 0) if half else i * scale

        def near(i, n, m):
            spot = place(i, n, m)
            return min(math.floor(spot + 0.5) if align else math.floor(spot), n - 1)

        def mixed(i, n, m):
            spot = place(i, n, m)
            low = max(math.floor(spot), 0)
            high = min(math.ceil(spot), n - 1)
            return low, high, spot - low if high > low else 0

        def at(index):
            if kind != "RESIZE_BILINEAR":
                return x[0, near(index[1], 3, size[0]), near(index[2], 4, size[1]), index[3]]
            (t, b, v), (l, r, h) = mixed(index[1], 3, size[0]), mixed(index[2], 4, size[1])
            top = x[0, t, l, index[3]] * (1 - h) + x[0, t, r, index[3]] * h
            return top * (1 - v) + (x[0, b, l, index[3]] * (1 - h) + x[0, b, r, index[3]] * h) * v
        first = 2 if kind == "RESIZE_BILINEAR" else 0
        content = model([tensor("x", shape), tensor("s", [2], size, "i"), tensor("y", [1, *size, 2])],
                        [operator(kind, "x s", "y", {first: ("?", bool(align)), first + 1: ("?", bool(half))})])
        words = "aligned corners" if align else "half pixels" if half else "corners"
        yield f"{kind} to {size[0]}x{size[1]}, {words}", content, x.values, made((1, *size, 2), at)


def transposed():
    for same, size, stride, sides in ((True, (3, 3), (2, 2), (6, 8)), (True, (2, 2), (2, 2), (6, 8)),
                                      (True, (3, 4), (2, 3), (5, 12)), (False, (3, 3), (2, 2), (7, 9)),
                                      (False, (2, 3), (1, 1), (4, 6))):
        shape, filters = (1, 3, 4, 2), 3
        x = Grid(shape, numbers("t", *shape))
        w = Grid((filters, *size, 2), numbers("u", filters, *size, 2))
        b = numbers("v", filters)
        lead = [max(0, (n - 1) * s + k - o) // 2 for n, s, k, o in zip((3, 4), stride, size, sides)]

        def at(i):
            total = b[i[3]]
            for r, q, k, m, c in itertools.product(range(3), range(4), range(size[0]), range(size[1]), range(2)):
                if r * stride[0] + k - lead[0] == i[1] and q * stride[1] + m - lead[1] == i[2]:
                    total += x[0, r, q, c] * w[i[3], k, m, c]
            return total
        result = (1, *sides, filters)
        content = model([tensor("x", shape), tensor("s", [4], result, "i"), tensor("w", w.shape, w.values),
                         tensor("b", [filters], b), tensor("y", result)],
                        [operator("TRANSPOSE_CONV", "s w x b", "y", window(0 if same else 1, stride))])
        yield f"TRANSPOSE_CONV {size} stride {stride} to {sides}", content, x.values, made(result, at)


def others():
    """Half floats of weights, a network of numbers that nothing but the batch holds, constants that are folded."""
    shape = (1, 2, 3, 2)
    x = Grid(shape, numbers("o", *shape))
    w = [0.5, -1.5, 2.0, 0.25]
    tensors = [tensor("x", shape), tensor("h", [2, 1, 1, 2], w, "e"), tensor("w", [2, 1, 1, 2]), tensor("y", shape)]
    yield "DEQUANTIZE of half floats", model(tensors, [operator("DEQUANTIZE", "h", "w"),
                                                       operator("CONV_2D", "x w", "y", window(0, (1, 1)))]), x.values, \
        made(shape, lambda i: sum(x[0, i[1], i[2], c] * w[2 * i[3] + c] for c in range(2)))
    tensors = [tensor("x", shape), tensor("n", [4], kind="i"), tensor("b", [1], [0], "i"), tensor("e", [1], [1], "i"),
               tensor("o", [1], [1], "i"), tensor("k", [], kind="i"), tensor("r", [], [12], "i"),
               tensor("s", [2], kind="i"), tensor("y", [1, 12])]
    yield "a shape that the file computes", model(tensors, [
        operator("SHAPE", "x", "n"), operator("STRIDED_SLICE", "n b e o", "k", {4: ("i", 1)}),
        operator("PACK", "k r", "s", {0: ("i", 2), 1: ("i", 0)}), operator("RESHAPE", "x s", "y")]), x.values, x.values
    a = Grid((1, 3, 4), numbers("g", 1, 3, 4))
    m = Grid((4, 2), numbers("i", 4, 2))
    yield "BATCH_MATMUL with a constant", model([tensor("x", [1, 3, 4]), tensor("m", [4, 2], m.values),
                                                 tensor("y", [1, 3, 2])], [operator("BATCH_MATMUL", "x m", "y")]), \
        a.values, made((1, 3, 2), lambda i: sum(a[0, i[1], k] * m[k, i[2]] for k in range(4)))
    deep = (1, 2, 2, 7)
    d = Grid(deep, numbers("l", *deep))

    def local(i):
        near = [d[(*i[:3], c)] for c in range(max(0, i[3] - 2), min(7, i[3] + 3))]
        return d[i] / (1.5 + 0.25 * sum(v * v for v in near)) ** 0.75
    options = {0: ("i", 2), 1: ("f", 1.5), 2: ("f", 0.25), 3: ("f", 0.75)}
    yield "LOCAL_RESPONSE_NORMALIZATION", model([tensor("x", deep), tensor("y", deep)], [
        operator("LOCAL_RESPONSE_NORMALIZATION", "x", "y", options)]), d.values, made(deep, local)
    tensors = [tensor("x", shape), tensor("i", [2], [3, -2], "i"), tensor("c", [2]), tensor("y", shape)]
    yield "CAST of a constant", model(tensors, [operator("CAST", "i", "c"), operator("ADD", "x c", "y")]), x.values, \
        made(shape, lambda i: x[i] + (3, -2)[i[3]])
    terms = [numbers(name, *shape) for name in "abc"]
    yield "ADD_N of three", model([tensor(n, shape) for n in "abcy"], [operator("ADD_N", "a b c", "y")], "a b c"), \
        sum(terms, []), [sum(row) for row in zip(*terms)]
    swish = [tensor("x", shape), tensor("s", shape), tensor("y", shape)]
    yield "x*LOGISTIC(x)", model(swish, [operator("LOGISTIC", "x", "s"), operator("MUL", "x s", "y")]), x.values, \
        [v / (1 + math.exp(-v)) for v in x.values]


def images():
    """Two images at once."""
    shape, w, b = (2, 2, 3, 2), [0.5, -1.5, 2.0, 0.25, 1.0, -1.0], [0.5, 0.0, -2.0]
    x = Grid(shape, numbers("images", *shape))
    tensors = [tensor("x", shape), tensor("w", [3, 1, 1, 2], w), tensor("b", [3], b), tensor("y", [2, 2, 3, 3])]
    yield "CONV_2D of two images", model(tensors, [operator("CONV_2D", "x w b", "y", window(0, (1, 1)))]), x.values, \
        made((2, 2, 3, 3), lambda i: b[i[3]] + sum(x[(*i[:3], c)] * w[2 * i[3] + c] for c in range(2)))
    tensors = [tensor("x", shape), tensor("y", [2, 1, 1, 2])]
    options = window(1, (2, 3), _3=("i", 3), _4=("i", 2))
    yield "MAX_POOL_2D of two images", model(tensors, [operator("MAX_POOL_2D", "x", "y", options)]), x.values, \
        made((2, 1, 1, 2), lambda i: max(x[i[0], r, q, i[3]] for r in range(2) for q in range(3)))


def cases():
    yield from convolutions()
    yield from images()
    for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        yield pool(kind, [1, 6, 7, 2], (2, 2), (2, 2), False)
        yield pool(kind, [1, 6, 7, 2], (3, 2), (2, 3), True, 1)
        yield pool(kind, [1, 5, 5, 2], (3, 3), (1, 1), True)
        yield pool(kind, [1, 4, 6, 2], (4, 6), (4, 6), False)
    yield dense("FULLY_CONNECTED", [1, 7], 5)
    yield dense("FULLY_CONNECTED without bias, RELU", [1, 7], 5, bias=False, activation=1)
    yield dense("FULLY_CONNECTED of an image", [1, 3, 4, 2], 5)
    yield dense("FULLY_CONNECTED row by row", [1, 3, 4], 5, keep=True)
    yield flattened()
    yield flattened_twice()
    yield shortcut()
    yield several_ends()
    yield from unaries()
    yield from softmaxes()
    yield from binaries()
    yield from comparisons()
    yield from places()
    yield from prelu()
    yield from reductions()
    yield from moves()
    yield from parts()
    yield from joins()
    yield from resized()
    yield from transposed()
    yield from others()
