#!/usr/bin/python3
"""Generates tests/onnx/zoo/test_trap_*: models that an importer gets wrong if it trusts a resemblance.
The expected outputs are computed here, from the operators' definitions. Needs python3-onnx."""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ZOO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "zoo")
RANDOM = np.random.RandomState(7)


def floats(*shape):
    return RANDOM.uniform(-2, 2, shape).astype(np.float32)


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs.split(" ") if inputs else [], outputs.split(), **attributes)


def number(name, value):
    """A constant that does not come from training."""
    return node("Constant", "", name, value=numpy_helper.from_array(np.asarray(value, np.float32)))


def save(name, opset, shape, nodes, constants, outputs, formula):
    initializers = [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs.split()],
                              initializers)
    folder = os.path.join(ZOO, "test_trap_" + name)
    data = os.path.join(folder, "test_data_set_0")
    os.makedirs(data, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8),
              os.path.join(folder, "model.onnx"))
    image = floats(*shape)
    for what, arrays in (("input", [image]), ("output", formula(image))):
        for i, array in enumerate(arrays):
            with open(os.path.join(data, f"{what}_{i}.pb"), "wb") as file:
                file.write(numpy_helper.from_array(np.asarray(array).astype(np.float32)).SerializeToString())


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def patterns():
    """Lookalikes of SiLU, a hard sigmoid, a radial basis function, a scaled tanh."""
    save("gate_twice", 17, [1, 3, 4, 4],
         [node("Sigmoid", "x", "s"), node("Mul", "s s", "q"), node("Mul", "q x", "y")], {}, "y",
         lambda x: [sigmoid(x) ** 2 * x])
    bounds = {"zero": np.float32(0), "six": np.float32(6)}
    save("hard_gate_twice", 17, [1, 3, 4, 4],
         [number("three", 3), node("Add", "x three", "a"), node("Clip", "a zero six", "c"), node("Mul", "c c", "q"),
          node("Div", "q six", "y")], bounds, "y", lambda x: [np.clip(x + 3, 0, 6) ** 2 / 6])
    kernel = floats(3, 2, 1, 1)
    save("gate_after_offset", 17, [1, 2, 4, 4],
         [number("three", 3), node("Conv", "x w", "c"), node("Add", "c three", "a"), node("Clip", "a zero six", "k"),
          node("Div", "k six", "y")], {"w": kernel, **bounds}, "y",
         lambda x: [np.clip(conv(x, kernel) + 3, 0, 6) / 6])
    matrix, prototype = floats(4, 6), floats(6)
    save("distance_after_offset", 17, [1, 4],
         [node("MatMul", "x w", "c"), node("Sub", "c p", "d"), node("Mul", "d d", "q"),
          node("ReduceSum", "q axes", "y")],
         {"w": matrix, "p": prototype, "axes": np.array([1])}, "y",
         lambda x: [((x @ matrix - prototype) ** 2).sum(1, keepdims=True)])
    softmax = node("Softmax", "m", "y", axis=1)
    save("tanh_raised", 17, [1, 5], [number("c", [[[[2]]]]), node("Tanh", "x", "t"), node("Mul", "t c", "m"), softmax],
         {}, "y", lambda x: [np.ones((1, 1, 1, 5))])
    for kind in ("Pow", "Min", "Max"):
        save(kind.lower() + "_raised", 17, [1, 5], [node(kind, "x two", "m"), softmax],
             {"two": np.full((1, 1, 1), 2, np.float32)}, "y", lambda x: [np.ones((1, 1, 5))])


def conv(x, kernel):
    return np.einsum("ok,nkhw->nohw", kernel[:, :, 0, 0], x)


def views():
    """An offset that must not be folded into a layer whose result is also read under another name."""
    kernel, bias = floats(3, 2, 1, 1), floats(1, 3, 1, 1)
    save("bias_of_an_alias", 17, [1, 2, 4, 4],
         [node("Conv", "x w", "c"), node("Identity", "c", "i"), node("Add", "i b", "a"), node("Relu", "c", "r"),
          node("Add", "a r", "y")], {"w": kernel, "b": bias}, "y",
         lambda x: [conv(x, kernel) + bias + np.maximum(conv(x, kernel), 0)])
    save("bias_of_a_reshape", 17, [1, 2, 4, 4],
         [number("three", 3), node("Conv", "x w", "c"), node("Reshape", "c shape", "i"), node("Add", "i three", "a"),
          node("Relu", "c", "r"), node("Reshape", "r shape", "s"), node("Add", "a s", "y")],
         {"w": kernel, "shape": np.array([1, 48])}, "y",
         lambda x: [(conv(x, kernel) + 3 + np.maximum(conv(x, kernel), 0)).reshape(1, 48)])
    save("two_results_of_one", 17, [1, 2, 4, 4],
         [number("three", 3), node("Conv", "x w", "c"), node("Identity", "c", "i"), node("Add", "i three", "a"),
          node("Identity", "c", "b")], {"w": kernel}, "b a", lambda x: [conv(x, kernel), conv(x, kernel) + 3])
    save("turned_twice", 17, [1, 2, 3, 4],
         [node("Transpose", "x", "a", perm=[0, 2, 3, 1]), node("Transpose", "a", "b", perm=[0, 3, 2, 1]),
          node("Softmax", "b", "c", axis=-2), node("Transpose", "c", "y", perm=[0, 1, 3, 2])], {}, "y",
         lambda x: [turned(np.exp(x.transpose(0, 2, 3, 1).transpose(0, 3, 2, 1)))])
    masks = [np.float32([[1, 0], [0, 1], [1, 1]]).reshape(3, 2, 1, 1),
             np.float32([[0, 1], [1, 0], [1, 1]]).reshape(3, 2, 1, 1)]
    save("one_kernel_two_masks", 17, [1, 2, 4, 4],
         [number("m", masks[0]), number("n", masks[1]), node("Mul", "w m", "v"), node("Mul", "w n", "u"),
          node("Conv", "x v", "a"), node("Conv", "x u", "b"), node("Sub", "a b", "y")], {"w": kernel}, "y",
         lambda x: [conv(x, kernel * masks[0]) - conv(x, kernel * masks[1])])


