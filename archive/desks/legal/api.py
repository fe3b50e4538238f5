"""Matters, legal holds and evidence packages, for programs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.requests import Request

from archive.core.access.actions import Purpose
from archive.desks.legal import evidence, holding, matters, taking
from archive.desks.legal.evidence import MOST_ITEMS, NewPackage, PackageSeen
from archive.desks.legal.holding import Closing, HoldSeen, NewHold
from archive.desks.legal.knowing import MOST_NAMED, KnownItem
from archive.desks.legal.matters import MatterSeen, NewMatter
from archive.web.fields import Revision
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

LONGEST = 2000

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=64)]
"""The same key from the same person does the work once and answers the same again."""

Text = Annotated[str, Field(max_length=LONGEST)]
Said = Annotated[str, Field(max_length=LONGEST, pattern=r"\S")]
"""Not empty, and not white space alone."""

Reference = Annotated[str, Field(max_length=200, pattern=r"\S")]
"""The uid or the reference code of an item."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MatterBody(Body):
    title: Said
    court: Text = ""
    opponent: Text = ""


class RevisionBody(Body):
    """``revision`` is the one that was looked at."""

    revision: Revision


class ItemsBody(Body):
    items: list[Reference] = Field(min_length=1, max_length=MOST_NAMED)


class WantedBody(Body):
    """``query``: a search whose hits of this moment are meant as well."""

    items: list[Reference] = Field(default=[], max_length=MOST_NAMED)
    query: Text = ""

    def wanted(self) -> holding.Wanted:
        return holding.Wanted(tuple(self.items), self.query)


class HoldBody(WantedBody):
    reason: Said
    matter: UUID | None = None


class ClosingBody(RevisionBody):
    reason: Said


class DecisionBody(RevisionBody):
    granted: StrictBool
    opinion: Said


class EvidenceBody(Body):
    """``prefix`` of the Bates numbers: letters and digits, a letter first; small letters are made large."""

    items: list[UUID] = Field(min_length=1, max_length=MOST_ITEMS)
    purpose: Purpose
    prefix: str = Field(pattern="^[A-Za-z][A-Za-z0-9]{0,11}$")

    def wanted(self) -> evidence.Wanted:
        return evidence.Wanted(tuple(self.items), self.prefix)


class RequestBody(EvidenceBody):
    recipient: Said
    document_no: Said


class PurposeBody(Body):
    purpose: Purpose


class Made(BaseModel):
    uid: UUID


class ItemShown(BaseModel):
    """``held``: under a legal hold. ``may_read``: its pages are open to the asker, once a purpose is said."""

    uid: UUID
    reference_code: str | None
    title: str | None
    tier: int
    pages: int
    held: bool
    may_read: bool


class MatterShown(BaseModel):
    """``state``: open or closed. ``items`` only of a matter that is shown by itself."""

    uid: UUID
    no: str
    revision: int
    title: str | None
    court: str | None
    opponent: str | None
    state: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    items: list[ItemShown]


class HoldShown(BaseModel):
    """``state``: active, proposed (for release) or released. ``items``: those that the asker may know of."""

    uid: UUID
    no: str
    revision: int
    reason: str | None
    query: str | None
    state: str
    matter: UUID | None
    matter_no: str | None
    set_by: str
    at: datetime
    proposed_by: str | None
    closing: str | None
    decided_by: str | None
    opinion: str | None
    decided_at: datetime | None
    items: list[ItemShown]
    may_propose: bool
    may_decide: bool


class LineShown(BaseModel):
    """Sizes in bytes; ``first`` and ``last`` are Bates numbers."""

    item: ItemShown
    originals: int
    original_size: int
    view_size: int
    first: str
    last: str


class PreviewShown(BaseModel):
    lines: list[LineShown]
    pages: int
    size: int
    first: str
    last: str


class PackageShown(BaseModel):
    """``state``: waiting, refused, released or expired. ``first`` and ``last`` are Bates numbers."""

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
    items: list[ItemShown]
    is_mine: bool


# --- matters -------------------------------------------------------------------------------------------------


@router.get("/api/v1/matters")
@serves(matters.list_matters)
def list_matters(door: Door) -> list[MatterShown]:
    return [_matter(seen) for seen in door.run(matters.list_matters, None).value]


@router.post("/api/v1/matters", status_code=201)
@serves(matters.open_matter)
def open_matter(door: Door, body: MatterBody, key: Key = None) -> Made:
    new = NewMatter(body.title, body.court, body.opponent)
    return Made(uid=door.run(matters.open_matter, None, new, idempotency_key=key).value)


@router.get("/api/v1/matters/{uid}")
@serves(matters.show_matter)
def show_matter(door: Door, uid: UUID) -> MatterShown:
    return _matter(door.run(matters.show_matter, uid).value)


