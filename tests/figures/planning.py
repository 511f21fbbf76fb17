#!/usr/bin/env python3
"""Planning with the environment itself: the pendulum and PETS' cart-pole, a line for each search and seed.

  python3 tests/figures/planning.py --out DIR [--seeds 3] [--environment pendulum|cart-pole-swing-up]

Plans of 25 steps. Nobody has published figures on these starts. On the first 60 of the pendulum the optimum, by dynamic
programming on a grid of 301 x 301 and played in the environment, is -136.6; CEM on the cart-pole's equations is at the
"about 180" of the figure in Chua et al. 2018.
"""
import time

import figure

EPISODES = {"pendulum": 60, "cart-pole-swing-up": 20}
SEARCHES = {"pendulum": [("cross-entropy", "--population", 100, "--iterations", 5),
                         ("path-integral", "--population", 200), ("random-shooting", "--population", 500)],
            "cart-pole-swing-up": [("cross-entropy", "--population", 100, "--iterations", 3)]}


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--environment", choices=list(EPISODES))
    args = parser.parse_args()
    this = figure.Figure("planning", args)
    for environment in [args.environment] if args.environment else EPISODES:
        for search, *options in SEARCHES[environment]:
            begin = time.time()
            seeds = ",".join(map(str, range(args.seeds)))
            found = this.elbo4j("plan", "--environment", environment, "--search", search, *options, "--episodes",
                                EPISODES[environment], "--seeds", seeds)["searches"]
            this.add(environment=environment, search=search, options=options, episodes=EPISODES[environment],
                     seeds=args.seeds, returns=[round(f["return"], 1) for f in found],
                     standard_errors=[round(f["standard_error"], 1) for f in found], published=None,
                     seconds=round(time.time() - begin), threads=args.threads)


if __name__ == "__main__":
    main()
