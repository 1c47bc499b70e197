#!/usr/bin/env python3
"""Models that are cut off, damaged, enormous or malicious: each must get a clear error (exit status 1, or 2
if the file cannot be read at all), quickly and in little memory. Prints a test per line.

    hostile.py CNNC WORK GOOD_MODEL"""
import os
import random
import resource
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from report import report  # noqa: E402
from wire import data, number  # noqa: E402

CNNC, WORK, GOOD = sys.argv[1:4]
MEMORY = 3 << 29  # bytes of address space


def tensor(name, dims, raw=None, kind=1, extra=b""):
    body = b"".join(number(1, d) for d in dims) + number(2, kind) + data(8, name) + extra
    return body + (data(9, raw) if raw is not None else b"")


def external(name, dims, **entries):
    extra = b"".join(data(13, data(1, k) + data(2, str(v))) for k, v in entries.items()) + number(14, 1)
    return tensor(name, dims, extra=extra)


def value(name, dims, kind=1):
    shape = b"".join(data(1, number(1, d) if isinstance(d, int) else data(2, d)) for d in dims)
    return data(1, name) + data(2, data(1, number(1, kind) + data(2, shape)))


def ints(name, values):
    return data(5, data(1, name) + b"".join(number(8, v) for v in values) + number(20, 7))


def integer(name, v):
    return data(5, data(1, name) + number(3, v) + number(20, 2))


def node(kind, inputs, outputs, *attributes, name="", domain=""):
    ends = b"".join(data(1, i) for i in inputs) + b"".join(data(2, o) for o in outputs)
    return ends + data(3, name) + data(4, kind) + (data(7, domain) if domain else b"") + b"".join(attributes)


def model(nodes, inputs=(("x", [1, 3, 8, 8]),), outputs=("y",), initializers=(), opset=13):
    graph = b"".join(data(1, n) for n in nodes) + data(2, "g") + b"".join(data(5, t) for t in initializers)
    graph += b"".join(data(11, i if isinstance(i, bytes) else value(*i)) for i in inputs)
    graph += b"".join(data(12, value(o, [1])) for o in outputs)
    return number(1, 8) + data(8, number(2, opset)) + data(7, graph)


RELU = [node("Relu", ["x"], ["y"], name="relu")]
CONV = [node("Conv", ["x", "w"], ["y"], name="conv")]


