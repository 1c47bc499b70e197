"""Hostile labels, and labels that are words of the templates or the code, through every template: m4's input is byte
for byte the same as with plain names, and the C is the same token for token."""
import re

from report import FULL, report, wants
from smuggle import (INTEGERS, LABELS, NETWORKS, ROUNDED, TEMPLATES, compiles, difference, filled, generate, network,
                     nothing_ran, room, tokens, tried)

TARGETS = ("c99", "avx2", "avx512", "x86-64", "neon", "cortex-m")
ONLY_ON = {"layers": TARGETS, "learning": ("c99", "avx2"), "quantised": ("c99", "x86-64", "cortex-m"), "rounded": ("c99",),
           "halves": ("c99", "avx2"), "batch": ("c99", "avx2"), "pixels": ("cortex-m",)}
OTHERS = TARGETS[:5]


def options_of(kind):
    return {"learning": ("--emit=train", "-o", "net.c"),
            "quantised": (INTEGERS, "--embed=no"), "rounded": (ROUNDED, "--embed=no"),
            "halves": ("--store=f16",), "batch": ("--batch=3",)}.get(kind.split()[0], ())


def template_words():
    """Every macro and parameter of the templates."""
    words = set()
    for path in TEMPLATES.rglob("*.m4"):
        text = path.read_text()
        words |= set(re.findall(r"\bm4_define\(\[<(\w+)>\]", text)) | set(re.findall(r"\bm4_\w+", text))
        words |= set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", text))
    return sorted(words)


def code_words(code, target):
    """Identifiers of the C; `input1` and so on are already taken."""
    words = set(re.findall(r"\bnet_\w+" if target != "c99" else r"[a-z]\w+", code))
    return sorted(word for word in words if not re.fullmatch(r"input\d", word))


def one_set(target, kind, names, plain, what, compilers):
    """Compares one network with these names to the plain one."""
    wanted, wanted_m4 = plain
    done, path, given = generate("named", network(names, kind), target, *options_of(kind))
    if done.returncode or not path:
        report(False, what, done.stderr)
        return
    said = compiles(path, target, compilers) if compilers and target != "neon" else b""
    got, warned = tokens(path)
    same = got == wanted and given == wanted_m4
    report(same and not said and not warned and max(path.read_bytes()) < 127, what, said, warned,
           difference(wanted, got), "" if given == wanted_m4 else "m4 is given something else")


def included(text):
    return set(re.findall(r"(?:m4_include|PART)\(\W+([a-z]\w*/\w+\.m4)", text))


def sets_of(target, kind, code):
    """(what they are, index of the first, names) for every network to try."""
    sets = {"words of the code": code_words(code, target)}
    if kind in ("layers", "quantised layers"):  # the others have the same marks
        sets.update({"hostile labels": LABELS, "words of the templates": template_words()})
    for about, names in sets.items():
        for number, start in enumerate(range(0, len(names), room(kind))):
            # c99 gets every second set of words of the templates; the others, every sixth.
            if about != "words of the templates" or FULL or number % (2 if target == "c99" else 6) == 0:
                yield about, start, filled(names, start, kind)


def labels():
    seen = set()
    for target in TARGETS:
        for kind in NETWORKS:
            if target not in ONLY_ON.get(kind.split()[0], OTHERS):
                continue
            done, path, given = generate("plain", network(filled([], 0, kind), kind), target, *options_of(kind))
            if done.returncode or not path:
                report(False, f"{target}: plain names of {kind}", done.stderr)
                continue
            plain = tokens(path)[0], given
            seen |= included(given.decode())
            for number, (about, start, names) in enumerate(sets_of(target, kind, path.read_text())):
                what = f"{target}: {about} {start} to {start + len(names) - 1}, {kind}"
                if wants(what):
                    tried(f"label, {target}", len(names))
                    # The tokens are the same: a compiler that takes one of them takes the others.
                    compilers = ("clang", "gcc")[:1 if number % 4 else 2] if FULL or number % 3 == 0 else ()
                    one_set(target, kind, names, plain, what, compilers)
    for path in TEMPLATES.rglob("*.m4"):  # and those that templates include
        seen |= included(path.read_text())
    missing = {str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.m4")} - seen
    report(not missing, "all templates were used", f"{len(seen)} were, but not: {sorted(missing)}")
    nothing_ran("labels")
