#!/usr/bin/python3
"""Generates tests/onnx/zoo/test_*: small models for what the stored backend tests lack: opsets 18 to 22, and
patterns of several operators. The expected outputs are ONNX Runtime's, or those of a formula. Needs python3-onnx.

    make_newer.py ORT_RUN LIBRARY      ORT_RUN: tests/onnx/ort_run.c, built
    make_newer.py                      those with formulas alone"""
import math
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


def formulas():
    """By NumPy's formulas, so that they need no runtime that knows their opset."""
    global RANDOM
    RANDOM = np.random.RandomState(7)

    def erf(x):
        return np.vectorize(math.erf)(x)

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def softmax(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    half, root, one = np.float32(0.5), np.float32(2 ** 0.5), np.float32(1)
    save("elementwise_26", 26, [node("Abs", "x", "p"), node("Add", "p t", "q"), node("Log", "q", "a"),
                                node("Sqrt", "q", "b"), node("Exp", "x", "c"), node("Erf", "x", "d"),
                                node("Mul", "x n", "m"), node("Round", "m", "e"), node("Sin", "x", "f"),
                                node("Sum", "a b c d e f", "y")],
         [1, 3, 4, 5], {"t": np.float32(0.25), "n": np.float32(9)}, formula=lambda x: (
             np.log(abs(x) + 0.25) + np.sqrt(abs(x) + 0.25) + np.exp(x) + erf(x) + np.round(9 * x) + np.sin(x)))
    save("swish_24", 24, [node("Swish", "x", "a"), node("Swish", "a", "y", alpha=1.5)], [1, 3, 4, 5],
         formula=lambda x: (lambda a: a * sigmoid(1.5 * a))(x * sigmoid(x)))
    w = floats(5)
    save("rms_norm_23", 23, [node("RMSNormalization", "x w", "y", axis=-1, epsilon=1e-3)], [2, 3, 5], {"w": w},
         formula=lambda x: x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-3) * w)
    save("tile", 13, [node("Tile", "x r", "y")], [1, 2, 3, 4], {"r": ints(1, 3, 2, 2)},
         formula=lambda x: np.tile(x, (1, 3, 2, 2)))
    c, n = floats(1, 2, 4, 5), np.zeros((1, 3, 4, 5), np.float32)
    save("concat_constants", 13, [node("Concat", "n x c x n", "y", axis=1)], [1, 2, 4, 5], {"c": c, "n": n},
         formula=lambda x: np.concatenate([n, x, c, x, n], 1))
    token = floats(1, 1, 6)
    save("concat_token", 13, [node("Concat", "c x", "y", axis=1)], [1, 7, 6], {"c": token},
         formula=lambda x: np.concatenate([token, x], 1))
    save("split_constant", 13, [node("Split", "c", "a b", axis=0), node("LessOrEqual", "a b", "l"),
                                node("Cast", "l", "f", to=1), node("Mul", "x f", "y")], [1, 2, 3],
         {"c": np.array([1, 5, 3, 2, 4, 9], np.float32)}, formula=lambda x: x * np.float32([1, 0, 1]))
    save("constant_sums", 13, [node("ReduceProd", "s", "n", keepdims=1), node("Concat", "one n", "t", axis=0),
                               node("Reshape", "x t", "y")], [1, 2, 3, 4], {"s": ints(2, 3, 4), "one": ints(1)},
         formula=lambda x: x.reshape(1, 24))
    for i, operands in enumerate(["z h", "h z", "z e", "e z"]):  # 0.5*z*(1 + erf), whatever comes first
        rest = "e" if "h" in operands else "h"
        save(f"gelu_after_silu_{i}", 13, [
            node("Sigmoid", "x", "s"), node("Mul", "x s" if i % 2 else "s x", "z"), node("Div", "z root", "d"),
            node("Erf", "d", "f"), node("Add", "f one", "e"), node("Mul", operands, "m"),
            node("Mul", f"m {rest}" if i < 2 else f"{rest} m", "y")], [1, 3, 4, 5],
             {"h": half, "root": root, "one": one},
             formula=lambda x: (lambda z: z * 0.5 * (1 + erf(z / np.sqrt(2))))(x * sigmoid(x)))
    save("quotients", 13, [node("Exp", "x", "e"), node("Div", "x e", "a"), node("Div", "one e", "b"),
                           node("Pow", "e x", "c"), node("Pow", "two x", "d"), node("Pow", "e p", "f"),
                           node("Mean", "a b c d f", "y")], [1, 3, 4, 5],
         {"one": one, "two": np.float32(2), "p": np.float32(-1.5)}, formula=lambda x: (
             x / np.exp(x) + np.exp(-x) + np.exp(x) ** x + 2 ** x + np.exp(x) ** -1.5) / 5)
    k, q = floats(6, 4), floats(6, 4)
    save("attention", 13, [node("MatMul", "x k", "a"), node("MatMul", "x q", "b"),
                           node("Transpose", "b", "t", perm=[0, 2, 1]), node("MatMul", "a t", "s"),
                           node("Softmax", "s", "p", axis=-1), node("MatMul", "p x", "y")], [1, 5, 6],
         {"k": k, "q": q}, formula=lambda x: softmax((x @ k) @ (x @ q).transpose(0, 2, 1)) @ x)
    save("matmul_batches", 13, [node("Transpose", "x", "t", perm=[0, 1, 3, 2]), node("MatMul", "x t", "y")],
         [2, 3, 4, 5], formula=lambda x: x @ x.transpose(0, 1, 3, 2))
    save("gemm_results", 13, [node("Tanh", "x", "t"), node("Gemm", "x t", "y", alpha=0.5, transB=1)], [4, 6],
         formula=lambda x: 0.5 * (x @ np.tanh(x).T))
    for name, axes in [("c", [1]), ("w", [3]), ("hw", [2, 3]), ("ch", [1, 2])]:
        kinds = ["ReduceLogSumExp", "ReduceProd", "ReduceMin", "ReduceL1", "ReduceLogSum"]
        nodes = [node("Exp", "x", "e")] + [node(kind, "e", f"r{i}", axes=axes) for i, kind in enumerate(kinds)]
        save("reductions_" + name, 13, nodes + [node("Sum", "r0 r1 r2 r3 r4", "y")], [1, 3, 2, 4],
             formula=lambda x, a=tuple(axes): (lambda e: np.log(np.exp(e).sum(a, keepdims=True))
                                               + e.prod(a, keepdims=True) + e.min(a, keepdims=True)
                                               + abs(e).sum(a, keepdims=True)
                                               + np.log(e.sum(a, keepdims=True)))(np.exp(x)))
    branches = {"then_branch": branch("t", [node("Relu", "x", "t")]),
                "else_branch": branch("f", [node("Neg", "x", "f")])}
    for value in (True, False):
        save(f"if_{str(value).lower()}", 13, [node("If", "c", "z", **branches), node("Add", "z x", "y")], [1, 3, 4, 5],
             {"c": np.bool_(value)}, formula=lambda x, v=value: x + (np.maximum(x, 0) if v else -x))


def branch(output, nodes):
    return helper.make_graph(nodes, output, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)])


if len(sys.argv) > 1:
    newer()
    patterns()
formulas()
