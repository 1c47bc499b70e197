"""Evaluates a TensorFlow Lite file straight from its tensors, in the file's own layouts: floats in double precision,
int8 in the format's integers. It shares nothing with cnnc."""
from operator import mul

import fixed


def padding(length, window, stride, dilation, same):
    """Results along an axis, and what is padded before it."""
    reach = (window - 1) * dilation + 1
    if not same:
        return (length - reach) // stride + 1, 0
    out = -(-length // stride)
    return out, max(0, (out - 1) * stride + reach - length) // 2


def windows(x, shape, window, stride, dilation, same, fill):
    """For each result, the window's pixels, each a list of channels; `fill`: a pixel outside, or None to leave it
    out."""
    height, width, channels = shape[1:]
    rows, top = padding(height, window[0], stride[0], dilation[0], same)
    columns, left = padding(width, window[1], stride[1], dilation[1], same)
    pixels = [x[i:i + channels] for i in range(0, len(x), channels)]
    result = []
    for row in range(rows):
        for column in range(columns):
            taken = []
            for i in range(window[0]):
                y = row * stride[0] - top + i * dilation[0]
                for k in range(window[1]):
                    z = column * stride[1] - left + k * dilation[1]
                    if 0 <= y < height and 0 <= z < width:
                        taken.append(pixels[y * width + z])
                    elif fill is not None:
                        taken.append(fill)
            result.append(taken)
    return result, [1, rows, columns]


def activated(values, code):
    low, high = {0: (None, None), 1: (0, None), 2: (-1, 1), 3: (0, 6)}[code]
    if low is not None:
        values = [max(v, low) for v in values]
    return values if high is None else [min(v, high) for v in values]


class Evaluation:
    def __init__(self, model):
        self.model = model

    def run(self, *inputs):
        """A list of numbers for each input; the same for each result. All values by tensor are in .values."""
        self.values = {i: list(x) for i, x in zip(self.model.inputs, inputs)}
        for operator in self.model.operators:
            getattr(self, operator.kind.lower())(operator)
        return [self.values[i] for i in self.model.outputs]

    def tensor(self, operator, i):
        index = operator.inputs[i] if i < len(operator.inputs) else -1
        return self.model.tensors[index] if index >= 0 else None

    def value(self, operator, i):
        tensor = self.tensor(operator, i)
        if tensor is None:
            return None
        if tensor.data is not None:  # weights of integers are floats where the input is
            return tensor.floats() if self.result(operator).type == "f" else tensor.data
        return self.values[operator.inputs[i]]

    def result(self, operator):
        return self.model.tensors[operator.outputs[0]]

    def give(self, operator, values):
        self.values[operator.outputs[0]] = values

    # ---- sums of products ----

    def finish(self, operator, sums):
        """Sums, filter by filter within each pixel, to the operator's result."""
        result, code = self.result(operator), operator.options["activation"]
        if result.type == "f":
            return self.give(operator, activated(sums, code))
        x, weights = self.tensor(operator, 0), self.tensor(operator, 1)
        if operator.kind == "FULLY_CONNECTED" and len(weights.scale) == 1:
            reals = [fixed.single(x.scale[0] * weights.scale[0]) / result.scale[0]]
        else:
            reals = [x.scale[0] * scale / result.scale[0] for scale in weights.scale]
        multipliers = [fixed.multiplier(real) for real in reals]
        low, high = fixed.bounds(code, result.scale[0], result.zero[0])
        count = len(multipliers)
        return self.give(operator, [
            max(low, min(high, fixed.multiplied(s, *multipliers[i % count]) + result.zero[0]))
            for i, s in enumerate(sums)])

    def centred(self, operator):
        """The input less its zero point."""
        x, tensor = self.value(operator, 0), self.tensor(operator, 0)
        return [v - tensor.zero[0] for v in x] if tensor.zero else x

    def spread(self, operator, window, fill):
        o = operator.options
        return windows(self.centred(operator), self.tensor(operator, 0).shape, window, (o["stride_h"], o["stride_w"]),
                       (o.get("dilation_h", 1), o.get("dilation_w", 1)), o["padding"] == 0, fill)[0]

    def conv_2d(self, operator):
        filters, height, width, channels = self.tensor(operator, 1).shape
        size = height * width * channels
        kernels = [self.value(operator, 1)[k * size:(k + 1) * size] for k in range(filters)]
        bias = self.value(operator, 2) or [0] * filters
        sums = []
        for pixels in self.spread(operator, (height, width), [0] * channels):
            patch = [v for pixel in pixels for v in pixel]
            sums += [sum(map(mul, patch, kernel), b) for kernel, b in zip(kernels, bias)]
        self.finish(operator, sums)

    def depthwise_conv_2d(self, operator):
        _, height, width, filters = self.tensor(operator, 1).shape
        channels = self.tensor(operator, 0).shape[3]
        many, kernel = filters // channels, self.value(operator, 1)
        taps = [kernel[k::filters] for k in range(filters)]
        bias = self.value(operator, 2) or [0] * filters
        sums = []
        for pixels in self.spread(operator, (height, width), [0] * channels):
            planes = list(zip(*pixels))
            sums += [sum(map(mul, planes[k // many], taps[k]), bias[k]) for k in range(filters)]
        self.finish(operator, sums)

    def fully_connected(self, operator):
        filters, width = self.tensor(operator, 1).shape
        x, weights = self.centred(operator), self.value(operator, 1)
        bias = self.value(operator, 2) or [0] * filters
        rows = [x[i:i + width] for i in range(0, len(x), width)]
        self.finish(operator, [sum(map(mul, row, weights[k * width:(k + 1) * width]), bias[k])
                               for row in rows for k in range(filters)])

    # ---- the others ----

    def pool(self, operator, choose):
        o, shape = operator.options, self.tensor(operator, 0).shape
        taken = windows(self.value(operator, 0), shape, (o["height"], o["width"]), (o["stride_h"], o["stride_w"]),
                        (1, 1), o["padding"] == 0, None)[0]
        values = [choose(plane) for pixels in taken for plane in zip(*pixels)]
        result = self.result(operator)
        if result.type == "f":
            return self.give(operator, activated(values, o["activation"]))
        low, high = fixed.bounds(o["activation"], result.scale[0], result.zero[0])
        return self.give(operator, [max(low, min(high, v)) for v in values])

    def average_pool_2d(self, operator):
        if self.result(operator).type == "f":
            return self.pool(operator, lambda plane: sum(plane) / len(plane))

        zero = self.tensor(operator, 0).zero[0]
        return self.pool(operator, lambda plane: fixed.mean(plane, zero))

    def max_pool_2d(self, operator):
        self.pool(operator, max)

    def add(self, operator):
        a, b = self.value(operator, 0), self.value(operator, 1)
        result, code = self.result(operator), operator.options["activation"]
        if result.type == "f":
            return self.give(operator, activated([x + y for x, y in zip(a, b)], code))
        first, second = self.tensor(operator, 0), self.tensor(operator, 1)
        twice = 2 * max(first.scale[0], second.scale[0])
        m1, m2 = fixed.multiplier(first.scale[0] / twice), fixed.multiplier(second.scale[0] / twice)
        out = fixed.multiplier(twice / ((1 << 20) * result.scale[0]))
        low, high = fixed.bounds(code, result.scale[0], result.zero[0])
        sums = [fixed.multiplied((x - first.zero[0]) << 20, *m1) + fixed.multiplied((y - second.zero[0]) << 20, *m2)
                for x, y in zip(a, b)]
        return self.give(operator, [max(low, min(high, fixed.multiplied(s, *out) + result.zero[0])) for s in sums])

    def reshape(self, operator):
        self.give(operator, self.value(operator, 0))

    def softmax(self, operator):
        import math
        x, width, beta = self.value(operator, 0), self.tensor(operator, 0).shape[-1], operator.options["beta"]
        values = []
        for i in range(0, len(x), width):
            row = x[i:i + width]
            if self.result(operator).type == "f":
                powers = [math.exp(beta * (v - max(row))) for v in row]
                values += [p / sum(powers) for p in powers]
            else:
                values += fixed.softmax(row, self.tensor(operator, 0).scale[0], beta)
        self.give(operator, values)
