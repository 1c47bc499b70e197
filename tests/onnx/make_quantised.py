#!/usr/bin/python3
"""Generates tests/onnx/zoo/test_quantised_*: models whose results are integers of 8 bits, and lookalikes that an
importer gets wrong if it trusts a resemblance. The expected outputs are computed here, operator by operator, from
ONNX's definitions. Needs python3-onnx."""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ZOO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "zoo")
RANDOM = np.random.RandomState(11)
ELEMENTS = {np.float32: TensorProto.FLOAT, np.uint8: TensorProto.UINT8, np.int8: TensorProto.INT8}


# ---- the definitions ----

def along(numbers, axis, rank):
    numbers = np.asarray(numbers)
    return numbers if numbers.ndim == 0 else numbers.reshape([-1 if i == axis else 1 for i in range(rank)])


def quantise(x, scale, zero=np.uint8(0)):
    limits = np.iinfo(zero.dtype)
    steps = np.rint((x / scale).astype(np.float32)).astype(np.float64) + float(zero)
    return np.clip(steps, limits.min, limits.max).astype(zero.dtype)


def dequantise(q, scale, zero=None, axis=1):
    offset = 0 if zero is None else along(zero, axis, q.ndim).astype(np.int64)
    return ((q.astype(np.int64) - offset) * along(scale, axis, q.ndim).astype(np.float64)).astype(np.float32)


