#!/usr/bin/env python3
"""Training steps of layers against PyTorch's, interleaved in one run: forward, squared error, backward with the gradient
of the input, plain SGD.

  python3 tests/benchmarks/layers.py [--backend cpu] [--threads 2] [--rounds 9] [--only NAME] [--json FILE]

Convolutions: encoders of 4 x 4 kernels with stride 2 and the mirrored decoders, PyTorch in both of its layouts. GRU: 64
steps, 256 inputs, against torch.nn.GRU. Cells and norms against PyTorch eager. With --java the peer is our own java
backend instead, also in single convolutions: gather, spread and the weights' gradient. Needs java/cli/target/elbo4j.jar,
and PyTorch to compare with. Prints each peer's time as a multiple of ours: the median over the rounds, and the
quartiles.
"""
import os

import measure
from measure import torch

STEPS = 64
# name, batch, columns, depth
CASES = ([(f"convolutions/{net}", batch, 0, 1) for net, batch in (
    ("28x1-32-64-128", 128), ("32x1-32-32-64", 128), ("64x3-48-96-192-384", 16), ("64x3-48-96-192-384", 50))]
    + [("gru", batch, 256, units) for batch in (16, 50) for units in (200, 400, 600)]
    + [("normalisedGru", 16, 256, 200)]
    + [("gruCell", batch, 256, 200) for batch in (16, 128, 1024)]
    + [(norm, rows, columns, 1) for norm in ("layerNorm", "rmsNorm")
       for rows, columns in ((16, 200), (128, 256), (1024, 400), (4096, 512))])
DIRECTIONS = [f"convolution.{direction}" for direction in ("gather", "spread", "weightGradient")]
SINGLE = [(f"{name}/{shape}", batch, 0, 1) for shape, batch in (
    ("28x1-32", 128), ("64x3-48", 16), ("32x3-64", 16), ("14x32-64", 128), ("8x192-384", 16)) for name in DIRECTIONS]
SMOKE_SINGLE = [(f"{name}/8x2-3", 3, 0, 1) for name in DIRECTIONS]
SMOKE = [("convolutions/8x1-2-3", 3, 0, 1), ("gru", 2, 3, 4), ("normalisedGru", 2, 3, 4), ("gruCell", 2, 3, 4),
         ("layerNorm", 3, 5, 1), ("rmsNorm", 3, 5, 1)]


def convolutions(net, layout):
    nn = torch.nn
    side, *channels = [int(n) for n in net.replace("x", "-").split("-")]
    down, up = [], []
    for i, o in zip(channels, channels[1:]):
        small = side // 2
        down += [nn.Conv2d(i, o, 4, 2, 1), nn.ReLU()]
        up = [nn.ConvTranspose2d(o, i, 4, 2, 1, output_padding=side - 2 * small)] + ([nn.ReLU()] + up if up else [])
        side = small
    return nn.Sequential(*down, *up).to(memory_format=layout)


class NormalisedGru(torch.nn.Module if torch else object):
    """DreamerV2's cell, step by step."""

    def __init__(self, inputs, units):
        super().__init__()
        self.units = units
        self.input = torch.nn.Linear(inputs, 3 * units, bias=False)
        self.state = torch.nn.Linear(units, 3 * units, bias=False)
        self.norm = torch.nn.LayerNorm(3 * units, eps=1e-3)

    def forward(self, x):
        products, h, all_h = self.input(x), x.new_zeros(x.shape[0], self.units), []
        for t in range(x.shape[1]):
            r, u, c = self.norm(products[:, t] + self.state(h)).chunk(3, 1)
            u = torch.sigmoid(u - 1)
            h = u * torch.tanh(torch.sigmoid(r) * c) + (1 - u) * h
            all_h.append(h)
        return torch.stack(all_h, 1)


def peers(name, batch, columns, depth):
    """Each variant's name and one step of it."""
    nn = torch.nn
    if name.startswith("convolutions/"):
        net = name.split("/")[1]
        side, channels = (int(n) for n in net.split("-")[0].split("x"))
        for layout in (torch.channels_last, torch.contiguous_format):
            x = torch.randn(batch, channels, side, side).contiguous(memory_format=layout)
            yield str(layout).split(".")[1], step(convolutions(net, layout), x)
        return
    sequence = torch.randn(batch, STEPS, columns)
    if name == "gru":
        layer = nn.GRU(columns, depth, batch_first=True)
        yield "eager", step(layer, sequence, lambda x: layer(x)[0])
    elif name == "normalisedGru":
        yield "eager", step(NormalisedGru(columns, depth), sequence)
    elif name == "gruCell":
        cell, h = nn.GRUCell(columns, depth), torch.randn(batch, depth)
        yield "eager", step(cell, torch.randn(batch, columns), lambda x: cell(x, h))
    else:
        norm = (nn.LayerNorm if name == "layerNorm" else nn.RMSNorm)(columns, eps=1e-5)
        yield "eager", step(norm, torch.randn(batch, columns))


def step(module, x, forward=None):
    forward = forward or module
    optimiser = torch.optim.SGD(module.parameters(), lr=1e-6)
    x.requires_grad_()
    target = torch.randn_like(forward(x))

    def go():
        optimiser.zero_grad(set_to_none=True)
        x.grad = None
        loss = ((forward(x) - target) ** 2).sum() / x.shape[0]
        loss.backward()
        optimiser.step()
    return go


def main():
    parser = measure.arguments(__doc__, 9)
    parser.add_argument("--only", default="", help="cases whose name begins so")
    parser.add_argument("--java", action="store_true", help="compare with the java backend instead of PyTorch")
    args = parser.parse_args()
    if args.server == measure.SERVER:
        args.server = f"java -cp {measure.JAR} {os.path.join(measure.HERE, 'LayerServer.java')}"
    ours = measure.Ours(args)
    peer = measure.Peer(args, ours)
    java = None
    if args.java:
        java = measure.Ours(type("", (), {"server": args.server, "backend": "java", "threads": args.threads}))
    print(f"elbo4j: {ours.description}; {java.description if java else peer.description()}; {args.threads} threads,"
          f" {args.rounds} rounds")
    results = measure.Results(args, ours=ours.description, peer=peer.description())
    cases, single = (SMOKE, SMOKE_SINGLE) if args.smoke else (CASES, SINGLE)
    for name, batch, columns, depth in cases + (single if java else []):
        if not name.startswith(args.only):
            continue
        once = ours.time(name, batch, columns, 2, depth=depth)
        repetitions = 2 if args.smoke else max(2, int(0.2 / once))
        timed = {"elbo4j": lambda: ours.time(name, batch, columns, repetitions, depth=depth)}
        if java:
            timed["java"] = lambda: java.time(name, batch, columns, max(1, repetitions // 8), depth=depth)
        elif not peer.missing:
            for variant, go in peers(name, batch, columns, depth):
                timed["PyTorch " + variant] = lambda go=go: peer.time(go, repetitions)
        for go in timed.values():
            go()
        results.ratios(f"{name} {batch} x {columns} {depth}", measure.interleaved(args.rounds, timed), layer=name,
                       batch=batch, columns=columns, depth=depth, threads=args.threads)
    ours.close()
    if java:
        java.close()


if __name__ == "__main__":
    main()
