"""Reads a TensorFlow Lite file into plain Python, following the format's published schema. It shares nothing
with cnnc's reader, and trusts the file: it is for tests."""
import struct

TYPES = {0: "f", 1: "e", 2: "i", 3: "B", 4: "q", 6: "?", 7: "h", 9: "b", 10: "d"}
NAMES = {0: "ADD", 1: "AVERAGE_POOL_2D", 2: "CONCATENATION", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D", 6: "DEQUANTIZE",
         9: "FULLY_CONNECTED", 14: "LOGISTIC", 17: "MAX_POOL_2D", 18: "MUL", 19: "RELU", 21: "RELU6", 22: "RESHAPE",
         25: "SOFTMAX", 28: "TANH", 34: "PAD", 40: "MEAN", 41: "SUB", 114: "QUANTIZE"}
# Field numbers of the options that the evaluator looks at, with the format of the field and its default.
WINDOW = {"padding": (0, "b", 0), "stride_w": (1, "i", 0), "stride_h": (2, "i", 0)}
OPTIONS = {
    "CONV_2D": {**WINDOW, "activation": (3, "b", 0), "dilation_w": (4, "i", 1), "dilation_h": (5, "i", 1)},
    "DEPTHWISE_CONV_2D": {**WINDOW, "multiplier": (3, "i", 0), "activation": (4, "b", 0),
                          "dilation_w": (5, "i", 1), "dilation_h": (6, "i", 1)},
    "AVERAGE_POOL_2D": {**WINDOW, "width": (3, "i", 0), "height": (4, "i", 0), "activation": (5, "b", 0)},
    "MAX_POOL_2D": {**WINDOW, "width": (3, "i", 0), "height": (4, "i", 0), "activation": (5, "b", 0)},
    "FULLY_CONNECTED": {"activation": (0, "b", 0), "keep_dims": (2, "b", 0)},
    "SOFTMAX": {"beta": (0, "f", 0.0)},
    "ADD": {"activation": (0, "b", 0)},
    "MUL": {"activation": (0, "b", 0)},
    "SUB": {"activation": (0, "b", 0)},
    "CONCATENATION": {"axis": (0, "i", 0), "activation": (1, "b", 0)},
    "MEAN": {"keep_dims": (0, "b", 0)},
}


class Table:
    def __init__(self, data, at):
        self.data, self.at = data, at
        self.vtable = at - struct.unpack_from("<i", data, at)[0]
        self.size = struct.unpack_from("<H", data, self.vtable)[0]

    def place(self, field):
        slot = 4 + 2 * field
        offset = struct.unpack_from("<H", self.data, self.vtable + slot)[0] if slot < self.size else 0
        return self.at + offset if offset else None

    def number(self, field, code, default):
        place = self.place(field)
        return default if place is None else struct.unpack_from("<" + code, self.data, place)[0]

    def target(self, field):
        place = self.place(field)
        return None if place is None else place + struct.unpack_from("<I", self.data, place)[0]

    def table(self, field):
        place = self.target(field)
        return None if place is None else Table(self.data, place)

    def numbers(self, field, code):
        place = self.target(field)
        if place is None:
            return []
        count = struct.unpack_from("<I", self.data, place)[0]
        return list(struct.unpack_from(f"<{count}{code}", self.data, place + 4))

    def tables(self, field):
        place = self.target(field)
        if place is None:
            return []
        count = struct.unpack_from("<I", self.data, place)[0]
        places = [place + 4 + 4 * i for i in range(count)]
        return [Table(self.data, p + struct.unpack_from("<I", self.data, p)[0]) for p in places]

    def string(self, field):
        return bytes(self.numbers(field, "B")).decode()


class Tensor:
    def __init__(self, table, buffers):
        self.shape = table.numbers(0, "i")
        self.type = TYPES[table.number(1, "b", 0)]
        self.name = table.string(3)
        buffer = buffers[table.number(2, "I", 0)].numbers(0, "B")
        size = struct.calcsize(self.type)
        self.data = list(struct.unpack(f"<{len(buffer) // size}{self.type}", bytes(buffer))) if buffer else None
        quantisation = table.table(4)
        self.scale = quantisation.numbers(2, "f") if quantisation else []
        self.zero = quantisation.numbers(3, "q") if quantisation else []
        self.axis = quantisation.number(6, "i", 0) if quantisation else 0

    def floats(self):
        """A constant's numbers, whatever they are stored as."""
        if self.type != "b" or self.data is None:
            return self.data
        inner = 1
        for n in self.shape[self.axis + 1:]:
            inner *= n
        count = len(self.scale)
        return [(v - self.zero[0]) * self.scale[i // inner % self.shape[self.axis] if count > 1 else 0]
                for i, v in enumerate(self.data)]


class Operator:
    def __init__(self, table, codes):
        code = codes[table.number(0, "I", 0)]
        number = max(code.number(0, "b", 0), code.number(3, "i", 0))
        self.code, self.kind = number, NAMES.get(number, str(number))
        self.version = code.number(2, "i", 1)
        self.inputs, self.outputs = table.numbers(1, "i"), table.numbers(2, "i")
        options = table.table(4)
        self.options = {name: options.number(*row) if options else row[2]
                        for name, row in OPTIONS.get(self.kind, {}).items()}


class Model:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        assert data[4:8] == b"TFL3", path
        root = Table(data, struct.unpack_from("<I", data)[0])
        self.version = root.number(0, "I", 0)
        graph, = root.tables(2)
        buffers = root.tables(4)
        self.tensors = [Tensor(t, buffers) for t in graph.tables(0)]
        self.inputs, self.outputs = graph.numbers(1, "i"), graph.numbers(2, "i")
        codes = root.tables(1)
        self.operators = [Operator(o, codes) for o in graph.tables(3)]
