"""Strings of ONNX models, and names in weight files."""
import json
import os
import struct

from report import note, report, skip, wants
from smuggle import (CONTROL, HOSTILE, OUT, cnnc, compiles, difference, empty_folder, nothing_ran, shown,
                     tokens, tried, weight_files, words)


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def model(name):
    """x -> Conv -> Relu -> y, with a name in every string of the model."""
    shape = b"".join(field(1, field(1, n)) for n in (1, 2, 4, 4))
    value = field(1, name + b"x") + field(2, field(1, field(1, 1) + field(2, shape)))
    shape = b"".join(field(1, field(1, n)) for n in (1, 3, 4, 4))
    result = field(1, name + b"y") + field(2, field(1, field(1, 1) + field(2, shape)))
    weight = b"".join(field(1, n) for n in (3, 2, 1, 1)) + field(2, 1)
    weight += field(8, name + b"w") + field(9, struct.pack("<6f", *range(6)))
    conv = field(1, name + b"x") + field(1, name + b"w") + field(2, name + b"t") + field(3, name + b"c")
    conv += field(4, b"Conv") + field(6, name)
    relu = field(1, name + b"t") + field(2, name + b"y") + field(3, name + b"r") + field(4, b"Relu")
    graph = field(1, conv) + field(1, relu) + field(2, name) + field(5, weight) + field(10, name) + field(11, value)
    graph += field(12, result)
    return (field(1, 8) + field(2, name) + field(3, name) + field(7, graph) + field(8, field(2, 13)) + field(6, name) +
            field(14, field(1, name) + field(2, name)))


def one_model(name, what, plain, whole, refusable):
    """The tokens of its C, or None."""
    folder = empty_folder("models")
    (folder / "net.onnx").write_bytes(model(name))
    done = cnnc("-w", "--embed=no", "-o", "net.c", "net.onnx", cwd=folder)
    if done.returncode == 1 and done.stderr.strip() and not CONTROL.search(done.stderr) and refusable:
        report(True, what)
        note(f"refused: {what}")
        return None
    path = folder / "net.c"
    if done.returncode or not path.exists():
        report(False, what, done.returncode, done.stderr)
        return None
    got, warned = tokens(path)
    said = compiles(path, "c99") if whole else b""
    shown = cnnc("--summary", "--explain", "net.onnx", cwd=folder)
    clean = not CONTROL.search(shown.stdout + shown.stderr + done.stdout)
    good = True
    if whole:  # as JSON, and as text with weights, which is C again
        value = json.loads(cnnc("-w", "--emit=json", "net.onnx", cwd=folder).stdout)
        text = cnnc("-w", "--emit=cnn", "-o", "again.cnn", "net.onnx", cwd=folder)
        again = cnnc("-w", "--weights=again.safetensors", "-o", "again.c", "again.cnn", cwd=folder)
        good = value["layers"] and text.returncode == 0 and again.returncode == 0
        said += text.stderr + again.stderr
    report(good and not said and not warned and clean and got == (plain or got), what, said, warned, f"clean: {clean}",
           difference(plain or got, got))
    return got


def models():
    (OUT / "none.onnx").write_bytes(model(b"plain"))
    if b"built without" in cnnc("--check", "none.onnx").stderr:
        skip("models, cnnc was built without ONNX")
        return
    odd = [os.fsencode(word) for word in words("models")]
    whats = {name: f"a model with {shown(name)} in all its strings"
             for name in [b"plain", *odd, *(word.encode() for word in HOSTILE)]}
    if not wants(*whats.values(), "models: no command ran"):
        return
    plain = one_model(b"plain", whats.pop(b"plain"), None, True, False)
    for number, (name, what) in enumerate(whats.items()):
        if wants(what):
            tried("ONNX model, 14 strings each", 14)
            one_model(name, what, plain, number < len(odd) or number % 3 == 0, name in odd[-4:])
    nothing_ran("models")


def weights():
    """Names in weight files reach messages, and nothing else."""
    title = "weight files with hostile names are refused in plain words"
    if not wants(title, "weight files: no command ran"):
        return
    files, wrong = weight_files(), []
    (OUT / "w.cnn").write_text("INPUT(2x2) -> conv: CONV(1, 1x1, bias=no)\n")
    for name in HOSTILE + words("weights"):
        tensor = files.f32(1)
        (OUT / "w.safetensors").write_bytes(files.safetensors([(name, "F32", (1, 1, 1, 1), tensor)], {name: name}))
        seen = [cnnc("--weights=w.safetensors", "-o", "w.c", "w.cnn")]
        if "\0" not in name:
            files.npz(OUT / "w.npz", [(name + ".npy", files.npy("<f4", (1, 1, 1, 1), tensor))])
            seen.append(cnnc("--weights=w.npz", "-o", "w.c", "w.cnn"))
        tried("key of weights", len(seen))
        for done in seen:
            if done.returncode != 1 or not done.stderr.strip() or CONTROL.search(done.stderr):
                wrong.append(f"{name[:40]!r}: status {done.returncode}, {done.stderr}")
    report(not wrong and not (OUT / "w.c").exists(), title, *wrong)
    nothing_ran("weight files")
