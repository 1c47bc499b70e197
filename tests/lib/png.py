"""Reads small PNG files of cnnc's sheets: 8 bits, colours or a palette, rows that are not filtered."""
import base64
import struct
import zlib


def chunks(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n", data[:8]
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body, check = data[at + 8:at + 8 + length], data[at + 8 + length:at + 12 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", check)[0], kind
        yield kind, body
        at += 12 + length


def read_png(words):
    """Base64 becomes rows of (red, green, blue)."""
    parts = dict(chunks(base64.b64decode(words, validate=True)))
    width, height, depth, color = struct.unpack(">2I2B", parts[b"IHDR"][:10])
    assert depth == 8 and color in (2, 3)
    palette, each = parts.get(b"PLTE", b""), {2: 3, 3: 1}[color]
    raw, rows = zlib.decompress(parts[b"IDAT"]), []
    assert len(raw) == height * (width * each + 1)
    for y in range(height):
        line = raw[y * (width * each + 1):(y + 1) * (width * each + 1)]
        assert line[0] == 0
        if color == 3:
            rows.append([tuple(palette[3 * i:3 * i + 3]) for i in line[1:]])
        else:
            rows.append([tuple(line[1 + 3 * x:4 + 3 * x]) for x in range(width)])
    return rows
