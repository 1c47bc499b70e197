"""Training, stopping, killing and resuming; tests; everything that the program says and refuses."""
import json
import math
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import threading
import time
import xml.etree.ElementTree
import zipfile

import files
from readers import npy, npz
from report import golden, report, wants

HERE = pathlib.Path(__file__).resolve().parent
# A recipe with everything that could depend on threads or on an interruption.
FULL = ("hidden=8 epochs=4 schedule=2 warmup=0.5 to=0.001 average=0.9 clip=1.5 seed=7 augment=1:1 augment=3:10 "
        "augment=6:9 augment=8:0.3")
SECONDS = 60


class Program:
    """The trainee, in a folder of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def start(self, words, *arguments, **options):
        environment = {**os.environ, "TRAINEE": words}
        options = {"stderr": subprocess.PIPE, **options}
        return subprocess.Popen([self.program, *arguments], cwd=self.folder, env=environment, text=True,
                                stdout=subprocess.PIPE, errors="replace", **options)

    def run(self, words, *arguments, **options):
        process = self.start(words, *arguments, **options)
        out, err = process.communicate(timeout=10 * SECONDS)
        return process.returncode, out, err

    def bytes(self, name):
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def wait_for_lines(self, name, count, process):
        """Until the journal has as many lines, or the program has ended."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and process.poll() is None:
            if (self.bytes(f"{name}.train.jsonl") or b"").count(b"\n") >= count:
                return
            time.sleep(0.01)


def learns(program, digits):
    if not wants("it learns", "the journal has an object an epoch", "the curves are well-formed SVG",
                 "the first layer's filters, as many as fit, before and after"):
        return
    status, out, err = program.run("", f"--train={digits}:10%", "-j", "2", "--out=a")
    accuracy = re.findall(r"accuracy ([0-9.]+) %", out)
    report(status == 0 and err == "" and len(accuracy) >= 3 and float(accuracy[2]) > 89, "it learns", out, err)
    lines = [json.loads(line) for line in (program.bytes("a.train.jsonl") or b"").splitlines()]
    report([line["epoch"] for line in lines] == [1, 2, 3] and lines[2]["loss"] < lines[0]["loss"] and
           0.9 < lines[2]["test_accuracy"] < 1 and lines[0]["images_per_second"] > 0 and
           set(lines[0]) == {"epoch", "loss", "rate", "seconds", "images_per_second", "test_loss", "test_accuracy",
                             "test_top5"}, "the journal has an object an epoch", lines)
    root = xml.etree.ElementTree.fromstring(program.bytes("a.train.svg") or b"<none/>")
    report(root.tag.endswith("svg") and len(list(root)) > 20, "the curves are well-formed SVG")
    root = xml.etree.ElementTree.fromstring(program.bytes("a.filters.svg") or b"<none/>")
    sizes = [len(group) for group in root if group.tag.endswith("}g")]
    report(sizes == [28 * 28] * 40 and "the first 20 of 32" in "".join(root.itertext()),
           "the first layer's filters, as many as fit, before and after", sizes)


