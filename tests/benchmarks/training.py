#!/usr/bin/env python3
"""Training throughput against PyTorch, interleaved in one run.

  python3 tests/benchmarks/training.py --mnist DIR [--model convolutional-vae] [--threads 2] [--rounds 5] [--batch 128]
                                       [--no-compile] [--java]
  python3 tests/benchmarks/training.py --backend cuda [--rounds 20] [--batch 128,1024] [--json FILE]

The model of PyTorch's VAE example: 784-400-20-400-784, ReLU, Bernoulli on grey values, Adam 1e-3. Or convolutional-vae:
28x28x1-32-64-128, kernels of 4 x 4, stride 2, on the first 6,400 digits; PyTorch in both of its layouts, eager and
compiled, and the better of both in each round.

With --mnist ours is the command `elbo4j train`, data included, its fastest epoch of three (the first ones warm the JVM
up); PyTorch's are an eager loop, and its best variant: one compiled step with fused Adam; each on data already in
memory, its fastest epoch of two. Without, both sides take steps on 60,000 random rows that lie in the backend's memory;
on a GPU PyTorch's best variant is captured whole as a CUDA graph, and every variant runs with TF32 off and on. Prints
the median over the rounds of (our samples/s / theirs). Needs PyTorch to compare with, and the runnable jar.
"""
import gzip
import json
import os
import statistics
import subprocess
import tempfile
import time

import measure
from measure import torch

ROWS = 60_000
FIRST = ", channels first"


def mnist(folder):
    with gzip.open(os.path.join(folder, "train-images-idx3-ubyte.gz")) as f:
        raw = f.read()
    return torch.frombuffer(bytearray(raw[16:]), dtype=torch.uint8).reshape(-1, 784).float() / 255


def vae():
    nn = torch.nn

    class Vae(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc21, self.fc22 = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
            self.fc3, self.fc4 = nn.Linear(20, 400), nn.Linear(400, 784)

        def forward(self, x):
            h = torch.relu(self.fc1(x))
            mean, log_variance = self.fc21(h), self.fc22(h)
            z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
            logits = self.fc4(torch.relu(self.fc3(z)))
            reconstruction = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
            return (reconstruction + kl) / x.shape[0]
    return Vae()


def convolutional(layout=None):
    nn = torch.nn
    layout = layout or torch.channels_last

    class Vae(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.ModuleList(nn.Conv2d(i, o, 4, 2, 1) for i, o in ((1, 32), (32, 64), (64, 128)))
            self.mean, self.log_variance, self.start = nn.Linear(1152, 20), nn.Linear(1152, 20), nn.Linear(20, 1152)
            self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 4, 2, 1, output_padding=p)
                                    for i, o, p in ((128, 64, 1), (64, 32, 0), (32, 1, 0)))
            self.to(memory_format=layout)

        def forward(self, x):
            h = x.reshape(-1, 1, 28, 28).contiguous(memory_format=layout)
            for layer in self.down:
                h = torch.relu(layer(h))
            h = h.flatten(1)
            mean, log_variance = self.mean(h), self.log_variance(h)
            z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
            d = torch.relu(self.start(z)).reshape(-1, 128, 3, 3).contiguous(memory_format=layout)
            for layer in self.up[:-1]:
                d = torch.relu(layer(d))
            logits = self.up[-1](d).flatten(1)
            reconstruction = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
            return (reconstruction + kl) / x.shape[0]
    return Vae()


