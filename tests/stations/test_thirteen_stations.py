"""The main job from one end to the other, as one test, with a real engine and the people who do it."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

import archive
from archive.core.access.actions import Purpose
from archive.core.audit.checkpoint import keepsake
from archive.core.audit.event import Entry
from archive.core.audit.export import write_export
from archive.core.audit.log import newest_note
from archive.core.audit.verify import verify_export
from archive.core.errors import ArchiveError, Refused, SignInRefused
from archive.desks.finding import operations as finding
from archive.desks.finding.presenting import present
from archive.desks.intake import operations as intake
from archive.desks.intake import receiving
from archive.desks.loans import operations as loans
from archive.desks.reading_room import operations as reading_room
from archive.desks.reading_room import showing
from archive.holdings.tables import Item
from archive.worker import new_worker, work_once
from ocr.launchers import choose_launcher
from search.query import parse
from tests.cast import House, Made, Person, sign_in
from tests.ocr import drawing

PAGE = drawing.picture_bytes(drawing.page(drawing.TRADITIONAL), "JPEG", quality=90, dpi=(150, 150))
NAME = "陈小明"
"""Typed in simplified; the page is printed in traditional characters."""

READ_IN_TRADITIONAL = "陳小明"


def test_a_scan_goes_in_and_a_borrowed_page_comes_out_and_the_log_proves_it(
    house: House, tmp_path: Path
) -> None:
    # 1 sign in
    with pytest.raises(SignInRefused):
        sign_in(house.archive, "handler", "not the password")
    handler = sign_in(house.archive, "handler")
    # 2 upload, 3 accept, 4 read, 5 index: found by its maker, by what was read on it
    item = taken_in(house)
    assert items_found(house, house.archivist) == [item.uid]
    assert items_found(house, handler) == []
    # 6 describe, 7 search
    house.describe(item, volume=house.open_volume(), tier=3)
    work(house)
    assert items_found(house, handler) == [item.uid]
    assert READ_IN_TRADITIONAL in snippet(house, house.archivist)
    # 8 request, 9 approve: refused without a loan, and nobody approves her own
    assert rule_against_showing(house, item, handler) == "R_NOLOAN"
    request = house.ask_for(item, to=handler)
    with pytest.raises(ArchiveError):
        approve(house, request, by=handler)
    loan = approve(house, request, by=house.supervisor)
    # 10 show page: with the mark of whoever reads it
    assert page_image(house, item, handler) != page_image(house, item, house.archivist)
    # 11 return
    house.give_back(loan, by=handler)
    assert rule_against_showing(house, item, handler) == "R_NOLOAN"
    # 12 log
    shown = [entry.outcome for entry in house.log() if seen_by(handler, entry)]
    assert shown == ["denied", "done", "denied"]
    # 13 verify, against a checkpoint that the auditor took home before something more was logged
    remembered = take_home(house)
    items_found(house, handler)
    assert verified(house, tmp_path / "log.zip", remembered)


def taken_in(house: House) -> Made:
    gate = house.gate_of(house.archivist, *receiving.OPERATIONS, intake.show_deposit)
    upload = receiving.Upload("claim.jpg", [PAGE], len(PAGE), 10**7, "A001")
    deposit = receiving.receive(gate, upload).deposit
    work(house)
    seen = gate.run(intake.show_deposit, deposit).value
    assert (seen.state, seen.reason, seen.pages, seen.pages_read) == ("read", None, 1, 1)
    return house.read(lambda session: Made(*session.execute(select(Item.uid, Item.id)).one()))


def work(house: House) -> None:
    worker = new_worker(house.archive, choose_launcher(("bwrap", "bare")))
    while work_once(worker):
        pass


def items_found(house: House, person: Person) -> list[UUID]:
    gate = house.gate_of(person, finding.search)
    answer = gate.run(finding.search, None, finding.Search(NAME, parse(NAME))).value
    return [hit.item for hit in answer.items]


def snippet(house: House, person: Person) -> str:
    gate = house.gate_of(person, finding.search)
    released = gate.run(finding.search, None, finding.Search(NAME, parse(NAME)))
    [item] = present(gate, released, parse(NAME))
    [page] = item.pages
    assert page.snippets
    assert page.quads
    return page.snippets[0].text


def approve(house: House, request: UUID, *, by: Person) -> UUID:
    verdict = loans.Verdict(granted=True, opinion="同意", revision=1)
    return house.gate_of(by, loans.decide).run(loans.decide, request, verdict).value


def page_image(house: House, item: Made, person: Person) -> bytes:
    gate = house.gate_of(person, reading_room.show_page)
    address = reading_room.PageAddress(item.uid, 1)
    released = gate.run(reading_room.show_page, address, purpose=Purpose.ARCHIVE_WORK)
    image = showing.marked_image(gate, released, house.archive.settings)
    assert image.startswith(b"\xff\xd8\xff")
    return image


def rule_against_showing(house: House, item: Made, person: Person) -> str:
    with pytest.raises(Refused) as refused:
        page_image(house, item, person)
    return refused.value.rule


def seen_by(person: Person, entry: Entry) -> bool:
    return entry.action == "page:show" and entry.actor == person.label


def take_home(house: House) -> str:
    house.archive.sequence_log()
    note = house.read(newest_note)
    assert note is not None
    return keepsake(house.archive.verifier_key, note)


def verified(house: House, path: Path, remembered: str) -> bool:
    house.archive.sequence_log()
    house.read(lambda s: write_export(s, path, now=house.clock(), verifier_key=house.archive.verifier_key))
    report = verify_export(path, remembered=remembered)
    return report.ok and report.compared


@pytest.mark.long
def test_the_thirteen_stations_are_walked_over_http_with_all_demonstration_files(tmp_path: Path) -> None:
    """What ``./start --check`` runs once everything is installed."""
    walk = subprocess.run(
        [sys.executable, "-m", "archive", "check"],
        cwd=Path(archive.__file__).parents[1],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert walk.returncode == 0, walk.stdout + walk.stderr
    assert "13 verify" in walk.stdout
    assert list(tmp_path.iterdir()) == []
