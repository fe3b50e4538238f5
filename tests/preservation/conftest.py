"""A house whose rooms have stood for two days: what lies in them now is old enough to be looked at."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from archive.core.access.actions import Role
from archive.core.db.types import new_uid
from archive.core.vault.local import LocalStore
from archive.desks.preservation import rounds
from archive.desks.preservation.findings import Tally
from archive.desks.preservation.fixity import Pace
from archive.desks.preservation.keeper import Keeper
from archive.desks.preservation.rounds import check_all_now, sweep_now
from archive.holdings.tables import StoredObject
from archive.worker import keeper_of
from tests.cast import House, Template, enter


class Rooms:
    """What a keeper does in a house, and what a test breaks in it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.store = LocalStore(house.archive.settings.objects)
        self.gate = house.system_gate(Role.KEEPER, *rounds.OPERATIONS)

    @property
    def keeper(self) -> Keeper:
        return keeper_of(self.house.archive, self.gate)

    def sweep(self, **changed: object) -> Tally:
        return sweep_now(replace(self.keeper, **changed))  # type: ignore[arg-type]  # fields of Keeper, by name

    def check(self, **changed: object) -> Tally:
        self.house.clock.forward(seconds=1)
        keeper = replace(self.keeper, **changed)  # type: ignore[arg-type]  # fields of Keeper, by name
        return check_all_now(keeper, Pace(None, keeper.pause))

    def two_days_pass(self) -> None:
        """On the clock of the archive; files keep the time of the machine, which is now."""
        self.house.clock.now = datetime.now(UTC) + timedelta(days=2)

    def uid(self) -> UUID:
        """A new object's id, of this moment."""
        return new_uid(self.house.clock())

    def path(self, object_id: UUID) -> Path:
        name = object_id.hex
        return self.house.archive.settings.objects / name[-2:] / name[-4:-2] / name

    def objects(self) -> set[UUID]:
        return set(self.store.objects())

    def rows(self) -> dict[UUID, StoredObject]:
        return self.house.read(lambda s: {row.uid: row for row in s.scalars(select(StoredObject))})

    def row(self, role: str) -> StoredObject:
        """The one object of a role."""
        [row] = [row for row in self.rows().values() if row.role == role]
        return row

    def lose(self, object_id: UUID) -> None:
        self.path(object_id).unlink()

    def unmount(self) -> None:
        """Another folder, an empty one, lies where the disk was mounted."""
        folder = self.house.archive.settings.objects
        folder.rename(folder.with_name("elsewhere"))
        folder.mkdir()

    def change(self, object_id: UUID, change: Callable[[bytes], bytes]) -> None:
        path = self.path(object_id)
        changed = change(path.read_bytes())
        path.chmod(0o600)
        path.write_bytes(changed)

    def named(self) -> set[str]:
        """Everything that entries of repairs have named."""
        return {
            name
            for entry in self.house.log()
            if entry.actor == "SYSTEM:keeper" and entry.outcome == "done"
            for name in entry.objects
        }


@pytest.fixture
def rooms(template: Template, tmp_path: Path) -> Iterator[Rooms]:
    house = enter(template, tmp_path / "house")
    house.clock.now = datetime.now(UTC)
    yield Rooms(house)
    house.archive.close()


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
