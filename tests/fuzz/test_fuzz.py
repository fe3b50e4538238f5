"""Readers of what strangers send are fed with input near to genuine input: briefly here, for a minute each with --long.

By hand, for as long as one likes: ``python -m tests.fuzz.run NAME SECONDS``.
"""

import pytest

from ocr.frames import FrameType
from tests.fuzz import frames
from tests.fuzz.harness import FaultFound, Harness, round_of, rounds_for
from tests.fuzz.kept.inputs import KEPT
from tests.fuzz.run import HARNESSES

BRIEFLY = 400
SECONDS = 60.0
SEED = 20_261_124


@pytest.mark.parametrize("name", HARNESSES)
def test_no_input_near_to_a_genuine_one_is_misread(name: str) -> None:
    round_of(HARNESSES[name], SEED, BRIEFLY)


@pytest.mark.long
@pytest.mark.parametrize("name", HARNESSES)
def test_no_input_of_a_minute_is_misread(name: str) -> None:
    rounds_for(HARNESSES[name], SECONDS, SEED + 1)


@pytest.mark.parametrize(("name", "kept"), [(name, kept) for name in KEPT for kept in KEPT[name]])
def test_what_once_was_misread_is_not_any_more(name: str, kept: bytes) -> None:
    HARNESSES[name].check(kept)


def test_a_reader_that_breaks_is_found_out_with_the_input_that_breaks_it() -> None:
    def reader(data: bytes) -> None:
        data.decode("ascii")

    with pytest.raises(FaultFound) as found:
        round_of(Harness(HARNESSES["query"].inputs, reader), SEED)
    assert len(found.value.culprit) == 1


def test_what_the_edits_begin_with_is_genuine() -> None:
    """Else the fuzzer would look no deeper than the first refusal."""
    genuine = [frames.only(encoded) for encoded in frames.FRAMES]
    facts = next(frame for frame in genuine if frame.type is FrameType.PAGE_FACTS)
    assert all(frames.is_believed(frame, facts) for frame in genuine)
