"""Compiles networks to C and runs them, for the test suites: a Run is one target, one compiler and one way to choose
kernels. driver.c writes many networks as C in one process, many per file for the compiler; harness.c runs them with
forbidden memory after every buffer, in memory full of NaN, twice, in pieces, in two threads. To be imported with the
project's root as the current folder; $BUILD and $CNNC are set as for every suite.

Compiling takes most of the time. clang -O0 is by far the fastest with vectors, so it compiles all networks for all
targets, and gcc and the optimisers compile some of each; $TESTS_FULL adds the rest."""
import os
import re
import shutil
import subprocess

ROOT = os.getcwd()
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
CNNC = os.path.abspath(os.environ.get("CNNC", BUILD + "/cnnc"))
TEMPLATES = os.environ.get("CNNC_TEMPLATES", ROOT + "/compiler/templates")
ENVIRONMENT = dict(os.environ, BUILD=BUILD, CNNC_TEMPLATES=TEMPLATES,
                   ASAN_OPTIONS="detect_leaks=0", UBSAN_OPTIONS="print_stacktrace=1", TSAN_OPTIONS="halt_on_error=1")
FULL = bool(os.environ.get("TESTS_FULL"))
STRICT = "-std=c99 -O1 -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror"
FAST = "-std=gnu11 -O1 -Wall -Wextra -Wshadow -Werror"  # C11: many networks in one file repeat their vector types
CPLUSPLUS = "-x c++ -std=c++17 -O0 -Wall -Wextra -Werror"
SANITIZE = " -g -fsanitize=address,undefined -fno-sanitize-recover=undefined"
THREAD_SANITIZER = " -g -fsanitize=thread"


def at(level, flags):
    """The flags with another optimisation level: at(0, FAST)."""
    return re.sub(r"-O\d", f"-O{level}", flags)


def build_driver(folder):
    """The path of the driver, or None after printing why not."""
    os.makedirs(folder, exist_ok=True)
    built = call(["tests/build_driver", folder + "/driver", "tests/codegen/driver.c"])
    if built.returncode:
        print(built.stdout)
        return None
    return folder + "/driver"


def processor_has(feature):
    try:
        return feature in open("/proc/cpuinfo").read().split()
    except OSError:
        return False


# What microcontrollers have that this compiler's programs may use.
THUMB = " -mcpu=cortex-a7 -mthumb"
# Machines whose programs can be built and run on this one: cross compiler, and qemu's name for the processor.
MACHINES = {"armhf": ("arm-linux-gnueabihf-gcc", "arm"), "aarch64": ("aarch64-linux-gnu-gcc", "aarch64"),
            "riscv64": ("riscv64-linux-gnu-gcc", "riscv64"), "s390x": ("s390x-linux-gnu-gcc", "s390x"),
            "wasm32": (ROOT + "/tests/codegen/wasm-cc", "")}
WITHOUT_THREADS = ("wasm32",)


def emulator(machine):
    """The program that runs that machine's programs, whose name differs between the packages qemu-user and
    qemu-user-static, or None. node runs WebAssembly."""
    if machine == "wasm32":
        there = all(map(os.path.exists, ("/usr/lib/wasm32-wasi/libc.a", "/usr/bin/wasm-ld-14")))
        return ROOT + "/tests/codegen/wasm-run" if there and shutil.which("clang") and shutil.which("node") else None
    name = "qemu-" + MACHINES[machine][1]
    return shutil.which(name) or shutil.which(name + "-static")


def emulates(machine):
    return bool(shutil.which(MACHINES[machine][0]) and emulator(machine))


def emulates_arm():
    return os.uname().machine != "aarch64" and emulates("aarch64")


def isas_of(target):
    """The instruction sets that the code can be made to use; none: the target does not run here."""
    avx2 = processor_has("avx2") and processor_has("fma")
    avx512 = avx2 and all(processor_has("avx512" + part) for part in ("f", "vl", "bw", "dq"))
    machine = os.uname().machine
    if target in ("c99", "cortex-m"):
        return ["any"]
    if target == "neon":
        return ["any"] if machine == "aarch64" or emulates_arm() else []
    if target == "wasm128":
        return ["any"] if emulates("wasm32") else []
    if machine != "x86_64":
        return []
    if target == "x86-64":
        return ["avx512"] * avx512 + ["avx2"] * avx2 + ["sse2"]
    return ["any"] if (avx2 if target == "avx2" else avx512) else []


# Target, compiler and flags for a quick look: the best that runs here at full speed.
QUICK = (next(target for target in ("avx512", "avx2", "x86-64", "neon", "c99")
              if isas_of(target) and not (target == "neon" and emulates_arm())),
         "clang" if shutil.which("clang") else "gcc", at(0, FAST))


def call(arguments, **more):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          env=ENVIRONMENT, **more)


def read_networks(text):
    """(title, text) of each network in driver.c's input."""
    found = re.findall(r"^=== (.*)\n((?:(?!===).*\n)*)", text, re.M)
    return [(title, network) for title, network in found]


