#!/usr/bin/python3
"""Generates tests/onnx/zoo/test_transformer: a vision transformer of one block as PyTorch exports it, with what PyTorch
computes. Needs PyTorch and python3-onnx; the tests need neither."""
import pathlib
import warnings

import torch
from onnx import numpy_helper
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent / "zoo" / "test_transformer"
SIDE, PATCH, WIDTH, HEADS, CLASSES = 16, 4, 32, 4, 10
TOKENS = (SIDE // PATCH) ** 2 + 1


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.token = nn.Parameter(torch.randn(1, 1, WIDTH))
        self.places = nn.Parameter(torch.randn(1, TOKENS, WIDTH))
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.projection = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wider, self.narrower = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, CLASSES)

    def attention(self, x):
        q, k, v = self.qkv(x).reshape(1, TOKENS, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        shares = (q @ k.transpose(-2, -1) * (WIDTH // HEADS) ** -0.5).softmax(-1)
        return self.projection((shares @ v).transpose(1, 2).reshape(1, TOKENS, WIDTH))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        x = x + self.attention(self.norm1(x))
        x = x + self.narrower(torch.nn.functional.gelu(self.wider(self.norm2(x))))
        return self.head(x[:, 0])


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(1)
    module, image = Transformer().eval(), torch.randn(1, 3, SIDE, SIDE)
    data = FOLDER / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(module, image, str(FOLDER / "model.onnx"), opset_version=13, do_constant_folding=False)
    with torch.no_grad():
        for what, tensor in (("input", image), ("output", module(image))):
            (data / f"{what}_0.pb").write_bytes(numpy_helper.from_array(tensor.numpy()).SerializeToString())


main()
