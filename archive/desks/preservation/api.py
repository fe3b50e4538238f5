"""Inspections for programs."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from archive.desks.preservation import operations
from archive.desks.preservation.operations import InspectionSeen
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()


class AskBody(BaseModel):
    """``kind``: sweep looks for orphans and leftovers, fixity reads the share of sealed objects that is due."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["sweep", "fixity"]


class DamageShown(BaseModel):
    """``object_id`` names the sealed object in the store and in a backup. ``item`` only for whoever may know it."""

    kind: str
    object_id: UUID
    item: UUID | None
    reference_code: str | None


class InspectionShown(BaseModel):
    """``counts``: ``found.<kind>``, ``repaired.<kind>``, ``restored``; with ``is_counted`` also the totals ``seen.<what>``,
    ``wanted``, ``bytes``, which only auditors and administrators are given. ``damage``: what a backup is needed for.
    """

    uid: UUID
    kind: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    asked_by: str
    counts: dict[str, int]
    is_counted: bool
    damage: list[DamageShown]


class InspectionsShown(BaseModel):
    """Newest first."""

    inspections: list[InspectionShown]


@router.get("/api/v1/inspections")
@serves(operations.list_inspections)
def list_inspections(door: Door) -> InspectionsShown:
    seen = door.run(operations.list_inspections, None).value
    return InspectionsShown(inspections=[_shown(one) for one in seen])


@router.post("/api/v1/inspections", status_code=202, response_class=Response)
@serves(operations.ask)
def ask(door: Door, body: AskBody) -> Response:
    door.run(operations.ask, None, body.kind)
    return Response(status_code=202)


def _shown(seen: InspectionSeen) -> InspectionShown:
    damage = [DamageShown(**vars(one)) for one in seen.damage]
    return InspectionShown(**{**vars(seen), "damage": damage})
