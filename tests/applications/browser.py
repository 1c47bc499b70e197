#!/usr/bin/env python3
"""Draws digits on the web page with a browser's mouse and reads the page's answers.

usage: browser.py CHROMIUM PAGE FOLDER

Prints `ok` and `not ok` lines; FOLDER receives page.png, a picture of the page."""
import json
import math
import os
import struct
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from chromium import SECONDS, Browser  # noqa: E402
from report import report  # noqa: E402

WEIGHTS = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "digits", "lenet5.safetensors")


def arc(x, y, wide, high, begin, end):
    """Points of an ellipse; angles in degrees, 0 is right and 90 down."""
    turns = [begin + (end - begin) * i / 24 for i in range(25)]
    return [(x + wide * math.cos(math.radians(t)), y + high * math.sin(math.radians(t))) for t in turns]


# Digits as written by hand in a square of 280: each is a list of strokes.
DIGITS = {
    0: [arc(140, 140, 58, 88, -90, 270)],
    1: [[(150, 50), (138, 230)]],
    2: [arc(138, 98, 58, 46, 190, 400) + [(92, 222), (205, 218)]],
    3: [arc(130, 96, 52, 42, 200, 440) + arc(130, 184, 60, 48, -80, 160)],
    4: [[(110, 55), (85, 150), (200, 146)], [(178, 60), (168, 232)]],
    5: [[(195, 55), (108, 58), (98, 130)] + arc(134, 172, 58, 52, -110, 150)],
    6: [[(170, 48), (110, 120)] + arc(140, 182, 48, 46, 190, 550)],
    7: [[(80, 68), (198, 64), (130, 228)]],
    8: [arc(140, 98, 42, 42, 90, 450) + arc(140, 184, 50, 46, -90, 270)],
    9: [arc(135, 100, 46, 44, 0, 360) + [(181, 100), (166, 232)]],
}


def draw(browser, strokes):
    left, top = browser.value("(b => [b.left, b.top])(document.getElementById('drawing').getBoundingClientRect())")
    for stroke in strokes:
        points = [(left + x, top + y) for x, y in stroke]
        browser.mouse("mousePressed", points[0])
        for point in points[1:]:
            browser.mouse("mouseMoved", point)
        browser.mouse("mouseReleased", points[-1])


def answer(browser):
    """What the page shows once painted: the digit, and the scores beside the bars."""
    return browser.value("""new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done([
        document.getElementById('scores').dataset.answer,
        [...document.querySelectorAll('.share')].map(share => parseFloat(share.textContent))]))))""")


def click(browser, name):
    x, y = browser.value("(b => [b.left + b.width/2, b.top + b.height/2])(document.getElementById('%s')"
                         ".getBoundingClientRect())" % name)
    browser.mouse("mousePressed", (x, y))
    browser.mouse("mouseReleased", (x, y))


