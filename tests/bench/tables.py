"""The tables of the bench but for that of layers: each function times one line and prints it."""
import array
import functools
import hashlib
import json
import math
import os
import random
import re
import struct
import subprocess
import sys
import threading
import time
import zipfile

import kinds
import naive
from network import HERE, ROOT, Code, Failure, Network, Program, execute, export, progress
from onnx_batch import write_batch
from onnx_model import Model, convolution

WRONG = 1e-3  # outputs further apart than this are not rounding
TORCH_PYTHON = "/usr/bin/python3"
TORCH_PACKAGES = {"torch": "python3-torch", "onnx": "python3-onnx", "numpy": "python3-numpy"}
# How --flags compiles: the name of the column, the compiler, its flags.
BUILDS = [("gcc_O2", "gcc", ["-O2"]), ("gcc_O3_native", "gcc", ["-O3", "-march=native"]), ("gcc_Os", "gcc", ["-Os"]),
          ("clang_O2", "clang", ["-O2"])]


def shown(number, style="%.10g"):
    return "-" if number is None else style % number


def microseconds(number):
    """To four digits."""
    if number is None or number <= 0:
        return number
    return round(number, 3 - int(math.floor(math.log10(number))))


def quotient(one, other):
    return one / other if one is not None and other is not None and other > 0 else None


def check(found):
    for word in ("max_rel_err", "naive_rel_err"):
        if word in found and not found[word] <= WRONG:
            raise Failure("the two engines disagree")


def reduced(options, name):
    """The file of unet_narrow, which the bench makes of examples/unet.cnn; other names as they are."""
    if name != "unet_narrow":
        return name
    with open(os.path.join(ROOT, "examples/unet.cnn"), encoding="utf-8") as file:
        text = file.read().replace("network unet", "network unet_narrow")
    path = os.path.join(options.build, "bench", "unet_narrow.cnn")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("double(64*2^i)", "double(16*2^i)").replace("double(1024)", "double(256)"))
    return path


# ---- networks ----