class Loop:
    """One variant of PyTorch's training loop, on the device of its data."""

    def __init__(self, data, batch, compiled=False, captured=False, model=vae):
        self.data, self.batch = data, batch
        model = model().to(data.device)
        self.optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=compiled, capturable=captured)
        self.loss = torch.compile(model) if compiled else model
        self.next = 0
        self.order = torch.randperm(data.shape[0], device=data.device)
        self.replay = None
        if captured:
            self.rows = self.order[:batch].clone()
            self.capture()

    def take(self, rows):
        x = self.data[rows]
        self.optimiser.zero_grad(set_to_none=True)
        self.loss(x).backward()
        self.optimiser.step()

    def capture(self):
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(5):
                self.take(self.rows)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.take(self.rows)
        self.replay = graph.replay

    def step(self):
        if self.next + self.batch > len(self.order):
            self.order = torch.randperm(self.data.shape[0], device=self.data.device)
            self.next = 0
        rows = self.order[self.next:self.next + self.batch]
        self.next += self.batch
        if self.replay:
            self.rows.copy_(rows)
            self.replay()
        else:
            self.take(rows)

    def seconds(self, steps):
        """Of one step, until the device is done."""
        begin = time.perf_counter()
        for _ in range(steps):
            self.step()
        if self.data.device.type == "cuda":
            torch.cuda.synchronize()
        return (time.perf_counter() - begin) / steps

    def epoch(self):
        """Samples a second."""
        return self.batch / self.seconds(self.data.shape[0] // self.batch)


def loops(peer, batch, rows):
    """Each variant's name, whether it uses TF32, and its loop, warm."""
    data = (torch.rand(rows, 784, device=peer.device) * 5 - 4).clamp(min=0)
    variants = {"eager": {}}
    if peer.compile:
        variants["compiled, fused Adam"] = {"compiled": True}
        if peer.gpu:
            variants["compiled and captured, fused Adam"] = {"compiled": True, "captured": True}
    for tf32 in (False, True) if peer.gpu else (False,):
        for name, settings in variants.items():
            measure.tf32(tf32)
            loop = Loop(data, batch, **settings)
            loop.seconds(5)
            yield name + (", TF32" if tf32 else ""), tf32, loop


def steps(args):
    ours = measure.Ours(args)
    peer = measure.Peer(args, ours)
    print(f"elbo4j: {ours.description}; {peer.description()}; {args.rounds} rounds")
    results = measure.Results(args, ours=ours.description, peer=peer.description(), model="784-400-20-400-784")
    for batch in [17] if args.smoke else [int(b) for b in args.batch.split(",")]:
        count = 2 if args.smoke else max(20, (ROWS if ours.gpu else 6_000) // batch)
        timed = {"elbo4j": lambda: ours.time("train", batch, 0, count)}
        try:
            if not peer.missing:
                for name, tf32, loop in loops(peer, batch, 100 if args.smoke else ROWS):
                    def go(tf32=tf32, loop=loop):
                        measure.tf32(tf32)
                        return loop.seconds(count)
                    timed["PyTorch " + name] = go
        except Exception as e:  # a peer that fails must not cost our figure
            results.failed(f"PyTorch's training, batch {batch}", e)
        ours.time("train", batch, 0, count if args.smoke else 5 * count)
        seconds = measure.interleaved(args.rounds, timed)
        results.ratios(f"a step of batch {batch}", seconds, batch=batch, samples_per_second={
            name: measure.spread([batch / s for s in each]) for name, each in seconds.items()})
    ours.close()


def command(data, model, batch, threads, backend, epochs):
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["java", "-jar", measure.JAR, "train", "--data", data, *model, "--latent", "20", "--batch",
                        str(batch), "--epochs", str(epochs), "--threads", str(threads), "--backend", backend, "--out",
                        os.path.join(out, "run")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(out, "run", "metrics.jsonl")) as f:
            return max(json.loads(line)["samples_per_second"] for line in f)


def commands(args):
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    batch, data, model = int(args.batch), mnist(args.mnist), vae
    ours, options = f"mnist={args.mnist}", ["--hidden", "400"]
    if args.model == "convolutional-vae":
        import numpy
        data, options, model = data[:6_400], ["--model", args.model], convolutional
        file = os.path.join(tempfile.mkdtemp(), "digits.npy")
        numpy.save(file, (data * 255).round().to(torch.uint8).reshape(-1, 28, 28).numpy())
        ours = "npy=" + file
    kinds = {"eager": False} if args.no_compile else {"eager": False, "compiled, fused Adam": True}
    peers = {name: Loop(data, batch, compiled, model=model) for name, compiled in kinds.items()}
    if model is convolutional:
        for name, compiled in kinds.items():
            peers[name + FIRST] = Loop(data, batch, compiled, model=lambda: convolutional(torch.contiguous_format))
    for peer in peers.values():
        peer.epoch()
    rounds = {name: [] for name in [*peers, args.backend, "java"]}
    epochs = 3 if model is vae else 5
    for _ in range(args.rounds):
        rounds[args.backend].append(command(ours, options, batch, args.threads, args.backend, epochs))
        for name, peer in peers.items():
            rounds[name].append(max(peer.epoch(), peer.epoch()))
        if args.java:
            rounds["java"].append(command(ours, options, batch, args.threads, "java", 2))
    if model is convolutional:
        for name in kinds:
            rounds[name + ", the better layout"] = [max(pair) for pair in zip(rounds[name], rounds[name + FIRST])]
    print(f"PyTorch {torch.__version__}, {args.threads} threads, batch {batch}, {args.rounds} rounds")
    for name, each in rounds.items():
        if name != args.backend and each:
            ratios = [a / b for a, b in zip(rounds[args.backend], each)]
            print(f"  elbo4j's {args.backend} backend trains {statistics.median(ratios):.2f}x as fast as"
                  f" {'its java backend' if name == 'java' else 'PyTorch ' + name}"
                  f" ({min(ratios):.2f} .. {max(ratios):.2f}); medians {statistics.median(rounds[args.backend]):.0f} and"
                  f" {statistics.median(each):.0f} samples/s")


def main():
    parser = measure.arguments(__doc__, 5)
    parser.add_argument("--mnist", help="folder of the MNIST files: measure the command line on the CPU")
    parser.add_argument("--model", choices=("vae", "convolutional-vae"), default="vae", help="with --mnist")
    parser.add_argument("--batch", default="128")
    parser.add_argument("--java", action="store_true", help="measure the java backend as well (with --mnist)")
    args = parser.parse_args()
    commands(args) if args.mnist else steps(args)


if __name__ == "__main__":
    main()
