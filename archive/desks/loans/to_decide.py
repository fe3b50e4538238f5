"""What the loans desk brings to the queue of everything that waits for a decision."""

from archive.core.access.actions import Action
from archive.core.gate import BoundGate
from archive.desks.loans.seeing import RequestSeen, list_waiting
from archive.web.language import N_
from archive.web.queue import Deciding, Line


def _lines(gate: BoundGate) -> list[Line]:
    return [_line(seen) for seen in gate.run(list_waiting, None).value]


def _line(seen: RequestSeen) -> Line:
    return Line(
        no=seen.no,
        who=seen.asked_by,
        what=tuple(item.title or item.reference_code or "" for item in seen.items),
        why=seen.reason or "",
        purpose=seen.purpose,
        tier=max((item.tier for item in seen.items), default=None),
        since=seen.created_at,
        href=f"/loans/waiting#no-{seen.no}",
    )


DECIDING = Deciding(N_("借阅和续借"), "/loans/waiting", Action.LOAN_DECIDE, list_waiting, _lines)