def median_load(options, network, *words):
    """Opened in separate processes; three times, if that is quick."""
    found, begin = [], time.monotonic()
    while not found or len(found) < 3 and not options.quick and time.monotonic() - begin < 2:
        found.append({word: float(number) for word, number in network.lines(*words)})
    return {word: sorted(one[word] for one in found)[len(found) // 2] for word in found[0]}


@functools.lru_cache(maxsize=None)
def torch_missing():
    """Why there is no column for PyTorch, or None."""
    if not os.path.exists(TORCH_PYTHON):
        return "there is no %s" % TORCH_PYTHON
    # A folder that happens to have a package's name would be importable, but holds no module of it.
    code = "import importlib, sys; sys.exit(not importlib.import_module(%r).__file__)"
    for package, debian in TORCH_PACKAGES.items():
        done = subprocess.run([TORCH_PYTHON, "-c", code % package], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, cwd="/")
        if done.returncode:
            return "%s has no package %s (Debian: %s)" % (TORCH_PYTHON, package, debian)
    return None


def torch_time(options, network):
    """PyTorch's time for the same model in microseconds, or None."""
    if options.no_torch or not network.model:
        return None
    if torch_missing():
        if not getattr(options, "told", False):
            print("# no times of PyTorch: %s" % torch_missing(), file=sys.stderr)
        options.told = True
        return None
    try:
        return float(execute([TORCH_PYTHON, os.path.join(HERE, "onnx_torch.py"), network.model, str(options.threads),
                              str(min(options.seconds, 3))]))
    except (Failure, ValueError) as failure:
        print("# %s: no time of PyTorch: %s" % (network.title, str(failure).splitlines()[-1]), file=sys.stderr)
        return None


def compare(options, network):
    """Prints a network's line; returns how many times faster it is than ONNX Runtime, or None."""
    progress("%s: timing for %g s ..." % (network.title, options.seconds))
    found = network.program.compare(options, network.model)
    ours = median_load(options, network, "load", str(options.threads))
    theirs = median_load(options, network, "load-ort", options.ort, network.model, str(options.threads)) \
        if options.ort else {}
    gflops = 2e-3 * json.loads(network.cnnc("--emit=json"))["total"]["macs"] / found["cnnc_us"]
    ratio = quotient(found.get("ort_us"), found["cnnc_us"])
    row = ["bench", network.title, "threads=%d" % options.threads, "cnnc_us=" + shown(microseconds(found["cnnc_us"])),
           "ort_us=" + shown(microseconds(found.get("ort_us"))), "ratio=" + shown(ratio, "%.2f"),
           "gflops=%.1f" % gflops, "peak_pct=%.1f" % (100 * gflops / (options.threads * found["peak"])),
           "max_rel_err=" + shown(found.get("max_rel_err"), "%.1e"), "arena_kb=%.1f" % (found["arena_bytes"] / 1024),
           "code_kb=%.1f" % (network.code_bytes() / 1024), "compile_s=%.2f" % network.compile_s,
           "cnnc_load_ms=%.2f" % ours["load_ms"], "ort_load_ms=" + shown(theirs.get("load_ms"), "%.2f"),
           "cnnc_rss_mb=%.1f" % ours["rss_mb"], "ort_rss_mb=" + shown(theirs.get("rss_mb"), "%.1f")]
    torch = torch_time(options, network)
    progress()
    if torch is not None:
        row.append("pt_us=%.10g" % microseconds(torch))
    print(" ".join(row), flush=True)
    check(found)
    return ratio


# ---- several images in a call ----

def compare_batch(options, driver, network):
    """One line: the network with --batch=N beside ONNX Runtime with N images in a call, and the best of 1 and N images
    beside its best; microseconds are those of an image."""
    images, name = options.batch, network.title
    folder = "%s-batch%d" % (network.folder, images)
    code = Code(options, network.file, folder, "%s_%d" % (network.name, images), batch=images)
    model = os.path.join(folder, network.name + ".onnx") if network.model else None
    if model:
        write_batch(network.model, model, images)
    progress("%s: timing for %g s, twice ..." % (name, options.seconds))
    one = network.program.compare(options, network.model)
    many = Program(driver, os.path.join(folder, "bench"), [code]).compare(options, model)
    progress()
    ours = [one["cnnc_us"], many["cnnc_us"] / images]
    theirs = [one["ort_us"], many["ort_us"] / images] if model else [None, None]
    best = quotient(min(theirs), min(ours)) if model else None
    print(" ".join(["batch", name, "images=%d" % images, "threads=%d" % options.threads,
                    "cnnc_us=" + shown(microseconds(ours[1])), "ort_us=" + shown(microseconds(theirs[1])),
                    "ratio=" + shown(quotient(theirs[1], ours[1]), "%.2f"),
                    "one_cnnc_us=" + shown(microseconds(ours[0])), "one_ort_us=" + shown(microseconds(theirs[0])),
                    "best_ratio=" + shown(best, "%.2f"), "max_rel_err=" + shown(many.get("max_rel_err"), "%.1e"),
                    "arena_kb=%.1f" % (many["arena_bytes"] / 1024)]), flush=True)
    check(many)
    return best


# ---- the target c99, and ways to compile ----

def compare_c99(options, driver, name):
    """One line: the target c99 against naive.py's C, both by the same compiler."""
    file = os.path.join(ROOT, "examples", name + ".cnn")
    if not os.path.exists(file):
        raise Failure("there is no examples/%s.cnn" % name)
    folder = os.path.join(options.build, "bench", name + "-c99-naive")
    code = Code(options, file, folder, name, target="c99")
    source = os.path.join(folder, "naive.c")
    try:
        naive.write(export(code, os.path.join(folder, name + ".onnx")), source)
    except naive.Unknown as unknown:
        raise Failure("naive.py does not know %s" % unknown)
    execute([*code.compiler, *code.flags, "-c", "-o", source[:-2] + ".o", source])
    progress("%s: timing for %g s ..." % (name, options.seconds))
    found = Program(driver, os.path.join(folder, "bench-c99"), [code], source[:-2] + ".o").compare(options, None)
    progress()
    print("c99 %s c99_us=%s naive_us=%s ratio=%.2f naive_rel_err=%.1e" % (
        name, shown(microseconds(found["cnnc_us"])), shown(microseconds(found["naive_us"])),
        found["naive_us"] / found["cnnc_us"], found["naive_rel_err"]), flush=True)
    check(found)


def compare_flags(options, driver, name):
    """One line: a column for each way to compile the same C, timed in turns."""
    file = os.path.join(ROOT, "examples", name + ".cnn")
    if not os.path.exists(file):
        raise Failure("there is no examples/%s.cnn" % name)
    folder, codes, missing = os.path.join(options.build, "bench", "%s-%s-flags" % (name, options.target)), [], set()
    for column, compiler, flags in BUILDS:
        try:
            execute([compiler, "--version"])
        except OSError:
            missing.add(column)
            continue
        codes.append(Code(options, file, folder, "%s_%s" % (name, column), compiler=compiler, flags=flags))
    progress("%s: timing for %g s ..." % (name, options.seconds))
    found = Program(driver, os.path.join(folder, "bench-flags"), codes).compare(options, None)
    progress()
    times = iter(found["cnnc%s_us" % (i or "")] for i in range(len(codes)))
    sizes = iter(code.code_bytes() / 1024 for code in codes)
    row = ["flags", name]
    for column, _, _ in BUILDS:
        there = column not in missing
        row += ["%s_us=%s" % (column, shown(microseconds(next(times)) if there else None)),
                "%s_kb=%s" % (column, shown(next(sizes) if there else None, "%.1f"))]
    print(" ".join(row), flush=True)


# ---- integers ----

def write_pictures(path, count, shape):
    """Random pictures of so many channels, height and width, as an .npz file with a label each."""
    rand = random.Random(1)
    numbers = array.array("f", (rand.gauss(0, 1) for _ in range(count * math.prod(shape))))
    labels = array.array("q", range(count))
    with zipfile.ZipFile(path, "w") as file:
        for name, kind, dims, data in (("x", "<f4", (count, *shape), numbers), ("y", "<i8", (count,), labels)):
            header = repr({"descr": kind, "fortran_order": False, "shape": dims}).ljust(117) + "\n"
            file.writestr(name + ".npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() +
                          data.tobytes())


class Integers(Code):
    """A network of 8-bit integers."""

    def __init__(self, options, file, folder, name, weights):
        self.integers = weights
        super().__init__(options, file, folder, name)

    def cnnc(self, *words):
        return execute([self.options.cnnc, "-w", "--weights=" + self.integers, *words, self.file])


def integers_in_both(options, program, code, path):
    """The times of all; without ONNX Runtime's integers where it does not run the model that cnnc writes."""
    try:
        return program.compare(options, export(code, path) if options.ort else None)
    except Failure as failure:
        if not options.ort:
            raise
        progress()
        print("bench: ONNX Runtime does not run %s: %s" % (path, failure), file=sys.stderr)
        return program.compare(options, None)


def compare_int8(options, driver, name):
    """One line: the network in floats and in integers, whose scales come from random pictures."""
    file = name if os.path.exists(name) else os.path.join(ROOT, "examples", name + ".cnn")
    if not os.path.exists(file):
        raise Failure("there is no examples/%s.cnn" % name)
    name = os.path.splitext(os.path.basename(file))[0]
    folder = os.path.join(options.build, "bench", "%s-%s-int8" % (name, options.target))
    floats = Code(options, file, folder, name)
    layers = json.loads(floats.cnnc("-w", "--emit=json", "-o", "-"))["layers"]
    height, width, channels = next(layer for layer in layers if layer["kind"] == "INPUT")["output"]
    pictures, weights = os.path.join(folder, "pictures.npz"), os.path.join(folder, name + ".int8.safetensors")
    write_pictures(pictures, 4, (channels, height, width))
    progress("%s: quantising ..." % name)
    floats.cnnc("-w", "--quantize=" + pictures, "-o", weights)
    codes = [floats, Integers(options, file, folder, name + "_int8", weights)]
    progress("%s: timing for %g s ..." % (name, options.seconds))
    found = integers_in_both(options, Program(driver, os.path.join(folder, "bench-int8"), codes), codes[1],
                             os.path.join(folder, name + ".int8.onnx"))
    progress()
    times = [found["cnnc_us"], found["cnnc1_us"]]
    print("int8 %s float_us=%s int8_us=%s ratio=%.2f ort_int8_us=%s ort_ratio=%s" % (
        name, *(shown(microseconds(time)) for time in times), times[0] / times[1],
        shown(microseconds(found.get("ort_us"))), shown(quotient(found.get("ort_us"), times[1]), "%.2f")), flush=True)
    return times[0] / times[1]


# ---- single layers ----

locks, compiled = {}, {}


def compile_text(options, text):
    """The text's Code, compiled once even if several threads ask for it."""
    with locks.setdefault(text, threading.Lock()):
        if text not in compiled:
            folder = os.path.join(options.build, "bench", "layers-" + options.target)
            os.makedirs(folder, exist_ok=True)
            name = "layer_" + hashlib.sha256(text.encode()).hexdigest()[:12]
            path = os.path.join(folder, name + ".cnn")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            compiled[text] = Code(options, path, folder, name)
        return compiled[text]


def model_of(code, options):
    """Its ONNX model, or None where ONNX has no such layer."""
    try:
        return export(code, code.source[:-2] + ".onnx") if options.ort else None
    except Failure:
        return None


class Row:
    """A line of a table of layers: first everything is compiled, then it is timed."""

    def __init__(self, options, driver, layer, texts):
        self.layer, self.options = layer, options
        self.codes = [compile_text(options, text) for text in dict.fromkeys(texts)]
        self.model = model_of(self.codes[0], options)
        self.problem = (convolution(Model(self.model)) if self.model else None) or "-"
        self.program = Program(driver, self.codes[0].source[:-2] + "-bench%d" % len(self.codes), self.codes,
                               dnnl=self.problem != "-")

    def compare(self):
        try:
            return self.program.compare(self.options, self.model, self.problem)
        except Failure as failure:
            if not self.model:
                raise
            print("# %s: %s" % (self.layer, str(failure).splitlines()[-1]), file=sys.stderr)
            return self.program.compare(self.options, None, self.problem)


class Kinds:
    """Layers by themselves, or behind a convolution."""

    def __init__(self, word, rows):
        self.word, self.all = word, list(rows)

    def rows(self, parts):
        return [row for row in self.all if not parts or any(part in row[0] for part in parts)]

    def prepare(self, options, driver, row):
        return Row(options, driver, row[0], [row[2]])

    def show(self, row, prepared):
        layer, shape, _ = row
        found = prepared.compare()
        progress()
        columns = ["cnnc_us=" + shown(microseconds(found["cnnc_us"])),
                   "ort_us=" + shown(microseconds(found.get("ort_us"))),
                   "ratio=" + shown(quotient(found.get("ort_us"), found["cnnc_us"]), "%.2f")]
        if self is ALONE and re.match("CONV|DWCONV", layer):
            columns += ["dnnl_us=" + shown(microseconds(found.get("dnnl_us"))),
                        "dnnl_ratio=" + shown(quotient(found.get("dnnl_us"), found["cnnc_us"]), "%.2f")]
        print("%-6s %-42s %-12s %s" % (self.word, layer.replace(" ", ""), shape, " ".join(columns)), flush=True)
        check(found)


class Activations:
    """Each activation behind a convolution against RELU in its place, in cnnc; and against ONNX Runtime."""

    def rows(self, parts):
        return [(layer, window) for window in ("3x3", "1x1") for layer in kinds.ACTIVATIONS
                if not parts or any(part in layer for part in parts)]

    def prepare(self, options, driver, row):
        layer, window = row
        return Row(options, driver, layer, ["%s -> CONV(64, %s) -> %s\n" % (kinds.FIRST, window, one)
                                            for one in (layer, "RELU")])

    def show(self, row, prepared):
        layer, window = row
        found = prepared.compare()
        relu = found.get("cnnc1_us", found["cnnc_us"])
        progress()
        print("act    %-42s %-12s cnnc_us=%s relu_us=%s of_relu=%.2f ort_us=%s ratio=%s" % (
            "CONV(64,%s)->%s" % (window, layer.replace(" ", "")), kinds.MAPS, shown(microseconds(found["cnnc_us"])),
            shown(microseconds(relu)), found["cnnc_us"] / relu, shown(microseconds(found.get("ort_us"))),
            shown(quotient(found.get("ort_us"), found["cnnc_us"]), "%.2f")), flush=True)
        check(found)


ALONE, BEHIND, ACTIVATIONS = Kinds("kind", kinds.alone()), Kinds("behind", kinds.behind()), Activations()
