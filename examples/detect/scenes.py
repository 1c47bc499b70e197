#!/usr/bin/env python3
"""Draws handwritten digits of different sizes on uneven paper, and says where they are.

    scenes.py DIGITS SCENES.npz                              what detect.cnn learns from, and is tested with
    scenes.py DIGITS FOLDER SEED COUNT [WIDTH HEIGHT MOST]   pictures of the test's digits, as PGM, and FOLDER/boxes.txt

DIGITS is examples/train/digits10k. The scenes to learn from have its digits to learn from, all others its digits to
test with. The same arguments give the same bytes."""
import gzip
import io
import os
import random
import struct
import sys
import zipfile

SIDE, CELL, NUMBERS = 64, 8, 15
TRAIN, TEST, MOST = 6000, 300, 5


def read_digits(folder, part):
    with gzip.open(f"{folder}/{part}-images-idx3-ubyte.gz") as file:
        images = file.read()[16:]
    with gzip.open(f"{folder}/{part}-labels-idx1-ubyte.gz") as file:
        labels = file.read()[8:]
    return [(cropped(images[784 * i:784 * i + 784]), label) for i, label in enumerate(labels)]


def cropped(image):
    """The rows of the digit's own box."""
    rows = [y for y in range(28) if any(image[28 * y:28 * y + 28])]
    columns = [x for x in range(28) if any(image[x::28])]
    return [image[28 * y + columns[0]:28 * y + columns[-1] + 1] for y in range(rows[0], rows[-1] + 1)]


def scaled(rows, factor):
    height, width = max(6, round(len(rows) * factor)), max(3, round(len(rows[0]) * factor))
    return [[rows[y * len(rows) // height][x * len(rows[0]) // width] for x in range(width)] for y in range(height)]


def overlap(a, b):
    """With a pixel between them."""
    return not (a[0] + a[2] + 1 < b[0] or b[0] + b[2] + 1 < a[0] or a[1] + a[3] + 1 < b[1] or b[1] + b[3] + 1 < a[1])


def draw(made, pool, width, height, most):
    """The pixels, and the boxes: digit, left, top, width, height."""
    tilt_x, tilt_y, base = made.uniform(-0.5, 0.5), made.uniform(-0.5, 0.5), made.uniform(10, 60)
    paper = [[base + tilt_x * x + tilt_y * y + made.random() * 12 for x in range(width)] for y in range(height)]
    boxes = []
    for _ in range(made.randint(1, most)):
        image, label = made.choice(pool)
        rows = scaled(image, made.uniform(0.7, 1.4))
        size = len(rows[0]), len(rows)
        for _ in range(20):
            box = made.randrange(width - size[0] + 1), made.randrange(height - size[1] + 1), *size
            if any(overlap(box, other[1:]) for other in boxes):
                continue
            boxes.append((label, *box))
            for y, row in enumerate(rows, box[1]):
                for x, ink in enumerate(row, box[0]):
                    paper[y][x] += (235 - paper[y][x]) * ink / 255
            break
    return bytes(max(0, min(255, int(value))) for row in paper for value in row), boxes


def answer(boxes):
    """What each cell should say: a plane for each of its numbers, as training wants it."""
    across = SIDE // CELL
    planes = [0.0] * (NUMBERS * across * across)
    for label, left, top, width, height in boxes:
        x, y = left + width / 2, top + height / 2
        cell = int(y // CELL) * across + int(x // CELL)
        for plane, number in ((0, 1), (1, x % CELL / CELL), (2, y % CELL / CELL), (3, width / 32), (4, height / 32),
                              (5 + label, 1)):
            planes[plane * across * across + cell] = number
    return planes


def array(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def arrays(made, pool, count):
    pixels, numbers, across = io.BytesIO(), io.BytesIO(), SIDE // CELL
    for _ in range(count):
        image, boxes = draw(made, pool, SIDE, SIDE, MOST)
        pixels.write(image)
        numbers.write(struct.pack(f"<{NUMBERS * across * across}f", *answer(boxes)))
    return (array("|u1", (count, SIDE, SIDE), pixels.getvalue()),
            array("<f4", (count, NUMBERS, across, across), numbers.getvalue()))


def write_scenes(folder, path):
    made = random.Random(1)
    with zipfile.ZipFile(path, "w") as archive:
        for x, y, part, count in ("x", "y", "train", TRAIN), ("x_test", "y_test", "test", TEST):
            pixels, numbers = arrays(made, read_digits(folder, part), count)
            archive.writestr(zipfile.ZipInfo(f"{x}.npy"), pixels)
            archive.writestr(zipfile.ZipInfo(f"{y}.npy"), numbers)


def write_pictures(folder, to, seed, count, width=SIDE, height=SIDE, most=MOST):
    made, pool = random.Random(seed), read_digits(folder, "test")
    os.makedirs(to, exist_ok=True)
    with open(f"{to}/boxes.txt", "w", encoding="ascii") as table:
        for i in range(count):
            pixels, boxes = draw(made, pool, width, height, most)
            with open(f"{to}/{i:03}.pgm", "wb") as file:
                file.write(b"P5\n%d %d\n255\n" % (width, height) + pixels)
            table.writelines("%03d.pgm %d %d %d %d %d\n" % (i, *box) for box in boxes)


def main(arguments):
    if len(arguments) == 2:
        write_scenes(*arguments)
    elif len(arguments) in (4, 7):
        write_pictures(*arguments[:2], *map(int, arguments[2:]))
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
