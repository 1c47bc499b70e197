"""Writes small TensorFlow Lite files, right or wrong ones, following the format's published schema."""
import struct

TYPES = {"f": 0, "e": 1, "i": 2, "B": 3, "q": 4, "?": 6, "h": 7, "b": 9, "d": 10}
CODES = {"ADD": 0, "AVERAGE_POOL_2D": 1, "CONCATENATION": 2, "CONV_2D": 3, "DEPTHWISE_CONV_2D": 4, "DEPTH_TO_SPACE": 5,
         "DEQUANTIZE": 6, "FULLY_CONNECTED": 9, "LOCAL_RESPONSE_NORMALIZATION": 13, "LOGISTIC": 14, "LSTM": 16,
         "MAX_POOL_2D": 17, "MUL": 18, "RELU": 19, "RELU_N1_TO_1": 20, "RELU6": 21, "RESHAPE": 22,
         "RESIZE_BILINEAR": 23, "SOFTMAX": 25, "SPACE_TO_DEPTH": 26, "TANH": 28, "CUSTOM": 32, "PAD": 34, "GATHER": 36,
         "TRANSPOSE": 39, "MEAN": 40, "SUB": 41, "DIV": 42, "SQUEEZE": 43, "STRIDED_SLICE": 45, "SPLIT": 49,
         "LOG_SOFTMAX": 50, "CAST": 53, "PRELU": 54, "MAXIMUM": 55, "MINIMUM": 57, "NEG": 59, "PADV2": 60, "SLICE": 65,
         "TRANSPOSE_CONV": 67, "EXPAND_DIMS": 70, "SUM": 74, "SQRT": 75, "RSQRT": 76, "SHAPE": 77, "REDUCE_MAX": 82,
         "PACK": 83, "UNPACK": 88, "REDUCE_MIN": 89, "SQUARE": 92, "RESIZE_NEAREST_NEIGHBOR": 97, "LEAKY_RELU": 98,
         "SQUARED_DIFFERENCE": 99, "MIRROR_PAD": 100, "ABS": 101, "SPLIT_V": 102, "REVERSE_V2": 105, "ADD_N": 106,
         "ELU": 111, "QUANTIZE": 114, "HARD_SWISH": 117, "BATCH_MATMUL": 126, "BROADCAST_TO": 130, "GELU": 150,
         "RELU_0_TO_1": 152,
         "FLOOR": 8, "EXP": 47, "ARG_MAX": 56, "LESS": 58, "GREATER": 61, "GREATER_EQUAL": 62, "LESS_EQUAL": 63,
         "SELECT": 64, "SIN": 66, "TILE": 69, "EQUAL": 71, "NOT_EQUAL": 72, "LOG": 73, "POW": 78, "ARG_MIN": 79,
         "REDUCE_PROD": 81, "LOGICAL_OR": 84, "LOGICAL_AND": 86, "LOGICAL_NOT": 87, "CEIL": 104, "COS": 108,
         "ROUND": 116, "SELECT_V2": 123, "CUMSUM": 128, "SIGN": 158}


class Numbers:
    """A vector of numbers, or the bytes of a string or buffer."""
    def __init__(self, code, values):
        self.code, self.values = code, list(values)


class Tables(list):
    """A vector of tables."""


class Writer:
    def __init__(self):
        self.out = bytearray()

    def align(self, size, ahead=0):
        while (len(self.out) + ahead) % size:
            self.out.append(0)

    def point(self, slot, place):
        struct.pack_into("<I", self.out, slot, place - slot)

    def vector(self, slot, vector):
        size = struct.calcsize("<" + vector.code)
        self.align(max(4, 16 if size == 1 else size), 4)
        self.point(slot, len(self.out))
        self.out += struct.pack(f"<I{len(vector.values)}{vector.code}", len(vector.values), *vector.values)
        self.out += bytes(1)  # ends strings

    def tables(self, slot, tables):
        self.align(4)
        self.point(slot, len(self.out))
        self.out += struct.pack("<I", len(tables))
        first = len(self.out)
        self.out += bytes(4 * len(tables))
        for i, table in enumerate(tables):
            self.table(first + 4 * i, table)

    def table(self, slot, fields):
        """fields: {number: (code, value) | Numbers | Tables | dict}"""
        fields = {number: value for number, value in fields.items() if value is not None}
        count = max(fields, default=-1) + 1
        sizes = {n: struct.calcsize("<" + v[0]) if isinstance(v, tuple) else 4 for n, v in fields.items()}
        offsets, at = [0] * count, 4
        for number in sorted(fields, key=lambda n: -sizes[n]):
            at += -at % sizes[number]
            offsets[number] = at
            at += sizes[number]
        self.align(8, 4 + 2 * count)
        vtable = len(self.out)
        self.out += struct.pack(f"<HH{count}H", 4 + 2 * count, at, *offsets)
        place = len(self.out)
        self.point(slot, place)
        self.out += struct.pack("<i", place - vtable) + bytes(at - 4)
        for number, value in fields.items():
            inside = place + offsets[number]
            if isinstance(value, tuple):
                struct.pack_into("<" + value[0], self.out, inside, value[1])
            elif isinstance(value, Numbers):
                self.vector(inside, value)
            elif isinstance(value, Tables):
                self.tables(inside, value)
            else:
                self.table(inside, value)