def sizes():
    """Scales are floats: 5 * 1.4 is 7 in floats, and less in doubles."""
    scales = np.float32([1, 1, 1.4, 0.6])
    rows, columns = (np.floor(np.arange(count, dtype=np.float32) / scale).astype(int)
                     for count, scale in ((7, scales[2]), (6, scales[3])))
    save("resize_by_floats", 13, [1, 2, 5, 10],
         [node("Resize", "x  s", "y", mode="nearest", coordinate_transformation_mode="asymmetric",
               nearest_mode="floor")], {"s": scales}, "y", lambda x: [x[:, :, rows][..., columns]])


def as_floats(name, result="y"):
    return node("Cast", name, result, to=TensorProto.FLOAT)


def choices():
    """Comparisons with what floats make hard, choices of what must not be touched, places, integers."""
    # What has no logarithm must not reach the result.
    numbers = {"zero": np.float32(0), "half": np.float32(0.5)}
    save("where_undefined", 17, [1, 3, 4, 4],
         [node("Log", "x", "l"), node("Greater", "x zero", "c"), node("Where", "c l x", "y")], numbers, "y",
         lambda x: [np.where(x > 0, np.log(np.abs(x)), x)])
    save("where_computed", 17, [1, 3, 4, 4],
         [node("Sub", "x x", "z"), node("Div", "x z", "i"), node("GreaterOrEqual", "x half", "c"),
          node("Where", "c x zero", "w"), node("IsInf", "i", "n"), node("Not", "n", "k"), as_floats("k", "kf"),
          node("Add", "w kf", "y")], numbers, "y", lambda x: [np.where(x >= 0.5, x, 0) + (x == 0)])
    save("masked_softmax", 17, [1, 2, 4, 4],
         [node("Where", "t x low", "w"), node("Softmax", "w", "y", axis=-1)],
         {"t": np.tril(np.ones((4, 4), bool)), "low": np.float32(-np.inf)}, "y",
         lambda x: [share(np.where(np.tril(np.ones((4, 4), bool)), x, -np.inf))])
    save("first_of_equals", 17, [1, 4, 3, 5],
         [node("Round", "x", "r"), node("ArgMax", "r", "a", axis=1, keepdims=0),
          node("ArgMax", "r", "b", axis=3, select_last_index=1), node("ArgMin", "r", "c", axis=2, keepdims=1),
          as_floats("a", "fa"), as_floats("b", "fb"), as_floats("c", "fc")], {}, "fa fb fc",
         lambda x: [np.round(x).argmax(1), 4 - np.round(x)[..., ::-1].argmax(3)[..., None],
                    np.round(x).argmin(2)[:, :, None]])
    save("whole_numbers", 17, [1, 2, 4, 4],
         [node("Mul", "x ten", "t"), node("Cast", "t", "i", to=TensorProto.INT64), node("Div", "i three", "q"),
          node("Mod", "i three", "r"), node("Mod", "i three", "f", fmod=1), as_floats("q", "fq"), as_floats("r", "fr"),
          as_floats("f", "ff")], {"ten": np.float32(10), "three": np.int64(3)}, "fq fr ff",
         lambda x: [np.trunc(np.trunc(x * np.float32(10)) / 3), np.mod(np.trunc(x * np.float32(10)), 3),
                    np.fmod(np.trunc(x * np.float32(10)), 3)])
    table = floats(7, 3)
    save("rows_of_a_table", 17, [1, 5],
         [node("Cast", "x", "i", to=TensorProto.INT64), node("Gather", "t i", "g", axis=0),
          node("OneHot", "i depth values", "o", axis=1)],
         {"t": table, "depth": np.int64(4), "values": np.float32([-1, 2])}, "g o",
         lambda x: [table[np.trunc(x).astype(int)], hot(np.trunc(x), 4)])


def share(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def hot(index, depth):
    index = np.where(index < 0, index + depth, index)
    return np.where(np.arange(depth)[None, :, None] == index[:, None, :], 2, -1)


def turned(x):
    return (x / x.sum(-2, keepdims=True)).transpose(0, 1, 3, 2)


patterns()
views()
sizes()
choices()
