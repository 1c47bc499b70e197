"""How a suite in Python starts and reports its results (report.sh and report.h do the same for shell and C):

    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
    from report import BUILD, CNNC, ROOT, begin, report
    OUT = begin()
    report(1 + 1 == 2, "it works", "details, if it does not")

A suite takes [--update] [CASE...]: only cases whose names contain a CASE are reported; a CASE =NAME must match the
whole name. With --update, golden files are written instead of compared.

$TESTS_FULL asks for every combination of networks, targets and compilers, where each is met in turns otherwise.
$TEST_TIMES notes the processor time that programs have used for each case since the one before."""
import atexit
import difflib
import os
import pathlib
import resource
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
CNNC = str(ROOT / os.environ.get("CNNC", BUILD / "cnnc"))
# Exported to the programs that a suite runs, which report cases themselves.
SUITE, CASES = os.environ.get("TEST_SUITE", ""), [case for case in os.environ.get("TEST_CASES", "").split("\n") if case]
UPDATING = False
MOST_LINES, MOST_COLUMNS = 40, 2000  # of details
FULL = bool(os.environ.get("TESTS_FULL"))
TIMES = bool(os.environ.get("TEST_TIMES"))
_compared, _used = False, 0.0


def begin():
    """Parses the suite's arguments; creates and returns the folder for its output."""
    global SUITE, CASES, UPDATING
    SUITE = pathlib.Path(sys.modules["__main__"].__file__).resolve().parent.name
    words = sys.argv[1:]
    UPDATING = words[:1] == ["--update"]
    CASES = [case.replace(f"{SUITE}: ", "", 1) for case in words[UPDATING:]]
    os.environ.update(BUILD=str(BUILD), CNNC=CNNC, LC_ALL="C.UTF-8", TEST_SUITE=SUITE, TEST_CASES="\n".join(CASES),
                      XDG_CONFIG_HOME=str(BUILD / "tests/no-config"))  # where --tune=machine has left nothing
    if UPDATING:
        atexit.register(lambda: _compared or print(f"not ok {SUITE}: --update\n# it compares no golden file"))
    out = BUILD / "tests" / SUITE
    out.mkdir(parents=True, exist_ok=True)
    return out


def updating():
    """Are golden files written rather than compared?"""
    return UPDATING


def wants(*names):
    """Is one of these cases wanted? To be asked before expensive work."""
    return not CASES or any(name == case[1:] if case[0] == "=" else case in name for case in CASES for name in names)


def some():
    """Are only some cases wanted?"""
    return bool(CASES)


def chosen(groups):
    """The groups that were asked for, whose cases are called `GROUP: ...`; all of them if none was."""
    def named(group):
        return wants(group) or any(case.removeprefix("=").startswith(f"{group}: ") for case in CASES)
    return [group for group in groups if named(group)] or list(groups)


def report(good, name, *details):
    """Reports a case. Details (text, bytes, or anything printable) are shown if it failed."""
    name = str(name).replace("\n", " / ")
    if not wants(name):
        if not good:
            note(f"failed, but was not asked for: {name}")
        return bool(good)
    print(f"{'ok' if good else 'not ok'} {SUITE}{': ' if SUITE else ''}{name}", flush=True)
    if TIMES:
        note_time()
    if not good:
        said = [d.decode(errors="replace") if isinstance(d, bytes) else str(d) for d in details]
        lines = "\n".join(said).strip("\n").split("\n") if any(said) else []
        if len(lines) > MOST_LINES:
            lines[MOST_LINES // 2:-MOST_LINES // 2] = ["..."]
        for line in lines:
            note(line[:MOST_COLUMNS])
    return bool(good)


def note_time():
    global _used
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    before, _used = _used, used.ru_utime + used.ru_stime
    note(f"{_used - before:.2f} s")


def note(text):
    """A remark between the cases."""
    print("# " + str(text).replace("\n", "\n# "), flush=True)


def skip(what):
    """Says what is left out, and why."""
    note(f"skipped: {what}")


def golden(path, found, name, good=True):
    """Reports a case: does the file hold exactly `found`, bytes or text (and was everything else good)?"""
    global _compared
    _compared = True
    path, found = pathlib.Path(path), found.encode() if isinstance(found, str) else found
    kept, shown = path.read_bytes() if path.exists() else None, os.path.relpath(path, ROOT)
    if UPDATING and wants(name) and kept != found:
        path.write_bytes(found)
        note(f"wrote {shown}")
        kept = found
    texts = [(kept or b"").decode(errors="replace").split("\n"), found.decode(errors="replace").split("\n")]
    return report(kept == found and good, name, *difflib.unified_diff(*texts, shown, "found", n=1, lineterm=""))
