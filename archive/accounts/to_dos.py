"""What waits for a person: each desk counts its own, in one operation with one entry."""

from dataclasses import dataclass

from archive.accounts import queries
from archive.core.access.actions import Action
from archive.core.access.policy import Target
from archive.core.gate import Work, operation, place
from archive.web.menu import Waiting


@dataclass(frozen=True)
class ToDo:
    label: str
    href: str
    count: int


@operation(Action.HOME_SHOW, on=place("home"), reads=True)
def count_to_dos(work: Work, _place: None, kinds: tuple[Waiting, ...]) -> tuple[ToDo, ...]:
    """Only what the asker has a rule for is counted, and only what there is of it is told."""
    asked = [kind for kind in kinds if work.scope(kind.action).clauses]
    counted = (ToDo(kind.label, kind.href, kind.count(work)) for kind in asked)
    return tuple(one for one in counted if one.count)


def by_address(waiting: tuple[ToDo, ...]) -> dict[str, int]:
    """How much waits at each address: several kinds may be done at one."""
    counts: dict[str, int] = {}
    for one in waiting:
        counts[one.href] = counts.get(one.href, 0) + one.count
    return counts


def roles_to_approve(work: Work) -> int:
    """Those whose person has chosen a password of her own: before that nobody can approve them."""
    reach = work.scope(Action.ROLE_APPROVE)
    return sum(
        account.password_chosen_at is not None
        and account.id != work.actor.id
        and reach.covers(Target("role_grant", uid=grant.uid, unit_id=grant.unit_id))
        for grant, account, _unit in queries.roles_waiting(work.session)
    )
