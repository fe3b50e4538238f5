"""What the legal desk brings to the queue of everything that waits for a decision: packages, and holds to be released."""

from archive.core.access.actions import Action
from archive.core.gate import BoundGate
from archive.desks.legal.evidence import PackageSeen, list_waiting
from archive.desks.legal.holding import HoldSeen, list_proposed
from archive.web.language import N_
from archive.web.queue import Deciding, Line


def _packages(gate: BoundGate) -> list[Line]:
    return [_package(seen) for seen in gate.run(list_waiting, None).value]


def _package(seen: PackageSeen) -> Line:
    return Line(
        no=seen.no,
        who=seen.asked_by,
        what=(seen.matter_no, f"{seen.first} – {seen.last}"),
        why=seen.recipient or "",
        purpose=seen.purpose,
        tier=max((item.tier for item in seen.items), default=None),
        since=seen.created_at,
        href="/evidence/waiting",
    )


def _releases(gate: BoundGate) -> list[Line]:
    return [_release(seen) for seen in gate.run(list_proposed, None).value if seen.may_decide]


def _release(seen: HoldSeen) -> Line:
    return Line(
        no=seen.no,
        who=seen.proposed_by or "",
        what=tuple(item.title or item.reference_code or "" for item in seen.items),
        why=seen.closing or "",
        purpose=None,
        tier=max((item.tier for item in seen.items), default=None),
        since=None,
        href="/holds",
    )


RELEASES = Deciding(N_("解除冻结"), "/holds", Action.HOLD_RELEASE, list_proposed, _releases)
PACKAGES = Deciding(N_("证据包放行"), "/evidence/waiting", Action.EVIDENCE_RELEASE, list_waiting, _packages)
