#!/usr/bin/env python3
"""Quantised models that are wrong, and how networks of integers are written: what ONNX Runtime makes of them is within
a step of what cnnc's code makes. Prints a test per line.

    quantised.py CNNC WORK RUN_ORT RUNTIME     RUNTIME: ONNX Runtime's library, or - if there is none"""
import json
import os
import struct
import subprocess
import sys

for folder in "lib", "quantised":
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder))
CNNC, WORK, RUN_ORT, RUNTIME = sys.argv[1:5]
from hostile import accepts, data, integer, ints, model, node, refuses, tensor, value  # noqa: E402
from report import BUILD, ROOT, report, skip  # noqa: E402
from tensors import Maker, write  # noqa: E402

FLOAT, UINT8, INT8, INT16, INT32 = 1, 2, 3, 5, 6


def floats(name, *numbers, dims=None):
    return tensor(name, [len(numbers)] if dims is None else dims, struct.pack(f"<{len(numbers)}f", *numbers))


def bytes_(name, *numbers, kind=INT8, dims=None):
    return tensor(name, [len(numbers)] if dims is None else dims, bytes(n & 255 for n in numbers), kind)


def scalars(scale=0.5, zero=0, kind=INT8):
    return [floats("s", scale, dims=[]), bytes_("z", zero, kind=kind, dims=[])]