def string(text):
    return Numbers("B", text.encode())


def tensor(name, shape, values=None, kind="f", scale=(), zero=(), axis=0, signature=None, **more):
    """`values`: numbers, bytes, or None for a tensor that is computed."""
    return {"name": name, "shape": shape, "values": values, "kind": kind, "scale": scale, "zero": zero, "axis": axis,
            "signature": signature, **more}


def operator(kind, inputs, outputs, options=None, version=1, custom=None):
    """`inputs`, `outputs`: names with blanks between them, "-" where one is left out."""
    return {"kind": kind, "inputs": inputs.split(), "outputs": outputs.split(), "options": options, "version": version,
            "custom": custom}


def tensor_table(t, buffer):
    quantisation = None
    if t["scale"] or t.get("custom_quantisation"):
        quantisation = {2: Numbers("f", t["scale"]), 3: Numbers("q", t["zero"]) if t["zero"] else None,
                        4: ("B", 1) if t.get("custom_quantisation") else None,
                        6: ("i", t["axis"]) if t["axis"] else None}
    return {0: Numbers("i", t["shape"]), 1: ("b", t.get("type", TYPES.get(t["kind"], 0))), 2: ("I", buffer),
            3: string(t["name"]), 4: quantisation, 5: ("?", True) if t.get("variable") else None,
            6: {} if t.get("sparse") else None, 7: Numbers("i", t["signature"]) if t["signature"] else None}


def model(tensors, operators, inputs="x", outputs="y", version=3, more=None):
    """The bytes of a file; `more`: {table: {field: value}} to change tables by."""
    index = {t["name"]: i for i, t in enumerate(tensors)}
    index["-"] = -1
    more = more or {}
    buffers, tables, codes = Tables([{}]), Tables(), []
    for t in tensors:
        held = t["values"] is not None
        if held:
            data = t["values"] if isinstance(t["values"], bytes) else \
                struct.pack(f"<{len(t['values'])}{t['kind']}", *t["values"])
            buffers.append({0: Numbers("B", data)})
        tables.append(tensor_table(t, t.get("buffer", len(buffers) - 1 if held else 0)))
    calls = Tables()
    for o in operators:
        code = CODES.get(o["kind"], o["kind"])
        key = (code, o["version"], o["custom"])
        if key not in codes:
            codes.append(key)
        calls.append({0: ("I", codes.index(key)), 1: Numbers("i", [index.get(n, n) if n in index else int(n)
                                                                   for n in o["inputs"]]),
                      2: Numbers("i", [index.get(n, n) if n in index else int(n) for n in o["outputs"]]),
                      3: ("B", 1) if o["options"] else None, 4: o["options"]})
    operator_codes = Tables({0: ("b", min(code, 127)), 1: string(custom) if custom else None, 2: ("i", number),
                             3: ("i", code)} for code, number, custom in codes)
    subgraph = {0: tables, 1: Numbers("i", [index[n] for n in inputs.split()]),
                2: Numbers("i", [index[n] for n in outputs.split()]), 3: calls, **more.get("subgraph", {})}
    root = {0: ("I", version), 1: operator_codes, 2: Tables([subgraph]), 3: string("by hand"), 4: buffers,
            **more.get("root", {})}
    writer = Writer()
    writer.out += bytes(4) + b"TFL3"
    writer.table(0, root)
    return bytes(writer.out)
