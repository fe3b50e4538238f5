"""Suggestions while somebody types into a form: the options of its list, as a fragment."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.desks.finding import suggesting
from archive.desks.finding.suggesting import MOST, MOST_CHARACTERS, Field, Suggestion, Wanted
from archive.holdings.vocabulary import DOC_TYPES, NUMBER_KINDS, word
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.render import page

router = GuardedRouter()


@router.get("/suggestions")
@serves(suggesting.suggest)
def suggest(
    request: Request, door: Door, field: Field, text: Annotated[str, Query(max_length=MOST_CHARACTERS)] = ""
) -> HTMLResponse:
    found = door.run(suggesting.suggest, None, Wanted(field, text)).value
    options = [_in_words(field, one) for one in found]
    return page(request, "finding/suggestions.html", options=options, is_whole=len(found) < MOST)


def _in_words(field: Field, one: Suggestion) -> tuple[str, str, str]:
    """(what goes into the field, what stands beside it, the identifier of a volume)."""
    value = word(one.value, DOC_TYPES) if field is Field.DOC_TYPE else one.value
    beside = word(one.beside, NUMBER_KINDS) if field is Field.NUMBER else one.beside
    return value, beside, str(one.volume or "")
