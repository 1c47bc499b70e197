"""Files that reach the limits: texts, archives, models. The bytes of a model are written here by hand."""
import pathlib
import struct
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / folder) for folder in ("onnx", "tflite")]
import writer  # noqa: E402
from wire import data, number  # noqa: E402


def layers(count, label=None):
    """A chain of `count` layers including INPUT; with `label`, each has its own."""
    if not label:
        return f"INPUT(2x2) -> [RELU]*{count - 1}\n"
    return "INPUT(2x2)\n" + "".join(f"-> {label(i)}: LRN\n" for i in range(count - 1))


def brackets(depth):
    return "INPUT(2x2) -> " + "[" * depth + "RELU" + "]" * depth + "\n"


def operators(depth):
    """A sum whose tree has this depth; a leaf is one level."""
    return f"param p = {'1+' * (depth - 1)}1\nINPUT(2x2) -> FC(p)\n"


def blocks(depth):
    return "".join(f"block b{i} = b{i + 1}\n" for i in range(1, depth)) + f"block b{depth} = RELU\nINPUT(2x2) -> b1\n"


def params(depth):
    return "".join(f"param p{i} = p{i + 1}\n" for i in range(1, depth)) + f"param p{depth} = 2\nINPUT(2x2) -> FC(p1)\n"


def formals(count):
    names = ", ".join(f"a{i}" for i in range(count))
    return f"block b({names}) = FC(a{count - 1})\nINPUT(2x2) -> b({', '.join('1' * count)})\n"


def table(entries):
    return f"table t = [{' '.join('1' * entries)}]\nINPUT(2x2) -> FC(t(0, 3))\n"


def literal(entries):
    return f"INPUT(1x1x1024) -> CONV(1024, 1x1, bias=no, weight=[{' '.join('1' * entries)}])\n"


def padded(text, size):
    return text + "#" * (size - len(text))


def zip_of(count, name="e%d", body=b""):
    """A .zip with this many empty entries and a 64-bit directory; zipfile takes ten times as long."""
    local, central, at = [], [], 0
    for i in range(count):
        entry = (name % i if "%" in name else name).encode()
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, 0, len(body), len(body), len(entry), 0)
        central.append(b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, at) + entry)
        local.append(b"PK\3\4" + fields + entry + body)
        at += len(local[-1])
    directory = b"".join(central)
    wide = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), at)
    end = b"PK\6\6" + wide + b"PK\6\7" + struct.pack("<IQI", 0, at + len(directory), 1)
    return b"".join(local) + directory + end + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 0xFFFFFFFF,
                                                                       0xFFFFFFFF, 0)


def npy(length, shape="(4,)", numbers=bytes(16)):
    """Version 2, with a header of `length` bytes."""
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % shape.encode()
    return b"\x93NUMPY\2\0" + struct.pack("<I", length) + text + b" " * (length - len(text) - 1) + b"\n" + numbers


# ---- ONNX ----

def tensor(name, dims, raw, kind=1):
    return b"".join(number(1, d) for d in dims) + number(2, kind) + data(8, name) + data(9, raw)


def value(name, dims):
    shape = b"".join(data(1, number(1, d)) for d in dims)
    return data(1, name) + data(2, data(1, number(1, 1) + data(2, shape)))


def node(kind, inputs, outputs, name=""):
    ends = b"".join(data(1, i) for i in inputs) + b"".join(data(2, o) for o in outputs)
    return ends + data(3, name) + data(4, kind)


def model(nodes, dims=(1, 3, 8, 8), initializers=(), output="y"):
    graph = b"".join(data(1, n) for n in nodes) + data(2, "g") + b"".join(data(5, t) for t in initializers)
    graph += data(11, value("x", dims)) + data(12, value(output, [1]))
    return number(1, 8) + data(8, number(2, 13)) + data(7, graph)


def relus(count, name="r"):
    """All have the same name."""
    return model([node("Relu", [f"t{i}" if i else "x"], [f"t{i + 1}"], name) for i in range(count)], (1, 1, 2, 2),
                 output=f"t{count}")


def messages(depth):
    """The model's graph is level 1, an operator in it 2, its attribute 3, a graph in that 4."""
    body = b""
    for i in reversed(range(depth)):
        body = data((7, 1, 5, 6)[i] if i < 4 else (1, 5, 6)[(i - 1) % 3], body)
    return number(1, 8) + data(8, number(2, 13)) + body


def constant_of(count):
    """A constant of this many numbers, computed from its shape."""
    nodes = [node("ConstantOfShape", ["s"], ["c"]), node("Gather", ["c", "i"], ["e"]), node("Add", ["x", "e"], ["y"])]
    ends = [tensor("s", [1], struct.pack("<q", count), 7), tensor("i", [], struct.pack("<q", 0), 7)]
    return model(nodes, initializers=ends)


def flip(count):
    """Reverses an axis of `count` elements: a matrix of count by count entries."""
    names = ("starts", "ends", "axes", "steps")
    values = (-1, -(1 << 31), 1, -1)
    ends = [tensor(n, [1], struct.pack("<q", v), 7) for n, v in zip(names, values)]
    return model([node("Slice", ["x", *names], ["y"])], (1, count, 1, 1), ends)


def of_rank(rank):
    return model([node("Relu", ["x"], ["y"])], initializers=[tensor("w", [1] * rank, bytes(4))])


def tflite_tensors(count):
    """A TensorFlow Lite model of so many tensors, two of which are used."""
    tensors = [writer.tensor("x", [1, 4]), writer.tensor("y", [1, 4])] + [writer.tensor("", [1])] * (count - 2)
    return writer.model(tensors, [writer.operator("RELU", "x", "y")])


def tflite_operands(count):
    """An operator with so many inputs."""
    tensors = [writer.tensor("x", [1, 4]), writer.tensor("y", [1, 4 * count])]
    join = writer.operator("CONCATENATION", " ".join(["x"] * count), "y", {0: ("i", 1)})
    return writer.model(tensors, [join])
