"""The network's name, from --name, from the text's file name and from -o: symbols, guard, includes and files."""
import re
import shutil
import subprocess

from report import note, report, wants
from smuggle import (CONTROL, HOSTILE, OUT, SMALL, STRICT, cnnc, compiles, difference, empty_folder, nothing_ran,
                     shown, tokens, tried, words)

WAYS = ("--name", "the stem", "-o")


def symbols(path):
    folder = path.parent
    done = subprocess.run(["gcc", *STRICT, "-c", "-o", "o.o", path.name], cwd=folder, capture_output=True)
    named = subprocess.run(["nm", "-g", "--defined-only", "o.o"], cwd=folder, capture_output=True)
    return done.stderr.decode(), sorted(line.split()[-1] for line in named.stdout.decode().splitlines())


def compile_named(way, name):
    """cnnc's result, the folder, and the text's name."""
    folder, stem = empty_folder("names"), name.replace("/", "_").replace("\0", "")[:200] or "x"
    text = {"--name": "net.cnn", "the stem": f"{stem}.cnn", "-o": "net.cnn"}[way]
    (folder / text).write_text(SMALL)
    options = {"--name": [f"--name={name}", "-o", "net.c"], "the stem": [], "-o": ["-o", f"./{stem}.c"]}[way]
    return cnnc("-w", "--init=zero", *options, f"./{text}", cwd=folder), folder, text


def one_name(way, name, what, whole, plain):
    done, folder, text = compile_named(way, name)
    made, clean = sorted(folder.glob("*.c")), not CONTROL.search(done.stdout + done.stderr)
    if done.returncode in (1, 2) and done.stderr.strip() and not made:
        left = [p.name for p in folder.iterdir() if p.name != text]
        report(clean and not left, what, left, done.stderr)
        note(f"refused: {what}")
        return
    if done.returncode or len(made) != 1:
        report(False, what, f"status {done.returncode}, {[p.name for p in folder.iterdir()]}", done.stderr)
        return
    copy = folder / "copy.c"  # the compiler is given no odd name, the include in it is odd
    shutil.copy(made[0], copy)
    got, warned = tokens(copy)
    prefix = re.search(r"\nconst struct cnn_model (\w+)_model = ", copy.read_text())
    prefix = prefix.group(1) if prefix else "?"
    expected = [f"{prefix}_model", f"{prefix}_run", f"{prefix}_run_many"]
    said, found = symbols(copy) if whole else ("", expected)
    said += compiles(copy, "c99", ("clang",)).decode() if whole else ""
    header = next(folder.glob("*.h"), None)
    guard = re.findall(r"#ifndef (\S+)\n#define (\S+)\n", header.read_text(errors="replace")) if header else []
    right = found == expected and guard and guard[0] == (f"CNN_{prefix}_H",) * 2 and re.fullmatch(r"\w+", prefix)
    report(not said and not warned and right and clean and got == plain, what, said, warned, found, guard, done.stdout,
           difference(plain, got))


def names():
    first, *odd = words("names")
    _, folder, _ = compile_named("--name", first)
    plain = tokens(folder / "net.c")[0]
    for way in WAYS:
        for number, name in enumerate([first, *HOSTILE, *odd]):
            what = f"{way} is {shown(name)}"
            if wants(what):
                tried(way)
                one_name(way, name, what, number % 6 == 0, plain)
        nothing_ran(way)


def case():
    """Networks whose names differ only in case: their macros would clash, but their guards do not."""
    for name in ("Cased", "cased"):
        folder = empty_folder(f"case-{name}")
        (folder / "net.cnn").write_text(SMALL if name == "cased" else SMALL.replace("6x6", "8x8"))
        done = cnnc("-w", "--init=zero", f"--name={name}", "-o", "net.c", "net.cnn", cwd=folder)
        report(done.returncode == 0, f"a network called {name}", done.stderr)

    def including(first, second):
        (OUT / "case.c").write_text(f'#include "case-{first}/net.h"\n#include "case-{second}/net.h"\n')
        return subprocess.run(["gcc", "-fsyntax-only", "case.c"], cwd=OUT, capture_output=True)
    done = including("Cased", "cased")
    report(done.returncode != 0 and b"differ only in case" in done.stderr, "headers that share their macros say so",
           done.stderr)
    done = including("Cased", "Cased")
    report(done.returncode == 0, "a header can be included twice", done.stderr)
    done = subprocess.run(["gcc", "-shared", "-fPIC", "case-Cased/net.c", "case-cased/net.c", "-o", "case.so", "-lm"],
                          cwd=OUT, capture_output=True)
    report(done.returncode == 0, "both link into one program", done.stderr)
