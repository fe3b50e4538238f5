"""Series, volumes and items for programs."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from archive.core.access.actions import Purpose
from archive.holdings import operations, proposing
from archive.holdings.operations import Description, ItemSeen, NewVolume, PersonNamed, VolumeSeen
from archive.web.fields import Day, Revision
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=100)]
"""The same key sent twice does the work once, and both are given the first answer."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewVolumeBody(Body):
    """``tier`` is how sensitive the volume's own title is, 1 to 4."""

    series: UUID
    title: str = Field(min_length=1, max_length=500)
    year: StrictInt
    tier: StrictInt


class PersonBody(Body):
    name: str = Field(min_length=1, max_length=200)
    id_no: str = Field(default="", max_length=64)
    phone: str = Field(default="", max_length=64)
    part: str = Field(default="", max_length=64)


class NumberBody(Body):
    """``kind``: claim, policy, record, plate or other."""

    kind: str
    value: str = Field(min_length=1, max_length=100)


class DescriptionBody(Body):
    """The whole description, replacing the earlier one. ``revision`` is that of the item that was looked at.

    Without a ``volume`` a draft stays one, to be bound later; so it does in a volume that is being arranged.
    """

    revision: Revision
    volume: UUID | None = None
    title: str = Field(max_length=500)
    doc_type: str = Field(max_length=100)
    tier: StrictInt
    doc_date: Day | None = None
    notes: str = Field(default="", max_length=4000)
    persons: list[PersonBody] = Field(default=[], max_length=100)
    numbers: list[NumberBody] = Field(default=[], max_length=100)


class Made(BaseModel):
    uid: UUID


class FondsShown(BaseModel):
    uid: UUID
    code: str
    name: str


class SeriesShown(BaseModel):
    uid: UUID
    code: str
    name: str
    fonds: UUID
    default_tier: int


class VolumeShown(BaseModel):
    uid: UUID
    reference_code: str
    title: str
    year: int
    tier: int


class HoldingsShown(BaseModel):
    """``volumes``: the newest that the asker may describe into."""

    fonds: list[FondsShown]
    series: list[SeriesShown]
    volumes: list[VolumeShown]


class PersonShown(BaseModel):
    name: str
    id_no: str
    phone: str
    part: str


class NumberShown(BaseModel):
    kind: str
    value: str


class PageShown(BaseModel):
    """``trouble`` says why the page has no text, null when it has one."""

    number: int
    is_blank: bool
    trouble: str | None


class ItemShown(BaseModel):
    """``may`` holds what the asker may do to this item; ``pages`` is filled only for an item that is shown by itself.

    ``held``: a legal hold forbids changes of the description, except a higher tier.
    """

    uid: UUID
    revision: int
    state: str
    reference_code: str | None
    title: str | None
    doc_type: str
    doc_date: date | None
    tier: int
    notes: str | None
    series: str
    volume: VolumeShown | None
    persons: list[PersonShown]
    numbers: list[NumberShown]
    created_at: datetime
    held: bool
    page_count: int
    pages: list[PageShown]
    may: list[str]


class ProposalShown(BaseModel):
    """``field``: name, id_no, number, date, doc_type or title; ``detail``: the part of a person, the kind of a number.
    ``score`` of the reading, 0 to 1. ``doubtful``: the check digit of an identity number does not fit. ``quads``: where it
    stands on the page as it was scanned.
    """

    field: str
    value: str
    detail: str
    page: int
    score: float
    doubtful: bool
    quads: list[list[tuple[float, float]]]


@router.get("/api/v1/holdings")
@serves(operations.list_holdings)
def list_holdings(door: Door) -> HoldingsShown:
    held = door.run(operations.list_holdings, None).value
    return HoldingsShown(
        fonds=[FondsShown(uid=f.uid, code=f.code, name=f.name) for f in held.fonds],
        series=[
            SeriesShown(uid=s.uid, code=s.code, name=s.name, fonds=s.fonds_uid, default_tier=s.default_tier)
            for s in held.series
        ],
        volumes=[_volume(v) for v in held.volumes],
    )


@router.post("/api/v1/volumes", status_code=201)
@serves(operations.open_volume)
def open_volume(door: Door, body: NewVolumeBody, idempotency_key: Key = None) -> Made:
    new = NewVolume(body.series, body.title, body.year, body.tier)
    return Made(uid=door.run(operations.open_volume, None, new, idempotency_key=idempotency_key).value)


@router.get("/api/v1/items")
@serves(operations.list_items)
def list_items(door: Door, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[ItemShown]:
    """The newest items that the asker may know of."""
    return [_item(seen) for seen in door.run(operations.list_items, None, limit).value]


@router.get("/api/v1/items/{uid}")
@serves(operations.show_item)
def show_item(door: Door, uid: UUID) -> ItemShown:
    return _item(door.run(operations.show_item, uid).value)


@router.get("/api/v1/items/{uid}/proposals")
@serves(proposing.read_pages)
def propose(door: Door, uid: UUID, purpose: Purpose | None = None) -> list[ProposalShown]:
    """What was read on the first twenty pages, as proposals for the description: nothing is taken over by itself."""
    released = door.run(proposing.read_pages, uid, purpose=purpose)
    return [
        ProposalShown(
            field=str(one.proposal.field),
            value=one.proposal.value,
            detail=one.proposal.detail,
            page=one.proposal.page,
            score=one.proposal.score,
            doubtful=one.proposal.is_doubtful,
            quads=[list(quad) for quad in one.proposal.quads],
        )
        for one in proposing.proposed(door, released)
    ]


@router.put("/api/v1/items/{uid}/description")
@serves(operations.describe)
def describe(door: Door, uid: UUID, body: DescriptionBody, idempotency_key: Key = None) -> Made:
    """In an open volume a draft becomes an archived item. 409 ``stale`` when somebody else described it since ``revision``."""
    said = Description(
        revision=body.revision,
        volume=body.volume,
        title=body.title,
        doc_type=body.doc_type,
        tier=body.tier,
        doc_date=body.doc_date,
        notes=body.notes,
        persons=tuple(PersonNamed(p.name, p.id_no, p.phone, p.part) for p in body.persons),
        numbers=tuple((n.kind, n.value) for n in body.numbers),
    )
    key = None if idempotency_key is None else f"{uid}:{idempotency_key}"
    return Made(uid=door.run(operations.describe, uid, said, idempotency_key=key).value)


def _volume(seen: VolumeSeen) -> VolumeShown:
    return VolumeShown(
        uid=seen.uid, reference_code=seen.reference_code, title=seen.title, year=seen.year, tier=seen.tier
    )


def _item(seen: ItemSeen) -> ItemShown:
    return ItemShown(
        uid=seen.uid,
        revision=seen.revision,
        state=seen.state,
        reference_code=seen.reference_code,
        title=seen.title,
        doc_type=seen.doc_type,
        doc_date=seen.doc_date,
        tier=seen.tier,
        notes=seen.notes,
        series=seen.series,
        volume=None if seen.volume is None else _volume(seen.volume),
        persons=[PersonShown(name=p.name, id_no=p.id_no, phone=p.phone, part=p.part) for p in seen.persons],
        numbers=[NumberShown(kind=kind, value=value) for kind, value in seen.numbers],
        created_at=seen.created_at,
        held=seen.is_held,
        page_count=seen.page_count,
        pages=[PageShown(number=p.seq, is_blank=p.is_blank, trouble=p.trouble) for p in seen.pages],
        may=sorted(seen.may),
    )
