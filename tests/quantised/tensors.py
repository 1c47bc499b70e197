"""Writes .safetensors with integers and scales, and makes up those of a network."""
import json
import random
import struct

LETTERS = {"F32": "f", "I32": "i", "I8": "b"}


def write(path, tensors):
    """tensors: name -> (type, shape, numbers)"""
    header, data = {}, b""
    for name, (kind, shape, numbers) in sorted(tensors.items(), key=lambda t: list(LETTERS).index(t[1][0])):
        packed = struct.pack(f"<{len(numbers)}{LETTERS[kind]}", *numbers)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header, data = json.loads(file.read(length)), file.read()
    result = {}
    for name, entry in header.items():
        a, b = entry["data_offsets"]
        letter = LETTERS[entry["dtype"]]
        result[name] = (entry["dtype"], entry["shape"], struct.unpack(f"<{(b - a) // struct.calcsize(letter)}{letter}",
                                                                       data[a:b]))
    return result


def single(x):
    """The nearest float32."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


# Layers whose results keep their input's meaning, and those that are bounds of the layer before them.
KEEP = {"FLATTEN", "RESHAPE", "SLICE", "CROP", "PAD", "TRANSPOSE", "SHUFFLE", "UPSAMPLE", "POOL", "MAXPOOL", "AVGPOOL",
        "GMP", "OUTPUT", "DROPOUT", "BN"}
BOUNDS = {"RELU", "RELU6", "CLIP"}


class Maker:
    """Random tensors for the layers of a network, as `cnnc --emit=json` lists them; floats: layers that stay floats."""

    def __init__(self, layers, seed, floats=(), own=()):
        self.random = random.Random(seed)
        self.tensors = {}
        self.readers = {}
        for layer in layers:
            for name in layer["inputs"]:
                self.readers.setdefault(name, []).append(layer)
        self.sums = {}
        for layer in layers:
            self.layer(layer, layer["name"] in floats, layer["name"] in own)

    def meaning(self, name, scale, zero):
        self.tensors[f"{name}.output_scale"] = ("F32", [1], [single(scale)])
        self.tensors[f"{name}.output_zero_point"] = ("I8", [1], [zero])

    def layer(self, layer, floats, own):
        r, name, kind = self.random, layer["name"], layer["kind"]
        readers = self.readers.get(name, [])
        while len(readers) == 1 and readers[0]["kind"] in ("BN", "DROPOUT"):  # which are folded, or nothing
            readers = self.readers.get(readers[0]["name"], [])
        bounded = len(readers) == 1 and readers[0]["kind"] in BOUNDS and not own and r.random() < 0.8
        weights = {w["name"].rsplit(".", 1)[1]: w for w in layer["weights"]}
        if floats:
            for w in layer["weights"]:
                count = 1
                for side in w["shape"]:
                    count *= side
                self.tensors[w["name"]] = ("F32", w["shape"], [single(r.uniform(-0.5, 0.5)) for _ in range(count)])
        elif "weight" in weights and kind in ("CONV", "DWCONV", "DECONV", "FC"):
            shape = weights["weight"]["shape"]
            filters = weights["bias"]["shape"][0] if kind == "DECONV" else shape[0]
            count = 1
            for side in shape:
                count *= side
            scales = filters if r.random() < 0.7 else 1
            self.tensors[f"{name}.weight"] = ("I8", shape, [r.randint(-127, 127) for _ in range(count)])
            count //= filters
            self.tensors[f"{name}.weight_scale"] = ("F32", [scales], [single(r.uniform(0.5, 2) / (90 * count ** 0.5))
                                                                      for _ in range(scales)])
            if "bias" in weights:
                self.tensors[f"{name}.bias"] = ("I32", [filters], [r.randint(-3000, 3000) for _ in range(filters)])
        elif kind in KEEP and not own:
            return
        elif kind in BOUNDS and f"{layer['inputs'][0]}.output_scale" in self.tensors and not own:
            return
        if bounded:
            return
        if kind == "SOFTMAX":
            self.meaning(name, 1 / 256, -128)
        elif kind in ("SIGMOID", "HARDSIGMOID"):
            self.meaning(name, 1 / 256, -128)
        elif kind == "TANH":
            self.meaning(name, 1 / 128, 0)
        elif kind in BOUNDS:
            self.meaning(name, r.uniform(0.01, 0.03), r.choice((-128, -100, -128)))
        else:
            self.meaning(name, r.uniform(0.015, 0.04), r.randint(-60, 60))
