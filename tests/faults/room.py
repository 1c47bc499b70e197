"""No room: full and read-only disks, files that may not grow, folders without write permission, few descriptors."""
import contextlib
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile

from place import (CNNC, CODE, NETWORK, OLD, OUT, RUNS, cnnc, contents, count, fresh, judge, left, older, said,
                   whole_of)
from report import note, report, wants

BIG = "INPUT(32x32x3) -> CONV(32) -> RELU -> CONV(32) -> RELU -> FC(100)\n"


@contextlib.contextmanager
def disk(options):
    """A separate disk, or None if only root may mount one."""
    place = OUT / "disk"
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True)
    if mounted.returncode != 0:
        note(f"no disk can be mounted here ({options}): ulimit -f and a folder that may not be written stand for it")
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=False)


def full_disks():
    """A disk that is full, and one that is read-only."""
    (OUT / "big.cnn").write_text(BIG)
    for what, options, words in (("full", "size=16k", "No space left"), ("read-only", "ro,size=16k", "Read-only")):
        with disk(options) as place:
            for name, arguments, files in RUNS if place else []:
                title = f"{name}: a {what} disk"
                if not files or "--init=he:1" not in arguments or not wants(title):
                    continue
                fresh([])
                at = arguments.index("-o")
                target = str(place / pathlib.Path(arguments[at + 1]).name)
                done = cnnc([*arguments[:at], "-o", target, "../big.cnn"])
                remains = [p.name for p in place.iterdir()] + left()
                count.add(1, done.returncode != 2 or bool(remains))
                report(done.returncode == 2 and words in said(done) and not remains, title,
                       f"status {done.returncode}, left {remains}", done.stderr)
    with disk("size=4k") as place:
        if place:
            files = RUNS[0][2]
            fresh(files)
            done = cnnc([*CODE[:-1], "../big.cnn"], {"TMPDIR": str(place)})
            report(done.returncode == 2 and contents() == older(files) and not list(place.iterdir()),
                   "the disk of temporary files is full", f"status {done.returncode}", done.stderr)


def unwritable():
    """A folder in which nothing can be created; root, who may do anything, runs it as nobody."""
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copy(CNNC, folder / "cnnc")
        (folder / "net.cnn").write_text(NETWORK)
        (folder / "net.json").write_text(OLD)
        folder.chmod(0o555)
        done = subprocess.run(["./cnnc", "-w", "--emit=json", "-o", "net.json", "net.cnn"], cwd=folder,
                              capture_output=True, preexec_fn=lambda: os.setuid(user))
        good = done.returncode == 2 and "Permission denied" in said(done) and (folder / "net.json").read_text() == OLD
        report(good and len(list(folder.iterdir())) == 3,
               "a folder that may not be written, with an older output in it", f"status {done.returncode}", done.stderr)
        folder.chmod(0o755)
    count.add(1, not good)


def limited(arguments, files, whole, what, most):
    """What is wrong with a run under this limit, and its status."""
    fresh(files)
    done = cnnc(arguments, preexec_fn=lambda: resource.setrlimit(what, (most, most)))
    if done.returncode == 127 and "shared librar" in said(done):
        return "", 127  # cnnc has not begun
    fault = judge(done, whole, older(files))
    return f"{most}: {fault}, {said(done)[:300]}" if fault else "", done.returncode


def grown():
    """ulimit -f: a file may not grow further. Whatever the size: all or nothing, and a message."""
    for name, arguments, files in RUNS:
        title = f"{name}: files may not grow (ulimit -f)"
        if not wants(title):
            continue
        fresh([])
        done = cnnc(arguments)
        whole, wrong = contents(), []
        largest = max((len(content) for content in whole.values()), default=100000)
        sizes = (0, 1, 1000, largest // 3, largest - 1) if done.returncode == 0 else ()
        for size in sizes:
            fault, status = limited(arguments, files, whole, resource.RLIMIT_FSIZE, size)
            wrong += [fault or "a fault is not the network's"] if fault or status == 1 else []
        report(not wrong, title, *wrong)
        count.add(len(sizes), len(wrong))


def few_descriptors():
    """ulimit -n: files and m4 need descriptors; however few there are: all or nothing."""
    whole, wrong, statuses = whole_of(CODE), [], []
    for most in range(3, 12):
        fault, status = limited(CODE, RUNS[0][2], whole, resource.RLIMIT_NOFILE, most)
        statuses.append(status)
        wrong += [fault] if fault else []
    report(not wrong and statuses[-1] == 0 and statuses[0] != 0, "few files may be open (ulimit -n)",
           f"status {statuses}", *wrong)
