"""Backing up and restoring as the command line does it, with a passphrase that is cheap to check."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from archive.backup import making
from archive.backup.checking import Checked, check, chosen
from archive.backup.making import back_up
from archive.backup.manifest import Progress, read_entries
from archive.backup.pool import pool_path
from archive.backup.restoring import Restored, Wanted, restore
from archive.core.audit.checkpoint import keepsake
from archive.core.audit.log import newest_note
from archive.core.settings import Settings
from archive.core.vault.keyfile import Cost, load_root
from archive.desks.finding import operations as finding
from archive.wiring import open_archive
from ocr.page import PageText
from search.query import parse
from tests.cast import House, Made, sign_in

PASSPHRASE = "a second quiet room"
NEW = "a third quiet room"
CHEAP = Cost(memory_kib=64, time=1, lanes=1)


def quiet(_step: str, _done: int, _of: int) -> None:
    """Nobody watches."""


def backed_up(house: House, target: Path, *, keep: int | None = None, watch: Progress = quiet) -> making.Made:
    root = load_root(house.archive.settings.key_file, None)
    return back_up(house.archive, root, target, PASSPHRASE, keep=keep, watch=watch, cost=CHEAP)


def checked(
    target: Path,
    *,
    name: str | None = None,
    passphrase: str = PASSPHRASE,
    checkpoint: str | None = None,
    watch: Progress = quiet,
) -> Checked:
    return check(chosen(target, name, passphrase), target, checkpoint=checkpoint, watch=watch)


def restored(
    house: House,
    target: Path,
    data: Path,
    *,
    name: str | None = None,
    new_passphrase: str | None = None,
    checkpoint: str | None = None,
    watch: Progress = quiet,
) -> Restored:
    wanted = Wanted(Settings(data=data), new_passphrase, checkpoint, CHEAP, house.clock)
    return restore(chosen(target, name, PASSPHRASE), wanted, watch)


def entered(house: House, data: Path, passphrase: str | None = None) -> House:
    """The restored archive, opened, and the archivist signed in anew; whoever enters closes it."""
    archive = open_archive(Settings(data=data), passphrase, clock=house.clock)
    people = {**house.template.people, "archivist": sign_in(archive, "archivist")}
    return replace(house, archive=archive, template=replace(house.template, people=people))


def pool(target: Path) -> set[UUID]:
    """Every object in the pool, and nothing else may lie there."""
    files = {path for path in (target / "objects").rglob("*") if path.is_file()}
    assert {path for path in files if path != pool_path(target / "objects", UUID(path.name))} == set()
    return {UUID(path.name) for path in files}


def named(target: Path) -> set[UUID]:
    """Every object that a finished snapshot names."""
    lists = (target / "snapshots").glob("[0-9]*/objects.jsonl")
    return {entry.object for path in lists for entry in read_entries(path)}


def remembered(house: House) -> str:
    """A checkpoint as an auditor keeps it outside."""
    house.archive.sequence_log()
    note = house.read(newest_note)
    assert note is not None
    return keepsake(house.archive.verifier_key, note)


def pages_found(house: House, words: str) -> set[UUID]:
    gate = house.gate_of(house.archivist, finding.search)
    found = gate.run(finding.search, None, finding.Search(words, parse(words))).value
    return {item.item for item in found.items}


def text_of(house: House, made: Made) -> list[str]:
    """Opened with the item's key, as the worker opens it."""
    gate = house.reader_gate()
    taken = gate.run(finding.take_for_index, made.uid)
    return [PageText.from_json(gate.load(taken.permit, page.text)).text for page in taken.value.pages]
