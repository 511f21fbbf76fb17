#!/usr/bin/env python3
"""Plans through mud that an ensemble has no data of, by how pessimistic the planner is, seeds 0 to 2.

  python3 tests/figures/mud.py

The study is MudStudy among the tests of java/control, which must have been compiled. "predicted" is the mean return of
the plans in the model, "actual" in the environment, "mud" the share of 8 starts from which the mud is entered. Without
prior networks, and with such times 5. "anchor" is what another program had with the same definitions, whose priors were
sums of sines, on other data: predicted minus actual. "passes" says whether the bounds that were set before hold for
priors and a pessimism of 3: predicted minus actual at most 0.6 of what it is with 0, the mud entered from at most 0.8.
"""
import json
import os
import subprocess

import figure

CLASSES = os.path.join(figure.HERE, "..", "..", "java", "control", "target", "test-classes")
SEEDS = (0, 1, 2)
PESSIMISMS = (0, 3, 30)
ANCHORS = {(0, 0): (18.4, 22.2, 19.4), (0, 30): (17.3, 22.2, 19.4), (5, 0): (4.3, 11.0, 7.8),
           (5, 3): (-2.1, -1.3, -1.5), (5, 30): (-1.0, .8, -.7)}


def main():
    args = figure.arguments(__doc__, runs=False).parse_args()
    this = figure.Figure("mud", args)
    for prior in (0, 5):
        for seed in SEEDS:
            args.seed = seed
            command = ["java", "-cp", os.pathsep.join((CLASSES, args.jar)), "io.elbo4j.control.dynamics.MudStudy",
                       "cpu", args.threads, seed, prior, *PESSIMISMS]
            lines = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True).stdout
            first = None
            for found in map(json.loads, lines.splitlines()):
                gap = found["predicted"] - found["actual"]
                first = gap if first is None else first
                anchor = ANCHORS.get((prior, found["pessimism"]))
                gated = prior and found["pessimism"] == 3
                this.add(prior=prior, **found, gap=round(gap, 2), anchor=anchor and anchor[seed],
                         passes=abs(gap) <= 0.6 * abs(first) and found["mud"] <= 0.8 if gated else None,
                         threads=args.threads)


if __name__ == "__main__":
    main()
