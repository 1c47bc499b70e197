#!/usr/bin/python3
"""Generates tests/onnx/zoo/test_*: small models for what the stored backend tests lack: opsets 18 to 22, and
patterns of several operators. The expected outputs are ONNX Runtime's. Needs python3-onnx.

    make_newer.py ORT_RUN LIBRARY      ORT_RUN: tests/onnx/ort_run.c, built"""
import os
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ZOO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "zoo")
RANDOM = np.random.RandomState(3)


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


def floats(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def save(name, opset, nodes, shape, constants=None, outputs="y", kind=TensorProto.FLOAT, formula=None):
    initializers = [numpy_helper.from_array(np.asarray(v), k) for k, v in (constants or {}).items()]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", kind, shape)],
                              [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs.split()],
                              initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    folder = os.path.join(ZOO, "test_" + name)
    os.makedirs(os.path.join(folder, "test_data_set_0"), exist_ok=True)
    path = os.path.join(folder, "model.onnx")
    onnx.save(model, path)
    data = os.path.join(folder, "test_data_set_0")
    if not formula:
        subprocess.run([sys.argv[1], sys.argv[2], path, data], check=True)
        return
    image = floats(*shape)
    for what, array in (("input", image), ("output", formula(image))):
        with open(os.path.join(data, what + "_0.pb"), "wb") as file:
            file.write(numpy_helper.from_array(array.astype(np.float32)).SerializeToString())


def lrn(x, size, alpha, beta, bias):
    """By the formula: ONNX Runtime refuses even sizes."""
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        begin, end = max(0, c - (size - 1) // 2), min(x.shape[1], c + size // 2 + 1)
        y[:, c] = x[:, c] / (bias + alpha / size * (x[:, begin:end] ** 2).sum(axis=1)) ** beta
    return y


def newer():
    save("gelu", 20, [node("Gelu", "x", "y")], [1, 3, 4, 5])
    save("gelu_tanh", 20, [node("Gelu", "x", "y", approximate="tanh")], [1, 3, 4, 5])
    save("mish", 18, [node("Mish", "x", "y")], [1, 3, 4, 5])
    save("hardswish", 22, [node("HardSwish", "x", "y")], [1, 3, 4, 5])
    save("group_norm", 21, [node("GroupNormalization", "x w b", "y", num_groups=2, epsilon=1e-3)], [1, 6, 4, 5],
         {"w": floats(6), "b": floats(6)})
    save("split_parts", 18, [node("Split", "x", "a b c", axis=1, num_outputs=3), node("Concat", "c a b", "y", axis=1)],
         [1, 8, 3, 4])
    save("pad_axes", 18, [node("Pad", "x p v a", "y")], [1, 3, 4, 5],
         {"p": ints(1, 0, 2, 1), "v": np.float32(0.5), "a": ints(3, -2)})
    save("pad_wrap", 19, [node("Pad", "x p", "y", mode="wrap")], [1, 2, 4, 5], {"p": ints(0, 0, 1, 2, 0, 0, 3, 1)})
    save("resize_axes", 18, [node("Resize", "x r s", "y", axes=[2, 3], mode="linear")], [1, 2, 4, 5],
         {"r": floats(0), "s": np.array([2.0, 3.0], np.float32)})
    save("reduce_axes", 18, [node("ReduceMean", "x a", "m", keepdims=1), node("ReduceL2", "x a", "n"),
                             node("Concat", "m n", "y", axis=1)], [1, 3, 4, 5], {"a": ints(2, 3)})
    save("pool_ceil", 22, [node("MaxPool", "x", "a", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
                           node("AveragePool", "x", "b", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
                           node("Sub", "a b", "y")], [1, 3, 8, 10])
    save("pool_dilated", 22, [node("MaxPool", "x", "y", kernel_shape=[3, 2], dilations=[2, 3], pads=[1, 1, 1, 1])],
         [1, 3, 9, 10])
    save("clip_upper", 13,
         [helper.make_node("Clip", ["x", "", "h"], ["y"])], [1, 3, 4, 5], {"h": np.float32(0.3)})
    save("lrn_even", 13, [node("LRN", "x", "y", size=4, alpha=0.5, beta=0.6, bias=1.5)], [1, 7, 3, 4],
         formula=lambda x: lrn(x, 4, 0.5, 0.6, 1.5))
    save("selu_celu", 13, [node("Selu", "x", "a", alpha=1.5, gamma=1.2), node("Celu", "a", "y", alpha=0.7)],
         [1, 3, 4, 5])


def patterns():
    w = {"w": floats(4, 3, 3, 3), "b": floats(4)}
    save("nhwc", 13, [node("Transpose", "x", "c", perm=[0, 3, 1, 2]), node("Conv", "c w b", "d", pads=[1, 1, 1, 1]),
                      node("Transpose", "d", "e", perm=[0, 2, 3, 1]), node("Softmax", "e", "y", axis=-1)],
         [1, 5, 6, 3], w)
    save("nhwc_bytes", 13, [node("Cast", "x", "f", to=1), node("Mul", "f s", "g"),
                            node("Transpose", "g", "c", perm=[0, 3, 1, 2]), node("Conv", "c w b", "y")], [1, 5, 6, 3],
         dict(w, s=np.float32(1 / 255)), kind=TensorProto.UINT8)
    chain = [node("Shape", "x", "s"), node("Gather", "s zero", "n", axis=0), node("Unsqueeze", "n axes", "n1"),
             node("Concat", "n1 minus", "shape", axis=0), node("Reshape", "x shape", "r"), node("Gemm", "r w b", "y")]
    save("shape_chain", 13, chain, [1, 3, 2, 2],
         {"zero": np.int64(0), "axes": ints(0), "minus": ints(-1), "w": floats(12, 5), "b": floats(5)})
    for mode in ("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"):
        save("auto_pad_" + mode.lower(), 13,
             [node("Conv", "x w b", "c", auto_pad=mode, strides=[2, 2], kernel_shape=[3, 3]),
              node("MaxPool", "c", "y", auto_pad=mode, kernel_shape=[2, 2])], [1, 3, 8, 9], w)
    save("pad_conv", 13, [node("Pad", "x p", "q"), node("Conv", "q w b", "y", pads=[0, 1, 0, 1])], [1, 3, 5, 6],
         dict(w, p=ints(0, 0, 1, 2, 0, 0, 3, 0)))
    save("conv_add", 13, [node("Conv", "x w", "c"), node("Add", "c b", "y")], [1, 3, 5, 6],
         {"w": floats(4, 3, 3, 3), "b": floats(4, 1, 1)})
    save("swish", 13, [node("Sigmoid", "x", "s"), node("Mul", "s x", "y")], [1, 3, 4, 5])
    save("hardswish_parts", 13, [node("Add", "x three", "a"), helper.make_node("Clip", ["a", "zero", "six"], ["c"]),
                                 node("Mul", "x c", "m"), node("Div", "m six", "y")], [1, 3, 4, 5],
         {"three": np.float32(3), "zero": np.float32(0), "six": np.float32(6)})
    norm = [node("ReduceMean", "x", "m", axes=[-1]), node("Sub", "x m", "d"), node("Pow", "d two", "q"),
            node("ReduceMean", "q", "v", axes=[-1]), node("Add", "v eps", "e"), node("Sqrt", "e", "r"),
            node("Div", "d r", "n"), node("Mul", "n w", "o"), node("Add", "o b", "y")]
    save("layer_norm_parts", 13, norm, [1, 7, 6],
         {"two": np.float32(2), "eps": np.float32(1e-5), "w": floats(6), "b": floats(6)})
    shuffle = [node("Reshape", "x a", "r"), node("Transpose", "r", "t", perm=[0, 2, 1, 3, 4]),
               node("Reshape", "t b", "y")]
    save("shuffle", 13, shuffle, [1, 6, 3, 4], {"a": ints(1, 2, 3, 3, 4), "b": ints(1, 6, 3, 4)})
    save("broadcasts", 13, [node("Mul", "x r", "a"), node("Add", "a c", "b"), node("Sub", "one b", "d"),
                            node("Div", "d e", "y")], [1, 3, 4, 5],
         {"r": floats(4, 1), "c": floats(5), "one": np.float32(1), "e": 2 + floats(3, 1, 5)})
    save("min_max", 13, [node("Neg", "x", "n"), node("Min", "x n", "a"), node("Max", "a c", "y")], [1, 3, 4, 5],
         {"c": -floats(3, 1, 1)})
    save("two_heads", 13, [node("Conv", "x w b", "c"), node("Relu", "c", "first"), node("GlobalAveragePool", "c", "g"),
                           node("Flatten", "g", "second")], [1, 3, 5, 6], w, outputs="first second")
    save("matmul_left", 13, [node("MatMul", "w x", "m"), node("MatMul", "m v", "y")], [3, 4],
         {"w": floats(5, 3), "v": floats(4, 2)})
    save("strided_slice", 13, [node("Slice", "x s e a t", "y")], [1, 3, 7, 9],
         {"s": ints(0, -1), "e": ints(7, -100), "a": ints(2, 3), "t": ints(2, -3)})


newer()
patterns()
