"""Reads as much of an ONNX model as the bench needs, without packages: nodes, attributes, shapes, float tensors."""
import array
import struct
import sys


def fields(data):
    """The (number, value) pairs of a message of protocol buffers: a value is an int or bytes."""
    place, end = 0, len(data)

    def varint():
        nonlocal place
        number = shift = 0
        while True:
            byte = data[place]
            place += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while place < end:
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(key & 7)
        size = varint() if size is None else size
        yield key >> 3, data[place:place + size]
        place += size


def signed(number):
    return number - (1 << 64) if number >= 1 << 63 else number


def integers(value):
    """Of a repeated field: one number, or all of them packed."""
    if isinstance(value, int):
        return [signed(value)]
    numbers, number, shift = [], 0, 0
    for byte in value:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(signed(number))
            number = shift = 0
    return numbers


class Tensor:
    def __init__(self, data):
        self.dims, self.name, self.type, self.raw, self.numbers = [], "", 1, None, []
        for number, value in fields(data):
            if number == 1:
                self.dims += integers(value)
            elif number == 2:
                self.type = value
            elif number == 4:
                self.numbers += list(struct.unpack("<%df" % (len(value) // 4), value))
            elif number == 7:
                self.numbers += integers(value)
            elif number == 8:
                self.name = bytes(value).decode()
            elif number == 9:
                self.raw = bytes(value)

    def values(self):
        if self.raw is None:
            return self.numbers
        code = {1: "f", 7: "q", 6: "i"}.get(self.type)
        if code is None:
            raise ValueError("a tensor of type %d" % self.type)
        numbers = array.array(code, self.raw)
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers


def attribute(data):
    name, value, many = "", None, []
    for number, field in fields(data):
        if number == 1:
            name = bytes(field).decode()
        elif number == 2:
            value = struct.unpack("<f", field)[0]
        elif number == 3:
            value = signed(field)
        elif number == 4:
            value = bytes(field).decode()
        elif number == 5:
            value = Tensor(field)
        elif number == 7:
            many += struct.unpack("<%df" % (len(field) // 4), field)
        elif number == 8:
            many += integers(field)
    return name, many if value is None else value


class Node:
    def __init__(self, data):
        self.inputs, self.outputs, self.kind, self.attributes = [], [], "", {}
        for number, value in fields(data):
            if number == 1:
                self.inputs.append(bytes(value).decode())
            elif number == 2:
                self.outputs.append(bytes(value).decode())
            elif number == 4:
                self.kind = bytes(value).decode()
            elif number == 5:
                name, found = attribute(value)
                self.attributes[name] = found

    def get(self, name, default):
        return self.attributes.get(name, default)


def value_info(data):
    """The name and the dimensions of an input or output; symbolic ones are 1."""
    name, dims = "", []
    for number, value in fields(data):
        if number == 1:
            name = bytes(value).decode()
        elif number == 2:
            for _, tensor in (pair for pair in fields(value) if pair[0] == 1):
                for _, shape in (pair for pair in fields(tensor) if pair[0] == 2):
                    for _, dim in (pair for pair in fields(shape) if pair[0] == 1):
                        dims.append(next((n for k, n in fields(dim) if k == 1), 1))
    return name, dims


class Model:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = memoryview(file.read())
        graph = next(value for number, value in fields(data) if number == 7)
        self.nodes, self.tensors, inputs, outputs = [], {}, [], []
        for number, value in fields(graph):
            if number == 1:
                self.nodes.append(Node(value))
            elif number == 5:
                tensor = Tensor(value)
                self.tensors[tensor.name] = tensor
            elif number == 11:
                inputs.append(value_info(value))
            elif number == 12:
                outputs.append(value_info(value))
        self.inputs = [pair for pair in inputs if pair[0] not in self.tensors]
        self.outputs = outputs


def convolution(model):
    """The model's only convolution in the words of dnnl.h, or None if there is another number of them."""
    found = [node for node in model.nodes if node.kind == "Conv"]
    if len(found) != 1 or not model.nodes or found[0] is not model.nodes[0] or len(model.inputs[0][1]) != 4:
        return None
    node, (_, (_, channels, height, width)) = found[0], model.inputs[0]
    filters, _, tall, wide = model.tensors[node.inputs[1]].dims
    numbers = [channels, height, width, filters, tall, wide, *node.get("strides", [1, 1]),
               *node.get("pads", [0, 0, 0, 0]), *node.get("dilations", [1, 1]), node.get("group", 1)]
    return ",".join(str(number) for number in numbers)
