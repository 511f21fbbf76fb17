#!/usr/bin/env python3
"""A posterior over the weights of a network (y = x^3 + noise, 20 points) by mean field, an ensemble and long chains.

  python3 tests/figures/weights.py --out DIR [--seeds 3]

A line for each data set and method, with a number for each seed: how many of 1,000 other points lie in their 90 %
intervals, the log-density of these in nats, the function's standard deviation for |x| < 1 ("in_gap") and at |x| = 6
("outside") over that at the data, R-hat. The reference is the chains (HMC); nobody has published these figures. A
mean-field posterior is known not to widen in a gap (Foong et al. 2020, On the expressiveness of approximate inference
in Bayesian neural networks): its ratio stands beside the chains'.
"""
import time

import figure


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    this = figure.Figure("weights", args)
    begin = time.time()
    runs = [this.elbo4j("weights", "--seed", s)["weights"] for s in range(args.seed, args.seed + args.seeds)]
    for of_seeds in zip(*runs):
        this.add(data=of_seeds[0]["data"], method=of_seeds[0]["method"], **{
            name: [None if m[name] is None else round(float(m[name]), 3) for m in of_seeds] for name in (
                "coverage", "log_likelihood", "in_gap", "outside", "r_hat")}, published=None,
                 seconds=round(time.time() - begin), threads=args.threads)


if __name__ == "__main__":
    main()
