"""Trains LeNet-5 (examples/lenet5.cnn) on handwritten digits with PyTorch and writes its weights.

    train_lenet5.py DIGITS_DIR T10K_DIR [--out DIR] [--epochs N] [--seed N] [--threads N]

DIGITS_DIR holds digits10k-images-idx3-ubyte.gz and digits10k-labels-idx1-ubyte.gz: 9,000 digits to
train on, the last 1,000 held out. T10K_DIR holds MNIST's official test digits, used for the final
figure only. Writes into --out (default: beside this script):

    lenet5.safetensors            the weights, under the names of examples/lenet5.cnn
    sample-images.u8              the first 200 held-out digits, 200 x 28 x 28 bytes
    sample-labels.txt             their labels, one per line
    sample-predictions.txt        what PyTorch answers for them, one per line
    t10k-predictions.txt          what PyTorch answers for the 10,000 test digits, one per line

The network takes raw pixels 0..255, 28x28 with two rows and columns of zeros around (32x32), and
multiplies them by 1/255 itself. No other program needs this script: the weights are committed."""
import argparse
import gzip
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import safetensors_file

HELD_OUT = 1000
SAMPLE = 200


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x * (1 / 255))), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(F.relu(self.fc2(x)))


def read_idx(folder, stem):
    with gzip.open(folder / (stem + "-images-idx3-ubyte.gz")) as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(folder / (stem + "-labels-idx1-ubyte.gz")) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    assert len(images) == len(labels)
    return images, labels


def as_input(images):
    return F.pad(torch.from_numpy(images.copy()).float().unsqueeze(1), (2, 2, 2, 2))


def distort(x, generator):
    """A small random rotation, scaling, shear and shift of each image."""
    n = len(x)

    def uniform(limit):
        return (torch.rand(n, generator=generator) * 2 - 1) * limit

    angle, shear = uniform(13 * math.pi / 180), uniform(0.15)
    sx, sy = 1 + uniform(0.13), 1 + uniform(0.13)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = torch.cos(angle) * sx, (shear - torch.sin(angle)) * sy
    theta[:, 1, 0], theta[:, 1, 1] = torch.sin(angle) * sx, torch.cos(angle) * sy
    theta[:, 0, 2], theta[:, 1, 2] = uniform(0.13), uniform(0.13)
    return F.grid_sample(x, F.affine_grid(theta, x.shape, align_corners=False), align_corners=False)


def predict(network, x):
    with torch.no_grad():
        return torch.cat([network(part).argmax(1) for part in x.split(500)])


def train(x, y, epochs, seed, check):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network, averaged = LeNet5(), LeNet5()
    averaged.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    batches = math.ceil(len(x) / 64)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * batches)
    for epoch in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for part in order.split(64):
            loss = F.cross_entropy(network(distort(x[part], generator)), y[part], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                for a, b in zip(averaged.parameters(), network.parameters()):
                    a.lerp_(b, 0.002)
        if epoch % 5 == 4 or epoch == epochs - 1:
            print(f"epoch {epoch + 1}: loss {loss.item():.4f}, held-out {check(averaged):.2f} %", flush=True)
    return averaged


def write_lines(path, values):
    path.write_text("".join(f"{int(value)}\n" for value in values))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("digits", type=pathlib.Path)
    parser.add_argument("t10k", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    images, labels = read_idx(options.digits, "digits10k")
    x, y = as_input(images), torch.from_numpy(labels.astype(np.int64))
    held_x, held_y = x[-HELD_OUT:], y[-HELD_OUT:]

    def check(network):
        return (predict(network, held_x) == held_y).float().mean().item() * 100

    network = train(x[:-HELD_OUT], y[:-HELD_OUT], options.epochs, options.seed, check)
    safetensors_file.write(options.out / "lenet5.safetensors", network.state_dict())
    (options.out / "sample-images.u8").write_bytes(images[-HELD_OUT:][:SAMPLE].tobytes())
    write_lines(options.out / "sample-labels.txt", held_y[:SAMPLE])
    write_lines(options.out / "sample-predictions.txt", predict(network, held_x[:SAMPLE]))

    images, labels = read_idx(options.t10k, "t10k")
    answers = predict(network, as_input(images))
    write_lines(options.out / "t10k-predictions.txt", answers)
    right = int((answers.numpy() == labels).sum())
    print(f"t10k: {right} of {len(labels)} right, {100 * right / len(labels):.2f} %")


if __name__ == "__main__":
    main()
