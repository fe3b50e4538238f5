from datetime import timedelta

import pytest

from archive.core.jobs.backoff import back_off


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (8, 640), (9, 900), (10**6, 900)]
)
def test_the_wait_doubles_with_each_attempt_up_to_a_quarter_of_an_hour(attempt: int, seconds: int) -> None:
    assert back_off(attempt, jitter=1) == timedelta(seconds=seconds)


def test_jitter_spreads_the_wait_over_its_upper_half() -> None:
    assert back_off(3, jitter=0) == timedelta(seconds=10)
    assert back_off(3, jitter=0.5) == timedelta(seconds=15)
