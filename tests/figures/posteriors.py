#!/usr/bin/env python3
"""Ways to one posterior on the plane against the exact one, by quadrature: a line for each target and method.

  python3 tests/figures/posteriors.py --out DIR [--seeds 3]

The largest of the seeds: error of a mean and of a covariance, KL(it || exact) on a grid in nats, R-hat; evaluations of
the target for an effective sample. Chains are 256 of 4,000 steps. The reference is the exact posterior; nobody has
published these figures. Last comes the bias of unadjusted Langevin in the covariances of the banana over its step,
which is to halve with it (Roberts and Tweedie 1996: of the order of the step).
"""
import time

import figure

STEPS = [0.2, 0.1, 0.05]


def largest(all_of_seeds, name):
    values = [m[name] for m in all_of_seeds]
    return None if None in values else round(max(map(float, values)), 5)


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    this = figure.Figure("posteriors", args)
    begin = time.time()
    seeds = range(args.seed, args.seed + args.seeds)
    runs = [this.elbo4j("posteriors", "--seed", seed)["posteriors"] for seed in seeds]
    for of_seeds in zip(*runs):
        this.add(target=of_seeds[0]["target"], method=of_seeds[0]["method"], seeds=args.seeds, **{
            name: largest(of_seeds, name) for name in ("mean_error", "covariance_error", "kl", "r_hat",
                                                       "evaluations_per_sample")}, published=None)
    bias = []
    for step in STEPS:
        found = [this.elbo4j("posteriors", "--target", "banana", "--seed", seed, "--step-size", step, "--updates", 1,
                             "--draws", 1)["posteriors"] for seed in seeds]
        bias.append(max(m["covariance_error"] for run in found for m in run if m["method"] == "unadjusted Langevin"))
    this.add(target="banana", method="unadjusted Langevin", seeds=args.seeds, steps=STEPS,
             covariance_errors=[round(b, 4) for b in bias], published=None, seconds=round(time.time() - begin),
             threads=args.threads)


if __name__ == "__main__":
    main()
