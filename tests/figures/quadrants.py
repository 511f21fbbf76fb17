#!/usr/bin/env python3
"""Sohn et al. 2015, the rest of a digit given 1, 2 or 3 of its quadrants, as in Pyro's example of a conditional VAE.

  python3 tests/figures/quadrants.py --mnist DIR --out DIR [--observed 1 2 3] [--most-epochs 101]

Networks 500-500, 200 latent dimensions, ReLU, Adam 1e-3, batches of 128, grey values. As there, the figure is minus the
ELBO of log p(y | x) on the test set, and training ends where that has not improved for three epochs: the test set
chooses the epoch. (theirs: ten samples for each image; ours: one, of 10,000 images.) Beside it stand -log p(y | x) by
100 importance samples, and the plain network, which is trained beside the VAE, not before it.
"""
import array
import gzip
import json
import math
import os
import shutil

import figure

PUBLISHED = {1: (71.8, 100.4), 2: (51.0, 61.9), 3: (24.2, 25.4)}
PATIENCE = 3
ROWS = 60_000
SIDE, HALF = 28, 14


def test_elbo(folder):
    with open(os.path.join(folder, "metrics.jsonl")) as f:
        return [json.loads(line)["test"]["elbo"] for line in f]


def missing(observed):
    def given(row, column):
        left, lower = column < HALF, row >= HALF
        return left and lower if observed == 1 else left if observed == 2 else left or not lower
    return [r * SIDE + c for r in range(SIDE) for c in range(SIDE) if not given(r, c)]


def plain_nll(images, file, columns):
    """Of the network's guess: an image a row, as `encode` writes it."""
    with open(file, "rb") as f:
        data = f.read()
    guess = array.array("f", data[10 + int.from_bytes(data[8:10], "little"):])
    rows, total = len(images) // SIDE**2, 0.0
    for r in range(rows):
        for c in columns:
            x, p = images[r * SIDE**2 + c] / 255, guess[r * SIDE**2 + c]
            total -= x * max(math.log(p), -100) if x and p else 100 * x
            total -= (1 - x) * max(math.log1p(-p), -100) if p < 1 else 100 * (1 - x)
    return total / rows


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--mnist", required=True)
    parser.add_argument("--observed", type=int, nargs="+", choices=[1, 2, 3], default=[1, 2, 3])
    parser.add_argument("--most-epochs", type=int, default=101)
    args = parser.parse_args()
    this = figure.Figure("quadrants", args)
    with gzip.open(os.path.join(args.mnist, "t10k-images-idx3-ubyte.gz")) as f:
        images = f.read()[16:]
    data = f"mnist={args.mnist}"
    for observed in args.observed:
        if this.done(observed=observed, seed=args.seed):
            continue
        folder, best = (os.path.join(args.out, f"{observed}-{args.seed}{end}") for end in ("", "-best"))
        while True:
            elbos = test_elbo(folder) if os.path.exists(folder) else []
            at = elbos.index(max(elbos)) + 1 if elbos else 0
            if elbos and at == len(elbos):
                shutil.copytree(folder, best, dirs_exist_ok=True)
            if len(elbos) >= min(args.most_epochs, at + PATIENCE) and elbos:
                break
            this.train_or_go_on(folder, len(elbos) + 1, ["--data", data, "--model", "completion-vae", "--observed",
                                                         observed])
        test = this.elbo4j("evaluate", "--checkpoint", best, "--data", data, "--samples", 100)
        guess = os.path.join(args.out, "guess.npy")
        this.elbo4j("encode", "--checkpoint", best, "--data", data, "--set", "test", "--what", "guess", "--out", guess)
        published, plain = PUBLISHED[observed]
        this.add(observed=observed, minus_elbo=round(-test["elbo"], 2), published=published,
                 nll=round(test["nll"], 2), plain=round(plain_nll(images, guess, missing(observed)), 2),
                 published_plain=plain, epochs=at, seconds_to_train=this.seconds(folder, ROWS), threads=args.threads)


if __name__ == "__main__":
    main()
