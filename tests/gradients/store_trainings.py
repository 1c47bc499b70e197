"""Writes stored/trainings.txt: the losses of fifty steps of training in PyTorch, in double precision. follow.c
describes the lines. usage: store_trainings.py"""
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from counted import counted, signed
from store_updates import warmed
from store_gradients import HERE, ROOT, Dropped, fill
from row import net
import layer_rows
import train_lenet5

DIGITS = ROOT / "examples" / "digits"
SEED, STEPS = 1, 50


def digits(batch):
    """Batches of the sample digits of examples/digits, one after another."""
    images = np.frombuffer((DIGITS / "sample-images.u8").read_bytes(), np.uint8).reshape(-1, 1, 28, 28)
    labels = np.array([int(line) for line in (DIGITS / "sample-labels.txt").read_text().split()])
    for step in range(STEPS):
        chosen = (step * batch + np.arange(batch)) % len(images)
        yield (F.pad(torch.from_numpy(images[chosen].astype(np.float64)), (2, 2, 2, 2)),
               torch.from_numpy(labels[chosen]))


def made_up(batch, shape, classes):
    size = int(np.prod(shape))
    for step in range(STEPS):
        x = signed(SEED, "images", batch * size, step * batch * size)
        y = np.floor(counted(SEED, "classes", batch, step * batch) * classes)
        yield torch.from_numpy(x).view((batch,) + shape), torch.from_numpy(y.astype(np.int64))


def train(module, optimiser, batches, smoothing=0, clip=0, schedule=None, weight=1):
    """The lines of losses, ten each, and of the weights and statistics in the end."""
    losses = []
    for step, (x, y) in enumerate(batches):
        for part in module.modules():
            if isinstance(part, Dropped):
                part.step = step
        loss = weight * F.cross_entropy(module(x).flatten(1), y, label_smoothing=smoothing)
        optimiser.zero_grad()
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(module.parameters(), clip)
        optimiser.step()
        if schedule:
            schedule.step()
        losses.append(f"{loss.item():.12g}")
    for i in range(0, STEPS, 10):
        yield "losses " + " ".join(losses[i:i + 10])
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point():
            numbers = tensor.double().numpy().reshape(-1)
            yield f"after {name} {len(numbers)} {(signed(SEED, 'sum', len(numbers)) * numbers).sum():.12g}"


def norms():
    """nets/norms.cnn"""
    conv = lambda i, o, **more: nn.Conv2d(i, o, 3, padding=1, **more)  # noqa: E731
    return net(conv1=conv(3, 6, bias=False), bn1=nn.BatchNorm2d(6), relu=nn.ReLU(), conv2=conv(6, 6),
               gn1=nn.GroupNorm(2, 6), tanh=nn.Tanh(), lrn=nn.LocalResponseNorm(3, 0.1, 0.75, 1), pool=nn.MaxPool2d(2),
               norm=nn.InstanceNorm2d(6, affine=True), scale1=layer_rows.PerMap(6, lambda x: x), conv3=conv(6, 8),
               ln1=layer_rows.ChannelNorm(8), gelu=nn.GELU(), drop=Dropped(0.2, 14, 0), ln2=nn.LayerNorm([8, 4, 4]),
               gap=nn.AdaptiveAvgPool2d(1), flat=nn.Flatten(), fc1=nn.Linear(8, 5))


class Basic(nn.Module):
    """A block with an identity shortcut, padded with zeros."""

    def __init__(self, inside, outside, stride):
        super().__init__()
        self.stride, self.more = stride, outside - inside
        self.conv1, self.bn1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside)
        self.conv2, self.bn2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside)

    def forward(self, x):
        shortcut = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return (self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())) + shortcut).relu()


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*[Basic(16, 16, 1) for _ in range(3)])
        self.layer2 = nn.Sequential(Basic(16, 32, 2), Basic(32, 32, 1), Basic(32, 32, 1))
        self.layer3 = nn.Sequential(Basic(32, 64, 2), Basic(64, 64, 1), Basic(64, 64, 1))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.bn1(self.conv1(x)).relu())))
        return self.linear(x.mean((2, 3)))


