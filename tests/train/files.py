"""Data sets, well-formed and not, from the standard library alone."""
import base64
import gzip
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).resolve().parent


def idx(shape, numbers, kind=8):
    return struct.pack(">HBB", 0, kind, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + bytes(numbers)


def idx_pair(folder, name, pictures, labels, packed=False, dot=False):
    """pictures: a list of rows of rows; labels: numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = (len(pictures), len(pictures[0]), len(pictures[0][0]))
    numbers = [n for picture in pictures for row in picture for n in row]
    for what, axes, data in (("images", 3, idx(shape, numbers)), ("labels", 1, idx((len(labels),), labels))):
        path = folder / f"{name}-{what}{'.' if dot else '-'}idx{axes}-ubyte{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(data, mtime=0) if packed else data)


def cifar(labels, hundred=False):
    """Records whose pixels count from the label on."""
    return b"".join((bytes([label // 5, label]) if hundred else bytes([label])) +
                    bytes((label + i) % 256 for i in range(3072)) for label in labels)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(height, width, channels, numbers, depth=8):
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    row = width * channels * depth // 8
    lines = b"".join(b"\0" + bytes(numbers[y * row:(y + 1) * row]) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) +
            png_chunk(b"IDAT", zlib.compress(lines)) + png_chunk(b"IEND", b""))


def pnm(kind, height, width, numbers, most=255):
    head = f"P{kind}\n# a comment\n{width} {height}\n" + ("" if kind in (1, 4) else f"{most}\n")
    if kind <= 3:
        return (head + " ".join(map(str, numbers)) + "\n").encode()
    if kind == 4:
        rows = [numbers[y * width:(y + 1) * width] for y in range(height)]
        return head.encode() + b"".join(int("".join(map(str, r)).ljust((width + 7) // 8 * 8, "0"), 2).to_bytes(
            (width + 7) // 8, "big") for r in rows)
    return head.encode() + (bytes(numbers) if most < 256 else struct.pack(f">{len(numbers)}H", *numbers))


def jpegs():
    """Four pictures of 5 x 6 pixels, about 40x, 50y, 128: rgb, grey, cmyk, progressive."""
    return {name: base64.b64decode(text) for name, text in
            (line.split() for line in (HERE / "jpeg.txt").read_text().splitlines())}
