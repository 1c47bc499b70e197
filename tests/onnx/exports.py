#!/usr/bin/env python3
"""Random networks as PyTorch exports them: modules of the pieces that networks for pictures are made of, each written to
WORK/node/test_export_N with a picture and what PyTorch computes of it, as ONNX's own backend tests are stored.

    exports.py WORK COUNT [SEED]

Needs PyTorch (Debian's python3-torch); ends with 3 where there is none. $EXPORTS_ONLY=N,N,... writes some of them."""
import os
import random
import subprocess
import sys
import warnings

try:
    import torch
except ImportError:  # Debian's PyTorch belongs to Debian's Python
    other = "/usr/bin/python3"
    if os.path.realpath(sys.executable) != os.path.realpath(other) and \
            subprocess.run([other, "-c", "import torch"], capture_output=True).returncode == 0:
        os.execv(other, [other, *sys.argv])
    sys.exit(3)

from torch import nn  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from wire import data, number  # noqa: E402


class Function(nn.Module):
    """A piece without numbers of its own."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Residual(nn.Module):
    def __init__(self, inner, join):
        super().__init__()
        self.inner, self.join = inner, join

    def forward(self, x):
        return self.join(x, self.inner(x))


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels, squeeze, gate, convolutions):
        super().__init__()
        make = (lambda a, b: nn.Conv2d(a, b, 1)) if convolutions else nn.Linear
        self.down, self.up = make(channels, squeeze), make(squeeze, channels)
        self.gate, self.convolutions = gate, convolutions

    def forward(self, x):
        if self.convolutions:
            return x * self.gate(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))
        y = self.up(F.relu(self.down(x.mean((2, 3)))))
        return x * self.gate(y).view(x.shape[0], -1, 1, 1)


class Attention(nn.Module):
    """Of the pixels, or of the channels."""

    def __init__(self, channels, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm = nn.LayerNorm(channels)
        self.qkv, self.out = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)

    def forward(self, x):
        n, c, h, w = x.shape
        tokens = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(self.norm(tokens)).reshape(n, h * w, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5
        if self.causal:
            mask = torch.ones(h * w, h * w, dtype=torch.bool).tril()
            scores = scores.masked_fill(~mask, float("-inf"))
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, h * w, c)
        return (tokens + self.out(y)).transpose(1, 2).reshape(n, c, h, w)


class ChannelsLast(nn.Module):
    """A block of ConvNeXt."""

    def __init__(self, channels, kernel):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.norm, self.wide, self.narrow = nn.LayerNorm(channels), nn.Linear(channels, 2 * channels), \
            nn.Linear(2 * channels, channels)
        self.factor = nn.Parameter(torch.rand(channels))

    def forward(self, x):
        y = self.depthwise(x).permute(0, 2, 3, 1)
        y = self.narrow(F.gelu(self.wide(self.norm(y)))) * self.factor
        return x + y.permute(0, 3, 1, 2)


class Branches(nn.Module):
    def __init__(self, branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class Maker:
    """Pieces that take so many channels of such a size; each returns (module, channels, height, width)."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def activation(self):
        return self.pick(nn.ReLU, nn.ReLU6, nn.SiLU, nn.GELU, nn.Hardswish, nn.Sigmoid, nn.Tanh, nn.ELU, nn.Mish,
                         nn.Softplus, nn.LeakyReLU, nn.Hardsigmoid, nn.PReLU, nn.SELU, nn.Hardtanh, nn.CELU)()

    def convolution(self, c, h, w):
        kernel, dilation = self.pick(1, 3, 5), self.pick(1, 1, 2)
        groups = self.pick(1, 1, *[g for g in (2, c) if c % g == 0])
        out = groups * self.random.randint(1, 4) if groups > 1 else self.random.randint(3, 12)
        stride = self.pick(1, 1, 2) if min(h, w) >= 4 else 1
        pad = dilation * (kernel - 1) // 2
        # Not circular: PyTorch 1.13 exports it shifted by a pixel.
        mode = self.pick("zeros", "zeros", "zeros", "reflect", "replicate") if pad < min(h, w) else "zeros"
        module = nn.Conv2d(c, out, kernel, stride, pad, dilation, groups, self.pick(True, False), mode)
        parts = [module]
        if self.pick(0, 1):
            parts.append(nn.BatchNorm2d(out))
        parts.append(self.activation())
        return nn.Sequential(*parts), out, (h - 1) // stride + 1, (w - 1) // stride + 1

    def transposed(self, c, h, w):
        kernel = self.pick(2, 3, 4)
        if h > 12:
            return self.convolution(c, h, w)
        out = self.random.randint(3, 8)
        module = nn.ConvTranspose2d(c, out, kernel, 2, kernel // 2 - (kernel == 2), self.pick(0, 1))
        y = module(torch.zeros(1, c, h, w))
        return nn.Sequential(module, self.activation()), out, y.shape[2], y.shape[3]

    def pool(self, c, h, w):
        if min(h, w) < 4:
            return self.convolution(c, h, w)
        module = self.pick(nn.MaxPool2d(2), nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(2), nn.AvgPool2d(3, 2, 1),
                           nn.AvgPool2d(3, 1, 1, count_include_pad=False), nn.MaxPool2d(2, ceil_mode=True),
                           nn.AdaptiveAvgPool2d(2 if h % 2 == w % 2 == 0 else 1), nn.LPPool2d(2, 2),
                           nn.MaxPool2d(3, 1, 1, dilation=2), nn.AvgPool2d(2, ceil_mode=True))
        y = module(torch.zeros(1, c, h, w))
        return module, c, y.shape[2], y.shape[3]

    def normalisation(self, c, h, w):
        groups = self.pick(*[g for g in (1, 2, 3, c) if c % g == 0])
        if h * w == 1:
            return nn.BatchNorm2d(c), c, h, w
        return self.pick(nn.BatchNorm2d(c), nn.GroupNorm(groups, c), nn.InstanceNorm2d(c, affine=self.pick(True, False)),
                         nn.LayerNorm([c, h, w]),
                         Function(lambda x: F.normalize(x, dim=1))), c, h, w

    def residual(self, c, h, w):
        inner = nn.Sequential(nn.Conv2d(c, c, 3, padding=1), nn.BatchNorm2d(c), self.activation(), nn.Conv2d(c, c, 1))
        return Residual(inner, self.pick(lambda x, y: x + y, lambda x, y: x * torch.sigmoid(y), torch.maximum,
                                         lambda x, y: torch.cat([x, y], 1).chunk(2, 1)[1] - x)), c, h, w

    def gate(self, c, h, w):
        return Gate(c, max(1, c // 2), self.pick(torch.sigmoid, F.hardsigmoid), self.pick(True, False)), c, h, w

    def enlarge(self, c, h, w):
        if h > 10:
            return self.pool(c, h, w)
        mode, factor = self.pick("nearest", "bilinear", "corners"), self.pick(2, 3)
        if mode == "corners":
            module = nn.Upsample(scale_factor=factor, mode="bilinear", align_corners=True)
        else:
            module = nn.Upsample(scale_factor=factor, mode=mode) if mode == "nearest" else \
                nn.Upsample(size=(h * factor, w * factor), mode=mode, align_corners=False)
        return module, c, h * factor, w * factor

    def attention(self, c, h, w):
        if h * w > 100:
            return self.pool(c, h, w)
        heads = self.pick(*[n for n in (1, 2, 4) if c % n == 0])
        return Attention(c, heads, self.pick(True, False)), c, h, w

    def channels_last(self, c, h, w):
        return ChannelsLast(c, self.pick(3, 7)), c, h, w

    def branches(self, c, h, w):
        made = [nn.Conv2d(c, self.random.randint(1, 5), 1),
                nn.Sequential(nn.Conv2d(c, 2, 3, padding=1), self.activation()),
                nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(c, 3, 1)), nn.Identity()]
        made = self.random.sample(made, self.random.randint(2, 4))
        module = Branches(made)
        return module, module(torch.zeros(1, c, h, w)).shape[1], h, w

    def move(self, c, h, w):
        functions = [lambda x: F.pad(x, (1, 0, 2, 1)), lambda x: F.pad(x, (1, 1, 1, 1), value=0.5),
                     lambda x: x.roll(1, 2), lambda x: x.flip(3), lambda x: x[:, :, 1:, :-1], lambda x: x[:, ::2],
                     lambda x: torch.cat([x[:, :, ::2], x[:, :, 1::2]], 1) if h % 2 == 0 else x,
                     lambda x: x.transpose(2, 3), lambda x: x.repeat(1, 2, 1, 1),
                     lambda x: torch.stack([x, -x], 2).flatten(1, 2)]
        if c % 2 == 0:
            functions.append(lambda x: x.view(1, 2, c // 2, h, w).transpose(1, 2).flatten(1, 2))
        if c % 4 == 0:
            functions.append(nn.PixelShuffle(2))
        module = Function(self.pick(*functions))
        shape = module(torch.zeros(1, c, h, w)).shape
        return (module, *shape[1:]) if min(shape[1:]) > 0 and h > 1 and w > 1 else self.gate(c, h, w)

    def choice(self, c, h, w):
        """Comparisons, masks, places."""
        functions = [lambda x: torch.where(x > 0, x, 0.1 * x), lambda x: x.masked_fill(x < x.mean(1, keepdim=True), 0),
                     lambda x: x * (x > x.mean()).float(), lambda x: x + x.argmax(1, keepdim=True).float() * 0.1,
                     lambda x: x * ((x > -1) & (x < 1)).float(), lambda x: x.clamp(min=-0.5),
                     lambda x: torch.where((x >= 0) | (x <= -0.5), x, x.mean((2, 3), keepdim=True)),
                     lambda x: x - x.amax(1, keepdim=True), lambda x: x.softmax(1), lambda x: x.log_softmax(1),
                     lambda x: x / (x.abs().sum(1, keepdim=True) + 1), lambda x: x.std((2, 3), keepdim=True) + x,
                     lambda x: torch.logsumexp(x, 1, keepdim=True) + x,
                     lambda x: x + F.one_hot(x.argmax(1), c).permute(0, 3, 1, 2).float()]
        return Function(self.pick(*functions)), c, h, w

    def head(self, c, h, w):
        classes = self.random.randint(2, 9)
        return self.pick(
            lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(c, classes)),
            lambda: nn.Sequential(nn.Flatten(), nn.Linear(c * h * w, classes), nn.Softmax(1)),
            lambda: nn.Sequential(nn.Conv2d(c, classes, 1), Function(lambda x: x.argmax(1))),
            lambda: nn.Sequential(nn.Conv2d(c, classes, 1), Function(lambda x: x.topk(2, 1)[0])),
            lambda: nn.Sequential(Function(lambda x: x.flatten(2).mean(2)), nn.Linear(c, classes), nn.LogSoftmax(1)),
            nn.Identity)()

    def network(self):
        """The module, and the shape of its picture."""
        h, w = self.random.randint(6, 20), self.random.randint(6, 20)
        shape = [1, self.random.randint(1, 4), h, w]
        pieces, c = [], shape[1]
        makers = [self.convolution, self.convolution, self.convolution, self.transposed, self.pool, self.normalisation,
                  self.residual, self.gate, self.enlarge, self.attention, self.channels_last, self.branches, self.move,
                  self.choice]
        for _ in range(self.random.randint(2, 7)):
            module, c, h, w = self.pick(*makers)(c, h, w)
            pieces.append(module)
        return nn.Sequential(*pieces, self.head(c, h, w)), shape


def settle(module):
    """Statistics and factors as training leaves them."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.3)
            part.running_var.uniform_(0.5, 1.5)
        if isinstance(part, (nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)) and part.weight is not None:
            part.weight.data.uniform_(0.5, 1.5)
            part.bias.data.normal_(0, 0.2)


def tensor(values):
    kinds = {torch.float32: 1, torch.int64: 7}
    out = b"".join(number(1, size) for size in values.shape)
    return out + number(2, kinds[values.dtype]) + data(9, values.contiguous().numpy().tobytes())


def write(work, index, seed):
    """False where PyTorch itself cannot export the module."""
    torch.manual_seed(seed + index)
    maker = Maker(seed * 100003 + index)
    module, shape = maker.network()
    module.eval()
    settle(module)
    folder = os.path.join(work, "node", f"test_export_{index:03}")
    image = torch.randn(shape)
    os.makedirs(os.path.join(folder, "test_data_set_0"), exist_ok=True)
    try:
        torch.onnx.export(module, image, os.path.join(folder, "model.onnx"), opset_version=maker.pick(11, 13, 15, 17),
                          do_constant_folding=maker.pick(True, True, False))
    except (RuntimeError, torch.onnx.errors.OnnxExporterError):
        os.rmdir(os.path.join(folder, "test_data_set_0"))
        os.rmdir(folder)
        return False
    with torch.no_grad():
        for what, values in (("input", image), ("output", module(image))):
            with open(os.path.join(folder, "test_data_set_0", f"{what}_0.pb"), "wb") as file:
                file.write(tensor(values))
    return True


def main():
    work, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    only = [int(index) for index in os.environ.get("EXPORTS_ONLY", "").split(",") if index]
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    written = sum(write(work, index, seed) for index in only or range(count))
    print(f"# PyTorch exported {written} of {len(only) or count} random networks, seed {seed}")


main()
