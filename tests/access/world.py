"""A small world without a database, in which every kind of target stands in every relation to somebody."""

from dataclasses import replace
from functools import cache
from uuid import UUID

from archive.core.access.actions import Action, Purpose, Role
from archive.core.access.policy import Actor, Allowed, Asking, Denied, Grant, State, Target
from archive.core.access.rules import Rules, load_rules

ME, SOMEBODY = 1, 2
OWN_UNIT, OTHER_UNIT = 10, 20
OWN_BATCH, OTHER_BATCH = 100, 200
CASE_VOLUME, OTHER_VOLUME = 1000, 2000
ITEM_ACTIONS = (
    Action.ITEM_FIND,
    Action.ITEM_SHOW,
    Action.ITEM_DESCRIBE,
    Action.ITEM_LOWER,
    Action.PAGE_FIND,
    Action.PAGE_SHOW,
    Action.QUALITY_SHOW,
    Action.QUALITY_MARK,
    Action.READER_PROPOSE,
    Action.LOAN_REQUEST,
)
OPENED = frozenset({Action.ITEM_FIND, Action.ITEM_SHOW, Action.PAGE_FIND, Action.PAGE_SHOW})
MAKERS = OPENED | {Action.ITEM_DESCRIBE, Action.READER_PROPOSE, Action.QUALITY_SHOW, Action.QUALITY_MARK}


@cache
def rules() -> Rules:
    return load_rules()


def actor(*roles: Role, id_: int | None = ME) -> Actor:
    return Actor("account:me", roles, id=id_, unit_id=OWN_UNIT, units=frozenset({OWN_UNIT}))


def asking(*roles: Role, grants: tuple[Grant, ...] = (), purpose: Purpose | None = None) -> Asking:
    return Asking(actor(*roles), grants, rules(), purpose)


def grant(source: str, kind: str, row_id: int, actions: frozenset[Action] = OPENED) -> Grant:
    return Grant(
        id=row_id,
        uid=UUID(int=row_id),
        actions=frozenset(actions),
        target_kind=kind,
        target_id=row_id,
        source_kind=source,
        source_no="",
        purpose=None,
        until=None,
    )


def item(tier: int | None, **changed: object) -> Target:
    """Archived, in another unit and nobody's case, unless said otherwise."""
    plain = Target(
        "item",
        uid=UUID(int=7),
        item_id=tier,
        volume_id=OTHER_VOLUME,
        batch_id=OTHER_BATCH,
        unit_id=OTHER_UNIT,
        tier=tier,
        state=State.ARCHIVED,
        guarded=True,
    )
    return replace(plain, **changed)  # type: ignore[arg-type]  # names of Target's fields, checked as it is made


GRANTS = (
    grant("batch", "batch", OWN_BATCH, MAKERS),
    grant("case", "volume", CASE_VOLUME, OPENED | {Action.LOAN_REQUEST}),
    *(grant("loan", "item", 30 + tier) for tier in range(1, 6)),
    *(grant("named", "item", 50 + tier) for tier in range(1, 6)),
)
"""What somebody holds who uploaded one batch, has one case, one loan and one naming a tier."""


def relations() -> dict[str, Target]:
    """Name → target, in the order of the columns of the matrix."""
    columns = {
        "draft": item(4, state=State.DRAFT, batch_id=OWN_BATCH, volume_id=None),
        "other's draft": item(4, state=State.DRAFT, unit_id=OWN_UNIT, volume_id=None),
        "batch T4": item(4, batch_id=OWN_BATCH),
        "batch T5": item(5, batch_id=OWN_BATCH),
    }
    for tier in range(1, 6):
        columns[f"unit T{tier}"] = item(tier, unit_id=OWN_UNIT)
    for tier in range(1, 6):
        columns[f"other T{tier}"] = item(tier)
    for tier in (3, 4, 5):
        columns[f"case T{tier}"] = item(tier, volume_id=CASE_VOLUME)
    for tier in (3, 4, 5):
        columns[f"loan T{tier}"] = item(tier, item_id=30 + tier)
    for tier in (4, 5):
        columns[f"named T{tier}"] = item(tier, item_id=50 + tier)
    return columns


def answer(role: Role, action: Action, target: Target, grants: tuple[Grant, ...] = GRANTS) -> str:
    """``yes``; ``purpose`` where one has to be said; a reason code; ``-`` where it looks like nothing at all."""
    without = asking(role, grants=grants).decide(action, target)
    if isinstance(without, Allowed):
        return "yes*" if "no_snippet" in without.obligations else "yes"
    said = asking(role, grants=grants, purpose=Purpose.CLAIM_HANDLING).decide(action, target)
    if isinstance(said, Allowed):
        return "purpose"
    assert isinstance(without, Denied)
    return "-" if without.hidden else without.rule