def same_bytes(program, digits):
    """Any number of threads, kills and interruptions."""
    data = f"--train={digits}:70%"
    for threads in (1, 2, 3):
        program.run(FULL, data, f"-j{threads}", f"--out=t{threads}")
    whole = program.bytes("t1.safetensors")
    report(whole and all(program.bytes(f"t{n}.safetensors") == whole for n in (2, 3)),
           "1, 2 and 3 threads: the same bytes")
    for kill, name in ((1, "killed"), (3, "killed late")):
        process = program.start(FULL, data, "-j1", f"--out=k{kill}", "--checkpoint=0")
        program.wait_for_lines(f"k{kill}", kill, process)
        process.kill()
        process.communicate()
        status, out, err = program.run(FULL, data, "-j2", f"--out=k{kill}", "--resume")
        report(process.returncode == -signal.SIGKILL and status == 0 and "resumed after step" in out and
               program.bytes(f"k{kill}.safetensors") == whole, f"{name}, and resumed: the same bytes", out, err)
        report(program.bytes("t1.filters.svg") and
               program.bytes(f"k{kill}.filters.svg") == program.bytes("t1.filters.svg"),
               f"{name}, and resumed: the same filters", out, err)
    process = program.start(FULL, data, "-j1", "--out=i")
    program.wait_for_lines("i", 2, process)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[0]
    report(process.returncode == 130 and "the same command with --resume goes on" in said and
           program.bytes("i.safetensors") not in (None, whole), "SIGINT saves and says how to go on", said)
    status, out, err = program.run(FULL, data, "-j2", "--out=i", "--resume")
    report(status == 0 and program.bytes("i.safetensors") == whole, "and resumed: the same bytes", out, err)
    program.run("epochs=3", f"--train={digits}:97%", "--out=v1")
    process = program.start("epochs=3", f"--train={digits}:97%", "--out=v2")
    program.wait_for_lines("v2", 1, process)
    time.sleep(0.05)  # most of an epoch is validation
    process.send_signal(signal.SIGINT)
    process.communicate()
    status, out, err = program.run("epochs=3", f"--train={digits}:97%", "--out=v2", "--resume")
    report(process.returncode == 130 and status == 0 and
           program.bytes("v1.safetensors") == program.bytes("v2.safetensors"),
           "SIGINT while it validates, and resumed: the same bytes", out, err)
    keys = [json.loads(line)["epoch"] for line in (program.bytes("i.train.jsonl") or b"").splitlines()]
    report(keys == [1, 2, 3, 4], "the journal has each epoch once", keys)
    status, out, err = program.run(FULL, data, "--out=i", "--resume")
    report(status == 0 and program.bytes("i.safetensors") == whole, "resuming what has ended changes nothing", out, err)
    program.run(FULL.replace("seed=7", "seed=8"), data, "--out=s")
    report(program.bytes("s.safetensors") not in (None, whole), "another seed: other bytes")


def full_disk(program, digits):
    """Checkpoints that find no room, and a last one where there is room for the weights alone."""
    words, data = "hidden=8 epochs=30", f"--train={digits}:70%"
    cases = (("a full disk: the old checkpoint stays, and training goes on", 20000, "--resume goes on from it"),
             ("a full disk: the weights are written if they fit", 40000, "full.safetensors is written"))
    if not wants(*(name for name, _, _ in cases)):
        return
    program.run(words, data, "--out=whole")
    for name, room, says in cases:
        process = program.start(words, data, "--out=full", "--checkpoint=0.1")
        program.wait_for_lines("full", 2, process)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (room, room))
        out, err = process.communicate()
        fits = program.bytes("full.safetensors") == program.bytes("whole.safetensors")
        status, said, more = program.run(words, data, "--out=full", "--resume")
        report(process.returncode == 1 and "full.checkpoint: cannot be written: File too large" in err and
               "training goes on" in err and says in err and "epoch 30/30" in out and fits == (room > 20000) and
               status == 0 and program.bytes("full.safetensors") == program.bytes("whole.safetensors") and
               not (program.folder / "full.checkpoint.new").exists(), name, out, err, said, more)
        for path in program.folder.glob("full.*"):
            path.unlink()


def not_finite(program, digits):
    data = f"--train={digits}:70%"
    program.run("hidden=8 epochs=2", data, "--out=good")
    status, out, err = program.run("hidden=8 epochs=2 poison=40", data, "--out=nan", "--checkpoint=0")
    report(status == 1 and "error: the loss is not a number in step 41 (epoch 2): the first gradient that is not "
           "finite is that of fc1.bias" in err and "clip=1" in err, "a loss that is not a number ends the run", out,
           err)
    status, out, err = program.run("hidden=8 epochs=2", data, "--out=nan", "--resume")
    report(status == 0 and "resumed after step 40" in out and
           program.bytes("nan.safetensors") == program.bytes("good.safetensors"),
           "the checkpoint before it is good", out, err)


def overflows(program):
    """Weights that overflow in the last step are not written."""
    status, out, err = program.run(TINY + " poison_update=13", "--train=tiny.npz", "--out=last", "--checkpoint=0")
    report(status == 1 and "fc2.bias overflowed in the last step: the weights are not written" in err and
           program.bytes("last.safetensors") is None, "weights that overflow in the last step are not written", out, err)
    status, out, err = program.run(TINY, "--train=tiny.npz", "--out=last", "--resume")
    report(status == 0 and "resumed after step 13" in out, "and the checkpoint before it is good, too", out, err)
    status, out, err = program.run(TINY + " poison_update=8", "--train=tiny.npz", "--out=before")
    report(status == 1 and "in step 10 (epoch 2): fc2.bias overflowed in the step before" in err,
           "the tensor that overflowed is named", out, err)


