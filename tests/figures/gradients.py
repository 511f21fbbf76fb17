#!/usr/bin/env python3
"""Estimators of the ELBO's gradient at the parameters of a VAE that has learned for three epochs: bias and variance.

  python3 tests/figures/gradients.py --out DIR [--draws 4000]

The sprites, 10 latent dimensions, and the same with a class for z; 32 rows; 1, 4, 16 samples. Bias along the gradient
and its standard error, against the reparameterised gradient by other draws, or against the exact one of classes, by
enumeration: unbiased is within 3 standard errors. The variance's ratio to that of the first of the same bound and
samples, the reparameterised gradient where there is one. There is no published figure; Williams 1992 and Kingma and
Welling 2014 say that both are unbiased, and which of them varies more.
"""
import os
import time

import figure


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--draws", type=int, default=4000)
    args = parser.parse_args()
    this = figure.Figure("gradients", args)
    for model in ("vae", "categorical-vae"):
        if this.done(model=model, draws=args.draws, seed=args.seed):
            continue
        begin = time.time()
        folder = os.path.join(args.out, f"{model}-{args.seed}")
        this.train_or_go_on(folder, 3, ["--data", "sprites", "--model", model])
        found = this.elbo4j("estimators", "--checkpoint", folder, "--draws", args.draws)
        for measured in found["measurements"]:
            this.add(model=model, draws=args.draws, **{
                k: round(v, 4) if isinstance(v, float) else v for k, v in measured.items()}, published=None,
                     seconds=round(time.time() - begin), threads=args.threads)


if __name__ == "__main__":
    main()
