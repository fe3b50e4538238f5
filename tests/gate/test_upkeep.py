"""The one escape from the gate writes its own columns and nothing else; nobody writes over the log."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError

from archive.accounts.operations import SignIn, remember_failure, stay_signed_in
from archive.accounts.tables import SignedIn
from tests.cast import START, House
from tests.gate.watching import count

FORBIDDEN = [
    "UPDATE account SET state = 'active'",
    "UPDATE account SET password_hash = 'x'",
    "UPDATE session SET until = '2100-01-01'",
    "UPDATE session SET account_id = 1",
    "UPDATE role_grant SET role = 'archivist'",
    "UPDATE access_grant SET revoked_at = NULL",
    "UPDATE access_version SET version = 1",
    "UPDATE item SET tier = 1",
    "UPDATE page SET tier = 1",
    "UPDATE job SET subject_uid = x'00'",
    "UPDATE job SET kind = 'index'",
    "INSERT INTO role_grant (uid, account_id, role, unit_id, \"from\") VALUES (x'01', 1, 'archivist', 1, '2026-01-01')",
    "INSERT INTO audit_event (uid, at, writer, leaf, actor, role, action, outcome) VALUES (x'01', '2026-01-01', '', x'', '', '', '', '')",
    "INSERT INTO job (uid, kind, subject_uid, priority, state, attempt, run_at, dedupe_key, created_at) VALUES (x'01', 'index', x'01', 1, 'ready', 0, '2026-01-01', 'k', '2026-01-01')",
    "DELETE FROM item",
    "DELETE FROM session",
    "DELETE FROM audit_event",
    "DELETE FROM audit_leaf",
    "DROP TABLE item",
    "DROP TRIGGER guard_audit_event_delete",
    "CREATE TABLE another (id INTEGER)",
    "ALTER TABLE item ADD COLUMN another TEXT",
]


def run(house: House, statement: str) -> Any:
    return house.archive.upkeep.run(lambda session: session.connection().exec_driver_sql(statement).rowcount)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_upkeep_is_refused_what_is_not_its_own(house: House, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"not authorized|prohibited"):
        run(house, statement)


def test_upkeep_may_do_what_it_is_there_for(house: House) -> None:
    assert run(house, "UPDATE session SET idle_until = '2030-01-01 00:00:00.000000'") > 0
    token = house.handler.token
    assert token is not None
    later = START + timedelta(hours=1)
    house.archive.upkeep.run(lambda session: stay_signed_in(session, token, later))
    assert house.read(lambda session: session.query(SignedIn).filter_by(idle_until=later).count()) == 1
    attempt = SignIn("handler", "wrong", "127.0.0.1", 10)
    house.archive.upkeep.run(lambda session: remember_failure(session, attempt, START))
    assert count(house, "login_attempt") == 2


def test_what_upkeep_is_refused_is_rolled_back_whole(house: House) -> None:
    def half(session: Any) -> None:
        session.connection().exec_driver_sql("UPDATE session SET idle_until = '1999-01-01 00:00:00.000000'")
        session.connection().exec_driver_sql("UPDATE item SET tier = 1")

    with pytest.raises(DatabaseError):
        house.archive.upkeep.run(half)
    assert count(house, "session WHERE idle_until < '2000'") == 0


def test_the_limits_of_upkeep_do_not_stay_on_the_connection(house: House) -> None:
    run(house, "UPDATE session SET idle_until = idle_until")
    house.draft_item()


@pytest.mark.parametrize(
    "table", ["audit_event", "audit_touch", "audit_detail", "audit_leaf", "audit_checkpoint"]
)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_the_tables_of_the_log_refuse_to_be_changed(house: House, table: str, statement: str) -> None:
    house.describe(house.draft_item(), volume=house.open_volume())
    house.archive.sequence_log()
    assert count(house, table) > 0
    column = {"audit_event": "leaf", "audit_touch": "uid", "audit_detail": "sealed", "audit_leaf": "hash"}
    change = statement.format(table, column.get(table, "note"))
    with pytest.raises(IntegrityError, match="insert-only"):
        house.change(lambda session: session.connection().exec_driver_sql(change))
