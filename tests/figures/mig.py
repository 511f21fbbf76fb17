#!/usr/bin/env python3
"""Chen et al. 2018, the mutual information gap of beta-VAE and beta-TC-VAE, on the generated sprites, over 5 seeds.

  python3 tests/figures/mig.py --out DIR [--seeds 5] [--epochs 30]

1024-400-10-400-1024, Adam 1e-3, batches of 128. MIG is of the 2,048 test images: scale, orientation and position in 8
equally likely bins each, the shape as it is. There is no published figure on these sprites.
"""
import os
import statistics

import figure

# of the sprites' training set
ROWS = 16_384
MODELS = {"vae": [], "beta-vae 4": ["--kl-weight", 4], "beta-tc 4": ["--total-correlation-weight", 4],
          "beta-tc 6": ["--total-correlation-weight", 6]}


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=30)
    args = parser.parse_args()
    first = args.seed
    for model, options in MODELS.items():
        gaps, elbos = [], []
        seconds = 0
        for args.seed in range(first, first + args.seeds):
            this = figure.Figure("mig", args)
            folder = os.path.join(args.out, f"{model.replace(' ', '-')}-{args.seed}")
            this.train_or_go_on(folder, args.epochs, ["--data", "sprites", "--model", "vae", *options])
            gaps.append(this.elbo4j("disentanglement", "--checkpoint", folder)["mig"])
            seconds += this.seconds(folder, ROWS)
            elbos.append(this.elbo4j("evaluate", "--checkpoint", folder)["elbo"])
        args.seed = first
        this.add(model=model, epochs=args.epochs, seeds=args.seeds, mig_median=round(statistics.median(gaps), 4),
                 mig_lowest=round(min(gaps), 4), mig_highest=round(max(gaps), 4),
                 elbo_median=round(statistics.median(elbos), 2), published=None, seconds_to_train=seconds,
                 threads=args.threads)


if __name__ == "__main__":
    main()
