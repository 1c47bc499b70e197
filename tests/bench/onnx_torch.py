#!/usr/bin/env python3
"""Prints the microseconds that PyTorch takes for one run of an ONNX model: onnx_torch.py MODEL THREADS SECONDS.

The model is rebuilt from PyTorch's own functions, then traced, frozen and optimised for inference, which is
PyTorch's own way to its best speed: batch normalisation folded, weights packed, no Python between the layers.
Knows the operators that the bench's networks need; needs Debian's python3-torch and python3-onnx."""
import sys
import time
import warnings

import numpy
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F


def pads(attributes, x, value=0.0):
    """Applies the padding; PyTorch's convolutions and pools cannot do every kind."""
    p = attributes.get("pads", [0, 0, 0, 0])
    return F.pad(x, [p[1], p[3], p[0], p[2]], value=value) if any(p) else x


def symmetric(attributes):
    p = attributes.get("pads", [0, 0, 0, 0])
    return [p[0], p[1]] if p[:2] == p[2:] else None


def conv(a, x, w, b=None):
    padding = symmetric(a)
    if padding is None:
        x, padding = pads(a, x), [0, 0]
    return F.conv2d(x, w, b, a.get("strides", [1, 1]), padding, a.get("dilations", [1, 1]), a.get("group", 1))


def max_pool(a, x):
    padding, window = symmetric(a), a["kernel_shape"]
    if padding is None or any(2 * p > k for p, k in zip(padding, window)):
        x, padding = pads(a, x, float("-inf")), [0, 0]
    return F.max_pool2d(x, window, a.get("strides", [1, 1]), padding, 1, bool(a.get("ceil_mode", 0)))


def average_pool(a, x):
    if symmetric(a) is None:
        raise NotImplementedError("AveragePool with uneven padding")
    return F.avg_pool2d(x, a["kernel_shape"], a.get("strides", [1, 1]), symmetric(a), bool(a.get("ceil_mode", 0)),
                        bool(a.get("count_include_pad", 0)))


def gemm(a, x, w, b=None):
    if a.get("transA", 0) or a.get("alpha", 1.0) != 1.0 or a.get("beta", 1.0) != 1.0:
        raise NotImplementedError("Gemm with transA, alpha or beta")
    return F.linear(x, w if a.get("transB", 0) else w.t(), b)


def batch_norm(a, x, weight, bias, mean, var):
    return F.batch_norm(x, mean, var, weight, bias, False, 0.0, a.get("epsilon", 1e-5))


def flatten(a, x):
    return torch.flatten(x, a.get("axis", 1))


def conv_transpose(a, x, w, b=None):
    padding = symmetric(a)
    if padding is None:
        raise NotImplementedError("ConvTranspose with uneven padding")
    return F.conv_transpose2d(x, w, b, a.get("strides", [1, 1]), padding, a.get("output_padding", [0, 0]),
                              a.get("group", 1), a.get("dilations", [1, 1]))


def hard_sigmoid(a, x):
    if abs(a.get("alpha", 0.2) - 1 / 6) > 1e-6 or a.get("beta", 0.5) != 0.5:
        raise NotImplementedError("HardSigmoid with other constants")
    return F.hardsigmoid(x)


def slope_of_maps(x, slope):
    return F.prelu(x, slope.reshape(-1))


def norm_of_maps(a, x, weight, bias):
    return F.instance_norm(x, None, None, weight, bias, True, 0.0, a.get("epsilon", 1e-5))


def resize(a, x, *rest):
    """By the factors of `scales` or to `sizes`, whichever comes last."""
    given = [value for value in rest if value is not None and value.numel() == 4][-1]
    size = [int(n * s) if given.dtype.is_floating_point else int(s) for n, s in zip(x.shape, given)][2:]
    mode = a.get("mode", b"nearest").decode()
    if mode == "nearest":
        return F.interpolate(x, size, mode="nearest")
    kind = a.get("coordinate_transformation_mode", b"half_pixel").decode()
    return F.interpolate(x, size, mode="bilinear", align_corners=kind == "align_corners")


def pad(a, x, amounts, value=None, axes=None):
    if a.get("mode", b"constant") != b"constant" or axes is not None:
        raise NotImplementedError("Pad of another form")
    p, n = [int(i) for i in amounts], x.dim()
    both = [side for axis in reversed(range(n)) for side in (p[axis], p[axis + n])]
    return F.pad(x, both, value=0.0 if value is None else float(value))


