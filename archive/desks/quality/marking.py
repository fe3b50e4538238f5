"""Marks on pages: how a page lies, whether it is left out, blank, accepted, or to be scanned again.

A mark changes neither the original nor the stored view. Each is a row that says who, when, why and what stood there before.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.policy import State
from archive.core.errors import Conflict, Invalid, Stale
from archive.core.gate import Found, Look, Work, listing, operation
from archive.core.jobs.tables import JobKind
from archive.desks.quality import queries
from archive.desks.quality.looking import PageSeen, seen
from archive.desks.quality.queries import PAGE_COLUMNS
from archive.holdings import queries as holdings
from archive.holdings.holds import refuse_held
from archive.holdings.quality import Limits, facts_of, with_reasons
from archive.holdings.tables import Item, Page, PageMark, Volume

MOST_REASON = 500


class Kind(StrEnum):
    ROTATION = "rotation"
    EXCLUDED = "excluded"
    BLANK = "blank"
    RESCAN = "rescan"
    ACCEPTED = "accepted"


FIXING = frozenset({Kind.EXCLUDED, Kind.BLANK})
"""Marks that change what readers are shown and what is found: not of archived items, under a hold, or while they are checked."""

_COLUMNS = {
    Kind.ROTATION: "rotation",
    Kind.EXCLUDED: "is_excluded",
    Kind.BLANK: "is_blank",
    Kind.RESCAN: "wants_rescan",
    Kind.ACCEPTED: "is_accepted",
}


class Act(StrEnum):
    """What somebody says of a page. Left and right are quarters of a turn."""

    ACCEPT = "accept"
    UNACCEPT = "unaccept"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    BLANK = "blank"
    NOT_BLANK = "not_blank"
    LEFT = "left"
    RIGHT = "right"
    RESCAN = "rescan"
    NO_RESCAN = "no_rescan"


_YES_AND_NO = {
    Act.ACCEPT: (Kind.ACCEPTED, 1),
    Act.UNACCEPT: (Kind.ACCEPTED, 0),
    Act.EXCLUDE: (Kind.EXCLUDED, 1),
    Act.INCLUDE: (Kind.EXCLUDED, 0),
    Act.BLANK: (Kind.BLANK, 1),
    Act.NOT_BLANK: (Kind.BLANK, 0),
    Act.RESCAN: (Kind.RESCAN, 1),
    Act.NO_RESCAN: (Kind.RESCAN, 0),
}
_NEEDS_REASON = frozenset({Act.EXCLUDE, Act.RESCAN})
_QUARTERS = {Act.LEFT: 270, Act.RIGHT: 90}


@dataclass(frozen=True)
class Mark:
    """``revision``: of the page that was looked at. ``reason``: for leaving out and scanning again."""

    act: Act
    revision: int
    limits: Limits
    reason: str = ""


def page(look: Look, uid: UUID) -> Found[tuple[Item, Page]] | None:
    """Finder: a page by its uid."""
    row = holdings.page_by_uid(look.session, uid)
    return None if row is None else Found(holdings.page_target(*row), row)


@operation(Action.QUALITY_MARK, on=page)
def mark(work: Work, found: tuple[Item, Page], said: Mark) -> PageSeen:
    """Raises ``Stale`` when somebody else marked the page since, ``Invalid`` without a reason where one is needed."""
    item, row = found
    _check_revision(row, said.revision)
    _check_reason(said)
    kind, value = _meant(row, said.act)
    if value != _stands(row, kind):
        _refuse_fixed(work, item, kind)
        if said.act is Act.RESCAN:
            _set(work, item, row, Kind.ACCEPTED, 0, "")
        _set(work, item, row, kind, value, said.reason.strip())
        row.revision += 1
    work.tell(mark=said.act, reason=said.reason.strip())
    return _shown(work, item, row, said.limits)


def _meant(row: Page, act: Act) -> tuple[Kind, int]:
    if act in _QUARTERS:
        return Kind.ROTATION, (row.rotation + _QUARTERS[act]) % 360
    return _YES_AND_NO[act]


@dataclass(frozen=True)
class Back:
    revision: int
    limits: Limits


@operation(Action.QUALITY_MARK, on=page)
def undo(work: Work, found: tuple[Item, Page], back: Back) -> PageSeen:
    """Takes the newest mark back, whoever made it; that is a row of its own. Raises ``Conflict`` when there is none."""
    item, row = found
    _check_revision(row, back.revision)
    last = queries.last_mark(work.session, row.id)
    if last is None:
        raise Conflict("There is no mark on this page to take back.", "Look at the page as it stands.")
    kind = Kind(last.kind)
    _refuse_fixed(work, item, kind)
    last.is_undone = True
    _set(work, item, row, kind, last.before, "", is_undone=True)
    row.revision += 1
    work.tell(mark=f"undo {kind}")
    return _shown(work, item, row, back.limits)


@dataclass(frozen=True)
class These:
    """The pages that stood on somebody's screen."""

    pages: tuple[UUID, ...]
    limits: Limits