class Shared(nn.Module):
    """nets/shared.cnn"""

    def __init__(self):
        super().__init__()
        self.one, self.norm = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.fc1 = nn.Linear(144, 3)

    def forward(self, x):
        for _ in range(2):
            x = self.norm(self.one(x)).relu()
        return self.fc1(x.flatten(1))


def resnet20(dtype):
    module = ready(ResNet20()).to(dtype)
    optimiser = torch.optim.SGD(module.parameters(), 0.0005, momentum=0.9, weight_decay=1e-4)
    return list(train(module, optimiser, [(x.to(dtype), y) for x, y in made_up(8, (3, 32, 32), 10)]))


def by_recipe():
    """nets/recipe.cnn"""
    module = ready(net(conv1=nn.Conv2d(3, 8, 3, padding=1), bn1=nn.BatchNorm2d(8), relu1=nn.ReLU(),
                       middle=nn.Conv2d(8, 8, 3, padding=1), relu2=nn.ReLU(), pool=nn.MaxPool2d(2), flat=nn.Flatten(),
                       fc1=nn.Linear(128, 5)))
    module.middle.requires_grad_(False)
    optimiser = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], 20, momentum=0.8,
                                weight_decay=1e-5, nesterov=True)
    after = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS - 5, 0.1)
    return train(module, optimiser, made_up(6, (3, 8, 8), 5), smoothing=0.05, clip=0.001,
                 schedule=warmed(optimiser, 5, after), weight=0.01)


def ready(module):
    module = module.double().train()
    fill(module)
    return module


def main():
    torch.set_num_threads(1)
    lines = ["# Written by store_trainings.py."]

    lenet = ready(train_lenet5.LeNet5())
    lines += ["", "training LeNet-5 on digits, SGD", "net examples/lenet5.cnn", "batch 8",
              "digits examples/digits/sample-images.u8 examples/digits/sample-labels.txt",
              "SGD lr=0.01 momentum=0.9 decay=5e-4"]
    lines += train(lenet, torch.optim.SGD(lenet.parameters(), 0.01, momentum=0.9, weight_decay=5e-4), digits(8))

    norm = ready(norms())
    lines += ["", "training every normalisation and dropout, ADAMW, smoothed and clipped",
              "net tests/gradients/nets/norms.cnn", "batch 6",
              "ADAMW lr=0.01 decay=0.01 clip=0.5 beta1=0.9 beta2=0.999 eps=1e-8", "smoothing 0.1"]
    lines += train(norm, torch.optim.AdamW(norm.parameters(), 0.01, weight_decay=0.01), made_up(6, (3, 8, 8), 5),
                   smoothing=0.1, clip=0.5)
    lines += ["", "training as the recipe of the text says", "net tests/gradients/nets/recipe.cnn", "batch 6",
              "recipe 10"]
    lines += by_recipe()

    shared = ready(Shared())
    lines += ["", "training with shared weights, RMSPROP, clipped", "net tests/gradients/nets/shared.cnn", "batch 5",
              "RMSPROP lr=0.002 alpha=0.9 eps=0.001 clip=0.3"]
    lines += train(shared, torch.optim.RMSprop(shared.parameters(), 0.002, alpha=0.9, eps=0.001),
                   made_up(5, (4, 6, 6), 3), clip=0.3)

    # Not faster: made-up data and a high rate are chaos, where single precision soon goes other ways.
    exact, single = resnet20(torch.float64), resnet20(torch.float32)
    off = max(abs(float(a) - float(b)) / float(a) for x, y in zip(exact, single) if x.startswith("losses")
              for a, b in zip(x.split()[1:], y.split()[1:]))
    lines += ["", f"# PyTorch's own losses in single precision are {off:.1e} off.", "training ResNet-20, SGD",
              "net examples/resnet20_cifar.cnn", "batch 8", "evaluated 2", "SGD lr=0.0005 momentum=0.9 decay=1e-4"]
    lines += exact
    (HERE / "stored" / "trainings.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
