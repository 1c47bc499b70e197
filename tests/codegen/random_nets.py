#!/usr/bin/env python3
"""Writes COUNT random networks from SEED for driver.c: random_nets.py COUNT SEED > networks.

Each is a random acyclic graph of layers over small tensors, with merges of what fits together, tensors
that several layers read, shared weights, and sometimes several inputs or marked outputs."""
import random
import sys


class Net:
    def __init__(self, rng):
        self.rng = rng
        self.lines = []
        self.tensors = []  # (label, h, w, c)
        self.shared = {}   # (kind text, input shape) -> label

    def add(self, text, h, w, c):
        label = f"t{len(self.tensors)}"
        self.lines.append(text.replace("@", label))
        self.tensors.append((label, h, w, c))

    def pick(self):
        """Mostly recent tensors, so that chains grow."""
        return self.tensors[max(0, len(self.tensors) - 1 - int(self.rng.expovariate(0.8)))]


def out_size(n, f, s, p, d=1):
    return (n + p - d * (f - 1) - 1) // s + 1


def convolution(net):
    rng = net.rng
    label, h, w, c = net.pick()
    f, s, d = rng.choice([1, 1, 3, 3, 3, 5, 2]), rng.choice([1, 1, 1, 2, 3]), rng.choice([1, 1, 1, 2])
    pad = rng.choice(["same", "same", "valid", 1])
    p = {"same": (f - 1) * d, "valid": 0, 1: 2}[pad]
    if min(h, w) + p < d * (f - 1) + 1:
        return
    kind = rng.random()
    if kind < 0.15:
        k, call = c, f"DWCONV({f}, stride={s}, dilation={d}, pad={pad})"
    else:
        k = rng.choice([1, 2, 3, 4, 6, 8, 12, 16, 16, 20, 32, 48])
        groups = rng.choice([g for g in (1, 1, 1, 2, 3, 4) if c % g == 0 and k % g == 0] or [1])
        bias = rng.choice(["yes", "yes", "no"])
        call = f"CONV({k}, {f}, stride={s}, dilation={d}, pad={pad}, groups={groups}, bias={bias})"
    tail = rng.choice(["", "", " -> BN", " -> RELU", " -> BN -> RELU", " -> RELU6", " -> SILU", " -> BN -> LEAKY"])
    layers = [call] + tail.split(" -> ")[1:]
    layers[-1] = "@: " + layers[-1]
    net.add(f"FROM({label}) -> " + " -> ".join(layers), out_size(h, f, s, p, d), out_size(w, f, s, p, d), k)


def share(net):
    rng = net.rng
    label, h, w, c = net.pick()
    key = (h, w, c)
    if key in net.shared and rng.random() < 0.7:
        net.add(f"FROM({label}) -> @: SHARE({net.shared[key]})", h, w, c)
    else:
        net.add(f"FROM({label}) -> @: CONV({c}, 3)", h, w, c)
        net.shared[key] = net.tensors[-1][0]


