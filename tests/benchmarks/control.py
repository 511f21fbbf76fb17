#!/usr/bin/env python3
"""Agents against PyTorch eager, interleaved in one run: sizes of the pendulum, 3 observations and 1 action.

  python3 tests/benchmarks/control.py [--threads 2] [--rounds 9] [--only sac|act|plan|world|dream] [--json FILE]

sac: an update of soft actor-critic, 64-64, batch 128, drawn from 10,000 transitions that lie in memory: two critics and
their copies, the actor, the temperature. PyTorch's Adam is the loop over all parameters at once, or the fused one.
act: the action for one observation. plan: a decision by 500 plans of 25 steps in an ensemble of 5 members, 64-64, SiLU,
which predicts the change and the reward; PyTorch has its members in one baddbmm a layer. world: an update of a recurrent
state-space model (PlaNet's), 16 windows of 25 steps of 2 observations and 1 action, GRU and layers of 64, 8 dimensions,
of reward and end too; PyTorch has encoder, heads and KL of all steps in one product each. dream: Dreamer's, which also
imagines 15 steps from 200 states. PyTorch runs with one thread and
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
CASES = [("sac", 128, 64, 1), ("act", 1, 64, 1), ("plan", 500, 64, 5), ("world", 16, 64, 8),
         ("dream", 16, 64, 8)]
SMOKE = [("sac", 4, 3, 1), ("act", 1, 3, 1), ("plan", 5, 3, 2), ("world", 2, 3, 2), ("dream", 2, 3, 2)]


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


def gaussian(both):
    mean, spread = both.chunk(2, -1)
    return mean, torch.nn.functional.softplus(spread) + 0.1


def kl(q, p):
    """Of diagonal Gaussians, (mean, deviation) each, summed over the dimensions."""
    ratio = (q[1] / p[1]) ** 2
    return 0.5 * (ratio + ((q[0] - p[0]) / p[1]) ** 2 - 1 - ratio.log()).sum(-1)


class World(torch.nn.Module if torch else object):
    """PlaNet's model of windows, and what Dreamer adds."""

    def __init__(self, units, latent):
        super().__init__()
        nn = torch.nn
        self.units, self.latent = units, latent
        self.input, self.memory = nn.Linear(latent + 1, units), nn.GRUCell(units, units)
        self.prior = nn.Sequential(nn.Linear(units, units), nn.ReLU(), nn.Linear(units, 2 * latent))
        self.posterior = nn.Sequential(nn.Linear(2 * units, units), nn.ReLU(), nn.Linear(units, 2 * latent))
        self.encoder = nn.Sequential(nn.Linear(2, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU())
        self.decoder, self.reward, self.goes_on = (network(units + latent, units, n) for n in (2, 1, 1))

    def ahead(self, h, z, a):
        return self.memory(torch.relu(self.input(torch.cat((z, a), -1))), h)

    def loss(self, observations, actions, rewards, goes_on):
        functional = torch.nn.functional
        seen = self.encoder(observations)
        h = observations.new_zeros(len(observations), self.units)
        z = observations.new_zeros(len(observations), self.latent)
        contexts, means, deviations, drawn = [], [], [], []
        for t in range(observations.shape[1]):
            h = self.ahead(h, z, actions[:, t] if t else torch.zeros_like(actions[:, 0]))
            mean, deviation = gaussian(self.posterior(torch.cat((h, seen[:, t]), -1)))
            z = mean + deviation * torch.randn_like(mean)
            for every, one in zip((contexts, means, deviations, drawn), (h, mean, deviation, z)):
                every.append(one)
        contexts, means, deviations, drawn = (torch.stack(x, 1) for x in (contexts, means, deviations, drawn))
        p, q = gaussian(self.prior(contexts)), (means, deviations)
        states = torch.cat((contexts, drawn), -1)
        fixed = [tuple(x.detach() for x in each) for each in (p, q)]
        loss = 0.8 * kl(fixed[1], p).sum() + 0.2 * kl(q, fixed[0]).sum()
        loss = loss + 0.5 * ((self.decoder(states) - observations) ** 2).sum()
        loss = loss + 0.5 * ((self.reward(states)[:, 1:] - rewards[:, 1:] / 8) ** 2).sum()
        loss = loss + functional.binary_cross_entropy_with_logits(self.goes_on(states), goes_on, reduction="sum")
        return loss / len(observations), states


def world(windows, units, latent, adam, dreams):
    length, horizon = 25, 15
    model = World(units, latent)
    actor, value = (network(units + latent, units, n) for n in (2, 1))
    groups = [list(model.parameters()), list(actor.parameters()), list(value.parameters())]
    optimisers = [torch.optim.Adam(p, lr=1e-3, **{adam: True}) for p in groups]
    memory = [torch.rand(REMEMBERED, n) * 2 - 1 for n in (2, 1, 1)] + [torch.ones(REMEMBERED, 1)]
    steps = torch.arange(length)

    def take(i, loss):
        optimisers[i].zero_grad(set_to_none=True)
        loss.backward(inputs=groups[i])
        torch.nn.utils.clip_grad_norm_(groups[i], 1000, foreach=True)
        optimisers[i].step()

    def imagine(states):
        state = states.detach().reshape(-1, units + latent)[::2]
        h, z = state.split((units, latent), -1)
        walked, surprise = [state], []
        for _ in range(horizon):
            both = actor(walked[-1].detach())
            mean, spread = both.chunk(2, 1)
            action, log_p = drawn(torch.cat((5 * torch.tanh(mean / 5), spread + 0.458), 1))
            h = model.ahead(h, z, action)
            mean, deviation = gaussian(model.prior(h))
            z = mean + deviation * torch.randn_like(mean)
            walked.append(torch.cat((h, z), -1))
            surprise.append(log_p)
        walked = torch.stack(walked, 1)
        v, r = value(walked)[..., 0], model.reward(walked)[..., 0]
        discount = 0.99 * torch.sigmoid(model.goes_on(walked)[..., 0])
        returns, after = [], v[:, -1]
        for i in reversed(range(horizon)):
            after = r[:, i + 1] + discount[:, i + 1] * (0.05 * v[:, i + 1] + 0.95 * after)
            returns.append(after)
        returns = torch.stack(returns[::-1], 1)
        weights = torch.cumprod(torch.cat((discount[:, :1] / 0.99, discount[:, 1:-1]), 1), 1).detach()
        actor_loss = -(weights * (returns - 0.1 * torch.cat(surprise, 1))).mean()
        value_loss = 0.5 * (weights * (value(walked[:, :-1].detach())[..., 0] - returns.detach()) ** 2).mean()
        take(1, actor_loss)
        take(2, value_loss)

    def go():
        rows = torch.randint(REMEMBERED - length, (windows, 1)) + steps
        loss, states = model.loss(*(m[rows] for m in memory))
        take(0, loss)
        if dreams:
            imagine(states)
    return go


def peers(name, rows, units, members):
    """Each variant's name and its work."""
    if name == "sac":
        for adam in ("foreach", "fused"):
            yield f"eager, {adam} Adam", sac(rows, units, adam)
    elif name in ("world", "dream"):
        for adam in ("foreach", "fused"):
            yield f"eager, {adam} Adam", world(rows, units, members, adam, name == "dream")
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
            ours.time(name, rows, units, {"sac": 10_000, "act": 10_000}.get(name, 200), depth=members)
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
