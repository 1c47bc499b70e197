"""Small ONNX models as starting points for the fuzzer, for the parts of the importer that ONNX's own tests and cnnc's
exports do not reach. Imported by `seeds`; models() yields their bytes. A model here may be valid or not."""
import struct

from wire import data, number


def tensor(name, dims, content, kind=1):
    """`content`: the field of the numbers and any that follow, or floats."""
    if isinstance(content, (list, range)):
        content = data(9, struct.pack(f"<{len(content)}f", *content))
    return b"".join(number(1, d) for d in dims) + number(2, kind) + data(8, name) + content


def integers(name, *numbers):
    return tensor(name, [len(numbers)], data(9, struct.pack(f"<{len(numbers)}q", *numbers)), kind=7)


def external(name, dims, **entries):
    parts = b"".join(data(13, data(1, key) + data(2, str(entry))) for key, entry in entries.items())
    return tensor(name, dims, parts + number(14, 1))


def attribute(name, value):
    if isinstance(value, bytes):
        return data(5, data(1, name) + data(5, value) + number(20, 4))
    if isinstance(value, str):
        return data(5, data(1, name) + data(4, value) + number(20, 3))
    if isinstance(value, float):
        return data(5, data(1, name) + b"\x15" + struct.pack("<f", value) + number(20, 1))
    if isinstance(value, int):
        return data(5, data(1, name) + number(3, value) + number(20, 2))
    if value and isinstance(value[0], float):
        return data(5, data(1, name) + data(7, struct.pack(f"<{len(value)}f", *value)) + number(20, 6))
    return data(5, data(1, name) + b"".join(number(8, v) for v in value) + number(20, 7))


def node(kind, inputs, outputs, **attributes):
    ends = b"".join(data(1, i) for i in inputs.split()) + b"".join(data(2, o) for o in outputs.split())
    return ends + data(4, kind) + b"".join(attribute(k, v) for k, v in attributes.items())


def ends(name, dims):
    return data(1, name) + data(2, data(1, number(1, 1) + data(2, b"".join(data(1, number(1, d)) for d in dims))))


def model(nodes, tensors=(), opset=18, dims=(1, 2, 4, 4)):
    graph = b"".join(data(1, n) for n in nodes) + data(2, "g") + b"".join(data(5, t) for t in tensors)
    graph += data(11, ends("x", dims)) + data(12, ends("y", [1]))
    return number(1, 8) + data(8, number(2, opset)) + data(7, graph)


def stored():
    """Numbers in every form that a tensor can have, added to the input."""
    def plus(numbers, cast=False):
        nodes = [node("Cast", "c", "d", to=1), node("Add", "x d", "y")] if cast else [node("Add", "x c", "y")]
        return model(nodes, [numbers])
    half = struct.pack("<4H", 0x3C00, 0x7C00, 0x7E00, 0x0001)
    for kind, content in ((11, data(10, struct.pack("<4d", 1, 2, 3, 4))), (11, data(9, struct.pack("<4d", 1, 2, 3, 4))),
                          (16, data(9, half)), (16, data(5, b"\x80\x7f" + b"\x01" * 3)), (10, data(9, half)),
                          (12, data(11, b"\1\2\3\4")), (13, data(11, b"\1\2\3\4")), (7, data(7, b"\1\2\3\4")),
                          (2, data(9, b"\1\2\3\4")), (3, data(5, b"\1\2\3\4")), (9, data(5, b"\1\0\1\0"))):
        yield plus(tensor("c", [4], content, kind), kind != 11)
        yield plus(tensor("c", [4], content, kind))
    for entries in ({}, {"offset": 0, "length": 16}, {"offset": 1, "length": 16}, {"offset": 4090}, {"length": 8}):
        yield plus(external("c", [4], location="data", **entries))
        yield model([node("Add", "x c", "z"), node("Add", "z d", "y")],
                    [external("c", [4], location="data", **entries), external("d", [4], location="./data")])
    yield plus(external("c", [4], location="missing"))
    yield plus(external("c", [1 << 20], location="data"))
    yield model([node("Add", f"t{i} c{i}", f"t{i + 1}") for i in range(9)] + [node("Add", "t9 x", "y")],
                [external(f"c{i}", [250, 4], location="data", offset=4 * i + 1) for i in range(9)]
                + [tensor("t0", [4], [1] * 4)])