def windows(x, size, stride, pad, filler):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=filler)
    rows, columns = (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1
    return np.stack([[x[:, :, r * stride:r * stride + size, c * stride:c * stride + size] for c in range(columns)]
                     for r in range(rows)])  # rows, columns, images, channels, size, size


def conv(x, w, b=None, pad=0, stride=1, group=1):
    found = windows(x.astype(np.float64), w.shape[2], stride, pad, 0)[:, :, 0]
    per_group, filters = w.shape[1], w.shape[0] // group
    maps = []
    for k in range(w.shape[0]):
        first = k // filters * per_group
        maps.append(np.einsum("rcmij,mij->rc", found[:, :, first:first + per_group], w[k].astype(np.float64)))
    result = np.stack(maps)[None]
    return (result if b is None else result + b.astype(np.float64).reshape(1, -1, 1, 1)).astype(np.float32)


def deconv(x, w, b=None, stride=1):
    size = w.shape[2]
    out = np.zeros((1, w.shape[1], (x.shape[2] - 1) * stride + size, (x.shape[3] - 1) * stride + size))
    for r in range(x.shape[2]):
        for c in range(x.shape[3]):
            out[0, :, r * stride:r * stride + size, c * stride:c * stride + size] += np.einsum(
                "m,mkij->kij", x[0, :, r, c].astype(np.float64), w.astype(np.float64))
    return (out if b is None else out + b.astype(np.float64).reshape(1, -1, 1, 1)).astype(np.float32)


def max_pool(x, size):
    return np.moveaxis(windows(x, size, size, 0, 0).max(axis=(-1, -2)), (0, 1), (2, 3))


def mean_pool(x, size):
    return np.moveaxis(windows(x.astype(np.float64), size, size, 0, 0).mean(axis=(-1, -2)), (0, 1),
                       (2, 3)).astype(np.float32)


def qlinear_sum(sums, scale, weight_scale, out_scale, zero):
    """Sums of integers, by a factor of floats."""
    factor = (np.float32(scale) * np.asarray(weight_scale, np.float32)).astype(np.float32) / np.float32(out_scale)
    limits = np.iinfo(zero.dtype)
    steps = np.rint(sums.astype(np.float32) * factor.astype(np.float32)).astype(np.float64) + float(zero)
    return np.clip(steps, limits.min, limits.max).astype(zero.dtype)


def sigmoid(x):
    return (1 / (1 + np.exp(-x.astype(np.float64)))).astype(np.float32)


# ---- models ----

class Net:
    """Operators, and what each makes of the numbers before it."""

    def __init__(self, name, opset=13):
        self.name, self.opset = name, opset
        self.nodes, self.constants, self.inputs, self.outputs, self.at = [], {}, [], [], {}

    def input(self, name, numbers):
        self.inputs.append(name)
        self.at[name] = numbers
        return name

    def constant(self, name, numbers):
        numbers = np.asarray(numbers)
        self.constants[name] = self.at[name] = numbers
        return name

    def op(self, kind, inputs, output, formula, domain=None, **attributes):
        self.nodes.append(helper.make_node(kind, inputs.split(" "), [output], name=f"{output}_{kind}", domain=domain,
                                           **attributes))
        self.at[output] = formula(*[self.at[i] for i in inputs.split(" ") if i])
        return output

    def scale(self, name, scale, zero):
        self.constant(f"{name}_scale", np.asarray(scale, np.float32))
        if zero is not None:
            self.constant(f"{name}_zero", zero)
        return f" {name}_scale" + ("" if zero is None else f" {name}_zero")

    def q(self, x, scale, zero):
        return self.op("QuantizeLinear", x + self.scale(x, scale, zero), f"{x}_q", quantise)

    def qdq(self, x, scale, zero):
        """x, quantised and read again."""
        self.q(x, scale, zero)
        words = f"{x}_q {x}_scale" + ("" if zero is None else f" {x}_zero")
        return self.op("DequantizeLinear", words, f"{x}_d", dequantise)

    def weight(self, name, shape, axis=None, kind=np.int8, zero=0, most=127):
        scales = np.float32(0.004) if axis is None else RANDOM.uniform(0.002, 0.009, shape[axis]).astype(np.float32)
        numbers = RANDOM.randint(zero - most, zero + most + 1, shape).astype(kind)
        words = self.constant(f"{name}_quantized", numbers)
        words += self.scale(name, scales, np.full(scales.shape, zero, kind))
        more = {} if axis is None else {"axis": axis}
        return self.op("DequantizeLinear", words, f"{name}_d", lambda *a: dequantise(*a, axis=axis or 0), **more)

    def bias(self, name, count, unit):
        scale = np.asarray(unit, np.float32)
        words = self.constant(f"{name}_quantized", RANDOM.randint(-3000, 3000, count).astype(np.int32))
        words += self.scale(name, scale, np.zeros(scale.shape, np.int32))
        more = {"axis": 0} if scale.ndim else {}
        return self.op("DequantizeLinear", words, f"{name}_d", lambda *a: dequantise(*a, axis=0), **more)

    def unit(self, x, weight):
        return np.float32(self.at[f"{x}_scale"]) * self.at[f"{weight}_scale"]

    def save(self, *outputs):
        def info(name, shape):
            return helper.make_tensor_value_info(name, ELEMENTS[self.at[name].dtype.type], shape)
        graph = helper.make_graph(self.nodes, self.name, [info(i, self.at[i].shape) for i in self.inputs],
                                  [info(o, None) for o in outputs],
                                  [numpy_helper.from_array(v, k) for k, v in self.constants.items()])
        folder = os.path.join(ZOO, "test_quantised_" + self.name)
        data = os.path.join(folder, "test_data_set_0")
        os.makedirs(data, exist_ok=True)
        domains = sorted({n.domain for n in self.nodes if n.domain})
        onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", self.opset)] +
                                    [helper.make_opsetid(d, 1) for d in domains]), os.path.join(folder, "model.onnx"))
        for what, names in (("input", self.inputs), ("output", outputs)):
            for i, name in enumerate(names):
                with open(os.path.join(data, f"{what}_{i}.pb"), "wb") as file:
                    file.write(numpy_helper.from_array(np.ascontiguousarray(self.at[name])).SerializeToString())


def floats(*shape):
    return RANDOM.uniform(-2.5, 2.5, shape).astype(np.float32)


