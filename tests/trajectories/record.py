#!/usr/bin/env python3
"""Trajectories of Gymnasium's classic systems and of the cart-pole of PETS in MuJoCo, which the tests of java/control
compare their own equations with.

  python3 tests/trajectories/record.py     needs gymnasium and mujoco; writes NAME.csv beside the tests that read them

A line has the state before a step, the action, the reward, 1 if the episode is terminated, and the state after it, of the
state's own numbers, not of the observation. Gymnasium and MuJoCo are given each state as it stands in the file.
"""
import csv
import math
import os

import gymnasium
import mujoco
import numpy

STEPS = 200
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../java/control/src/test/resources/io/elbo4j/"
                      "control/environment")

# Chua et al. 2018, whose pole stands askew by a millimetre; masses and inertias follow from the capsules at MuJoCo's
# density of 1000 kg / m^3
CART_POLE = """
<mujoco>
  <compiler inertiafromgeom="true"/>
  <default>
    <joint armature="0" damping="1"/>
    <geom contype="0" conaffinity="0"/>
    <motor ctrlrange="-3 3" ctrllimited="true"/>
  </default>
  <option gravity="0 0 -9.81" integrator="RK4" timestep="0.02"/>
  <worldbody>
    <body name="cart">
      <joint axis="1 0 0" limited="true" name="slider" type="slide" range="-2.5 2.5"/>
      <geom quat="0.707 0 0.707 0" size="0.1 0.1" type="capsule"/>
      <body name="pole">
        <joint axis="0 1 0" name="hinge" type="hinge"/>
        <geom fromto="0 0 0 0 0 -0.6" size="0.049 0.3" type="capsule"/>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor gear="100" joint="slider"/>
  </actuator>
</mujoco>
"""


def of_gymnasium(name, get, put, start, action):
    environment = gymnasium.make(name, disable_env_checker=True).unwrapped
    environment.reset(seed=0)
    random = numpy.random.default_rng(1)
    state = start(random)
    for _ in range(STEPS):
        put(environment, state)
        a = action(random, environment)
        _, reward, terminated, _, _ = environment.step(a)
        after = get(environment)
        yield state, numpy.atleast_1d(a), reward, terminated, after
        state = start(random) if terminated or random.uniform() < 0.1 else after


def of_mujoco():
    model = mujoco.MjModel.from_xml_string(CART_POLE)
    data = mujoco.MjData(model)
    random = numpy.random.default_rng(1)
    start = lambda: random.uniform([-1, -math.pi, -1, -5], [1, math.pi, 1, 5])
    state = start()
    for _ in range(STEPS):
        data.qpos[:], data.qvel[:] = state[:2], state[2:]
        a = float(numpy.float32(random.uniform(-3, 3)))
        data.ctrl[0] = a
        for _ in range(2):
            mujoco.mj_step(model, data)
        after = numpy.concatenate([data.qpos, data.qvel])
        tip = (after[0] - 0.6 * math.sin(after[1]), -0.6 * math.cos(after[1]))
        reward = math.exp(-(tip[0] ** 2 + (tip[1] - 0.6) ** 2) / 0.36) - 0.01 * a * a
        yield state, numpy.array([a]), reward, False, after
        # away from the rail's ends, where MuJoCo's limit is soft
        state = after if abs(after[0]) < 2 and random.uniform() > 0.1 else start()


def put(environment, state):
    environment.state = numpy.array(state)
    if hasattr(environment, "steps_beyond_terminated"):
        environment.steps_beyond_terminated = None


def get(environment):
    return numpy.array(environment.state, dtype=float)


def write(name, lines):
    with open(os.path.join(FOLDER, name + ".csv"), "w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        for state, action, reward, terminated, after in lines:
            writer.writerow([repr(float(v)) for v in (*state, *action, reward, int(terminated), *after)])


def main():
    os.makedirs(FOLDER, exist_ok=True)
    box = lambda random, environment: environment.action_space.low + (
        environment.action_space.high - environment.action_space.low) * random.uniform(
            size=environment.action_space.shape).astype(numpy.float32)
    one_of = lambda random, environment: int(random.integers(environment.action_space.n))
    write("pendulum", of_gymnasium("Pendulum-v1", get, put, lambda r: r.uniform([-math.pi, -1], [math.pi, 1]), box))
    write("cart-pole", of_gymnasium("CartPole-v1", get, put, lambda r: r.uniform(-0.05, 0.05, 4), one_of))
    write("mountain-car-continuous", of_gymnasium("MountainCarContinuous-v0", get, put, lambda r: numpy.array(
        [r.uniform(-1.2, 0.6), r.uniform(-0.07, 0.07)]), box))
    write("acrobot", of_gymnasium("Acrobot-v1", get, put, lambda r: numpy.concatenate([r.uniform(-math.pi, math.pi, 2),
        r.uniform(-9, 9, 2)]), one_of))
    write("cart-pole-swing-up", of_mujoco())
    print(gymnasium.__version__, mujoco.__version__)


if __name__ == "__main__":
    main()
