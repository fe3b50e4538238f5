"""The search page."""

from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.core.access.actions import Action
from archive.desks.finding import operations
from archive.desks.finding.operations import Search
from archive.desks.finding.presenting import pieces, present
from archive.holdings import vocabulary
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_
from archive.web.menu import USE, MenuEntry
from archive.web.render import page
from search.query import Note, parse

router = GuardedRouter(
    menu=[MenuEntry(USE, N_("检索"), "/search", Action.ITEM_FIND, N_("按姓名、号码或页面文字查找，繁简均可"))]
)


@router.get("/search")
@serves(operations.search)
def search(request: Request, door: Door, q: str = "", before: UUID | None = None) -> HTMLResponse:
    query = parse(q)
    released = door.run(operations.search, None, Search(q, query, before))
    following = released.value.next
    return page(
        request,
        "finding/search.html",
        q=q,
        is_asked=not query.is_empty,
        words=vocabulary,
        notes=[note for note in query.notes if note is not Note.NOTHING_ASKED],
        items=present(door, released, query),
        pieces=pieces,
        is_continued=before is not None,
        following=None if following is None else "/search?" + urlencode({"q": q, "before": str(following)}),
    )
