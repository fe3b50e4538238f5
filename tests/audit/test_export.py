"""What is exported verifies where nothing was touched, and an altered database is exported as it stands and found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.core.audit import parts
from archive.core.audit.export import BATCH, write_export
from archive.core.audit.verify import verify_export
from archive.core.db.engines import Database
from archive.core.errors import LogAltered
from tests.audit.logs import (
    START,
    VERIFIER_KEY,
    build,
    entries,
    entry,
    export,
    found,
    kinds,
    new_database,
    read_parts,
    remember,
    run_sequencer,
    tamper,
    uid,
    write,
)

ALL = 40


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Forty entries, ten to a checkpoint."""
    database = new_database(tmp_path)
    for first in range(0, ALL, 10):
        write(database, [entry(number) for number in range(first, first + 10)])
        run_sequencer(database)
    yield database
    database.dispose()


def test_an_untouched_log_verifies_against_what_was_remembered(database: Database, tmp_path: Path) -> None:
    report = verify_export(export(database, tmp_path / "log.zip"), remembered=remember(entries(ALL), 30))
    assert (report.ok, report.size, report.compared, report.findings) == (True, 40, True, ())
    assert report.statement == (
        "whole: the first 30 of 40 entries are those remembered outside; the later ones are consistent in themselves"
    )


def test_without_a_remembered_checkpoint_the_report_says_so(database: Database, tmp_path: Path) -> None:
    report = verify_export(export(database, tmp_path / "log.zip"), remembered=None)
    assert (report.ok, report.compared) == (True, False)
    assert report.statement == "consistent in itself, compared with nothing outside"


def test_the_file_to_keep_verifies_the_export_it_came_with(database: Database, tmp_path: Path) -> None:
    with database.reading() as session:
        summary = write_export(session, tmp_path / "log.zip", now=START, verifier_key=VERIFIER_KEY)
    report = verify_export(summary.path, remembered=summary.keepsake)
    assert report.statement == "whole: all 40 entries are those remembered outside"


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    report = verify_export(export(database, tmp_path / "log.zip"), remembered=None)
    assert (report.ok, report.size) == (True, 0)
    database.dispose()


def test_an_export_is_byte_for_byte_what_a_forger_builds_from_the_same_entries(tmp_path: Path) -> None:
    """So the forgeries of these tests look as genuine as can be."""
    database = new_database(tmp_path)
    write(database, entries(8))
    while run_sequencer(database, most=3):
        pass
    exported = read_parts(export(database, tmp_path / "log.zip"))
    assert {**exported, parts.README: b""} == {**build(entries(8), [3, 6, 8]), parts.README: b""}
    database.dispose()


def test_nothing_that_a_person_typed_is_exported(database: Database, tmp_path: Path) -> None:
    write(database, [entry(40)], detail="王小明")
    run_sequencer(database)
    exported = read_parts(export(database, tmp_path / "log.zip"))
    assert not [name for name, data in exported.items() if "王小明".encode() in data]


def test_an_export_is_for_its_owner_only(database: Database, tmp_path: Path) -> None:
    assert export(database, tmp_path / "log.zip").stat().st_mode & 0o777 == 0o600


def test_events_without_a_place_are_counted_and_left_out(database: Database, tmp_path: Path) -> None:
    write(database, [entry(40), entry(41)])
    with database.reading() as session:
        summary = write_export(session, tmp_path / "log.zip", now=START, verifier_key=VERIFIER_KEY)
    assert (summary.size, summary.pending) == (40, 2)
    report = verify_export(summary.path, remembered=None)
    assert (report.ok, report.size) == (True, 40)


def test_a_log_of_several_batches_is_whole(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    write(database, entries(2 * BATCH + 5))
    while run_sequencer(database, most=BATCH):
        pass
    report = verify_export(export(database, tmp_path / "log.zip"), remembered=None)
    assert (report.ok, report.size) == (True, 2 * BATCH + 5)
    database.dispose()


def test_an_earlier_export_is_replaced_only_by_a_finished_one(database: Database, tmp_path: Path) -> None:
    path = export(database, tmp_path / "log.zip")
    before = path.read_bytes()
    tamper(database, "UPDATE audit_event SET actor = CAST(x'ff' AS TEXT) WHERE id = 18")
    with pytest.raises(LogAltered):
        export(database, path)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.glob("log.zip*")) == ["log.zip"]


