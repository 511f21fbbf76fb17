#!/usr/bin/env python3
"""The sprites by dense and by convolutional layers, at equal processor time of training: the ELBO of the test set.

  python3 tests/figures/sprites.py --out DIR

Dense: the first command's model, 1024-400-10-400-1024, 60 epochs, past where it levels off, with its learning rate of
1e-3 and with 3e-3. Convolutions of 8, 16, 32 and 64 channels, SiLU, batches of 32, 3e-3: 32 epochs, about as long, and
300. These settings did best of 12 that were tried, by validation images with seed 2; figures are of another
seed. The learning rates fall as a cosine. Nobody has published a figure of these images.
"""
import os

import figure

DENSE = ["--model", "vae", "--kl-warm-up", 20, "--learning-rate"]
CONVOLUTIONS = ["--model", "convolutional-vae", "--channels", "8,16,32,64", "--activation", "silu", "--batch", 32,
                "--learning-rate", 3e-3]
RUNS = [(60, [*DENSE, 1e-3]), (60, [*DENSE, 3e-3]), (32, CONVOLUTIONS), (300, CONVOLUTIONS)]


def main():
    args = figure.arguments(__doc__).parse_args()
    this = figure.Figure("sprites", args)
    for epochs, options in RUNS:
        model, rate = options[1], options[-1]
        folder = os.path.join(args.out, f"{model}-{epochs}-{rate}-{args.seed}")
        test = this.train_or_go_on(folder, epochs, ["--data", "sprites", "--schedule", "cosine", *options])["test"]
        this.add(model=model, epochs=epochs, learning_rate=rate, elbo=round(test["elbo"], 2), kl=round(test["kl"], 2),
                 active_units=test["active_units"],
                 published=None, seconds=this.seconds(folder, 16384), threads=args.threads)


if __name__ == "__main__":
    main()
