"""What the commands of published figures share: elbo4j's command line, and a file of results.

A result is one JSON object a line in tests/figures/results/NAME.jsonl: ours beside the published figure, the seed, the
seconds, the machine and the commit. A file under results/ is from a run of a command here, and written by nothing else.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
JAR = os.path.join(HERE, "..", "..", "java", "cli", "target", "elbo4j.jar")


def arguments(doc):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="a folder for the runs; what is finished there is not run again")
    parser.add_argument("--jar", default=JAR, help="the runnable jar, which must be of this commit")
    parser.add_argument("--threads", type=int, default=2, help="the figures are the same with any number")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def git(*words):
    return subprocess.run(["git", "-C", HERE, *words], capture_output=True, text=True).stdout.strip()


def machine():
    model = ""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as f:
            model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "")
    return f"{os.cpu_count()} cores, {model or platform.processor() or platform.machine()}"


class Figure:
    """The commands and results of one command here."""

    def __init__(self, name, args):
        self.args = args
        self.path = os.path.join(HERE, "results", name + ".jsonl")
        os.makedirs(args.out, exist_ok=True)
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        # results of earlier figures are no change of what is measured
        changed = git("status", "--porcelain", "-uno", "--", ":/", ":(exclude)results")
        self.commit = git("rev-parse", "--short", "HEAD") + ("+" if changed else "")

    def elbo4j(self, *words):
        """Runs a command with --json; its object."""
        command = ["java", "-jar", self.args.jar, *map(str, words), "--json", "--threads", str(self.args.threads)]
        print("elbo4j " + " ".join(command[3:]), flush=True)
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"elbo4j ended with {done.returncode}")
        return json.loads(done.stdout)

    def java(self, program, *words):
        """Runs a program that is one source file; what it prints."""
        command = ["java", "-cp", self.args.jar, os.path.normpath(program), *map(str, words)]
        print(" ".join(command), flush=True)
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    def train_or_go_on(self, folder, epochs, options):
        """Up to so many epochs: a new run, or one that is there."""
        if os.path.exists(os.path.join(folder, "checkpoint.safetensors")):
            return self.elbo4j("train", "--resume", "--out", folder, "--epochs", epochs)
        return self.elbo4j("train", "--out", folder, "--epochs", epochs, "--seed", self.args.seed, *options)

    def seconds(self, folder, rows):
        """What training took, in all its parts, by the rates that it wrote down."""
        seconds = before = 0
        with open(os.path.join(folder, "metrics.jsonl")) as f:
            for epoch, rate in ((m["epoch"], m["samples_per_second"]) for m in map(json.loads, f)):
                seconds += max(0, epoch - before) * rows / rate
                before = epoch
        return round(seconds)

    def done(self, **which):
        """The result that has all of these, or None."""
        if not os.path.exists(self.path):
            return None
        with open(self.path) as f:
            found = [r for r in map(json.loads, f) if which.items() <= r.items()]
        return found[-1] if found else None

    def add(self, **result):
        result.update(seed=self.args.seed, machine=machine(), commit=self.commit, date=time.strftime("%Y-%m-%d"))
        with open(self.path, "a") as f:
            f.write(json.dumps(result) + "\n")
        print(json.dumps(result), flush=True)
