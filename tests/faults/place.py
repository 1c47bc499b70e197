"""The place where cnnc is tested: a working folder, a folder for temporary files, programs around it; and what a run
may leave there."""
import os
import resource
import shutil
import signal
import subprocess

import table
from report import BUILD, CNNC, ROOT, report

HERE = ROOT / "tests" / "faults"
OUT = BUILD / "tests" / "faults"
LIBRARY, TMP, WORK, OLD = OUT / "faults.so", OUT / "tmp", OUT / "work", "// what stood here before\n"
SANITIZED = "DRIVER_SANITIZE" in os.environ  # make test-sanitized
NETWORK = "INPUT(8x8x2) -> conv: CONV(6) -> BN -> RELU -> POOL -> fc: FC(9) -> SOFTMAX\n"
ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE, signal.SIGXCPU]
# Name, options, and the files written.
RUNS = [(name, arguments, files) for _, name, arguments, files in table.rows(HERE / "runs.txt")]
CODE, CODE_FILES = RUNS[0][1:]


class Count:
    """Faults injected, and faults survived."""
    given = survived = 0

    def add(self, faults, wrong=0):
        self.given += faults
        self.survived += faults - wrong


count = Count()


def fresh(files, old=True):
    """Empties the folders, except for older files."""
    for folder in (WORK, TMP):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for name in files if old else []:
        (WORK / name).write_text(OLD)


def environment(variables=None):
    """The compiler and dot hand out output made once, since they would take most of the time."""
    return {**os.environ, "TMPDIR": str(TMP), "CNNC_TEMPLATES": str(ROOT / "compiler" / "templates"),
            "CC": str(OUT / "cc"), "PATH": f"{OUT / 'path'}:{os.environ['PATH']}", **(variables or {})}


def cnnc(arguments, variables=None, **more):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run([CNNC, "-w", *arguments], cwd=WORK, env=environment(variables), stdin=subprocess.DEVNULL,
                          timeout=120, **streams)


def start(arguments, variables=None, **more):
    """The same, without waiting for it to end."""
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **more}
    return subprocess.Popen([CNNC, "-w", *arguments], cwd=WORK,
                            env={**os.environ, "TMPDIR": str(TMP), **(variables or {})}, **streams)


def preloaded(call, **more):
    """Variables for faults.c; AddressSanitizer is told to accept a library before its own."""
    return {"LD_PRELOAD": str(LIBRARY), "ASAN_OPTIONS": "verify_asan_link_order=0", "FAULT_CALL": call,
            **{f"FAULT_{name}": str(value) for name, value in more.items()}}


def contents():
    return {p.name: p.read_bytes() if p.is_file() else b"no file" for p in sorted(WORK.iterdir())}


def older(files):
    return {name: OLD.encode() for name in files}


def left():
    """Temporary files that were not removed."""
    return [str(p) for p in TMP.rglob("*")]


def said(done):
    return (done.stderr or b"").decode(errors="replace")


def judge(done, whole, before):
    """What is wrong with this outcome: `whole` must be there after success, otherwise what was there before."""
    now = contents()
    if done.returncode not in (0, 1, 2, 70):
        return f"status {done.returncode}"
    if left():
        return f"left {left()}"
    if done.returncode == 0:
        return "" if now == whole else f"status 0, but the files {sorted(now)} are not what they should be"
    if not done.stderr.strip():
        return f"status {done.returncode} without a message"
    changed = [name for name in {**now, **before} if now.get(name) != before.get(name)]
    return f"status {done.returncode}, and these changed: {changed}" if changed else ""


def whole_of(arguments):
    """The files written by a run without faults."""
    fresh([])
    cnnc(arguments)
    return contents()


def absent(done):
    """Does the message say that cnnc was built without the reader of these files?"""
    return b"libzip" in done.stderr or b"protobuf" in done.stderr


def default_signals():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)


def script(name, text):
    path = OUT / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


# ---- what is made once ----


def prepare():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    subprocess.run([os.environ.get("CC", "cc").split()[0], "-std=gnu11", "-O1", "-fPIC", "-shared", "-Wall", "-Wextra",
                    *["-DSANITIZED"] * SANITIZED, "-o", LIBRARY, HERE / "faults.c", "-ldl"], check=True)
    fresh([])
    (OUT / "net.cnn").write_text(NETWORK)
    write_weights()
    hand_out()
    done = cnnc(["--emit=onnx", "--init=he:1", "-o", "../net.onnx", "../net.cnn"])
    report(done.returncode == 0, "the model that is read", done.stderr)
    write_tflite()


def write_tflite():
    from writer import model, operator, tensor  # of tests/tflite
    options = {0: ("b", 0), 1: ("i", 1), 2: ("i", 1), 3: ("b", 1)}
    conv = [operator("CONV_2D", "x w b", "y", options)]
    (OUT / "net.tflite").write_bytes(model([
        tensor("x", [1, 6, 6, 2]), tensor("w", [5, 3, 3, 2], [0.5] * 90), tensor("b", [5], [1] * 5),
        tensor("y", [1, 6, 6, 5])], conv))
    (OUT / "int8.tflite").write_bytes(model([
        tensor("x", [1, 6, 6, 2], None, "b", [0.5], [3]), tensor("w", [5, 3, 3, 2], [1] * 90, "b", [0.25], [0]),
        tensor("b", [5], [7] * 5, "i", [0.125], [0]), tensor("y", [1, 6, 6, 5], None, "b", [0.5], [-3])], conv))


def write_weights():
    from files import f32, npy, npz, safetensors  # of tests/weights
    shapes = {"conv.weight": (6, 2, 3, 3), "conv.bias": (6,), "bn1.weight": (6,), "bn1.bias": (6,),
              "bn1.running_mean": (6,), "bn1.running_var": (6,), "fc.weight": (9, 96), "fc.bias": (9,)}

    def numbers(shape):
        length = 1
        for side in shape:
            length *= side
        return f32(*[1 + i / 100 for i in range(length)])
    (OUT / "net.safetensors").write_bytes(safetensors([(n, "F32", s, numbers(s)) for n, s in shapes.items()]))
    npz(OUT / "net.npz", [(f"{n}.npy", npy("<f4", s, numbers(s))) for n, s in shapes.items()])


def hand_out():
    """A compiler and a dot that hand out what the real ones made, or a substitute."""
    (OUT / "path").mkdir()
    script("path/dot", "exec cat")
    find = ('last=; for word; do [ "$last" = -o ] && made=$word; [ "$last" = -include ] && from=$word; '
            'last=$word; done\n')
    for name, options in (("embedded", []), ("mapped", ["--weights=../net.safetensors", "--embed=no"])):
        script("cc", f'{find}{os.environ.get("CC", "cc")} "$@" && cp "$made" {OUT}/{name}')
        done = cnnc(["--verify", *options, "../net.cnn"])
        report(done.returncode == 0 and (OUT / name).exists(), f"the program of a verification, {name}", done.stderr)
    script("cc", f'{find}[ -e "${{from%.c}}.cnnw" ] && exec cp {OUT}/mapped "$made"\nexec cp {OUT}/embedded "$made"')
