"""Comments, params, literals and labels of a text on their way into C, messages, JSON and pictures."""
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

from report import note, report, wants
from smuggle import (CONTROL, HOSTILE, LABELS, SMALL, cnnc, compiles, filled, generate, network, nothing_ran, room,
                     shown, tokens, tried, words)

SHAPES = {"svg", "g", "title", "polygon", "path", "text", "ellipse", "polyline", "defs", "linearGradient", "stop", "a",
          "style", "rect", "marker", "tspan"}


def comments():
    text = "".join(f"# {label}\n" for label in LABELS) + "INPUT(6x6x2) -> CONV(4) # " + " ".join(LABELS)
    text += "\n  -> RELU # \\\n  -> FC(3) # ??/\n# */ int smuggled;\n"
    for target in ("c99", "avx2"):
        if not wants(f"comments, {target}"):
            continue
        tried("comment", len(LABELS))
        done, path, given = generate("comments", text, target)
        _, bare, barely = generate("plain", SMALL, target, "--name=net")
        said = compiles(path, target) if path else b""
        report(path and not said and tokens(path) == tokens(bare) and given == barely, f"comments, {target}",
               done.stderr, said)


def definitions():
    for value in HOSTILE + words("definitions"):
        for given in (f"N={value}", f"{value}=1"):
            what = f"-D {shown(given)}"
            if not wants(what):
                continue
            tried("-D NAME=VALUE and -D VALUE=1")
            done = cnnc("-w", "--check", "-D", given, "-",
                        text=b"param N = 3\nINPUT(6x6x2) -> CONV(N) -> RELU -> FC(3)\n")
            good = done.returncode in (0, 1, 2) and (done.returncode == 0 or done.stderr.strip())
            report(good and not CONTROL.search(done.stderr), what, done.returncode, done.stderr)
    nothing_ran("texts")


def literals():
    """Numbers are written as numbers, or refused; they never become words."""
    for number in words("literals"):
        text = f"INPUT(2x2) -> CONV(1, 1x1, weight=({number}), bias=({number})) -> SCALE(weight=({number})) -> "
        text += f"CLIP(-({number}), {number}) -> PAD(1, value={number})\n"
        what = f"the literal {number}"
        if not wants(what):
            continue
        tried("literal", 5)
        done, path, _ = generate("literals", text, "c99", "--name=net", "--embed=yes")
        said = compiles(path, "c99") if path else b""
        refused = done.returncode == 1 and done.stderr.strip()
        report(refused or (path and not said and not re.search(r"\b(nan|inf)\b", path.read_text())), what, said,
               done.stderr)
        if refused:
            note(f"refused: {what}")


def encodings():
    for row in words("encodings"):
        what, text = row.split(": ", 1)
        tried("bytes of a text")
        done = cnnc("--check", "-", text=os.fsencode(text))
        readable = all(b in b"\n\t" or 32 <= b < 127 for b in done.stderr)
        report(done.returncode == 1 and b"[encoding]" in done.stderr and readable,
               f"a text with {what} is refused in plain words", done.stderr)


def is_json(text):
    try:
        json.loads(text or b"[]")
        return True
    except ValueError:
        return False


def messages():
    """Messages that quote their input: no control characters reach a terminal; JSON stays JSON."""
    what, wrong = "no control character in messages, and messages as JSON are JSON", []
    for label in HOSTILE + words("messages") if wants(what) else []:
        for text in (f'INPUT(4x4) -> "{label}": RELU -> "{label}": RELU', f"INPUT(4x4) -> {label}",
                     f"{label} INPUT(4x4)", f'INPUT(4x4) -> FROM("{label}")'):
            tried("message")
            done = cnnc("--check", "--summary", "--explain", "-", text=text.encode())
            form = cnnc("--check", "--diagnostics=json", "-", text=text.encode())
            control = CONTROL.search(done.stdout + done.stderr)
            smuggled = b"smuggled\":" in form.stderr.replace(b'\\"', b"")
            if control or not is_json(form.stderr) or smuggled or done.returncode not in (0, 1):
                wrong.append(f"{label[:40]!r}: {control}, {done.returncode}, {done.stderr}, {form.stderr}")
    report(not wrong, what, *wrong)


# ---- pictures ----


def drawn(text):
    """The number of boxes and arrows that Graphviz draws, and its messages."""
    dot = cnnc("-w", "--emit=dot", "-", text=text).stdout
    laid = subprocess.run(["dot", "-Tplain"], input=dot, capture_output=True)
    kinds = [line.split()[0] for line in laid.stdout.decode().splitlines() if line.split()]
    return kinds.count("node"), kinds.count("edge"), laid.stderr


def check_svg(svg, what):
    try:
        tree = xml.etree.ElementTree.fromstring(svg)
        odd = {e.tag.rsplit("}")[-1] for e in tree.iter()} - SHAPES
        odd |= {a for e in tree.iter() for a in e.attrib if a.startswith("on") or a.endswith("href")}
        report(not odd, what, odd)
    except xml.etree.ElementTree.ParseError as error:
        report(False, what, error)


def pictures():
    for start in range(0, len(LABELS), room()):
        some = filled(LABELS, start)
        text, bare = network(some).encode(), network(filled([], 0)).encode()
        for place in ("dot", "SVG", "JSON", "--emit=cnn"):
            tried(place, len(some))
        if shutil.which("dot"):
            shapes = drawn(bare), drawn(text)
            report(shapes[0] == shapes[1] and shapes[0][0] > 0 and not shapes[1][2],
                   f"dot: as many boxes and arrows, labels {start} and on", shapes)
            check_svg(cnnc("-w", "--emit=svg", "-", text=text).stdout,
                      f"SVG: nothing but shapes and text, labels {start} and on")
        value = json.loads(cnnc("-w", "--emit=json", "-", text=text).stdout)
        found = {layer["name"] for layer in value["layers"]}
        missing = [s for s in some if not any(name == s or name.endswith("." + s) for name in found)]
        report(not missing and set(value) == {"network", "layers", "outputs", "total"},
               f"JSON: every name unchanged, labels {start} and on", missing[:5], sorted(value))
        once = cnnc("-w", "--emit=cnn", "-", text=text).stdout
        again = cnnc("-w", "--emit=cnn", "-", text=once).stdout
        report(once and once == again, f"--emit=cnn: the same text again, labels {start} and on", once[:200])
    nothing_ran("pictures")