def whole_network(name, kind, middle, axis):
    """Convolutions, a sum, pools, a join and a product, as ONNX Runtime's quantiser writes them."""
    net, zero = Net(name), lambda z: kind(z + middle)
    net.input("x", floats(1, 3, 12, 12))
    net.qdq("x", 0.02, zero(-3))
    net.weight("first.weight", (8, 3, 3, 3), axis)
    net.bias("first.bias", 8, net.unit("x", "first.weight"))
    net.op("Conv", "x_d first.weight_d first.bias_d", "first", lambda x, w, b: conv(x, w, b, 1, 2), pads=[1] * 4,
           strides=[2, 2])
    net.op("Relu", "first", "relu", lambda x: np.maximum(x, 0))
    net.qdq("relu", 0.03, zero(-128))
    net.weight("deep.weight", (8, 1, 3, 3), axis)
    net.op("Conv", "relu_d deep.weight_d", "deep", lambda x, w: conv(x, w, None, 1, 1, 8), pads=[1] * 4, group=8)
    net.qdq("deep", 0.05, zero(3))
    net.op("Add", "relu_d deep_d", "sum", np.add)
    net.qdq("sum", 0.07, zero(-20))
    net.op("MaxPool", "sum_d", "most", lambda x: max_pool(x, 2), kernel_shape=[2, 2], strides=[2, 2])
    net.qdq("most", 0.07, zero(-20))
    net.op("Sigmoid", "most_d", "gate", sigmoid)
    net.qdq("gate", 1 / 255, zero(-128))
    net.op("Concat", "gate_d most_d", "both", lambda *a: np.concatenate(a, 1), axis=1)
    net.qdq("both", 0.05, zero(-20))
    net.op("Mul", "both_d both_d", "square", np.multiply)
    net.qdq("square", 0.2, zero(-100))
    net.weight("point.weight", (6, 16, 1, 1), axis)
    net.op("Conv", "square_d point.weight_d", "point", conv)
    net.qdq("point", 0.12, zero(0))
    net.op("AveragePool", "point_d", "means", lambda x: mean_pool(x, 3), kernel_shape=[3, 3], strides=[3, 3])
    net.qdq("means", 0.06, zero(2))
    net.op("Flatten", "means_d", "flat", lambda x: x.reshape(1, -1))
    net.qdq("flat", 0.06, zero(2))
    net.weight("last.weight", (5, 6), axis)
    net.bias("last.bias", 5, net.unit("flat", "last.weight"))
    net.op("Gemm", "flat_d last.weight_d last.bias_d", "y",
           lambda x, w, b: (x.astype(np.float64) @ w.T.astype(np.float64) + b).astype(np.float32), transB=1)
    net.qdq("y", 0.03, zero(5))
    net.save("y_d")


def operators_of_integers(kind, middle):
    """QLinearConv, QLinearMatMul, QLinearAdd and moves of integers, from integers to integers."""
    net = Net(f"qlinear_{kind.__name__}")
    low = np.iinfo(kind).min
    net.input("x", RANDOM.randint(low, low + 256, (1, 4, 6, 6)).astype(kind))
    net.scale("x", 0.1, kind(middle - 8))
    numbers = RANDOM.randint(-127, 128, (6, 4, 3, 3)).astype(np.int8)
    scales = RANDOM.uniform(0.001, 0.004, 6).astype(np.float32)
    net.constant("w", numbers), net.scale("w", scales, np.zeros(6, np.int8)), net.scale("c", 0.2, kind(middle + 9))
    net.constant("b", RANDOM.randint(-3000, 3000, 6).astype(np.int32))

    def qlinear_conv(x, xs, xz, w, ws, wz, ys, yz, b):
        sums = conv(x.astype(np.float64) - float(xz), w, b, 1)
        return qlinear_sum(sums, xs, along(ws, 1, 4), ys, yz)
    net.op("QLinearConv", "x x_scale x_zero w w_scale w_zero c_scale c_zero b", "c", qlinear_conv, pads=[1] * 4)
    net.op("MaxPool", "c", "m", lambda x: max_pool(x, 2), kernel_shape=[2, 2], strides=[2, 2])
    net.op("Concat", "m m", "mm", lambda *a: np.concatenate(a, 1), axis=1)
    net.scale("s", 0.3, kind(middle))

    def qlinear_add(a, sa, za, b, sb, zb, sc, zc):
        return quantise(dequantise(a, sa, za) + dequantise(b, sb, zb), sc, zc)
    net.op("QLinearAdd", "mm c_scale c_zero mm c_scale c_zero s_scale s_zero", "s", qlinear_add,
           domain="com.microsoft")
    net.constant("flat", np.asarray([1, -1], np.int64))
    net.op("Reshape", "s flat", "r", lambda x, _: x.reshape(1, -1))
    net.constant("v", RANDOM.randint(-127, 128, (12 * 9, 7)).astype(np.int8))
    net.scale("v", 0.004, np.int8(0)), net.scale("y", 0.25, kind(middle + 3))

    def qlinear_matmul(a, sa, za, b, sb, zb, sy, zy):
        return qlinear_sum((a.astype(np.float64) - float(za)) @ b.astype(np.float64), sa, sb, sy, zy)
    net.op("QLinearMatMul", "r s_scale s_zero v v_scale v_zero y_scale y_zero", "y", qlinear_matmul)
    net.save("y")