def take(a, x, starts, ends, axes, steps=None):
    for axis, start, end in zip(axes.tolist(), starts.tolist(), ends.tolist()):
        size = x.shape[axis]
        start, end = (min(max(n + size if n < 0 else n, 0), size) for n in (start, end))
        x = x.narrow(axis, start, end - start)
    return x


def mean_over(a, x, axes=None):
    return x.mean(a["axes"] if axes is None else axes.tolist(), bool(a.get("keepdims", 1)))


OPERATORS = {
    "Conv": conv, "MaxPool": max_pool, "AveragePool": average_pool, "Gemm": gemm, "BatchNormalization": batch_norm,
    "Flatten": flatten,
    "Relu": lambda a, x: F.relu(x),
    "Clip": lambda a, x, low, high: torch.clamp(x, float(low), float(high)),
    "GlobalAveragePool": lambda a, x: F.adaptive_avg_pool2d(x, 1),
    "Add": lambda a, x, y: x + y, "Sum": lambda a, x, y: x + y, "Mul": lambda a, x, y: x * y,
    "Sub": lambda a, x, y: x - y, "Div": lambda a, x, y: x / y, "Pow": lambda a, x, y: x ** y,
    "Sqrt": lambda a, x: torch.sqrt(x), "Max": lambda a, x, y: torch.maximum(x, y),
    "ConvTranspose": conv_transpose, "PRelu": lambda a, x, slope: slope_of_maps(x, slope),
    "InstanceNormalization": norm_of_maps, "Resize": resize, "Pad": pad, "Slice": take, "ReduceMean": mean_over,
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)), "Tanh": lambda a, x: torch.tanh(x),
    "HardSwish": lambda a, x: F.hardswish(x), "Elu": lambda a, x: F.elu(x, a.get("alpha", 1.0)),
    "HardSigmoid": hard_sigmoid, "ReduceSum": lambda a, x, axes: x.sum(axes.tolist(), bool(a.get("keepdims", 1))),
    "Transpose": lambda a, x: x.permute(a["perm"]).contiguous(), "LogSoftmax": lambda a, x: F.log_softmax(x, a["axis"]),
    "GlobalMaxPool": lambda a, x: F.adaptive_max_pool2d(x, 1), "Softplus": lambda a, x: F.softplus(x),
    "Concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "Reshape": lambda a, x, shape: x.reshape([int(n) for n in shape]),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Softmax": lambda a, x: F.softmax(x, a.get("axis", -1)),
    "LRN": lambda a, x: F.local_response_norm(x, a["size"], a["alpha"], a["beta"], a["bias"]),
    "Identity": lambda a, x: x, "Dropout": lambda a, x, *rest: x,
}


class Model(torch.nn.Module):
    def __init__(self, graph):
        super().__init__()
        self.graph = graph
        self.values = {t.name: torch.from_numpy(numpy.array(onnx.numpy_helper.to_array(t))) for t in graph.initializer}
        self.steps = []
        for node in graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == "Constant":
                value = onnx.numpy_helper.to_array(attributes["value"])
                self.values[node.output[0]] = torch.from_numpy(numpy.array(value))
            elif node.op_type not in OPERATORS:
                raise NotImplementedError(node.op_type)
            else:
                self.steps.append((OPERATORS[node.op_type], attributes, list(node.input), node.output[0]))

    def forward(self, image):
        values = dict(self.values)
        values[next(i.name for i in self.graph.input if i.name not in self.values)] = image
        for function, attributes, inputs, output in self.steps:
            values[output] = function(attributes, *[values[name] if name else None for name in inputs])
        return tuple(values[output.name] for output in self.graph.output)


def main():
    path, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    torch.set_num_threads(threads)
    warnings.simplefilter("ignore")  # that tracing takes constants for constants
    graph = onnx.load(path).graph
    model = Model(graph).eval()
    images = [i for i in graph.input if i.name not in model.values]
    if len(images) != 1:
        raise NotImplementedError("several inputs")
    shape = [d.dim_value or 1 for d in images[0].type.tensor_type.shape.dim]
    x = torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        traced = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, x, check_trace=False)))
        for _ in range(3):
            traced(x)
        times, end = [], time.perf_counter() + seconds
        while len(times) < 5 or time.perf_counter() < end:
            begin = time.perf_counter()
            traced(x)
            times.append(time.perf_counter() - begin)
    print("%.3f" % (1e6 * sorted(times)[len(times) // 2]))


if __name__ == "__main__":
    main()
