"""Alters sealed objects and tries to read them: ``python -m bench.mutate [COUNT] [SEED]``; exits 1 if any was accepted.

Every kind of alteration gets its share of the COUNT (100000). Whatever is wrong is printed with what makes it again.
"""

import sys
import time
from collections import Counter
from random import Random

from tests.vault.mutations import KINDS, any_forged, wrongly_read

COUNT = 100_000
SEED = 2026


def main(count: int = COUNT, seed: int = SEED) -> int:
    began = time.process_time()
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        random = Random(f"{seed}:{number}")
        if found := wrongly_read(*any_forged(kind, random), random):
            wrong[kind] += 1
            print(f"seed {seed}, number {number}, {kind}: {found}")
        tried[kind] += 1
    _print(tried, wrong, time.process_time() - began)
    return int(bool(wrong))


def _print(tried: Counter[str], wrong: Counter[str], seconds: float) -> None:
    print("| alteration | tried | accepted |\n|---|---|---|")
    for kind in KINDS:
        print(f"| {kind} | {tried[kind]} | {wrong[kind]} |")
    print(f"| all | {tried.total()} | {wrong.total()} |\n\n{seconds:.0f} s of CPU time")


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
