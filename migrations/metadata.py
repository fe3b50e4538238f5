"""All tables of ``archive.db`` in one place: what the newest migration must lead to."""

from typing import Any, Literal

from archive.accounts import tables as accounts
from archive.core.access import grants
from archive.core.audit import tables as audit
from archive.core.db import repeats
from archive.core.db.types import Base, SealedText, Utc
from archive.core.jobs import tables as jobs
from archive.desks.assigning import tables as assigning
from archive.desks.binding import tables as binding
from archive.desks.legal import tables as legal
from archive.desks.loans import tables as loans
from archive.desks.preservation import tables as preservation
from archive.holdings import tables as holdings

MODULES = (accounts, assigning, audit, binding, grants, holdings, jobs, legal, loans, preservation, repeats)
METADATA = Base.metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration names plain column types, so that it still runs when the classes have changed."""
    if kind == "type" and isinstance(item, SealedText):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime()"
    return False