def tensor(name):
    with open(WEIGHTS, "rb") as file:
        data = file.read()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    first, last = json.loads(data[8:begin])[name]["data_offsets"]
    return struct.unpack("<%df" % ((last - first) // 4), data[begin + first:begin + last])


def first_maps(seen):
    """The maps of the first convolution after its ReLU, for the 28x28 pixels that the network sees."""
    weights, biases = tensor("conv1.weight"), tensor("conv1.bias")
    ink = {(i // 28 + 2, i % 28 + 2): value / 255 for i, value in enumerate(seen) if value}
    return [[max(0, biases[k] + sum(weights[25 * k + 5 * i + j] * ink.get((y + i, x + j), 0)
                                    for i in range(5) for j in range(5)))
             for y in range(28) for x in range(28)] for k in range(6)]


def red(part):
    """The red component of the page's colour for a fraction of the largest value."""
    reds, at = [8, 70, 175, 240, 252], min(3, int(4 * part))
    return reds[at] + (reds[at + 1] - reds[at]) * (4 * part - at)


def test_maps(browser):
    reds = browser.value("""[...document.querySelectorAll('#seen canvas, #maps1 canvas')].map(canvas =>
        [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 == 0)])""")
    maps = first_maps(reds[0])
    most = max(map(max, maps))
    off = max(abs(red(value / most) - shown) for k in range(6) for value, shown in zip(maps[k], reds[k + 1]))
    report(off <= 2, "web: the first maps match the convolution of the digit, pixel by pixel", off)


def test_empty(browser, folder):
    """Nothing lights up before something is drawn; tiles fill the width, and on a phone the canvas its card."""
    lit = browser.value("""[...document.querySelectorAll('.maps canvas')].map(canvas =>
        Math.max(...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
            .filter((_, i) => i % 4 < 3)))""")
    report(len(lit) == 23 and max(lit) <= 20, "web: the empty page is dark", lit)
    gaps = browser.value("""['maps1', 'maps2'].map(id => {
        const box = document.getElementById(id).getBoundingClientRect();
        const rights = [...document.getElementById(id).children].map(one => one.getBoundingClientRect().right);
        return box.right - Math.max(...rights); })""")
    report(max(map(abs, gaps)) < 1.5, "web: tiles fill the width", gaps)
    browser.picture(os.path.join(folder, "empty.png"))
    browser.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
    wide = browser.value("""[document.getElementById('drawing').getBoundingClientRect().width,
        document.querySelector('.card').clientWidth - 2 * parseFloat(getComputedStyle(document.querySelector('.card'))
            .paddingLeft), document.documentElement.scrollWidth]""")
    report(abs(wide[0] - wide[1]) < 1.5 and wide[2] <= 390, "web: on a phone the canvas is as wide as its card", wide)
    draw(browser, [[(x * wide[0] / 280, y * wide[0] / 280) for x, y in stroke] for stroke in DIGITS[7]])
    report(answer(browser)[0] == "7", "web: a 7 drawn there is a 7")
    browser.picture(os.path.join(folder, "phone.png"))
    click(browser, "clear")
    browser.call("Emulation.clearDeviceMetricsOverride")
    answer(browser)


def test(browser, page, folder):
    browser.open("file://" + os.path.abspath(page))
    deadline = time.monotonic() + SECONDS
    ready = "document.readyState === 'complete' && typeof network !== 'undefined' && !!network"
    while not browser.value(ready) and time.monotonic() < deadline:
        time.sleep(0.05)
    before = answer(browser)
    report(before[0] == "", "web: no answer before anything is drawn", before)
    test_empty(browser, folder)
    for digit, strokes in DIGITS.items():
        draw(browser, strokes)
        shown, shares = answer(browser)
        report(shown == str(digit) and shares[digit] == max(shares), "web: a drawn %d is a %d" % (digit, digit),
               (shown, shares))
        click(browser, "clear")
        report(answer(browser)[0] == "", "web: the page is cleared after the %d" % digit)
    # The pen is as wide as ever: still smaller, a 7 is a blot.
    draw(browser, [[(x * 0.4 + 10, y * 0.4 + 150) for x, y in stroke] for stroke in DIGITS[7]])
    report(answer(browser)[0] == "7", "web: a small 7 in a corner is a 7")
    click(browser, "clear")
    draw(browser, DIGITS[7])
    shares = answer(browser)[1]
    report(abs(sum(shares) - 100) < 1, "web: the shares add up to 100 %", shares)
    lit = browser.value("""[...document.querySelectorAll('#seen canvas, #maps1 canvas, #maps2 canvas')].map(canvas =>
        Math.max(...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
            .filter((_, i) => i % 4 < 3)))""")
    report(len(lit) == 23 and max(lit[:7]) > 200 and max(lit[7:]) > 200, "web: the maps of 23 tiles are drawn", lit)
    test_maps(browser)
    fetched = browser.value("performance.getEntriesByType('resource').map(entry => entry.name)")
    report(fetched == [], "web: the page loads nothing else", fetched)
    browser.picture(os.path.join(folder, "page.png"))


def main():
    program, page, folder = sys.argv[1:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = Browser(program, home, ["--window-size=880,1080"])
        try:
            test(browser, page, folder)
        except (RuntimeError, OSError) as error:
            report(False, "web: the browser can be driven", error,
                   *open(home + "/stderr", errors="replace").readlines()[-10:])
        finally:
            browser.close()


main()