def wrong_results():
    """What an activation's scale and zero point may be."""
    def around(*initializers, inputs="s z", more=b"", opset=13):
        words = inputs.split()
        nodes = [node("QuantizeLinear", ["x", *words], ["q"], more, name="quantise"),
                 node("DequantizeLinear", ["q", *words], ["y"], name="dequantise")]
        return model(nodes, initializers=initializers, opset=opset)

    for scale, words in ((0.0, "is 0"), (-0.5, "is -0.5"), (float("inf"), "is inf"), (float("nan"), "is nan"),
                         (1e-42, "is 1.0")):
        refuses(f"a scale that {words}", around(*scalars(scale)), f"scale 0 of \"s\" {words}")
    refuses("a scale that is wrong, by the operator", around(*scalars(0.0)), "QuantizeLinear \"quantise\": scale 0")
    accepts("no zero point", around(scalars()[0], inputs="s"))
    accepts("opset 10", around(*scalars(), opset=10))
    refuses("a scale of integers", around(bytes_("s", 1, dims=[]), scalars()[1]), "\"s\" is int8; scales are float")
    refuses("two scales", around(floats("s", 1, 2, 3), bytes_("z", 0, 0, 0)),
            "\"s\" has 3 scales and 3 zero points; an activation has one of each: quantise it per tensor")
    refuses("a zero point of 16 bits", around(scalars()[0], tensor("z", [], b"\0\0", INT16)),
            "\"z\" is int16; activations of int8 and uint8 are supported: quantise the model with 8 bits")
    beyond = tensor("z", [], kind=INT8, extra=data(5, b"\xac\x02"))
    refuses("a zero point that no byte holds", around(scalars()[0], beyond),
            "zero point 0 of \"z\" is 300; int8 reaches from -128 to 127")
    two = [node("QuantizeLinear", ["x", "s", "z"], ["q"], name="first"),
           node("DequantizeLinear", ["q", "t", "z"], ["y"], name="second")]
    refuses("a scale to quantise, another to read", model(two, initializers=[*scalars(), floats("t", 0.25, dims=[])]),
            "DequantizeLinear \"second\": its input was quantised with the scale 0.5 and is read with 0.25")
    mixed = [node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "u"], ["y"])]
    refuses("int8 that is read as uint8", model(mixed, initializers=[*scalars(), bytes_("u", 0, kind=UINT8, dims=[])]),
            "its zero point \"u\" is uint8 where the tensor is int8: both have one type")
    refuses("a scale that the network computes",
            model([node("QuantizeLinear", ["x", "x", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["y"])],
                  initializers=scalars()), "its scale \"x\" is not a constant: quantise the model statically")
    refuses("floats that are dequantised", model([node("DequantizeLinear", ["x", "s", "z"], ["y"])],
                                                 initializers=scalars()), "its input \"x\" is float")
    refuses("integers that are added up", model([node("QuantizeLinear", ["x", "s", "z"], ["q"]),
                                                 node("Add", ["q", "q"], ["y"], name="sum")], initializers=scalars()),
            "Add \"sum\": its input is int8")
    refuses("quantised integers that are cast", model([node("QuantizeLinear", ["x", "s", "z"], ["q"]),
                                                       node("Cast", ["q"], ["y"], integer("to", 1), name="cast")],
                                                      initializers=scalars()),
            "Cast \"cast\": it casts quantised integers of int8 to floats: read them with DequantizeLinear")
    refuses("a size that is not fixed", model([node("QuantizeLinear", ["x", "s", "z"], ["q"]),
                                               node("DequantizeLinear", ["q", "s", "z"], ["y"])],
                                              inputs=[("x", [1, 3, "height", 8])], initializers=scalars()),
            "-D height=NUMBER")


def wrong_weights():
    """Scales of constants: as many as the axis is long."""
    weight = bytes_("w", *[1] * 24, dims=[4, 3, 2, 1])

    def conv(scales, zeros, axis=0, more=b""):
        nodes = [node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["d"]),
                 node("DequantizeLinear", ["w", "ws", "wz"], ["v"], integer("axis", axis), more, name="weights"),
                 node("Conv", ["d", "v"], ["c"]), node("QuantizeLinear", ["c", "s", "z"], ["r"]),
                 node("DequantizeLinear", ["r", "s", "z"], ["y"])]
        return model(nodes, initializers=[*scalars(), weight, scales, zeros])

    four = [0.1, 0.2, 0.3, 0.4]
    accepts("a scale a filter", conv(floats("ws", *four), bytes_("wz", 0, 0, 0, 0)))
    accepts("a scale a channel, computed in floats", conv(floats("ws", *four[:3]), bytes_("wz", 0, 0, 0), 1))
    refuses("three scales for four filters", conv(floats("ws", *four[:3]), bytes_("wz", 0, 0, 0)),
            "DequantizeLinear \"weights\": \"w\" has 3 scales for 4 elements along axis 0 of 4x3x2x1")
    refuses("four scales, one zero point", conv(floats("ws", *four), bytes_("wz", 0)),
            "\"w\" has 4 scales and 1 zero points; there is one of each")
    refuses("an axis that there is not", conv(floats("ws", *four), bytes_("wz", 0, 0, 0, 0), 4),
            "axis 4 of a tensor of 4 dimensions")
    refuses("a scale of weights that is negative", conv(floats("ws", 0.1, 0.2, -0.3, 0.4), bytes_("wz", 0, 0, 0, 0)),
            "scale 2 of \"ws\" is -0.3")
    refuses("zero points of another type", conv(floats("ws", *four), bytes_("wz", 0, 0, 0, 0, kind=UINT8)),
            "its zero point \"wz\" is uint8 where the tensor is int8")
    refuses("blocks", conv(floats("ws", *[0.5] * 12, dims=[2, 3, 2, 1]), bytes_("wz", *[0] * 12, dims=[2, 3, 2, 1]),
                           more=integer("block_size", 2)), "a scale for each block of numbers")


def wrong_operators():
    inputs = ["x", "s", "z", "w", "s", "z", "s", "z"]
    x = [("x", [1, 3, 8, 8], INT8)]
    weight = bytes_("w", *[1] * 12, dims=[4, 3, 1, 1])

    def conv(given, *more):
        return model([node("QLinearConv", given, ["y"], name="conv")], x, initializers=[*scalars(), *more])

    accepts("QLinearConv of int8", conv(inputs, weight))
    refuses("QLinearConv without weights", conv(inputs[:3] + [""] + inputs[4:], weight), "it lacks input 3")
    refuses("QLinearConv that ends early", conv(inputs[:6], weight), "it lacks input 6")
    refuses("QLinearConv with a bias of floats", conv(inputs + ["b"], weight, floats("b", 1, 2, 3, 4)),
            "its bias \"b\" is not a constant of int32")
    nodes = [node("MaxPool", ["x"], ["m"], ints("kernel_shape", [2, 2])), node("QLinearConv", inputs, ["c"]),
             node("Concat", ["m", "m"], ["y"], integer("axis", 1))]
    of_integers = model(nodes, x, (), [*scalars(), weight])
    ends = b"".join(data(12, value(name, [1], INT8)) for name in ("c", "y"))
    refuses("an input that is moved before it is dequantised", of_integers + data(7, ends),
            "its input \"x\" is read as integers before it is dequantised")
    refuses("weights that are computed", conv(inputs[:3] + ["x"] + inputs[4:]), "its weights \"x\" are not a constant")
    refuses("DynamicQuantizeLinear of integers",
            model([node("DynamicQuantizeLinear", ["x"], ["y", "a", "b"])], x), "its input is int8")
    refuses("ConvInteger of floats", model([node("ConvInteger", ["x", "w"], ["y"])], initializers=[weight]),
            "its input \"x\" is float; int8 and uint8 are supported")
    refuses("an operator of ONNX Runtime that is not read", model(
        [node("QLinearWhere", ["x"], ["y"], domain="com.microsoft")]), "operators of the domain com.microsoft")