def constants():
    """Constant in all its forms, and operators that are folded."""
    for name, value in (("value_float", 2.5), ("value_int", 3), ("value_floats", [1.0, 2.0, 3.0, 4.0]),
                        ("value_ints", [1, 2, 3, 4]), ("value", tensor("", [], [1.5])), ("value_string", "a")):
        yield model([node("Constant", "", "c", **{name: value}), node("Cast", "c", "d", to=1), node("Mul", "x d", "y")])
    shapes = integers("s", 1, 2), integers("e", 2, 3), integers("big", 1 << 40)
    numbers = tensor("n", [2, 3], [1, 2, 3, 4, 5, 6])
    for nodes in ([node("Slice", "n s e", "c")], [node("Slice", "n s e s", "c")], [node("Slice", "n s big", "c")],
                  [node("Gather", "n s", "c", axis=1)], [node("Gather", "n e", "c", axis=0)],
                  [node("Expand", "n e", "c")],
                  [node("Expand", "n big", "c")], [node("ConstantOfShape", "e", "c")],
                  [node("ConstantOfShape", "n", "c")],
                  [node("ConstantOfShape", "big", "c")], [node("Range", "s e s", "c")],
                  [node("Concat", "n n", "c", axis=1)],
                  [node("Concat", "n s", "c", axis=0)], [node("Where", "s n n", "c")],
                  [node("Transpose", "n", "c", perm=[1, 0])],
                  [node("Transpose", "n", "c", perm=[1, 1])], [node("Squeeze", "n s", "c")],
                  [node("Unsqueeze", "n s", "c")],
                  [node("Reshape", "n e", "c")], [node("Shape", "x", "i"), node("Slice", "i s e", "c")],
                  [node("Shape", "x", "i"), node("Gather", "i big", "c")], [node("Equal", "n n", "c")],
                  [node("Split", "n", "c b")],
                  [node("Tile", "n s", "c")], [node("Pow", "n n", "c")], [node("Neg", "n", "c")],
                  [node("ReduceMean", "n", "c")]):
        yield model([*nodes, node("Cast", "c", "d", to=1), node("Add", "x d", "y")], [*shapes, numbers])


def products():
    four, square, bias = tensor("v", [4], [1, 2, 3, 4]), tensor("w", [4, 4], range(16)), tensor("b", [4], [1] * 4)
    yield model([node("MatMul", "x v", "y")], [four])
    yield model([node("MatMul", "v x", "y")], [four])
    yield model([node("MatMul", "w x", "y")], [square])
    yield model([node("MatMul", "x w", "y")], [tensor("w", [1, 2, 4, 4], range(32))])
    yield model([node("MatMul", "x w", "y")], [tensor("w", [3, 4, 4], range(48))])
    for more in ({}, {"beta": 2.0}, {"alpha": 0.5, "beta": 0.0}, {"transA": 1}, {"transB": 1}):
        yield model([node("Gemm", "x w b", "y", **more)], [square, bias], dims=(1, 4))
        yield model([node("Gemm", "x w x", "y", **more)], [square], dims=(1, 4))
        yield model([node("Mul", "x b", "z"), node("Gemm", "z w z", "y", **more)], [square, bias], dims=(1, 4))
    yield model([node("MatMul", "x w", "z"), node("MatMul", "z w", "y")], [square])
    kernel = tensor("w", [2, 2, 3, 3], range(36))
    for more in ({"output_shape": [8, 8], "strides": [2, 2]}, {"output_shape": [1]},
                 {"output_padding": [1, 1], "strides": [2, 2]},
                 {"auto_pad": "SAME_LOWER", "strides": [2, 2]}, {"pads": [-1, 0, 0, 0]}, {"group": 2}):
        yield model([node("ConvTranspose", "x w", "y", **more)], [kernel])
        yield model([node("Conv", "x w", "y", **more)], [kernel])


