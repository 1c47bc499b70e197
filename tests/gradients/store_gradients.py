"""Writes stored/gradients.txt: losses and gradients that PyTorch computes in double precision, of the networks in
tests/fixtures and of those below. problem.h describes the lines. usage: store_gradients.py"""
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "fixtures"))
sys.path.insert(0, str(ROOT / "examples" / "digits"))
import layer_rows  # noqa: E402
import network_rows  # noqa: E402
from counted import counted, from_stream, signed  # noqa: E402
from row import Function, net, pixels, wide  # noqa: E402

SEED, BATCH, SAMPLES = 1, 3, 8
KINKS = [0, 3, -3, 6, -1.5, 2]


class Case:
    """A network, its module, and the lines of its case in the file."""

    def __init__(self, title, path, module, shapes, *, prefix="", spread=2, special=(), whole=False, loss="MSE",
                 smoothing=0, margin=1, heads=None, mixup=False, batch=BATCH, step=0,
                 recipe=False, frozen=()):
        self.title, self.path, self.shapes, self.prefix = title, path, shapes, prefix
        self.module = module if isinstance(module, nn.Module) else Function(module)
        self.spread, self.special, self.whole, self.batch = spread, special, whole, batch
        self.loss, self.smoothing, self.margin, self.heads, self.mixup = loss, smoothing, margin, heads, mixup
        self.step, self.recipe, self.frozen = step, recipe, frozen

    def lines(self):
        yield f"case {self.title}"
        yield f"net {self.path}"
        yield f"batch {self.batch}"
        if self.whole:
            yield "pixels"
        if self.spread != 2:
            yield f"spread {self.spread:g}"
        if self.special:
            yield "special " + " ".join(f"{x:g}" for x in self.special)
        if self.recipe:
            yield "recipe"
            return
        words = [f"smoothing={self.smoothing:g}"] if self.smoothing else []
        words += [f"margin={self.margin:g}"] if self.loss == "HINGE" else []
        words += ["heads=" + ",".join(f"{x:g}" for x in self.heads)] if self.heads else []
        words += ["mixup"] if self.mixup else []
        words += [f"step={self.step}"] if self.step else []
        yield " ".join([f"loss {self.loss}"] + words)


def weight_numbers(name, tensor):
    """Those of problem.c."""
    x = torch.from_numpy(signed(SEED, name, tensor.numel())).view(tensor.shape)
    if name.endswith("running_var"):
        return 1 + x / 2
    if not name.endswith("weight"):
        return x / 2
    return 1 + x / 2 if tensor.dim() == 1 else x * np.sqrt(6 / (tensor.numel() / tensor.shape[0]))


def fill(module, prefix=""):
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point():
            with torch.no_grad():
                tensor.copy_(weight_numbers(prefix + name, tensor))


def make_image(case, index, shape):
    count = case.batch * int(np.prod(shape))
    stream = f"image{index}"
    x = np.floor(256 * counted(SEED, stream, count)) if case.whole else case.spread * signed(SEED, stream, count)
    x[:len(case.special)] = case.special
    return torch.from_numpy(x).view((case.batch,) + tuple(shape)).requires_grad_()


def class_loss(case, scores, classes):
    """The mean loss of each picture."""
    if case.loss == "CROSSENTROPY":
        loss = F.cross_entropy(scores, classes, label_smoothing=case.smoothing, reduction="none")
    else:  # PyTorch divides by the number of classes
        shape = classes.shape
        flat = scores.movedim(1, -1).reshape(-1, scores.shape[1])
        loss = F.multi_margin_loss(flat, classes.reshape(-1), margin=case.margin, reduction="none").view(shape)
        loss = loss * scores.shape[1]
    return loss.view(len(scores), -1).mean(1)


def classes_like(scores, stream):
    pixels_ = scores[:, 0]
    numbers = np.floor(counted(SEED, stream, pixels_.numel()) * scores.shape[1])
    return torch.from_numpy(numbers.astype(np.int64)).view(pixels_.shape)


def loss_of(case, output, k):
    if case.loss in ("CROSSENTROPY", "HINGE"):
        loss = class_loss(case, output, classes_like(output, f"classes{k}"))
        if case.mixup:
            share = torch.from_numpy(counted(SEED, f"shares{k}", len(output)))
            loss = share * loss + (1 - share) * class_loss(case, output, classes_like(output, f"others{k}"))
        return loss.mean()
    numbers = counted(SEED, f"targets{k}", output.numel())
    target = torch.from_numpy(numbers if case.loss == "BCE" else 2 * numbers - 1).view(output.shape)
    return {"MSE": F.mse_loss, "MAE": F.l1_loss, "BCE": F.binary_cross_entropy_with_logits}[case.loss](output, target)


def run(module, images):
    """Outputs of a batch. Modules of fixtures may take one image only; those with BN take the whole batch."""
    whole = any(isinstance(part, (nn.BatchNorm2d, Dropped)) for part in module.modules())
    parts = [module(*images)] if whole else [module(*[x[n:n + 1] for x in images]) for n in range(len(images[0]))]
    parts = [[part] if isinstance(part, torch.Tensor) else part for part in parts]
    return [torch.cat([part[k] for part in parts]).double() for k in range(len(parts[0]))]


