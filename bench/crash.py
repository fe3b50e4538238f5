"""Kills server, workers and reading programs while files are uploaded and read: ``python -m bench.crash``.

Prints a table of what must not be; exits 1 when anything of it is. ``--help`` lists what can be chosen. Two hundred kills
on five hundred pages take some twenty minutes on two cores.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.kills import Plan, Told, judged
from tests.crash.verdict import Line


def main(arguments: list[str]) -> int:
    plan = _plan(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="juanzong-crash-") as home:
        told, lines = judged(
            Path(home), plan, lambda words: print(f"{time.monotonic() - began:5.0f} s  {words}")
        )
    _print(plan, told, lines)
    return int(any(line.wrong for line in lines))


def _plan(arguments: list[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m bench.crash")
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--engine", default="tesseract:eng", help="or rapidocr, which takes longer")
    parser.add_argument("--seed", type=int, default=2026)
    return Plan(**vars(parser.parse_args(arguments)))


def _print(plan: Plan, told: Told, lines: list[Line]) -> None:
    killed = ", ".join(f"{count} of a {victim}" for victim, count in sorted(told.killed.items()))
    print(
        f"\n{told.killed.total()} kills ({killed}); {plan.pages} pages in {len(told.files)} files; seed {plan.seed}"
    )
    print(
        f"{told.cut} uploads were cut and sent again; {len(told.checkpoints)} checkpoints were remembered outside"
    )
    print(
        f"the queue was empty {told.drained_after:.0f} s after the last file\n\n| must not be | there are |\n|---|---|"
    )
    for line in lines:
        print(f"| {line.rule} | {line.wrong} |")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
