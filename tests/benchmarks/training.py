#!/usr/bin/env python3
"""Training throughput of the command line against PyTorch, interleaved in one run.

  python3 tests/benchmarks/training.py --mnist DIR [--threads 2] [--rounds 5] [--batch 128] [--no-compile] [--java]

The model of PyTorch's VAE example: 784-400-20-400-784, ReLU, Bernoulli on grey values, Adam 1e-3. Ours is the command
`elbo4j train`, data included, its fastest epoch of three (the first ones warm the JVM up); PyTorch's are an eager loop,
and its best variant: one compiled step with fused Adam; each on data already in memory, its fastest epoch of two.
Prints the median over the rounds of (our samples/s / theirs). Needs PyTorch (to measure only) and the runnable jar.
"""
import argparse
import gzip
import json
import os
import statistics
import subprocess
import tempfile
import time

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
JAR = os.path.join(HERE, "..", "..", "java", "cli", "target", "elbo4j.jar")


def mnist(folder):
    with gzip.open(os.path.join(folder, "train-images-idx3-ubyte.gz")) as f:
        raw = f.read()
    return torch.frombuffer(bytearray(raw[16:]), dtype=torch.uint8).reshape(-1, 784).float() / 255


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.fc3, self.fc4 = nn.Linear(20, 400), nn.Linear(400, 784)

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        mean, log_variance = self.fc21(h), self.fc22(h)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        logits = self.fc4(torch.relu(self.fc3(z)))
        reconstruction = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        return (reconstruction + kl) / x.shape[0]


class Peer:
    """One variant of PyTorch's training loop."""

    def __init__(self, data, batch, compiled):
        self.data, self.batch = data, batch
        model = Vae()
        self.optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=compiled)
        self.loss = torch.compile(model) if compiled else model

    def epoch(self):
        n = self.data.shape[0] // self.batch * self.batch
        order = torch.randperm(self.data.shape[0])[:n]
        begin = time.perf_counter()
        for at in range(0, n, self.batch):
            x = self.data[order[at:at + self.batch]]
            self.optimiser.zero_grad()
            self.loss(x).backward()
            self.optimiser.step()
        return n / (time.perf_counter() - begin)


def ours(folder, batch, threads, backend, epochs):
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["java", "-jar", JAR, "train", "--data", f"mnist={folder}", "--hidden", "400", "--latent", "20",
                        "--batch", str(batch), "--epochs", str(epochs), "--threads", str(threads), "--backend", backend,
                        "--out", os.path.join(out, "run")], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(os.path.join(out, "run", "metrics.jsonl")) as f:
            return max(json.loads(line)["samples_per_second"] for line in f)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--java", action="store_true", help="measure the java backend as well")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    data = mnist(args.mnist)
    peers = {"eager": Peer(data, args.batch, False)}
    if not args.no_compile:
        peers["compiled, fused Adam"] = Peer(data, args.batch, True)
    for peer in peers.values():
        peer.epoch()
    rounds = {name: [] for name in [*peers, "cpu", "java"]}
    for _ in range(args.rounds):
        rounds["cpu"].append(ours(args.mnist, args.batch, args.threads, "cpu", 3))
        for name, peer in peers.items():
            rounds[name].append(max(peer.epoch(), peer.epoch()))
        if args.java:
            rounds["java"].append(ours(args.mnist, args.batch, args.threads, "java", 2))
    print(f"PyTorch {torch.__version__}, {args.threads} threads, batch {args.batch}, {args.rounds} rounds")
    for name, each in rounds.items():
        if name != "cpu" and each:
            ratios = [a / b for a, b in zip(rounds["cpu"], each)]
            print(f"  elbo4j's cpu backend trains {statistics.median(ratios):.2f}x as fast as"
                  f" {'its java backend' if name == 'java' else 'PyTorch ' + name}"
                  f" ({min(ratios):.2f} .. {max(ratios):.2f}); medians {statistics.median(rounds['cpu']):.0f} and"
                  f" {statistics.median(each):.0f} samples/s")


if __name__ == "__main__":
    main()
