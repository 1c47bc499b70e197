#!/usr/bin/python3
"""Generates tests/onnx/torchvision: torchvision's networks as PyTorch exports them, at a small input size.

The weights are not kept: every number of a tensor follows from its place and the tensor's name (see
`numbers`; tests/onnx/torchvision.c makes the same), so the models refer to a file of weights that the
test writes. Kept are the models without numbers, and PyTorch's outputs. Needs torch, torchvision, onnx.

    make_fixtures.py            regenerates the fixtures
    make_fixtures.py --check MODEL.onnx...      runs ONNX's checker over models that cnnc wrote
"""
import os
import sys
import warnings

import numpy as np
import onnx

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torchvision")
INPUT_SEED = 0x1234567


def seed_of(name):
    value = 2166136261
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def uniform(seed, count):
    """count numbers in [-1, 1), each computed from its index."""
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x ^= x >> np.uint64(shift)
        x = (x * factor) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    return (x >> np.uint64(8)).astype(np.float64) / 8388608.0 - 1.0


def numbers(name, shape):
    u = uniform(seed_of(name), int(np.prod(shape)))
    if name.endswith("running_var"):
        u = 1 + 0.25 * u
    elif name.endswith("layer_scale"):
        u = 0.5 * u
    elif len(shape) < 2:
        u = 1 + 0.25 * u if name.endswith("weight") else 0.1 * u
    else:
        u = u * np.sqrt(6.0 / np.prod(shape[1:]))
    return u.astype(np.float32).reshape(shape)


def strip(path, state):
    """Moves the numbers of the state's tensors out of the file: weights.bin holds them in this order."""
    model = onnx.load(path)
    offset = 0
    for tensor in model.graph.initializer:
        if tensor.name not in state:
            continue
        count = int(np.prod(list(tensor.dims)))
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", "weights.bin"), ("offset", str(offset)), ("length", str(4 * count))):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
        offset += 4 * count
    for node in model.graph.node:
        node.ClearField("doc_string")
    del model.graph.value_info[:]
    with open(path, "wb") as file:
        file.write(model.SerializeToString())


def networks():
    import torch
    import torchvision.models as m
    from torch import nn

    def small_head(model, features):
        model.avgpool = nn.AdaptiveAvgPool2d(1)
        for i, layer in enumerate(model.classifier):
            if isinstance(layer, nn.Linear):
                model.classifier[i] = nn.Linear(features, layer.out_features)
                break
        return model

    fuse = torch.fx.experimental.optimization.fuse
    yield "alexnet", small_head(m.alexnet(), 256), 64
    yield "vgg11", small_head(m.vgg11(), 512), 32
    yield "resnet18", m.resnet18(), 64
    yield "resnet18_fused", fuse(m.resnet18().eval()), 64
    yield "googlenet", m.googlenet(aux_logits=False, init_weights=False), 64
    yield "densenet121", m.densenet121(), 64
    yield "mobilenet_v2", m.mobilenet_v2(), 64
    yield "mobilenet_v2_fused", fuse(m.mobilenet_v2().eval()), 64
    yield "mobilenet_v3_small", m.mobilenet_v3_small(), 64
    yield "squeezenet1_1", m.squeezenet1_1(), 64
    yield "shufflenet_v2_x1_0", m.shufflenet_v2_x1_0(), 64
    yield "mnasnet1_0", m.mnasnet1_0(), 64
    yield "efficientnet_b0", m.efficientnet_b0(), 64
    yield "regnet_y_400mf", m.regnet_y_400mf(), 64
    yield "convnext_tiny", m.convnext_tiny(), 64


def make():
    import torch
    import torch.fx.experimental.optimization  # noqa: F401

    os.makedirs(HERE, exist_ok=True)
    torch.set_num_threads(1)
    for name, model, size in networks():
        model.eval()
        state = model.state_dict()
        with torch.no_grad():
            for key, tensor in state.items():
                if tensor.dtype == torch.float32:
                    tensor.copy_(torch.from_numpy(numbers(key, tuple(tensor.shape))))
        count = 3 * size * size
        image = torch.from_numpy(uniform(INPUT_SEED, count).astype(np.float32).reshape(1, 3, size, size))
        with torch.no_grad():
            output = model(image).numpy()
        path = os.path.join(HERE, name + ".onnx")
        torch.onnx.export(model, image, path, opset_version=17 if "convnext" in name else 13, do_constant_folding=False,
                          training=torch.onnx.TrainingMode.PRESERVE, input_names=["image"], output_names=["scores"])
        strip(path, state)
        output.astype("<f4").tofile(os.path.join(HERE, name + ".f32"))
        print(name, os.path.getsize(path), float(np.abs(output).max()))


def check(paths):
    for path in paths:
        onnx.checker.check_model(path, full_check=True)
        print("ok", os.path.basename(path), "is a model to ONNX's checker")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) > 1 and sys.argv[1] == "--check":
        check(sys.argv[2:])
    else:
        make()
