#!/usr/bin/env python3
"""Draws the sample pictures in this folder: simple shapes that a network trained on photos still recognises."""
import math
import os
import random
import struct
import zlib

SIDE = 256


def write_png(name, color):
    """A picture of color(x, y), each pixel the mean of 3x3 points."""
    rows = b""
    for y in range(SIDE):
        rows += b"\0"
        for x in range(SIDE):
            points = [color(x + (j + 0.5) / 3, y + (i + 0.5) / 3) for i in range(3) for j in range(3)]
            rows += bytes(sum(point[c] for point in points) // 9 for c in range(3))
    header = struct.pack(">2I5B", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in chunks:
            file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


def crossword():
    cells, rng = 15, random.Random(3)
    black = {(i, j) for i in range(cells) for j in range(cells) if rng.random() < 0.1}
    black |= {(cells - 1 - i, cells - 1 - j) for i, j in black}
    cell = SIDE / cells

    def color(x, y):
        line = x % cell < 1 or y % cell < 1
        return (20, 20, 20) if line or (int(y / cell), int(x / cell)) in black else (250, 248, 240)

    return color


def clock(x, y):
    x, y = x - 128, y - 128
    radius, angle = math.hypot(x, y), math.atan2(x, -y) / (2 * math.pi)

    def mark(count, width):
        return abs((angle * count + 0.5) % 1 - 0.5) < width

    def hand(turn, length, width):
        along = x * math.sin(turn) - y * math.cos(turn)
        across = x * math.cos(turn) + y * math.sin(turn)
        return -10 < along < length and abs(across) < width

    if radius > 112:
        return (150, 120, 90)
    if radius > 100:
        return (60, 30, 20)
    if 84 < radius < 96 and mark(12, 0.06) or 91 < radius < 96 and mark(60, 0.12):
        return (10, 10, 10)
    if hand(math.radians(304), 52, 4) or hand(math.radians(50), 78, 3):
        return (10, 10, 10)
    return (245, 242, 230)


def traffic_light(x, y):
    if not (88 < x < 168 and 20 < y < 236):
        return (int(110 + 70 * y / SIDE), int(160 + 40 * y / SIDE), 225)
    for centre, lamp in ((60, (250, 50, 40)), (128, (80, 70, 20)), (196, (20, 70, 40))):
        distance = math.hypot(x - 128, y - centre)
        if distance < 26:
            return tuple(int(part * (1 - distance / 104)) for part in lamp)
        if distance < 30:
            return (25, 25, 22)
    return (45, 45, 42)


def honeycomb(x, y):
    size = 20
    down, right = size * 1.5, size * 3**0.5
    row, column = int(y / down), int(x / right)
    nearest, second = sorted(
        math.hypot(x - (j + i % 2 / 2) * right, y - i * down)
        for i in range(row - 1, row + 3)
        for j in range(column - 1, column + 3)
    )[:2]
    if second - nearest < 6:
        return (235, 190, 90)
    dark = max(0, 1 - nearest / 22)
    return (int(190 - 110 * dark), int(110 - 70 * dark), 20)


write_png("crossword.png", crossword())
write_png("clock.png", clock)
write_png("traffic-light.png", traffic_light)
write_png("honeycomb.png", honeycomb)
