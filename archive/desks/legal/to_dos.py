"""What of holds and evidence waits for a person: what others asked for and she may decide."""

from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.gate import Work
from archive.desks.legal import queries
from archive.desks.legal.knowing import knows
from archive.desks.legal.tables import EvidencePackage, LegalHold
from archive.web.guarded import GuardedRouter
from archive.web.language import N_
from archive.web.menu import MOST_COUNTED, Waiting


def holds_to_release(work: Work) -> int:
    rows = queries.holds_where(work.session, LegalHold.state == "proposed", limit=MOST_COUNTED)
    return sum(
        isinstance(work.decide(Action.HOLD_RELEASE, queries.hold_target(row)), Allowed)
        and any(knows(work, item) for item in queries.items_of_hold(work.session, row.id))
        for row in rows
    )


def evidence_to_release(work: Work) -> int:
    rows = queries.packages_where(work.session, EvidencePackage.state == "waiting", limit=MOST_COUNTED)
    return sum(
        isinstance(work.decide(Action.EVIDENCE_RELEASE, queries.package_target(row)), Allowed)
        and all(knows(work, item) for _, item in queries.items_of_package(work.session, row.id))
        for row, _matter in rows
    )


router = GuardedRouter(
    waiting=[
        Waiting(N_("解除冻结待决定"), "/holds", Action.HOLD_RELEASE, holds_to_release),
        Waiting(N_("证据包待放行"), "/evidence/waiting", Action.EVIDENCE_RELEASE, evidence_to_release),
    ]
)
