#!/usr/bin/env python3
"""The sprites by dense and by convolutional layers, at equal processor time of training: the ELBO of the test set.

  python3 tests/figures/sprites.py --out DIR

Dense: the first command's model, 1024-400-10-400-1024, 60 epochs, past where it levels off. Convolutions of 16,
32 and 64 channels, SiLU, batches of 64, 20 epochs, about as long, and 60, of which the KL's weight grows over the first
ten, as without that most dimensions collapse. All have a learning rate of 1e-3 that falls as a cosine. Nobody has
published a figure of these images.
"""
import os

import figure

CONVOLUTIONS = ["--model", "convolutional-vae", "--channels", "16,32,64", "--activation", "silu", "--batch", 64,
                "--kl-warm-up", 10]
RUNS = [(60, ["--model", "vae", "--kl-warm-up", 20]), (20, CONVOLUTIONS), (60, CONVOLUTIONS)]


def main():
    args = figure.arguments(__doc__).parse_args()
    this = figure.Figure("sprites", args)
    for epochs, options in RUNS:
        model = options[1]
        folder = os.path.join(args.out, f"{model}-{epochs}-{args.seed}")
        test = this.train_or_go_on(folder, epochs, ["--data", "sprites", "--schedule", "cosine", *options])["test"]
        this.add(model=model, epochs=epochs, elbo=round(test["elbo"], 2), kl=round(test["kl"], 2),
                 active_units=test["active_units"], published=None, seconds=this.seconds(folder, 16384),
                 threads=args.threads)


if __name__ == "__main__":
    main()