# ---- a tiny network, whose every number is known: 1x2x3 inputs, no hidden layer, six classes ----

TINY = "height=1 width=2 channels=3 hidden=0 classes=6 batch=4 epochs=2 u8=1"
WEIGHTS = [((7 * i) % 11 - 5) / 4 for i in range(36)]
BIAS = [((3 * i) % 5 - 2) / 8 for i in range(6)]
COUNT = 30


def tiny_set(folder):
    pixels = [(i * i * 31 + 17 * i) % 256 for i in range(COUNT * 6)]
    labels = [i * 5 % 6 for i in range(COUNT)]
    npz(folder / "tiny.npz", zipfile.ZIP_STORED, x=npy("|u1", (COUNT, 1, 2, 3), bytes(pixels)),
        y=npy("|u1", (COUNT,), bytes(labels)))
    return pixels, labels


def tensors(kind="F32", skip=(), extra=(), shape=(6, 6)):
    pack = {"F32": lambda n: struct.pack(f"<{len(n)}f", *n), "F64": lambda n: struct.pack(f"<{len(n)}d", *n),
            "F16": lambda n: struct.pack(f"<{len(n)}e", *n), "I32": lambda n: struct.pack(f"<{len(n)}i", *map(int, n)),
            "BF16": lambda n: b"".join(struct.pack("<f", x)[2:] for x in n)}[kind]
    rows = [("fc2.weight", shape, WEIGHTS), ("fc2.bias", (6,), BIAS), ("steps.running_mean", (1,), [0.0])]
    header, numbers = {"__metadata__": {"format": "pt", "nested": "a\\\"b"}}, b""
    for name, size, values in [r for r in rows if r[0] not in skip] + [(n, (1,), [0.0]) for n in extra]:
        data = pack(values)
        header[name] = {"dtype": kind, "shape": size, "data_offsets": [len(numbers), len(numbers) + len(data)]}
        numbers += data
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def expected(pixels, labels):
    """Loss, accuracy, top-5 and confusion by themselves."""
    loss = right = top5 = 0
    confusion = [[0] * 6 for _ in range(6)]
    for n, label in enumerate(labels):
        hwc = [p / 255 for p in pixels[6 * n:6 * n + 6]]
        x = [hwc[p * 3 + c] for c in range(3) for p in range(2)]
        y = [sum(WEIGHTS[6 * o + i] * x[i] for i in range(6)) + BIAS[o] for o in range(6)]
        loss += math.log(sum(math.exp(v) for v in y)) - y[label]
        order = sorted(range(6), key=lambda o: (-y[o], o))
        right += order[0] == label
        top5 += label in order[:5]
        confusion[label][order[0]] += 1
    return loss / COUNT, right / COUNT, top5 / COUNT, confusion


def measures(program):
    pixels, labels = tiny_set(program.folder)
    loss, accuracy, top5, confusion = expected(pixels, labels)
    for kind in ("F32", "F16", "BF16", "F64"):
        (program.folder / "tiny.safetensors").write_bytes(tensors(kind))
        status, out, err = program.run(TINY, "--test=tiny.npz", "--weights=tiny.safetensors", "--emit=json", "-j2")
        found = json.loads(out) if status == 0 else {}
        report(status == 0 and set(found) == {"images", "loss", "accuracy", "top5", "confusion"} and
               found["images"] == COUNT and abs(found["loss"] - loss) < 1e-5 and found["confusion"] == confusion and
               abs(found["accuracy"] - accuracy) < 1e-6 and abs(found["top5"] - top5) < 1e-6,
               f"--test with weights of {kind}: loss, accuracy, top-5, confusion", out, err, loss, accuracy, confusion)


