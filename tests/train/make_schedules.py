#!/usr/bin/env python3
"""Writes schedules.txt: the learning rates of PyTorch's schedulers, for the suite to compare with. Needs PyTorch; the
tests do not. A line is a recipe, the number of steps and of steps an epoch, and the rates of every `every`th step;
PLATEAU's are the errors of the epochs and the rates after them."""
import math
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

warnings.simplefilter("ignore")


def optimiser(rate):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True, dtype=torch.float64)], lr=rate)


def rates(rate, steps, make):
    own = optimiser(rate)
    scheduler = make(own)
    found = []
    for _ in range(steps):
        found.append(own.param_groups[0]["lr"])
        own.step()
        scheduler.step()
    return found


def falling(rate, steps, warm, make):
    """Warmup and what follows are two schedulers, one after the other."""
    up = rates(rate, warm, lambda o: schedulers.LinearLR(o, 1 / warm, 1, warm - 1)) if warm > 1 else [rate] * warm
    return up + rates(rate, steps - warm, make)


def line(words, found, every):
    print(words, f"every={every}", "|", *(f"{value:.10g}" for value in found[::every]), file=out)


with open(pathlib.Path(__file__).with_name("schedules.txt"), "w", encoding="utf-8") as out:
    line("schedule=0 rate=0.1 steps=40 per_epoch=10", [0.1] * 40, 10)
    for rate, factor, at in ((0.1, 0.1, (2, 4)), (0.05, 0.5, (1, 2, 3, 15)), (1, 0.3, (7,))):
        line(f"schedule=1 rate={rate} factor={factor} at={','.join(map(str, at))} steps=200 per_epoch=20",
             rates(rate, 200, lambda o: schedulers.MultiStepLR(o, [20 * a for a in at], factor)), 10)
    for rate, to, steps, per_epoch, warmup in ((0.1, 0, 200, 20, 0), (0.4, 0.001, 200, 20, 1), (0.1, 0.01, 90, 7, 2.5)):
        warm = math.floor(warmup * per_epoch + 0.5)
        words = f"rate={rate} to={to} warmup={warmup} steps={steps} per_epoch={per_epoch}"
        line(f"schedule=2 {words}",
             falling(rate, steps, warm, lambda o: schedulers.CosineAnnealingLR(o, steps - warm, to)), 7)
        line(f"schedule=3 {words}",
             falling(rate, steps, warm, lambda o: schedulers.LinearLR(o, 1, to / rate or 1e-300, steps - warm)), 7)
    for rate, peak, first, to in ((0.1, 0.3, 0.04, 4e-6), (2, 0.1, 0.5, 0.01), (0.3, 0.45, 0.04, 4e-6)):
        line(f"schedule=4 rate={rate} peak={peak} from={first} to={to} steps=200 per_epoch=20",
             rates(rate, 200, lambda o: schedulers.OneCycleLR(o, rate, 200, pct_start=peak, div_factor=1 / first,
                                                              final_div_factor=first / to)), 7)
    for rate, factor, patience in ((0.1, 0.1, 2), (0.01, 0.5, 0), (1e-7, 0.1, 1)):
        own = optimiser(rate)
        scheduler = schedulers.ReduceLROnPlateau(own, factor=factor, patience=patience)
        pairs = []
        for epoch in range(30):
            error = round(0.5 * 0.8 ** min(epoch, 8) + (0.001 if epoch % 3 else -0.00001) * (epoch > 8), 6)
            scheduler.step(error)
            pairs += [error, own.param_groups[0]["lr"]]
        line(f"schedule=5 rate={rate} factor={factor} patience={patience}", pairs, 1)
