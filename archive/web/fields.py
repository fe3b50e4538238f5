"""Values that the bodies and questions of many routes hold, with the bounds that the database has."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt

_YEAR_FIRST = re.compile(r"\d{4}-")


def _written(value: object) -> object:
    """A number is none: ``0`` was taken for the first of January 1970."""
    if isinstance(value, date) or (isinstance(value, str) and _YEAR_FIRST.match(value)):
        return value
    raise ValueError("a date begins with its year, as in 2026-11-24")


Revision = Annotated[StrictInt, Field(ge=0, le=2**63 - 1)]
"""Of a row, as it was looked at."""

WRITTEN = BeforeValidator(_written)
"""For dates and moments."""

Day = Annotated[date, WRITTEN]
