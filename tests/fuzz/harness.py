"""What a fuzzer is, and how it runs: for a number of inputs or for a time, each round from a seed that makes it again."""

import atexit
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

INPUTS_A_ROUND = 2000


@dataclass(frozen=True)
class Harness:
    """``check`` lets pass what the reader may raise; anything else it raises is a fault of the reader.

    An ``AssertionError`` says that a wrong answer was given.
    """

    inputs: st.SearchStrategy[bytes]
    check: Callable[[bytes], None]


class FaultFound(Exception):
    """The smallest input that was found to show the fault, and the round's seed."""

    def __init__(self, culprit: bytes, seed_used: int, error: BaseException) -> None:
        super().__init__(
            f"{type(error).__name__}: {error}\nseed {seed_used}; the input, to be kept in tests/fuzz/kept:\n{culprit!r}"
        )
        self.culprit = culprit


def scratch() -> Path:
    """A folder for what is made once; removed with the process."""
    folder = Path(tempfile.mkdtemp(prefix="juanzong-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def round_of(harness: Harness, seed_used: int, inputs: int = INPUTS_A_ROUND) -> None:
    """Raises ``FaultFound``."""
    tried: list[tuple[bytes, Exception]] = []

    @seed(seed_used)
    @settings(
        max_examples=inputs,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(harness.inputs)
    def examine(data: bytes) -> None:
        try:
            harness.check(data)
        except Exception as error:
            tried.append((data, error))
            raise

    try:
        examine()
    except Exception as error:
        culprit, fault = tried[0]
        raise FaultFound(smaller(harness.check, culprit, type(fault)), seed_used, fault) from error


def smaller(check: Callable[[bytes], None], data: bytes, fault: type[Exception]) -> bytes:
    """What is left when everything is taken out without which the same fault still shows."""
    size = len(data)
    while size := size // 2:
        at = 0
        while at < len(data):
            shorter = data[:at] + data[at + size :]
            if _shows(check, shorter, fault):
                data = shorter
            else:
                at += size
    return data


def _shows(check: Callable[[bytes], None], data: bytes, fault: type[Exception]) -> bool:
    try:
        check(data)
    except fault:
        return True
    except Exception:  # noqa: BLE001 - another fault: to be found by itself
        return False
    return False


def rounds_for(harness: Harness, seconds: float, first_seed: int) -> int:
    """Rounds from ``first_seed`` on until the time is over; how many there were. Raises ``FaultFound``."""
    deadline, number = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        round_of(harness, first_seed + number)
        number += 1
    return number
