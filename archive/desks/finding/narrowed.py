"""What a search is narrowed to, as an address says it: ``series=…&type=…&type=…&year=2026``."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from archive.desks.finding.facets import NAMES, Chosen

MOST_CHOICES = 50


def _chosen(
    series: Annotated[Sequence[UUID], Query(max_length=MOST_CHOICES)] = (),
    type: Annotated[Sequence[str], Query(max_length=MOST_CHOICES)] = (),  # noqa: A002 - the address says "type"
    year: Annotated[Sequence[int], Query(max_length=MOST_CHOICES)] = (),
    unit: Annotated[Sequence[UUID], Query(max_length=MOST_CHOICES)] = (),
    tier: Annotated[Sequence[int], Query(max_length=MOST_CHOICES)] = (),
) -> Chosen:
    return Chosen(tuple(series), tuple(type), tuple(year), tuple(unit), tuple(tier))


Narrowed = Annotated[Chosen, Depends(_chosen)]


def pairs(chosen: Chosen) -> list[tuple[str, str]]:
    """For an address: every choice as (facet, value)."""
    return [(name, str(value)) for name in NAMES for value in getattr(chosen, name)]