def pool(net):
    rng = net.rng
    label, h, w, c = net.pick()
    kind = rng.choice(["MAXPOOL", "AVGPOOL", "MAXPOOL", "L2POOL"])
    f, s = rng.choice([(2, 2), (3, 2), (3, 1), (2, 1), (3, 3)])
    pad = rng.choice([0, f // 2])
    if rng.random() < 0.15:
        net.add(f"FROM({label}) -> @: {rng.choice(['GAP', 'GMP'])}", 1, 1, c)
    elif min(h, w) + 2 * pad >= f:
        text = f"FROM({label}) -> @: {kind}({f}, stride={s}, pad={pad})"
        net.add(text, out_size(h, f, s, 2 * pad), out_size(w, f, s, 2 * pad), c)


def unary(net):
    label, h, w, c = net.pick()
    kind = net.rng.choice(["RELU", "RELU6", "LEAKY", "PRELU", "ELU", "SELU", "SIGMOID", "TANH", "HARDSWISH", "SILU",
                           "GELU", "ABS", "BN", "BN -> RELU", "SCALE", "SOFTMAX", "LRN(3, 0.1)", "DROPOUT",
                           "CLIP(-1, 1)"])
    layers = kind.split(" -> ")
    layers[-1] = "@: " + layers[-1]
    net.add(f"FROM({label}) -> " + " -> ".join(layers), h, w, c)


def merge(net):
    rng = net.rng
    label, h, w, c = net.pick()
    kind = rng.choice(["ADD", "ADD", "MUL", "MAX", "SUB", "CONCAT", "CONCAT", "CONCAT"])
    if kind == "CONCAT":
        others = [t for t in net.tensors if t[1:3] == (h, w)]
    else:
        others = [t for t in net.tensors if all(a == b or a == 1 for a, b in zip(t[1:], (h, w, c)))]
    chosen = [rng.choice(others) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    parts = [(label, h, w, c)] + chosen
    rng.shuffle(parts)
    if kind == "CONCAT":
        c = sum(t[3] for t in parts)
        if c > 96:
            return
    branches = " | ".join(f"FROM({t[0]})" for t in parts)
    act = rng.choice(["", "", " -> RELU"])
    text = f"@: {kind}{{ {branches} }}" if not act else f"{kind}{{ {branches} }} -> @: RELU"
    net.add(text, h, w, c)


def structure(net):
    rng = net.rng
    label, h, w, c = net.pick()
    choice = rng.randrange(7)
    if choice == 0 and c > 1:
        a = rng.randrange(c)
        b = rng.randrange(a + 1, c + 1)
        net.add(f"FROM({label}) -> @: SLICE({a}, {b})", h, w, b - a)
    elif choice == 1 and c % 2 == 0:
        net.add(f"FROM({label}) -> @: SHUFFLE(2)", h, w, c)
    elif choice == 2 and h * w <= 64:
        net.add(f"FROM({label}) -> @: UPSAMPLE(2, {rng.choice(['nearest', 'bilinear'])})", 2 * h, 2 * w, c)
    elif choice == 3 and h * w <= 100:
        net.add(f"FROM({label}) -> @: PAD((1, 0, 2, 1), value={rng.choice([0, 0.5])})", h + 3, w + 1, c)
    elif choice == 4 and h > 2 and w > 2:
        net.add(f"FROM({label}) -> @: CROP((1, 0, 0, 1))", h - 1, w - 1, c)
    elif choice == 5:
        net.add(f"FROM({label}) -> @: TRANSPOSE", w, h, c)
    elif choice == 6 and h * w <= 100 and c <= 32:
        k = rng.choice([4, 8, 16])
        net.add(f"FROM({label}) -> @: DECONV({k})", 2 * h, 2 * w, k)


def dense(net):
    label, h, w, c = net.pick()
    k = net.rng.choice([1, 5, 16, 33])
    net.add(f"FROM({label}) -> @: FC({k})", 1, 1, k)


def make(rng):
    net = Net(rng)
    for _ in range(rng.choice([1, 1, 1, 2])):
        h, w = rng.choice([1, 4, 7, 8, 9, 12, 14]), rng.choice([1, 4, 7, 8, 9, 12, 14])
        c = rng.choice([1, 2, 3, 4, 8, 16, 32])
        kind = rng.choice(["", "", ", layout=hwc"])
        net.add(f"@: INPUT({h}x{w}x{c}{kind})", h, w, c)
    makers = [convolution] * 6 + [pool, unary, unary, merge, merge, merge, structure, dense, share, share]
    for _ in range(rng.randrange(3, 16)):
        rng.choice(makers)(net)
    if rng.random() < 0.3:
        for label, *_ in rng.sample(net.tensors[1:] or net.tensors, min(len(net.tensors[1:]) or 1, 2)):
            net.lines.append(f"FROM({label}) -> OUTPUT{rng.choice(['', '(layout=hwc)'])}")
        net.lines.append(f"FROM({net.tensors[-1][0]}) -> OUTPUT")
    return "\n".join(net.lines)


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    for number in range(count):
        print(f"=== random graph {seed}:{number}")
        print(make(random.Random(seed * 100003 + number)))


if __name__ == "__main__":
    main()