def layers():
    one, two, four = tensor("i", [1], [1]), tensor("c", [2], [1, 2]), tensor("f", [4], [1, 2, 3, 4])
    for nodes in ([node("BatchNormalization", "x c c c c", "y", training_mode=1)],
                  [node("BatchNormalization", "x f c c c", "y")],
                  [node("GroupNormalization", "x c c", "y", num_groups=2)],
                  [node("GroupNormalization", "x c c", "y", num_groups=3)],
                  [node("GroupNormalization", "x c x", "y", num_groups=1)],
                  [node("InstanceNormalization", "x c c", "y")],
                  [node("LayerNormalization", "x f f", "y", axis=-1)], [node("LayerNormalization", "x f", "y", axis=1)],
                  [node("LpPool", "x", "y", p=1, kernel_shape=[2, 2])],
                  [node("LpPool", "x", "y", p=3, kernel_shape=[2, 2])],
                  [node("LpPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 2])],
                  [node("GlobalLpPool", "x", "y", p=1)],
                  [node("GlobalLpPool", "x", "y", p=3)],
                  [node("MaxPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 2], ceil_mode=1)],
                  [node("AveragePool", "x", "y", kernel_shape=[2, 2], dilations=[2, 2])],
                  [node("MaxPool", "x", "y z", kernel_shape=[2, 2])],
                  [node("ReduceMean", "x s", "y")], [node("ReduceMean", "x x", "y")],
                  [node("ReduceL2", "x", "y", axes=[2, 3])],
                  [node("Clip", "x i i", "y")], [node("Clip", "x n i", "y")], [node("Clip", "x f", "y")],
                  [node("Max", "x i", "y")],
                  [node("Max", "x z", "y")], [node("Max", "x f x", "y")], [node("Min", "x f", "y")],
                  [node("PRelu", "x f", "y")],
                  [node("PRelu", "x m", "y")], [node("PRelu", "x c", "y")],
                  [node("Softmax", "x", "s1", axis=1), node("Log", "s1", "y")],
                  [node("Softmax", "x", "s1", axis=-1), node("Log", "s1", "y")], [node("Elu", "x", "y", alpha=0.0)],
                  [node("Dropout", "x", "y", training_mode=1)], [node("Slice", "x s s s s", "y")],
                  [node("Slice", "x s e i", "y")],
                  [node("Squeeze", "x s", "y")], [node("Squeeze", "x x", "y")], [node("Squeeze", "x", "y")],
                  [node("Unsqueeze", "x s", "y")],
                  [node("Unsqueeze", "x p", "y")], [node("Gather", "x s", "y", axis=1)], [node("Gather", "x x", "y")],
                  [node("GatherND", "x s", "y")], [node("Gather", "x p", "y", axis=3)], [node("Expand", "x s", "y")],
                  [node("Expand", "x x", "y")],
                  [node("Resize", "x e f", "y", mode="linear")], [node("Upsample", "x f", "y", mode="linear")],
                  [node("Pad", "x s", "y")],
                  [node("Pad", "x s x", "y")], [node("Tile", "x s", "y")],
                  [node("DepthToSpace", "x", "y", blocksize=2)],
                  [node("Transpose", "x", "y", perm=[0, 0, 1, 2])], [node("Split", "x", "y z", axis=1)],
                  [node("Split", "x p", "y z", axis=3)],
                  [node("Mul", "x x", "a"), node("Mul", "a x", "b"), node("Add", "b x", "y")], [node("Erf", "x", "y")],
                  [node("Sigmoid", "x", "a"), node("Mul", "a x", "y")],
                  [node("Add", "x i", "a"), node("Clip", "a z p", "b"), node("Mul", "x b", "y")]):
        tensors = [one, two, four, integers("s", 1, 1), integers("e", 2, 3), integers("p", 0, 3), tensor("z", [], [0]),
                   tensor("n", [], [float("-inf")]), tensor("m", [2, 1, 1], [1, 2])]
        yield model(nodes, tensors)
        yield model(nodes, tensors, dims=(1, 8))
        yield model(nodes, tensors, opset=13, dims=(1, 4, 1, 4))
    for axis in (0, 1, 3, 9):  # before opset 7
        yield model([node("Add", "x c", "y", axis=axis, broadcast=1)], [two], opset=6)
        yield model([node("Mul", "x f", "y", axis=axis, broadcast=1)], [four], opset=6)


def nested():
    """A graph in an attribute of a node of a graph ..."""
    graph = data(2, "g")
    for _ in range(300):
        graph = data(1, data(4, "If") + data(5, data(1, "then_branch") + data(6, graph)))
    yield number(1, 8) + data(8, number(2, 18)) + data(7, graph)


def models():
    for part in (stored, constants, products, layers, nested):
        yield from part()
