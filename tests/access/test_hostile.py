"""Holes that a hostile reader found, each closed: what stands here worked once and must not work again."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from archive.accounts import operations as accounts
from archive.cli.server import ROUTERS, server
from archive.core.access.actions import Purpose
from archive.core.audit.tables import AuditDetail
from archive.core.settings import Settings
from archive.desks.assigning import operations as assigning
from archive.desks.finding import operations as finding
from archive.desks.loans import operations as loans
from archive.holdings import operations as holdings
from archive.wiring import found_archive
from search.query import parse
from tests.cast import House, Made, Person, Template, enter, sign_in
from tests.gate.watching import count, statements
from tests.web.visiting import Visitors, visiting

WORDS = "医疗费用"
PATIENCE = 20.0
"""Seconds after which a server that does not answer fails the test instead of stopping it."""


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


# --- what a cursor betrays --------------------------------------------------------------------------------------


def page_of(house: House, person: Person, item: Made) -> UUID:
    """Its first page, as somebody who finds it is told."""
    gate = house.gate_of(person, finding.search)
    found = gate.run(finding.search, None, finding.Search(WORDS, parse(WORDS))).value
    return next(hit.pages[0].page for hit in found.items if hit.item == item.uid)


def after(house: House, cursor: UUID) -> tuple[finding.Results, list[str]]:
    gate = house.gate_of(house.handler, finding.search)
    with statements(house) as ran:
        value = gate.run(finding.search, None, finding.Search(WORDS, parse(WORDS), cursor)).value
    return value, ran


def test_going_on_from_a_hidden_item_is_going_on_from_an_unknown_one(house: House) -> None:
    house.archived_item(tier=3, texts=[WORDS])
    hidden = house.archived_item(tier=5, texts=[WORDS])
    house.archived_item(tier=3, texts=[WORDS])
    assert after(house, hidden.uid) == after(house, uuid4())


def test_going_on_from_a_page_of_a_hidden_item_is_going_on_from_an_unknown_one(house: House) -> None:
    """A page that she found once, and whose item was raised above her since."""
    house.archived_item(tier=3, texts=[WORDS])
    item = house.archived_item(tier=3, texts=[WORDS])
    house.archived_item(tier=3, texts=[WORDS])
    page = page_of(house, house.handler, item)
    assert len(after(house, page)[0].items) == 1
    assert item.volume is not None
    house.describe(item, volume=item.volume, tier=5)
    assert after(house, page) == after(house, uuid4())


# --- what an item betrays of its volume -------------------------------------------------------------------------


def test_the_title_of_a_volume_above_the_askers_tier_is_not_shown_with_an_item_in_it(house: House) -> None:
    volume = house.open_volume(tier=4)
    item = house.archived_item(tier=3, volume=volume)
    seen = house.gate_of(house.handler, holdings.show_item).run(holdings.show_item, item.uid).value
    listed = house.gate_of(house.handler, holdings.list_items).run(holdings.list_items, None, 50).value
    for shown in (seen, *listed):
        assert shown.volume is not None
        assert (shown.volume.uid, shown.volume.title) == (volume, "")


def test_the_title_of_a_volume_within_the_askers_tier_is_shown(house: House) -> None:
    item = house.archived_item(tier=3, volume=house.open_volume(tier=3))
    seen = house.gate_of(house.handler, holdings.show_item).run(holdings.show_item, item.uid).value
    assert seen.volume is not None
    assert seen.volume.title == "案卷"


def test_whoever_is_shown_the_titles_of_volumes_is_entered_for_each(house: House) -> None:
    volumes = {house.open_volume(), house.open_volume(unit="C2", tier=4)}
    house.gate_of(house.archivist, holdings.list_holdings).run(holdings.list_holdings, None)
    assert set(house.log()[-1].objects) == {f"volume:{uid}" for uid in volumes}


# --- one key, two questions -------------------------------------------------------------------------------------


def test_a_key_that_was_used_for_one_item_does_not_answer_for_another(house: House) -> None:
    gate = house.gate_of(house.handler, loans.request)
    one, other = (
        loans.NewRequest((house.archived_item(tier=3).uid,), Purpose.CLAIM_HANDLING, "a reason")
        for _ in range(2)
    )
    first = gate.run(loans.request, None, one, idempotency_key="one key").value
    assert gate.run(loans.request, None, other, idempotency_key="one key").value != first
    assert count(house, "loan_request") == 2


def test_a_key_that_was_used_for_one_request_does_not_decide_another(house: House) -> None:
    requests = [house.ask_for(house.archived_item(tier=3), to=house.handler) for _ in range(2)]
    gate = house.gate_of(house.archivist, loans.decide)
    verdict = loans.Verdict(granted=True, opinion="yes", revision=1)
    answers = {
        gate.run(loans.decide, request, verdict, idempotency_key="one key").value for request in requests
    }
    assert len(answers) == count(house, "loan") == 2


# --- strangers --------------------------------------------------------------------------------------------------


def test_a_stranger_who_begins_an_upload_is_sent_away_before_anything_is_waited_for(web: Visitors) -> None:
    """Forty of them held every thread of the server."""
    address = urlsplit(web.address)
    begun = (
        b"POST /intake/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\nCookie: juanzong=nobody\r\n\r\n--x\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 0), PATIENCE) as connection:
        connection.sendall(begun)
        assert connection.recv(65536).startswith(b"HTTP/1.1 303 ")


@pytest.mark.parametrize("target", ["//[", "http://[", "//[::1/x", "javascript:alert(1)"])
def test_no_address_after_sign_in_makes_the_form_fail(web: Visitors, target: str) -> None:
    answer = web.browser(web.house.stranger).get("/sign-in", next=target)
    assert answer.status_code == 200
    assert 'name="next" value="/"' in answer.text


def test_without_a_proxy_nobody_says_for_whom_she_speaks(
    house: House, template: Template, tmp_path: Path
) -> None:
    """The throttle counts addresses, and whoever may name her own is never throttled."""
    behind = enter(template, tmp_path / "behind", public_url="https://archive.example")
    try:
        assert server(behind.archive).config.proxy_headers
    finally:
        behind.archive.close()
    assert not server(house.archive).config.proxy_headers


# --- files ------------------------------------------------------------------------------------------------------


def test_in_a_folder_that_everybody_may_enter_nobody_else_reads_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    found_archive(Settings(data=folder))
    assert [path.name for path in folder.iterdir() if path.is_file() and path.stat().st_mode & 0o077] == []


# --- what an entry leaves out -------------------------------------------------------------------------------------


def words_of(house: House, event: UUID) -> dict[str, str]:
    sealed = house.read(
        lambda session: session.scalars(select(AuditDetail.sealed).filter_by(event=event)).one()
    )
    assert sealed is not None
    told: dict[str, str] = json.loads(json.loads(sealed)["text"])
    return told


@pytest.mark.parametrize(("confirmed", "decision"), [(True, "confirmed"), (False, "refused")])
def test_the_entry_of_a_named_reader_tells_what_was_decided(
    house: House, confirmed: bool, decision: str
) -> None:
    item = house.archived_item(tier=5)
    new = assigning.NewNaming("handler", "legal", Purpose.LITIGATION, "a reason", 3)
    naming = (
        house.gate_of(house.archivist, assigning.propose_reader)
        .run(assigning.propose_reader, item.uid, new)
        .value
    )
    assert words_of(house, house.log()[-1].event) == {"reason": "a reason"}
    verdict = assigning.Verdict(confirmed, "an opinion", 1)
    house.gate_of(house.legal, assigning.confirm_reader).run(assigning.confirm_reader, naming, verdict)
    entry = house.log()[-1]
    assert words_of(house, entry.event) == {"decision": decision, "opinion": "an opinion"}
    assert any(label.startswith("access_grant:") for label in entry.objects) is confirmed


def test_the_entry_of_a_role_tells_which_and_whose(house: House) -> None:
    new = accounts.NewAccount("newcomer", "New", "HQ", "archivist", "a quiet room for records")
    uid = (
        house.gate_of(house.administrator, accounts.create_account)
        .run(accounts.create_account, None, new)
        .value
    )
    asked = house.log()[-1]
    assert words_of(house, asked.event) == {"role": "archivist", "unit": "HQ"}
    role = next(label for label in asked.objects if label.startswith("role_grant:"))
    newcomer = sign_in(house.archive, "newcomer")
    change = accounts.PasswordChange(
        accounts.SignIn("newcomer", "a quiet room for records", "127.0.0.1", 10), "a password of her own"
    )
    house.gate_of(newcomer, accounts.change_password).run(accounts.change_password, None, change)
    gate = house.gate_of(house.archivist, accounts.approve_role)
    gate.run(accounts.approve_role, UUID(role.removeprefix("role_grant:")))
    approved = house.log()[-1]
    assert (approved.target, approved.objects) == (role, (f"account:{uid}",))
    assert words_of(house, approved.event) == {"role": "archivist"}
