"""The table of --wasm: modules of `cnnc --emit=js` beside onnxruntime-web, under node (wasm.mjs)."""
import json
import math
import os
import re
import shutil

from network import HERE, ROOT, Failure, execute
from tables import WRONG, microseconds, quotient, reduced, shown

NETWORKS = ["lenet5", "mobilenet_v2", "squeezenet1_1", "cifar10", "kws", "resnet20_cifar", "mobilenet_v1",
            "efficientnet_b0", "shufflenet_v2", "resnet18"]


def find_ort(build):
    """onnxruntime-web's file for WebAssembly alone, under $BUILD/ort-web, or None."""
    path = os.path.join(build, "ort-web/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs")
    return path if os.path.exists(path) else None


def compare(options, ort, given):
    """Prints a network's line; returns its ratio, or None."""
    name = reduced(options, given)
    file = name if os.path.exists(name) else os.path.join(ROOT, "examples", name + ".cnn")
    if not os.path.exists(file):
        raise Failure("there is no examples/%s.cnn" % name)
    title = os.path.splitext(os.path.basename(file))[0]
    folder = os.path.join(options.build, "bench", title + "-js")
    os.makedirs(folder, exist_ok=True)
    module, model = os.path.join(folder, "net.mjs"), os.path.join(folder, "net.onnx")
    init = ["--init=he:1"] if file.endswith(".cnn") else []
    execute([options.cnnc, *init, "--emit=js", "--embed=no", "--name=net_" + re.sub(r"\W", "_", title), "-o", module,
             *(["--no-winograd"] if options.no_winograd else []), file])
    if file.endswith(".onnx"):
        model = file
    elif ort:
        execute([options.cnnc, *init, "--emit=onnx", "-o", model, file])
    found = json.loads(execute(["node", os.path.join(HERE, "wasm.mjs"), module, str(options.seconds),
                                "least" if options.busy else "median", *([ort, model] if ort else [])]))
    ratio = quotient(found.get("ort_us"), found["cnnc_us"])
    wasm_kb = os.path.getsize(module[:-len(".mjs")] + ".wasm") / 1024
    print("wasm %s cnnc_us=%s ort_us=%s ratio=%s max_rel_err=%s wasm_kb=%.1f memory_mb=%.1f cnnc_load_ms=%.1f "
          "ort_load_ms=%s" % (
              title, shown(microseconds(found["cnnc_us"])), shown(microseconds(found.get("ort_us"))),
              shown(ratio, "%.2f"), shown(found.get("max_rel_err"), "%.1e"), wasm_kb, found["memory_mb"],
              found["cnnc_load_ms"], shown(found.get("ort_load_ms"), "%.1f")), flush=True)
    if not found.get("max_rel_err", 0) <= WRONG:
        raise Failure("the two engines disagree")
    return ratio


def table(options, run):
    if not shutil.which("node"):
        raise Failure("--wasm runs under node, which is not installed (Debian: nodejs)")
    ort = find_ort(options.build)
    if not ort:
        print("# no onnxruntime-web in %s/ort-web: `make bench BENCH=--wasm` fetches it; cnnc is timed without it" %
              options.build, flush=True)
    names = options.networks or NETWORKS
    ratios = [ratio for ratio in run.each(names, lambda name: compare(options, ort, name)) if ratio]
    if ratios:
        mean = math.exp(sum(math.log(ratio) for ratio in ratios) / len(ratios))
        print("wasm geometric_mean networks=%d ratio=%.2f" % (len(ratios), mean), flush=True)
