#!/usr/bin/env python3
"""Agents against PyTorch eager, interleaved in one run: sizes of the pendulum, 3 observations and 1 action.

  python3 tests/benchmarks/control.py [--threads 2] [--rounds 9] [--only sac|act|plan] [--json FILE]

sac: an update of soft actor-critic, 64-64, batch 128, drawn from 10,000 transitions that lie in memory: two critics and
their copies, the actor, the temperature. PyTorch's Adam is the loop over all parameters at once, or the fused one.
act: the action for one observation. plan: a decision by 500 plans of 25 steps in an ensemble of 5 members, 64-64, SiLU,
which predicts the change and the reward; PyTorch has its members in one baddbmm a layer. PyTorch runs with one thread and
with as many as ours. Needs java/cli/target/elbo4j.jar, and PyTorch to compare with. Prints each peer's time as a
multiple of ours: the median over the rounds, and the quartiles.
"""
import copy
import math
import os

import measure
from measure import torch

OBSERVATIONS, ACTIONS, REMEMBERED, HORIZON = 3, 1, 10_000, 25
# name, rows, units, members
CASES = [("sac", 128, 64, 1), ("act", 1, 64, 1), ("plan", 500, 64, 5)]
SMOKE = [("sac", 4, 3, 1), ("act", 1, 3, 1), ("plan", 5, 3, 2)]


