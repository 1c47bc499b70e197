"""The rows of circumstances.txt, and outputs other than plain files."""
import errno
import os
import shutil
import subprocess

import table
from place import (CNNC, CODE, HERE, NETWORK, OUT, RUNS, SANITIZED, TMP, WORK, absent, cnnc, contents, count, fresh,
                   judge, left, older, preloaded, said, script, start, whole_of)
from report import report, wants


def lay_out(section):
    """Fills the folder before a row is run."""
    kind, *names = section.split()
    fresh(names, kind == "older")
    for name in names:
        if kind == "copies":
            shutil.copy(OUT / name, WORK / name)
        elif kind == "pipes":
            os.mkfifo(WORK / name)
        elif kind == "folder":
            (WORK / name).mkdir()


def read(words):
    """Options, variables, and what else the process is given."""
    arguments, variables, more = [], {}, {}
    for word in words:
        name, is_set, value = word.partition("=")
        if word == "$code":
            arguments += CODE
        elif is_set and name.replace("_", "").isalnum() and name == name.upper():
            variables[name] = value
        elif is_set and name == "m4":
            variables["M4"] = script("fake-m4", value)
        elif is_set and name == "stdout":
            more["stdout"] = open(value, "w")
        elif is_set and name == "closed":
            more["preexec_fn"] = lambda numbers=value: [os.close(int(n)) for n in numbers.split(",")]
        else:
            arguments.append(word)
    return arguments, variables, more


def circumstances():
    whole, written = whole_of(CODE), b""
    for section, name, words, wanted in table.rows(HERE / "circumstances.txt"):
        if not wants(name):
            continue
        lay_out(section)
        arguments, variables, more = read(words)
        before, pipe = contents(), section.startswith("pipes")
        reader = os.open(WORK / section.split()[-1], os.O_RDONLY | os.O_NONBLOCK) if pipe else -1
        done = cnnc(arguments, variables, **more)
        if pipe:
            written += read_pipe(reader)
        after = whole if "whole" in wanted else before
        missing = [word for word in wanted[1:] if word != "whole" and word not in said(done)]
        good = done.returncode == int(wanted[0]) and contents() == after and not left()
        good = good and (done.returncode == 0 or bool(said(done).strip()) or bool(more))
        count.add(1, not good)
        report(good and (not missing or absent(done)), name, f"status {done.returncode}, not {wanted[0]}",
               f"the message lacks {missing}", f"left {left()}, {sorted(contents())}", done.stderr)
    report(written == b"", "nothing was written to a pipe", written)


def read_pipe(reader):
    try:
        return os.read(reader, 100)
    except BlockingIOError:
        return b""
    finally:
        os.close(reader)


def own_place():
    """Outputs that may replace an existing file."""
    fresh([])
    (WORK / "net.cnn").write_text(NETWORK.replace(" -> ", "->"))
    done = cnnc(["--emit=cnn", "-o", "net.cnn", "net.cnn"])
    report(done.returncode == 0 and (WORK / "net.cnn").read_text() == NETWORK,
           "a text's canonical form may take its place", done.stderr)
    (WORK / "link.cnn").symlink_to("net.cnn")
    done = cnnc(["--emit=json", "-o", "link.cnn", "net.cnn"])
    report(done.returncode == 0 and (WORK / "net.cnn").read_text() == NETWORK
           and not (WORK / "link.cnn").is_symlink(),
           "a link gives its place to the output; where it led stays", done.stderr)
    fresh([])
    killed = 'for i in 0 1 2; do : >net.json.cnnc-$$-$i.tmp; done; exec "$0" -w --emit=json -o net.json ../net.cnn'
    done = subprocess.run(["sh", "-c", killed, CNNC], cwd=WORK, capture_output=True)
    report(done.returncode == 0 and "net.json" in contents(), "leftovers of a killed run do no harm", done.stderr)


def open_files():
    """Outputs that refer to files that are already open."""
    before = os.path.realpath("/dev/stdout")
    for name, number in (("/dev/stdout", 1), ("/dev/stderr", 2), ("/dev/fd/5", 5)):
        fresh([])
        with open(WORK / "out.json", "wb") as to:
            command = f'exec {number}>&{to.fileno()} "$0" -w --emit=json -o {name} ../net.cnn'
            done = subprocess.run(["sh", "-c", command, CNNC], cwd=WORK, pass_fds=[to.fileno()], capture_output=True)
        inside = (WORK / "out.json").read_bytes()
        report(done.returncode == 0 and inside.startswith(b"{") and inside.endswith(b"}\n")
               and list(contents()) == ["out.json"], f"{name} is written where it leads", done.stderr, inside[:99])
    report(os.path.islink("/dev/stdout") and before == os.path.realpath("/dev/stdout"), "/dev/stdout is unchanged")


def lost_files():
    """A file that is truncated while it is mapped."""
    for name, arguments, files in RUNS:
        inputs = [word for word in ("net.safetensors", "net.npz", "net.onnx", "net.tflite", "int8.tflite") if f"../{word}" in " ".join(arguments)]
        title = f"{name}: the file is cut while it is read"
        if not inputs or "--verify" in arguments or not wants(title):
            continue
        place = OUT / inputs[0]
        kept = place.read_bytes()
        fresh(files)
        done = cnnc(arguments, preloaded("mmap", HOW="cut", AT=1))
        place.write_bytes(kept)
        good = absent(done) or SANITIZED or done.returncode == 2 and b"while it was being read" in done.stderr
        report(good and contents() == older(files) and not left(), title, f"status {done.returncode}",
               sorted(contents()), done.stderr)


def side_by_side():
    """Several runs write the same files at once."""
    whole, files = whole_of(CODE), RUNS[0][2]
    fresh(files)
    runs = [start(CODE, stderr=subprocess.PIPE) for _ in range(8)]
    texts = [run.communicate(timeout=120)[1] for run in runs]
    report(not any(run.returncode for run in runs) and contents() == whole and not left(),
           "eight simultaneous runs that write the same files", f"left {left()}, {sorted(contents())}", *texts)


def without_links():
    """Files that must be renamed together, on a file system without links, or after a killed run left files behind."""
    name, arguments, files = RUNS[0]
    whole, wrong = whole_of(arguments), []
    for old in (files, files[:1], files[1:], []):  # what is moved away is renamed too
        for n in (0, *range(3, 9)):  # the first two are m4's input
            fresh(old)
            done = cnnc(arguments, preloaded("rename", HOW=errno.EACCES, AT=n, LINKS="none"))
            fault = judge(done, whole, older(old))
            wrong += [f"rename {n}, {old}: {fault}, {said(done)}"] if fault else []
    report(not wrong, f"{name}: rename fails where there are no links", *wrong)
    wrong = []
    for n in (0, 3, 4, 5):
        fresh(files)
        command = "".join(f": >{f}.cnnc-$$.old; " for f in files) + 'exec env LD_PRELOAD="$LIBRARY" "$0" -w "$@"'
        variables = preloaded("rename", HOW=errno.EACCES, AT=n)
        variables["LIBRARY"] = variables.pop("LD_PRELOAD")
        done = subprocess.run(["sh", "-c", command, CNNC, *arguments], cwd=WORK, capture_output=True, timeout=120,
                              env={**os.environ, "TMPDIR": str(TMP), **variables})
        for old in WORK.glob("*.old"):
            old.unlink()
        fault = judge(done, whole, older(files))
        wrong += [f"rename {n}: {fault}, {said(done)}"] if fault else []
    report(not wrong, f"{name}: rename fails where a killed run left something", *wrong)
