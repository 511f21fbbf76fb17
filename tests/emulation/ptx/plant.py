#!/usr/bin/env python3
"""Plants faults in the PTX of a folder, one at a time, and runs a command on each: does it notice?

    plant.py FOLDER WORK REPORT COUNT SEED COMMAND...

The command sees ELBO4J_PTX, and in PLANTED the name of the changed file; its exit status 0 means: not noticed. REPORT is
one of the interpreter (ptx.h) with ELBO4J_PTX_UNCOVERED=1: only lines that ran are changed. COUNT of each kind, of those
kinds whose name the regular expression KINDS of the environment matches. After mvn verify -Dnative=cuda:

    export ELBO4J_PTX=java/jni/target/native/cuda/check/compute_80/kernels
    ELBO4J_PTX_REPORT=report ELBO4J_PTX_UNCOVERED=1 java -cp TESTS io.elbo4j.equivalence.Suite EquivalenceTest
    tests/emulation/ptx/plant.py $ELBO4J_PTX work report 10 1 java -cp TESTS io.elbo4j.equivalence.Suite EquivalenceTest
"""
import collections
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

def contract(lines, i):
    """mul and the add or sub of its product, at most 12 lines further down, as one fma."""
    m = re.match(r"\s*mul\.rn\.f32 \s*(%f\d+), (%f\d+), (\S+);", lines[i])
    if not m:
        return None
    for j in range(i + 1, min(i + 13, len(lines))):
        if lines[j].startswith("$") or "bra" in lines[j]:
            return None
        a = re.match(r"\s*add\.rn\.f32 \s*(%f\d+), (%f\d+), (\S+);", lines[j])
        if a and m[1] in (a[2], a[3]) and not m[3].startswith("0f"):
            other = a[3] if a[2] == m[1] else a[2]
            return j, f"\tfma.rn.f32 \t{a[1]}, {m[2]}, {m[3]}, {other};"
    return None


def replace(pattern, text):
    def change(lines, i):
        new = re.sub(pattern, text, lines[i], count=1)
        return (i, new) if new != lines[i] else None
    return change


def shuffled(lines, i):
    """The distance of a shuffle: its register, wherever that is set to a number."""
    m = re.match(r"\s*shfl\.sync\.bfly\.b32 \s*(\S+), (%r\d+), (\S+), (%r\d+), (%r\d+);", lines[i])
    return (i, lines[i].replace(m[3], m[4], 1)) if m and m[3] != m[4] and lines[i].count(m[3]) == 1 else None


def parted(lines, i):
    """An fma as mul and add."""
    pattern = r"fma\.rn\.f32\s+(%f\d+), (%f\d+), (\S+), (?!\1;)(\S+);"
    if not re.match(r"\s*" + pattern, lines[i]):
        return None
    return i, re.sub(pattern, r"mul.rn.f32 \1, \2, \3; add.rn.f32 \1, \1, \4;", lines[i])


def last_bit(lines, i):
    if not re.match(r"\s*(mov|add\.rn|mul\.rn|selp)\.f32.*0f(?!00000000|80000000)", lines[i]):
        return None
    return i, re.sub(r"0f([0-9A-F]{8})", lambda m: f"0f{int(m[1], 16) ^ 1:08X}", lines[i])


def limit(lines, i):
    if not re.match(r"\s*setp\.[lg][te]u?\.(f32|s64|s32|u32)", lines[i]):
        return None
    other = {"t": "e", "e": "t"}
    return i, re.sub(r"setp\.([lg])([te])(u?)\.", lambda m: f"setp.{m[1]}{other[m[2]]}{m[3]}.", lines[i])


