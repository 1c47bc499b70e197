"""Data sets of every kind: what is read from good ones, and what is said about others."""
import gzip
import os
import pathlib
import shutil
import struct
import subprocess
import zipfile

import files
from report import ROOT, golden, report, skip

from files import idx, idx_pair

HERE = pathlib.Path(__file__).resolve().parent
PICTURES = [[[10 * i + 3 * y + x for x in range(3)] for y in range(2)] for i in range(3)]  # three of 2x3
LABELS = [2, 0, 1]


def npy(descr, shape, numbers, fortran=False, version=1):
    text = repr({"descr": descr, "fortran_order": fortran, "shape": tuple(shape)}).encode()
    text += b" " * (-(len(text) + 13) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + numbers


def npz(path, method=zipfile.ZIP_DEFLATED, **arrays):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, array in arrays.items():
            with archive.open(name + ".npy", "w", force_zip64=True) as entry:
                entry.write(array)


def flat(pictures):
    return [n for picture in pictures for row in picture for n in row]


def lines(labels, pictures):
    return [f"{label} : {' '.join(map(str, numbers))}" for label, numbers in zip(labels, pictures)]


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def make_idx(folder):
    idx_pair(folder, "train", PICTURES, LABELS)
    idx_pair(folder, "t10k", PICTURES[:1], LABELS[:1], packed=True)


def rgb(i):
    """Six pixels of three channels, in hwc order."""
    return [(40 * i + 7 * k) % 256 for k in range(18)]


def chw(numbers, channels=3):
    return [numbers[p * channels + c] for c in range(channels) for p in range(len(numbers) // channels)]


def make_folder(folder, have):
    for name in ("b", "a"):
        (folder / name).mkdir(parents=True)
    (folder / "a" / "1.ppm").write_bytes(files.pnm(6, 2, 3, rgb(0)))
    (folder / "a" / "2.PNM").write_bytes(files.pnm(3, 2, 3, rgb(1)))
    (folder / "b" / "0.pgm").write_bytes(files.pnm(5, 2, 3, [0, 50, 100, 150, 200, 250]))
    (folder / "b" / "notes.txt").write_text("not a picture")
    if "HAVE_LIBPNG" in have:
        (folder / "b" / "1.png").write_bytes(files.png(2, 3, 3, rgb(2)))


def shows(out, name, arguments, wanted, have_not=None):
    """Does dump print these lines about what is read?"""
    done = subprocess.run([out / "dump", *arguments], capture_output=True, text=True, errors="replace", cwd=out,
                          check=False)
    found = done.stdout.splitlines()
    report(done.returncode == 0 and found == wanted, name, f"found  {found}", f"wanted {wanted}", done.stderr)


def values(out, have):
    """What is read, number by number."""
    zipped = "HAVE_ZLIB" in have
    make_idx(fresh(out / "idx"))
    if zipped:
        shows(out, "IDX: two pairs, one gzipped", ["idx", "2x3x1"],
              ["idx: IDX files, 3 pictures to train and 1 to test with of 2x3x1 bytes", "train",
               *lines(LABELS, [flat([p]) for p in PICTURES]), "test", *lines(LABELS, [flat(PICTURES[:1])])])
    idx_pair(fresh(out / "dots"), "own", PICTURES, LABELS, dot=True)
    shows(out, "IDX: another name, and dots in the names", ["dots", "2x3x1", "u8"],
          ["dots: IDX files, 3 pictures of 2x3x1 bytes", "train", *lines(LABELS, [flat([p]) for p in PICTURES])])
    shows(out, "IDX: a file instead of a folder", ["dots/own-images.idx3-ubyte", "2x3x1", "u8"],
          ["dots/own-images.idx3-ubyte: IDX files, 3 pictures of 2x3x1 bytes", "train",
           *lines(LABELS, [flat([p]) for p in PICTURES])])
    shows(out, "a border of zeros", ["dots", "4x5x1", "pad"],
          ["dots: IDX files, 3 pictures of 2x3x1 bytes", "train",
           *lines(LABELS, [[0] * 6 + p[0] + [0, 0] + p[1] + [0] * 6 for p in PICTURES])])
    shows(out, "grey pictures become three channels", ["dots", "2x3x3", "hwc", "u8", "scale"],
          ["dots: IDX files, 3 pictures of 2x3x1 bytes", "train",
           *lines(LABELS, [[n for n in flat([p]) for _ in range(3)] for p in PICTURES])])
    cifar(out)
    folders(out, have)
    arrays(out, zipped)
    resize(out)


def cifar(out):
    folder = fresh(out / "cifar")
    for i in (1, 2):
        (folder / f"data_batch_{i}.bin").write_bytes(files.cifar([i, 7]))
    (folder / "test_batch.bin").write_bytes(files.cifar([9]))
    (folder / "batches.meta.txt").write_text("\n".join("plane car bird cat deer dog frog horse ship truck".split()))
    pixels = [[(label + i) % 256 for i in range(3072)] for label in (1, 7, 2, 7, 9)]
    shows(out, "CIFAR-10: several batches", ["cifar", "32x32x3", "u8"],
          ["cifar: CIFAR-10's binary batches, 4 pictures to train and 1 to test with of 32x32x3 bytes, 10 classes",
           "train", *lines([1, 7, 2, 7], pixels), "test", *lines([9], pixels[4:])])
    shows(out, "CIFAR-10: hwc floats", ["cifar", "32x32x3", "hwc"],
          ["cifar: CIFAR-10's binary batches, 4 pictures to train and 1 to test with of 32x32x3 bytes, 10 classes",
           "train", *lines([1, 7, 2, 7], [[p[c * 1024 + i] for i in range(1024) for c in range(3)] for p in pixels]),
           "test", *lines([9], [[pixels[4][c * 1024 + i] for i in range(1024) for c in range(3)]])])
    folder = fresh(out / "cifar100")
    (folder / "train.bin").write_bytes(files.cifar([99, 5], hundred=True))
    (folder / "test.bin").write_bytes(files.cifar([42], hundred=True))
    shows(out, "CIFAR-100: the fine labels", ["cifar100", "32x32x3", "u8", "labels=100x1x1"],
          ["cifar100: CIFAR-100's binary batches, 2 pictures to train and 1 to test with of 32x32x3 bytes, 100 classes",
           "train", *lines([99, 5], [[(n + i) % 256 for i in range(3072)] for n in (99, 5)]), "test",
           *lines([42], [[(42 + i) % 256 for i in range(3072)]])])


def folders(out, have):
    make_folder(fresh(out / "folder"), have)
    pngs = "HAVE_LIBPNG" in have
    grey = [n for n in (0, 50, 100, 150, 200, 250) for _ in range(3)]
    pixels = [rgb(0), rgb(1), grey] + ([rgb(2)] if pngs else [])
    labels = [0, 0, 1, 1][:len(pixels)]
    said = f"folder: folders of pictures, {len(pixels)} pictures, 2 classes"
    shows(out, "folders of pictures: bytes", ["folder", "2x3x3", "hwc", "u8", "labels=2x1x1"],
          [said, "train", *lines(labels, pixels)])
    shows(out, "folders of pictures: floats in planes", ["folder", "2x3x3", "labels=2x1x1"],
          [said, "train", *lines(labels, [chw(p) for p in pixels])])
    luma = [[(299 * p[i] + 587 * p[i + 1] + 114 * p[i + 2] + 500) // 1000 for i in range(0, 18, 3)] for p in pixels]
    shows(out, "folders of pictures: colours become grey", ["folder", "2x3x1", "labels=2x1x1"],
          [said, "train", *lines(labels, luma)])
    formats(out, have)
    parts = fresh(out / "parts.d")
    for part in ("train", "val"):
        (parts / part / "only").mkdir(parents=True)
        (parts / part / "only" / "x.pgm").write_bytes(files.pnm(2, 1, 1, [len(part)]))
    shows(out, "folders train and val", ["parts.d", "1x1x1", "labels=1x1x1"],
          ["parts.d: folders of pictures, 1 pictures to train and 1 to test with, 1 class", "train", "0 : 5", "test",
           "0 : 3"])


def formats(out, have):
    """One picture of each format."""
    grey, bits = [0, 51, 102, 153, 204, 255], [1, 0, 1, 0, 0, 1]
    kinds = {"P1": (files.pnm(1, 2, 3, bits), [255 * (1 - b) for b in bits]),
             "P2": (files.pnm(2, 2, 3, range(6), most=5), grey),
             "P4": (files.pnm(4, 2, 3, bits), [255 * (1 - b) for b in bits]),
             "P5": (files.pnm(5, 2, 3, grey), grey),
             "P5 of 16 bits": (files.pnm(5, 2, 3, [257 * n for n in grey], most=65535), grey)}
    if "HAVE_LIBPNG" in have:
        kinds["PNG, grey"] = (files.png(2, 3, 1, grey), grey)
        kinds["PNG, grey, transparent"] = (files.png(2, 3, 2, [n for g in grey for n in (g, 255)]), grey)
    else:
        skip("PNG: there is no libpng")
    for i, (name, (data, numbers)) in enumerate(kinds.items()):
        folder = fresh(out / f"format{i}")
        (folder / "c").mkdir()
        (folder / "c" / ("x.png" if name.startswith("PNG") else "x.pnm")).write_bytes(data)
        shows(out, f"a picture: {name}", [folder.name, "2x3x1", "labels=1x1x1"],
              [f"{folder.name}: folders of pictures, 1 picture, 1 class", "train", *lines([0], [numbers])])
    if "HAVE_LIBJPEG" not in have:
        skip("JPEG: there is no libjpeg")
        return
    for kind in ("rgb", "grey", "progressive"):
        folder = fresh(out / f"jpeg_{kind}")
        (folder / "c").mkdir()
        (folder / "c" / "x.jpg").write_bytes(files.jpegs()[kind])
        done = subprocess.run([out / "dump", folder, "5x6x3", "hwc", "labels=1x1x1"], capture_output=True, text=True,
                              check=False)
        found = [int(n) for n in done.stdout.split(" : ")[-1].split()]
        colours = [(40 * x, 50 * y, 128) for y in range(5) for x in range(6)]
        wanted = [n for c in colours for n in (c if kind != "grey" else
                                               [(299 * c[0] + 587 * c[1] + 114 * c[2]) / 1000] * 3)]
        most = max(abs(a - b) for a, b in zip(found, wanted)) if len(found) == len(wanted) else 999
        report(done.returncode == 0 and most < (45 if kind != "grey" else 12), f"a picture: JPEG, {kind}",
               f"differs by {most}", done.stdout, done.stderr)


def arrays(out, zipped):
    x = bytes(range(24))
    for kind, number in {"|u1": "B", "<i1": "b", "<i2": "h", ">i2": ">h", "<i4": "i", "<i8": "q", ">u4": ">I",
                         "<u8": "Q"}.items():
        order = number[0] if len(number) > 1 else "<"
        npz(out / "a.npz", zipfile.ZIP_STORED, x=npy("|u1", (2, 3, 4), x),
            y=npy(kind, (2,), struct.pack(f"{order}2{number[-1]}", 3, 1)))
        shows(out, f"npz: N x H x W, labels of {kind}", ["a.npz", "3x4x1"],
              ["a.npz: .npz, 2 pictures of 3x4x1 bytes", "train", *lines([3, 1], [x[:12], x[12:]])])
    floats = [n / 4 for n in range(12)]
    for order in "<>":
        npz(out / "b.npz", zipfile.ZIP_STORED, x=npy(f"{order}f4", (2, 3, 2, 1), struct.pack(f"{order}12f", *floats)),
            y=npy("|u1", (2, 1), b"\0\1"), x_test=npy("<f4", (1, 2, 1, 3), struct.pack("<6f", *floats[:6])),
            y_test=npy("<i8", (1,), struct.pack("<q", 4)))
        numbers = [f"{n:g}" for n in floats]
        shows(out, f"npz: floats ({order}f4), N x C x H x W by INPUT, and a test set", ["b.npz", "2x1x3", "hwc"],
              ["b.npz: .npz, 2 pictures to train and 1 to test with of 3x2x1 floats", "train",
               *lines([0, 1], [chw(numbers[i:i + 6], 2) for i in (0, 6)]), "test", *lines([4], [numbers[:6]])])
    npz(out / "c.npz", zipfile.ZIP_STORED, x=npy("|u1", (2, 1, 2, 3), bytes(range(12)), version=2),
        y=npy("<f4", (2, 2), struct.pack("<4f", 0.5, -1, 2, 1e6)))
    shows(out, "npz: targets of a regression", ["c.npz", "1x2x3", "numbers=2"],
          ["c.npz: .npz, 2 pictures of 1x2x3 bytes", "train", "0.5 -1 : " + " ".join(map(str, chw(range(6)))),
           "2 1000000 : " + " ".join(map(str, chw(range(6, 12))))])
    npz(out / "d.npz", zipfile.ZIP_STORED, x=npy("|u1", (1, 2, 2), b"\1\2\3\4"),
        y=npy("|u1", (1, 2, 2), b"\0\3\2\1"))
    shows(out, "npz: a label for each pixel", ["d.npz", "2x2x1", "labels=4x2x2"],
          ["d.npz: .npz, 1 picture of 2x2x1 bytes", "train", "0 3 2 1 : 1 2 3 4"])
    if zipped:
        npz(out / "e.npz", zipfile.ZIP_DEFLATED, x=npy("|u1", (2, 3, 4), x),
            y=npy("<i8", (2,), struct.pack("<2q", 3, 1)))
        shows(out, "npz: deflated", ["e.npz", "3x4x1"],
              ["e.npz: .npz, 2 pictures of 3x4x1 bytes", "train", *lines([3, 1], [x[:12], x[12:]])])


def resize(out):
    npz(out / "f.npz", zipfile.ZIP_STORED, x=npy("|u1", (1, 2, 4), bytes([0, 100, 200, 40, 0, 100, 200, 40])),
        y=npy("|u1", (1,), b"\0"))
    shows(out, "pictures become half as large", ["f.npz", "1x2x1", "scale"],
          ["f.npz: .npz, 1 picture of 2x4x1 bytes", "train", "0 : 71 117"])
    npz(out / "g.npz", zipfile.ZIP_STORED, x=npy("|u1", (1, 1, 2), bytes([0, 100])), y=npy("|u1", (1,), b"\0"))
    shows(out, "pictures become twice as large", ["g.npz", "1x4x1", "scale"],
          ["g.npz: .npz, 1 picture of 1x2x1 bytes", "train", "0 : 0 25 75 100"])


def patched(data, at, byte):
    return data[:at] + bytes([byte]) + data[at + 1:]


def wrong_sets(out, have):
    """(name, arguments of dump) of data sets that are refused."""
    root = fresh(out / "wrong")
    os.chdir(root)

    def put(name, data, labels=None):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if labels is not None:
            path.with_name(path.name.replace("images-idx3", "labels-idx1")).write_bytes(labels)
        return path

    good, labels = idx((3, 2, 3), flat(PICTURES)), idx((3,), LABELS)
    images = "train-images-idx3-ubyte"
    yield "nothing of that name", ["nowhere", "2x3x1"]
    (root / "empty").mkdir()
    yield "an empty folder", ["empty", "2x3x1"]
    put("text", b"hello")
    yield "a file that is not a data set", ["text", "2x3x1"]
    for name, data in (("an empty file", b""), ("a header that is cut", good[:10]),
                       ("pictures that are cut", good[:-1]),
                       ("more than the header says", good + b"x"), ("labels instead of pictures", labels + bytes(30)),
                       ("another type of numbers", patched(good, 2, 0x0D)), ("a huge header", good[:4] + b"\xff" * 12),
                       ("no pictures", idx((0, 2, 3), [])), ("pictures without pixels", idx((3, 0, 3), []))):
        folder = "idx_" + name.replace(" ", "_")
        put(f"{folder}/{images}", data, labels)
        yield f"IDX: {name}", [folder, "2x3x1"]
    put(f"idx_alone/{images}", good)
    yield "IDX: no labels", ["idx_alone", "2x3x1"]
    put(f"idx_count/{images}", good, idx((2,), LABELS[:2]))
    yield "IDX: fewer labels than pictures", ["idx_count", "2x3x1"]
    put("idx_two/a-images-idx3-ubyte", good, labels)
    put("idx_two/b-images-idx3-ubyte", good, labels)
    yield "IDX: two sets", ["idx_two", "2x3x1"]
    put("idx_tests/a-test-images-idx3-ubyte", good, labels)
    put("idx_tests/t10k-images-idx3-ubyte", good, labels)
    yield "IDX: two sets to test with", ["idx_tests", "2x3x1"]
    put(f"idx_good/{images}", good, labels)
    yield "pictures of another size", ["idx_good", "28x28x1"]
    yield "pictures larger than INPUT, and a border", ["idx_good", "1x3x1", "pad"]
    yield "other channels", ["idx_good", "2x3x3"]
    yield "labels beyond the outputs", ["idx_good", "2x3x1", "labels=2x1x1"]
    yield "labels for a regression", ["idx_good", "2x3x1", "numbers=3"]
    yield "one label, but an output with pixels", ["idx_good", "2x3x1", "labels=3x4x4"]
    if "HAVE_ZLIB" in have:
        packed = gzip.compress(good, mtime=0)
        for name, data in (("cut", packed[:-12]), ("damaged", patched(packed, 14, packed[14] ^ 0x55)),
                           ("longer than it says", gzip.compress(good + b"x", mtime=0)),
                           ("shorter than it says", gzip.compress(good[:-1], mtime=0)),
                           ("a promise of terabytes", gzip.compress(good[:4] + b"\0\xff\xff\xff" * 2 + b"\0\0\xff\xff",
                                                                    mtime=0))):
            put(f"gz_{name.replace(' ', '_')}/{images}.gz", data, None)
            put(f"gz_{name.replace(' ', '_')}/train-labels-idx1-ubyte", labels)
            yield f"gzip: {name}", [f"gz_{name.replace(' ', '_')}", "2x3x1"]
    put("cifar_cut/data_batch_1.bin", files.cifar([1, 2])[:-5])
    yield "CIFAR: a file that is cut", ["cifar_cut", "32x32x3"]
    put("cifar_label/data_batch_1.bin", files.cifar([1, 10]))
    yield "CIFAR: a label out of range", ["cifar_label", "32x32x3"]
    for i in (1, 2, 4):
        put(f"cifar_gap/data_batch_{i}.bin", files.cifar([1, 2]))
    yield "CIFAR: a batch that is missing", ["cifar_gap", "32x32x3"]
    put("cifar_ten/data_batch_1.bin", files.cifar([1]))
    yield "CIFAR: fewer classes than outputs", ["cifar_ten", "32x32x3", "labels=12x1x1"]
    yield from wrong_pictures(put, have)
    yield from wrong_arrays(root, have)


def wrong_pictures(put, have):
    put("none/a/x.pgm", files.pnm(5, 1, 1, [1]))
    put("none/b/readme.txt", b"")
    yield "folders: a class without pictures", ["none", "1x1x1", "labels=2x1x1"]
    for part, names in (("other/train", "abc"), ("other/test", "acd"), ("fewer/train", "abc"), ("fewer/val", "ab")):
        for name in names:
            put(f"{part}/{name}/x.pgm", files.pnm(5, 1, 1, [1]))
    yield "folders: other classes to test with", ["other", "1x1x1", "labels=3x1x1"]
    yield "folders: fewer classes to test with", ["fewer", "1x1x1", "labels=3x1x1"]
    put("classes/a/x.pgm", files.pnm(5, 1, 1, [1]))
    yield "folders: fewer classes than outputs", ["classes", "1x1x1"]
    yield "folders: a picture of another size", ["classes", "2x2x1", "labels=1x1x1"]
    pictures = {"text": b"hello", "P5 cut": files.pnm(5, 2, 3, range(5)), "P2 cut": files.pnm(2, 2, 3, range(5)),
                "P2 beyond": files.pnm(2, 1, 2, [5, 6], most=5), "P1 wrong": b"P1 2 1 0 2",
                "P6 huge": b"P6 60000 60000 255 ", "P3 huge": b"P3 16000 16000 255 1 2 3", "P5 sides": b"P5 0 3 255 ",
                "P5 most": b"P5 1 1 70000 ab", "P4 cut": b"P4 9 2 abc"}
    if "HAVE_LIBPNG" in have:
        png = files.png(4, 4, 3, range(48))
        pictures |= {"PNG cut": png[:-30], "PNG damaged": patched(png, 45, png[45] ^ 1),
                     "PNG without pixels": png[:33], "PNG huge": files.png_chunk(b"", b"")[:0] + png[:8] +
                     files.png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))}
    if "HAVE_LIBJPEG" in have:
        rgb = files.jpegs()["rgb"]
        pictures |= {"JPEG cut": rgb[:-60], "JPEG header": rgb[:20], "JPEG CMYK": files.jpegs()["cmyk"]}
    for name, data in pictures.items():
        folder = "picture_" + name.replace(" ", "_")
        put(f"{folder}/c/x.png", data)
        yield f"pictures: {name}", [folder, "2x3x3", "scale", "labels=1x1x1"]


def wrong_arrays(root, have):
    x, y = npy("|u1", (2, 2, 3), bytes(range(12))), npy("<i4", (2,), struct.pack("<2i", 3, 1))
    bytes_of = lambda *shape, **more: npy("|u1", shape, bytes(12), **more)  # noqa: E731
    pictures = {"complex": npy("<c8", (1,), bytes(8)), "f8 pictures": npy("<f8", (1, 1, 1), bytes(8)),
                "fortran": bytes_of(2, 2, 3, fortran=True), "two axes": bytes_of(2, 6),
                "no pixels": npy("|u1", (2, 0, 6), b""), "short": npy("|u1", (2, 2, 3), bytes(11)),
                "not an array": b"hello, world, hello", "huge shape": npy("|u1", (2 ** 40,) * 3, b""),
                "many axes": npy("|u1", (1,) * 12, b"x")}
    sets = {"no x": {"a": x}, "no y": {"x": x}, "rows": {"x": x, "y": npy("|u1", (3,), b"abc")},
            "float labels": {"x": x, "y": npy("<f4", (2,), bytes(8))},
            "negative": {"x": x, "y": npy("|i1", (2,), b"\xff\0")},
            "ones and zeros": {"x": x, "y": npy("|u1", (2, 10), bytes(20))},
            "from 1": {"x": x, "y": npy("|u1", (2,), b"\1\n")},
            "not a number": {"x": npy("<f4", (2, 2, 3), struct.pack("<12f", *[1] * 11, float("nan"))), "y": y}}
    sets |= {name: {"x": array, "y": y} for name, array in pictures.items()}
    for name, arrays in sets.items():
        path = root / f"{name.replace(' ', '_')}.npz"
        npz(path, zipfile.ZIP_STORED, **arrays)
        yield f"npz: {name}", [path.name, "2x3x1"]
    yield "npz: floats for an INPUT of bytes", ["floats.npz", "1x1x1", "u8"]
    for name, descr, packed, option in (("infinite targets", "<f4", struct.pack("<2f", 1, float("-inf")), "numbers=1"),
                                        ("targets beyond float32", "<f8", struct.pack("<2d", 1e300, 1), "numbers=1"),
                                        ("targets that are no shares", "|u1", b"\1\2", "shares=1")):
        npz(root / f"{name.replace(' ', '_')}.npz", zipfile.ZIP_STORED, x=x, y=npy(descr, (2,), packed))
        yield f"npz: {name}", [f"{name.replace(' ', '_')}.npz", "2x3x1", option]
    stored, deflated = root / "stored.npz", root / "deflated.npz"
    npz(stored, zipfile.ZIP_STORED, x=x, y=y)
    npz(deflated, zipfile.ZIP_DEFLATED, x=npy("|u1", (2, 20, 30), bytes(1200)), y=y)
    data = stored.read_bytes()
    end = len(data) - 22
    damaged = {"cut": data[:-30], "empty zip": b"PK\5\6" + bytes(18), "text": b"hello", "tiny": b"PK",
               "directory": data[:end + 16] + b"\xff\xff\xff\x7f" + data[end + 20:],
               "entry": data[:data.index(b"PK\1\2")] + b"xxxx" + data[data.index(b"PK\1\2") + 4:],
               "numbers": patched(data, data.index(bytes(range(12))), 77)}
    if "HAVE_ZLIB" not in have:
        del damaged["numbers"]
    for name, numbers in damaged.items():
        (root / f"damaged_{name.replace(' ', '_')}.npz").write_bytes(numbers)
        yield f"npz: damaged {name}", [f"damaged_{name.replace(' ', '_')}.npz", "2x3x1"]
    npz(root / "bzip.npz", zipfile.ZIP_BZIP2, x=x, y=y)
    yield "npz: another compression", ["bzip.npz", "2x3x1"]
    if "HAVE_ZLIB" in have:
        packed = deflated.read_bytes()
        at = packed.index(b"PK\3\4") + 30 + len("x.npy") + 20
        (root / "inflate.npz").write_bytes(patched(packed, at + 3, packed[at + 3] ^ 0xFF))
        yield "npz: damaged deflated data", ["inflate.npz", "20x30x1"]


def messages(out, have):
    root = out / "wrong"
    npz(fresh(root).parent / "floats.npz", zipfile.ZIP_STORED, x=npy("<f4", (1, 1, 1), bytes(4)),
        y=npy("|u1", (1,), b"\0"))
    text, good = "", True
    for name, arguments in wrong_sets(out, have):
        if not (root / "floats.npz").exists():
            shutil.copy(out / "floats.npz", root / "floats.npz")
        done = subprocess.run([out / "dump", *arguments], capture_output=True, text=True, errors="replace", cwd=root,
                              check=False)
        text += f"{name}\n{done.stderr}\n"
        good = good and done.returncode == 1
    os.chdir(ROOT)
    if {"HAVE_ZLIB", "HAVE_LIBPNG", "HAVE_LIBJPEG"} <= set(have):
        golden(HERE / "messages.txt", text, "wrong data sets are refused, with a message each", good)
    else:
        skip("the messages about wrong data sets: zlib, libpng or libjpeg is not there")
        report(good, "wrong data sets are refused")


def little_memory(out, have):
    """What does not fit into memory is in a temporary file, or decoded each time; the numbers are the same."""
    sets = [["folder", "2x3x3", "hwc", "u8", "labels=2x1x1"]]
    sets += [["idx", "2x3x1"], ["e.npz", "3x4x1"]] if "HAVE_ZLIB" in have else []
    for arguments in sets:
        found = [subprocess.run([out / "dump", *arguments], capture_output=True, text=True, cwd=out, check=False,
                                env={**os.environ, "TMPDIR": str(out), "CNN_TRAIN_MEMORY": memory}).stdout
                 for memory in ("1000000000", "1")]
        report(found[0] == found[1] and len(found[0].splitlines()) > 3, f"memory is too small: {arguments[0]}", *found)
    environment = {**os.environ, "TMPDIR": "/nowhere", "CNN_TRAIN_MEMORY": "1"}
    if "HAVE_ZLIB" in have:
        done = subprocess.run([out / "dump", "e.npz", "3x4x1"], capture_output=True, text=True, cwd=out, check=False,
                              env=environment)
        report(done.returncode == 1 and "no room for" in done.stderr and "TMPDIR" in done.stderr,
               "memory is too small, and there is no room for a temporary file", done.stderr)


def without_libraries(out):
    """A build without zlib, libpng and libjpeg says what they would bring."""
    (fresh(out / "less" / "jpeg" / "c") / "x.jpg").write_bytes(files.jpegs()["rgb"])
    (fresh(out / "less" / "png" / "c") / "x.png").write_bytes(files.png(2, 3, 1, range(6)))
    idx_pair(fresh(out / "less" / "gzip"), "train", PICTURES, LABELS, packed=True)
    npz(out / "less" / "z.npz", zipfile.ZIP_DEFLATED, x=npy("|u1", (1, 2, 3), bytes(6)), y=npy("|u1", (1,), b"\0"))
    for name, path, library in (("JPEG", "jpeg", "libjpeg-dev"), ("PNG", "png", "libpng-dev"),
                                ("gzipped IDX", "gzip", "zlib1g-dev"), ("deflated npz", "z.npz", "zlib1g-dev")):
        done = subprocess.run([out / "plain", f"less/{path}", "2x3x1", "labels=1x1x1"], capture_output=True, text=True,
                              cwd=out, check=False)
        report(done.returncode == 1 and "this library was built without" in done.stderr and library in done.stderr,
               f"without its library: {name}", done.stdout, done.stderr)


def test(out, have):
    values(out, have)
    little_memory(out, have)
    without_libraries(out)
    messages(out, have)
