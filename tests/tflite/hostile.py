"""Files that are damaged, malicious, not supported or at odds with themselves: each gets a message that names the place
and what is wrong, quickly and in little memory. run(OUT) reports a case for each."""
import os
import pathlib
import random
import resource
import struct
import subprocess
import time

from report import CNNC, report, wants
from writer import Numbers, Tables, model, operator, tensor

MEMORY = 3 << 29  # bytes of address space
SHAPE = [1, 4, 4, 2]
KWS = pathlib.Path(__file__).resolve().parent / "kws" / "kws_ref_model.tflite"


def limits():
    if "DRIVER_SANITIZE" not in os.environ:  # whose shadow memory is larger than any limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


class Bench:
    def __init__(self, out):
        self.path = out / "hostile.tflite"

    def check(self, content):
        self.path.write_bytes(content)
        begun = time.time()
        done = subprocess.run([CNNC, "--color=never", "--check", self.path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, preexec_fn=limits, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace"), time.time() - begun

    def refuses(self, what, content, *expected):
        if not wants(f"hostile: {what}"):
            return
        status, text, seconds = self.check(content)
        missing = [words for words in expected if words not in text]
        report(status == 1 and "error:" in text and not missing and seconds < 20, f"hostile: {what}",
               f"status {status} after {seconds:.1f} s; missing: {missing}", text[:800])

    def accepts(self, what, content, *expected):
        if not wants(f"hostile: {what}"):
            return
        status, text, _ = self.check(content)
        report(status == 0 and all(words in text for words in expected), f"hostile: {what}", f"status {status}",
               text[:800])

    def survives(self, what, contents):
        if not wants(f"hostile: {what}"):
            return
        wrong = []
        for which, content in contents:
            status, text, seconds = self.check(content)
            if status not in (0, 1) or (status == 1 and "error:" not in text) or seconds > 20:
                wrong.append(f"{which}: status {status}, {seconds:.1f} s, {text[:200]!r}")
        report(not wrong, f"hostile: {what}", *wrong[:8])


def relu(**more):
    return model([tensor("x", SHAPE), tensor("y", SHAPE)], [operator("RELU", "x", "y")], **more)


def conv(options=None, weights=None, bias=None, version=1, x=None, y=None):
    options = {0: ("b", 0), 1: ("i", 1), 2: ("i", 1), **(options or {})}
    return model([x or tensor("x", SHAPE), weights or tensor("w", [3, 1, 1, 2], [1] * 6),
                  bias or tensor("b", [3], [0] * 3), y or tensor("y", [1, 4, 4, 3])],
                 [operator("CONV_2D", "x w b", "y", options, version)])


def ends(kind="f"):
    return [tensor("x", SHAPE, kind=kind), tensor("y", SHAPE)]


def structure(b):
    b.refuses("three bytes", b"TFL", "not a TensorFlow Lite model")
    b.refuses("a text", b"INPUT(3x3) -> RELU\n", "bytes 4 to 7 are not TFL3")
    b.refuses("the identifier alone", b"\0\0\0\0TFL3", "leads out of the file")
    b.refuses("a root behind the end", struct.pack("<I4s", 1 << 30, b"TFL3") + bytes(64), "at byte 0, where the file")
    b.refuses("a schema of another version", relu(version=4), "version 4", "version 3 is read")
    b.refuses("no graph", relu(more={"root": {2: Tables()}}), "no graph")
    b.refuses("no inputs", relu(inputs=""), "no inputs")
    b.refuses("no results", relu(outputs=""), "no outputs")
    b.refuses("an input listed twice", relu(inputs="x x"), "listed twice")
    b.refuses("an operator that reads what nobody makes", model(
        [tensor("x", SHAPE), tensor("z", SHAPE), tensor("y", SHAPE)], [operator("RELU", "z", "y")]),
        "operator 0, RELU", "no operator before it makes its input \"z\"")
    b.refuses("a cycle", model([tensor(n, SHAPE) for n in "xaby"], [
        operator("RELU", "b", "a"), operator("RELU", "a", "b"), operator("ADD", "x a", "y")]), "no operator before it")
    b.refuses("a result that is made twice", model([tensor(n, SHAPE) for n in "xy"], [
        operator("RELU", "x", "y"), operator("RELU", "x", "y")]), "operator 1, RELU", "a second time")
    b.refuses("an operator that makes the input", model(
        [tensor("x", SHAPE)], [operator("RELU", "x", "x")], outputs="x"), "a second time")
    b.refuses("an operator that makes a constant", model([tensor("x", SHAPE), tensor("y", SHAPE, [0] * 32)],
                                                         [operator("RELU", "x", "y")]), "a second time")
    b.refuses("a result that nobody makes", model([tensor("x", SHAPE), tensor("y", SHAPE)], []), "made by no operator")
    b.refuses("a result that is a constant", model([tensor("x", SHAPE), tensor("y", [1], [0])], []), "a constant")
    b.refuses("a tensor that is none of the file's", model(ends(), [operator("RELU", "7", "y")]),
              "none of the file's 2 tensors")
    b.refuses("an operator without inputs", model(ends(), [operator("RELU", "", "y")]), "operator 0, RELU",
              "lacks input 0")
    b.refuses("an operator without results", model(ends(), [operator("RELU", "x", "")]), "made by no operator")
    b.refuses("a code that the file does not list", relu(more={"root": {1: Tables()}}),
              "operator 0 has the code 0 of 0")
    b.refuses("a buffer that the file does not have", model([tensor("x", SHAPE, buffer=9), tensor("y", SHAPE)],
                                                            [operator("RELU", "x", "y")]),
              "the numbers of tensor 0 are not in the file")
    b.refuses("nine axes", model([tensor("x", [1] * 9), tensor("y", [1] * 9)], [operator("RELU", "x", "y")]),
              "more than 8 dimensions")
    b.refuses("2^40 numbers", model([tensor("x", [1, 1 << 20, 1 << 20, 1]), tensor("y", SHAPE)],
                                    [operator("RELU", "x", "y")]), "too many numbers")
    b.refuses("an empty input", model([tensor("x", [1, 0, 4, 2]), tensor("y", SHAPE)], [operator("RELU", "x", "y")]),
              "is empty")
    b.refuses("weights of fewer bytes than their shape takes", conv(weights=tensor("w", [3, 1, 1, 2], [1] * 5)),
              "operator 0, CONV_2D \"y\"", "has 20 bytes where 3x1x1x2 float32")
    b.refuses("the same result of another size", model([tensor("x", SHAPE), tensor("y", [1, 4, 4, 3])],
                                                       [operator("RELU", "x", "y")]),
              "its result is 1x4x4x2 where the file says 1x4x4x3")


def unsupported(b):
    b.refuses("an operator that is not read", model([tensor("x", SHAPE), tensor("y", SHAPE)],
                                                    [operator("LSTM", "x", "y")]),
              "operator 0, LSTM \"y\": the operator is not supported")
    b.refuses("an operator of the future", model([tensor("x", SHAPE), tensor("y", SHAPE)], [operator(500, "x", "y")]),
              "operator 0 with the code 500")
    b.refuses("an operator of one's own", model(ends(), [operator("CUSTOM", "x", "y", custom="Mine")]),
              "operator 0, CUSTOM Mine")
    b.refuses("a version of the future", conv(version=99), "operator 0, CONV_2D",
              "version 99 of it is not known; versions up to 8 are read")
    several = [operator("LSTM", "x", "a"), operator("RELU", "a", "c"), operator("LSTM", "c", "d"),
               operator("ADD", "a d", "y")]
    b.refuses("all that is not supported at once", model([tensor(n, SHAPE) for n in "xacdy"], several),
              "1 operator of the model cannot be compiled")
    b.accepts("what is not supported but not needed", model([tensor(n, SHAPE) for n in "xay"], [
        operator("LSTM", "x", "a"), operator("RELU", "x", "y")]))
    for kind, words in (("i", "int32"), ("B", "uint8"), ("h", "int16"), ("d", "float64")):
        b.refuses(f"an input of {words}", model([tensor("x", SHAPE, kind=kind), tensor("y", SHAPE)],
                                                [operator("RELU", "x", "y")]),
                  f"input \"x\" is {words}; float32 and int8 are supported", "inference_input_type")
    b.refuses("a type that nobody knows", model([tensor("x", SHAPE, type=77), tensor("y", SHAPE)],
                                                [operator("RELU", "x", "y")]), "unknown")
    b.refuses("a shape that is not fixed", model([tensor("x", SHAPE, signature=[1, -1, -1, 2]), tensor("y", SHAPE)],
                                                 [operator("RELU", "x", "y")]),
              "input \"x\" has a shape that is not fixed", "a fixed shape")
    b.accepts("a batch that is not fixed", model([tensor("x", SHAPE, signature=[-1, 4, 4, 2]), tensor("y", SHAPE)],
                                                 [operator("RELU", "x", "y")]))
    b.refuses("sparse weights", conv(weights=tensor("w", [3, 1, 1, 2], [1] * 6, sparse=True)), "sparse float32")
    b.refuses("a state", conv(weights=tensor("w", [3, 1, 1, 2], [1] * 6, variable=True)), "variable float32")
    b.refuses("weights that are computed", model(
        [tensor("x", SHAPE), tensor("z", [3, 1, 1, 2]), tensor("y", [1, 4, 4, 3])],
        [operator("CONV_2D", "x z", "y", {1: ("i", 1), 2: ("i", 1)})], "x z"), "its weights are not a constant")
    b.refuses("a stride of 0", conv({1: ("i", 0)}), "its strides are 1x0")
    b.refuses("a negative dilation", conv({4: ("i", -1)}), "operator 0, CONV_2D")
    b.refuses("padding of a third kind", conv({0: ("b", 2)}), "its padding has the code 2")
    b.refuses("an activation of the future", conv({3: ("b", 9)}), "its fused activation has the code 9")
    b.refuses("weights that are not finite", conv(weights=tensor("w", [3, 1, 1, 2], [1, 2, float("nan"), 4, 5, 6])),
              "not finite")
    b.refuses("an ellipsis", model([tensor("x", SHAPE), tensor("y", SHAPE), tensor("b", [4], [0] * 4, "i"),
                                    tensor("e", [4], SHAPE, "i"), tensor("s", [4], [1] * 4, "i")],
                                   [operator("STRIDED_SLICE", "x b e s", "y", {2: ("i", 1)})]), "an ellipsis")
    b.refuses("padding by 2^30 and more", model([tensor("x", SHAPE), tensor("y", SHAPE),
                                                 tensor("p", [4, 2], [0, 0, (1 << 31) - 1, 0, 0, 0, 0, 0], "i")],
                                                [operator("PAD", "x p", "y")]), "operator 0, PAD")


def integers(b):
    def q(name, shape, values=None, scale=(0.5,), zero=(3,), axis=0, kind="b", **more):
        return tensor(name, shape, values, kind, scale, zero, axis, **more)

    def network(x=None, w=None, bias=None, y=None):
        return conv(x=x or q("x", SHAPE), weights=w or q("w", [3, 1, 1, 2], [1] * 6, [0.25] * 3, [0] * 3),
                    bias=bias or q("b", [3], [0] * 3, [0.125] * 3, [0] * 3, kind="i"), y=y or q("y", [1, 4, 4, 3]))

    b.accepts("a network of integers", network())
    for scale, words in ((0.0, "is 0;"), (-1.0, "is -1;"), (float("nan"), "nan"), (float("inf"), "is inf;")):
        b.refuses(f"an input's scale of {scale}", network(x=q("x", SHAPE, scale=[scale])), "the scale of \"x\" " +
                  ("is " if "is" not in words else "") + words, "above 0")
        b.refuses(f"a filter's scale of {scale}", network(w=q("w", [3, 1, 1, 2], [1] * 6, [1, scale, 1], [0] * 3)),
                  "scale 1 of \"w\"")
        b.refuses(f"a result's scale of {scale}", network(y=q("y", [1, 4, 4, 3], scale=[scale])), "the scale of \"y\"")
    for zero in (128, -129, 1 << 40):
        b.refuses(f"a zero point of {zero}", network(x=q("x", SHAPE, zero=[zero])),
                  f"the zero point of \"x\" is {zero}")
    b.refuses("a zero point of weights", network(w=q("w", [3, 1, 1, 2], [1] * 6, [1] * 3, [0, 7, 0])),
              "zero point 1 of \"w\" is 7")
    b.refuses("scales along the wrong axis", network(w=q("w", [3, 1, 1, 2], [1] * 6, [1] * 3, [0] * 3, axis=3)),
              "a scale for each element of axis 3; its filters are axis 0")
    b.refuses("two scales for three filters", network(w=q("w", [3, 1, 1, 2], [1] * 6, [1] * 2, [0] * 2)),
              "\"w\" has 2 scales and 2 zero points for 3 filters")
    b.refuses("no scale", network(x=q("x", SHAPE, scale=(), zero=())), "\"x\" is int8 with 0 scales")
    b.refuses("two scales of an input", network(x=q("x", SHAPE, scale=(1, 2), zero=(0, 0))),
              "\"x\" is int8 with 2 scales")
    b.refuses("quantisation of one's own", network(x=q("x", SHAPE, custom_quantisation=True)), "of a kind of its own")
    b.refuses("a bias in other units", network(bias=q("b", [3], [0] * 3, [1.0] * 3, [0] * 3, kind="i")),
              "scale 0 of its bias \"b\" is 1 where input and weights make 0.125")
    b.refuses("a bias of floats", network(bias=tensor("b", [3], [0] * 3)), "its bias \"b\" is float32")
    b.refuses("weights of floats", network(w=tensor("w", [3, 1, 1, 2], [1] * 6)), "its weights \"w\" are float32")
    b.refuses("floats from integers", network(y=tensor("y", [1, 4, 4, 3])), "\"y\" is float32 and \"x\" is int8")
    b.accepts("weights of integers where the input is floats", conv(
        weights=q("w", [3, 1, 1, 2], [1] * 6, [0.25] * 3, [0] * 3)), "used as floats")
    b.refuses("such weights with two scales", conv(weights=q("w", [3, 1, 1, 2], [1] * 6, [1] * 2, [0] * 2)), "2 scales")

    def one(kind, x, y, options=None):
        return model([x, y], [operator(kind, "x", "y", options)])
    b.refuses("a SOFTMAX with another scale than prescribed", one(
        "SOFTMAX", q("x", [1, 4]), q("y", [1, 4], scale=[0.25], zero=[0]), {0: ("f", 1.0)}),
        "prescribes 1/256 and -128")
    b.refuses("a RESHAPE that changes the scale", one("RESHAPE", q("x", [1, 4]), q("y", [1, 2, 2], scale=[0.25])),
              "another scale or zero point than its input")
    b.refuses("a new scale without a layer", one("QUANTIZE", q("x", [1, 4]), q("y", [1, 4], scale=[0.25])),
              "not supported yet")
    b.refuses("an operator without integers", one("NEG", q("x", [1, 4]), q("y", [1, 4])),
              "not supported in integers yet")
    b.accepts("floats that become integers and floats again", model(
        [tensor("x", [1, 4]), q("i", [1, 4]), q("r", [1, 4]), tensor("y", [1, 4])],
        [operator("QUANTIZE", "x", "i"), operator("RELU", "i", "r"), operator("DEQUANTIZE", "r", "y")]))


def sizes(b):
    fan = [operator("ADD", "x x", f"t{i}") for i in range(3000)]
    b.survives("3,000 results that nobody reads", [(0, model([tensor("x", SHAPE)] +
                                                             [tensor(f"t{i}", SHAPE) for i in range(3000)], fan,
                                                             outputs="t0"))])
    many = [tensor(f"t{i}", [1, 1, 1, 1]) for i in range(25000)]
    chain = [operator("RELU", f"t{i}", f"t{i + 1}") for i in range(24999)]
    b.refuses("25,000 layers", model(many, chain, "t0", "t24999"), "more than 20000 layers")
    shared = [tensor("x", [1, 1 << 18])] + [tensor(f"w{i}", [1, 1 << 18], kind="b", buffer=1) for i in range(1000)]
    shared[1]["values"] = bytes(1 << 18)
    shared += [tensor(f"y{i}", [1, 1 << 18]) for i in range(1000)]
    sums = [operator("ADD", f"x w{i}", f"y{i}") for i in range(1000)]
    content = model(shared, sums, outputs="y0")
    b.survives("a quarter of a megabyte that 1,000 tensors read", [(0, content)])
    twice = Numbers("i", [0] * 4000)
    calls = Tables({0: ("I", 0), 1: twice, 2: Numbers("i", [1])} for _ in range(20))
    b.survives("long lists of operands", [(0, relu(more={"subgraph": {3: calls}}))])


def damaged(b):
    whole = KWS.read_bytes()
    b.survives("cut off anywhere", [(n, whole[:n]) for n in [*range(5, 60, 5), *range(100, len(whole), 3989)]])
    generator, cases = random.Random(5), []
    for which in range(60):
        content = bytearray(whole)
        for _ in range(generator.choice((1, 3, 20))):
            at = generator.choice((generator.randrange(len(content)), len(content) - 1 - generator.randrange(9000)))
            content[at] = generator.choice((0, 1, 127, 128, 255, generator.randrange(256)))
        cases.append((which, bytes(content)))
    b.survives("bytes that changed", cases)


class Collector:
    """Takes the files of all cases instead of trying them."""
    def __init__(self):
        self.files = []

    def refuses(self, _, content, *_expected):
        self.files.append(content)

    accepts = refuses

    def survives(self, _, _contents):
        pass


def contents():
    """Small files of all kinds, for others to start from."""
    collector = Collector()
    for group in (structure, unsupported, integers):
        group(collector)
    return collector.files


def run(out):
    bench = Bench(out)
    for group in (structure, unsupported, integers, sizes, damaged):
        group(bench)
