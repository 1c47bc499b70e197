"""Weight files, well-formed and not, from the standard library alone."""
import json
import struct
import zipfile


def safetensors(tensors, metadata=None, padding=0, behind=b""):
    """`tensors`: a list of (name, type, shape, bytes)."""
    header, offset, blobs = {}, 0, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, kind, shape, numbers in tensors:
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [offset, offset + len(numbers)]}
        offset += len(numbers)
        blobs += numbers
    return raw_safetensors(json.dumps(header).encode() + b" " * padding, blobs + behind)


def raw_safetensors(header, numbers, length=None):
    return struct.pack("<Q", len(header) if length is None else length) + header + numbers


def f32(*numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


def f64(*numbers):
    return struct.pack(f"<{len(numbers)}d", *numbers)


def f16(*numbers):
    return struct.pack(f"<{len(numbers)}e", *numbers)


def bf16(*numbers):
    return b"".join(struct.pack("<f", n)[2:] for n in numbers)


def npy(descr, shape, numbers, fortran=False, version=1, header=None):
    text = header if header is not None else repr({"descr": descr, "fortran_order": fortran, "shape": tuple(shape)})
    text = text.encode()
    text += b" " * (-(len(text) + 13) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + numbers


def npz(path, arrays, method=zipfile.ZIP_DEFLATED):
    """`arrays`: a list of (name, bytes of a .npy); written as numpy does, with 64-bit sizes."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, array in arrays:
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(array)
