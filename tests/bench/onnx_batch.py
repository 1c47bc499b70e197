"""Gives a model that cnnc wrote, of one image, a batch: the first dimension of its inputs and outputs, and of the shapes
that tensors are given by Reshape. Without packages."""
from onnx_model import fields, integers

GRAPH, NODE, INITIALIZER, INPUT, OUTPUT = 7, 1, 5, 11, 12
NODE_INPUT, NODE_TYPE = 1, 4
TENSOR_NAME, TENSOR_INTEGERS, TENSOR_RAW = 8, 7, 9


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, value):
    """A field as `fields` gave it; floats by themselves do not occur in what is rewritten."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + bytes(value)


def rewritten(data, change):
    """The message with `change(number, value)` in the place of each value."""
    return b"".join(field(number, change(number, value)) for number, value in fields(data))


def at(path, value, change):
    """`change` of the first value that the fields of `path` lead to."""
    if not path:
        return change(value)
    seen = []

    def one(number, inner):
        if number != path[0] or seen:
            return inner
        seen.append(number)
        return at(path[1:], inner, change)
    return rewritten(value, one)


def reshape_shapes(graph):
    """The names of the initializers that are shapes of Reshape."""
    names = set()
    for number, node in fields(graph):
        if number != NODE:
            continue
        parts = list(fields(node))
        if (NODE_TYPE, b"Reshape") in [(key, bytes(value)) for key, value in parts if not isinstance(value, int)]:
            names.add([bytes(value) for key, value in parts if key == NODE_INPUT][1])
    return names


def with_images(shape, images):
    """An initializer of integers, the first of them 1."""
    def change(number, value):
        if number == TENSOR_RAW:
            return images.to_bytes(8, "little") + bytes(value[8:])
        if number == TENSOR_INTEGERS:
            return b"".join(varint(n % (1 << 64)) for n in [images, *integers(value)[1:]])
        return value
    return rewritten(shape, change)


def write_batch(source, path, images):
    with open(source, "rb") as file:
        model = file.read()
    shapes = reshape_shapes(next(value for number, value in fields(model) if number == GRAPH))

    def change(number, value):
        if number in (INPUT, OUTPUT): # type, tensor, shape, the first dimension, its value
            return at([2, 1, 2, 1, 1], value, lambda _: images)
        if number == INITIALIZER and shapes:
            name = next(bytes(inner) for key, inner in fields(value) if key == TENSOR_NAME)
            return with_images(value, images) if name in shapes else value
        return value
    with open(path, "wb") as file:
        file.write(at([GRAPH], model, lambda graph: rewritten(graph, change)))
