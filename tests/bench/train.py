"""The bench's table of networks that learn: images a second of forward, backward and SGD with momentum, cnnc's training
code beside PyTorch, each in a process of its own (train_step.c, train_torch.py), in turns. README.md explains the
columns."""
import json
import math
import os
import statistics
import subprocess
import sys
import time

from network import HERE, ROOT, Failure, execute, progress
from tables import TORCH_PYTHON, quotient, shown

# The network, its batch, what its text in examples/ has instead.
NETWORKS = [("lenet5", 64, {}), ("cifar10", 64, {}), ("cifar_vgg", 64, {}), ("resnet20_cifar", 128, {}),
            ("mobilenet_v2", 32, {"224x224x3": "96x96x3", "7x7x1280": "3x3x1280"}), ("resnet18", 8, {})]
TURNS = 5
PAUSE_SECONDS = 0.2  # the other engine's threads fall asleep


class Engine:
    """A process that takes steps when it is told to."""

    def __init__(self, command, environment=None):
        self.command, self.times = command, []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, universal_newlines=True,
                                        env=dict(os.environ, **(environment or {})))
        self.ready = self.read()[1:]

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            said = self.process.communicate()[1].strip().splitlines() or ["no message"]
            raise Failure("%s ended with status %s: %s" % (
                os.path.basename(self.command[0]), self.process.returncode, said[-1]))
        return line.split()

    def ask(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return self.read()

    def turn(self, seconds):
        """The first step is not counted: the caches held the other engine's numbers."""
        numbers = [float(word) for word in self.ask("turn %g" % seconds)]
        pairs = list(zip(numbers[::2], numbers[1::2]))
        self.times += pairs[1:] or pairs

    def step_us(self, busy):
        return min(pair[1] for pair in self.times) if busy else statistics.median(pair[0] for pair in self.times)

    def memory(self):
        """MB at most, and how much of it the network took."""
        most, before = (float(word) for word in self.ask("memory"))
        return most, most - before

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def torch_missing():
    """Why there is no column for PyTorch, or None."""
    if not os.path.exists(TORCH_PYTHON):
        return "there is no %s" % TORCH_PYTHON
    done = subprocess.run([TORCH_PYTHON, "-c", "import sys, torch; sys.exit(not torch.__file__)"], cwd="/",
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return "%s has no package torch (Debian: python3-torch)" % TORCH_PYTHON if done.returncode else None


def core_types(flags):
    """Debian's OpenBLAS takes old kernels on a processor that it does not know: the fair setting is the best."""
    return [None] + (["SkylakeX"] if "avx512f" in flags else ["Haswell"] if "avx2" in flags else [])


def torch_engine(options, name, batch, flags):
    """PyTorch in the fastest of its ways, and what that is; or None."""
    if options.no_torch or options.torch_missing:
        return None, "-"
    script, found = os.path.join(HERE, "train_torch.py"), []
    words = [TORCH_PYTHON, script, name, str(batch), str(options.threads)]
    for core in core_types(flags):
        progress("%s: PyTorch in its ways, OPENBLAS_CORETYPE=%s ..." % (name, core or ""))
        environment = {"OPENBLAS_CORETYPE": core} if core else {}
        engine = Engine(words, environment)
        found.append((float(engine.ready[1]), engine.ready[0], environment))
        engine.end()
    _, variant, environment = min(found, key=lambda row: row[0])
    return Engine(words + [variant], environment), variant + "".join(",OPENBLAS=" + core for core in environment.values())


class Code:
    """The training code of a network, compiled with the program that times it."""

    def __init__(self, options, driver, name, batch, changes):
        folder = os.path.join(options.build, "bench", "%s-%s-train" % (name, options.target))
        os.makedirs(folder, exist_ok=True)
        self.file, source = os.path.join(folder, name + ".cnn"), os.path.join(folder, name + "_train.c")
        with open(os.path.join(ROOT, "examples", name + ".cnn"), encoding="utf-8") as file:
            text = file.read()
        for old, new in changes.items():
            if old not in text:
                raise Failure("examples/%s.cnn has no %s any more" % (name, old))
            text = text.replace(old, new)
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("%s\ntrain SGD(0.01, momentum=0.9), batch=%d\n" % (text, batch))
        self.options = options
        execute([options.cnnc, "-w", "--emit=train", "--target=" + options.target, "--name=net", "-o", source, self.file])
        include = ["-I" + os.path.join(ROOT, "runtime"), "-I" + os.path.join(ROOT, "runtime/train"), "-I" + HERE]
        begin = time.monotonic()
        execute([*options.cc.split(), *options.cflags, "-include", "cnn_train.h", *include, "-c", "-o",
                 source[:-2] + ".o", source])
        self.compile_s = time.monotonic() - begin
        self.object, self.program = source[:-2] + ".o", os.path.join(folder, "train_step")
        execute(["cc", "-O2", "-D_GNU_SOURCE", "-DTRAINEE=net_trainee", *include, "-o", self.program,
                 os.path.join(HERE, "train_step.c"), self.object, os.path.join(driver.folder, "timing.o"),
                 os.path.join(options.build, "libcnn.a"), "-lm", "-lpthread"])

    def code_kb(self):
        sections = execute(["size", "-A", self.object]).splitlines()
        return sum(int(line.split()[1]) for line in sections if line.startswith(".text")) / 1024

    def gflop(self):
        """A multiply-add for each weight and place forward, and twice as many backward."""
        total = json.loads(execute([self.options.cnnc, "--emit=json", self.file]))["total"]
        return 6e-9 * total["macs"]


def print_row(options, code, name, batch, engines, way, peak):
    ours, theirs, other = engines
    us = ours.step_us(options.busy)
    speed = 1e6 * batch / us
    torch_speed = 1e6 * batch / theirs.step_us(options.busy) if theirs else None
    memory, taken = ours.memory()
    torch_memory, torch_taken = theirs.memory() if theirs else (None, None)
    gflops = code.gflop() * speed
    scaling = quotient(us, other.step_us(False)) if other else None
    ratio = quotient(speed, torch_speed)
    print(" ".join([
        "train", name, "batch=%d" % batch, "threads=%d" % options.threads, "cnnc_img_s=%.4g" % speed,
        "pt_img_s=" + shown(torch_speed, "%.4g"), "ratio=" + shown(ratio, "%.2f"), "gflops=%.1f" % gflops,
        "peak_pct=%.1f" % (100 * gflops / (options.threads * peak)), "two_threads=" + shown(scaling, "%.2f"),
        "cnnc_mb=%.1f" % memory, "pt_mb=" + shown(torch_memory, "%.1f"),
        "memory=" + shown(quotient(memory, torch_memory), "%.2f"),
        "taken=" + shown(quotient(taken, torch_taken), "%.2f"), "code_kb=%.1f" % code.code_kb(),
        "compile_s=%.2f" % code.compile_s, "pt=" + way]), flush=True)
    return ratio, scaling


def compare(options, driver, row, machine, flags):
    """Prints a network's line; returns the ratio to PyTorch and that of two threads to one, or Nones."""
    name, batch, changes = row
    progress("%s: compiling ..." % name)
    code = Code(options, driver, name, batch, changes)
    engines = []
    try:
        theirs, way = torch_engine(options, name, batch, flags)
        engines.append(theirs)
        engines.insert(0, Engine([code.program, str(batch), str(options.threads)]))
        engines.append(Engine([code.program, str(batch), "2"]) if options.threads == 1 and not options.busy else None)
        running = [engine for engine in engines if engine]
        progress("%s: timing for %g s ..." % (name, options.seconds))
        for engine in running:
            engine.turn(0)
            engine.times.clear()
        for _ in range(TURNS):
            for engine in running:
                time.sleep(PAUSE_SECONDS)
                engine.turn(options.seconds / TURNS / len(running))
        progress()
        return print_row(options, code, name, batch, engines, way, machine["peak"])
    finally:
        for engine in engines:
            if engine:
                engine.end()


def mean(numbers):
    numbers = [number for number in numbers if number]
    return math.exp(sum(math.log(number) for number in numbers) / len(numbers)) if numbers else None


def table(options, driver, run, flags):
    """All lines, or those of the networks that were named, and their means."""
    rows = [row for row in NETWORKS if not options.networks or row[0] in options.networks]
    unknown = [name for name in options.networks if name not in [row[0] for row in NETWORKS]]
    if unknown:
        sys.exit("tests/bench/run: --train has no network %s: it has %s" % (
            unknown[0], ", ".join(row[0] for row in NETWORKS)))
    options.torch_missing = torch_missing()
    if options.torch_missing and not options.no_torch:
        print("# no PyTorch to compare with: %s" % options.torch_missing, file=sys.stderr)
    machine = driver.machine()
    found = run.each(rows, lambda row: compare(options, driver, row, machine, flags))
    ratios, scalings = [pair[0] for pair in found], [pair[1] for pair in found]
    if found:
        print("train geometric_mean threads=%d networks=%d ratio=%s two_threads=%s" % (
            options.threads, len(found), shown(mean(ratios), "%.2f"), shown(mean(scalings), "%.2f")), flush=True)
