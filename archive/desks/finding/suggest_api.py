"""Suggestions while typing, for programs."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from archive.desks.finding import suggesting
from archive.desks.finding.suggesting import MOST_CHARACTERS, Field, Wanted
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()


class SuggestionShown(BaseModel):
    """``beside``: the kind of a number, the title of a volume. ``volume``: its identifier, where the field is one."""

    value: str
    beside: str
    volume: UUID | None


@router.get("/api/v1/suggestions")
@serves(suggesting.suggest)
def suggest(
    door: Door, field: Field, text: Annotated[str, Query(max_length=MOST_CHARACTERS)] = ""
) -> list[SuggestionShown]:
    """What was described before in items that the asker may find; none before two characters, and none of T5."""
    found = door.run(suggesting.suggest, None, Wanted(field, text)).value
    return [SuggestionShown(**vars(one)) for one in found]
