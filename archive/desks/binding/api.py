"""Binding folders, for programs. Each change carries the revision of the volume that was looked at, and answers the new one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.requests import Request

from archive.desks.binding import (
    arranging,
    checking,
    documents,
    parts,
    seeing,
    supplements,
    waiving,
)
from archive.desks.binding.checking import SendBack, Submit
from archive.desks.binding.folder import Plain
from archive.desks.binding.seen import DeskSeen, FolderSeen, StepSeen
from archive.holdings.quality import limits
from archive.web.entrance import entrance_of
from archive.web.fields import Revision
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

LONGEST = 2000
MOST = 2000

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=64)]
"""The same key from the same person does the work once and answers the same again."""

Said = Annotated[str, Field(max_length=LONGEST, pattern=r"\S")]
Code = Annotated[str, Field(max_length=64)]
Items = Annotated[list[UUID], Field(min_length=1, max_length=MOST)]
Number = Annotated[int, Field(ge=1, le=100_000)]


class Revised(BaseModel):
    """``revision``: of the volume, after the change."""

    revision: int


class Body(BaseModel):
    """``revision``: of the volume, as it was looked at."""

    model_config = ConfigDict(extra="forbid")
    revision: Revision


class BeginBody(Body):
    template: Code
    flags: list[Code] = Field(default=[], max_length=50)


class FlagsBody(Body):
    flags: list[Code] = Field(max_length=50)


class TakeBody(Body):
    items: Items
    place: Number | None = None


class ItemsBody(Body):
    items: Items


class OrderBody(Body):
    items: list[UUID] = Field(max_length=MOST)


class RemarkBody(Body):
    text: str = Field(max_length=LONGEST)


class SplitBody(Body):
    item: UUID
    first_pages: list[Number] = Field(min_length=1, max_length=1000)


class WaiveBody(Body):
    slot: Code
    reason: Said


class SlotBody(Body):
    slot: Code


class ReasonBody(Body):
    reason: Said


class SupplementBody(Body):
    item: UUID
    reason: Said


class DecisionBody(Body):
    agreed: StrictBool
    opinion: Said


class Volumes(BaseModel):
    volumes: list[UUID]


@router.get("/api/v1/binding")
@serves(seeing.show_desk)
def show_desk(door: Door) -> DeskSeen:
    """The newest folders: not begun, being arranged, waiting for a check, archived."""
    return door.run(seeing.show_desk, None).value


@router.get("/api/v1/volumes/{uid}/binding")
@serves(seeing.show_folder)
def show_folder(request: Request, door: Door, uid: UUID) -> FolderSeen:
    """The folder with its documents in order, what lies loose beside it, what it lacks, and what the asker may do to it."""
    return door.run(seeing.show_folder, uid, limits(entrance_of(request).settings)).value


@router.get("/api/v1/volumes/{uid}/binding/steps")
@serves(seeing.show_changes)
def show_changes(
    door: Door, uid: UUID, since: Annotated[int, Query(ge=0, le=2**31)] = 0
) -> tuple[StepSeen, ...]:
    """What was done after the revision ``since``, and by whom."""
    return door.run(seeing.show_changes, uid, seeing.Since(since)).value


def _run(door: Door, operation: Any, uid: UUID, given: object, key: str | None) -> Revised:
    return Revised(revision=door.run(operation, uid, given, idempotency_key=key).value)


@router.post("/api/v1/volumes/{uid}/binding/begin")
@serves(arranging.begin)
def begin(door: Door, uid: UUID, body: BeginBody, key: Key = None) -> Revised:
    """Begins to bind the volume, or joins those who do. 422 ``invalid`` for a class that there is not."""
    given = arranging.Begin(body.revision, body.template, tuple(body.flags))
    return _run(door, arranging.begin, uid, given, key)


@router.post("/api/v1/volumes/{uid}/binding/flags")
@serves(arranging.set_flags)
def set_flags(door: Door, uid: UUID, body: FlagsBody, key: Key = None) -> Revised:
    """Which conditions of its class apply to the folder: they change what it needs, and its order."""
    return _run(door, arranging.set_flags, uid, arranging.Flags(body.revision, tuple(body.flags)), key)


@router.post("/api/v1/volumes/{uid}/binding/take")
@serves(arranging.take)
def take(door: Door, uid: UUID, body: TakeBody, key: Key = None) -> Revised:
    """Puts loose documents into the folder, at ``place`` or behind all others."""
    return _run(door, arranging.take, uid, arranging.Take(body.revision, tuple(body.items), body.place), key)


@router.post("/api/v1/volumes/{uid}/binding/put-back")
@serves(arranging.put_back)
def put_back(door: Door, uid: UUID, body: ItemsBody, key: Key = None) -> Revised:
    """Takes documents out of the folder: they lie loose again."""
    return _run(door, arranging.put_back, uid, arranging.PutBack(body.revision, tuple(body.items)), key)


@router.put("/api/v1/volumes/{uid}/binding/order")
@serves(arranging.order)
def order(door: Door, uid: UUID, body: OrderBody, key: Key = None) -> Revised:
    """Every document that has no reference code yet, in the order wanted."""
    return _run(door, arranging.order, uid, arranging.Order(body.revision, tuple(body.items)), key)


@router.post("/api/v1/volumes/{uid}/binding/by-template")
@serves(arranging.by_template)
def by_template(door: Door, uid: UUID, body: Body, key: Key = None) -> Revised:
    """Puts the documents into the order of the folder's class."""
    return _run(door, arranging.by_template, uid, Plain(body.revision), key)


