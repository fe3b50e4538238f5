"""Changes that both halves of the desk make: a deposit moves on, a sealed object gets its row."""

from datetime import datetime
from uuid import UUID

from archive.core.gate import Work
from archive.core.vault.vault import Sealed
from archive.holdings.tables import Deposit, StoredObject


def move(it: Deposit, state: str, now: datetime) -> None:
    it.state = state
    it.changed_at = now
    it.revision += 1


def stored(
    work: Work,
    sealed: Sealed,
    dek_id: UUID,
    *,
    role: str,
    media_type: str,
    item_id: int | None = None,
    deposit_id: int | None = None,
    page_id: int | None = None,
) -> StoredObject:
    return StoredObject(
        uid=sealed.object_id,
        item_id=item_id,
        deposit_id=deposit_id,
        page_id=page_id,
        role=role,
        media_type=media_type,
        size=sealed.size,
        sealed_size=sealed.sealed_size,
        sealed_sha256=sealed.sealed_sha256,
        sha256=sealed.sha256.hex(),
        dek_id=dek_id,
        created_at=work.now,
    )
