"""What an archive consists of: fonds 全宗, series 门类, volume 案卷, item 件, page 页, and the sealed objects behind them.

Names, numbers and titles are sealed columns; what is looked up exactly has a blind index beside it.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasId, HasRevision, HasUid, SealedText, Utc


class Fonds(HasUid, HasRevision, Base):
    """全宗. Its uid names the key-encrypting key under which all its items' keys are wrapped."""

    __tablename__ = "fonds"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))


class Series(HasUid, HasRevision, Base):
    """门类. ``arrangement`` is volume (by case folder) or item."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("fonds_id", "code"),)

    fonds_id: Mapped[int] = mapped_column(ForeignKey("fonds.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    code: Mapped[str]
    name: Mapped[str]
    default_tier: Mapped[int]
    arrangement: Mapped[str] = mapped_column(default="volume")


class Volume(HasUid, HasRevision, Base):
    """案卷. ``tier`` is how sensitive the folder's own title is; its items keep tiers of their own."""

    __tablename__ = "volume"
    __table_args__ = (UniqueConstraint("series_id", "year", "number"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reference_code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(SealedText("volume.title"))
    year: Mapped[int]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    tier: Mapped[int]
    part_of: Mapped[int | None] = mapped_column(ForeignKey("volume.id"))
    part_no: Mapped[int | None]


class Item(HasUid, HasRevision, Base):
    """件. ``index_version`` counts changes that the search index must follow; ``revision`` counts people's changes."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("source_system", "source_id"),
        Index("ix_item_state_batch", "state", "batch_id"),
    )

    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    volume_id: Mapped[int | None] = mapped_column(ForeignKey("volume.id"), index=True)
    seq_no: Mapped[int | None]
    reference_code: Mapped[str | None] = mapped_column(unique=True)
    doc_type: Mapped[str] = mapped_column(default="")
    title: Mapped[str | None] = mapped_column(SealedText("item.title"))
    notes: Mapped[str | None] = mapped_column(SealedText("item.notes"))
    doc_date: Mapped[date | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    tier: Mapped[int]
    flags: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    dek_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    source_system: Mapped[str | None]
    source_id: Mapped[str | None]
    index_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Utc)


class ItemNumber(HasId, Base):
    """A claim, policy, record or plate number; ``value_bix`` finds it exactly without telling it."""

    __tablename__ = "item_number"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(SealedText("item_number.value"))
    value_bix: Mapped[bytes] = mapped_column(index=True)


class Person(HasUid, Base):
    __tablename__ = "person"

    name: Mapped[str] = mapped_column(SealedText("person.name"))
    id_no: Mapped[str | None] = mapped_column(SealedText("person.id_no"))
    id_no_bix: Mapped[bytes | None] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(SealedText("person.phone"))


class ItemPerson(HasId, Base):
    """``part``: claimant, insured, patient, witness…"""

    __tablename__ = "item_person"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[str]


class Page(HasUid, HasRevision, Base):
    """页. ``slot`` is given once and never changes: it is half of the row number in the index.

    ``rotation``: degrees clockwise by which the stored view is turned when it is shown. ``is_excluded``: readers and the
    search leave it out. ``skew``: degrees by which its lines lean, clockwise; None when there are too few to tell.
    """

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("item_id", "slot"), UniqueConstraint("deposit_id", "deposit_seq"))

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    slot: Mapped[int]
    seq: Mapped[int]
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"))
    deposit_seq: Mapped[int]
    is_blank: Mapped[bool] = mapped_column(default=False)
    width: Mapped[int]
    height: Mapped[int]
    dpi: Mapped[int]
    quality: Mapped[str] = mapped_column(default="")
    tier: Mapped[int]
    rotation: Mapped[int] = mapped_column(default=0)
    is_excluded: Mapped[bool] = mapped_column(default=False)
    is_accepted: Mapped[bool] = mapped_column(default=False)
    wants_rescan: Mapped[bool] = mapped_column(default=False)
    skew: Mapped[float | None]


class PageMark(HasId, Base):
    """Who marked a page, when, why, and what was said before. ``kind``: rotation, excluded, blank, rescan or accepted.

    ``is_undone``: it was taken back; the row stays, and taking it back is a row of its own.
    """

    __tablename__ = "page_mark"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    kind: Mapped[str]
    before: Mapped[int]
    after: Mapped[int]
    reason: Mapped[str | None] = mapped_column(SealedText("page_mark.reason"))
    is_undone: Mapped[bool] = mapped_column(default=False)


class PageReading(HasId, Base):
    """One reading of a page by one engine or person. ``reason`` says why there is no text."""

    __tablename__ = "page_reading"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    engine: Mapped[str]
    model: Mapped[str]
    confidence: Mapped[float | None]
    object_id: Mapped[int] = mapped_column(ForeignKey("stored_object.id"))
    is_indexed: Mapped[bool] = mapped_column(default=True)
    analysis_version: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]


IS_DAMAGED = text("fixity IN ('altered', 'missing', 'unreadable')")
"""Spelled out, so that a partial index holds the few objects that are damaged."""

LAST_LOOK = text("coalesce(checked_at, created_at)")
"""When the sealed bytes were last known to be what they should: at the last check, or when they were sealed."""


class StoredObject(HasUid, Base):
    """A sealed object. ``uid`` is the object's id in the vault; ``sealed_sha256`` in clear serves fixity checks.

    ``fixity``: what the last of these checks found, at ``checked_at``: intact, altered, missing,
    unreadable; empty before the first.
    """

    __tablename__ = "stored_object"
    __table_args__ = (
        Index("ix_stored_object_last_look", LAST_LOOK, "id"),
        Index("ix_stored_object_fixity", "fixity", sqlite_where=IS_DAMAGED, postgresql_where=IS_DAMAGED),
        Index("ix_stored_object_dek_id", "dek_id"),
    )

    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"), index=True)
    part_no: Mapped[int | None]
    role: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sealed_size: Mapped[int]
    sealed_sha256: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(SealedText("stored_object.sha256"))
    dek_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Utc)
    checked_at: Mapped[datetime | None] = mapped_column(Utc)
    fixity: Mapped[str] = mapped_column(default="")


class Batch(HasUid, Base):
    """批次: what one archivist brings in together. ``duplicates``: ask, keep, link or refuse files that are here already."""

    __tablename__ = "batch"

    fonds_id: Mapped[int] = mapped_column(ForeignKey("fonds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    duplicates: Mapped[str] = mapped_column(default="ask")


class Deposit(HasUid, HasRevision, Base):
    """One uploaded file. ``state``: receiving → received → reading → read, or refused, or failed (may be retried).

    A file that is here already waits as ``duplicate`` until its batch says keep, link (then it ends as ``linked``) or refuse;
    ``twin_id`` is the deposit that it equals. ``part_size`` in bytes: the file arrives in parts. ``remarks`` is a JSON list of
    {code, words}. ``scan``: clean, infected, or not scanned; ``scan_by`` names the scanner and its signatures.
    """

    __tablename__ = "deposit"
    __table_args__ = (
        Index("ix_deposit_account_state", "account_id", "state", "id"),
        Index("ix_deposit_account_batch_state", "account_id", "batch_id", "state", "id"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(SealedText("deposit.name"))
    media_type: Mapped[str] = mapped_column(default="")
    size: Mapped[int]
    digest_bix: Mapped[bytes | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="receiving")
    reason: Mapped[str | None]
    remedy: Mapped[str | None]
    dek_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    page_count: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc)
    part_size: Mapped[int | None]
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"))
    remarks: Mapped[str | None] = mapped_column(SealedText("deposit.remarks"))
    scan: Mapped[str] = mapped_column(default="")
    scan_by: Mapped[str | None]
