"""What the benchmarks share: our server, the peer's clock, PyTorch if it is there, and a file of results.

On a GPU both sides are timed by the device's own events, and small operands are used in turn, several sets of them, so
that none is in a cache when it is used again. Ours is a recorded program that is replayed; of PyTorch the same is
measured beside what its users run.
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

# The C library's allocator keeps what PyTorch frees: otherwise the system maps and clears large tensors anew in every
# operation, which takes longer than most operations do. It reads these when a process begins.
ALLOCATOR = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_TOP_PAD_": str(64 << 20)}
if not ALLOCATOR.items() <= os.environ.items():
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **ALLOCATOR})

try:
    import torch
except ImportError:
    torch = None

HERE = os.path.dirname(os.path.abspath(__file__))
JAR = os.path.join(HERE, "..", "..", "java", "cli", "target", "elbo4j.jar")
SERVER = f"java -cp {JAR} {os.path.join(HERE, 'KernelServer.java')}"
SETTLE = 0.02  # seconds: OpenMP's threads spin for a while after their work and would take a core from whoever is next
UNCACHED = 512 << 20  # bytes between two uses of an operand on a GPU: four times the largest cache there is
MOST_SETS = 64


def arguments(doc, rounds):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--json", help="write all figures to this file, each as soon as it is measured")
    parser.add_argument("--server", default=SERVER, help="the command that runs KernelServer, without its arguments")
    parser.add_argument("--smoke", action="store_true", help="tiny sizes: only to see that everything runs")
    return parser


class Ours:
    def __init__(self, args):
        self.process = subprocess.Popen([*shlex.split(args.server), args.backend, str(args.threads)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.description = self.process.stdout.readline().strip()
        if not self.description:
            raise SystemExit(f"the server of backend {args.backend} did not start")
        self.gpu = args.backend.startswith("cuda") and "emulation" not in self.description

    def time(self, name, rows, columns, repetitions, depth=0, sets=1):
        self.process.stdin.write(f"{name} {rows} {columns} {depth} {sets} {repetitions}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the server ended while measuring {name} {rows} x {columns}")
        return float(answer)

    def warm_up(self, seconds, *arguments, **options):
        """Launches of microseconds are timed when the JVM has compiled what makes them, some ten thousand calls on."""
        begin = time.perf_counter()
        self.time(*arguments, **options)
        while time.perf_counter() - begin < seconds:
            self.time(*arguments, **options)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    """PyTorch on the device that ours runs on; `missing` says why there is none."""

    def __init__(self, args, ours):
        self.gpu = ours.gpu
        self.missing = None
        self.compile = not args.no_compile
        if torch is None:
            self.missing = "python3 has no PyTorch here"
        elif ours.gpu and not torch.cuda.is_available():
            self.missing = f"PyTorch {torch.__version__} cannot use the GPU"
        else:
            torch.manual_seed(1)
            torch.set_num_threads(args.threads)
            self.device = torch.device("cuda" if self.gpu else "cpu")
            tf32(False)

    def description(self):
        return self.missing or f"PyTorch {torch.__version__}" + (f", {torch.cuda.get_device_name()}" if self.gpu else "")

    def time(self, f, repetitions):
        """Seconds of one call."""
        if not self.gpu:
            begin = time.perf_counter()
            for _ in range(repetitions):
                f()
            return (time.perf_counter() - begin) / repetitions
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        f()
        begin.record()
        for _ in range(repetitions):
            f()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end) * 1e-3 / repetitions

    def captured(self, f):
        """f as a CUDA graph: what PyTorch does without the cost of its launches."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                f()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            f()
        return graph.replay


def tf32(on):
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on


def sets(gpu, bytes_of_one):
    return max(1, min(MOST_SETS, -(-UNCACHED // bytes_of_one))) if gpu else 1


def interleaved(rounds, timed):
    """name -> seconds of each round; all are measured in each round."""
    seconds = {name: [] for name in timed}
    for _ in range(rounds):
        for name, f in timed.items():
            time.sleep(SETTLE)
            seconds[name].append(f())
    return seconds


def spread(values):
    q = statistics.quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
    return {"median": statistics.median(values), "quartiles": [q[0], q[2]], "repetitions": len(values)}


class Results:
    """Figures, printed and kept in a file that is whole at any moment."""

    def __init__(self, args, **header):
        self.file = args.json
        self.all = {**header, "rounds": args.rounds, "smoke": args.smoke, "figures": [], "failures": []}
        self.write()

    def add(self, line, **figure):
        print("  " + line, flush=True)
        self.all["figures"].append(figure)
        self.write()

    def failed(self, what, error):
        print(f"  {what} failed: {error}", flush=True)
        self.all["failures"].append({"what": what, "error": str(error)[:2000]})
        self.write()

    def ratios(self, label, seconds, **figure):
        """Every peer's time over ours, round by round; seconds: name -> list, "elbo4j" among them."""
        ours = seconds["elbo4j"]
        figure["seconds"] = {name: spread(each) for name, each in seconds.items()}
        figure["times_ours"] = {}
        if len(seconds) == 1:
            self.add(f"{label}: {statistics.median(ours) * 1e6:.1f} us; no peer", **figure)
            return
        parts = []
        for name, each in seconds.items():
            if name != "elbo4j":
                ratio = [a / b for a, b in zip(each, ours)]
                figure["times_ours"][name] = s = spread(ratio)
                parts.append(f"{name} takes {s['median']:.2f}x ({s['quartiles'][0]:.2f} .. {s['quartiles'][1]:.2f})")
        self.add(f"{label}: {statistics.median(ours) * 1e6:.1f} us; " + ", ".join(parts), **figure)

    def write(self):
        if self.file:
            folder = os.path.dirname(os.path.abspath(self.file))
            with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as f:
                json.dump(self.all, f, indent=1)
            os.replace(f.name, self.file)
