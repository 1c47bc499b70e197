#!/usr/bin/env python3
"""Small models that demand a lot: time and memory out of proportion to the file, sums beyond 64 bits, meaningless
arguments. Each gets its error, or is compiled, quickly and in little memory. Prints a test per line.

    costs.py CNNC WORK"""
import os
import resource
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from report import report  # noqa: E402
from wire import data, number  # noqa: E402

CNNC, WORK = sys.argv[1:3]
SANITIZED = "DRIVER_SANITIZE" in os.environ
MEMORY, SECONDS = 3 << 29, 20  # of address space; of the processor's time
FLOAT, INT8, INT64 = 1, 3, 7


def limits():
    if not SANITIZED:  # whose shadow memory is larger than any limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS * (6 if SANITIZED else 1),) * 2)


def expect(description, status, expected, content):
    path = os.path.join(WORK, "costs.onnx")
    with open(path, "wb") as file:
        file.write(content)
    done = subprocess.run([CNNC, "--color=never", "--check", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          preexec_fn=limits, check=False)
    text = done.stdout.decode("utf-8", "replace")
    right = done.returncode == status and expected in text and "runtime error" not in text
    report(right, f"costs: {description}", f"status {done.returncode}; expected: {expected}", text[:600])


def refuses(description, content, expected):
    expect(description, 1, expected, content)


def accepts(description, content):
    expect(description, 0, "", content)


def tensor(name, dims, raw, kind=FLOAT):
    return b"".join(number(1, d) for d in dims) + number(2, kind) + data(8, name) + data(9, raw)


def integers(name, *values):
    return tensor(name, [len(values)], struct.pack(f"<{len(values)}q", *values), INT64)


def attribute(name, field, kind, *values):
    return data(5, data(1, name) + b"".join(data(field, v) if isinstance(v, (str, bytes)) else number(field, v)
                                            for v in values) + number(20, kind))


def integer(name, value):
    return attribute(name, 3, 2, value)


def ints(name, *values):
    return attribute(name, 8, 7, *values)


def text(name, value):
    return attribute(name, 4, 3, value)


def node(kind, inputs, outputs, *attributes, name=""):
    """Inputs are words; a dash is an omitted one."""
    ends = b"".join(data(1, i.strip("-")) for i in inputs.split())
    return ends + b"".join(data(2, o) for o in outputs.split()) + data(3, name) + data(4, kind) + b"".join(attributes)


def value(name, dims, kind=FLOAT):
    return data(1, name) + data(2, data(1, number(1, kind) + data(2, b"".join(data(1, number(1, d)) for d in dims))))


def model(nodes, shape=(1, 3, 8, 8), outputs=("y",), constants=(), opset=13, inputs=None, kind=FLOAT):
    graph = b"".join(data(1, n) for n in nodes) + data(2, "g") + b"".join(data(5, c) for c in constants)
    graph += b"".join(data(11, i) for i in inputs or [value("x", shape, kind)])
    graph += b"".join(data(12, value(o, [1])) for o in outputs)
    return number(1, 8) + data(8, number(2, opset)) + data(7, graph)


def many(count, make):
    return [make(i) for i in range(count)], [f"y{i}" for i in range(count)]


def colliding(count, bits=20):
    """Names that FNV-1a, with its published start value, puts into one slot of a table of 2^bits."""
    mask, prime, start = (1 << bits) - 1, 1099511628211, 14695981039346656037
    back = pow(prime, -1, 1 << bits)
    ends = {0: b""}
    for _ in range(3):
        ends = {state * back & mask ^ c: bytes([c]) + end for state, end in ends.items() for c in range(64, 127)}
    found, i = [], 0
    while len(found) < count:
        name, state, i = b"n%06d" % i, start, i + 1
        for c in name:
            state = (state ^ c) * prime & mask
        if state in ends:
            found.append(name + ends[state])
    return found


def time_and_memory():
    same = [data(1, "x") + data(2, name) + data(4, "Identity") for name in colliding(100000)]
    accepts("100,000 names made to meet in one slot of a table", model(same + [node("Relu", "x", "y")]))
    empty = tensor("e", [1 << 31, 0], b"")
    refuses("an empty constant with 2^31 rows, joined ten times",
            model([node("Concat", "e e", f"c{i}", integer("axis", 1)) for i in range(10)] +
                  [node("Add", "x c0", "y")], constants=[empty]), "do not fit together")
    odd = struct.pack("<4096f", *[0.123456789 + i * 0.000012345 for i in range(4096)])
    held = node("Constant", "", "c", data(5, data(1, "value") + data(5, tensor("v", [4096], odd)) + number(20, 4)))
    nodes, outputs = many(3000, lambda i: node("Mul", "x c", f"y{i}"))
    accepts("a table of numbers that 3,000 layers multiply with", model([held] + nodes, (1, 4096), outputs))
    nodes, outputs = many(60, lambda i: node("Gather", "x i", f"y{i}", integer("axis", 1)))
    refuses("a row of 65,536 elements gathered 60 times",
            model(nodes, (1, 64), outputs, [integers("i", *[1, 0] * 32768)]), "too many")
    turn = [integers("s", -1), integers("e", -1 << 62), integers("a", 1), integers("t", -1)]
    refuses("2^31 elements turned round", model([node("Slice", "x s e a t", "y")], (1, 1 << 31), constants=turn),
            "too long")
    name = "n" * 1000000 + ".weight"
    nodes, outputs = many(3000, lambda i: node("Conv", "x c", f"y{i}"))
    accepts("a name of a million bytes that 3,000 layers have from their weights",
            model([node("Identity", name, "c")] + nodes, outputs=outputs,
                  constants=[tensor(name, [3, 3, 1, 1], bytes(36))]))
    nodes, outputs = many(300, lambda i: node("Resize", "x - s", f"y{i}"))
    refuses("an axis of 2^21 doubled 300 times", model(
        nodes, (1, 1, 1, 1 << 21), outputs, [tensor("s", [4], struct.pack("<4f", 1, 1, 1, 2))]), "too long")
    inputs = [value(f"x{i}", [1, 1, 1, 1]) for i in range(12000)] + [value("a", [1, 1, 1, 1])]
    accepts("12,000 images beside an operator of a million operands",
            model([node("Sum", " ".join(["a"] * 1000000), "b"), node("Relu", "x0", "y")], inputs=inputs))
    refuses("300,000 results", model([node("Relu", "x", "y")], outputs=["y"] * 300000), "more outputs")


def sums():
    refuses("an empty constant of 2^80 rows", model(
        [node("Gather", "e i", "c", integer("axis", 0)), node("Add", "x c", "y")],
        constants=[tensor("e", [0, 1 << 40, 1 << 40], b""), tensor("i", [0], b"", INT64)]), "dimensions are not valid")
    for size in (-1 << 63, 0, 1 << 62):
        refuses(f"a transposed convolution to {size} rows", model(
            [node("ConvTranspose", "x w", "y", ints("output_shape", size, size))],
            constants=[tensor("w", [3, 3, 3, 3], bytes(324))]), "output_shape")
    rows = [value(f"x{i}", [1 << 31 if i == k else 1 for k in range(6)]) for i in range(6)]
    refuses("six axes of 2^31 spread over each other",
            model([node("Sum", " ".join(f"x{i}" for i in range(6)), "y")], inputs=rows), "too large")
    step = [tensor("e", [2, 1 << 23], bytes(1 << 24), INT8), integers("s", 0), integers("t", 2), integers("a", 0),
            integers("p", 1 << 40)]
    refuses("steps of 2^40", model([node("Slice", "e s t a p", "c"), node("Add", "x c", "y")], constants=step),
            "do not fit together")
    one = tensor("c", [], struct.pack("<f", 1))
    accepts("a distance between single numbers", model(
        [node("ReduceMean", "x", "m", integer("keepdims", 0)), node("Sub", "m c", "d"), node("Mul", "d d", "q"),
         node("ReduceSum", "q", "s"), node("Add", "x s", "y")], constants=[one]))


def meanings():
    sizes = [integers("s", 1, 3, 9, 9)]
    for key in ("coordinate_transformation_mode", "nearest_mode"):
        refuses(f"Resize with {key}=foo", model([node("Resize", "x - - s", "y", text(key, "foo"))], constants=sizes),
                "foo")
    refuses("Pad with mode=foo", model([node("Pad", "x p", "y", text("mode", "foo"))],
                                       constants=[integers("p", 0, 0, 1, 1, 0, 0, 1, 1)]), "mode foo")
    refuses("DepthToSpace with mode=foo", model([node("DepthToSpace", "x", "y", integer("blocksize", 1),
                                                      text("mode", "foo"))]), "mode foo")
    refuses("kernels of another shape than kernel_shape", model(
        [node("Conv", "x w", "y", ints("kernel_shape", 1, 9))], constants=[tensor("w", [2, 3, 3, 3], bytes(216))]),
            "kernel_shape")
    refuses("strides that are one number", model(
        [node("MaxPool", "x", "y", ints("kernel_shape", 2, 2), integer("strides", 2))]), "strides has the wrong type")
    refuses("division by zero", model([node("Div", "x z", "y")], constants=[tensor("z", [], bytes(4))]), "not finite")
    refuses("a sum of squares that sums nothing",
            model([node("ReduceSumSquare", "x", "y", integer("noop_with_empty_axes", 1))], opset=18), "no axis")
    refuses("operands that opset 6 aligns by an axis", model(
        [node("Relu", "x", "r"), node("Add", "r z", "y", integer("broadcast", 1), integer("axis", 1))], opset=6,
        inputs=[value("x", [1, 4, 4, 4]), value("z", [4])]), "starts at axis 1")
    accepts("bytes as a result, which are floats", model([node("Identity", "x", "y")], kind=2))
    variance = [node("ReduceMean", "x", "m", ints("axes", 1)), node("Sub", "x m", "d"), node("Mul", "d d", "q"),
                node("ReduceMean", "q", "v", ints("axes", 1), integer("keepdims", 0)), node("Add", "v c", "e"),
                node("Sqrt", "e", "r"), node("Div", "d r", "y")]
    accepts("a quotient that is no normalisation: its variance lies along another axis",
            model(variance, (4, 4), constants=[tensor("c", [], struct.pack("<f", 0.01))]))
    refuses("a normalisation of opset 8, whose axes were others", model([node("MeanVarianceNormalization", "x", "y")],
                                                                       opset=8), "too old")
    relu = [node("Relu", "x", "y")]
    expect("an input of doubles", 0, "is double in the model; the network takes floats", model(relu, kind=11))
    expect("integers that no Cast makes floats", 0, "is int64 in the model; the network takes floats",
           model(relu, kind=INT64))
    cast = [node("Cast", "x", "c", integer("to", 1)), node("Relu", "c", "y")]
    accepts("integers that a Cast makes floats", model(cast, kind=INT64))
    refuses("an input of strings", model(relu, kind=8), "tensors of numbers are supported")
    refuses("an operator on a constant alone", model(
        [node("Selu", "k", "c"), node("Add", "x c", "y")], constants=[tensor("k", [1], bytes(4))]), "constants alone")
    refuses("powers of a negative number", model(
        [node("Pow", "k x", "y")], constants=[tensor("k", [1], struct.pack("<f", -1))]), "not above 0")
    accepts("several exponents", model([node("Pow", "x k", "y")], (1, 2), constants=[
        tensor("k", [2], struct.pack("<2f", 1, 2))]))
    refuses("matrices that do not fit", model([node("MatMul", "x x", "y")], (1, 3, 4, 5)), "do not fit together")
    refuses("no repeats", model([node("Tile", "x r", "y")], constants=[integers("r", 1, 0, 1, 1)]), "0 repeats")
    refuses("2^40 repeats", model([node("Tile", "x r", "y")], constants=[integers("r", 1, 1 << 40, 1, 1)]), "limit")
    refuses("a condition that depends on the input", model([node("If", "x", "y")]), "condition depends on the input")
    huge = [tensor("c", [1], bytes(4)), integers("r", 1 << 40)]
    refuses("a constant repeated 2^40 times", model(
        [node("Tile", "c r", "t"), node("Add", "x t", "y")], constants=huge), "too large")
    rest = [node("Mod", "a b", "s", integer("fmod", 1)), node("Reshape", "x s", "r"), node("Relu", "r", "y")]
    accepts("a rest that has the sign of what was divided, -7 and 3: -1", model(
        rest, constants=[integers("a", 1, -7), integers("b", 3)]))
    refuses("a rest that has the sign of the divisor: 2", model(
        [node("Mod", "a b", "s"), *rest[1:]], constants=[integers("a", 1, -7), integers("b", 3)]), "Reshape")
    refuses("a vector times a matrix of four axes", model(
        [node("MatMul", "x w", "y")], (4,), constants=[tensor("w", [1, 1, 4, 6], bytes(96))]), "1x1x4x6")


def names():
    """Over-reads show only in a sanitized build, or at the end of a block of memory."""
    for length in (201, 500, 999):
        chain = [node("Relu", f"t{i}", f"t{i + 1}", name=f"{i:0{length}}") for i in range(400)]
        accepts(f"400 names of {length} bytes", model(chain, outputs=["t400"], inputs=[value("t0", [1, 1, 1, 1])]))


time_and_memory()
sums()
meanings()
names()
