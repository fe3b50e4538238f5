"""One odd or hostile file of the corpus: how it is made, what it is, and what must become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Must(StrEnum):
    ACCEPTED = "accepted"
    WARNED = "accepted with warning"
    REFUSED = "refused with reason and remedy"


@dataclass(frozen=True)
class Odd:
    """``code``: of the refusal, or one of the remarks. ``pages``: how many, where it is taken in."""

    name: str
    what: str
    must: Must
    make: Callable[[], bytes]
    code: str | None = None
    pages: int = 1
