"""Compares a network's output on the board with its output on this computer, and the program's sizes
with cnnc's predictions. usage: compare.py FOLDER NETWORK; part of the suite."""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from report import note, report  # noqa: E402

folder, network = pathlib.Path(sys.argv[1]), sys.argv[2]
TOLERANCE = 1e-6
SLACK = {"flash": 24 * 1024, "memory": 1024, "stack": 2048}  # the program around the network


def test(right, description, detail=""):
    report(right, f"{network} {description}", detail)


def outputs(path):
    lines = [line.split() for line in path.read_text().splitlines() if line.startswith("output ")]
    return [[float.fromhex(word) for word in line[2:]] for line in lines], lines


def classes(path):
    return re.findall(r"^class (\d)$", path.read_text(), re.MULTILINE)


def macro(name):
    return int(re.search(rf"#define NET_{name}\s+\(?(\d+)", (folder / network / "net.h").read_text()).group(1))


board, board_text = outputs(folder / f"{network}.board")
computer, computer_text = outputs(folder / f"{network}.computer")
test(len(board) == 3 and [len(b) for b in board] == [len(c) for c in computer], "prints three outputs",
     f"{len(board)} on the board, {len(computer)} on the computer")
worst = max((abs(b - c) / max(map(abs, cs)) for bs, cs in zip(board, computer) for b, c in zip(bs, cs)), default=1)
test(worst <= TOLERANCE, "gives the computer's result", f"largest error {worst:g}, relative to the largest output")
test(board_text == computer_text, "gives it to the last bit", f"largest error {worst:g}")
if network == "lenet5":
    labels = pathlib.Path("examples/digits/sample-labels.txt").read_text().split()[:3]
    test(classes(folder / "lenet5.board") == labels, "recognises three digits", classes(folder / "lenet5.board"))

total = json.loads((folder / f"{network}.json").read_text())["total"]
arena, scratch, weights = macro("ARENA_BYTES"), macro("SCRATCH_BYTES"), macro("WEIGHT_BYTES")
test(arena == total["arena_bytes"], "has the arena that was promised", f"{arena} against {total['arena_bytes']}")
test(weights == total["weight_bytes"], "has the weights that were promised", f"{weights} against {total}")

found = re.search(r"board: flash (\d+) bytes, memory (\d+) bytes, stack (\d+) bytes",
                   (folder / f"{network}.board").read_text())
used = dict(zip(("flash", "memory", "stack"), map(int, found.groups()))) if found else {}
note(f"{network}: arena {arena}, scratch {scratch}, weights {weights} bytes; used on the board: {used}")
buffers = 4 * (macro("INPUT_FLOATS") + macro("OUTPUT_FLOATS"))
for what, promised in ("flash", weights), ("memory", arena + scratch + buffers), ("stack", 0):
    taken = used.get(what, -1)
    test(promised <= taken <= promised + SLACK[what], f"takes the {what} that was promised, and little more",
         f"{taken} bytes, {promised} were promised")
