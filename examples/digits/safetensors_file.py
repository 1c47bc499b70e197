"""Writes a .safetensors file with nothing but the standard library and numpy: an 8-byte length, a
JSON header, the numbers. Shared by the training script and the test fixtures; it cannot read them."""
import json
import struct

import numpy as np

DTYPES = {"float32": "F32", "float16": "F16", "float64": "F64", "int64": "I64"}


def write(path, tensors):
    """tensors: a dict from name to an array (or a PyTorch tensor on the CPU), written in its order."""
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        array = np.ascontiguousarray(tensor.detach().numpy() if hasattr(tensor, "detach") else tensor)
        blob = array.astype(array.dtype.newbyteorder("<")).tobytes()
        header[name] = {"dtype": DTYPES[array.dtype.name], "shape": list(array.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
