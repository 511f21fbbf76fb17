#!/usr/bin/env python3
"""Fused kernels against the same operations composed in PyTorch, eager and compiled, interleaved in one run.

  python3 tests/benchmarks/kernels.py [--backend cpu] [--threads 2] [--rounds 15] [--no-compile]

Needs PyTorch (to measure only) and java/cli/target/elbo4j.jar. Prints, for each kernel and size, the median over the
rounds of (PyTorch's time / ours), and the 10th and 90th percentile of that ratio.
"""
import argparse
import math
import os
import statistics
import subprocess
import time

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
JAR = os.path.join(HERE, "..", "..", "java", "cli", "target", "elbo4j.jar")
SETTLE = 0.02  # seconds: OpenMP's threads spin for a while after their work and would take a core from whoever is next
SIZES = [(8192, 64), (16384, 784)]


def sample_kl(mean, log_variance):
    eps = torch.randn_like(mean)
    z = mean + eps * torch.exp(0.5 * log_variance)
    kl = -0.5 * (1 + log_variance - mean * mean - log_variance.exp()).sum(1)
    return z, kl


def bernoulli(logits, x):
    return -torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def gaussian(x, mean, log_variance):
    return (-0.5 * (math.log(2 * math.pi) + log_variance + (x - mean) ** 2 * torch.exp(-log_variance))).sum(1)


def peers(rows, columns, compiled):
    """Name of our kernel -> {variant: function}."""
    mean = torch.randn(rows, columns, requires_grad=True)
    log_variance = torch.randn(rows, columns, requires_grad=True)
    x = torch.randn(rows, columns)
    weight = torch.full((rows,), 0.5)

    def forward(f):
        def go():
            with torch.no_grad():
                f(mean, log_variance)
        return go

    def both(f):
        def go():
            z, kl = f(mean, log_variance)
            torch.autograd.grad([z, kl], [mean, log_variance], [x, weight])
        return go

    def one(f):
        def go():
            torch.autograd.grad([f(mean, x)], [mean], [weight])
        return go

    def two(f):
        def go():
            torch.autograd.grad([f(x, mean, log_variance)], [mean, log_variance], [weight])
        return go

    table = {"sampleKl": (forward, sample_kl), "sampleKlBackward": (both, sample_kl), "bernoulli": (one, bernoulli),
             "gaussian": (two, gaussian)}
    result = {}
    for name, (wrap, f) in table.items():
        result[name] = {"eager": wrap(f)}
        if compiled:
            result[name]["compiled"] = wrap(torch.compile(f, dynamic=False))
    return result


class Ours:
    def __init__(self, backend, threads):
        self.process = subprocess.Popen(["java", "-cp", JAR, os.path.join(HERE, "KernelServer.java"), backend,
                                         str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.description = self.process.stdout.readline().strip()

    def time(self, name, rows, columns, repetitions):
        self.process.stdin.write(f"{name} {rows} {columns} {repetitions}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--backend", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-compile", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    ours = Ours(args.backend, args.threads)
    print(f"elbo4j: {ours.description}; PyTorch {torch.__version__}; {args.threads} threads; {args.rounds} rounds")
    for rows, columns in SIZES:
        repetitions = max(2, 100_000_000 // (rows * columns))
        for name, variants in peers(rows, columns, not args.no_compile).items():
            for f in variants.values():
                for _ in range(3):
                    f()
            ours.time(name, rows, columns, 5 * repetitions)
            ratios = {v: [] for v in variants}
            for _ in range(args.rounds):
                time.sleep(SETTLE)
                mine = ours.time(name, rows, columns, repetitions)
                for variant, f in variants.items():
                    time.sleep(SETTLE)
                    begin = time.perf_counter()
                    for _ in range(repetitions):
                        f()
                    ratios[variant].append((time.perf_counter() - begin) / repetitions / mine)
            for variant, each in ratios.items():
                q = statistics.quantiles(each, n=10)
                print(f"  {rows}x{columns} {name:17s} PyTorch {variant:8s} takes {statistics.median(each):5.2f}x"
                      f" ({q[0]:.2f} .. {q[-1]:.2f})")


if __name__ == "__main__":
    main()
