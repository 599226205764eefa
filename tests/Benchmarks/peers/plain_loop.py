"""The workload of the trainer benchmark as one would write it in PyTorch: one device after another, on one thread.

Prints device updates a second, the median of the rounds. Needs PyTorch only (apt-get install python3-torch):

    python3 tests/Benchmarks/peers/plain_loop.py [--devices 256] [--rounds 5] [--heavy-tailed]
"""

import argparse
import statistics
import time

import torch
from torch import nn

BUCKETS, EMBEDDING, HIDDEN, CLASSES = 5000, 64, 128, 60
TOKENS, EXAMPLES, EXAMPLES_MAX, MOST_EXAMPLES = 12, 20, 200, 1060
BATCH, LEARNING_RATE = 10, 0.5


class Intents(nn.Module):
    """336,060 parameters: the mean of a text's embeddings, a hidden layer, a linear one."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(BUCKETS, EMBEDDING)
        self.hidden = nn.Linear(EMBEDDING, HIDDEN)
        self.output = nn.Linear(HIDDEN, CLASSES)

    def forward(self, tokens):
        return self.output(torch.relu(self.hidden(self.embedding(tokens).mean(1))))


def make_device(examples, generator):
    """Few tokens are frequent and many rare: the square of a uniform number says which."""
    tokens = (torch.rand(examples, TOKENS, generator=generator) ** 2 * BUCKETS).long()
    return tokens, torch.randint(CLASSES, (examples,), generator=generator)


def train_round(model, devices):
    """One epoch on each device from the same checkpoint; the updates are added up."""
    parameters = list(model.parameters())
    start = [parameter.detach().clone() for parameter in parameters]
    total = [torch.zeros_like(parameter) for parameter in start]
    for tokens, labels in devices:
        with torch.no_grad():
            for parameter, value in zip(parameters, start):
                parameter.copy_(value)
        optimizer = torch.optim.SGD(parameters, LEARNING_RATE)
        for first in range(0, len(labels), BATCH):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(tokens[first:first + BATCH]), labels[first:first + BATCH])
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            for kept, parameter, value in zip(total, parameters, start):
                kept.add_(parameter - value)
    with torch.no_grad():
        for parameter, value in zip(parameters, start):
            parameter.copy_(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--heavy-tailed", action="store_true", help="the k-th device has 1/k as many texts as the first, or 200 at most")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    sizes = [min(EXAMPLES_MAX, MOST_EXAMPLES // (k + 1)) if arguments.heavy_tailed else EXAMPLES for k in range(arguments.devices)]
    devices = [make_device(size, generator) for size in sizes]
    model = Intents()
    train_round(model, devices[:16])
    seconds = []
    for _ in range(arguments.rounds):
        start = time.perf_counter()
        train_round(model, devices)
        seconds.append(time.perf_counter() - start)
    print(f"PyTorch {torch.__version__}: {arguments.devices / statistics.median(seconds):.0f}")


if __name__ == "__main__":
    main()
