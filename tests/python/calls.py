"""Calls of compiled networks from Python, and all that is refused."""
import gc
import os
import threading
import tracemalloc

import numpy
from report import CNNC, ROOT, report

import cnnc

NETWORKS = {
    "conv": "INPUT(5x6x2) -> CONV(3) -> RELU",
    "hwc": "INPUT(4x5x3, layout=hwc, type=u8) -> RELU -> OUTPUT(layout=hwc)",
    "two": "left: INPUT(1x1x4) -> RELU -> double: SCALE(2, 0) -> OUTPUT\n"
           "right: INPUT(1x1x4) -> ADD{ [] | FROM(left) } -> OUTPUT",
    "large": "INPUT(64x64x3) -> RELU",
}


def text(out, name):
    path = out / f"{name}.cnn"
    path.write_text(NETWORKS[name] + "\n")
    return path


def refuses(name, kind, words, action):
    try:
        action()
    except kind as error:
        report(words in str(error), name, f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: B902
        report(False, name, f"{type(error).__name__}: {error}")
    else:
        report(False, name, "it was accepted")


def convolved(x, weight, bias):
    """The network `conv`, in NumPy."""
    padded = numpy.pad(x, ((0, 0), (1, 1), (1, 1)))
    result = numpy.zeros((weight.shape[0],) + x.shape[1:])
    for i in range(3):
        for j in range(3):
            result += numpy.einsum("kc,chw->khw", weight[:, :, i, j], padded[:, i:i + x.shape[1], j:j + x.shape[2]])
    return numpy.maximum(result + bias[:, None, None], 0)


def numbers(seed):
    made = numpy.random.default_rng(seed)
    return {"conv1.weight": made.normal(size=(3, 2, 3, 3)).astype("f4"), "conv1.bias": made.normal(size=3).astype("f4")}


def right(found, wanted):
    return found.shape == wanted.shape and numpy.allclose(found, wanted, atol=1e-4)


def images(out):
    """One input, one output; all that becomes an array for it."""
    first, second = numbers(1), numbers(2)
    numpy.savez(out / "first.npz", **first)
    numpy.savez(out / "second.npz", **second)
    net = cnnc.compile(text(out, "conv"), weights=out / "first.npz", output=out / "conv.so")
    x = numpy.random.default_rng(3).normal(size=(7, 2, 5, 6)).astype("f4")
    wanted = numpy.array([convolved(image, *first.values()) for image in x])
    report(right(net(x[0]), wanted[0]), "an image", net(x[0]), wanted[0])
    report(right(net(x), wanted) and net(x).dtype == numpy.float32, "a batch", net(x))
    report(net(x[:0]).shape == (0, 3, 5, 6), "an empty batch", net(x[:0]).shape)
    report(right(net(input1=x[0]), wanted[0]), "an input by its name")
    report(right(net(x[0].astype("f8")), wanted[0]) and right(net(x[0].astype(">f4")), wanted[0]) and
           right(net(x[0].tolist()), wanted[0]), "other types of numbers are converted")
    turned = numpy.asfortranarray(x[0])
    report(not turned.flags.c_contiguous and right(net(turned), wanted[0]), "an array that is not dense")
    fixed = x[0].copy()
    fixed.flags.writeable = False
    report(right(net(fixed), wanted[0]), "an array that cannot be written")
    odd = numpy.frombuffer(b"x" + x[0].tobytes(), "u1")[1:].view("f4").reshape(2, 5, 6)
    report(not odd.flags.aligned and right(net(odd), wanted[0]), "an array at an odd address")
    first_result = net(x[0])
    net(x[1])
    report(right(first_result, wanted[0]), "results stay when the network is called again")
    taken = numpy.empty((7, 3, 5, 6), "f4")
    report(net(x, out=taken) is taken and right(taken, wanted), "a result goes where out= says")
    describe(net)
    refusals(net, x)
    swapped(net, out, x, [convolved(image, *second.values()) for image in x])
    together(net, x, wanted)
    closed(net, x)


def describe(net):
    tensor = net.inputs[0]
    report((net.name, net.version, tensor.name, tensor.shape, tensor.layout, net.outputs[0].shape) ==
           ("conv", cnnc.__version__, "input1", (2, 5, 6), "chw", (3, 5, 6)) and len(net.plan_hash) == 16,
           "a network says what it is", net.description)
    report("input1 (2x5x6 float32)" in repr(net), "and prints it", repr(net))


def refusals(net, x):
    refuses("another shape", ValueError, "the array has shape (2, 6, 5); it must be (2, 5, 6)",
            lambda: net(numpy.zeros((2, 6, 5), "f4")))
    refuses("channels at the end", ValueError, "numpy.moveaxis(x, -1, -3)", lambda: net(numpy.zeros((5, 6, 2), "f4")))
    refuses("a number alone", ValueError, "the array has shape ()", lambda: net(1.5))
    refuses("complex numbers", TypeError, "complex128", lambda: net(x[0].astype("c16")))
    refuses("too many inputs", TypeError, "has 1 inputs, not 2", lambda: net(x[0], x[0]))
    refuses("no input", TypeError, "needs input1 (2x5x6 float32)", net)
    refuses("an unknown input", TypeError, "no input called image", lambda: net(image=x[0]))
    refuses("an input twice", TypeError, "given twice", lambda: net(x[0], input1=x[0]))
    refuses("out= of another shape", ValueError, "(3, 5, 6)", lambda: net(x[0], out=numpy.empty(3, "f4")))
    refuses("out= with as many numbers", ValueError, "(3, 5, 6)", lambda: net(x[0], out=numpy.empty((3, 30), "f4")))
    refuses("out= of another type", ValueError, "float32", lambda: net(x[0], out=numpy.empty((3, 5, 6))))


def swapped(net, out, x, wanted):
    """Other weights: from a file, from memory, and those inside."""
    before, hash_before = net(x[0]), net.weights_hash
    packed = str(out / "second.cnnw")
    status = os.system(f"'{CNNC}' --emit=cnnw --target=native '--weights={out}/second.npz' -o '{packed}' "
                       f"'{out}/conv.cnn' >/dev/null")
    net.reload(packed)
    report(status == 0 and right(net(x[0]), wanted[0]), "other weights from a file")
    report(net.weights_hash != hash_before, "other weights have another hash", net.weights_hash)
    net.reload()
    report(right(net(x[0]), before) and net.weights_hash == hash_before, "back to those inside")
    data = (out / "second.cnnw").read_bytes()
    for _ in range(3):
        net.reload(bytes(bytearray(data)))
        gc.collect()
        bytearray(len(data))
    report(right(net(x[0]), wanted[0]), "other weights from memory")
    refuses("damaged weights", cnnc.Error, "damaged", lambda: net.reload(data[:-1] + bytes([data[-1] ^ 1])))
    refuses("a file that is missing", cnnc.Error, "No such file", lambda: net.reload(out / "none.cnnw"))
    report(right(net(x[0]), wanted[0]), "and what is refused changes nothing")
    other = cnnc.load(net.path, weights=data, threads=2)
    report(right(other(x), numpy.array(wanted)), "a library with weights from memory, and two threads")
    other.close()
    net.reload()


def together(net, x, wanted):
    """Threads of Python that call one network."""
    wrong = []

    def work(i):
        for _ in range(200):
            if not right(net(x[i]), wanted[i]):
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report(not wrong, "calls from several threads", wrong)
    tracemalloc.start()
    net(x)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(300):
        net(x)
        net(x[0])
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    report(grown < 20000, "calls keep no memory", grown)


def closed(net, x):
    net.close()
    net.close()
    refuses("a closed network", cnnc.Error, "is closed", lambda: net(x[0]))
    with cnnc.load(net.path) as again:
        again(x[0])
    refuses("and one behind its with", cnnc.Error, "is closed", lambda: again.reload())


def others(out):
    """Bytes, layouts, several inputs and outputs, large results."""
    net = cnnc.compile(text(out, "hwc"), target="c99")
    x = numpy.random.default_rng(4).integers(0, 256, (3, 4, 5, 3)).astype("u1")
    report((net(x[0]) == x[0]).all() and net(x).shape == (3, 4, 5, 3), "bytes in height, width, channels")
    refuses("floats where bytes go", TypeError, "x.astype(numpy.uint8)", lambda: net(x[0] / 255))
    net = cnnc.compile(text(out, "two"), target="c99", name="pair")
    a, b = numpy.arange(4, dtype="f4"), numpy.full(4, 10, "f4")
    by_name, by_place = net(right=b, left=a), net(a, b)
    names = [tensor.name for tensor in net.outputs]
    report(list(by_name) == names and all((by_name[n] == by_place[n]).all() for n in names) and
           (by_name[names[0]] == 2 * a).all() and (by_name[names[1]] == a + b).all(),
           "several inputs and outputs", by_name)
    refuses("an input is missing", TypeError, "needs right (4 float32), too", lambda: net(a))
    refuses("batches of two sizes", ValueError, "different numbers of images (left: 2, right: one)",
            lambda: net(numpy.zeros((2, 4), "f4"), b))
    refuses("out= of several outputs", TypeError, "must be a dict", lambda: net(a, b, out=a))
    store = {name: numpy.empty(4, "f4") for name in names}
    report(net(a, b, out=store)[names[1]] is store[names[1]] and (store[names[1]] == a + b).all(),
           "out= as a dict of arrays")
    net = cnnc.compile(text(out, "large"), target="c99")
    x = numpy.random.default_rng(5).normal(size=(3, 64, 64)).astype("f4")
    report((net(x) == numpy.maximum(x, 0)).all(), "a result of many numbers")


def integers(out):
    """A network of 8-bit integers: LeNet-5, quantised with the digits of the examples."""
    command = (f"cd '{out}' && '{CNNC}' -w --quantize='{ROOT}/examples/train/digits10k' --weights='{ROOT}/examples/"
               f"digits/lenet5.safetensors' --resize=pad '{ROOT}/examples/lenet5.cnn' -o int8.safetensors "
               ">int8.log 2>&1")
    if os.system(command) != 0:
        report(False, "a network of integers", (out / "int8.log").read_text())
        return
    net = cnnc.compile(ROOT / "examples/lenet5.cnn", weights=out / "int8.safetensors", target="c99",
                       options=["--io=int8", "-w"])
    tensor = net.inputs[0]
    report(tensor.dtype == numpy.int8 and tensor.scale > 0 and net.outputs[0].scale > 0,
           "integers have a scale", tensor)
    image = numpy.zeros((32, 32), "f4")
    image[6:26, 15:18] = 1 if tensor.scale < 0.1 else 255  # what INPUT's scale makes of a pixel, or a pixel
    q = tensor.quantize(image)
    report(q.dtype == numpy.int8 and abs(tensor.dequantize(q) - image).max() <= tensor.scale, "numbers become integers")
    scores = net.outputs[0].dequantize(net(q))
    report(net(q).dtype == numpy.int8 and scores.argmax() == 1, "a one is a one in integers", scores)
    refuses("floats where integers go", TypeError, "quantize()", lambda: net(image))


def compiling(out):
    wrong = out / "wrong.cnn"
    wrong.write_text("INPUT(7x7x32) -> CONV(64, 9x9, pad=valid)\n")
    refuses("a wrong network", cnnc.CompileError, "a 9x9 window does not fit", lambda: cnnc.compile(wrong))
    refuses("a compiler that is missing", cnnc.CompileError, "no-such-cc",
            lambda: cnnc.compile(text(out, "hwc"), cc="no-such-cc"))
    refuses("a library that is none", cnnc.Error, "cannot be loaded", lambda: cnnc.load(wrong))
    (out / "none.c").write_text("int nothing;\n")
    os.system(f"{os.environ.get('CC', 'cc')} -shared -fPIC -o '{out}/none.so' '{out}/none.c'")
    refuses("a library without a network", cnnc.Error, "no network whose name", lambda: cnnc.load(out / "none.so"))
    os.replace(out / "conv.so", out / "renamed.so")
    report(cnnc.load(out / "renamed.so").name == "conv", "a library under another name")
    refuses("a name that is wrong", cnnc.Error, "no network called other",
            lambda: cnnc.load(out / "renamed.so", name="other"))
    refuses("too many threads", cnnc.Error, "1000 threads", lambda: cnnc.load(out / "renamed.so", threads=1000))
    net = cnnc.compile(text(out, "conv"), weights=out / "first.npz", output=out / "apart.so", options=["--embed=no"])
    report((out / "apart.cnnw").exists() and net.weights_hash == cnnc.load(out / "renamed.so").weights_hash,
           "weights beside the library")
    os.remove(out / "apart.cnnw")
    refuses("weights that are missing", cnnc.Error, "apart.cnnw", lambda: cnnc.load(out / "apart.so"))


def run(out):
    os.environ["CNNC"] = str(CNNC)
    images(out)
    others(out)
    compiling(out)
    integers(out)
