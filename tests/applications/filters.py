#!/usr/bin/env python3
"""Compares the output of examples/filters with filters computed here, pixel by pixel.

usage: filters.py make PICTURE.ppm         draws a picture of 61x47
       filters.py check NAME IN.ppm OUT    OUT must be IN through the filter NAME, give or take one grey level
       filters.py maps DIGITS NUMBER LABEL MAPS.svg"""
import os
import random
import struct
import sys
import xml.dom.minidom
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import png  # noqa: E402

WIDTH, HEIGHT = 61, 47
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


def read_pnm(path):
    """Rows of pixels, each a tuple."""
    kind, size, white, pixels = open(path, "rb").read().split(b"\n", 3)
    width, height = map(int, size.split())
    channels = {b"P5": 1, b"P6": 3}[kind]
    assert white == b"255" and len(pixels) == width * height * channels, path
    return rows_of(pixels, width, height, channels)


def rows_of(pixels, width, height, channels):
    step = width * channels
    return [[tuple(pixels[y * step + x * channels:y * step + (x + 1) * channels]) for x in range(width)]
            for y in range(height)]


def read_png(path):
    data = open(path, "rb").read()
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">2I2B", body[:10])
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    channels = {0: 1, 2: 3}[color]
    assert depth == 8
    raw, step, pixels = zlib.decompress(packed), width * channels, b""
    above = bytearray(step)
    for y in range(height):
        method, row = raw[y * (step + 1)], bytearray(raw[y * (step + 1) + 1:(y + 1) * (step + 1)])
        for i in range(step):
            left, corner = (row[i - channels], above[i - channels]) if i >= channels else (0, 0)
            guess = [0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner)][method]
            row[i] = row[i] + guess & 255
        pixels += row
        above = row
    return rows_of(pixels, width, height, channels)


def paeth(a, b, c):
    return min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]


def read(path):
    return read_png(path) if path.endswith(".png") else read_pnm(path)


def correlate(rows, window):
    """One channel under a window, without padding."""
    high, wide = len(window), len(window[0])
    return [[sum(window[i][j] * rows[y + i][x + j] for i in range(high) for j in range(wide))
             for x in range(len(rows[0]) - wide + 1)] for y in range(len(rows) - high + 1)]


def grey(rows):
    return [[0.299 * r + 0.587 * g + 0.114 * b for r, g, b in row] for row in rows]


def channel(rows, c):
    return [[pixel[c] for pixel in row] for row in rows]


def together(planes):
    return [[tuple(plane[y][x] for plane in planes) for x in range(len(planes[0][0]))] for y in range(len(planes[0]))]


def blur(rows):
    line = [v / 16 for v in (1, 4, 6, 4, 1)]
    for _ in range(3):
        rows = correlate(correlate(rows, [line]), [[v] for v in line])
    return rows


def expected(name, rows):
    if name == "blur":
        return together([blur(channel(rows, c)) for c in range(3)])
    if name == "sharpen":
        return together([correlate(channel(rows, c), [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]) for c in range(3)])
    if name == "emboss":
        plane = correlate(grey(rows), [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]])
        return together([[[value + 128 for value in row] for row in plane]])
    right = correlate(grey(rows), SOBEL)
    down = correlate(grey(rows), [list(row) for row in zip(*SOBEL)])
    return together([[[abs(a) + abs(b) for a, b in zip(*pair)] for pair in zip(right, down)]])


def make(path):
    rng, pixels = random.Random(1), bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            bright = 190 if 15 < x < 40 and 10 < y < 30 else 60  # a box on a slope, with some noise
            pixels += bytes(bright + x // 4 * c + rng.randrange(20) for c in range(3))
    with open(path, "wb") as file:
        file.write(b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT) + pixels)


def check(name, source, path):
    wanted, got = expected(name, read(source)), read(path)
    assert (len(got), len(got[0])) == (len(wanted), len(wanted[0])), "its size is %dx%d" % (len(got[0]), len(got))
    for y, row in enumerate(wanted):
        for x, pixel in enumerate(row):
            for want, have in zip(pixel, got[y][x]):
                assert abs(min(max(want, 0), 255) - have) <= 1, "at %d, %d: %s instead of %s" % (x, y, got[y][x], pixel)


def maps(digits, number, label, path):
    """The picture must be the digit, and the strongest of the ten scores its label's."""
    sheet = xml.dom.minidom.parse(path)
    rows = {g.getAttribute("data-layers"): g for g in sheet.getElementsByTagName("g")}
    image = rows["input1"].getElementsByTagName("image")[0]
    each, shown = int(image.getAttribute("data-each")), png.read_png(image.getAttribute("xlink:href").split(",")[1])
    pixels = open(digits, "rb").read()[784 * int(number):784 * (int(number) + 1)]
    for y in range(28):
        for x in range(28):
            assert shown[(y + 2) * each][(x + 2) * each] == (pixels[28 * y + x],) * 3, "the digit at %d, %d" % (x, y)
    best = [t.getAttribute("data-number") for t in rows["fc3"].getElementsByTagName("text") if
            t.hasAttribute("data-number")][0]
    assert best == label, "the strongest score: %s" % best


try:
    {"make": make, "check": check, "maps": maps}[sys.argv[1]](*sys.argv[2:])
except AssertionError as error:
    sys.exit("filters.py: %s" % error)
