#!/usr/bin/env python3
"""Writes lines of handwritten digits, and what they read.

    lines.py DIGITS LINES.npz               what text.cnn learns from, and is tested with
    lines.py DIGITS FOLDER SEED COUNT       pictures of the test's digits, as PGM, and FOLDER/lines.txt

DIGITS is examples/train/digits10k. The lines to learn from have its digits to learn from, all others its digits to test
with. The same arguments give the same bytes."""
import gzip
import io
import os
import random
import struct
import sys
import zipfile

HEIGHT, WIDTH, COLUMN, NONE = 28, 160, 4, 10
TRAIN, TEST = 4000, 300
WIDE = 14  # pixels from which a digit has two columns


def read_digits(folder, part):
    with gzip.open(f"{folder}/{part}-images-idx3-ubyte.gz") as file:
        images = file.read()[16:]
    with gzip.open(f"{folder}/{part}-labels-idx1-ubyte.gz") as file:
        labels = file.read()[8:]
    return [(narrowed(images[784 * i:784 * i + 784]), label) for i, label in enumerate(labels)]


def narrowed(image):
    """The digit's rows, without the empty columns beside it."""
    columns = [x for x in range(28) if any(image[x::28])]
    return [image[28 * y + columns[0]:28 * y + columns[-1] + 1] for y in range(28)]


def write(made, pool):
    """The pixels, what each column says, and what the line reads."""
    rows = [bytearray(WIDTH) for _ in range(HEIGHT)]
    columns, digits = [NONE] * (WIDTH // COLUMN), []
    x = made.randint(1, 12)
    for _ in range(made.randint(3, 10)):
        image, label = made.choice(pool)
        width, shift = len(image[0]), made.randint(-3, 3)
        if x + width >= WIDTH:
            break
        for y, row in enumerate(image):
            if 0 <= y + shift < HEIGHT:
                rows[y + shift][x:x + width] = row
        middle = x + width / 2
        column = int(middle // COLUMN)
        columns[column] = label
        if width >= WIDE:
            columns[column - 1 if middle % COLUMN < COLUMN / 2 else column + 1] = label
        digits.append(label)
        x += width + made.randint(2, 9)
    return b"".join(rows), columns, digits


def array(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def arrays(made, pool, count):
    pixels, labels = io.BytesIO(), io.BytesIO()
    for _ in range(count):
        image, columns, _ = write(made, pool)
        pixels.write(image)
        labels.write(bytes(columns))
    return (array("|u1", (count, HEIGHT, WIDTH), pixels.getvalue()),
            array("|u1", (count, 1, WIDTH // COLUMN), labels.getvalue()))


def write_lines(folder, path):
    made = random.Random(1)
    with zipfile.ZipFile(path, "w") as archive:
        for x, y, part, count in ("x", "y", "train", TRAIN), ("x_test", "y_test", "test", TEST):
            pixels, labels = arrays(made, read_digits(folder, part), count)
            archive.writestr(zipfile.ZipInfo(f"{x}.npy"), pixels)
            archive.writestr(zipfile.ZipInfo(f"{y}.npy"), labels)


def write_pictures(folder, to, seed, count):
    made, pool = random.Random(seed), read_digits(folder, "test")
    os.makedirs(to, exist_ok=True)
    with open(f"{to}/lines.txt", "w", encoding="ascii") as table:
        for i in range(count):
            pixels, _, digits = write(made, pool)
            with open(f"{to}/{i:03}.pgm", "wb") as file:
                file.write(b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT) + pixels)
            table.write("%03d.pgm %s\n" % (i, "".join(map(str, digits))))


def main(arguments):
    if len(arguments) == 2:
        write_lines(*arguments)
    elif len(arguments) == 4:
        write_pictures(*arguments[:2], *map(int, arguments[2:]))
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
