"""Backing up and restoring as the command line does it, with a passphrase that is cheap to check."""

from dataclasses import replace
from pathlib import Path

from archive.backup.checking import Checked, check, chosen
from archive.backup.making import Made, back_up
from archive.backup.restoring import Restored, Wanted, restore
from archive.core.settings import Settings
from archive.core.vault.keyfile import Cost, load_root
from archive.wiring import open_archive
from tests.cast import House

PASSPHRASE = "a second quiet room"
NEW = "a third quiet room"
CHEAP = Cost(memory_kib=64, time=1, lanes=1)


def quiet(_step: str, _done: int, _of: int) -> None:
    """Nobody watches."""


def backed_up(house: House, target: Path, *, keep: int | None = None) -> Made:
    root = load_root(house.archive.settings.key_file, None)
    return back_up(house.archive, root, target, PASSPHRASE, keep=keep, watch=quiet, cost=CHEAP)


def checked(
    target: Path, *, name: str | None = None, passphrase: str = PASSPHRASE, checkpoint: str | None = None
) -> Checked:
    return check(chosen(target, name, passphrase), target, checkpoint=checkpoint, watch=quiet)


def restored(
    house: House,
    target: Path,
    data: Path,
    *,
    name: str | None = None,
    new_passphrase: str | None = None,
    checkpoint: str | None = None,
) -> Restored:
    wanted = Wanted(Settings(data=data), new_passphrase, checkpoint, CHEAP, house.clock)
    return restore(chosen(target, name, PASSPHRASE), wanted, quiet)


def entered(house: House, data: Path, passphrase: str | None = None) -> House:
    """The restored archive, opened; whoever enters closes it."""
    return replace(house, archive=open_archive(Settings(data=data), passphrase, clock=house.clock))