def expectation(name, tensor):
    numbers = tensor.detach().double().numpy().reshape(-1)
    count = len(numbers)
    total = float((signed(SEED, "sum", count) * numbers).sum())
    samples = min(SAMPLES, count)
    words = [f"{numbers[i * count // samples]:.12g}" for i in range(samples)]
    return " ".join(["expect", name, str(count), f"{total:.12g}"] + words)


def describe(case):
    module = case.module.double().train()
    module.zero_grad()
    fill(module, case.prefix)
    images = [make_image(case, k, shape) for k, shape in enumerate(case.shapes)]
    outputs = run(module, images)
    loss = sum((case.heads[k] if case.heads else 1) * loss_of(case, output, k) for k, output in enumerate(outputs))
    loss.backward()
    lines = list(case.lines()) + [f"expect loss {loss.item():.15g}"]
    lines += [expectation(f"image{k}", image.grad) for k, image in enumerate(images)]
    fixed = {id(p) for part in module.modules() if isinstance(part, layer_rows.Rbf) for p in part.parameters()}
    fixed |= {id(p) for name, p in module.named_parameters() if name in case.frozen}
    lines += [expectation(case.prefix + name, p.grad) for name, p in module.named_parameters() if id(p) not in fixed]
    lines += [expectation(case.prefix + name, tensor) for name, tensor in module.named_buffers()
              if name.endswith(("running_mean", "running_var"))]
    return "\n".join(lines) + "\n"


def of_fixtures():
    # Modules for those that serve inference only: channel_shuffle has no derivative.
    instead = {"shuffle": lambda x: x.view(-1, 3, 4, 3, 4).transpose(1, 2).reshape(x.shape),
               "flatten_dropout": net(drop=Dropped(0.3, 1, 0), flat=nn.Flatten())}
    for kind, rows in (("layer", layer_rows.rows()), ("network", network_rows.rows())):
        for row in rows:
            options = {"prefix": row.prefix}
            if row.make_input is wide:
                options.update(spread=8, special=KINKS)
            elif row.make_input is pixels or row.name == "lenet5":
                options.update(whole=True)
            path = "examples/lenet5.cnn" if row.name == "lenet5" else f"tests/fixtures/data/{row.name}.cnn"
            module = instead.get(row.name, row.module)
            yield Case(f"PyTorch's {kind} {row.name}", path, module, row.inputs, **options)


class Dropped(nn.Module):
    """A DROPOUT whose mask is that of the layer with this number."""

    def __init__(self, rate, node, step):
        super().__init__()
        self.rate, self.node, self.step = rate, node, step

    def forward(self, x):
        random = from_stream(SEED, (self.step << 20) + self.node, x.numel())
        return x * torch.from_numpy((random >= self.rate) / (1 - self.rate)).view(x.shape)


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.fc1, self.fc2 = nn.Conv2d(2, 3, 3, padding=1), nn.Linear(48, 4), nn.Linear(12, 3)

    def forward(self, x):
        x = self.trunk(x).tanh()
        return [self.fc1(x.flatten(1)), self.fc2(F.max_pool2d(x, 2).flatten(1))]


def flat(count):
    return net(flat=nn.Flatten(), fc1=nn.Linear(18, count))


# Fixture networks have few equal numbers; here all are small whole ones.
TIES = [1, 1, 2, 2, 1, 2, 2, 2, 0, 0, 3, 1, 0, 0, 1, 3, -1, -1, -1, -2, 4, 4, 4, 4, 5, 0, 5, 0, 0, 5, 0, 5]


def of_losses():
    per_pixel = "tests/gradients/nets/pixels.cnn"
    scores = "tests/gradients/nets/scores.cnn"
    maps = net(conv1=nn.Conv2d(2, 4, 3, padding=1))
    shape = [(2, 3, 3)]
    yield Case("PyTorch's CROSSENTROPY", scores, flat(5), shape, loss="CROSSENTROPY")
    yield Case("PyTorch's CROSSENTROPY, smoothed", scores, flat(5), shape, loss="CROSSENTROPY", smoothing=0.2)
    yield Case("PyTorch's CROSSENTROPY behind a SOFTMAX", "tests/gradients/nets/softmax.cnn", flat(5), shape,
               loss="CROSSENTROPY", smoothing=0.1)
    yield Case("PyTorch's CROSSENTROPY per pixel", per_pixel, maps, shape, loss="CROSSENTROPY", smoothing=0.1)
    yield Case("PyTorch's CROSSENTROPY of a MIXUP", scores, flat(5), shape, loss="CROSSENTROPY", mixup=True)
    yield Case("PyTorch's HINGE", scores, flat(5), shape, loss="HINGE", margin=0.7)
    yield Case("PyTorch's HINGE per pixel", per_pixel, maps, shape, loss="HINGE")
    yield Case("PyTorch's MAE", per_pixel, maps, shape, loss="MAE")
    yield Case("PyTorch's BCE of scores", scores, flat(5), shape, loss="BCE")
    yield Case("PyTorch's BCE behind a SIGMOID", "tests/gradients/nets/sigmoid.cnn", maps, shape, loss="BCE")
    yield Case("PyTorch's losses of two heads", "tests/gradients/nets/heads.cnn", Heads(), [(2, 4, 4)],
               loss="CROSSENTROPY", heads=[1, 0.3])
    yield Case("PyTorch's losses of two heads, a layer is frozen, as a recipe says",
               "tests/gradients/nets/heads_recipe.cnn", Heads(), [(2, 4, 4)], loss="CROSSENTROPY", heads=[0.5, 2],
               smoothing=0.2, recipe=True, frozen=["fc1.weight", "fc1.bias"])


