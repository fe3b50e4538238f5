"""What the namings of readers bring to the queue of everything that waits for a decision."""

from archive.core.access.actions import Action, Tier
from archive.core.gate import BoundGate
from archive.desks.assigning.operations import NamingSeen, list_namings
from archive.web.language import N_
from archive.web.queue import Deciding, Line


def _lines(gate: BoundGate) -> list[Line]:
    return [_line(seen) for seen in gate.run(list_namings, None).value if seen.waits_for_me]


def _line(seen: NamingSeen) -> Line:
    return Line(
        no=seen.reference_code or "",
        who=seen.proposed_by,
        what=(seen.reader,),
        why=seen.reason or "",
        purpose=seen.purpose,
        tier=Tier.T5,
        since=None,
        href="/readers",
    )


DECIDING = Deciding(N_("阅览人提名"), "/readers", Action.READER_CONFIRM, list_namings, _lines)
