#!/usr/bin/env python3
"""Times the steps of a network that learns in PyTorch; tests/bench/train.py talks to it as to train_step.c:

    train_torch.py NETWORK BATCH THREADS [VARIANT]

prints "ready VARIANT US", the way to compute that was fastest in a few steps, unless one is given: a list of
channels_last, foreach, jit, or plain. Needs Debian's python3-torch."""
import re
import sys
import time
import warnings

import torch
from torch import nn

WORDS = ("channels_last", "foreach", "jit")
TRIED_SECONDS = 1.5


class Basic(nn.Module):
    """He et al.'s block of two convolutions; the shortcut is a projection, or padded with zeros."""

    def __init__(self, channels, filters, stride, projected):
        super().__init__()
        self.conv1, self.bn1 = conv(channels, filters, 3, stride), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = conv(filters, filters, 3), nn.BatchNorm2d(filters)
        self.relu, self.stride, self.missing = nn.ReLU(inplace=True), stride, filters - channels
        changes = stride != 1 or channels != filters
        self.shortcut = nn.Sequential(conv(channels, filters, 1, stride), nn.BatchNorm2d(filters)) \
            if projected and changes else None

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        if self.shortcut:
            x = self.shortcut(x)
        elif self.missing or self.stride != 1:
            half = self.missing // 2
            x = nn.functional.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, half, half))
        return self.relu(y + x)


class Inverted(nn.Module):
    """MobileNetV2's inverted residual."""

    def __init__(self, channels, expansion, filters, stride):
        super().__init__()
        hidden = expansion * channels
        self.body = nn.Sequential(*(unit(channels, hidden, 1) if expansion != 1 else []),
                                  *unit(hidden, hidden, 3, stride, hidden), conv(hidden, filters, 1),
                                  nn.BatchNorm2d(filters))
        self.adds = stride == 1 and channels == filters

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


def conv(channels, filters, size, stride=1, groups=1, bias=False):
    return nn.Conv2d(channels, filters, size, stride, size // 2, groups=groups, bias=bias)


def unit(channels, filters, size, stride=1, groups=1):
    return [conv(channels, filters, size, stride, groups), nn.BatchNorm2d(filters), nn.ReLU6(inplace=True)]


def lenet5():
    relu = nn.ReLU(inplace=True)
    return [nn.Conv2d(1, 6, 5), relu, nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), relu, nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), relu, nn.Linear(120, 84), relu, nn.Linear(84, 10)]


def cifar10():
    return [conv(3, 12, 3, bias=True), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3072, 10)]


def cifar_vgg():
    layers, channels = [], 3
    for filters in (32, 64, 128):
        for _ in range(2):
            layers += [conv(channels, filters, 3, bias=True), nn.ReLU(inplace=True)]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return layers + [nn.Flatten(), nn.Linear(2048, 256), nn.ReLU(inplace=True), nn.Linear(256, 10)]


def blocks(channels, stages, projected):
    layers = []
    for filters, count, stride in stages:
        for i in range(count):
            layers.append(Basic(channels, filters, stride if i == 0 else 1, projected))
            channels = filters
    return layers + [nn.AdaptiveAvgPool2d(1), nn.Flatten()]


def resnet20_cifar():
    return [conv(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(inplace=True),
            *blocks(16, [(16, 3, 1), (32, 3, 2), (64, 3, 2)], False), nn.Linear(64, 10)]


def resnet18():
    return [conv(3, 64, 7, 2), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
            *blocks(64, [(64, 2, 1), (128, 2, 2), (256, 2, 2), (512, 2, 2)], True), nn.Linear(512, 1000)]


def mobilenet_v2():
    layers, channels = unit(3, 32, 3, 2), 32
    for expansion, filters, count, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
                                              (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(count):
            layers.append(Inverted(channels, expansion, filters, stride if i == 0 else 1))
            channels = filters
    return [*layers, *unit(320, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2),
            nn.Linear(1280, 1000)]


# The network, the shape of an image, classes.
NETWORKS = {"lenet5": (lenet5, (1, 32, 32), 10), "cifar10": (cifar10, (3, 32, 32), 10),
            "cifar_vgg": (cifar_vgg, (3, 32, 32), 10), "resnet20_cifar": (resnet20_cifar, (3, 32, 32), 10),
            "mobilenet_v2": (mobilenet_v2, (3, 96, 96), 1000), "resnet18": (resnet18, (3, 224, 224), 1000)}


def peak_mb():
    with open("/proc/self/status", encoding="utf-8") as file:
        found = re.search(r"VmHWM:\s*(\d+)", file.read())
    return int(found[1]) / 1024 if found else 0.0


def stepper(name, batch, variant):
    """A function that takes a step: forward, backward, SGD with momentum."""
    layers, shape, classes = NETWORKS[name]
    torch.manual_seed(1)
    model, images = nn.Sequential(*layers()), torch.rand(batch, *shape)
    targets = torch.randint(0, classes, (batch,))
    if "channels_last" in variant:
        model, images = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9, foreach="foreach" in variant)
    forward = torch.jit.trace(model, images, check_trace=False) if "jit" in variant else model
    criterion = nn.CrossEntropyLoss()

    def step():
        optimiser.zero_grad(set_to_none=True)
        criterion(forward(images), targets).backward()
        optimiser.step()

    return step


def times(step, seconds):
    """The microseconds of each step: time, processor time."""
    found, begin = [], time.perf_counter()
    while not found or time.perf_counter() - begin < seconds:
        start, processor = time.perf_counter(), time.process_time()
        step()
        found.append((1e6 * (time.perf_counter() - start), 1e6 * (time.process_time() - processor)))
    return found


def tried(name, batch, variant):
    """The least time of a few steps, of one thread the least processor time; the first ones are slower."""
    step = stepper(name, batch, variant)
    for _ in range(2):
        step()
    return min(pair[torch.get_num_threads() == 1] for pair in times(step, TRIED_SECONDS))


def fastest(name, batch):
    """One word after the other is kept if it helps."""
    variant, least = [], tried(name, batch, [])
    for word in WORDS:
        took = tried(name, batch, variant + [word])
        if took < least:
            variant, least = variant + [word], took
    return variant, least


def main():
    name, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    warnings.simplefilter("ignore")  # that tracing takes constants for constants
    before, least = peak_mb(), 0
    if len(sys.argv) > 4:
        variant = [] if sys.argv[4] == "plain" else sys.argv[4].split(",")
    else:
        variant, least = fastest(name, batch)
    step = stepper(name, batch, variant)
    print("ready %s %.3f" % (",".join(variant) or "plain", least), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "turn":
            print(" ".join("%.3f %.3f" % pair for pair in times(step, float(words[1]))), flush=True)
        else:
            print("%.1f %.1f" % (peak_mb(), before), flush=True)


if __name__ == "__main__":
    main()
