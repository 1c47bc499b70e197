"""Shared by all parts: the words of words.txt, running cnnc, and comparing its output."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import table
from report import BUILD, CNNC, ROOT, report

HERE = ROOT / "tests" / "injection"
OUT = BUILD / "tests" / "injection"
TEMPLATES = ROOT / "compiler" / "templates"
PWNED = OUT / "pwned"
WARN = ["-O0", "-Wall", "-Wextra", "-Wshadow", "-Wtrigraphs", "-Wcomment", "-Werror"]
STRICT = ["-std=c99", "-pedantic", "-Wconversion", *WARN]
GNU = ["-std=gnu99", *WARN]
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
SMALL = "INPUT(6x6x2) -> CONV(4) -> RELU -> FC(3)\n"
INTEGERS = "--weights=integers.safetensors"
ROUNDED = "--weights=rounded.safetensors"  # the same with ONNX's rounding
TRIES = {}  # place -> how many names were tried there

KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm
__attribute__ __asm__ __extension__ _Pragma _Static_assert system exit abort fopen remove""".split())


def plain(line):
    """The word for a line of words.txt; bytes that are not UTF-8 become surrogates, as in file names."""
    def piece(found):
        number, byte, character, times = found.groups()
        if byte:
            return bytes([int(byte, 16)])
        return (chr(int(number, 16)) if number else character).encode() * int(times or 1)
    pieces, at = [], 0
    for found in re.finditer(r"<(?:U\+([0-9A-F]+)|x([0-9A-F]{2})|(.)(?=\*))(?:\*(\d+))?>", line):
        pieces += [line[at:found.start()].encode(), piece(found)]
        at = found.end()
    return b"".join([*pieces, line[at:].encode()]).decode(errors="surrogateescape")


def words(section):
    return [plain(line).replace("PWNED", str(PWNED))
            for part, line in table.lines(HERE / "words.txt") if part == section]


HOSTILE = words("hostile")
# Words that a quoted text can hold: no quotes, and no braces, which enclose expressions there.
LABELS = [word for word in HOSTILE if not set(word) & set('"{}')]


def tried(place, count=1):
    TRIES[place] = TRIES.get(place, 0) + count


def cnnc(*arguments, cwd=OUT, text=None, **variables):
    return subprocess.run([CNNC, *map(os.fsencode, map(str, arguments))], cwd=cwd, input=text, capture_output=True,
                          timeout=120, env={**os.environ, "CNNC_TEMPLATES": str(TEMPLATES),
                                            "CANARY": "smuggled_canary", **variables})


def shown(word):
    """A word as shown in a case's name."""
    path, name = (os.fsencode(PWNED), b"PWNED") if isinstance(word, bytes) else (str(PWNED), "PWNED")
    return repr(word.replace(path, name)[:40])


def nothing_ran(what):
    found = [p for p in (PWNED, pathlib.Path("PWNED"), OUT / "PWNED", ROOT / "PWNED") if p.exists()]
    report(not found, f"{what}: no command ran", *found)
    for path in found:
        path.unlink()


def empty_folder(name):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def plain_words(said):
    """No control characters, and UTF-8."""
    try:
        said.decode()
    except UnicodeDecodeError:
        return False
    return not CONTROL.search(said)


def weight_files():
    """The writers of tests/weights."""
    sys.path.insert(0, str(ROOT / "tests" / "weights"))
    import files
    return files


# ---- C ----


def recorder():
    """An m4 that saves its input."""
    path = OUT / "recording-m4"
    path.write_text('#!/bin/sh\n[ "$1" = --version ] && exec m4 "$1"\ncat >"$RECORD.part"\n'
                    'cat "$RECORD.part" >>"$RECORD"\nexec m4 "$@" <"$RECORD.part"\n')
    path.chmod(0o755)


def make_integers(folder):
    """Weights of 8 bits for the network there, the same for all names."""
    sys.path.insert(0, str(ROOT / "tests" / "quantised"))
    import tensors
    layers = json.loads(cnnc("-w", "--emit=json", "net.cnn", cwd=folder).stdout or b'{"layers": []}')["layers"]
    large = len(layers) > 12  # there the deconvolution stays floats
    floats = {layer["name"] for layer in layers if layer["kind"] == "DECONV" and large}
    made = tensors.Maker(layers, 7, floats).tensors
    tensors.write(folder / "integers.safetensors", made)
    tensors.write(folder / "rounded.safetensors", {**made, "rounding": ("I8", [1], [1])})


def generate(name, text, target, *options):
    """cnnc's messages, the C it wrote, and its input to m4."""
    folder = empty_folder(name)
    (folder / "net.cnn").write_text(text)
    if {INTEGERS, ROUNDED} & {*options}:
        make_integers(folder)
    given = options if {"--emit=train", INTEGERS, ROUNDED} & {*options} else ("--init=he:1", "--embed=no", *options)
    done = cnnc("-w", f"--target={target}", *given, "net.cnn", cwd=folder,
                M4=str(OUT / "recording-m4"), RECORD=str(folder / "m4"))
    made, given = sorted(folder.glob("*.c")), folder / "m4"
    return done, made[0] if made else None, given.read_bytes() if given.exists() else b""


def tokens(path):
    """The preprocessed C, with strings emptied, all identifiers but C's own made alike, and the plan's hash left
    out; and the preprocessor's messages."""
    done = subprocess.run(["gcc", "-std=gnu99", "-E", "-P", "-Wall", "-Wtrigraphs", "-Wcomment", str(path)],
                          capture_output=True, cwd=path.parent)
    text = re.sub(r'"(\\.|[^"\\])*"', '""', done.stdout.decode())
    text = re.sub(r"'(\\.|[^'\\])'", "''", text)
    text = re.sub(r"\b0x[0-9a-f]{9,16}UL\b", "0", text)
    found = re.findall(r'[A-Za-z_]\w*|0[xX][0-9a-fA-F.]+(?:[pP][+-]?\d+)?\w*|\.?\d[\w.]*|""|\S', text)
    alike = ["name" if re.match(r"[A-Za-z_]", token) and token not in KEYWORDS else token for token in found]
    return alike, done.stderr


def difference(wanted, got):
    if wanted == got:
        return ""
    first = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
    return f"token {first}: {wanted[first - 8:first + 4]} became {got[first - 8:first + 4]}"


def compiles(path, target, compilers=("gcc", "clang")):
    said = b""
    for compiler in compilers:
        if shutil.which(compiler):
            done = subprocess.run([compiler, *(STRICT if target == "c99" else GNU), "-fsyntax-only", str(path)],
                                  capture_output=True, cwd=path.parent)
            said += done.stderr if done.returncode else b""
    return said


# ---- networks.txt ----


NETWORKS = {}
for _section, _line in table.lines(HERE / "networks.txt"):
    NETWORKS.setdefault(_section, []).append(_line)


def room(kind="layers"):
    """The number of labels it takes."""
    return "".join(NETWORKS[kind]).count("@")


def network(names, kind="layers"):
    """The layers joined into one chain, labelled with `names` in turn."""
    used, next_name = {}, iter(names)

    def label(_):
        name = next(next_name, None)
        if name is None:
            return ""
        used[name] = used.get(name, 0) + 1
        return f'"{name}{"" if used[name] == 1 else used[name]}": '
    return " ->\n".join(re.sub("@", label, line) for line in NETWORKS[kind]) + "\n"


def filled(names, start, kind="layers"):
    some = names[start:start + room(kind)]
    return some + [f"plain_{i}" for i in range(room(kind) - len(some))]
