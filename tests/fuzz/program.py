#!/usr/bin/env python3
"""Generates random networks whose random choices come from bytes, and are the smallest once the bytes run out. Standard
input has strings of bytes, each after its length in four bytes; standard output gets the networks' texts likewise."""
import pathlib
import random
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "graphs"))
import generate  # noqa: E402


class Bytes(random.Random):
    """Draws its choices from bytes, then from zeros, which end every rejection loop."""

    def __init__(self, data):
        super().__init__(0)
        self.data = data
        self.at = 0

    def getrandbits(self, k):
        value = 0
        for _ in range((k + 7) // 8):
            value = value << 8 | (self.data[self.at] if self.at < len(self.data) else 0)
            self.at += 1
        return value & ((1 << k) - 1)

    def random(self):
        return self.getrandbits(16) / 65536


while header := sys.stdin.buffer.read(4):
    choices = Bytes(sys.stdin.buffer.read(struct.unpack("=I", header)[0]))
    text = generate.Net(choices, choices.choice(generate.FAMILIES)).make().encode() + b"\n"
    sys.stdout.buffer.write(struct.pack("=I", len(text)) + text)
    sys.stdout.buffer.flush()