@router.post("/api/v1/volumes/{uid}/binding/undo")
@serves(arranging.undo)
def undo(door: Door, uid: UUID, body: Body, key: Key = None) -> Revised:
    """Takes the last step back, whoever made it."""
    return _run(door, arranging.undo, uid, Plain(body.revision), key)


@router.post("/api/v1/volumes/{uid}/binding/redo")
@serves(arranging.redo)
def redo(door: Door, uid: UUID, body: Body, key: Key = None) -> Revised:
    """Does again what was taken back last."""
    return _run(door, arranging.redo, uid, Plain(body.revision), key)


@router.put("/api/v1/volumes/{uid}/binding/remark")
@serves(arranging.remark)
def remark(door: Door, uid: UUID, body: RemarkBody, key: Key = None) -> Revised:
    """What the remarks sheet says of the folder."""
    return _run(door, arranging.remark, uid, arranging.Remark(body.revision, body.text), key)


@router.post("/api/v1/volumes/{uid}/binding/split-document")
@serves(documents.split_document)
def split_document(door: Door, uid: UUID, body: SplitBody, key: Key = None) -> Revised:
    """Makes several documents of one: each begins with one of ``first_pages``."""
    given = documents.SplitDocument(body.revision, body.item, tuple(body.first_pages))
    return _run(door, documents.split_document, uid, given, key)


@router.post("/api/v1/volumes/{uid}/binding/join-documents")
@serves(documents.join_documents)
def join_documents(door: Door, uid: UUID, body: ItemsBody, key: Key = None) -> Revised:
    """Puts the pages of the later documents behind those of the first."""
    given = documents.JoinDocuments(body.revision, tuple(body.items))
    return _run(door, documents.join_documents, uid, given, key)


@router.post("/api/v1/volumes/{uid}/binding/split")
@serves(parts.split_folder)
def split_folder(door: Door, uid: UUID, body: Body, key: Key = None) -> Volumes:
    """Makes several volumes of a folder that is too thick. 409 ``conflict`` when it is not."""
    made = door.run(parts.split_folder, uid, Plain(body.revision), idempotency_key=key).value
    return Volumes(volumes=list(made))


@router.post("/api/v1/volumes/{uid}/binding/waive")
@serves(waiving.waive)
def waive(door: Door, uid: UUID, body: WaiveBody, key: Key = None) -> Revised:
    """Says that a required document need not be there. Not by those who bind the folder."""
    return _run(door, waiving.waive, uid, waiving.Waive(body.revision, body.slot, body.reason), key)


@router.post("/api/v1/volumes/{uid}/binding/unwaive")
@serves(waiving.unwaive)
def unwaive(door: Door, uid: UUID, body: SlotBody, key: Key = None) -> Revised:
    """Ends such a waiver."""
    return _run(door, waiving.unwaive, uid, waiving.Unwaive(body.revision, body.slot), key)


@router.post("/api/v1/volumes/{uid}/binding/submit")
@serves(checking.submit)
def submit(request: Request, door: Door, uid: UUID, body: Body, key: Key = None) -> Revised:
    """Hands the folder to whoever checks it. 409 ``conflict`` while a document is not described or read."""
    return _run(door, checking.submit, uid, _submit(request, body), key)


@router.post("/api/v1/volumes/{uid}/binding/take-back")
@serves(checking.take_back)
def take_back(door: Door, uid: UUID, body: Body, key: Key = None) -> Revised:
    """As long as nobody has begun to check."""
    return _run(door, checking.take_back, uid, Plain(body.revision), key)


@router.post("/api/v1/volumes/{uid}/binding/check")
@serves(checking.begin_check)
def begin_check(door: Door, uid: UUID, body: Body, key: Key = None) -> Revised:
    """Begins the check; the checker reaches the folder's drafts until it is over. Not by those who bound it."""
    return _run(door, checking.begin_check, uid, Plain(body.revision), key)


@router.post("/api/v1/volumes/{uid}/binding/send-back")
@serves(checking.send_back)
def send_back(door: Door, uid: UUID, body: ReasonBody, key: Key = None) -> Revised:
    """Ends the check: arranging goes on."""
    return _run(door, checking.send_back, uid, SendBack(body.revision, body.reason), key)


@router.post("/api/v1/volumes/{uid}/binding/archive")
@serves(checking.archive_folder)
def archive_folder(request: Request, door: Door, uid: UUID, body: Body, key: Key = None) -> Revised:
    """Ends the check: reference codes and page numbers are given, and nothing is rearranged any more."""
    return _run(door, checking.archive_folder, uid, _submit(request, body), key)


@router.post("/api/v1/volumes/{uid}/supplements")
@serves(supplements.add_supplement)
def add_supplement(door: Door, uid: UUID, body: SupplementBody, key: Key = None) -> Revised:
    """Asks for a document to be added behind an archived folder."""
    given = supplements.NewSupplement(body.revision, body.item, body.reason)
    return _run(door, supplements.add_supplement, uid, given, key)


@router.post("/api/v1/supplements/{uid}/decision")
@serves(supplements.decide_supplement)
def decide_supplement(door: Door, uid: UUID, body: DecisionBody, key: Key = None) -> Revised:
    """``revision`` is that of the volume. Not by whoever asked."""
    given = supplements.SupplementDecision(body.revision, body.agreed, body.opinion)
    return _run(door, supplements.decide_supplement, uid, given, key)


def _submit(request: Request, body: Body) -> Submit:
    return Submit(body.revision, limits(entrance_of(request).settings))
