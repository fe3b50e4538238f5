"""The pages of checking scans: which batches wait, the grid of one, and the one form that marks a page of it."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action
from archive.core.errors import ArchiveError, Conflict, Invalid, NotFound, Stale
from archive.desks.quality import looking, marking, wording
from archive.desks.quality.contact import contact_sheet
from archive.desks.quality.looking import ON_A_SCREEN, Asked, PageSeen
from archive.desks.quality.marking import Act, Back, Mark, These
from archive.holdings.quality import Limits, limits
from archive.web import texts
from archive.web.entrance import entrance_of
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import ARRANGE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(
            ARRANGE,
            N_("质检"),
            "/quality",
            Action.QUALITY_MARK,
            N_("逐页检查扫描质量：旋转、排除、重扫、通过"),
        )
    ]
)

Start = Annotated[int, Query(ge=0, le=10**7)]
AFTER_WHICH_IT_GOES_ON = frozenset({"accept"})


@dataclass(frozen=True)
class Place:
    """A screen of the grid: of a batch or of an item, from which page on, and the page that is chosen on it."""

    batch: UUID | None = None
    item: UUID | None = None
    start: int = 0

    def asked(self, request: Request) -> Asked:
        """Raises ``NotFound`` for an address that names neither."""
        given = _limits(request)
        if self.batch is not None:
            return Asked(("batch", self.batch), self.start, given)
        if self.item is not None:
            return Asked(("item", self.item), self.start, given)
        raise NotFound

    def path(self, page: str = "/quality/grid", **more: str) -> str:
        named = {"batch": self.batch, "item": self.item, "start": self.start or None, **more}
        return f"{page}?" + urlencode({name: str(value) for name, value in named.items() if value})

    def at(self, start: int) -> "Place":
        return Place(self.batch, self.item, start)


@router.get("/quality")
@serves(looking.list_batches)
def batches(request: Request, door: Door, before: UUID | None = None) -> HTMLResponse:
    found = door.run(looking.list_batches, None, before).value
    after = f"/quality?before={found[-1].uid}" if len(found) == looking.MOST_BATCHES else None
    return page(request, "quality/batches.html", batches=found, after=after)


@router.get("/quality/grid")
@serves(looking.show_pages)
def grid(
    request: Request,
    door: Door,
    batch: UUID | None = None,
    item: UUID | None = None,
    start: Start = 0,
    chosen: UUID | None = None,
) -> HTMLResponse:
    return _grid(request, door, Place(batch, item, start), chosen)


@router.get("/quality/sheet.jpg")
@serves(looking.show_images)
def sheet(
    request: Request, door: Door, batch: UUID | None = None, item: UUID | None = None, start: Start = 0
) -> Response:
    released = door.run(looking.show_images, None, Place(batch, item, start).asked(request))
    return Response(contact_sheet(door, released), media_type="image/jpeg")


@router.post("/quality/grid")
@serves(marking.mark, marking.undo, marking.accept_unmarked, looking.show_pages)
def act(request: Request, door: Door, form: PostedForm) -> Response:
    """One form for the whole grid: the page that is chosen, and the button that was pressed.

    A script asks for the one cell that has changed (``part=cell``); a form without it goes back to the grid.
    """
    place = Place(_uid(form, "batch"), _uid(form, "item"), _start(form))
    if form.text("act") == "accept_unmarked":
        these = These(form.uids("shown"), _limits(request))
        count = door.run(marking.accept_unmarked, None, these).value
        return see_other(
            request, place.path(), notice=_("已通过 %(n)s 页；带标记的页需逐页处理。") % {"n": count}
        )
    try:
        chosen = Chosen.of(form)
        done = _do(request, door, form, chosen)
    except (Invalid, Stale, Conflict) as error:
        return _grid(request, door, place, _chosen_uid(form), error, form.optional("reason") or "")
    if form.optional("part") == "cell":
        return _cell(request, done, place)
    return see_other(request, place.path(chosen=str(_following(form, chosen.uid))))


def _cell(request: Request, one: PageSeen, place: Place) -> HTMLResponse:
    """The script puts it where it stood on the contact sheet."""
    sheet = place.path("/quality/sheet.jpg")
    return page(
        request,
        "quality/cell.html",
        one=one,
        cell=0,
        chosen=one.uid,
        flags=flags,
        wording=wording,
        sheet=sheet,
    )


@dataclass(frozen=True)
class Chosen:
    """The page that is chosen, as it stood on the screen: its value in the form is ``uid.revision.flags``."""

    uid: UUID
    revision: int
    flags: str

    @staticmethod
    def of(form: Posted) -> "Chosen":
        """Raises ``Invalid`` when no page is chosen."""
        uid, _dot, rest = (form.optional("page") or "").partition(".")
        revision, _dot, flags = rest.partition(".")
        try:
            return Chosen(UUID(uid), int(revision), flags)
        except ValueError as error:
            raise Invalid("page", "No page is chosen.", "Choose a page, then press the button.") from error


_TOGGLES = {
    "exclude": ("x", Act.EXCLUDE, Act.INCLUDE),
    "blank": ("b", Act.BLANK, Act.NOT_BLANK),
    "rescan": ("r", Act.RESCAN, Act.NO_RESCAN),
    "accept": ("", Act.ACCEPT, Act.ACCEPT),
    "left": ("", Act.LEFT, Act.LEFT),
    "right": ("", Act.RIGHT, Act.RIGHT),
}


def flags(one: PageSeen) -> str:
    """What stands on the page, so that a button that says one thing or its contrary is understood."""
    standing = (("x", one.is_excluded), ("b", one.is_blank), ("r", one.wants_rescan))
    return "".join(letter for letter, stands in standing if stands)


def _do(request: Request, door: Door, form: Posted, chosen: Chosen) -> PageSeen:
    wanted = form.text("act")
    if wanted == "undo":
        return door.run(marking.undo, chosen.uid, Back(chosen.revision, _limits(request))).value
    if wanted not in _TOGGLES:
        raise Invalid("act", "There is no such mark.", "Use the buttons of the page.")
    letter, yes, no = _TOGGLES[wanted]
    act = no if letter and letter in chosen.flags else yes
    said = Mark(act, chosen.revision, _limits(request), form.optional("reason") or "")
    return door.run(marking.mark, chosen.uid, said).value


def _following(form: Posted, uid: UUID) -> UUID:
    """After accepting, the next page of the screen; else the same."""
    shown = form.uids("shown")
    if form.text("act") not in AFTER_WHICH_IT_GOES_ON or uid not in shown:
        return uid
    return shown[min(shown.index(uid) + 1, len(shown) - 1)]


def _chosen_uid(form: Posted) -> UUID | None:
    try:
        return Chosen.of(form).uid
    except Invalid:
        return None


def _uid(form: Posted, name: str) -> UUID | None:
    return form.uid(name) if form.optional(name) else None


def _start(form: Posted) -> int:
    return max(0, form.integer("start")) if form.optional("start") else 0


def _limits(request: Request) -> Limits:
    return limits(entrance_of(request).settings)


def _grid(
    request: Request,
    door: Door,
    place: Place,
    chosen: UUID | None = None,
    error: ArchiveError | None = None,
    reason: str = "",
) -> HTMLResponse:
    screen = door.run(looking.show_pages, None, place.asked(request)).value
    after, before = place.start + ON_A_SCREEN, place.start - ON_A_SCREEN
    return page(
        request,
        "quality/grid.html",
        status=200 if error is None else status_of(error),
        screen=screen,
        place=place,
        chosen=chosen or (screen.pages[0].uid if screen.pages else None),
        flags=flags,
        wording=wording,
        reason=reason,
        sheet=place.path("/quality/sheet.jpg"),
        before=place.at(max(0, before)).path() if place.start else None,
        after=place.at(after).path() if after < screen.total else None,
        trouble=None if error is None else texts.shown(error),
    )
