#!/usr/bin/env python3
"""Imitation of an expert that goes one of two ways: the Fork after 10,000 updates, the Cross after 5,000, seeds 0 to 2.

  python3 tests/figures/imitation.py

64-64 ReLU, Adam 1e-3, batches of 128, 200 demonstrations, those of the Fork 100 and their mirror images; success of 200
episodes, log p of 100 other demonstrations. "anchor" is what another program with the same definitions had, on other
demonstrations, where it was run; "anchor_updates" is after how many, where that is not the same. "passes" says whether
the bounds that were set before hold, and is null where none was: the Fork's mixture and bins >= 92 % success and 30 to
70 % above, the Gaussian's mean <= 40 %, the conditional VAE >= 75 % and KL > 0.02, the mixture's log p 0.04 above the
Gaussian's; on the Cross bins, mixture and conditional VAE >= 95 % and 30 to 70 % above, independent bins <= 80 %, log p
of mixture and conditional VAE 0.15 above the Gaussian's.
"""
import time

import figure

SEEDS = (0, 1, 2)
POLICIES = ("gaussian", "gaussian-mean", "mixture", "bins", "independent-bins", "conditional-vae")
UPDATES = {"fork": 10000, "cross": 5000}
# success, log p
ANCHORS = {
    ("fork", "gaussian"): ((.76, .73, .78), (.734, .763, .699), 5000),
    ("fork", "gaussian-mean"): ((.08, .03, .03), (.734, .763, .699), 5000),
    ("fork", "mixture"): ((.970, .975, .970), (.804, .842, .806), 5000),
    ("fork", "bins"): ((.985, .970, .995), (.709, .749, .700), 5000),
    ("fork", "conditional-vae"): ((.83, .88, .87), (.776, .826, .741), 5000),
    ("cross", "gaussian"): ((.69, .81, .74), (1.40, 1.31, 1.28), 5000),
    ("cross", "gaussian-mean"): ((.95, .95, .97), (1.40, 1.31, 1.28), 5000),
    ("cross", "mixture"): ((1, 1, 1), (1.70, 1.63, 1.67), 5000),
    ("cross", "bins"): ((1, 1, 1), (1.47, 1.41, 1.46), 5000),
    ("cross", "independent-bins"): ((.635, .600, .705), (1.46, 1.41, 1.47), 5000),
    ("cross", "conditional-vae"): ((1, 1, 1), (1.63, 1.55, 1.63), 5000)}


def passes(environment, policy, found, gaussian):
    both = 0.3 <= found["above"] <= 0.7
    gain = found["log_likelihood"] - gaussian["log_likelihood"]
    return {("fork", "gaussian-mean"): lambda: found["success"] <= 0.4,
            ("fork", "mixture"): lambda: found["success"] >= 0.92 and both and gain >= 0.04,
            ("fork", "bins"): lambda: found["success"] >= 0.92 and both,
            ("fork", "conditional-vae"): lambda: found["success"] >= 0.75 and found["kl"] > 0.02,
            ("cross", "mixture"): lambda: found["success"] >= 0.95 and both and gain >= 0.15,
            ("cross", "bins"): lambda: found["success"] >= 0.95 and both,
            ("cross", "independent-bins"): lambda: found["success"] <= 0.8,
            ("cross", "conditional-vae"): lambda: found["success"] >= 0.95 and both and gain >= 0.15,
            }.get((environment, policy), lambda: None)()


def main():
    args = figure.arguments(__doc__, runs=False).parse_args()
    this = figure.Figure("imitation", args)
    for environment, updates in UPDATES.items():
        gaussian = {}
        for policy in POLICIES:
            if (environment, policy) == ("fork", "independent-bins"):
                continue  # one column
            begin = time.time()
            found = this.elbo4j("imitate", "--environment", environment, "--policy", policy, "--updates", updates,
                                "--seeds", ",".join(map(str, SEEDS)),
                                *(["--mirrored"] if environment == "fork" else []))
            seconds = round((time.time() - begin) / len(SEEDS), 1)
            success, log_p, after = ANCHORS[environment, policy]
            for i, each in enumerate(found["policies"]):
                args.seed = each["seed"]
                gaussian = {**gaussian, args.seed: each} if policy == "gaussian" else gaussian
                more = {} if after == updates else {"anchor_updates": after}
                this.add(environment=environment, policy=policy, updates=updates, success=each["success"],
                         above=each["above"], log_likelihood=round(each["log_likelihood"], 3),
                         kl=round(each["kl"], 3), anchor={"success": success[i], "log_likelihood": log_p[i]}, **more,
                         passes=passes(environment, policy, each, gaussian[args.seed]), seconds=seconds,
                         threads=args.threads)


if __name__ == "__main__":
    main()
