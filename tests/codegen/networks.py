#!/usr/bin/env python3
"""A grid over every layer (grid.py) and the lecture's worked examples (worked.txt, names.txt) through generated C,
against the evaluator, on every target that this machine runs; runner.py says how.

"sample" is a part for a quick look. $TESTS_FULL: the whole grid with every compiler, also optimised and
under every sanitizer."""
import os
import re
import subprocess
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = ["tests/codegen", "tests/lib"]
from report import note, report, some, wants  # noqa: E402
from runner import (BUILD, CPLUSPLUS, FAST, FULL, QUICK, SANITIZE, STRICT, THREAD_SANITIZER,  # noqa: E402
                    THUMB, Run, at, build_driver, read_networks)

OUT = BUILD + "/tests/codegen"
GNU = "-std=gnu11 -O1 -Wall -Wextra -Werror"

# Target, compiler, flags, and how much of the grid: every n-th network, each run starting with a different one. Every
# network runs with vectors once: every fourth for x86-64, which holds the kernels of avx2 and avx512 and is run as if on
# each, and the others for avx2, which compiles in a third of the time.
FOURTH = 4
RUNS = [
    ("c99", "gcc", STRICT, 8),
    ("c99", "clang++", CPLUSPLUS, 48),
    ("c99", "g++", CPLUSPLUS, 96),
    ("c99", "clang", at(2, STRICT), 64),
    ("c99", "clang", at(0, GNU) + SANITIZE, 64),
    ("x86-64", "gcc", FAST, 160),
    ("x86-64", "clang", at(2, FAST), 240),
    ("avx2", "gcc", at(2, FAST), 96),
    ("avx512", "clang", at(0, FAST), 32),
    ("avx512", "gcc", FAST, 96),
    (QUICK[0], "clang", at(0, FAST) + SANITIZE, 96),
    ("neon", "gcc", at(0, FAST), 1 if os.uname().machine == "aarch64" else 20),
    ("wasm128", "clang", at(1, FAST), 40),
    ("cortex-m", "arm-linux-gnueabihf-gcc", at(1, FAST) + THUMB, 32),
    ("cortex-m", "clang", STRICT, 48),
]
# The same with weights that are stored as half floats.
HALVES = [
    ("c99", "gcc", STRICT, 24),
    ("c99", "clang++", CPLUSPLUS, 96),
    ("x86-64", "clang", at(0, FAST), 32),
    ("avx2", "gcc", at(2, FAST), 96),
    ("avx2", "clang", at(0, FAST) + SANITIZE, 128),
    ("neon", "gcc", at(0, FAST), 64),
    ("wasm128", "clang", at(1, FAST), 96),
]
if FULL:
    RUNS += [(target, compiler, at(level, STRICT if target == "c99" else FAST), 1)
             for target in ("c99", "x86-64", "avx2", "avx512") for compiler in ("gcc", "clang") for level in (1, 2)]
    RUNS += [("c99", "g++", CPLUSPLUS, 1), ("neon", "gcc", at(2, FAST), 1)]
    RUNS += [(target, compiler, GNU + sanitizer, 1) for target in ("c99", "x86-64")
             for compiler in ("gcc", "clang") for sanitizer in (SANITIZE, THREAD_SANITIZER)]


def check(row, number, networks, what, mode="threads", choices=""):
    """One test per run; if `mode` is all, also one per network."""
    target, compiler, flags = row
    run = Run(target, compiler, flags, choices, f"{OUT}/{what}{choices}{number}", f"{OUT}/driver", mode=mode)
    name = f"{what}, {run.name}: {len(networks)} networks"
    titles = [title.split(" :: ")[0] for title, _ in networks if mode == "all"]
    if not run.isas or not wants(name, *titles):
        return
    kind, said = run.kind_of_fault(networks)
    if not report(not kind, name, f"({kind})", said.strip()[:3000]):
        return
    for title in titles:
        report(True, title)
    note(f"largest error {run.largest:.3f} of the tolerance")
    subprocess.run(["rm", "-rf", run.folder], check=True)


def main():
    if not build_driver(OUT):
        return 1
    made = subprocess.run([sys.executable, "tests/codegen/grid.py"], stdout=subprocess.PIPE, text=True, check=True)
    worked = "".join(open(f"tests/codegen/{name}.txt").read() for name in ("worked", "names"))
    grid, worked = read_networks(made.stdout), read_networks(worked)
    check(("c99", "gcc", STRICT), 0, worked, "worked", mode="all")
    if some():  # `make check`; the others hold all of it
        check(QUICK, 0, grid[::6], "sample")
    check(("x86-64", "clang", at(0, FAST)), 1, worked + grid[::FOURTH], "grid")
    check(("avx2", "clang", at(0, FAST)), 2, worked + [row for i, row in enumerate(grid) if i % FOURTH], "grid")
    for number, (*row, part) in enumerate(RUNS, 3):
        check(row, number, grid[number % part::part], "grid")
    # The tangent near its poles and quotients near zero make anything of a number's last digits, and rounded weights may
    # be nearer to them.
    stable = [network for network in grid if not re.search(r"-> TAN\b|DIV\{", network[1])]
    for number, (*row, part) in enumerate(HALVES):
        check(row, number, stable[number % part::part], "grid", choices=f"halves{number % 3}")
    return 0


sys.exit(main())
