#!/usr/bin/env python3
"""The amortisation gap on MNIST: what an encoder's q gives away against the best Gaussian of each image.

  python3 tests/figures/amortisation.py --mnist DIR --out DIR

A dense VAE of 784-400-20, grey values drawn to zeros and ones anew in each step, Adam 1e-3, batches of 128, 15
epochs; then of the first 450 test images q is fitted to each by 300 updates of Adam from the encoder's answer on, with the model
held, and log p(x) is estimated by 2,000 samples. Cremer et al. 2018 have such gaps, of other networks: none is
published for this one.
"""
import gzip
import os

import figure

EPOCHS = 15
WRITTEN = 500  # of a NumPy array the last tenth is the test set: 450 are evaluated
HEADER = 16


def few(source, target):
    """A NumPy array of the first test images."""
    path = os.path.join(target, "few.npy")
    with gzip.open(os.path.join(source, "t10k-images-idx3-ubyte.gz"), "rb") as f:
        grey = f.read()[HEADER:HEADER + WRITTEN * 784]
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 28, 28), }" % WRITTEN
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00\x76\x00" + header.ljust(117).encode() + b"\n" + grey)
    return path


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--mnist", required=True, help="the folder of the four IDX files, gzipped")
    args = parser.parse_args()
    this = figure.Figure("amortisation", args)
    folder = os.path.join(args.out, f"vae-{args.seed}")
    this.train_or_go_on(folder, EPOCHS, ["--model", "vae", "--data", f"mnist={args.mnist}", "--hidden", 400, "--latent",
                                         20, "--binarise", "dynamic"])
    found = this.elbo4j("evaluate", "--checkpoint", folder, "--data", f"npy={few(args.mnist, args.out)}", "--set",
                        "train", "--local-steps", 300, "--samples", 2000)
    this.add(epochs=EPOCHS, images=found["rows"], elbo=round(found["elbo_encoder"], 2), elbo_fitted=round(
        found["elbo_fitted"], 2), amortisation_gap=round(found["amortisation_gap"], 3), standard_error=round(
            found["amortisation_gap_error"], 3), nll=round(found["nll"], 2), approximation_gap=round(
                -found["nll"] - found["elbo_fitted"], 3), published=None, seconds=this.seconds(folder, 60000),
             threads=args.threads)


if __name__ == "__main__":
    main()
