#!/usr/bin/env python3
"""All gates of control, a row each: ours beside the anchor, as Markdown.

  python3 tests/figures/control.py --out DIR [--only NAME,NAME] [--seeds 0,1,2] [--any-commit]

The rows are in gates.py. The table is printed and written to DIR/control.md; the exit status is 1 if a gate fails. What
results/control.jsonl has of this commit is not run again; with --any-commit, the last of any is taken.
"""
import functools
import os
import statistics
import sys
import time

import figure
import gates

LEGEND = """\
A gate of "before" was set before anything was measured, one of "prototype" from what another program with the same
definitions had, with a margin. Anchors are that program's figures, on other data, where nobody is named. ± is a
standard error between episodes, of a mean over seeds between seeds. Seconds are those of a seed, with all that starts
and ends it.
"""


class Table:
    def __init__(self, this, any_commit):
        self.this = this
        self.of = {} if any_commit else {"commit": this.commit}
        # a tree that has changed since its commit may have changed again
        self.known = any_commit or not this.commit.endswith("+")

    @functools.cache
    def found(self, name, seed):
        """Of a row and seed; it is run where nothing is known."""
        before = self.this.done(row=name, seed=seed, **self.of) if self.known else None
        if before:
            return before
        begin = time.time()
        self.this.args.seed = seed
        found = gates.ROWS[name].run(self.this, seed)
        self.this.add(row=name, **found, seconds=round(time.time() - begin, 1), threads=self.this.args.threads)
        return self.this.done(row=name, seed=seed)

    def line(self, name, seeds):
        """A row of the table, and whether it passes."""
        row = gates.ROWS[name]
        if row.seeds:
            found = self.mean(name, row.seeds)
            failed = [] if row.passes(found, lambda other: self.mean(other, row.seeds)) else ["the mean"]
            shown = f"mean of the seeds {row.seeds[0]} to {row.seeds[-1]}: " + row.shown.format(**found)
            return self.cells(name, row, shown, found["seconds"], failed)
        found = [self.found(name, seed) for seed in seeds]
        failed = [str(seed) for seed, each in zip(seeds, found)
                  if row.passes and not row.passes(each, lambda other, seed=seed: self.found(other, seed))]
        return self.cells(name, row, "; ".join(row.shown.format(**each) for each in found),
                          statistics.mean(each["seconds"] for each in found), failed)

    def mean(self, name, seeds):
        """Of all numbers that a row finds; its standard error is that between seeds."""
        found = [self.found(name, seed) for seed in seeds]
        means = {key: statistics.mean(each[key] for each in found) for key in found[0]
                 if isinstance(found[0][key], (int, float))}
        if "standard_error" in means:
            means["standard_error"] = statistics.stdev(each["return"] for each in found) / len(found) ** 0.5
        return means

    @staticmethod
    def cells(name, row, shown, seconds, failed):
        verdict = "" if not row.passes else f"**no: {', '.join(failed)}**" if failed else "yes"
        return "| " + " | ".join((name, row.measured, row.gate, row.anchor, shown, f"{seconds:.0f}", verdict)) + " |", \
            not failed


def main():
    parser = figure.arguments(__doc__)
    parser.add_argument("--only", help="rows, by their names")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--any-commit", action="store_true", help="earlier results count too")
    args = parser.parse_args()
    names = args.only.split(",") if args.only else list(gates.ROWS)
    unknown = set(names) - set(gates.ROWS)
    if unknown:
        parser.error(f"--only: no row {', '.join(sorted(unknown))}; there are {', '.join(gates.ROWS)}")
    seeds = [int(seed) for seed in args.seeds.split(",")]
    table = Table(figure.Figure("control", args), args.any_commit)
    lines = [table.line(name, seeds) for name in names]
    text = "\n".join([f"| row | measured | gate | anchor | seeds {', '.join(map(str, seeds))} | seconds | passes |",
                      "|" + "---|" * 7, *(line for line, _ in lines), "",
                      LEGEND])
    with open(os.path.join(args.out, "control.md"), "w") as f:
        f.write(text)
    print(text, end="")
    sys.exit(not all(passes for _, passes in lines))


if __name__ == "__main__":
    main()
