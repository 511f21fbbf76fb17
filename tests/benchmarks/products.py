#!/usr/bin/env python3
"""Matrix products against torch.matmul (cuBLAS in float32 on a GPU, TF32 off), interleaved in one run.

  python3 tests/benchmarks/products.py [--backend cpu] [--rounds 20] [--json FILE]

1024-cubed, and the shapes of a step of the 784-400-20-400-784 VAE. Operands stay where the last product left them, as
in a training step. On a GPU both sides replay a graph of ten products.
"""
import measure
from measure import torch

# What it is, rows, columns and depth of the product.
SHAPES = [("matmul", 1024, 1024, 1024)]
for batch in (128, 1024):
    for inputs, outputs in ((784, 400), (400, 20), (20, 400), (400, 784)):
        SHAPES += [("matmul", batch, outputs, inputs), ("matmulInputGradient", batch, inputs, outputs),
                   ("matmulWeightGradient", inputs, outputs, batch)]
SMOKE = [("matmul", 33, 20, 17), ("matmulInputGradient", 33, 20, 17), ("matmulWeightGradient", 33, 20, 17)]
COPIES = 10


def theirs(peer, name, rows, columns, depth):
    a = torch.randn(rows, depth, device=peer.device)
    b = torch.randn(depth, columns, device=peer.device)
    if name == "matmulInputGradient":
        b = torch.randn(columns, depth, device=peer.device).t()
    elif name == "matmulWeightGradient":
        a = torch.randn(depth, rows, device=peer.device).t()
    c = torch.empty(rows, columns, device=peer.device)

    def go():
        for _ in range(COPIES):
            torch.matmul(a, b, out=c)
    go()
    return peer.captured(go) if peer.gpu else go


def main():
    args = measure.arguments(__doc__, 20).parse_args()
    ours = measure.Ours(args)
    peer = measure.Peer(args, ours)
    print(f"elbo4j: {ours.description}; {peer.description()}; {args.rounds} rounds")
    results = measure.Results(args, ours=ours.description, peer=peer.description(), tf32=False)
    for name, rows, columns, depth in SMOKE if args.smoke else SHAPES:
        work = 400_000_000_000 if ours.gpu else 4_000_000_000
        repetitions = 1 if args.smoke else max(1, min(200, work // (2 * rows * columns * depth * COPIES)))
        timed = {"elbo4j": lambda: ours.time(name, rows, columns, repetitions, depth, COPIES)}
        try:
            if not peer.missing:
                go = theirs(peer, name, rows, columns, depth)
                timed["PyTorch"] = lambda: peer.time(go, repetitions) / COPIES
        except Exception as e:  # a peer that fails must not cost our figure
            results.failed(f"PyTorch's {name} {rows} x {columns} of {depth}", e)
        results.ratios(f"{name} {rows} x {columns} of {depth}", measure.interleaved(args.rounds, timed), kernel=name,
                       rows=rows, columns=columns, depth=depth)
    ours.close()


if __name__ == "__main__":
    main()
