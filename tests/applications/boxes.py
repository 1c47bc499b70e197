"""What examples/detect printed, held against where the digits are: boxes.py BOXES.txt LEAST <printed.

A digit is found if a box of its class overlaps its own by half. At least so many of a hundred digits must be found, and
so many of a hundred boxes be of a digit; no two boxes of a picture overlap by more than 0.4."""
import re
import sys


def overlap(a, b):
    """Of left, top, width, height."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(wide, 0) * max(high, 0)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def read_printed(lines):
    """{picture: [(digit, left, top, width, height)]}"""
    found, boxes = {}, []
    for line in lines:
        begins = re.match(r".*?([^/]+): (\d+) digits?$", line)
        if begins:
            boxes = found.setdefault(begins.group(1), [])
        elif line.endswith(" %\n"):
            digit, *numbers = line.split()[:5]
            boxes.append((int(digit), *map(float, numbers)))
    return found


def read_true(path):
    true = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            picture, *numbers = line.split()
            true.setdefault(picture, []).append(tuple(map(int, numbers)))
    return true


def main(path, least):
    found, true = read_printed(sys.stdin), read_true(path)
    digits = boxes = hits = 0
    for picture, those in true.items():
        left = list(found.get(picture, []))
        digits, boxes = digits + len(those), boxes + len(left)
        for i, box in enumerate(left):
            if any(overlap(box[1:], other[1:]) > 0.41 for other in left[:i]):
                sys.exit(f"{picture}: boxes overlap")
        for digit in those:
            match = next((box for box in left if box[0] == digit[0] and overlap(box[1:], digit[1:]) >= 0.5), None)
            if match:
                left.remove(match)
                hits += 1
            else:
                print(f"{picture}: {digit} is not found; left are {left}")
    print(f"{hits} of {digits} digits are found; {boxes} boxes")
    sys.exit(set(found) != set(true) or 100 * hits < int(least) * max(digits, boxes))


main(*sys.argv[1:])
