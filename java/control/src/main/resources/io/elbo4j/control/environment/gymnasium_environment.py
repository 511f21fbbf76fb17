#!/usr/bin/env python3
"""Steps copies of an environment of Gymnasium for elbo4j's PipeEnvironment, which says what goes over the pipe.

  gymnasium_environment.py Pendulum-v1 [--rows 4] [--seed 1]      needs gymnasium
"""
import argparse
import os
import struct
import sys

import gymnasium
import numpy


def space(of):
    if isinstance(of, gymnasium.spaces.Discrete):
        return struct.pack("<ii", 1, of.n)
    if isinstance(of, gymnasium.spaces.Box):
        bounds = [numpy.asarray(b, "<f4").tobytes() for b in (of.low, of.high)]
        return struct.pack("<ii", 0, of.low.size) + bounds[0] + bounds[1]
    sys.exit(f"{of}: only Box and Discrete can go over the pipe")


def numbers(of, element):
    return element - of.start if isinstance(of, gymnasium.spaces.Discrete) else numpy.ravel(element)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--rows", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed goes to the standard error
    copies = [gymnasium.make(args.name) for _ in range(args.rows)]
    seen, acts = copies[0].observation_space, copies[0].action_space
    discrete = isinstance(acts, gymnasium.spaces.Discrete)
    columns = 1 if discrete else acts.low.size
    width = 1 if isinstance(seen, gymnasium.spaces.Discrete) else seen.low.size
    observations = numpy.zeros((args.rows, width), "<f4")
    seeds = [args.seed + r for r in range(args.rows)]
    sink.write(b"elbo" + struct.pack("<ii", 2, args.rows) + space(seen) + space(acts))
    sink.flush()
    while kind := source.read(1):
        if kind == b"r":
            for r, begins in enumerate(source.read(args.rows)):
                if begins:
                    observations[r] = numbers(seen, copies[r].reset(seed=seeds[r])[0])
                    seeds[r] = None  # the first episode's alone: Gymnasium goes on from there
            sink.write(b"elbo" + observations.tobytes())
        else:
            given = numpy.frombuffer(source.read(4 * args.rows * columns), "<f4").reshape(args.rows, columns)
            rewards, ended = numpy.zeros(args.rows, "<f4"), numpy.zeros((2, args.rows), "u1")
            for r, copy in enumerate(copies):
                action = (int(given[r, 0]) + acts.start if discrete
                          else numpy.clip(given[r].reshape(acts.shape), acts.low, acts.high))
                seen_now, rewards[r], ended[0, r], ended[1, r], _ = copy.step(action)
                observations[r] = numbers(seen, seen_now)
            sink.write(b"elbo" + observations.tobytes() + rewards.tobytes() + ended.tobytes())
        sink.flush()


if __name__ == "__main__":
    main()
