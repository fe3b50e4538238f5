"""Runs one fuzzer for so long: ``python -m tests.fuzz.run NAME SECONDS [SEED]``; NAME ``all`` runs each for so long.

Prints how far it came, or the smallest input that shows a fault.
"""

import logging
import secrets
import sys

from tests.fuzz import audit_log, envelope, forms, frames, query
from tests.fuzz.harness import INPUTS_A_ROUND, FaultFound, Harness, rounds_for

HARNESSES: dict[str, Harness] = {
    "frames": frames.HARNESS,
    "reading": frames.READING,
    "envelope": envelope.HARNESS,
    "query": query.HARNESS,
    "log file": audit_log.FILE,
    "log part": audit_log.PART,
    "checkpoint": audit_log.CHECKPOINT,
    "forms": forms.HARNESS,
}


def main(name: str, seconds: str, first_seed: str | None = None) -> int:
    """A seed of today's making where none is given: another day looks elsewhere."""
    seed = secrets.randbelow(2**32) if first_seed is None else int(first_seed)
    faults = 0
    logging.disable()  # the readers' own libraries would say each time what they refuse
    for each in HARNESSES if name == "all" else [name]:
        try:
            rounds = rounds_for(HARNESSES[each], float(seconds), seed)
            _say(f"{each}: {rounds * INPUTS_A_ROUND} inputs from seed {seed}, no fault")
        except FaultFound as fault:
            faults += 1
            _say(f"{each}: {fault}")
    return int(bool(faults))


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