def halves():
    """Scales that are powers of two: half of all results are halves between two integers."""
    net = Net("halves", 10)
    net.input("x", (RANDOM.randint(-400, 400, (1, 2, 7, 7)) / 8).astype(np.float32))
    net.qdq("x", 0.25, np.int8(4))
    net.constant("w", np.asarray([[[[1]], [[2]]], [[[-3]], [[1]]], [[[1]], [[0]]]], np.int8))
    net.op("DequantizeLinear", "w" + net.scale("w", 0.5, None), "w_d", dequantise)
    net.op("Conv", "x_d w_d", "c", conv)
    net.qdq("c", 0.5, np.int8(-3))
    net.op("Add", "c_d c_d", "s", np.add)
    net.qdq("s", 4, None)
    net.save("s_d")


def readers():
    """Results that are read as floats, too, or with two scales."""
    net = Net("two_readers")
    net.input("x", floats(1, 3, 5, 5))
    net.qdq("x", 0.02, np.int8(0))
    net.weight("w", (4, 3, 3, 3))
    net.op("Conv", "x_d w_d", "c", lambda x, w: conv(x, w, None, 1), pads=[1] * 4)
    net.qdq("c", 0.1, np.uint8(128))
    net.op("Tanh", "c", "t", lambda x: np.tanh(x.astype(np.float64)).astype(np.float32))  # not of c_d
    net.op("Add", "t c_d", "y", np.add)
    net.save("y")
    net = Net("two_scales")
    net.input("x", floats(1, 3, 5, 5))
    net.op("Relu", "x", "r", lambda x: np.maximum(x, 0))
    net.op("QuantizeLinear", "r" + net.scale("a", 0.5, np.uint8(3)), "a", quantise)
    net.op("QuantizeLinear", "r" + net.scale("b", 0.125, np.int8(-9)), "b", quantise)
    net.op("DequantizeLinear", "a a_scale a_zero", "a_d", dequantise)
    net.op("DequantizeLinear", "b b_scale b_zero", "b_d", dequantise)
    net.op("Sub", "a_d b_d", "y", np.subtract)
    net.save("y")


def weights():
    """Weights that no integers of 8 bits with a scale a filter are, and what stands behind such layers."""
    net = Net("uneven_weights")
    net.input("x", floats(1, 4, 6, 6))
    net.qdq("x", 0.02, np.uint8(128))
    net.weight("wide", (5, 4, 3, 3), None, np.uint8, 30, 30)
    net.constants["wide_quantized"] = net.at["wide_quantized"] = RANDOM.randint(0, 256, (5, 4, 3, 3)).astype(np.uint8)
    net.at["wide_d"] = dequantise(net.at["wide_quantized"], net.at["wide_scale"], net.at["wide_zero"])
    net.op("Conv", "x_d wide_d", "a", conv)
    net.qdq("a", 0.05, np.uint8(100))
    net.weight("across", (3, 5, 1, 1), 1)
    net.op("Conv", "a_d across_d", "b", conv)
    net.qdq("b", 0.03, np.uint8(128))
    net.constant("double", np.float32(2))
    net.op("Mul", "b_d double", "c", np.multiply)  # a SCALE that nothing was folded into
    net.qdq("c", 0.06, np.uint8(128))
    net.save("c_d")
    net = Net("matmul_columns")
    net.input("x", floats(1, 9))
    net.qdq("x", 0.02, np.int8(7))
    net.weight("w", (9, 6), 1)
    net.op("MatMul", "x_d w_d", "p", lambda x, w: (x.astype(np.float64) @ w).astype(np.float32))
    net.constant("b", RANDOM.uniform(-1, 1, 6).astype(np.float32))
    net.op("Add", "p b", "s", np.add)
    net.qdq("s", 0.04, np.int8(-11))
    net.save("s_d")


def transposed():
    net = Net("deconv")
    net.input("x", floats(1, 3, 4, 5))
    net.qdq("x", 0.02, np.uint8(120))
    net.weight("w", (3, 4, 3, 3))
    net.bias("b", 4, net.unit("x", "w"))
    net.op("ConvTranspose", "x_d w_d b_d", "c", lambda x, w, b: deconv(x, w, b, 2), strides=[2, 2])
    net.op("Relu", "c", "r", lambda x: np.maximum(x, 0))
    net.qdq("r", 0.03, np.uint8(0))
    net.save("r_d")


def main():
    whole_network("qdq_uint8", np.uint8, 128, 0)
    whole_network("qdq_int8", np.int8, 0, None)
    operators_of_integers(np.uint8, 128)
    operators_of_integers(np.int8, 0)
    halves()
    readers()
    weights()
    transposed()


if __name__ == "__main__":
    main()