KINDS = {
    "contraction to fma": contract,
    "fma without its fusion": parted,
    ".ftz": replace(r"^(\s*(?:add|sub|mul|fma|div|sqrt)\.rn)\.f32", r"\1.ftz.f32"),
    "rounding .rz": replace(r"^(\s*(?:add|sub|mul|fma|div|sqrt))\.rn\.f32", r"\1.rz.f32"),
    "rounding .rp": replace(r"^(\s*(?:add|sub|mul|fma|div|sqrt))\.rn\.f32", r"\1.rp.f32"),
    "approximate div or sqrt": replace(r"^(\s*(?:div|sqrt))\.rn\.f32", r"\1.approx.f32"),
    "another lane of a shuffle": shuffled,
    "no bar.sync": replace(r"^\s*bar\.sync.*$", "\t// bar.sync"),
    "no bar.warp.sync": replace(r"^\s*bar\.warp\.sync.*$", "\t// bar.warp.sync"),
    "last bit of a constant": last_bit,
    "NaN of a comparison": replace(r"^(\s*setp\.(?:lt|gt|le|ge))\.f32", r"\1u.f32"),
    "limit of a comparison": limit,
}


def main():
    folder, work, report, count, seed = sys.argv[1:4] + [int(x) for x in sys.argv[4:6]]
    command = sys.argv[6:]
    never, idle = collections.defaultdict(set), set()
    for line in open(report):
        m = re.match(r"\s+never: (\S+):(\d+) ", line)
        if m:
            never[m[1]].add(int(m[2]))
        elif re.match(r"0 ", line):
            idle.add(line.split()[-1])
    rng = random.Random(seed)
    texts = {}
    for path in sorted(pathlib.Path(folder).rglob("*.ptx")):
        texts[path.name] = path.read_text().split("\n")
    places = collections.defaultdict(list)
    for name, lines in texts.items():
        kernel, ran = "", False
        for i, line in enumerate(lines):
            m = re.match(r"\.(?:visible \.)?entry (\w+)\(", line)
            if m:
                kernel = re.sub(r"\d+_GLOBAL__N__[0-9a-f]+_\d+_\w+?_cu_[0-9a-f]{8}", "12_GLOBAL__N_1", m[1])
                if "12_GLOBAL__N_1" in kernel:
                    kernel = f"{name.removesuffix('.ptx')}:{kernel}"
                ran = kernel not in idle
            if not ran or (i + 1) in never[name]:
                continue
            for kind, change in KINDS.items():
                if changed := change(lines, i):
                    places[kind].append((name, kernel, i, changed))
    shutil.rmtree(work, ignore_errors=True)
    found = collections.Counter()
    only = os.environ.get("KINDS", "")
    for kind in KINDS:
        if not re.search(only, kind):
            continue
        # kernels first, then places, or the longest kernel would have all
        by_kernel = collections.defaultdict(list)
        for place in places[kind]:
            by_kernel[place[1]].append(place)
        kernels = sorted(by_kernel)
        rng.shuffle(kernels)
        chosen = []
        while len(chosen) < min(count, len(places[kind])):
            for k in kernels:
                if by_kernel[k] and len(chosen) < count:
                    chosen.append(by_kernel[k].pop(rng.randrange(len(by_kernel[k]))))
        for name, kernel, i, (j, new) in chosen:
            os.makedirs(work)
            for other, text in texts.items():
                if other != name:
                    pathlib.Path(work, other).write_text("\n".join(text))
            lines = list(texts[name])
            lines[j] = new
            pathlib.Path(work, name).write_text("\n".join(lines))
            try:
                environment = dict(os.environ, ELBO4J_PTX=work, ELBO4J_PTX_LOOSE="1", PLANTED=name)
                status = subprocess.run(command, env=environment, timeout=400, capture_output=True, text=True)
                said, status = (status.stdout + status.stderr).strip().split("\n"), status.returncode
            except subprocess.TimeoutExpired:
                said, status = ["no end"], 1
            shutil.rmtree(work)
            found[kind, status != 0] += 1
            words = next((s for s in said if "PTX:" in s or "DIFFERS" in s), said[-1])
            was, now = " ".join(texts[name][j].split()), " ".join(new.split())
            print(f"{'noticed' if status else 'MISSED '} {kind}: {name}:{j + 1} {kernel} | {was} -> {now} | {words[:140]}",
                  flush=True)
    for kind in KINDS:
        print(f"{kind}: {found[kind, True]} noticed of {found[kind, True] + found[kind, False]}; places {len(places[kind])}", flush=True)


main()
