"""Entries are written, get their places in the order of commits, and are found again."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive.core.audit.checkpoint import Checkpoint, note, open_note
from archive.core.audit.event import LONGEST_LEAF, leaf_bytes, read_leaf
from archive.core.audit.log import append, detail_of, newest_note, sequence
from archive.core.audit.tables import AuditDetail, AuditEvent, AuditLeaf, AuditTouch
from archive.core.audit.tree import leaf_hash, root
from archive.core.db.engines import Database
from archive.core.errors import Altered, Invalid, LogAltered
from tests.audit.logs import (
    KEY,
    SIGNER,
    START,
    STRANGER,
    VERIFIER_KEY,
    entries,
    entry,
    new_database,
    reopen,
    run_sequencer,
    tamper,
    uid,
    write,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path)
    yield database
    database.dispose()


def read(database: Database, question: Callable[..., Any], **arguments: Any) -> Any:
    with database.reading() as session:
        return question(session, **arguments)


def leaf_of(session: Session, event: UUID) -> bytes | None:
    return session.scalar(select(AuditEvent.leaf).where(AuditEvent.uid == event))


def newest_checkpoint(database: Database) -> Checkpoint:
    text = read(database, newest_note)
    assert text is not None
    return open_note(text, VERIFIER_KEY)


def placed_events(database: Database) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(AuditLeaf.event).order_by(AuditLeaf.leaf_index)))


# --- append ------------------------------------------------------------------------------------------------


def test_the_exact_bytes_of_an_entry_are_stored(database: Database) -> None:
    write(database, [entry(1)])
    with database.reading() as session:
        assert leaf_of(session, uid(1)) == leaf_bytes(entry(1))


def test_an_unknown_event_has_no_leaf(database: Database) -> None:
    with database.reading() as session:
        assert leaf_of(session, uid(1)) is None


def test_a_done_act_leaves_a_trace_at_every_record_it_reached(database: Database) -> None:
    write(database, [entry(1, target="item:1", objects=("page:1", "page:2"))])
    with database.reading() as session:
        assert set(session.scalars(select(AuditTouch.uid))) == {"item:1", "page:1", "page:2"}


def test_a_denied_act_leaves_no_trace_at_the_record(database: Database) -> None:
    write(database, [entry(1, outcome="denied")])
    with database.reading() as session:
        assert session.scalars(select(AuditTouch.uid)).all() == []


def test_what_a_person_typed_is_read_back(database: Database) -> None:
    write(database, [entry(1)], detail="王小明 的理赔")
    with database.reading() as session:
        stored = read_leaf(leaf_of(session, uid(1)) or b"")
        assert detail_of(session, stored) == "王小明 的理赔"


def test_what_a_person_typed_is_not_in_the_leaf(database: Database) -> None:
    write(database, [entry(1)], detail="王小明")
    with database.reading() as session:
        assert "王小明".encode() not in (leaf_of(session, uid(1)) or b"")


def test_equal_words_have_different_digests(database: Database) -> None:
    write(database, entries(2), detail="王小明")
    with database.reading() as session:
        digests = {read_leaf(leaf).detail for leaf in session.scalars(select(AuditEvent.leaf))}
    assert len(digests) == 2


def test_a_deleted_detail_reads_as_nothing(database: Database) -> None:
    write(database, [entry(1)], detail="王小明")
    with database.writing() as session:
        stored = read_leaf(leaf_of(session, uid(1)) or b"")
        session.connection().exec_driver_sql("UPDATE audit_detail SET sealed = NULL")
        assert detail_of(session, stored) is None


def test_words_put_in_place_of_the_logged_ones_are_found(database: Database) -> None:
    write(database, [entry(1)], detail="the true reason")
    write(database, [entry(2)], detail="a harmless reason")
    tamper(
        database,
        f"UPDATE audit_detail SET sealed = (SELECT sealed FROM audit_detail WHERE event = '{uid(2).hex}') "
        f"WHERE event = '{uid(1).hex}'",
    )
    with database.reading() as session, pytest.raises(Altered):
        detail_of(session, read_leaf(leaf_of(session, uid(1)) or b""))


def test_a_detail_that_is_not_the_expected_shape_is_altered(database: Database) -> None:
    write(database, [entry(1)], detail="why")
    tamper(database)
    with database.writing() as session:
        session.execute(update(AuditDetail).values(sealed="[]"))
        with pytest.raises(Altered):
            detail_of(session, read_leaf(leaf_of(session, uid(1)) or b""))


def test_an_entry_longer_than_the_verifier_reads_is_refused(database: Database) -> None:
    long = entry(1, objects=tuple(f"page:{number:040}" for number in range(LONGEST_LEAF // 48)))
    with database.writing() as session, pytest.raises(Invalid):
        append(session, long, writer="test", detail=None)


def test_an_entry_of_a_rolled_back_transaction_is_not_in_the_log(database: Database) -> None:
    with database.writing() as session:
        append(session, entry(1), writer="test", detail=None)
        session.rollback()
    assert read(database, lambda session: session.scalars(select(AuditEvent)).all()) == []


# --- sequence ----------------------------------------------------------------------------------------------


def test_the_checkpoint_signs_the_tree_over_the_stored_bytes(database: Database) -> None:
    write(database, entries(7))
    run_sequencer(database)
    expected = root(leaf_hash(leaf_bytes(one)) for one in entries(7))
    assert newest_checkpoint(database) == Checkpoint(SIGNER.name, 7, expected)


def test_an_empty_log_has_no_checkpoint(database: Database) -> None:
    assert run_sequencer(database) == 0
    assert read(database, newest_note) is None


def test_nothing_new_gives_no_new_checkpoint(database: Database) -> None:
    write(database, entries(3))
    run_sequencer(database)
    before = read(database, newest_note)
    assert run_sequencer(database) == 0
    assert read(database, newest_note) == before


def test_many_small_runs_give_the_same_tree_as_one(database: Database) -> None:
    write(database, entries(23))
    while run_sequencer(database, most=4):
        pass
    assert newest_checkpoint(database).root == root(leaf_hash(leaf_bytes(one)) for one in entries(23))


def test_a_run_takes_no_more_than_it_was_told(database: Database) -> None:
    write(database, entries(5))
    assert [run_sequencer(database, most=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_run_that_was_not_committed_leaves_nothing(database: Database) -> None:
    write(database, entries(5))
    with database.writing() as session:
        sequence(session, now=START, signer=SIGNER)
        session.rollback()
    assert placed_events(database) == []


def test_after_a_restart_the_tree_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = new_database(tmp_path)
    write(first, entries(5))
    run_sequencer(first)
    first.dispose()
    second = reopen(tmp_path)
    write(second, [entry(number) for number in range(5, 9)])
    run_sequencer(second)
    assert newest_checkpoint(second).root == root(leaf_hash(leaf_bytes(one)) for one in entries(9))
    second.dispose()


def test_two_sequencers_beside_two_writers_place_every_event_once(tmp_path: Path) -> None:
    first = new_database(tmp_path)
    second = reopen(tmp_path)

    def work(database: Database, numbers: range) -> None:
        for number in numbers:
            write(database, [entry(number)])
            run_sequencer(database, most=3)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [first, second], [range(60), range(60, 120)]))
    while run_sequencer(first):
        pass
    with first.reading() as session:
        in_order_of_commit = list(session.scalars(select(AuditEvent.uid).order_by(AuditEvent.id)))
        leaves = list(session.scalars(select(AuditEvent.leaf).order_by(AuditEvent.id)))
    assert placed_events(first) == in_order_of_commit
    assert set(in_order_of_commit) == {uid(number) for number in range(120)}
    assert newest_checkpoint(first) == Checkpoint(SIGNER.name, 120, root(map(leaf_hash, leaves)))
    first.dispose()
    second.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_checkpoint SET edge = zeroblob(length(edge))",
        "UPDATE audit_checkpoint SET edge = x'00'",
        "UPDATE audit_checkpoint SET edge = CAST(substr(edge, 1, 8) || zeroblob(64) AS BLOB) WHERE size = 5",
        "UPDATE audit_checkpoint SET edge = (SELECT edge FROM audit_checkpoint WHERE size = 3) WHERE size = 5",
        "UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 3) WHERE size = 5",
        "UPDATE audit_checkpoint SET note = 'rubbish'",
        "UPDATE audit_checkpoint SET size = 6 WHERE size = 5",
        "DELETE FROM audit_checkpoint WHERE size = 5",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_leaf",
        "DELETE FROM audit_leaf WHERE leaf_index = 4",
        "DELETE FROM audit_event WHERE id = 5",
    ],
)
def test_an_altered_end_of_the_tree_is_not_built_upon(database: Database, change: str) -> None:
    write(database, entries(5))
    run_sequencer(database, most=3)
    run_sequencer(database)
    tamper(database, change)
    write(database, [entry(5)])
    with pytest.raises(LogAltered):
        run_sequencer(database)


def test_a_checkpoint_by_another_key_is_not_built_upon(database: Database) -> None:
    write(database, entries(5))
    run_sequencer(database)
    forged = note(newest_checkpoint(database), STRANGER)
    tamper(database, f"UPDATE audit_checkpoint SET note = '{forged}'")
    with pytest.raises(LogAltered):
        run_sequencer(database)


def test_the_file_does_not_show_an_actor(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    write(database, entries(1))
    database.dispose()
    assert b"account:" not in (tmp_path / "archive.db").read_bytes()
    assert KEY not in (tmp_path / "archive.db").read_bytes()
