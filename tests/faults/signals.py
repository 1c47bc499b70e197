"""A signal arrives while cnnc works: no temporary file is left, and the folder holds either what was there before or
the complete output."""
import signal
import subprocess
import time

from place import CODE, ENDING, OUT, RUNS, contents, count, default_signals, fresh, left, older, script, start, whole_of
from report import note, report, wants

STARTED = OUT / "started"
FILES = RUNS[0][2]


def slow_m4():
    return script("slow-m4", f"touch {STARTED}; sleep 20; echo too late")


def start_and_wait(m4, files, **more):
    """Starts cnnc, and waits until it is waiting for the slow m4."""
    fresh(files)
    STARTED.unlink(missing_ok=True)
    child, deadline = start(CODE, {"M4": m4}, **more), time.monotonic() + 20
    while not STARTED.exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    return child


def in_the_middle():
    slow = slow_m4()
    for number in ENDING:
        title = f"{number.name} in the middle: nothing is left, nothing is changed"
        if not wants(title):
            continue
        child = start_and_wait(slow, FILES, preexec_fn=default_signals)
        child.send_signal(number)
        status = child.wait(timeout=20)
        report(status == -number and contents() == older(FILES) and not left(), title,
               f"status {status}, left {left()}")
        count.add(1, bool(left()))


def several():
    """The same signal again and again, with others in between."""
    slow, wrong = slow_m4(), []
    for _ in range(8):
        child = start_and_wait(slow, FILES, preexec_fn=default_signals)
        for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            child.send_signal(number)
        status = child.wait(timeout=20)
        if status not in (-signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP) or left() or contents() != older(FILES):
            wrong.append(f"status {status}, left {left()}")
    report(not wrong, "one signal after the other: nothing is left", *wrong)


def nohup():
    quick = script("quick-m4", f'touch {STARTED}; sleep 0.3; exec m4 "$@"')
    child = start_and_wait(quick, [], stderr=subprocess.PIPE,
                           preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    child.send_signal(signal.SIGHUP)
    _, text = child.communicate(timeout=20)
    report(child.returncode == 0 and len(contents()) == len(FILES), "nohup is respected", f"status {child.returncode}",
           text)


def at_any_moment():
    """SIGTERM after increasing delays: before, between and after the renames."""
    begun = time.monotonic()
    whole, wrong, ended = whole_of(CODE), [], 0
    takes = time.monotonic() - begun
    for i in range(40):
        fresh(FILES)
        child, moment = start(CODE), takes * 1.2 * i / 40
        time.sleep(moment)
        child.send_signal(signal.SIGTERM)
        status, now = child.wait(timeout=20), contents()
        ended += status != 0
        if now not in (older(FILES), whole) or left():
            if status == -signal.SIGTERM and i < 2:
                continue  # it came before the program was there
            wrong.append(f"after {moment:.4f} s, status {status}: {sorted(now)}, {left()}")
    report(not wrong, "a signal at any moment leaves all or nothing", *wrong)
    note(f"{ended} of 40 were ended by it")
