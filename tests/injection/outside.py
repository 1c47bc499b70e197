"""Input from outside a network: class names, the environment, the command line, file names; and the output of
--emit=main's programs."""
import json
import os
import re
import shutil
import subprocess

from models import model
from report import BUILD, ROOT, report, wants
from smuggle import (CONTROL, HOSTILE, OUT, SMALL, TEMPLATES, cnnc, empty_folder, nothing_ran, plain_words, shown,
                     tried, words)

ODD = b"\x1b[31m\xff\x9b2J\n\r*/\xc2\x9b31m\xed\xa0\x80x"


def program_of(name):
    return subprocess.run(["gcc", "-O0", "-I", ROOT / "runtime", f"{name}.c", BUILD / "libcnn.a", "-lm", "-lpthread",
                           "-o", name], cwd=OUT, capture_output=True)


def programs():
    """Output of --emit=main's programs: class names from a file, and the network's own names."""
    shown = HOSTILE + words("classes")
    (OUT / "classes").write_text("\n".join(shown) + "\n")
    (OUT / "p.cnn").write_text(f"INPUT(4x4) -> FC({len(shown)}) -> OUTPUT\n")
    made = cnnc("--emit=main", "-w", "--init=he:1", "--target=c99", "-o", "p.c", "p.cnn")
    program_of("p")
    done = subprocess.run([OUT / "p", f"--top={len(shown)}", "--labels=classes"], cwd=OUT, capture_output=True)
    tried("name of a class", len(shown))
    report(made.returncode == 0 and done.returncode == 0 and not CONTROL.search(done.stdout) and
           done.stdout.count(b"\n") == len(shown) and "größe".encode() in done.stdout,
           "names of classes are printed without control characters", made.stderr, done.stderr, done.stdout)
    for name in map(os.fsencode, words("program")):
        (OUT / "q.onnx").write_bytes(model(name))
        made = cnnc("--emit=main", "-w", "--target=c99", "-o", "q.c", "q.onnx")
        if b"built without" in made.stderr:
            break
        built = program_of("q")
        tried("name of a model's input and output", 2)
        seen = [subprocess.run([OUT / "q", *more], cwd=OUT, capture_output=True)
                for more in ([], ["--help"], ["p.cnn"])]
        said = b"".join(done.stdout + done.stderr for done in seen)
        report(made.returncode == 0 and built.returncode == 0 and b"x" in said and not CONTROL.search(said),
               f"a program prints the names of {name!r} without control characters", made.stderr, built.stderr, said)


def variables():
    """A value from the environment is a word, not a command."""
    (OUT / "v.cnn").write_text(SMALL)
    folder = OUT / "a b; touch PWNED $(touch PWNED) 'q' \"q\" [<m4_eval(1)>]"
    folder.mkdir(exist_ok=True)
    shutil.copytree(TEMPLATES, folder / "templates", dirs_exist_ok=True)
    done = cnnc("-w", "--init=zero", "-o", folder / "v.c", "v.cnn", CNNC_TEMPLATES=str(folder / "templates"),
                TMPDIR=str(folder))
    report(done.returncode == 0 and sorted(p.name for p in folder.iterdir()) == ["templates", "v.c", "v.h"],
           "folders with odd names for templates, temporary files and outputs", done.stderr, list(folder.iterdir()))
    done = cnnc("-w", "--verify", "v.cnn", TMPDIR=str(folder))
    report(done.returncode == 0, "--verify in a folder with an odd name", done.stderr)
    for name in ("M4", "CC"):
        for value in words("commands"):
            tried("$M4, $CC, folders")
            done = cnnc("-w", "--verify", "v.cnn", **{name: value})
            report(done.returncode in (0, 1, 2, 70) and (done.returncode == 0 or done.stderr.strip()),
                   f"${name} is {shown(value)}", f"status {done.returncode}", done.stderr)
    nothing_ran("variables")


def command_line():
    """Every option, and every file name, with bytes that control a terminal and are not UTF-8."""
    title, nothing = "options and variables with odd bytes are refused in plain words", "nothing was written by them"
    if not wants(title, nothing):
        return
    folder = empty_folder("command line")
    (folder / "net.cnn").write_text(SMALL)
    options = [b"--" + ODD, b"-" + ODD, b"-W" + ODD, b"-D" + ODD, b"--help=" + ODD, ODD, ODD + b".onnx", 
               ODD + b"/x.cnn"]
    found = re.findall(r"^ +(?:-\w, )?--([a-z-]+)=", cnnc("--help").stdout.decode(), re.M)
    options += [b"--" + name.encode() + b"=" + ODD for name in found] + [b"--weights=" + ODD + b".npz"]
    wrong = [] if len(found) > 8 else [f"options: {found}"]

    def refused(what, done, statuses):
        said = done.stdout + done.stderr
        return [] if done.returncode in statuses and done.stderr.strip() and plain_words(said) else [
            f"{what}: {done.returncode}, {said}"]
    for option in options:
        tried("command line")
        wrong += refused(option, cnnc("-w", "--init=zero", os.fsdecode(option), "net.cnn", cwd=folder), (1, 2))
    for name in ("M4", "CC", "CNNC_TEMPLATES", "TMPDIR"):
        wrong += refused(name, cnnc("-w", "--verify", "net.cnn", cwd=folder, **{name: os.fsdecode(ODD)}), (1, 2, 70))
    report(not wrong, title, *wrong)
    left = [p.name for p in folder.iterdir() if p.name != "net.cnn"]
    report(not left, nothing, left)


def file_names():
    """A file name that is not UTF-8 and names the network: all output is UTF-8, and JSON is JSON."""
    title = "files whose names are no UTF-8: what is printed is"
    if not wants(title):
        return
    folder, wrong = empty_folder("file names"), []
    for path in words("stems"):
        (folder / f"{path}.cnn").write_text(SMALL)
        (folder / f"bad{path}.cnn").write_text("INPUT(4x4) -> NOSUCH\n")
        for given in (["--summary"], ["--explain"], ["--emit=json"], ["--emit=dot"], ["--emit=cnn"],
                      ["--check", "-Wall"],
                      ["--emit=onnx", "--init=zero", "-o", f"{path}.onnx"],
                      ["--emit=cnnw", "--init=zero", "-o", f"{path}.cnnw"],
                      ["--weights=none" + path], ["--emit=json", "-o", f"{path}/x"]):
            tried("file name")
            done = cnnc("-w", *given, f"{path}.cnn", cwd=folder)
            if done.returncode not in (0, 2) or not plain_words(done.stdout + done.stderr):
                wrong.append(f"{path!r} {given}: {done.returncode}, {done.stdout + done.stderr}")
        for given in ([f"bad{path}.cnn"], [f"none{path}.cnn"], [f"--weights=none{path}.npz", f"{path}.cnn"]):
            done = cnnc("--diagnostics=json", *given, cwd=folder)
            if not plain_words(done.stderr) or not json.loads(done.stderr or b"0"):
                wrong.append(f"{path!r} {given}: {done.stderr}")
    report(not wrong, title, *wrong)