EVENT = uid(17)
CHANGES = {
    "an entry is edited": (
        "UPDATE audit_event SET leaf = replace(leaf, 'claims_handler', 'legal') WHERE id = 18",
        "edited",
        f"leaf 17, event {EVENT}",
    ),
    "an entry gets a line break": (
        "UPDATE audit_event SET leaf = CAST(leaf || x'0a' AS BLOB) WHERE id = 18",
        "edited",
        f"leaf 17, event {EVENT}",
    ),
    "an event is deleted": ("DELETE FROM audit_event WHERE id = 18", "deleted", f"leaf 17, event {EVENT}"),
    "a place in the tree is deleted": ("DELETE FROM audit_leaf WHERE leaf_index = 17", "deleted", "leaf 17"),
    "places in the tree are deleted": (
        "DELETE FROM audit_leaf WHERE leaf_index IN (17, 18, 19)",
        "deleted",
        "leaves 17 to 19",
    ),
    "the last places are deleted": (
        "DELETE FROM audit_leaf WHERE leaf_index > 36",
        "truncated",
        "leaves 37 to 39",
    ),
    "an event is slipped in before the last": (
        f"INSERT INTO audit_event (id, uid, at, writer, leaf, actor, role, action, outcome) SELECT -1, '{uid(99).hex}', at, writer, leaf, actor, role, action, outcome FROM audit_event WHERE id = 18",
        "inserted",
        f"event {uid(99)}",
    ),
    "a stored hash is changed": (
        "UPDATE audit_leaf SET hash = zeroblob(32) WHERE leaf_index = 17",
        "column-changed",
        f"leaf 17, event {EVENT}",
    ),
    "two places are exchanged": (
        "UPDATE audit_leaf SET leaf_index = -leaf_index WHERE leaf_index IN (17, 18); UPDATE audit_leaf SET leaf_index = 35 + leaf_index WHERE leaf_index < 0",
        "edited",
        "leaves 10 to 19",
    ),
    "a place is moved before the first": (
        "UPDATE audit_leaf SET leaf_index = -5 WHERE leaf_index = 17",
        "reordered",
        f"leaf 0, event {EVENT}",
    ),
    "the event of a place is changed": (
        f"UPDATE audit_event SET uid = '{uid(99).hex}' WHERE id = 18",
        "deleted",
        f"leaf 17, event {EVENT}",
    ),
    "a search column is changed": (
        "UPDATE audit_event SET actor = 'account:x' WHERE id = 18",
        "column-changed",
        f"leaf 17, event {EVENT}",
    ),
    "a search column is emptied": (
        "UPDATE audit_event SET target = NULL WHERE id = 18",
        "column-changed",
        f"leaf 17, event {EVENT}",
    ),
    "a moment is made unreadable": (
        "UPDATE audit_event SET at = 'yesterday' WHERE id = 18",
        "column-changed",
        f"leaf 17, event {EVENT}",
    ),
    "a trace is removed": (
        f"DELETE FROM audit_touch WHERE event = '{EVENT.hex}' AND uid LIKE 'page:%'",
        "touch-changed",
        f"leaf 17, event {EVENT}",
    ),
    "a trace is added": (
        f"INSERT INTO audit_touch VALUES ('{EVENT.hex}', 'item:innocent')",
        "touch-changed",
        f"leaf 17, event {EVENT}",
    ),
    "a trace of no event is added": (
        f"INSERT INTO audit_touch VALUES ('{uid(99).hex}', 'item:innocent')",
        "touch-changed",
        f"event {uid(99)}",
    ),
    "the newest checkpoint is deleted": (
        "DELETE FROM audit_checkpoint WHERE size = 40",
        "inserted",
        "leaves 30 to 39",
    ),
    "a checkpoint is changed": (
        "UPDATE audit_checkpoint SET note = replace(note, char(10) || '20' || char(10), char(10) || '21' || char(10)) WHERE size = 20",
        "forged-checkpoint",
        "checkpoint number 1",
    ),
    "an older checkpoint is put in place of a newer": (
        "UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 30) WHERE size = 40",
        "forged-checkpoint",
        "checkpoint of size 30",
    ),
}


@pytest.mark.parametrize(("statements", "kind", "place"), CHANGES.values(), ids=CHANGES.keys())
def test_an_altered_database_is_found_with_kind_and_place(
    database: Database, tmp_path: Path, statements: str, kind: str, place: str
) -> None:
    tamper(database, *statements.split(";"))
    report = verify_export(export(database, tmp_path / "log.zip"), remembered=None)
    assert (kind, place) in found(report)


def test_all_entries_removed_are_missed_only_by_who_remembers(database: Database, tmp_path: Path) -> None:
    tamper(
        database,
        *(
            f"DELETE FROM {table}"
            for table in ("audit_leaf", "audit_checkpoint", "audit_event", "audit_touch")
        ),
    )
    path = export(database, tmp_path / "log.zip")
    assert verify_export(path, remembered=None).ok
    assert "cut-tail" in kinds(verify_export(path, remembered=remember(entries(ALL), 30)))
