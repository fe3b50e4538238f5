"""The wall clock jumps by a day, forward and back: what lasts longer, what ends, and what the log says of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.accounts.operations import SignIn, remember_failure
from archive.core.access.actions import Purpose
from archive.core.audit.checkpoint import keepsake
from archive.core.audit.export import write_export
from archive.core.audit.log import newest_note
from archive.core.audit.verify import Report, verify_export
from archive.core.db.types import new_uid
from archive.core.errors import PermitRefused, Refused, SignInNeeded, TooManyAttempts
from archive.core.jobs.tables import Job
from archive.core.permit import Permit, PermitOffice
from archive.desks.intake import operations as intake
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.worker import work_once
from tests.cast import PASSWORD, START, House, Person, sign_in
from tests.crash.paper import ENGINE, NAME, two_pages
from tests.crash.working import seen, upload, worker_with

DAY = timedelta(days=1)


def board(house: House, person: Person) -> None:
    house.gate_of(person, intake.list_deposits).run(intake.list_deposits, None, 1)


# --- sessions and sign-in ----------------------------------------------------------------------------------------


def test_a_session_of_a_clock_that_was_ahead_counts_for_nothing(house: House) -> None:
    house.clock.now = START + DAY
    person = sign_in(house.archive, "archivist")
    board(house, person)
    house.clock.now = START
    with pytest.raises(SignInNeeded):
        board(house, person)
    board(house, sign_in(house.archive, "archivist"))


def test_a_session_outlives_a_clock_that_is_set_by_minutes(house: House) -> None:
    house.clock.now = START + timedelta(minutes=4)
    person = sign_in(house.archive, "archivist")
    house.clock.now = START
    board(house, person)


def fail_often(house: House) -> None:
    attempt = SignIn("archivist", "", "127.0.0.1", 10)
    for _ in range(10):
        house.archive.upkeep.run(lambda session: remember_failure(session, attempt, house.clock()))


def test_failures_of_a_clock_that_was_ahead_lock_nobody_out(house: House) -> None:
    house.clock.now = START + DAY
    fail_often(house)
    with pytest.raises(TooManyAttempts):
        sign_in(house.archive, "archivist", PASSWORD)
    house.clock.now = START
    assert sign_in(house.archive, "archivist", PASSWORD).login == "archivist"


# --- loans and permits -------------------------------------------------------------------------------------------


def read(house: House, item: PageAddress) -> None:
    house.gate_of(house.handler, show_page).run(show_page, item, purpose=Purpose.CLAIM_HANDLING)


def test_a_loan_that_was_returned_stays_returned_whatever_the_clock_does(house: House) -> None:
    item = house.archived_item()
    loan, page = house.lend(item, to=house.handler), PageAddress(item.uid, 1)
    read(house, page)
    house.clock.now = START + 2 * DAY
    house.give_back(loan, by=house.handler)
    house.clock.now = START + DAY
    with pytest.raises(Refused):
        read(house, page)


class Tick:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def permit_of(office: PermitOffice) -> Permit:
    event = new_uid(START)
    return office.mint(
        event=event,
        actor="x",
        action="page:show",
        objects=[event],
        until=START + timedelta(seconds=60),
        now=START,
    )


def test_a_clock_that_goes_back_prolongs_no_permit() -> None:
    tick = Tick()
    office = PermitOffice(bytes(32), tick)
    permit = permit_of(office)
    office.check(permit, permit.event, START - DAY)
    tick.now += 60
    with pytest.raises(PermitRefused):
        office.check(permit, permit.event, START - DAY)


def test_a_clock_that_goes_forward_ends_permits_at_once() -> None:
    office = PermitOffice(bytes(32), Tick())
    permit = permit_of(office)
    with pytest.raises(PermitRefused):
        office.check(permit, permit.event, START + DAY)


# --- the main job ------------------------------------------------------------------------------------------------


def test_a_deposit_is_read_once_though_the_clock_jumps_forward_and_back_between_its_steps(
    house: House,
) -> None:
    deposit = upload(house, NAME, two_pages())
    for there in (START + 2 * DAY, START + DAY, START):
        house.clock.now = there
        assert work_once(worker_with(house, ENGINE))
    board = seen(house, deposit)
    assert (board.state, board.pages_read) == ("read", 2)
    assert house.read(lambda s: set(s.scalars(select(Job.attempt)))) == {1}
    assert len(house.archive.index.rows(0, 100)) == 3


# --- the log -----------------------------------------------------------------------------------------------------


def verified(house: House, target: Path, kept: str | None) -> Report:
    house.archive.sequence_log()
    with house.archive.database.reading() as session:
        write_export(session, target, now=house.clock(), verifier_key=house.archive.verifier_key)
    return verify_export(target, remembered=kept)


def kept_outside(house: House) -> str:
    house.archive.sequence_log()
    note = house.read(newest_note)
    assert note is not None
    return keepsake(house.archive.verifier_key, note)


def test_a_log_whose_time_goes_back_is_whole_and_the_verifier_says_that_it_did(
    house: House, tmp_path: Path
) -> None:
    house.clock.now = START + DAY
    board(house, house.archivist)
    kept = kept_outside(house)
    house.clock.now = START
    board(house, house.archivist)
    report = verified(house, tmp_path / "log.zip", kept)
    assert report.ok
    assert report.statement.endswith(
        "; the machine's clock was set back once: go by the places of entries, not by their times"
    )


def test_of_a_clock_that_was_never_set_back_nothing_is_said(house: House, tmp_path: Path) -> None:
    board(house, house.archivist)
    assert "clock" not in verified(house, tmp_path / "log.zip", None).statement


def test_ids_made_after_the_clock_went_back_are_still_ids_of_their_own() -> None:
    assert len({new_uid(START + DAY), new_uid(START), new_uid(START)}) == 3