class Run:
    """One way to compile and run networks; `folder` is for the output, with `batch` networks per file. With a `machine`
    of MACHINES they run there, and `compiler` is ignored. Runs of the same networks may share a folder of `results`,
    so that only the first evaluates them."""

    def __init__(self, target, compiler, flags, choices, folder, driver, batch=40, mode="threads", machine=None,
                 results=None):
        self.target, self.compiler, self.choices, self.batch, self.mode = target, compiler, choices, batch, mode
        self.flags, self.folder, self.driver, self.results = flags.split(), folder, driver, results
        self.prefix, self.link = [], []
        if target == "neon" and emulates_arm():
            machine = "aarch64"
        if target == "wasm128":
            machine = "wasm32"
        if compiler == MACHINES["armhf"][0]:
            machine = "armhf"
        if machine in WITHOUT_THREADS and mode == "threads":
            self.mode = "failures"
        if machine:
            self.compiler, self.prefix, self.link = MACHINES[machine][0], [emulator(machine) or ""], ["-static"]
        there = shutil.which(self.compiler) and (not machine or emulates(machine))
        self.isas = isas_of(target) if there else []
        self.sanitizers = [flag for flag in self.flags if "sanitize" in flag]
        checked = {"-fsanitize=thread": " with the thread sanitizer"}.get(" ".join(self.sanitizers), " with sanitizers")
        self.name = f"{target} by {os.path.basename(self.compiler)} {self.level()}{checked if self.sanitizers else ''}"
        if choices:
            self.name += " " + choices.rstrip("012")

    def level(self):
        return next((flag for flag in self.flags if flag.startswith("-O")), "")

    def write(self, networks):
        """The driver's findings, which are networks that do not become C; and how many do."""
        subprocess.run(["rm", "-rf", self.folder], check=True)
        os.makedirs(self.folder)
        if self.results:
            os.makedirs(self.results, exist_ok=True)
        done = call([self.driver, self.folder, self.target, str(self.batch), self.choices] +
                    [self.results] * bool(self.results),
                    input="".join(f"=== {title}\n{text}\n" for title, text in networks))
        faults = [line for line in done.stdout.split("\n") if not line.startswith("# ") or "networks for" not in line]
        made = re.search(r"^# (\d+) networks for", done.stdout, re.M)
        if not made:
            return "not ok the driver ends\n# " + done.stdout[-500:].replace("\n", "\n# "), 0
        return "\n".join(faults).strip(), int(made.group(1))

    def compile(self, count):
        """The compiler's output, if any."""
        with open(self.folder + "/supports.h", "w") as header:
            header.write("int harness_supports(const char *feature);\n")
        define = ["-include", "supports.h", "-D__builtin_cpu_supports=harness_supports"] * (self.target == "x86-64")
        names = [f"batch{i}" for i in range((count + self.batch - 1) // self.batch)] + ["models"]
        said = ""
        for name in names:
            done = call([self.compiler] + self.flags + define + ["-c", name + ".c", "-o", name + ".o"], cwd=self.folder)
            said += done.stdout or (f"{self.compiler} ends with status {done.returncode}\n" if done.returncode else "")
        if said:
            return said
        c_compiler = self.compiler.replace("clang++", "clang").replace("g++", "gcc")
        harness = ROOT + "/tests/codegen/harness.c"
        done = call([c_compiler, "-O1", "-w", "-I.", "-c", harness, "-o", "harness.o"], cwd=self.folder)
        if done.returncode == 0:
            objects = ["harness.o"] + [name + ".o" for name in names]
            done = call([self.compiler] + self.link + self.sanitizers + objects + ["-lm", "-lpthread", "-o", "harness"],
                        cwd=self.folder)
        return done.stdout if done.returncode else ""

    def execute(self):
        """The harness's lines about faults, for each instruction set; and the largest error."""
        faults, largest = [], 0.0
        for isa in self.isas:
            ENVIRONMENT["HARNESS_ISA"] = isa
            prefix = f"[{isa}] " if len(self.isas) > 1 else ""
            done = call(self.prefix + ["./harness", ".", self.mode, prefix], cwd=self.folder)
            found = re.findall(r"^not ok .*(?:\n# .*)*", done.stdout, re.M)
            faults += found
            error = re.search(r"largest error: ([\d.]+)", done.stdout)
            if (done.returncode or not error) and not found:
                faults.append(f"not ok runs to its end (status {done.returncode})\n# " +
                              done.stdout[-1500:].replace("\n", "\n# "))
            largest = max(largest, float(error.group(1)) if error else 0)
        return faults, largest

    def kind_of_fault(self, networks):
        """refused, compiler, run, or None; and the output about it."""
        faults, count = self.write(networks)
        if faults:
            return "refused " + " ".join(sorted(set(re.findall(r"\[[\w-]+\]$", faults, re.M)))), faults
        said = self.compile(count)
        if said:
            return "compiler", said
        found, self.largest = self.execute()
        return ("run", "\n".join(found)) if found else (None, "")
