#!/usr/bin/env python3
"""Burda, Grosse and Salakhutdinov 2016, Importance weighted autoencoders, table 1, MNIST: stage by stage.

  python3 tests/figures/burda.py --mnist DIR --out DIR [--objective vae|iwae] [--k 1|5|50] [--layers 1|2] [--stages 7]
                                 [--kl-warm-up EPOCHS]

One stochastic layer: 784-200-200-50, tanh. Two: 784-200-200-100-100-100-50. Batches of 20; Adam with epsilon 1e-4;
stage i = 1 to 8 has 3^(i-1) epochs at 1e-3 10^(-(i-1)/7); grey values are drawn to zeros and ones anew at every visit,
in the test set once. NLL is -log p(x) by 5,000 samples in the last stage asked for, by 500 in those before. The
published figures are those of all eight stages.

Otherwise than there: weights begin uniform within 1 / sqrt(inputs), biases too; the test set's zeros and ones are other
draws. With --kl-warm-up, which they do not have, the KL's weight grows from 0 over the first epochs: without it two
layers lose most of their dimensions early on. Of two layers "kl" is the sum, active units are the second's.
"""
import os
import time

import figure

PUBLISHED = {("vae", 1, 1): 86.76, ("vae", 1, 5): 86.47, ("vae", 1, 50): 86.35,
             ("iwae", 1, 1): 86.76, ("iwae", 1, 5): 85.54, ("iwae", 1, 50): 84.78,
             ("vae", 2, 1): 85.33, ("vae", 2, 5): 85.01, ("vae", 2, 50): 84.78,
             ("iwae", 2, 1): 85.33, ("iwae", 2, 5): 83.89, ("iwae", 2, 50): 82.90}
STAGES = 8


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--mnist", required=True)
    parser.add_argument("--objective", choices=["vae", "iwae"], default="vae")
    parser.add_argument("--k", type=int, choices=[1, 5, 50], default=1)
    parser.add_argument("--layers", type=int, choices=[1, 2], default=1)
    parser.add_argument("--stages", type=int, choices=range(1, STAGES + 1), default=7)
    parser.add_argument("--kl-warm-up", type=int, default=0)
    args = parser.parse_args()
    this = figure.Figure("burda", args)
    name = f"{args.objective}-{args.layers}-{args.k}" + (f"-warm-up-{args.kl_warm_up}" if args.kl_warm_up else "")
    folder = os.path.join(args.out, f"{name}-{args.seed}")
    objective = "importance-weighted" if args.objective == "iwae" else "elbo" if args.layers == 1 else "sampled-elbo"
    options = ["--data", f"mnist={args.mnist}", "--batch", 20, "--binarise", "dynamic", "--epsilon", 1e-4,
               "--objective", objective, "--samples", args.k, "--schedule", "staircase", "--schedule-epochs", 1,
               "--schedule-factor", 10 ** (-1 / 7), "--schedule-growth", 3, "--evaluate-every", 27,
               *(["--kl-warm-up", args.kl_warm_up] if args.kl_warm_up else [])]
    if args.layers == 1:
        options += ["--model", "vae", "--hidden", "200,200", "--latent", 50, "--activation", "tanh"]
    else:
        options += ["--model", "hierarchical-vae"]
    epochs = 0
    for stage in range(1, args.stages + 1):
        epochs += 3 ** (stage - 1)
        samples = 5000 if stage == args.stages else 500
        if this.done(model=name, stage=stage, samples=samples, seed=args.seed):
            continue
        begin = time.time()
        this.train_or_go_on(folder, epochs, options)
        trained = time.time()
        test = this.elbo4j("evaluate", "--checkpoint", folder, "--data", f"mnist={args.mnist}", "--samples", samples)
        this.add(model=name, stage=stage, epochs=epochs, samples=samples, nll=round(test["nll"], 3),
                 elbo=round(test["elbo"], 3), kl=round(test["kl"], 3), active_units=test["active_units"],
                 published=PUBLISHED[args.objective, args.layers, args.k],
                 stages=STAGES, seconds_to_train=round(trained - begin), seconds_to_test=round(time.time() - trained),
                 threads=args.threads)


if __name__ == "__main__":
    main()
