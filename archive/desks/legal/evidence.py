"""Evidence packages 证据包: asked for by one person, released by another, and only then taken out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from archive.accounts.queries import names_of
from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.errors import Conflict, Invalid, NotFound
from archive.core.gate import Found, Look, Work, listing, operation
from archive.desks.legal import queries
from archive.desks.legal.bates import bates, check_prefix
from archive.desks.legal.knowing import KnownItem, knows, seen, sentence
from archive.desks.legal.matters import matter
from archive.desks.legal.originals import Leaving, contents, leaving
from archive.desks.legal.statement import statement
from archive.desks.legal.tables import EvidenceItem, EvidencePackage, Matter
from archive.holdings.queries import item_by_uid, page_counts
from archive.holdings.tables import Item

MOST_ITEMS, MOST_PAGES = 200, 5000
"""Of one package: its one entry in the log names every page."""

TAKING_DAYS = 14
"""How long a released package may be taken. Afterwards it is asked for again, so that somebody looks again."""

SHOWN = 200


@dataclass(frozen=True)
class Wanted:
    items: tuple[UUID, ...]
    prefix: str


@dataclass(frozen=True)
class NewPackage:
    wanted: Wanted
    recipient: str
    document_no: str


@dataclass(frozen=True)
class Line:
    """One item as it would leave. Sizes in bytes; ``first`` and ``last`` are Bates numbers."""

    item: KnownItem
    originals: int
    original_size: int
    view_size: int
    first: str
    last: str


@dataclass(frozen=True)
class Preview:
    """``first`` and ``last``: the numbers as they stand now; somebody else's request may take them before."""

    matter: UUID
    lines: tuple[Line, ...]
    pages: int
    size: int
    first: str
    last: str


@operation(Action.EVIDENCE_REQUEST, on=matter, reads=True)
def preview(work: Work, it: Matter, wanted: Wanted) -> Preview:
    """What would leave. Raises what ``request`` would."""
    prefix = check_prefix(wanted.prefix)
    parts = _leaving(work, it, wanted.items)
    first = number = queries.next_bates(work.session, prefix)
    lines = []
    for part in parts:
        [item] = seen(work, [part.item])
        size = sum(one.size for one in part.originals)
        last = number + len(part.pages) - 1
        lines.append(
            Line(item, len(part.originals), size, part.view_size, bates(prefix, number), bates(prefix, last))
        )
        number = last + 1
    total = sum(line.original_size + line.view_size for line in lines)
    ends = bates(prefix, first), bates(prefix, number - 1)
    return Preview(it.uid, tuple(lines), number - first, total, *ends)


