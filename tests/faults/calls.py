"""Every call of calls.txt fails in every run of runs.txt, or a signal arrives in the middle of it."""
import errno
import os
import signal
import subprocess

import table
from place import (HERE, OUT, RUNS, SANITIZED, absent, cnnc, contents, count, default_signals, fresh, judge, left,
                   older, preloaded, said)
from report import note, report, wants

EACH = os.environ.get("FAULTS_EACH")
SIGNALS = [signal.SIGINT, signal.SIGTERM]
TABLE = list(table.rows(HERE / "calls.txt"))
# Function, errors, and the number of calls.
CALLS = [(call, [getattr(errno, word) for word in words[:-1]], int(EACH or words[-1].removeprefix("most=")))
         for section, call, words, _ in TABLE if not section and not (SANITIZED and call == "malloc")]
HARMLESS = [(name, *words) for section, name, words, _ in TABLE if section]


def chosen(calls, most):
    """The first calls, and a sample of the others."""
    if most == 0 or calls <= most:
        return range(1, calls + 1)
    first = most // 2
    return sorted({*range(1, first + 1),
                   *(first + (calls - first) * i // (most - first) for i in range(1, most - first + 1))})


def calls_of(arguments, call):
    fresh([])
    cnnc(arguments, preloaded(call, AT=0, COUNT=OUT / "count"))
    return int((OUT / "count").read_text())


def fail_each(run, whole, title, call, how, calls, most):
    """Fails one call after the other."""
    name, arguments, files = run
    wrong, statuses, tried = [], {}, chosen(calls, most)
    for n in tried:
        old = n % 2 == 0
        fresh(files, old)
        try:
            done = cnnc(arguments, preloaded(call, HOW=how, AT=n))
            status, fault, text = done.returncode, judge(done, whole, older(files) if old else {}), said(done)[:300]
            if not fault and status == 1 and name != ".npz":  # libzip does not always tell
                fault = "a fault is not the network's"
        except subprocess.TimeoutExpired:
            status, fault, text = "none", "it does not end", ""
        statuses[status] = statuses.get(status, 0) + 1
        if fault:
            wrong.append(f"{call} {n} of {calls}: {fault}: {text.strip()}")
    report(not wrong, title, *wrong[:10])
    note(f"{len(tried)} of {calls} calls: " +
         ", ".join(f"{times} times status {status}" for status, times in sorted(statuses.items(), key=str)))
    count.add(len(tried), len(wrong))


def signalled(run, whole, title, counts):
    """A signal in the middle of a call: before a file is created, while it is written, before and after the renames."""
    _, arguments, files = run
    wrong, tried, ended = [], 0, 0
    for call, calls in counts.items():
        for n in chosen(calls, int(EACH or 6)) if call != "malloc" else []:
            number = SIGNALS[n % 2]
            fresh(files)
            done = cnnc(arguments, preloaded(call, HOW=f"signal {int(number)}", AT=n), preexec_fn=default_signals)
            tried += 1
            ended += done.returncode == -number
            if done.returncode not in (0, -number) or contents() not in (older(files), whole) or left():
                wrong.append(f"{number.name} in {call} {n} of {calls}: status {done.returncode}, {sorted(contents())}, "
                             f"left {left()}")
    report(not wrong and ended > 0, title, *wrong[:10])
    note(f"{ended} of {tried} calls ended the run")
    count.add(tried, len(wrong))


def harmless(run, whole, title, call, how):
    fresh([])
    done = cnnc(run[1], preloaded(call, HOW=getattr(errno, how, how), AT=1))
    report(done.returncode == 0 and contents() == whole, title, f"status {done.returncode}", done.stderr)


def calls():
    if SANITIZED:
        note("malloc does not fail under sanitizers, which have their own")
    for run in RUNS:
        name, arguments, files = run
        failing = {f"{name}: {call} fails ({os.strerror(how)})": (call, how, most)
                   for call, hows, most in CALLS for how in hows}
        same = {f"{name}: {what}, gives the same result": row for what, *row in HARMLESS if files}
        signals, plain = f"{name}: a signal within a call leaves all or nothing", f"{name}: without a fault"
        if not wants(*failing, *same, signals, plain):
            continue
        fresh([])
        done = cnnc(arguments)
        whole = contents()
        if absent(done):
            continue
        if done.returncode != 0 or sorted(whole) != sorted(files):
            report(False, plain, f"status {done.returncode}, files {sorted(whole)}", done.stderr)
            continue
        counts = {call: calls_of(arguments, call) for call, *_ in CALLS}
        for title, (call, how, most) in failing.items():
            if counts[call] and wants(title):
                fail_each(run, whole, title, call, how, counts[call], most)
        if wants(signals):
            signalled(run, whole, signals, counts)
        for title, (call, how) in same.items():
            if wants(title):
                harmless(run, whole, title, call, how)
