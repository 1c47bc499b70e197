#!/usr/bin/env python3
"""Writes COUNT random networks from SEED for tests/codegen/driver.c: generate.py COUNT SEED > networks.

Every network is valid, small, and drawn from one of several families, each of which presses on another
part of the back end: `odd` mixes everything at odd sizes, `blocks` keeps to channel counts around multiples
of 16 with many readers of one tensor (halos, residuals, concatenations), `maps` has few maps over wide images,
`signal` is one pixel wide, `ends` has several inputs and outputs in all their layouts. Shapes are followed here
by the rules of the language, so that a network that cnnc refuses is a fault on one of the two sides."""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from layers import with_all_activations  # noqa: E402

# Functions that make large errors of small ones, or have no result for most random numbers: tests/codegen has them.
STEEP = ["SOFTMAX", "LOGSOFTMAX", "SQRT", "RSQRT", "RECIPROCAL", "POWER", "EXP", "LOG", "TAN", "ASIN", "ACOS", "ACOSH",
         "ATANH", "SINH", "COSH", "SQUARE", "FLOOR", "CEIL", "ROUND", "SIGN", "SHRINK", "THRESHOLD",
         "ABOVE", "BELOW", "EQUALS"]
ACTIVATIONS = with_all_activations([
    "RELU", "RELU", "RELU", "RELU6", "LEAKY", "LEAKY(0.3)", "LEAKY(-0.2)", "LEAKY(1.5)", "PRELU", "PRELU(shared=yes)",
    "ELU", "ELU(0.5)", "SELU", "SIGMOID", "TANH", "TANH(1.7, 0.6)", "HARDSIGMOID", "HARDSWISH", "SILU", "GELU",
    "GELU(approximate=tanh)", "MISH", "SOFTPLUS", "SOFTSIGN", "ABS", "CLIP(-0.5, 0.5)", "CLIP(0.1, 2)",
    "POWER(2)"], STEEP)
FUSED = ["RELU", "RELU", "RELU", "RELU6", "LEAKY", "CLIP(-0.5, 0.5)"]  # what kernels over blocks can end in
FAMILIES = ["odd", "odd", "blocks", "blocks", "blocks", "blocks", "maps", "maps", "signal", "ends"]
MOST = 6000  # numbers in a tensor


class Tensor:
    def __init__(self, label, h, w, c):
        self.label, self.h, self.w, self.c = label, h, w, c


def places(n, window, stride, before, after, dilation=1, ceil=False):
    room = n + before + after - dilation * (window - 1) - 1
    if room < 0:
        return 0
    count = (room + (stride - 1 if ceil else 0)) // stride + 1
    return count - 1 if ceil and (count - 1) * stride >= n + before else count