def limits():
    if "DRIVER_SANITIZE" not in os.environ:  # whose shadow memory is larger than any limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(path, *arguments):
    begun = time.time()
    done = subprocess.run([CNNC, "--color=never", "--check", *arguments, path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, preexec_fn=limits, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), time.time() - begun


def refuses(description, content, expected, *arguments):
    path = os.path.join(WORK, "hostile.onnx")
    with open(path, "wb") as file:
        file.write(content)
    status, text, seconds = run(path, *arguments)
    right = status in (1, 2) and expected in text and seconds < 20
    report(right, f"hostile: {description}", f"status {status} after {seconds:.1f} s; expected: {expected}", text[:600])


def accepts(description, content, *arguments):
    path = os.path.join(WORK, "hostile.onnx")
    with open(path, "wb") as file:
        file.write(content)
    status, text, _ = run(path, *arguments)
    report(status == 0, f"hostile: {description}", text[:600])


def survives(description, contents):
    path = os.path.join(WORK, "hostile.onnx")
    wrong = []
    for which, content in contents:
        with open(path, "wb") as file:
            file.write(content)
        status, text, seconds = run(path)
        if status not in (0, 1, 2) or (status == 1 and "error:" not in text) or seconds > 20:
            wrong.append(f"{which}: status {status}, {seconds:.1f} s, {text[:200]!r}")
    report(not wrong, f"hostile: {description}", *wrong[:8])


def paths():
    with open(os.path.join(WORK, "inside.bin"), "wb") as file:
        file.write(struct.pack("<81f", *[0.5] * 81))
    os.makedirs(os.path.join(WORK, "below"), exist_ok=True)
    with open(os.path.join(WORK, "below", "w.bin"), "wb") as file:
        file.write(bytes(324))
    for link, target in (("escape.bin", "/etc/passwd"), ("stay.bin", "inside.bin")):
        if os.path.lexists(os.path.join(WORK, link)):
            os.remove(os.path.join(WORK, link))
        os.symlink(target, os.path.join(WORK, link))

    def with_file(location, **more):
        return model(CONV, initializers=[external("w", [3, 3, 3, 3], location=location, **more)])

    accepts("numbers in a file beside the model", with_file("inside.bin", offset=0, length=324))
    accepts("numbers in a folder below", with_file("below/w.bin"))
    accepts("a link that stays in the folder", with_file("stay.bin"))
    for location in ("/etc/passwd", "../" + os.path.basename(WORK) + "/inside.bin", "below/../../x", "escape.bin",
                     "absent.bin", "..", "below/.."):
        refuses(f"numbers in {location}", with_file(location), "not a file in the model's folder")
    refuses("numbers in a folder", with_file("below"), "error:")
    if not os.path.lexists(os.path.join(WORK, "pipe.bin")):
        os.mkfifo(os.path.join(WORK, "pipe.bin"))
    refuses("numbers in a pipe that nobody writes", with_file("pipe.bin"), "not a regular file")
    refuses("numbers past the end of the file", with_file("inside.bin", offset=4), "reach past the end")
    refuses("an offset near 2^64", with_file("inside.bin", offset=18446744073709551612), "reach past the end")
    refuses("a length that is not the tensor's", with_file("inside.bin", length=320), "is not valid")
    refuses("a negative offset", with_file("inside.bin", offset=-4), "is not valid")
    refuses("no location", model(CONV, initializers=[external("w", [3, 3, 3, 3], offset=0)]), "is not valid")


def sizes():
    refuses("a tensor of 2^62 numbers", model(CONV, initializers=[tensor("w", [1 << 31, 1 << 31], b"")]), "dimensions")
    refuses("negative dimensions", model(CONV, initializers=[tensor("w", [3, -3], b"")]), "dimensions")
    refuses("fewer numbers than said", model(CONV, initializers=[tensor("w", [3, 3, 3, 3], bytes(12))]),
            "as many numbers")
    refuses("no numbers at all", model(CONV, initializers=[tensor("w", [2000, 2000, 3, 3])]), "as many numbers")
    refuses("an input of 2^40 elements", model(RELU, inputs=[("x", [1, 1 << 20, 1 << 20, 1])]), "too large")
    shape = tensor("s", [4], struct.pack("<4q", 1, 1 << 20, 1 << 10, 1), kind=7)
    grow = [node("ConstantOfShape", ["s"], ["c"]), node("Add", ["x", "c"], ["y"])]
    refuses("a constant of 2^30 numbers", model(grow, initializers=[shape]), "too large")
    growing = [node("Concat", [f"c{i}", f"c{i}"], [f"c{i + 1}"], integer("axis", 0)) for i in range(40)]
    growing += [node("Add", ["x", "c40"], ["y"])]
    refuses("a constant that doubles 40 times", model(growing, initializers=[tensor("c0", [1], bytes(4))]), "error:")
    pads = tensor("p", [8], struct.pack("<8q", 0, 0, 1 << 40, 0, 0, 0, 0, 0), kind=7)
    refuses("padding by 2^40", model([node("Pad", ["x", "p"], ["y"])], initializers=[pads]), "out of range")
    kernel = [node("MaxPool", ["x"], ["y"], ints("kernel_shape", [1 << 40, 1 << 40]))]
    refuses("a window of 2^40", model(kernel), "out of range")
    still = [node("MaxPool", ["x"], ["y"], ints("kernel_shape", [2, 2]), ints("strides", [0, 1]))]
    refuses("a stride of 0", model(still), "is 0")
    refuses("a group of 0", model([node("Conv", ["x", "w"], ["y"], integer("group", 0))],
                                  initializers=[tensor("w", [3, 3, 1, 1], bytes(36))]), "group")
    many = [node("Relu", [f"t{i}"], [f"t{i + 1}"]) for i in range(30000)]
    refuses("30,000 layers", model(many, inputs=[("t0", [1, 1, 1, 1])], outputs=["t30000"]), "more than 20000 layers")
    bomb = data(7, data(1, b"") * 3000000)
    refuses("three million empty operators", number(1, 8) + data(8, number(2, 13)) + bomb, "error:")
    deep = b""
    for _ in range(4000):
        deep = data(1, data(5, data(6, deep)))
    refuses("messages nested 12,000 deep", number(1, 8) + data(8, number(2, 13)) + data(7, deep), "nested too deeply")


    with open(os.path.join(WORK, "shared.bin"), "wb") as file:
        file.write(bytes(1 << 20))
    halves = [external(f"w{i}", [1 << 19], location="shared.bin").replace(number(2, 1), number(2, 10), 1)
              for i in range(2000)]
    sums = [node("Add", [f"w{i}", "x"], [f"y{i}"]) for i in range(2000)]
    refuses("a megabyte of halves that 2,000 tensors read", model(sums, outputs=["y0"], initializers=halves), "error:")

    fan = [node("Mul", ["x"] + [f"m{i}" for i in range(200)], [f"m{i}"]) for i in range(2000)]
    survives("an input that 2,000 operators read again and again", [(0, model(fan, outputs=["m0"]))])


def structure():
    refuses("an empty file", b"", "error:")
    refuses("a text", b"INPUT(3x3) -> RELU\n", "error:")
    refuses("zeros", bytes(100000), "error:")
    refuses("no graph", number(1, 8) + data(8, number(2, 13)), "no graph")
    refuses("no opset", data(7, b""), "opset 0")
    refuses("an opset of the future", model(RELU, opset=99), "opset 99")
    refuses("an operator that reads what nobody makes", model([node("Relu", ["nothing"], ["y"])]), "\"nothing\"")
    cycle = [node("Relu", ["b"], ["a"]), node("Relu", ["a"], ["b"]), node("Add", ["x", "a"], ["y"])]
    refuses("a cycle", model(cycle), "no operator before it")
    refuses("a result that is made twice", model([node("Relu", ["x"], ["y"]), node("Abs", ["x"], ["y"])]), "made twice")
    refuses("an output that nobody makes", model(RELU, outputs=["z"]), "made by no operator")
    refuses("no outputs", model(RELU, outputs=[]), "no outputs")
    refuses("an operator without inputs", model([node("Relu", [], ["y"])]), "Relu")
    refuses("a Conv with one input", model([node("Conv", ["x"], ["y"])]), "Conv")
    for kind in ("Sigmoid", "Tanh", "Erf", "Clip", "Softplus", "Add", "Sub", "Sqrt", "ReduceMean", "Abs", "Softmax"):
        for last in ("Mul", "Div", "Tanh", "Log", "ReduceSum"):
            nodes = [node(kind, [], ["a"]), node(kind, ["a"], ["b"]), node(last, ["x", "b"], ["y"])]
            with_gap = [node("Gather", ["c", "", "c"], ["a"]), node("Concat", ["c", "", "c"], ["b"]),
                        node(last, ["b", "x"], ["y"])]
            survives(f"{kind} without inputs, then {last}; gaps between inputs",
                     [(0, model(nodes)), (1, model(with_gap, initializers=[tensor("c", [1], bytes(4))]))])
    refuses("an operator without outputs", model([node("Relu", ["x"], [])]), "error:")
    refuses("a sequence as input", model(RELU, inputs=[data(1, "x") + data(2, data(4, b""))]), "no tensor")
    accepts("integers as input", model(RELU, inputs=[("x", [1, 3, 8, 8], 7)]))
    refuses("an input without shape", model(RELU, inputs=[data(1, "x") + data(2, data(1, number(1, 1)))]), "no shape")
    refuses("a symbolic height", model(RELU, inputs=[("x", ["N", 3, "height", 8])]), "-D height=NUMBER")
    accepts("a symbolic batch and a height that -D fixes", model(RELU, inputs=[("x", ["N", 3, "height", 8])]),
            "-D", "height=5")
    refuses("-D of a dimension that is not there", model(RELU), "no input has a dimension named width", "-D", "width=5")
    unknown = [node("Einsum", ["x"], ["a"], name="first"), node("GridSample", ["a"], ["b"], name="second"),
               node("Relu", ["b"], ["c"]), node("Attention", ["c"], ["y"], name="third", domain="com.example")]
    refuses("operators it does not know: the first", model(unknown), "Einsum \"first\"")
    refuses("operators it does not know: the last, in the same run", model(unknown), "Attention \"third\"")
    refuses("operators it does not know: their number", model(unknown), "3 operators")
    infinite = tensor("w", [3, 3, 1, 1], struct.pack("<9f", *[1] * 8, float("inf")))
    refuses("weights that are not finite", model(CONV, initializers=[infinite]), "not finite")
    share = tensor("r", [], struct.pack("<f", 1.5))
    refuses("a share of 1.5 dropped", model([node("Dropout", ["x", "r"], ["y"])], initializers=[share]), "ratio")
    strange = node("Relu", ["x"], ["y"], name="\x01\"}{\n\xff")
    accepts("an operator with a strange name", model([strange]))


def main():
    with open(GOOD, "rb") as file:
        good = file.read()
    random.seed(5)
    survives("a model cut off anywhere", [(n, good[:n]) for n in range(0, len(good), len(good) // 150 + 1)])
    damaged = []
    for which in range(300):
        copy = bytearray(good)
        for _ in range(random.choice((1, 1, 2, 8))):
            copy[random.randrange(min(len(copy), 4000) if which % 2 else len(copy))] = random.randrange(256)
        damaged.append((which, bytes(copy)))
    survives("a model with damaged bytes, 300 times", damaged)
    paths()
    sizes()
    structure()


if __name__ == "__main__":
    main()
