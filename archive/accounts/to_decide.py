"""What accounts bring to the queue of everything that waits for a decision: roles that a second person approves."""

from archive.accounts.operations import RoleWaiting, list_waiting_roles
from archive.core.access.actions import Action
from archive.core.gate import BoundGate
from archive.web.language import N_
from archive.web.queue import Deciding, Line
from archive.web.words import word


def _lines(gate: BoundGate) -> list[Line]:
    return [_line(seen) for seen in gate.run(list_waiting_roles, None).value]


def _line(seen: RoleWaiting) -> Line:
    return Line("", seen.account, (word(seen.role, "role"),), seen.unit, None, None, None, "/roles")


DECIDING = Deciding(N_("角色"), "/roles", Action.ROLE_APPROVE, list_waiting_roles, _lines)