@operation(Action.QUALITY_MARK, on=listing("pages"))
def accept_unmarked(work: Work, _place: None, these: These) -> int:
    """Accepts those that nothing speaks against, as they stand now. Returns how many. The others stay as they are."""
    reach = work.scope(Action.QUALITY_MARK).where(PAGE_COLUMNS)
    facts = facts_of(work.session, queries.ids_of(work.session, reach, these.pages))
    items = holdings.items_by_id(work.session, (one.page.item_id for one in facts))
    accepted = 0
    for one, reasons in with_reasons(facts, these.limits):
        row = one.page
        if not reasons and not row.is_accepted and not row.is_excluded:
            _set(work, items[row.item_id], row, Kind.ACCEPTED, 1, "")
            row.revision += 1
            accepted += 1
            work.touch(f"page:{row.uid}")
    return accepted


def _check_revision(row: Page, revision: int) -> None:
    if revision != row.revision:
        raise Stale("Somebody else has marked this page meanwhile.", "Look at it as it stands now.")


def _check_reason(said: Mark) -> None:
    if said.act in _NEEDS_REASON and not said.reason.strip():
        raise Invalid("reason", "This mark needs a reason.", "Say why, in a few words.")
    if len(said.reason) > MOST_REASON:
        raise Invalid("reason", "The reason is too long.", f"Write {MOST_REASON} characters at most.")


def _refuse_fixed(work: Work, item: Item, kind: Kind) -> None:
    if kind not in FIXING:
        return
    refuse_held(item)
    if item.volume_id is not None and work.session.get_one(Volume, item.volume_id).state == "checking":
        raise Conflict(
            "The folder of this document is being checked; its pages stay as the checker sees them.",
            "Ask the checker to send it back.",
        )
    if item.state != State.DRAFT:
        raise Conflict(
            "The pages of an archived item are fixed: none is left out or called blank any more.",
            "Turn it, or ask for a new scan; what must not be seen is given a higher tier.",
        )


def _stands(row: Page, kind: Kind) -> int:
    return int(getattr(row, _COLUMNS[kind]))


def _set(
    work: Work, item: Item, row: Page, kind: Kind, value: int, reason: str, *, is_undone: bool = False
) -> None:
    before = _stands(row, kind)
    if before == value:
        return
    setattr(row, _COLUMNS[kind], value if kind is Kind.ROTATION else bool(value))
    work.session.add(
        PageMark(
            page_id=row.id,
            account_id=work.person(),
            at=work.now,
            kind=kind.value,
            before=before,
            after=value,
            reason=reason or None,
            is_undone=is_undone,
        )
    )
    if kind is Kind.EXCLUDED:
        _follow(work, item)


def _follow(work: Work, item: Item) -> None:
    """The index: the item's rows leave before the commit, and a job puts back those that belong there."""
    item.index_version += 1
    work.unindex(item.id, item.uid, item.index_version)
    work.later(
        JobKind.INDEX,
        item.uid,
        dedupe_key=f"index:{item.uid}:{item.index_version}",
        revision=item.index_version,
        priority=50,
    )


def _shown(work: Work, item: Item, row: Page, limits: Limits) -> PageSeen:
    work.touch(f"item:{item.uid}")
    work.touch(f"page:{row.uid}")
    work.session.flush()
    return seen(work.session, [row.id], limits)[0]