class Fixed(nn.BatchNorm2d):
    """A BN that uses its running statistics and leaves them as they are."""

    def __init__(self, channels, mean=None, var=None):
        super().__init__(channels)
        self.mean, self.var = mean, var

    def forward(self, x):
        for buffer, number in ((self.running_mean, self.mean), (self.running_var, self.var)):
            if number is not None:
                buffer.fill_(number)
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False)


def of_statistics():
    for name, words, norm, options in [
            ("literal statistics", "(mean=0.25, var=2)", Fixed(4, 0.25, 2), {}),
            ("a literal mean", "(mean=0.25)", Fixed(4, mean=0.25), {}),
            ("a literal variance", "(var=2)", Fixed(4, var=2), {}),
            ("frozen", "", Fixed(4), {"recipe": True, "loss": "CROSSENTROPY", "frozen": ["bn1.weight", "bn1.bias"]})]:
        net_name = "bn_" + name.replace(" ", "_")
        text = f"INPUT(3x3x2) -> CONV(4, 3x3) -> bn1: BN{words} -> FC(3)"
        text += "\ntrain freeze=bn1" if options else ""
        NETS[net_name] = text
        module = net(conv1=nn.Conv2d(2, 4, 3, padding=1), bn1=norm, flat=nn.Flatten(), fc1=nn.Linear(36, 3))
        yield Case(f"PyTorch's BN in a network that learns, {name}", f"tests/gradients/nets/{net_name}.cnn", module,
                   [(2, 3, 3)], **options)


def of_others():
    ties = {"special": TIES, "batch": 2}
    yield Case("PyTorch's POOL of equal numbers", "tests/gradients/nets/pool_ties.cnn",
               lambda x: F.max_pool2d(x, 3, 1, 1), [(1, 4, 4)], **ties)
    yield Case("PyTorch's adaptive MAXPOOL of equal numbers", "tests/gradients/nets/adaptive_ties.cnn",
               lambda x: F.adaptive_max_pool2d(x, 3), [(1, 4, 4)], **ties)
    yield Case("PyTorch's MAX of equal numbers", "tests/gradients/nets/max_ties.cnn",
               lambda x: torch.maximum(torch.maximum(x, x.clamp(1, 2)), x.abs()), [(1, 4, 4)], **ties)
    yield Case("PyTorch's DROPOUT with the same mask", "tests/gradients/nets/dropout.cnn",
               net(conv1=nn.Conv2d(2, 4, 3, padding=1), drop=Dropped(0.3, 2, 5), flat=nn.Flatten(),
                   fc1=nn.Linear(36, 3)), [(2, 3, 3)], step=5)


NETS = {
    "scores": "INPUT(3x3x2) -> FC(5)",
    "softmax": "INPUT(3x3x2) -> FC(5) -> SOFTMAX -> OUTPUT",
    "pixels": "INPUT(3x3x2) -> CONV(4, 3x3)",
    "sigmoid": "INPUT(3x3x2) -> CONV(4, 3x3) -> SIGMOID",
    "heads": "INPUT(4x4x2) -> trunk: CONV(3, 3x3) -> here: TANH -> FC(4) -> OUTPUT\n"
             "FROM(here) -> POOL -> FC(3) -> SOFTMAX -> OUTPUT",
    "heads_recipe": "INPUT(4x4x2) -> trunk: CONV(3, 3x3) -> here: TANH -> fc1: FC(4) -> first: OUTPUT\n"
                    "FROM(here) -> POOL -> fc2: FC(3) -> SOFTMAX -> second: OUTPUT\n"
                    "train CROSSENTROPY(smoothing=0.2), head=first, weight=0.5, head=second, weight=2, freeze=fc1",
    "pool_ties": "INPUT(4x4) -> POOL(3, stride=1, pad=1)",
    "adaptive_ties": "INPUT(4x4) -> MAXPOOL(out=3)",
    "max_ties": "INPUT(4x4) -> MAX{ | CLIP(1, 2) | ABS }",
    "dropout": "INPUT(3x3x2) -> CONV(4, 3x3) -> DROPOUT(0.3) -> FC(3)",
}


def main():
    torch.set_num_threads(1)
    cases = [*of_fixtures(), *of_losses(), *of_statistics(), *of_others()]
    for name, text in NETS.items():
        (HERE / "nets" / f"{name}.cnn").write_text(text + "\n")
    (HERE / "stored" / "gradients.txt").write_text("\n".join(describe(case) for case in cases))


if __name__ == "__main__":
    main()