class Net:
    def __init__(self, rng, family):
        self.rng, self.family = rng, family
        self.lines, self.tensors = [], []
        self.shared = {}  # a layer's input shape -> (label, output shape)
        self.inputs = 0

    # ---- the text ----

    def label(self):
        return f"t{len(self.tensors)}"

    def new(self, text, h, w, c):
        """A statement whose last layer is labelled; `text` has an @ where the label goes."""
        tensor = Tensor(self.label(), h, w, c)
        self.lines.append(text.replace("@", tensor.label + ":"))
        self.tensors.append(tensor)
        return tensor

    def chain(self, source, layers, h, w, c):
        if h * w * c > MOST or min(h, w, c) < 1:
            return None
        layers = layers[:-1] + ["@ " + layers[-1]]
        return self.new(f"FROM({source.label}) -> " + " -> ".join(layers), h, w, c)

    def pick(self):
        """Mostly recent tensors, so that chains grow; sometimes one that already has readers."""
        back = int(self.rng.expovariate(0.9 if self.family != "blocks" else 0.6))
        return self.tensors[max(0, len(self.tensors) - 1 - back)]

    def chance(self, probability):
        return self.rng.random() < probability

    # ---- numbers that suit the family ----

    def channels(self):
        rng = self.rng
        if self.family == "blocks":
            return rng.choice([16, 16, 16, 32, 32, 48, 15, 17, 31, 33, 8, 20])
        if self.family == "maps":
            return rng.choice([1, 3, 6, 12, 2, 4, 5, 7, 13])
        return rng.choice([1, 2, 3, 5, 7, 8, 11, 12, 13, 16, 17, 24, 32, 33, 48])

    def input_shape(self):
        rng = self.rng
        if self.family == "signal":
            h, w = rng.choice([1, 7, 16, 33, 64, 101]), 1
            if self.chance(0.4):
                h, w = w, h
            return h, w, rng.choice([1, 1, 2, 3, 16, 20])
        if self.family == "maps":
            return (rng.choice([3, 5, 8, 12, 16]), rng.choice([12, 13, 15, 16, 17, 23, 31, 32, 33, 40]),
                    rng.choice([1, 1, 3, 3, 6]))
        if self.family == "blocks":
            side = rng.choice([1, 2, 4, 5, 6, 7, 8, 9, 10, 13])
            other = side if self.chance(0.6) else rng.choice([3, 4, 7, 11, 14, 17])
            return side, other, rng.choice([16, 16, 32, 3, 17, 48])
        sides = [1, 1, 2, 3, 4, 5, 7, 11, 13]
        return rng.choice(sides), rng.choice(sides), rng.choice([1, 1, 2, 3, 4, 7, 8, 16, 32])

    def window(self, signal_too=True):
        rng = self.rng
        if self.family == "signal" and signal_too:
            tall, wide = rng.choice([(1, 1), (3, 1), (5, 1), (9, 1), (1, 3), (1, 5)])
            return tall, wide
        if self.family == "blocks":
            return rng.choice([(1, 1), (1, 1), (3, 3), (3, 3), (3, 3), (3, 3), (5, 5), (2, 2), (1, 3), (3, 1)])
        return rng.choice([(1, 1), (1, 1), (3, 3), (3, 3), (3, 3), (5, 5), (2, 2), (4, 4), (3, 5), (5, 2), (1, 7),
                           (7, 1), (6, 6)])

    def activation(self):
        """Nothing, or a layer that often follows another."""
        rng = self.rng
        if self.family == "blocks" and self.chance(0.9):
            return rng.choice([[], ["BN"], ["RELU"], ["BN", "RELU"], [rng.choice(FUSED)]])
        return rng.choice([[], [], ["BN"], ["RELU"], ["BN", "RELU"], ["RELU6"], [rng.choice(ACTIVATIONS)],
                           ["BN", rng.choice(ACTIVATIONS)],
                           ["SCALE"], ["RELU", "BN"], ["BN", "SCALE", "LEAKY"]])

    def padding(self, window, stride, dilation):
        """(text, (top, left, bottom, right))"""
        rng = self.rng
        reach = tuple((f - 1) * d for f, d in zip(window, dilation))
        kind = rng.choice(["same"] * 5 + ["valid", "valid", "full", "number", "four", "large"])
        if kind == "same":
            return "same", (reach[0] // 2, reach[1] // 2, reach[0] - reach[0] // 2, reach[1] - reach[1] // 2)
        if kind == "valid":
            return "valid", (0, 0, 0, 0)
        if kind == "full":
            return "full", (reach[0], reach[1]) * 2
        if kind == "number":
            p = rng.choice([0, 1, 2])
            return str(p), (p,) * 4
        most = 7 if kind == "large" else 2
        four = tuple(rng.randrange(most + 1) for _ in range(4))
        return str(four), four

    # ---- layers ----

    def convolution(self):
        rng, source = self.rng, self.pick()
        window = self.window()
        stride = rng.choice([(1, 1)] * 6 + [(2, 2), (2, 2), (3, 3), (1, 2), (2, 1), (5, 4)])
        dilation = rng.choice([(1, 1)] * 6 + [(2, 2), (1, 2), (3, 1)])
        text, pad = self.padding(window, stride, dilation)
        h = places(source.h, window[0], stride[0], pad[0], pad[2], dilation[0])
        w = places(source.w, window[1], stride[1], pad[1], pad[3], dilation[1])
        arguments = f"{window[0]}x{window[1]}, stride={stride}, pad={text}, dilation={dilation}"
        kind = rng.random()
        if kind < (0.25 if self.family == "blocks" else 0.12):
            k, mult = source.c, rng.choice([1, 1, 1, 1, 2, 3])
            k *= mult
            call = f"DWCONV({arguments}, mult={mult}"
        else:
            k, groups = self.channels(), 1
            if kind < 0.3:
                groups = rng.choice([g for g in range(1, source.c + 1) if source.c % g == 0])
                k = groups * rng.choice([1, 1, 2, 3, 5, 16])
            if k * source.c // groups * window[0] * window[1] > 60000 or k > 96:
                return
            call = f"CONV({k}, {arguments}, groups={groups}"
            if groups == 1 and source.c * k <= 64 and self.chance(0.1):
                rows = [[rng.randrange(2) for _ in range(k)] for _ in range(source.c)]
                call += ", connect=[" + "; ".join(" ".join(map(str, row)) for row in rows) + "]"
        call += rng.choice([")", ")", ")", ", bias=no)", ", bias=0.5)"])
        self.chain(source, [call] + self.activation(), h, w, k)

    def plain3x3(self):
        """A convolution for Winograd's algorithm, often with a residual."""
        rng, source = self.rng, self.pick()
        same = self.chance(0.5)
        k = source.c if same else self.channels()
        tail = rng.choice([[], ["BN"], ["RELU"], ["BN", "RELU"]])
        if same and self.chance(0.7):
            others = [t for t in self.tensors if (t.h, t.w, t.c) == (source.h, source.w, k)]
            branches = [" -> ".join([f"FROM({source.label})", f"CONV({k}, 3)"] + tail),
                        f"FROM({rng.choice(others).label})"]
            if self.chance(0.3):
                branches.reverse()
            if k * source.c * 9 <= 60000:
                self.new("ADD{ " + " | ".join(branches) + " } -> @ " + rng.choice(ACTIVATIONS + ["RELU"] * 20),
                         source.h, source.w, k)
        elif k * source.c * 9 <= 60000:
            self.chain(source, [f"CONV({k}, 3)"] + tail, source.h, source.w, k)

    def deconvolution(self):
        rng, source = self.rng, self.pick()
        f, s, d = rng.choice([1, 2, 3, 4]), rng.choice([1, 2, 2, 3]), rng.choice([1, 1, 1, 2])
        groups = rng.choice([1, 1, 1] + [g for g in (2, 4) if source.c % g == 0])
        k = groups * rng.choice([1, 2, 3, 5, 8, 16])
        out = rng.choice([0, 0, 1]) if max(s, d) > 1 else 0
        p = rng.choice([0, 0, 1]) if f > 1 else 0
        h, w = [(n - 1) * s - 2 * p + d * (f - 1) + 1 + out for n in (source.h, source.w)]
        call = (f"DECONV({k}, {f}, stride={s}, pad={p}, dilation={d}, groups={groups}, outpad={out}, "
                f"bias={rng.choice(['yes', 'no'])})")
        if k * source.c * f * f <= 40000:
            self.chain(source, [call] + self.activation(), h, w, k)

    def dense(self):
        source, k = self.pick(), self.rng.choice([1, 3, 10, 16, 33, 64, 65])
        if source.h * source.w * source.c * k <= 60000:
            kind = "RBF" if self.chance(0.1) else "FC"
            self.chain(source, [f"{kind}({k})"] + (self.activation() if kind == "FC" else []), 1, 1, k)

    def pool(self):
        rng, source = self.rng, self.pick()
        kind = rng.choice(["MAXPOOL", "MAXPOOL", "AVGPOOL", "AVGPOOL", "L2POOL", "POOL", "gauss"])
        if self.family == "maps" and self.chance(0.4):  # the lecture's pool
            return self.chain(source, ["MAXPOOL"], source.h // 2, source.w // 2, source.c)
        tail = rng.choice([[], [], [], ["RELU"], [rng.choice(ACTIVATIONS)]])
        affine = ", affine=yes" if self.chance(0.1) else ""
        if self.chance(0.2):
            return self.chain(source, [rng.choice(["GAP", "GMP"])] + tail, 1, 1, source.c)
        if self.chance(0.12) and kind != "gauss":
            h, w = rng.randrange(1, source.h + 3), rng.randrange(1, source.w + 3)
            return self.chain(source, [f"{kind}(out={h}x{w}{affine})"] + tail, h, w, source.c)
        window = self.window()
        stride = rng.choice([window, (1, 1), (2, 2), (2, 1), (3, 4)])
        pad = rng.choice([(0,) * 4, (0,) * 4, tuple(f // 2 for f in window) * 2,
                          tuple(rng.randrange(min(f, 3)) for f in window * 2)])
        ceil = self.chance(0.3)
        h = places(source.h, window[0], stride[0], pad[0], pad[2], 1, ceil)
        w = places(source.w, window[1], stride[1], pad[1], pad[3], 1, ceil)
        call = (f"{'POOL' if kind == 'gauss' else kind}({window[0]}x{window[1]}, stride={stride}, pad={pad}, "
                f"ceil={'yes' if ceil else 'no'}")
        call += ", kind=gauss" if kind == "gauss" else ""
        call += ", count_pad=no" if kind == "AVGPOOL" and self.chance(0.5) else ""
        return self.chain(source, [call + affine + ")"] + tail, h, w, source.c)

    def elementwise(self):
        source = self.pick()
        kinds = ["RELU", "RELU6", "LEAKY", "BN", "BN", "SCALE", "SCALE(weight=2, bias=no)"]
        self.chain(source, [self.rng.choice(kinds + (FUSED if self.family == "blocks" else ACTIVATIONS))],
                   source.h, source.w, source.c)

    def normalisation(self):
        rng, source = self.rng, self.pick()
        groups = rng.choice([g for g in range(1, source.c + 1) if source.c % g == 0])
        kinds = ["LN", "LN(affine=no)", "LN(over=channels)", f"GN({groups})", f"GN({groups}, affine=no)", "LRN",
                 "LRN(3, 0.2)",
                 "LRN(4, 0.5, 0.5, 2)", "SOFTMAX", "LOGSOFTMAX", "BN(eps=0.001)"]
        if source.h * source.w > 1:
            kinds += ["IN", "IN(affine=yes)"]
        self.chain(source, [rng.choice(kinds)], source.h, source.w, source.c)

    def concatenation(self):
        rng, source = self.rng, self.pick()
        others = [t for t in self.tensors if (t.h, t.w) == (source.h, source.w)]
        parts = [source] + [rng.choice(others) for _ in range(rng.choice([1, 1, 2, 3]))]
        rng.shuffle(parts)
        texts, c = [], 0
        for part in parts:
            c += part.c
            texts.append(f"FROM({part.label})" + rng.choice(["", "", "", " -> RELU"]))
        if c > 128 or c * source.h * source.w > MOST:
            return
        if self.chance(0.2) and len(texts) > 2:
            texts = [texts[0], "CONCAT{ " + " | ".join(texts[1:]) + " }"]
        tail = rng.choice(["", "", " -> @ RELU", " -> @ BN", f" -> @ CONV({c}, 1)" if c <= 64 else ""])
        body = "CONCAT{ " + " | ".join(texts) + " }"
        self.new(body + tail if tail else "@ " + body, source.h, source.w, c)

    def merge(self):
        rng, source = self.rng, self.pick()
        h, w, c = source.h, source.w, source.c
        same = [t for t in self.tensors if (t.h, t.w, t.c) == (h, w, c)]
        fit = [t for t in self.tensors if all(a in (b, 1) for a, b in zip((t.h, t.w, t.c), (h, w, c)))]
        parts = [source] + [rng.choice(same if self.chance(0.6) else fit) for _ in range(rng.choice([1, 1, 1, 2]))]
        rng.shuffle(parts)
        texts = [f"FROM({t.label})" + rng.choice(["", "", "", f" -> CONV({t.c}, 1)", " -> RELU"]) for t in parts]
        kind = rng.choice(["ADD", "ADD", "ADD", "MUL", "MAX", "SUB", "MIN", "MEAN"])
        body = f"{kind}{{ " + " | ".join(texts) + " }"
        tail = rng.choice(["", "", " -> @ RELU", " -> @ " + rng.choice(ACTIVATIONS), " -> @ BN"])
        self.new(body + tail if tail else "@ " + body, h, w, c)

    def squeeze(self):
        source = self.pick()
        if source.c <= 48 and source.h * source.w > 1:
            self.new(f"FROM({source.label}) -> @ MUL{{ | GAP -> FC({max(1, source.c // 4)}) -> RELU "
                     f"-> CONV({source.c}, 1) -> SIGMOID }}",
                     source.h, source.w, source.c)

    def structure(self):
        rng, source = self.rng, self.pick()
        h, w, c = source.h, source.w, source.c
        choice = rng.randrange(9)
        if choice == 0:
            axis = rng.choice(["c", "c", "h", "w"])
            size = {"c": c, "h": h, "w": w}[axis]
            a = rng.choice([0, size // 2, rng.randrange(size), 16 if size > 16 else 0])
            b = rng.choice([size, rng.randrange(a + 1, size + 1), min(size, a + 16)])
            shape = {"c": (h, w, b - a), "h": (b - a, w, c), "w": (h, b - a, c)}[axis]
            self.chain(source, [f"SLICE({a}, {b}, {axis})"], *shape)
        elif choice == 1:
            self.chain(source, [f"SHUFFLE({rng.choice([g for g in range(1, c + 1) if c % g == 0])})"], h, w, c)
        elif choice == 2:
            fh, fw = rng.choice([(2, 2), (2, 2), (1, 3), (3, 1), (1, 1)])
            mode = rng.choice(["nearest", "bilinear", "bilinear, align=yes"])
            self.chain(source, [f"UPSAMPLE(({fh}, {fw}), {mode})"], h * fh, w * fw, c)
        elif choice == 3:
            t, l, b, r = (rng.randrange(3) for _ in range(4))
            front, back = rng.choice([(0, 0), (0, 0), (1, 0), (0, 2), (8, 8)])
            value = rng.choice(["0", "0.5", "-1"])
            self.chain(source, [f"PAD(({t}, {l}, {b}, {r}), c=({front}, {back}), value={value})"],
                       h + t + b, w + l + r, c + front + back)
        elif choice == 4 and h > 2 and w > 2:
            self.chain(source, ["CROP((1, 0, 0, 1))"], h - 1, w - 1, c)
        elif choice == 5:
            axes = rng.choice(["hwc", "whc", "cwh", "hcw", "wch", "chw"])
            size = {"h": h, "w": w, "c": c}
            self.chain(source, [f"TRANSPOSE({axes})"], *(size[a] for a in axes))
        elif choice == 6:
            count = h * w * c
            a = rng.choice([d for d in range(1, count + 1) if count % d == 0])
            b = rng.choice([d for d in range(1, count // a + 1) if count // a % d == 0])
            self.chain(source, [f"RESHAPE(({a}, {b}, {count // a // b}))"], a, b, count // a // b)
        elif choice == 7:
            self.chain(source, ["FLATTEN"], 1, 1, h * w * c)
        else:
            self.chain(source, ["DROPOUT"], h, w, c)

    def share(self):
        source = self.pick()
        key = (source.h, source.w, source.c)
        if key in self.shared:
            label, shape = self.shared[key]
            self.chain(source, [f"SHARE({label})"] + self.rng.choice([[], ["RELU"]]), *shape)
        elif source.c <= 48:
            k = self.channels()
            self.shared[key] = (self.label(), (source.h, source.w, k))
            self.chain(source, [f"CONV({k}, {self.rng.choice([1, 3])})"], source.h, source.w, k)
            if not self.tensors or self.tensors[-1].label != self.shared[key][0]:
                del self.shared[key]

    # ---- the network ----

    def one_or_each(self, channels, number):
        return str(tuple(number() for _ in range(channels))) if channels > 1 and self.chance(0.5) else str(number())

    def add_input(self):
        rng = self.rng
        h, w, c = self.input_shape()
        arguments = ""
        if self.family == "ends" or self.chance(0.25):
            arguments += rng.choice(["", ", layout=hwc"]) + rng.choice(["", ", type=u8", ", type=u8"])
            # What comes out of mean and scale lies about -2 .. 2, as numbers in networks do: bytes are 0 .. 255,
            # floats -1 .. 1.
            if "u8" in arguments:
                mean = ", mean=" + self.one_or_each(c, lambda: rng.randrange(90, 150))
                arguments += rng.choice(["", mean]) + ", scale=0.0125"
            elif self.chance(0.4):
                arguments += ", mean=" + self.one_or_each(c, lambda: rng.choice([0.25, -0.5, 0.125]))
                arguments += rng.choice(["", ", scale=" + self.one_or_each(c, lambda: rng.choice([0.5, 1, 1.5]))])
        self.inputs += 1
        self.new(f"@ INPUT({h}x{w}x{c}{arguments})", h, w, c)

    def add_outputs(self):
        rng = self.rng
        if not self.chance(0.8 if self.family == "ends" else 0.2):
            return
        for tensor in rng.sample(self.tensors, min(len(self.tensors), rng.choice([1, 2, 3]))):
            self.lines.append(f"FROM({tensor.label}) -> OUTPUT" + rng.choice(["", "(layout=hwc)"]))
        self.lines.append(f"FROM({self.tensors[-1].label}) -> OUTPUT" + rng.choice(["", "(layout=hwc)"]))

    def make(self):
        rng = self.rng
        blocks = self.family == "blocks"
        for _ in range(rng.choice([1, 2, 3]) if self.family == "ends" else rng.choice([1, 1, 1, 2])):
            self.add_input()
        if blocks: # a stem, so that what follows reads blocks
            image, k = self.tensors[-1], rng.choice([16, 16, 32])
            self.chain(image, [f"CONV({k}, {rng.choice([1, 3])})"] + self.activation(), image.h, image.w, k)
        makers = [self.convolution] * 5 + [self.plain3x3] * (6 if blocks else 1) + \
            [self.pool] * (4 if blocks else 2) + \
                 [self.elementwise] * 2 + [self.concatenation] * (4 if blocks else 2) + [self.merge] * 3 + \
                 [self.dense, self.share, self.squeeze] + ([] if blocks and self.chance(0.6) else \
                 [self.structure, self.structure, self.normalisation, self.deconvolution])
        for _ in range(rng.randrange(1, 13)):
            rng.choice(makers)()
        self.add_outputs()
        return "\n".join(self.lines)


def make(seed, number):
    rng = random.Random(f"{seed}:{number}")
    return Net(rng, rng.choice(FAMILIES)).make()


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    for number in range(count):
        print(f"=== graph {seed}:{number}")
        print(make(seed, number))


if __name__ == "__main__":
    main()
