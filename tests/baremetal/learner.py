"""Inspects what the learner printed on the board and on this computer. usage: learner.py FOLDER; part of the suite."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from report import note, report  # noqa: E402

folder = pathlib.Path(sys.argv[1])
board, computer = ((folder / f"learner.{where}").read_text() for where in ("board", "computer"))
MEMORY = 192 * 1024  # of learner.c for its trainer
FORGOTTEN = 3  # digits that were right and may be wrong afterwards, of those it never learned from


def counts(text, which):
    found = re.search(rf"^those it {which}: (\d+) right before, (\d+) after, of (\d+)$", text, re.MULTILINE)
    return tuple(map(int, found.groups())) if found else (0, 0, 0)


wrong = [tuple(map(int, found)) for found in
         re.findall(r"^digit \d+, a (\d): taken for a (\d) before, for a (\d) after$", board, re.MULTILINE)]
report(wrong and all(label != before for label, before, _ in wrong), "the learner gets some digits wrong at first", board)
report(wrong and all(label == after for label, _, after in wrong), "and all of these right after learning on the board",
       board)
before, after, known = counts(board, "could learn from")
report(known == 100 and after > before, "it has not forgotten those among which it learned", board)
before, after, others = counts(board, "never learned from")
report(others == 100 and after >= before - FORGOTTEN, "nor those that it never learned from", board)
losses = [float(loss) for loss in re.findall(r"^step \d+: loss ([\d.]+)$", board, re.MULTILINE)]
report(len(losses) >= 3 and losses[-1] < 0.5 * losses[0], "its loss falls", losses, board)
says = [[line for line in text.splitlines() if not line.startswith(("board:", "the trainer takes "))]
        for text in (board, computer)]  # pointers, and with them the trainer, are larger on the computer
report(says[0] == says[1], "the computer learns the same", board, computer)

trainer = int((re.search(r"^the trainer takes (\d+) bytes", board, re.MULTILINE) or [0, 0])[1])
used = re.search(r"board: flash (\d+) bytes, memory (\d+) bytes, stack (\d+) bytes", board)
note(f"learner: trainer {trainer} bytes; on the board {used and used.group(0)}")
report(used and 0 < trainer <= MEMORY <= int(used.group(2)) < 256 * 1024, "it fits 256 KB of memory", board)