@router.post("/api/v1/matters/{uid}/items")
@serves(matters.add_items)
def add_items(door: Door, uid: UUID, body: ItemsBody) -> Made:
    """404 when one of the items is not there for the asker; then none is added."""
    return Made(uid=door.run(matters.add_items, uid, tuple(body.items)).value)


@router.delete("/api/v1/matters/{uid}/items/{item}")
@serves(matters.take_out)
def take_out(door: Door, uid: UUID, item: UUID) -> Made:
    return Made(uid=door.run(matters.take_out, uid, item).value)


@router.post("/api/v1/matters/{uid}/close")
@serves(matters.close_matter)
def close_matter(door: Door, uid: UUID, body: RevisionBody) -> Made:
    return Made(uid=door.run(matters.close_matter, uid, body.revision).value)


# --- holds ---------------------------------------------------------------------------------------------------


@router.get("/api/v1/holds")
@serves(holding.list_holds)
def list_holds(door: Door) -> list[HoldShown]:
    return [_hold(seen) for seen in door.run(holding.list_holds, None).value]


@router.post("/api/v1/holds/preview")
@serves(holding.preview_hold)
def preview_hold(door: Door, body: WantedBody) -> list[ItemShown]:
    return [_item(seen) for seen in door.run(holding.preview_hold, None, body.wanted()).value]


@router.post("/api/v1/holds", status_code=201)
@serves(holding.set_hold)
def set_hold(door: Door, body: HoldBody, key: Key = None) -> Made:
    new = NewHold(body.wanted(), body.reason, body.matter)
    return Made(uid=door.run(holding.set_hold, None, new, idempotency_key=key).value)


@router.post("/api/v1/holds/{uid}/propose-release")
@serves(holding.propose_release)
def propose_release(door: Door, uid: UUID, body: ClosingBody) -> Made:
    return Made(uid=door.run(holding.propose_release, uid, Closing(body.reason, body.revision)).value)


@router.post("/api/v1/holds/{uid}/decision")
@serves(holding.decide_release)
def decide_release(door: Door, uid: UUID, body: DecisionBody) -> Made:
    verdict = holding.Verdict(body.granted, body.opinion, body.revision)
    return Made(uid=door.run(holding.decide_release, uid, verdict).value)


# --- evidence ------------------------------------------------------------------------------------------------


@router.post("/api/v1/matters/{uid}/evidence/preview")
@serves(evidence.preview)
def preview(door: Door, uid: UUID, body: EvidenceBody) -> PreviewShown:
    shown = door.run(evidence.preview, uid, body.wanted(), purpose=body.purpose).value
    lines = [LineShown(**{**vars(line), "item": _item(line.item)}) for line in shown.lines]
    return PreviewShown(lines=lines, pages=shown.pages, size=shown.size, first=shown.first, last=shown.last)


@router.post("/api/v1/matters/{uid}/evidence", status_code=201)
@serves(evidence.request)
def ask(door: Door, uid: UUID, body: RequestBody, key: Key = None) -> Made:
    new = NewPackage(body.wanted(), body.recipient, body.document_no)
    own_key = None if key is None else f"{uid}:{key}"
    made = door.run(evidence.request, uid, new, purpose=body.purpose, idempotency_key=own_key)
    return Made(uid=made.value)


@router.get("/api/v1/evidence")
@serves(evidence.list_packages)
def list_packages(door: Door) -> list[PackageShown]:
    return [_package(seen) for seen in door.run(evidence.list_packages, None).value]


@router.get("/api/v1/evidence/waiting")
@serves(evidence.list_waiting)
def list_waiting(door: Door) -> list[PackageShown]:
    return [_package(seen) for seen in door.run(evidence.list_waiting, None).value]


@router.post("/api/v1/evidence/{uid}/decision")
@serves(evidence.decide)
def decide(door: Door, uid: UUID, body: DecisionBody) -> Made:
    verdict = evidence.Verdict(body.granted, body.opinion, body.revision)
    return Made(uid=door.run(evidence.decide, uid, verdict).value)


_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "A BagIt 1.0 bag in a ZIP"}
}


@router.post("/api/v1/evidence/{uid}/export", response_class=Response, responses=_ZIP)
@serves(*taking.OPERATIONS)
def take(request: Request, door: Door, uid: UUID, body: PurposeBody) -> Response:
    """``purpose`` is the one that it was asked for and released for."""
    return taking.send_package(request, door, uid, body.purpose)


def _item(seen: KnownItem) -> ItemShown:
    return ItemShown(**vars(seen))


def _matter(seen: MatterSeen) -> MatterShown:
    return MatterShown(**{**vars(seen), "items": [_item(item) for item in seen.items]})


def _hold(seen: HoldSeen) -> HoldShown:
    return HoldShown(**{**vars(seen), "items": [_item(item) for item in seen.items]})


def _package(seen: PackageSeen) -> PackageShown:
    return PackageShown(**{**vars(seen), "items": [_item(item) for item in seen.items]})