# ---- writing ----

NETWORKS = {
    "residual": "INPUT(9x9x3) -> CONV(8) -> RELU -> ADD{ DWCONV(3x3) -> RELU6 -> CONV(8, 1x1) | [] } -> MAXPOOL "
                "-> DECONV(6, 3x3, stride=2) -> LEAKY(0.1) -> CONCAT{ [] | SIGMOID } -> GAP -> FC(7)",
    "floats": "INPUT(8x8x2, mean=0.1, scale=2) -> CONV(4) -> ELU -> CONV(5, 1x1) -> RELU -> AVGPOOL(2) -> FLATTEN -> FC(4)"}


def run(*words):
    done = subprocess.run([str(w) for w in words], cwd=WORK, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def raw_numbers(path):
    """The floats of a TensorProto, whose numbers come last."""
    with open(path, "rb") as file:
        content = file.read()
    at = 0
    while at < len(content):
        key, at = content[at], at + 1
        length = shift = 0
        while True:
            byte, at = content[at], at + 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if key == 9 << 3 | 2:
            return list(struct.unpack(f"<{length // 4}f", content[at:at + length]))
        at += length if key & 7 == 2 else 0
    return []


def compare(name, weights, step):
    """ONNX Runtime's results of the written model against those of the code, in steps of the result."""
    os.makedirs(os.path.join(WORK, name), exist_ok=True)
    status, said = run(RUN_ORT, RUNTIME, f"{name}.onnx", name)
    if status == 0:
        status, said = run(CNNC, "-w", weights, "--embed=yes", "--emit=main", "-o", f"{name}_code.c", f"{name}.cnn")
    if status == 0:
        status, said = run(*os.environ.get("CC", "cc").split(), "-std=gnu99", "-O1", f"-I{ROOT}/runtime", "-o",
                           f"{name}_code", f"{name}_code.c", BUILD / "libcnn.a", "-lm", "-lpthread")
    numbers = raw_numbers(os.path.join(WORK, name, "input_0.pb")) if status == 0 else []
    with open(os.path.join(WORK, f"{name}.f32"), "wb") as file:
        file.write(struct.pack(f"<{len(numbers)}f", *numbers))
    if status == 0:
        status, said = run(f"./{name}_code", "-o", f"{name}.out", f"{name}.f32")
    case = f"written: {name}: ONNX Runtime's results are within a step"
    if status:
        report(False, case, said)
        return
    with open(os.path.join(WORK, f"{name}.out"), "rb") as file:
        got = list(memoryview(file.read()).cast("f"))
    wanted = raw_numbers(os.path.join(WORK, name, "output_0.pb"))
    worst = max((abs(a - b) for a, b in zip(got, wanted)), default=0) / step
    report(len(got) == len(wanted) and worst < 1.01 and len(set(got)) > 2, case, f"{worst} steps", got, wanted)


def written():
    for name, text in NETWORKS.items():
        with open(os.path.join(WORK, f"{name}.cnn"), "w", encoding="utf-8") as file:
            file.write(text + "\n")
        run(CNNC, "-w", "--emit=json", "-o", f"{name}.json", f"{name}.cnn")
        with open(os.path.join(WORK, f"{name}.json"), encoding="utf-8") as file:
            layers = json.load(file)["layers"]
        made = Maker(layers, 5, [], []).tensors
        write(os.path.join(WORK, f"{name}.safetensors"), made)
        weights = f"--weights={name}.safetensors"
        status, said = run(CNNC, "-w", weights, "--emit=onnx", "-o", f"{name}.onnx", f"{name}.cnn")
        report(status == 0, f"written: {name}", said)
        status, said = run(CNNC, "-w", "--verify", f"{name}.onnx")
        report(status == 0 and "all of them equal" in said, f"written: {name} is read again", said)
        status, said = run(CNNC, "-w", "--emit=cnn", "-o", f"{name}_again.cnn", f"{name}.onnx")
        back = open(os.path.join(WORK, f"{name}_again.safetensors"), "rb").read() if status == 0 else b""
        kept = [k for k, v in made.items() if k.endswith(".weight") and v[0] == "I8" and k.encode() not in back]
        report(status == 0 and not kept, f"written: {name}: its weights are integers again", kept, said)
        if RUNTIME != "-":
            last = [v[2][0] for k, v in made.items() if k.endswith("output_scale")][-1]
            compare(name, weights, last)
    if RUNTIME == "-":
        skip("what ONNX Runtime makes of networks of integers")


def scaled(*names):
    """ONNX's arithmetic; results in steps of a half."""
    made = {"rounding": ("I8", [1], [1])}
    for name in names:
        made[f"{name}.output_scale"] = ("F32", [1], [0.5])
        made[f"{name}.output_zero_point"] = ("I8", [1], [0])
    return made


def between_integers():
    """Bounds and paddings that no integer means, in front of what reads floats."""
    for name, text, wanted in (("clip", "INPUT(1x1x4) -> CLIP(-0.3, 0.7)", [0.7, -0.3, 0.5, 0]),
                               ("clip on integers", "INPUT(1x1x4) -> CLIP(-0.5, 1)", [1, -0.5, 0.5, 0]),
                               ("pad", "INPUT(1x1x4) -> PAD(c=1, value=0.3)", [0.3, 3, -2, 0.5, 0, 0.3])):
        stem = "between_" + name.replace(" ", "_")
        with open(os.path.join(WORK, f"{stem}.cnn"), "w", encoding="utf-8") as file:
            file.write(text + "\n")
        write(os.path.join(WORK, f"{stem}.safetensors"), scaled("input1"))
        with open(os.path.join(WORK, f"{stem}.f32"), "wb") as file:
            file.write(struct.pack("<4f", 3.1, -2.1, 0.6, 0.1))
        status, said = run(CNNC, "-w", f"--weights={stem}.safetensors", "--embed=yes", "--emit=main", "-o",
                           f"{stem}_code.c", f"{stem}.cnn")
        if status == 0:
            status, said = run(*os.environ.get("CC", "cc").split(), "-std=gnu99", "-O1", f"-I{ROOT}/runtime", "-o",
                               f"{stem}_code", f"{stem}_code.c", BUILD / "libcnn.a", "-lm", "-lpthread")
        if status == 0:
            status, said = run(f"./{stem}_code", "-o", f"{stem}.out", f"{stem}.f32")
        got = []
        if status == 0:
            with open(os.path.join(WORK, f"{stem}.out"), "rb") as file:
                got = list(memoryview(file.read()).cast("f"))
        right = len(got) == len(wanted) and all(abs(a - b) < 1e-6 for a, b in zip(got, wanted))
        report(right, f"between integers: {name}", said, got, wanted)


def scales_without_an_axis():
    with open(os.path.join(WORK, "groups.cnn"), "w", encoding="utf-8") as file:
        file.write("INPUT(4x4x4) -> up: DECONV(4, 3x3, groups=2)\n")
    made = {**scaled("input1", "up"), "up.weight": ("I8", [4, 2, 3, 3], [k % 50 for k in range(72)]),
            "up.bias": ("I32", [4], [0] * 4)}
    for scales, status_wanted in (4, 1), (1, 0):
        made["up.weight_scale"] = ("F32", [scales], [0.25] * scales)
        write(os.path.join(WORK, "groups.safetensors"), made)
        status, said = run(CNNC, "-w", "--weights=groups.safetensors", "--emit=onnx", "-o", "groups.onnx", "groups.cnn")
        right = status == status_wanted and ("ONNX has no axis" in said) == (scales > 1)
        report(right, f"written: a DECONV of two groups with {scales} {'scales' if scales > 1 else 'scale'}", said)


if __name__ == "__main__":
    between_integers()
    scales_without_an_axis()
    wrong_results()
    wrong_weights()
    wrong_operators()
    written()
