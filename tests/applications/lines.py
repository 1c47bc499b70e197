"""What examples/text read, held against what is written: lines.py LINES.txt LEAST <read. Of a hundred digits, at least so
many must be right: those that need no change, where a change is a digit too many, too few, or another one."""
import sys


def changes(a, b):
    """The fewest that make one text the other (Levenshtein)."""
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for k, y in enumerate(b, 1):
            row.append(min(before[k] + 1, row[-1] + 1, before[k - 1] + (x != y)))
        before = row
    return before[-1]


def main(path, least):
    with open(path, encoding="ascii") as file:
        true = dict(line.split() for line in file)
    read = dict(line.rstrip("\n").split(": ") for line in sys.stdin)
    wrong = 0
    for picture, text in true.items():
        more = changes(text, read.get(picture, ""))
        wrong += more
        if more:
            print(f"{picture}: {text} is read as {read.get(picture)}")
    count = sum(map(len, true.values()))
    print(f"{count - wrong} of {count} digits are right")
    sys.exit(set(read) != set(true) or 100 * (count - wrong) < int(least) * count)


main(*sys.argv[1:])
