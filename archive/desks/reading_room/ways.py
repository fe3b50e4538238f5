"""Who may open an item to somebody who may not read it, and whether she may ask: what a refusal says beside its rule."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.accounts.tables import Account, Unit
from archive.core.access.actions import GRANTED_ROLES, Action, Role
from archive.core.access.grants import RoleGrant
from archive.core.access.rules import Reach
from archive.core.gate import Found, Look, Work, operation
from archive.holdings.queries import item_by_uid, item_target
from archive.holdings.tables import Item

MOST_NAMES = 6


@dataclass(frozen=True)
class Ways:
    """``roles``: whose task it is to decide on a loan of this item. ``people``: their names, where the item belongs to
    the asker's own unit; of other units she learns the role and the unit only.
    """

    item: UUID
    unit: str
    tier: int
    may_request: bool
    roles: tuple[Role, ...]
    people: tuple[str, ...]


def _item(look: Look, uid: UUID) -> Found[Item] | None:
    item = item_by_uid(look.session, uid)
    return None if item is None else Found(item_target(item), item)


@operation(Action.ITEM_SHOW, on=_item, reads=True)
def ways_to(work: Work, item: Item) -> Ways:
    work.touch(f"item:{item.uid}")
    unit = work.session.get_one(Unit, item.unit_id)
    roles = tuple(role for role in GRANTED_ROLES if _decides(work, role, item))
    is_own_unit = unit.id in work.actor.units
    return Ways(
        item=item.uid,
        unit=unit.name,
        tier=item.tier,
        may_request=work.scope(Action.LOAN_REQUEST).covers(item_target(item)),
        roles=roles,
        people=tuple(_people(work, roles, unit)) if is_own_unit else (),
    )


def _decides(work: Work, role: Role, item: Item) -> bool:
    rules = work.asking.rules.of(role, Action.LOAN_DECIDE)
    return any(rule.max_tier is not None and item.tier <= rule.max_tier for rule in rules)


def _people(work: Work, roles: tuple[Role, ...], unit: Unit) -> list[str]:
    """By name, without the asker: nobody decides on her own request. Those of one's own unit decide before others."""
    above = _units_above(work.session, unit)
    everywhere = {
        role
        for role in roles
        if any(rule.reach is Reach.ALL for rule in work.asking.rules.of(role, Action.LOAN_DECIDE))
    }
    rows = work.session.execute(
        select(Account.id, Account.name, Account.unit_id, RoleGrant.role)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.approved_at.is_not(None),
            RoleGrant.from_ <= work.now,
            or_(RoleGrant.until.is_(None), RoleGrant.until > work.now),
            Account.state == "active",
            Account.id != work.actor.id,
        )
        .order_by(Account.name)
    )
    able = [
        (row.unit_id not in above, row.name) for row in rows if row.unit_id in above or row.role in everywhere
    ]
    return list(dict.fromkeys(name for _is_far, name in sorted(able)))[:MOST_NAMES]


def _units_above(session: Session, unit: Unit) -> set[int]:
    """The unit and all that it belongs to: whoever sits there reaches it."""
    above, at = {unit.id}, unit
    while at.parent_id is not None and at.parent_id not in above:
        at = session.get_one(Unit, at.parent_id)
        above.add(at.id)
    return above