def learns_otherwise(program):
    """Regression, a label for each pixel, MIXUP of numbers: under sanitizers, and the loss falls."""
    numbers = [math.sin(i) for i in range(256)]
    x = npy("<f4", (64, 2, 2), struct.pack("<256f", *[255 * n for n in numbers]))
    sums = [sum(numbers[4 * i:4 * i + 4]) / (1 + k) for i in range(64) for k in (0, 1)]
    npz(program.folder / "regression.npz", zipfile.ZIP_STORED, x=x,
        y=npy("<f8", (64, 2), struct.pack("<128d", *sums)))
    npz(program.folder / "pixels.npz", zipfile.ZIP_STORED, x=x,
        y=npy("|i1", (64, 2, 2), bytes(n > 0 for n in numbers)))
    small = "height=2 width=2 hidden=0 epochs=12 batch=8 rate=0.2"
    for name, words in (("regression", f"{small} loss=1 classes=2"),
                        ("regression", f"{small} loss=1 classes=2 augment=8:1"),
                        ("pixels", f"{small} classes=2 out_height=2 out_width=2"),
                        ("pixels", f"{small} classes=2 out_height=2 out_width=2 augment=8:1 augment=7:0.2")):
        status, out, err = program.run(words, f"--train={name}.npz:25%", "-j3", "--out=other")
        losses = [float(n) for n in re.findall(r" loss ([0-9.]+)", out)]
        mixed = " with MIXUP" if "=8:" in words else ""
        report(status == 0 and len(losses) >= 12 and losses[-1] < 0.8 * losses[0], f"learning from {name}{mixed}", out,
               err)


def masked(text):
    text = re.sub(r"[0-9,]+ images/s", "N images/s", text)
    return re.sub(r"\b[0-9]+ threads?\b", "N threads", text)


def checkpoints(program):
    """(name, words, arguments) of checkpoints that are refused, or not there."""
    program.run(TINY, "--train=tiny.npz", "--out=c")
    good = program.bytes("c.checkpoint")

    def put(name, data):
        (program.folder / f"{name}.checkpoint").write_bytes(data)
        return ["--train=tiny.npz", f"--out={name}", "--resume"]

    yield "there is no checkpoint", TINY, ["--train=tiny.npz", "--out=nothing", "--resume"]
    yield "another network or recipe", TINY + " rate=0.2", put("c1", good)
    yield "another number of epochs", TINY, [*put("c2", good), "--epochs=5"]
    yield "other data", TINY, put("c3", good)[1:] + ["--train=tiny.npz:20%"]
    yield "not a checkpoint", TINY, put("c4", b"hello, world")
    yield "an empty checkpoint", TINY, put("c5", b"")
    yield "a checkpoint that is cut", TINY, put("c6", good[:-100])
    yield "one whose header is cut", TINY, put("c7", good[:100])
    yield "one that is too long", TINY, put("c8", good + b"x")
    yield "one with other numbers", TINY, put("c9", good[:-300] + bytes([good[-300] ^ 1]) + good[-299:])
    yield "one with another position", TINY, put("c10", good[:100] + bytes([good[100] ^ 1]) + good[101:])
    yield "one of another machine", TINY, put("c11", good[:12] + good[12:16][::-1] + good[16:])
    yield "one of another version", TINY, put("c12", good[:8] + b"\x09\0\0\0" + good[12:])


def weights(program):
    def put(name, data):
        (program.folder / f"{name}.safetensors").write_bytes(data)
        return ["--test=tiny.npz", f"--weights={name}.safetensors"]

    good = tensors()
    yield "no such weights", TINY, ["--test=tiny.npz", "--weights=nowhere.safetensors"]
    yield "weights that are not", TINY, put("w1", b"hello, world, this is no tensor")
    yield "weights that are cut", TINY, put("w2", good[:-10])
    yield "a header that is cut", TINY, put("w3", good[:60])
    yield "a header that is not JSON", TINY, \
        put("w4", struct.pack("<Q", 30) + b"{\"fc2.bias\": {\"dtype\": 12}}   " + bytes(40))
    yield "a header without an end", TINY, put("w5", struct.pack("<Q", 30) + b"[" * 30)
    yield "weights of another shape", TINY, put("w6", tensors(shape=(4, 9)))
    yield "weights of another type", TINY, put("w7", tensors("I32"))
    yield "weights that lack one", TINY, put("w8", tensors(skip=("fc2.bias",)))
    yield "fine-tuning: some are missing, others are not used", TINY + " epochs=1", \
        ["--train=tiny.npz", put("w9", tensors(skip=("fc2.bias",), extra=("old.weight", "bn.num_batches_tracked")))[1]]