@operation(Action.EVIDENCE_REQUEST, on=matter)
def request(work: Work, it: Matter, new: NewPackage) -> UUID:
    """Nothing leaves yet. The numbers are given now and stay with this package, whatever becomes of it."""
    prefix = check_prefix(new.wanted.prefix)
    if not new.recipient.strip():
        raise Invalid("recipient", "A package goes to somebody.", "Name the court or the recipient.")
    if not new.document_no.strip():
        raise Invalid(
            "document_no", "A package needs the number of a legal document.", "Type the number of the order."
        )
    parts = _leaving(work, it, new.wanted.items)
    count = sum(len(part.pages) for part in parts)
    first = queries.take_bates(work.session, prefix, count)
    row = EvidencePackage(
        uid=work.new_uid(),
        no=queries.next_number(work.session, EvidencePackage, "EV", work.now.year),
        matter_id=it.id,
        account_id=work.person(),
        purpose=str(work.purpose),
        recipient=new.recipient.strip(),
        document_no=new.document_no.strip(),
        prefix=prefix,
        first_number=first,
        page_count=count,
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _add_lines(work, row, parts)
    work.touch(f"evidence:{row.uid}")
    work.touch(f"matter:{it.uid}")
    return row.uid


def _add_lines(work: Work, row: EvidencePackage, parts: list[Leaving]) -> None:
    number = row.first_number
    for part in parts:
        line = EvidenceItem(
            package_id=row.id, item_id=part.item.id, first_number=number, page_count=len(part.pages)
        )
        work.session.add(line)
        work.touch(f"item:{part.item.uid}")
        number += len(part.pages)


def _leaving(work: Work, it: Matter, uids: tuple[UUID, ...]) -> list[Leaving]:
    """Items of this matter, every page of which the asker may read for the purpose that she said."""
    if it.state != "open":
        raise Conflict("This matter is closed.", "Open a new one.")
    wanted = tuple(dict.fromkeys(uids))
    if not 1 <= len(wanted) <= MOST_ITEMS:
        raise Invalid("items", f"A package holds 1 to {MOST_ITEMS} items.", "Choose items of the matter.")
    parts = [leaving(work, _item_of(work, it, uid), work.purpose) for uid in wanted]
    if sum(len(part.pages) for part in parts) > MOST_PAGES:
        raise Invalid("items", f"A package holds at most {MOST_PAGES} pages.", "Make several packages.")
    return parts


def _item_of(work: Work, it: Matter, uid: UUID) -> Item:
    item = item_by_uid(work.session, uid)
    is_inside = queries.matter_item(work.session, it.id, 0 if item is None else item.id) is not None
    if item is None or not is_inside:
        raise NotFound
    if not knows(work, item):
        raise NotFound(hidden=f"item:{uid}")
    return item


# --- lists -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PackageSeen:
    """``state``: waiting, refused, released, or expired once its time is over. ``items``: those the asker may know of."""

    uid: UUID
    no: str
    revision: int
    matter: UUID
    matter_no: str
    asked_by: str
    purpose: str
    recipient: str | None
    document_no: str | None
    first: str
    last: str
    pages: int
    state: str
    created_at: datetime
    decided_by: str | None
    opinion: str | None
    decided_at: datetime | None
    until: datetime | None
    items: tuple[KnownItem, ...]
    is_mine: bool


@operation(Action.EVIDENCE_LIST, on=listing("evidence_packages"), reads=True)
def list_packages(work: Work, _place: None) -> tuple[PackageSeen, ...]:
    """Newest first: the asker's own, and those of her unit of whose items she may know."""
    reach = work.scope(Action.EVIDENCE_LIST).where(queries.PACKAGE_COLUMNS)
    rows = queries.packages_where(work.session, reach, limit=SHOWN)
    around = _around(work, [package for package, _ in rows])
    return tuple(
        _seen(work, package, matter, around)
        for package, matter in rows
        if package.account_id == work.actor.id or _all_known(work, around.items.get(package.id, []))
    )


@operation(Action.EVIDENCE_RELEASE, on=listing("evidence_packages"), reads=True)
def list_waiting(work: Work, _place: None) -> tuple[PackageSeen, ...]:
    """What waits for this very person: requests of others, of every item of which she may know."""
    rows = queries.packages_where(work.session, EvidencePackage.state == "waiting", limit=SHOWN)
    around = _around(work, [package for package, _ in rows])
    return tuple(_seen(work, *row, around) for row in rows if _may_decide(work, row[0], around))


@dataclass(frozen=True)
class _Around:
    """What stands around many packages, asked for once."""

    items: dict[int, list[Item]]
    pages: dict[int, int]
    names: dict[int, str]


def _around(work: Work, rows: list[EvidencePackage]) -> _Around:
    items = queries.items_of_packages(work.session, (row.id for row in rows))
    people = {i for row in rows for i in (row.account_id, row.decided_by) if i is not None}
    packed = {item.id for some in items.values() for item in some}
    return _Around(items, page_counts(work.session, packed), names_of(work.session, people))


def _may_decide(work: Work, row: EvidencePackage, around: _Around) -> bool:
    allowed = isinstance(work.decide(Action.EVIDENCE_RELEASE, queries.package_target(row)), Allowed)
    return allowed and _all_known(work, around.items.get(row.id, []))


def _all_known(work: Work, items: list[Item]) -> bool:
    return all(knows(work, item) for item in items)


def _seen(work: Work, row: EvidencePackage, it: Matter, around: _Around) -> PackageSeen:
    names = around.names
    work.touch(f"evidence:{row.uid}")
    return PackageSeen(
        uid=row.uid,
        no=row.no,
        revision=row.revision,
        matter=it.uid,
        matter_no=it.no,
        asked_by=names[row.account_id],
        purpose=row.purpose,
        recipient=row.recipient,
        document_no=row.document_no,
        first=bates(row.prefix, row.first_number),
        last=bates(row.prefix, row.first_number + row.page_count - 1),
        pages=row.page_count,
        state="expired" if row.until is not None and row.until <= work.now else row.state,
        created_at=row.created_at,
        decided_by=None if row.decided_by is None else names[row.decided_by],
        opinion=row.opinion,
        decided_at=row.decided_at,
        until=row.until,
        items=seen(work, around.items.get(row.id, []), around.pages),
        is_mine=row.account_id == work.actor.id,
    )


# --- releasing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    released: bool
    opinion: str
    revision: int


Packed = tuple[EvidencePackage, list[tuple[EvidenceItem, Item]]]


def package(look: Look, uid: UUID) -> Found[Packed] | None:
    """Finder: a package with its lines. An unknown one costs the same statements as a hidden one."""
    row = queries.package_by_uid(look.session, uid)
    lines = queries.items_of_package(look.session, 0 if row is None else row.id)
    return None if row is None else Found(queries.package_target(row), (row, lines))


@operation(Action.EVIDENCE_RELEASE, on=package)
def decide(work: Work, packed: Packed, verdict: Verdict) -> UUID:
    """The entry of a release holds, as its detail, what is released, with its digests: the bag discloses it."""
    row, items = packed[0], [item for _, item in packed[1]]
    if not all(knows(work, item) for item in items):
        raise NotFound(hidden=f"evidence:{row.uid}")
    if row.state != "waiting" or row.revision != verdict.revision:
        raise Conflict("This package has been decided on meanwhile.", "Look at the list again.")
    row.opinion = sentence("opinion", verdict.opinion)
    row.state = "released" if verdict.released else "refused"
    row.decided_by, row.decided_at = work.person(), work.now
    row.until = work.now + timedelta(days=TAKING_DAYS) if verdict.released else None
    row.revision += 1
    for item in items:
        work.touch(f"item:{item.uid}")
    work.touch(f"evidence:{row.uid}")
    if verdict.released:
        work.tell(released=statement(row, [(line, contents(work, item)) for line, item in packed[1]]))
    return row.uid
