"""The filters of the time line as a form sends them."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from archive.core.errors import Invalid
from archive.desks.audit.operations import Filters

NAMES = ("person", "record", "action", "purpose", "outcome", "since", "until")


def given_in(value: Callable[[str], str]) -> dict[str, str]:
    return {name: value(name) for name in NAMES}


def filters(given: dict[str, str], before: int | None = None) -> Filters:
    """Raises ``Invalid`` for a day that is none."""
    return Filters(
        person=given["person"],
        record=given["record"],
        outcome=given["outcome"],
        since=beginning("since", given["since"]),
        until=end("until", given["until"]),
        before=before,
        action=given["action"],
        purpose=given["purpose"],
    )


def address(path: str, given: dict[str, str], before: int | None = None) -> str:
    query: dict[str, str | int] = {name: value for name, value in given.items() if value}
    if before is not None:
        query["before"] = before
    return f"{path}?{urlencode(query)}" if query else path


def beginning(field: str, text: str) -> datetime | None:
    """Midnight before a day, on the clock of the machine that serves."""
    return _midnight(field, text, timedelta(0))


def end(field: str, text: str) -> datetime | None:
    """Midnight after a day: a person who types the same day twice means that whole day."""
    return _midnight(field, text, timedelta(days=1))


def _midnight(field: str, text: str, later: timedelta) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()) + later, time.min).astimezone()
    except (ValueError, OverflowError) as error:
        raise Invalid(field, f"The field {field} needs a day.", "Write it as 2026-11-30.") from error
