"""Evaluates what cnnc hands over for a file of integers: the layers of the text that it writes (as `driver graph`
prints them), and the tensors of the .safetensors beside it, found by the names of layers alone. Numbers lie channels
first, as cnnc has them; only the arithmetic (fixed.py) is that of direct.py, too."""
import json
import struct
from operator import mul

import fixed

BOUNDS = {"RELU": 1, "RELU6": 3}


def safetensors(path):
    """{name: (type, shape, numbers)}"""
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    codes, tensors = {"F32": "f", "I8": "b", "I32": "i"}, {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        code = codes[entry["dtype"]]
        numbers = struct.unpack(f"<{(end - begin) // struct.calcsize(code)}{code}", data[begin:end])
        tensors[name] = (entry["dtype"], entry["shape"], list(numbers))
    return tensors


class Layer:
    def __init__(self, line):
        words = line.split()
        self.kind, self.name = words[:2]
        self.height, self.width, self.channels = map(int, words[2:5])
        self.window = [int(w) for w in words[6:8]]
        self.stride = [int(w) for w in words[9:11]]
        self.top, self.left = int(words[12]), int(words[13])
        self.groups, self.last = int(words[17]), words[19] == "1"
        self.inputs = words[20:]


class Handed:
    def __init__(self, graph, tensors):
        self.layers = {layer.name: layer for layer in map(Layer, graph.splitlines())}
        self.tensors = tensors
        self.readers = {name: [] for name in self.layers}
        for layer in self.layers.values():
            for name in layer.inputs:
                self.readers[name].append(layer)
        self.used = set()

    def take(self, name, kind):
        self.used.add(name)
        found, shape, numbers = self.tensors[name]
        assert found == kind, (name, found)
        return shape, numbers

    def meaning(self, layer):
        """Scale and zero point that the tensors give the layer itself."""
        if f"{layer.name}.output_scale" not in self.tensors:
            return None
        _, scale = self.take(f"{layer.name}.output_scale", "F32")
        _, zero = self.take(f"{layer.name}.output_zero_point", "I8")
        assert len(scale) == len(zero) == 1
        return scale[0], zero[0]

    def result(self, layer):
        """What the layer's result means, and its bounds: those of the activation behind it, if it has none."""
        own = self.meaning(layer)
        if own:
            return own, (-128, 127)
        follower, = self.readers[layer.name]
        scale, zero = self.meaning(follower)
        return (scale, zero), fixed.bounds(BOUNDS[follower.kind], scale, zero)

    def run(self, image):
        self.values, self.means = {}, {}
        for layer in self.layers.values():
            inputs = [self.values[name] for name in layer.inputs]
            means = [self.means[name] for name in layer.inputs]
            self.values[layer.name], self.means[layer.name] = getattr(self, layer.kind.lower())(layer, inputs, means,
                                                                                                image)
        return self.values[layer.name]

    def input(self, layer, inputs, means, image):
        c = layer.channels
        return ([v for k in range(c) for v in image[k::c]] if layer.last else list(image)), self.meaning(layer)

    def output(self, layer, inputs, means, _):
        """As the caller gets it."""
        size = layer.height * layer.width
        last = [v for i in range(size) for v in inputs[0][i::size]]
        return last if layer.last else inputs[0], means[0]

    # ---- products ----

    def finish(self, layer, sums, mean):
        """A list of sums for each filter."""
        (scale, zero), (low, high) = self.result(layer)
        _, scales = self.take(f"{layer.name}.weight_scale", "F32")
        scales = scales * len(sums) if len(scales) == 1 else scales
        one = layer.kind == "FC" and len(set(scales)) == 1
        values = []
        for plane, weight in zip(sums, scales):
            real = fixed.single(mean[0] * weight) / scale if one else mean[0] * weight / scale
            m, shift = fixed.multiplier(real)
            values += [max(low, min(high, fixed.multiplied(s, m, shift) + zero)) for s in plane]
        return values, (scale, zero)

    def biases(self, layer, count):
        name = f"{layer.name}.bias"
        return self.take(name, "I32")[1] if name in self.tensors else [0] * count

    def patches(self, layer, planes, before):
        """For each channel and result the window's numbers, zeros outside."""
        height, width = before.height, before.width
        for plane in planes:
            found = []
            for row in range(layer.height):
                for column in range(layer.width):
                    y, x = row * layer.stride[0] - layer.top, column * layer.stride[1] - layer.left
                    found.append([plane[(y + i) * width + x + k] if 0 <= y + i < height and 0 <= x + k < width else 0
                                  for i in range(layer.window[0]) for k in range(layer.window[1])])
            yield found

    def conv(self, layer, inputs, means, _):
        before = self.layers[layer.inputs[0]]
        size = before.height * before.width
        centred = [v - means[0][1] for v in inputs[0]]
        planes = [centred[i:i + size] for i in range(0, len(centred), size)]
        shape, weights = self.take(f"{layer.name}.weight", "I8")
        length = shape[1] * shape[2] * shape[3]
        bias, sums = self.biases(layer, shape[0]), []
        patches = list(self.patches(layer, planes, before))
        if layer.kind == "DWCONV":
            many = shape[0] // before.channels
            for k in range(shape[0]):
                kernel = weights[k * length:(k + 1) * length]
                sums.append([sum(map(mul, patch, kernel), bias[k]) for patch in patches[k // many]])
        else:
            joined = [[v for patch in pixel for v in patch] for pixel in zip(*patches)]
            for k in range(shape[0]):
                kernel = weights[k * length:(k + 1) * length]
                sums.append([sum(map(mul, patch, kernel), bias[k]) for patch in joined])
        return self.finish(layer, sums, means[0])

    dwconv = conv

    def fc(self, layer, inputs, means, _):
        centred = [v - means[0][1] for v in inputs[0]]
        (filters, width), weights = self.take(f"{layer.name}.weight", "I8")
        bias = self.biases(layer, filters)
        return self.finish(layer, [[sum(map(mul, centred, weights[k * width:(k + 1) * width]), bias[k])]
                                   for k in range(filters)], means[0])

    # ---- the others ----

    def relu(self, layer, inputs, means, _):
        return inputs[0], means[0]

    relu6 = flatten = relu

    def add(self, layer, inputs, means, _):
        (scale, zero), (low, high) = self.result(layer)
        twice = 2 * max(mean[0] for mean in means)
        parts = [fixed.multiplier(mean[0] / twice) for mean in means]
        out = fixed.multiplier(twice / ((1 << 20) * scale))
        sums = [sum(fixed.multiplied((v - mean[1]) << 20, *part) for v, mean, part in zip(row, means, parts))
                for row in zip(*inputs)]
        return [max(low, min(high, fixed.multiplied(s, *out) + zero)) for s in sums], (scale, zero)

    def avgpool(self, layer, inputs, means, _):
        before = self.layers[layer.inputs[0]]
        size, values = before.height * before.width, []
        assert self.meaning(layer) is None and layer.window == [before.height, before.width]
        for i in range(0, len(inputs[0]), size):
            total = sum(inputs[0][i:i + size])
            values.append(fixed.truncated(total + size // 2 if total > 0 else total - size // 2, size))
        return values, means[0]

    def softmax(self, layer, inputs, means, _):
        assert self.meaning(layer) == (1 / 256, -128)
        return fixed.softmax(inputs[0], means[0][0]), self.meaning(layer)
