#!/usr/bin/env python3
"""What is said about a model that is read, and where its numbers go. Prints a test per line.

    reading.py CNNC WORK"""
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.argv += [""] * (4 - len(sys.argv))  # hostile.py reads a third
from hostile import accepts, data, ints, model, node, number, refuses, tensor  # noqa: E402
from report import report  # noqa: E402

CNNC, WORK = sys.argv[1:3]
RELU = [node("Relu", ["x"], ["y"], name="relu")]


def cnnc(*arguments):
    return subprocess.run([CNNC, "--color=never", *arguments], cwd=WORK, capture_output=True, text=True, timeout=120)


def dimensions():
    two = model(RELU, inputs=[("x", ["batch", 3, "height", "p2o.DynamicDimension.1"])])
    refuses("all dimensions that are not fixed, in one run", two,
            "-D height=NUMBER -D p2o.DynamicDimension.1=NUMBER fix them")
    refuses("each of them", two, "dimension 3 of input \"x\" is not fixed")
    accepts("a dimension whose name is no word, fixed by -D", two, "-D", "p2o.DynamicDimension.1=48", "-D", "height=5")
    other = [node("Relu", ["x"], ["a"]), node("Relu", ["z"], ["b"])]
    refuses("dimensions of several inputs, each name once",
            model(other, inputs=[("x", [1, 3, "h w", 8]), ("z", [1, 3, "h w", "width"])], outputs=["a", "b"]),
            "-D 'h w=NUMBER' -D width=NUMBER fix them")
    accepts("a name with an equals sign", model(RELU, inputs=[("x", [1, 3, "h=w", 8])]), "-D", "h=w=6")
    refuses("-D that names no dimension lists them", two, "its named dimensions are batch, height, "
            "p2o.DynamicDimension.1", "-D", "width=5")
    refuses("a size that is no number", two, "-D height=tall: a dimension must be a whole number", "-D", "height=tall")


def warnings():
    pools = [node("MaxPool", ["x"], ["a"], ints("kernel_shape", [3, 3]), ints("strides", [2, 2]), name="first"),
             node("Relu", ["a"], ["b"]),
             node("MaxPool", ["b"], ["y"], ints("kernel_shape", [2, 2]), ints("strides", [2, 2]), name="second")]
    with open(os.path.join(WORK, "pools.onnx"), "wb") as file:
        file.write(model(pools))
    done = cnnc("--check", "pools.onnx")
    for name in "first", "second":
        report(f"pools.onnx: warning: {name} (MAXPOOL): a " in done.stderr,
               f"reading: a warning names the layer {name}", done.stderr)


def constant_node(name, dims, numbers):
    held = tensor(name, dims, struct.pack(f"<{len(numbers)}f", *numbers))
    return node("Constant", [], [name], data(5, data(1, "value") + data(5, held) + number(20, 4)))


def constants():
    weights = [0.5 + (i * 7 % 251) / 256 for i in range(16 * 27)]
    nodes = [constant_node("w", [16, 3, 3, 3], weights), constant_node("m", [1, 3, 1, 1], [1.0, 2.0, 4.0]),
             node("Mul", ["x", "m"], ["a"]), node("Conv", ["a", "w"], ["y"], name="conv")]
    with open(os.path.join(WORK, "constants.onnx"), "wb") as file:
        file.write(model(nodes))
    done = cnnc("--emit=cnn", "-o", "constants.cnn", "constants.onnx")
    with open(os.path.join(WORK, "constants.cnn"), encoding="utf-8") as file:
        text = file.read()
    report(done.returncode == 0 and len(text) < 300, "reading: many constants do not stand in the text", text,
           done.stderr)
    report("scale=" in text, "reading: few do", text)
    report(os.path.getsize(os.path.join(WORK, "constants.safetensors")) > 4 * len(weights),
           "reading: they are tensors of the .safetensors")
    cnnc("--emit=cnnw", "--target=c99", "-o", "one.cnnw", "constants.onnx")
    done = cnnc("--emit=cnnw", "--target=c99", "--weights=constants.safetensors", "-o", "two.cnnw", "constants.cnn")
    packs = []
    for name in "one.cnnw", "two.cnnw":
        with open(os.path.join(WORK, name), "rb") as file:
            packs.append(file.read())
    report(packs[0] == packs[1] and len(packs[0]) > 4 * len(weights), "reading: the text's numbers are the model's",
           done.stderr)


def names():
    with open(os.path.join(WORK, "same.onnx"), "wb") as file:
        file.write(model(RELU))
    for output in "left", "right":
        done = cnnc("-o", output + ".c", "same.onnx")
        with open(os.path.join(WORK, output + ".h"), encoding="utf-8") as file:
            header = file.read()
        report(f"{output}_model" in header and f"(network {output})" in done.stdout,
               f"reading: symbols of {output}.c begin with its name", done.stdout)
    done = cnnc("--name=mine", "-o", "third.c", "same.onnx")
    report("(network mine)" in done.stdout, "reading: --name names them otherwise", done.stdout)
    cnnc("--emit=cnn", "-o", "fourth.cnn", "same.onnx")
    with open(os.path.join(WORK, "fourth.cnn"), encoding="utf-8") as file:
        text = file.read()
    report(text.startswith("network fourth\n"), "reading: so is the text of a model", text)


dimensions()
warnings()
constants()
names()
