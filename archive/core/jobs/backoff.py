"""How long a failed job waits."""

from datetime import timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)


def back_off(attempt: int, jitter: float) -> timedelta:
    """Doubles with each attempt (counted from 1) up to 15 minutes; ``jitter`` from 0 to 1 spreads it over the upper half."""
    doubled = min(FIRST * (1 << min(attempt - 1, 30)), LONGEST)
    return doubled / 2 + doubled * jitter / 2
