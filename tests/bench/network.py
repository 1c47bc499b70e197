"""What the bench compiles: networks as C, and programs that time them."""
import glob
import os
import platform
import re
import shlex
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Failure(Exception):
    """A failure of one network."""


def execute(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **options)
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise Failure("%s: status %d: %s" % (os.path.basename(command[0]), done.returncode, "\n".join(lines[:12])))
    return done.stdout


def progress(words=""):
    """Shows progress on a terminal line that the next call replaces; "" clears it."""
    if sys.stderr.isatty():
        sys.stderr.write("\r%s\033[K" % words)
        sys.stderr.flush()


def find_ort(build):
    """The library of the npm package onnxruntime-node under $BUILD/ort, or None."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    found = glob.glob(os.path.join(build, "ort/node_modules/onnxruntime-node/bin/*/linux", machine,
                                   "libonnxruntime.so*"))
    return sorted(found)[0] if found else None


class Driver:
    """The objects linked into every network's program. Those that also time oneDNN have another dnnl.o: the library
    would count as memory of cnnc's in the others."""

    def __init__(self, options):
        self.folder, self.cnnc = os.path.join(options.build, "bench"), options.cnnc
        os.makedirs(self.folder, exist_ok=True)
        objects = [self.compile(name) for name in ("bench", "ort", "timing")]
        objects.append(self.compile("peak", None, folder=os.path.join(ROOT, "compiler", "tune")))
        libraries = [os.path.join(options.build, "libcnn.a"), "-lm", "-lpthread", "-ldl"]
        dnnl = self.compile("dnnl")
        self.has_dnnl = " dnnl_" in execute(["nm", "-u", dnnl])
        self.plain = [*objects, self.compile("dnnl", "no-dnnl", "-DWITHOUT_DNNL"), *libraries]
        self.with_dnnl = [*objects, dnnl, *libraries, "-ldnnl"] if self.has_dnnl else self.plain

    def compile(self, name, result=None, *words, folder=HERE):
        path = os.path.join(self.folder, (result or name) + ".o")
        execute(["cc", "-std=c11", "-O2", "-D_GNU_SOURCE", "-I" + os.path.join(ROOT, "runtime"), "-I" + HERE,
                 "-I" + os.path.join(ROOT, "compiler"), *words, "-c", "-o", path, os.path.join(folder, name + ".c")])
        return path

    def machine(self):
        """What `cnnc --tune=machine` measures, as {word: number}."""
        said = execute([self.cnnc, "--tune=machine"], env=dict(os.environ, XDG_CONFIG_HOME=self.folder))
        return {word: float(number) for word, number in re.findall(r"^([a-z]+) ([0-9.]+) ", said, re.M)}


class Code:
    """A network as C, compiled."""

    def __init__(self, options, file, folder, name, target=None, compiler=None, flags=None, probe=False, batch=1):
        self.options, self.file, self.name = options, file, name
        self.target = target or options.target
        self.compiler = shlex.split(compiler or options.cc)
        self.flags = options.cflags if flags is None else flags
        os.makedirs(folder, exist_ok=True)
        self.source = os.path.join(folder, name + ".c")
        self.object = os.path.join(folder, name + ("-layers.o" if probe else ".o"))
        self.weights = os.path.join(folder, name + ".cnnw")
        self.cnnc("--target=" + self.target, "--name=net_" + re.sub(r"\W", "_", name), "-o", self.source,
                  *(["--no-winograd"] if options.no_winograd else []), *(["--batch=%d" % batch] if batch > 1 else []))
        words = ["-include", os.path.join(HERE, "probe.h")] if probe else []
        begin = time.monotonic()
        execute([*self.compiler, *self.flags, *words, "-c", "-o", self.object, self.source])
        self.compile_s = time.monotonic() - begin

    def cnnc(self, *words):
        init = ["--init=he:1"] if self.file.endswith(".cnn") else []
        return execute([self.options.cnnc, *init, *words, self.file])

    def header(self):
        with open(self.source[:-2] + ".h", encoding="utf-8") as file:
            return file.read()

    def symbol(self):
        return re.search(r"extern const struct cnn_model (\w+);", self.header()).group(1)

    def code_bytes(self):
        sections = execute(["size", "-A", self.object]).splitlines()
        return sum(int(line.split()[1]) for line in sections if line.startswith(".text"))


class Program:
    """Codes, and perhaps a plain C version of the first (an object with naive_run), linked with the driver."""

    def __init__(self, driver, path, codes, naive=None, dnnl=False):
        self.path = path
        glue = path + ".c"
        with open(glue, "w", encoding="utf-8") as file:
            file.write('#include <stddef.h>\n#include "entries.h"\n')
            file.write("".join('#include "%s.h"\n' % code.source[:-2] for code in codes))
            file.write("const struct bench_entry bench_entries[] = {\n%s};\n" % "".join(
                '    {&%s, "%s"},\n' % (code.symbol(), code.weights) for code in codes))
            file.write("const int bench_entry_count = %d;\n" % len(codes))
            if naive:
                file.write("void naive_run(const float *const *inputs, float *const *outputs);\n")
            file.write("void (*const bench_naive)(const float *const *inputs, float *const *outputs) = %s;\n"
                       % ("naive_run" if naive else "NULL"))
        objects = [code.object for code in codes] + ([naive] if naive else [])
        execute(["cc", "-O2", "-I" + os.path.join(ROOT, "runtime"), "-I" + HERE, "-o", path, glue, *objects,
                 *(driver.with_dnnl if dnnl else driver.plain)])

    def lines(self, *words, threads=1):
        # oneDNN's threads, which its library counts when it is loaded.
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        return [line.split() for line in execute([self.path, *words], env=environment).splitlines()]

    def compare(self, options, model, problem="-"):
        """The times and differences that bench.c prints, as {word: number}; without ONNX Runtime if `model` is None."""
        library = options.ort if model else None
        found = self.lines("compare", library or "-", model or "-", str(options.threads), str(options.lanes),
                           str(options.seconds), problem, "busy" if options.busy else "idle",
                           threads=options.threads)
        return {word: float(number) for word, number in found}


class Network(Code):
    """A network of examples/ or a file, ready to be compared with ONNX Runtime."""

    def __init__(self, options, driver, name):
        file = name if os.path.exists(name) else os.path.join(ROOT, "examples", name + ".cnn")
        if not os.path.exists(file):
            raise Failure("there is no examples/%s.cnn" % name)
        name = os.path.splitext(os.path.basename(name))[0]
        self.title = name
        self.folder = os.path.join(options.build, "bench", "%s-%s%s" % (
            name, options.target, "-plain" if options.no_winograd else ""))
        super().__init__(options, file, self.folder, name, probe=options.layers)
        self.program = Program(driver, os.path.join(self.folder, "layers" if options.layers else "bench"), [self])
        self.model = None if options.layers else self.onnx()

    def onnx(self):
        if self.file.endswith(".onnx"):
            return self.file
        return export(self, os.path.join(self.folder, self.name + ".onnx")) if self.options.ort else None

    def lines(self, *words):
        return self.program.lines(*words)


def export(code, path):
    """Writes the ONNX model with the same weights."""
    code.cnnc("--emit=onnx", "-o", path)
    return path
