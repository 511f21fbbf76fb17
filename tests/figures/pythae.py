#!/usr/bin/env python3
"""Chadebec, Vincent and Allassonniere 2022, Pythae, the table of reproduced results: binary MNIST, -log p(x).

  python3 tests/figures/pythae.py --mnist DIR --out DIR [--model vae|vamp] [--most-epochs 1000]
                                  [--cosine-epochs N] [--schedule ours|theirs] [--draws once|visit]

vae: 784-400-40, ReLU, 200 importance samples. vamp: 500 pseudo-inputs, 40 latent dimensions, 5,000 samples. Batches of
100; the weights are those of the best ELBO of 10,000 validation images, which are no training images, and training ends
where that has not improved for 30 epochs, or at the most epochs. With cosine epochs the learning rate falls to 0 in so
many, training ends then, and the last weights count. The test set chooses nothing.

Otherwise than there: their images are one published drawing of the grey values to zeros and ones, ours another one
drawn by the seed, once for all epochs as theirs; Adam 5e-4 for both (theirs: a falling rate, RMSprop for vamp); vamp
has 784-400-40 with ReLU (theirs: two gated layers of 300, 2,000 epochs).

What may carry the difference, one thing at a time: with --schedule theirs vae has their 1e-4 for at most 500 epochs,
times 10^(-1/5) after 200 and 400 (theirs: after 200 and 350), and the best of all validations; with --draws visit the
training images are drawn anew at every visit, the test images are the same.
"""
import gzip
import os
import random
import shutil
import time

import figure

PUBLISHED = {"vae": 89.78, "vamp": 85.79}
SAMPLES = {"vae": 200, "vamp": 5000}
PATIENCE = 30
THEIRS = 500
FILES = ["train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"]
LABELS = ["train-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]
HEADER = 16


def draw(source, target, seed):
    """The IDX files, each grey value drawn once to 0 or 255."""
    os.makedirs(target, exist_ok=True)
    for i, name in enumerate(FILES):
        path = os.path.join(target, name)
        if os.path.exists(path):
            continue
        with gzip.open(os.path.join(source, name), "rb") as f:
            grey = f.read()
        uniform = random.Random(f"{seed}-{i}")
        drawn = bytes(255 if 255 * uniform.random() < g else 0 for g in grey[HEADER:])
        with gzip.open(path + ".part", "wb", compresslevel=1) as f:
            f.write(grey[:HEADER] + drawn)
        os.replace(path + ".part", path)
    for name in LABELS:
        shutil.copy(os.path.join(source, name), target)


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--mnist", required=True, help="the folder of the four gzipped IDX files")
    parser.add_argument("--model", choices=list(PUBLISHED), default="vae")
    parser.add_argument("--most-epochs", type=int, default=1000)
    parser.add_argument("--cosine-epochs", type=int, default=0)
    parser.add_argument("--schedule", choices=["ours", "theirs"], default="ours")
    parser.add_argument("--draws", choices=["once", "visit"], default="once")
    args = parser.parse_args()
    if args.cosine_epochs and args.schedule == "theirs":
        parser.error("--cosine-epochs goes with --schedule ours alone")
    this = figure.Figure("pythae", args)
    theirs, anew = args.schedule == "theirs", args.draws == "visit"
    epochs = args.cosine_epochs or (THEIRS if theirs else args.most_epochs)
    asked = {"model": args.model, "most_epochs": epochs, **({"cosine": True} if args.cosine_epochs else {}),
             **({"schedule": "theirs"} if theirs else {}), **({"draws": "visit"} if anew else {})}
    if this.done(seed=args.seed, **asked):
        return
    drawn = os.path.join(args.out, f"binary-{args.seed}")
    draw(args.mnist, drawn, args.seed)
    kind = [f"cosine-{epochs}"] * bool(args.cosine_epochs) + ["theirs"] * theirs + ["visit"] * anew
    folder = os.path.join(args.out, "-".join([args.model, str(args.seed), *kind]))
    rate = ["--schedule", "cosine", "--schedule-epochs", epochs] if args.cosine_epochs else [
        "--schedule", "staircase", "--schedule-epochs", 200, "--schedule-factor", 10 ** -0.2, "--patience", epochs
    ] if theirs else ["--patience", PATIENCE]
    begin = time.time()
    trained = this.train_or_go_on(folder, epochs, [
        "--data", f"mnist={args.mnist if anew else drawn}", "--model", {"vae": "vae", "vamp": "vamp-vae"}[args.model],
        "--hidden", 400, "--latent", 40, "--batch", 100, "--learning-rate", 1e-4 if theirs else 5e-4,
        "--validation", 1 / 6, *rate,
        *(["--binarise", "dynamic"] if anew else [])])
    done = time.time()
    best = os.path.join(folder, "checkpoint.safetensors" if args.cosine_epochs else "best.safetensors")
    test = this.elbo4j("evaluate", "--checkpoint", best, "--data", f"mnist={drawn}", "--samples", SAMPLES[args.model])
    this.add(**asked, epochs=trained["epochs_completed"],
             nll=round(test["nll"], 2), elbo=round(test["elbo"], 2), samples=SAMPLES[args.model],
             published=PUBLISHED[args.model], seconds_to_train=round(done - begin),
             seconds_to_test=round(time.time() - done), threads=args.threads)


if __name__ == "__main__":
    main()