def command_lines(program):
    train = "--train=tiny.npz"
    yield "nothing to do", "", []
    yield "an unknown option", "", [train, "--fast"]
    yield "no threads", "", [train, "-j", "0"]
    yield "threads without a number", "", [train, "-j"]
    yield "no epochs", "", [train, "--epochs=x"]
    yield "seconds that are not", "", [train, "--checkpoint=-1"]
    yield "a test without weights", "", ["--test=tiny.npz"]
    yield "resuming without data", "", ["--resume"]
    yield "resuming with weights", "", [train, "--resume", "--weights=w1.safetensors"]
    yield "a part of a test set", "", ["--test=tiny.npz:10%"]
    yield "too large a part", "", [train + ":100%"]
    yield "too small a part", TINY, [train + ":1%"]
    yield "a batch that is too large", TINY + " batch=31", [train]
    yield "a name in no folder", TINY, [train, "--out=nowhere/x"]
    yield "help", "", ["--help"]
    yield "a training with everything", TINY, [train + ":20%", "--test=tiny.npz", "--out=every"]
    yield "a training without a test", TINY, [train, "--out=alone"]
    yield "a test", TINY, ["--test=tiny.npz", "--weights=tiny.safetensors"]


def says(program):
    (program.folder / "tiny.safetensors").write_bytes(tensors())
    text = ""
    for section in (command_lines, checkpoints, weights):
        for name, words, arguments in section(program):
            status, out, err = program.run(words, *arguments)
            text += f"{name}: status {status}\n{masked(out)}{err}\n"
    golden(HERE / "says.txt", text.replace(str(program.program), "PROGRAM"), "everything that it says and refuses")
    done = subprocess.run([program.program], env={**os.environ, "TRAINEE_ABI": "99"}, capture_output=True, text=True,
                          check=False)
    report(done.returncode == 1 and "generated for version 99 of libcnntrain" in done.stderr,
           "a network for another version of the library is refused", done.stderr)


def read_terminal(terminal, pieces):
    """All that is written to the other end, until that is closed."""
    try:
        while piece := os.read(terminal, 1 << 16):
            pieces.append(piece)
    except OSError:
        pass


def on_a_terminal(program, digits):
    """Progress is on the terminal, and nothing of it stays."""
    name = "a terminal shows how far training is, and nothing of it stays"
    if not wants(name):
        return
    ours, theirs = os.openpty()
    pieces = []
    reader = threading.Thread(target=read_terminal, args=(ours, pieces))  # a slow machine says more than it holds
    process = program.start("epochs=3", f"--train={digits}:10%", "--out=terminal", stderr=theirs)
    reader.start()
    out = process.communicate()[0]
    os.close(theirs)
    reader.join()
    os.close(ours)
    said = b"".join(pieces).decode()
    report(re.search(r"\r\x1b\[Kepoch [123]/3  +[0-9]+ %  loss [0-9.]+  [0-9,]+ images/s  [0-9]+ s left", said) and
           said.endswith("\r\x1b[K") and "epoch 3/3" in out, name, repr(said[-300:]), out[-300:])


def pictures(program, have):
    """A folder of pictures is decoded while the network learns, by its own thread."""
    for i in range(24):
        folder = program.folder / "pictures" / ("dark" if i % 2 else "light")
        folder.mkdir(parents=True, exist_ok=True)
        level = [(20 if i % 2 else 160) + (i * 7 + k * 13) % 60 for k in range(24)]
        (folder / f"{i}.ppm").write_bytes(files.pnm(6, 2, 4, level))
    words = "height=3 width=3 channels=3 hidden=0 classes=2 batch=8 epochs=8 augment=0:0.5 hwc=1"
    status, out, err = program.run(words, "--train=pictures:20%", "--resize", "-j2", "--out=pictures")
    accuracy = re.findall(r"accuracy ([0-9.]+) %", out)
    report(status == 0 and accuracy and float(accuracy[-1]) == 100, "learning from a folder of pictures", out, err)


def test(out, have, digits):
    tiny, fast = Program(out / "trainee", out / "tiny"), Program(out / "fast", out / "runs")
    measures(tiny)
    learns_otherwise(tiny)
    pictures(tiny, have)
    overflows(tiny)
    says(tiny)
    if digits:
        learns(fast, digits)
        on_a_terminal(fast, digits)
        same_bytes(fast, digits)
        full_disk(fast, digits)
        not_finite(fast, digits)
