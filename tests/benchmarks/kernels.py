#!/usr/bin/env python3
"""Fused kernels against the same operations composed in PyTorch, eager and compiled, interleaved in one run.

  python3 tests/benchmarks/kernels.py [--backend cpu] [--threads 2] [--rounds 15] [--no-compile] [--only NAMES]
                                      [--sizes SIZES] [--json FILE]

Needs java/cli/target/elbo4j.jar, and PyTorch to compare with. Prints, for each kernel and size, our time and PyTorch's
as a multiple of ours: the median over the rounds, and the quartiles.
"""
import math

import measure
from measure import torch

SIZES = [(16384, 784), (8192, 64)]
LARGE = [(262144, 784)]
SMOKE = [(64, 40)]
# and how many matrices each touches
KERNELS = {"sampleKl": 3, "sampleKlBackward": 5, "bernoulli": 3, "gaussian": 5, "layerNorm": 4, "rmsNorm": 4,
           "softmax": 4, "logSoftmax": 4, "dropout": 4, "gruGates": 18}


def sample_kl(mean, log_variance):
    eps = torch.randn_like(mean)
    z = mean + eps * torch.exp(0.5 * log_variance)
    kl = -0.5 * (1 + log_variance - mean * mean - log_variance.exp()).sum(1)
    return z, kl


def bernoulli(logits, x):
    return -torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def gaussian(x, mean, log_variance):
    return (-0.5 * (math.log(2 * math.pi) + log_variance + (x - mean) ** 2 * torch.exp(-log_variance))).sum(1)


def layer_norm(x, gamma, beta):
    return torch.nn.functional.layer_norm(x, (x.shape[1],), gamma, beta)


def rms_norm(x, gamma, beta):
    return torch.nn.functional.rms_norm(x, (x.shape[1],), gamma, 1e-5)


def softmax(x):
    return torch.softmax(x, 1)


def log_softmax(x):
    return torch.log_softmax(x, 1)


def dropout(x):
    return torch.nn.functional.dropout(x, 0.1)


def gru_gates(a, b, h):
    """What torch.nn.GRUCell does after its products."""
    (a_r, a_z, a_n), (b_r, b_z, b_n) = a.chunk(3, 1), b.chunk(3, 1)
    r, z = (a_r + b_r).sigmoid(), (a_z + b_z).sigmoid()
    n = (a_n + r * b_n).tanh()
    return (h - n) * z + n


OF_ONE = {"softmax": softmax, "logSoftmax": log_softmax, "dropout": dropout}
FORMULAS = {"bernoulli": bernoulli, "gaussian": gaussian, "layerNorm": layer_norm, "rmsNorm": rms_norm,
            "gruGates": gru_gates, **OF_ONE}


def composed(name, f, device, rows, columns, sets):
    """One run over all sets of operands."""
    def operands():
        mean, log_variance = (torch.randn(rows, columns, device=device, requires_grad=True) for _ in range(2))
        return mean, log_variance, torch.randn(rows, columns, device=device), torch.full((rows,), 0.5, device=device)

    def gates():
        return *(torch.randn(rows, n * columns, device=device, requires_grad=True) for n in (3, 3, 1)), torch.randn(
            rows, columns, device=device)

    gamma, beta = (torch.full((columns,), v, device=device, requires_grad=True) for v in (1.0, 0.0))

    def one(mean, log_variance, x, weight):
        if name == "gruGates":  # a, b, h and the gradient of the next state
            torch.autograd.grad([f(mean, log_variance, x)], [mean, log_variance, x], [weight])
        elif name == "sampleKl":
            with torch.no_grad():
                f(mean, log_variance)
        elif name == "sampleKlBackward":
            torch.autograd.grad(list(f(mean, log_variance)), [mean, log_variance], [x, weight])
        elif name == "layerNorm":
            torch.autograd.grad([f(mean, gamma, beta)], [mean, gamma, beta], [x])
        elif name == "rmsNorm":
            torch.autograd.grad([f(mean, gamma, beta)], [mean, gamma], [x])
        elif name in OF_ONE:
            torch.autograd.grad([f(mean)], [mean], [x])
        elif name == "bernoulli":
            torch.autograd.grad([f(mean, x)], [mean], [weight])
        else:
            torch.autograd.grad([f(x, mean, log_variance)], [mean, log_variance], [weight])

    all_operands = [(gates if name == "gruGates" else operands)() for _ in range(sets)]

    def go():
        for each in all_operands:
            one(*each)
    return go


def peers(peer, name, rows, columns, sets):
    """Each variant's name and one run of it over all sets, warm."""
    f = FORMULAS.get(name, sample_kl)
    for variant in ("eager", "compiled") if peer.compile else ("eager",):
        go = composed(name, f if variant == "eager" else torch.compile(f, dynamic=False), peer.device, rows, columns,
                      sets)
        for _ in range(3):
            go()
        yield variant, go
    if peer.gpu and peer.compile:
        yield "compiled, captured", peer.captured(go)


def main():
    parser = measure.arguments(__doc__, 15)
    parser.add_argument("--sizes", help="as 128x256,1024x400")
    parser.add_argument("--only", default="", help="kernels, as layerNorm,softmax; all without it")
    args = parser.parse_args()
    ours = measure.Ours(args)
    peer = measure.Peer(args, ours)
    print(f"elbo4j: {ours.description}; {peer.description()}; {args.rounds} rounds")
    results = measure.Results(args, ours=ours.description, peer=peer.description())
    sizes = SMOKE if args.smoke else (LARGE if ours.gpu else []) + SIZES
    if args.sizes:
        sizes = [tuple(map(int, size.split("x"))) for size in args.sizes.split(",")]
    for rows, columns in sizes:
        for name, matrices in KERNELS.items():
            if args.only and name not in args.only.split(","):
                continue
            sets = measure.sets(ours.gpu, matrices * rows * columns * 4)
            work = 2_000_000_000 if ours.gpu else 100_000_000
            repetitions = 2 if args.smoke else max(2, work // (rows * columns * sets * matrices))
            timed = {"elbo4j": lambda: ours.time(name, rows, columns, repetitions, sets=sets)}
            try:
                if not peer.missing:
                    for variant, go in peers(peer, name, rows, columns, sets):
                        timed["PyTorch " + variant] = lambda go=go: peer.time(go, repetitions) / sets
            except Exception as e:  # a peer that fails must not cost our figure
                results.failed(f"PyTorch's {name} {rows} x {columns}", e)
            ours.warm_up(0 if args.smoke else 2, name, rows, columns, repetitions, sets=sets)
            results.ratios(f"{rows} x {columns} {name}", measure.interleaved(args.rounds, timed), kernel=name, rows=rows,
                           columns=columns, sets=sets)
    ours.close()


if __name__ == "__main__":
    main()
