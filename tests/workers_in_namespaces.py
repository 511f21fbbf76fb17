#!/usr/bin/env python3
"""Two and four workers, each in a network namespace of its own, beside one process: one SHA-256. Every frame between them
is kept for some milliseconds. Then the network of one goes dark, and the other one ends by itself.

Needs root, iproute2 and the jar; touches no network but those that it makes.
    python3 tests/workers_in_namespaces.py [--delay MILLISECONDS] [--steps N]
"""
import argparse
import collections
import ctypes
import fcntl
import hashlib
import os
import pathlib
import select
import shutil
import struct
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
JAR = ROOT / "java/cli/target/elbo4j.jar"
TUNSETIFF, IFF_TAP, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0002, 0x1000, 0x40000000
NAME = f"elbo4j-{os.getpid()}"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def tap(namespace):
    """The other end of a network card in a namespace: frames are read and written there."""
    result = []

    def enter():
        # a thread of its own, which nothing else runs in
        with open(f"/var/run/netns/{namespace}") as f:
            if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", b"eth", IFF_TAP | IFF_NO_PI))
        result.append(fd)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    return result[0]


class Switch(threading.Thread):
    """Gives every frame to all other cards, after a while; from a card that is dark, and to it, none."""

    def __init__(self, cards, delay):
        super().__init__(daemon=True)
        self.cards, self.delay, self.dark, self.frames = cards, delay, set(), 0

    def run(self):
        waiting = collections.deque()
        while True:
            wait = 0.05 if not waiting else max(0, waiting[0][0] - time.monotonic())
            for fd in select.select(self.cards, [], [], wait)[0]:
                try:
                    while True:
                        waiting.append((time.monotonic() + self.delay, fd, os.read(fd, 65536)))
                except BlockingIOError:
                    pass
            while waiting and waiting[0][0] <= time.monotonic():
                _, source, frame = waiting.popleft()
                self.frames += 1
                for card in self.cards:
                    if card != source and not {card, source} & self.dark:
                        try:
                            os.write(card, frame)
                        except BlockingIOError:
                            pass  # a full queue loses frames, as networks do


def address(worker):
    return f"10.213.77.{10 + worker}"


def train(log, out, words, worker=None, workers=1):
    command = ["ip", "netns", "exec", f"{NAME}-{worker}"] if worker is not None else []
    command += ["java", "-XX:+UseSerialGC", "-jar", str(JAR), "train", "--threads", "1", "--hidden", "64", "--latent", "4",
                "--batch", "256", "--seed", "5", "--out", str(out), *words]
    if worker is not None:
        command += ["--workers", ",".join(f"{address(i)}:7001" for i in range(workers)), "--rank", str(worker)]
    return subprocess.Popen(command, stdout=open(log, "w"), stderr=subprocess.STDOUT)


def sha256(run):
    return hashlib.sha256((run / "checkpoint.safetensors").read_bytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delay", type=float, default=5, help="milliseconds each way")
    parser.add_argument("--steps", type=int, default=60)
    given = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp())
    made, processes = [], []
    try:
        cards = []
        for i in range(4):
            ip("netns", "add", f"{NAME}-{i}")
            made.append(f"{NAME}-{i}")
            ip("-n", made[-1], "tuntap", "add", "dev", "eth", "mode", "tap")
            ip("-n", made[-1], "address", "add", f"{address(i)}/24", "dev", "eth")
            cards.append(tap(made[-1]))
            for device in ("eth", "lo"):
                ip("-n", made[-1], "link", "set", device, "up")
        switch = Switch(cards, given.delay * 1e-3)
        switch.start()

        steps = ["--steps", str(given.steps)]
        processes.append(train(work / "one.log", work / "one", steps))
        assert processes[-1].wait() == 0, (work / "one.log").read_text()
        one = sha256(work / "one")
        print(f"1 worker   {one}")
        for workers in (2, 4):
            begin, frames = time.monotonic(), switch.frames
            logs = [work / f"{workers}-{i}.log" for i in range(workers)]
            processes = [train(logs[i], work / str(workers), steps, i, workers) for i in range(workers)]
            for process, log in zip(processes, logs):
                assert process.wait() == 0, log.read_text()
            found = sha256(work / str(workers))
            print(f"{workers} workers  {found}  {time.monotonic() - begin:.1f} s, {switch.frames - frames} frames, "
                  f"{given.delay:g} ms each way")
            assert found == one, "another model"

        logs = [work / f"dark-{i}.log" for i in range(2)]
        processes = [train(logs[i], work / "dark", ["--steps", "10000000", "--checkpoint-every", "20steps"], i, 2)
                     for i in range(2)]
        while not (work / "dark/checkpoint.safetensors").exists():
            assert all(p.poll() is None for p in processes), logs[0].read_text() + logs[1].read_text()
            time.sleep(0.1)
        switch.dark.add(cards[1])
        begin = time.monotonic()
        code = processes[0].wait()
        print(f"dark: worker 0 ended after {time.monotonic() - begin:.0f} s with exit code {code}: "
              f"{logs[0].read_text().strip().splitlines()[-1]}")
        assert code == 1
    finally:
        for process in processes:
            process.kill()
        for namespace in made:
            ip("netns", "delete", namespace)
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
