"""The table of a network's layers, from the times of bench.c's `layers`."""
import json
import re

from network import progress


def read_steps(source):
    """For each number of CNN_PROBE: the names in the comment before it, and the kernels called for it."""
    with open(source, encoding="utf-8") as file:
        text = file.read()
    steps, names, kernels = {}, [], []
    # With several instruction sets, the widest one's function comes first, and all make the same calls.
    body = re.search(r"_run\w*\(const struct cnn_context[^{;]*\)\n{\n(.*?)\n}", text, re.S).group(1)
    for match in re.finditer(r"\n    /\* ([^\n]*)|\n +(\w+)\(([^\n]*)", body):
        comment, call, rest = match.groups()
        if comment:
            names = [name.strip() for name in comment.split(" (")[0].rstrip("*/ ").split(",")]
        elif call == "CNN_PROBE":
            steps[int(rest.split(",")[0])] = (names, kernels)
            kernels = []
        elif call:
            kernels.append(call)
    return steps


def shape_word(shape):
    return "x".join(str(n) for n in shape)


def describe(node, nodes):
    """The computation: shapes, and a convolution's window, stride and groups."""
    before = nodes[node["inputs"][0]]
    word = "%s->%s" % (shape_word(before["output"]), shape_word(node["output"]))
    weights = node["weights"][0]["shape"] if node["weights"] else []
    if len(weights) != 4:
        return word
    groups = before["output"][2] // weights[1]
    return word + " %dx%d/%g%s" % (weights[2], weights[3], node["jump"][0] / before["jump"][0],
                                   " groups=%d" % groups if groups > 1 else "")


def family(kernel, prefix):
    """The kernel's family: lenet5_conv_5x5_2 is conv_5x5."""
    word = kernel[len(prefix):] if kernel.startswith(prefix) else kernel
    return re.sub(r"(_(avx512|avx2|sse2|neon))?(_\d+)?(_(avx512|avx2|sse2|neon))?$", "", word)


def layer_rows(network):
    """(name, description, algorithm, MACs, microseconds) of each layer, and the peak."""
    nodes = {node["name"]: node for node in json.loads(network.cnnc("--emit=json"))["layers"]}
    steps = read_steps(network.source)
    prefix = re.search(r"extern const struct cnn_model (\w+)model;", network.header()).group(1)
    rows, peak = [], 0.0
    for words in network.lines("layers", str(network.options.lanes), str(network.options.seconds)):
        if words[0] == "peak":
            peak = float(words[1])
            continue
        names, kernels = steps.get(int(words[1]), ([], []))
        known = [nodes[name] for name in names if name in nodes]
        main = ([node for node in known if node["macs"]] or known or [None])[0]
        algorithm = "+".join(family(kernel, prefix) for kernel in kernels) or "none"
        rows.append((main["name"] if main else words[1], main["kind"] if main else "",
                     describe(main, nodes) if main and main["inputs"] else "", algorithm, int(words[2]),
                     float(words[3])))
    return rows, peak


def print_layers(options, network):
    progress("%s: timing its layers ..." % network.name)
    rows, peak = layer_rows(network)
    progress()
    groups = {}
    for name, kind, what, algorithm, macs, took in rows:
        if options.all_layers:
            groups[name, what] = [name, what, algorithm, macs, [took]]
        elif kind in ("CONV", "DWCONV"):
            groups.setdefault((what, algorithm), [name, what, algorithm, macs, []])[4].append(took)
    for name, what, algorithm, macs, times in groups.values():
        took = sum(times) / len(times)
        gflops = 2e-3 * macs / took if took > 0 else 0
        print("layer %-14s %-32s %-46s %-24s times=%d us=%.2f gflops=%.1f peak_pct=%.1f" % (
            network.name, name, what, algorithm, len(times), took, gflops, 100 * gflops / peak), flush=True)
    total = sum(row[5] for row in rows)
    convolutions = sum(row[5] for row in rows if row[1] in ("CONV", "DWCONV"))
    print("layers %s total_us=%.2f convolutions_us=%.2f peak_gflops=%.1f" % (network.name, total, convolutions, peak),
          flush=True)