def network(inputs, units, outputs):
    nn = torch.nn
    return nn.Sequential(nn.Linear(inputs, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU(),
                         nn.Linear(units, outputs))


def drawn(both):
    """An action and its log-probability."""
    mean, spread = both.chunk(2, 1)
    log_sigma = 3.5 * torch.tanh(spread) - 1.5
    noise = torch.randn_like(mean)
    u = mean + log_sigma.exp() * noise
    log_p = -0.5 * noise ** 2 - log_sigma - (0.5 * math.log(2 * math.pi))
    log_p = log_p - 2 * (math.log(2) - u - torch.nn.functional.softplus(-2 * u))
    return torch.tanh(u), log_p.sum(1, keepdim=True)


def sac(batch, units, adam):
    actor = network(OBSERVATIONS, units, 2 * ACTIONS)
    critics = [network(OBSERVATIONS + ACTIONS, units, 1) for _ in range(2)]
    targets = [copy.deepcopy(c).requires_grad_(False) for c in critics]
    log_alpha = torch.zeros(1, requires_grad=True)
    of_critics = [p for c in critics for p in c.parameters()]
    of_targets = [p for c in targets for p in c.parameters()]
    of_actor = list(actor.parameters())
    optimisers = [torch.optim.Adam(p, lr=1e-3, **{adam: True}) for p in (of_critics, of_actor, [log_alpha])]
    s, a, r, after = (torch.rand(REMEMBERED, n) * 2 - 1 for n in (OBSERVATIONS, ACTIONS, 1, OBSERVATIONS))
    goes_on = torch.ones(REMEMBERED, 1)

    def take(optimiser, loss, parameters):
        optimiser.zero_grad(set_to_none=True)
        loss.backward(inputs=parameters)
        optimiser.step()

    def go():
        rows = torch.randint(REMEMBERED, (batch,))
        s_now, alpha = s[rows], log_alpha.exp().detach()
        with torch.no_grad():
            action, log_p = drawn(actor(after[rows]))
            both = torch.cat((after[rows], action), 1)
            ahead = torch.minimum(targets[0](both), targets[1](both)) - alpha * log_p
            y = r[rows] + 0.99 * goes_on[rows] * ahead
        both = torch.cat((s_now, a[rows]), 1)
        mse = torch.nn.functional.mse_loss
        take(optimisers[0], mse(critics[0](both), y) + mse(critics[1](both), y), of_critics)
        action, log_p = drawn(actor(s_now))
        both = torch.cat((s_now, action), 1)
        take(optimisers[1], (alpha * log_p - torch.minimum(critics[0](both), critics[1](both))).mean(), of_actor)
        take(optimisers[2], -log_alpha * (log_p.detach().mean() - ACTIONS), [log_alpha])
        torch._foreach_lerp_(of_targets, of_critics, 0.005)
    return go


def act(units):
    actor = network(OBSERVATIONS, units, 2 * ACTIONS)
    observation = torch.rand(1, OBSERVATIONS).numpy()

    def go():
        with torch.no_grad():
            return 2 * torch.tanh(actor(torch.from_numpy(observation))[:, :ACTIONS]).numpy()
    return go


def plan(plans, units, members):
    widths, outputs = (OBSERVATIONS + ACTIONS, units, units), OBSERVATIONS + 1
    layers = [((torch.rand(members, i, o) * 2 - 1) / math.sqrt(i), (torch.rand(members, 1, o) * 2 - 1) / math.sqrt(i))
              for i, o in zip(widths, (units, units, 2 * outputs))]
    into, by = torch.zeros(OBSERVATIONS + ACTIONS), torch.ones(OBSERVATIONS + ACTIONS)
    middle, scale = torch.zeros(outputs), torch.ones(outputs)
    start = torch.full((OBSERVATIONS,), 0.5)
    functional = torch.nn.functional
    means = [torch.zeros(HORIZON * ACTIONS)]

    def go():
        with torch.no_grad():
            mean = means[0]
            candidates = (mean + 0.5 * torch.randn(plans, HORIZON * ACTIONS)).clamp(-1, 1)
            state, total = start.expand(members, plans, OBSERVATIONS), 0
            for t in range(HORIZON):
                action = candidates[:, t * ACTIONS:(t + 1) * ACTIONS].expand(members, plans, ACTIONS)
                h = (torch.cat((state, action), 2) - into) * by
                for i, (weight, bias) in enumerate(layers):
                    h = torch.baddbmm(bias, h, weight)
                    h = functional.silu(h) if i < 2 else h
                m, log_v = h.chunk(2, 2)
                log_v = 4 - functional.softplus(4 - log_v)
                log_v = functional.softplus(log_v + 10) - 10
                noise = torch.randn_like(m)
                change = m * scale + middle + torch.exp(0.5 * log_v) * scale * noise
                state = state + change[..., :OBSERVATIONS]
                total = total + change[..., OBSERVATIONS:]
            weights = torch.softmax(total.mean(0) / 0.3, 0)
            mean = mean + (weights * (candidates - mean)).sum(0)
            means[0] = torch.cat((mean[ACTIONS:], torch.zeros(ACTIONS)))
            return mean[:ACTIONS].numpy()
    return go


def peers(name, rows, units, members):
    """Each variant's name and its work."""
    if name == "sac":
        for adam in ("foreach", "fused"):
            yield f"eager, {adam} Adam", sac(rows, units, adam)
    else:
        yield "eager", act(units) if name == "act" else plan(rows, units, members)


def clock(peer, go, threads, smoke):
    def timing(repetitions):
        torch.set_num_threads(threads)
        return peer.time(go, repetitions)
    timing(2)
    repetitions = 2 if smoke else max(2, int(0.3 / timing(2)))
    return lambda: timing(repetitions)


def main():
    parser = measure.arguments(__doc__, 9)
    parser.add_argument("--only", default="", help="cases whose name begins so")
    args = parser.parse_args()
    if args.server == measure.SERVER:
        args.server = f"java -cp {measure.JAR} {os.path.join(measure.HERE, 'ControlServer.java')}"
    ours = measure.Ours(args)
    peer = measure.Peer(args, ours)
    print(f"elbo4j: {ours.description}; {peer.description()}; {args.threads} threads, {args.rounds} rounds")
    results = measure.Results(args, ours=ours.description, peer=peer.description())
    for name, rows, units, members in SMOKE if args.smoke else CASES:
        if not name.startswith(args.only):
            continue
        if not args.smoke:
            ours.time(name, rows, units, 200 if name == "plan" else 10_000, depth=members)
        once = ours.time(name, rows, units, 2, depth=members)
        repetitions = 2 if args.smoke else max(2, int(0.3 / once))
        timed = {"elbo4j": lambda: ours.time(name, rows, units, repetitions, depth=members)}
        if not peer.missing:
            for variant, go in peers(name, rows, units, members):
                for threads in sorted({1, args.threads}):
                    label = f"PyTorch {variant}, {threads} thread{'s' * (threads > 1)}"
                    timed[label] = clock(peer, go, threads, args.smoke)
        for go in timed.values():
            go()
        results.ratios(f"{name} {rows} x {units} {members}", measure.interleaved(args.rounds, timed), agent=name,
                       rows=rows, units=units, members=members, threads=args.threads)
    ours.close()


if __name__ == "__main__":
    main()
