"""Writes stored/updates.txt: what PyTorch's optimisers and schedules do over 200 steps, in double precision. updates.c
describes the lines. usage: store_updates.py"""
import pathlib

import torch
from torch.optim import lr_scheduler

HERE = pathlib.Path(__file__).resolve().parent
STEPS, EVERY = 200, 10

OPTIMISERS = [
    ("SGD", "lr=0.01"),
    ("SGD", "lr=0.01 momentum=0.9"),
    ("SGD", "lr=0.01 momentum=0.9 decay=0.05"),
    ("SGD", "lr=0.01 momentum=0.8 decay=0.01 nesterov=yes"),
    ("ADAM", "lr=0.02 beta1=0.9 beta2=0.999 eps=1e-8"),
    ("ADAM", "lr=0.02 beta1=0.8 beta2=0.99 eps=0.001 decay=0.1"),
    ("ADAMW", "lr=0.02 beta1=0.9 beta2=0.999 eps=1e-8 decay=0.1"),
    ("RMSPROP", "lr=0.01 alpha=0.99 eps=1e-8"),
    ("RMSPROP", "lr=0.01 alpha=0.9 eps=0.01"),
]
ERRORS = [1, 0.8, 0.79, 0.79, 0.789999, 0.8, 0.81, 0.9, 0.5, 0.5, 0.6, 0.5, 0.49999, 0.5, 0.5, 0.5, 0.4, 0.41, 0.42,
          0.43, 0.44, 0.45]


def make(kind, words, weights):
    v = {name: number for name, number in (word.split("=") for word in words.split())}
    f = {name: float(number) for name, number in v.items() if number != "yes"}
    decay = f.get("decay", 0)
    if kind == "SGD":
        return torch.optim.SGD(weights, f["lr"], momentum=f.get("momentum", 0), weight_decay=decay,
                               nesterov="nesterov" in v)
    if kind == "RMSPROP":
        return torch.optim.RMSprop(weights, f["lr"], alpha=f["alpha"], eps=f["eps"])
    which = torch.optim.Adam if kind == "ADAM" else torch.optim.AdamW
    return which(weights, f["lr"], betas=(f["beta1"], f["beta2"]), eps=f["eps"], weight_decay=decay)


def optimiser(kind, words):
    p = torch.nn.Parameter(torch.tensor([(i - 2.5) / 2 for i in range(6)], dtype=torch.float64))
    a = torch.arange(1, 7, dtype=torch.float64)
    c = torch.arange(0, 6, dtype=torch.float64) / 10
    optimiser_ = make(kind, words, [p])
    yield f"optimiser {kind} {words}\n{kind} {words}"
    for step in range(1, STEPS + 1):
        optimiser_.zero_grad()
        (a * (p - c) ** 2 / 2 + torch.cos(3 * p)).sum().backward()
        optimiser_.step()
        if step % EVERY == 0 or step < 4:
            yield f"at {step} " + " ".join(f"{x:.12g}" for x in p.tolist())


def schedule(words, make_schedule, rate=0.1):
    """The rate of every tenth step, and of the first and last ones."""
    optimiser_ = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], rate)
    schedule_ = make_schedule(optimiser_)
    yield f"schedule {words}\n{words} lr={rate:g} steps={STEPS}"
    for step in range(STEPS):
        if step % EVERY == 0 or step < 12 or step > STEPS - 3:
            yield f"at {step} {optimiser_.param_groups[0]['lr']:.15g}"
        optimiser_.step()
        schedule_.step()


def warmed(optimiser_, steps, after):
    """LinearLR from rate/steps, then another."""
    start = lr_scheduler.LinearLR(optimiser_, 1 / steps, 1, total_iters=steps - 1)
    return lr_scheduler.SequentialLR(optimiser_, [start, after], [steps])


def schedules():
    yield from schedule("CONSTANT", lambda o: lr_scheduler.LambdaLR(o, lambda step: 1))
    yield from schedule("STEP factor=0.2 at=5 at=60 at=150",
                        lambda o: lr_scheduler.MultiStepLR(o, [5, 60, 150], 0.2))
    yield from schedule("COSINE to=0.001", lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, 0.001))
    yield from schedule("COSINE to=0 warmup=10",
                        lambda o: warmed(o, 10, lr_scheduler.CosineAnnealingLR(o, STEPS - 10, 0)))
    yield from schedule("LINEAR to=0.02", lambda o: lr_scheduler.LinearLR(o, 1, 0.2, total_iters=STEPS))
    yield from schedule("LINEAR to=0 warmup=8",
                        lambda o: warmed(o, 8, lr_scheduler.LinearLR(o, 1, 0, total_iters=STEPS - 8)))
    yield from schedule("ONECYCLE peak=0.3 from=0.04 to=4e-6",
                        lambda o: lr_scheduler.OneCycleLR(o, 0.1, STEPS, cycle_momentum=False))
    yield from schedule("ONECYCLE peak=0.25 from=0.1 to=0.001",
                        lambda o: lr_scheduler.OneCycleLR(o, 0.1, STEPS, pct_start=0.25, div_factor=10,
                                                          final_div_factor=100, cycle_momentum=False))


def plateau(factor, patience):
    optimiser_ = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.1)
    schedule_ = lr_scheduler.ReduceLROnPlateau(optimiser_, factor=factor, patience=patience)
    words = f"PLATEAU lr=0.1 factor={factor:g} patience={patience}"
    yield f"plateau {words}\n{words}\nerrors " + " ".join(f"{e:g}" for e in ERRORS)
    for epoch, error in enumerate(ERRORS):
        schedule_.step(error)
        yield f"at {epoch + 1} {optimiser_.param_groups[0]['lr']:.15g}"


def main():
    lines = ["# Written by store_updates.py."]
    for kind, words in OPTIMISERS:
        lines += [""] + list(optimiser(kind, words))
    lines += [""] + list(schedules())
    for factor, patience in [(0.1, 2), (0.5, 0), (0.5, 10)]:
        lines += [""] + list(plateau(factor, patience))
    (HERE / "stored" / "updates.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
