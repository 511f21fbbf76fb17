#!/usr/bin/env python3
"""The fused kernels' share of the memory bandwidth that a copy reaches on the same device, in the same run.

  python3 tests/benchmarks/bandwidth.py --backend cuda [--rounds 20] [--json FILE]

Counted are the bytes that a kernel has to move: every operand read once, every result written once. The copy is the
faster of our kernel and PyTorch's copy_, if it is there, of a matrix of the same shape.
"""
import statistics

import measure
from measure import torch

SHAPES = [(262144, 784), (4194304, 64)]
SMOKE = [(64, 40)]
# Bytes for each element.
KERNELS = {"sampleKl": 12, "sampleKlGradient": 20, "bernoulli": 12, "gaussian": 20, "klPerDimension": 8, "gelu": 8,
           "tanhGradient": 12, "rowSums": 4, "columnSums": 4, "normal": 4, "adam": 28}
COPY = 8


def main():
    args = measure.arguments(__doc__, 20).parse_args()
    ours = measure.Ours(args)
    peer = measure.Peer(args, ours)
    print(f"elbo4j: {ours.description}; {peer.description()}; {args.rounds} rounds")
    results = measure.Results(args, ours=ours.description, peer=peer.description())
    for rows, columns in SMOKE if args.smoke else SHAPES:
        elements = rows * columns
        repetitions = 2 if args.smoke else 8
        copies = {"elbo4j": lambda: ours.time("copy", rows, columns, repetitions)}
        if not peer.missing:
            source, target = (torch.randn(rows, columns, device=peer.device) for _ in range(2))
            copies["PyTorch"] = lambda: peer.time(lambda: target.copy_(source), repetitions)
        seconds = measure.interleaved(args.rounds, copies)
        rates = {name: [COPY * elements / s for s in each] for name, each in seconds.items()}
        best = max(statistics.median(each) for each in rates.values())
        results.add(f"{rows} x {columns} copy: {best * 1e-9:.0f} GB/s", kernel="copy", rows=rows, columns=columns,
                    bytes_per_second={name: measure.spread(each) for name, each in rates.items()})
        for name, size in KERNELS.items():
            rate = measure.spread([size * elements / s for s in measure.interleaved(args.rounds, {
                "": lambda: ours.time(name, rows, columns, repetitions)})[""]])
            results.add(f"{rows} x {columns} {name}: {rate['median'] * 1e-9:.0f} GB/s, {rate['median'] / best:.1%} of the"
                        " copy", kernel=name, rows=rows, columns=columns, bytes_per_second=rate,
                        share_of_copy=rate["median"] / best)
    ours.close()


if __name__ == "__main__":
    main()
