"""Evidence packages: asked for by one person, released by another, taken by the first; the log names every page."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from archive.core.access.actions import Purpose
from archive.core.audit.tables import AuditLeaf
from archive.core.errors import Conflict, Invalid, NotFound, Refused
from archive.desks.legal import evidence, taking
from archive.desks.legal.evidence import NewPackage, Wanted
from archive.desks.legal.export import export
from archive.desks.legal.packing import pack
from archive.desks.legal.taking import Leaving
from archive.holdings.queries import master_of, pages_of
from archive.holdings.tables import StoredObject
from tests.cast import Made, Person
from tests.legal.bags import is_valid, take, unpacked
from tests.legal.conftest import Desk
from tests.web.visiting import Visitors, same_as_unknown


def packages_of(desk: Desk, person: Person) -> dict[UUID, evidence.PackageSeen]:
    seen = desk.house.gate_of(person, evidence.list_packages).run(evidence.list_packages, None).value
    return {one.uid: one for one in seen}


def waiting_for(desk: Desk, person: Person) -> list[UUID]:
    seen = desk.house.gate_of(person, evidence.list_waiting).run(evidence.list_waiting, None).value
    return [one.uid for one in seen]


def preview(
    desk: Desk, matter: UUID, *items: Made, purpose: Purpose | None = Purpose.LITIGATION
) -> evidence.Preview:
    gate = desk.house.gate_of(desk.house.legal, evidence.preview)
    wanted = Wanted(tuple(item.uid for item in items), "ZJ")
    return gate.run(evidence.preview, matter, wanted, purpose=purpose).value


# --- asking ------------------------------------------------------------------------------------------------------


def test_what_would_leave_is_shown_before(desk: Desk) -> None:
    one, two = desk.claim(), desk.claim(texts=("三",))
    shown = preview(desk, desk.matter(one, two), one, two)
    assert (shown.pages, shown.first, shown.last) == (3, "ZJ-0000001", "ZJ-0000003")
    assert [(line.first, line.last) for line in shown.lines] == [
        ("ZJ-0000001", "ZJ-0000002"),
        ("ZJ-0000003", "ZJ-0000003"),
    ]
    assert shown.size == sum(line.original_size + line.view_size for line in shown.lines) > 0


def test_an_item_that_she_may_not_read_is_refused(desk: Desk) -> None:
    item = desk.claim()
    matter = desk.matter(item)
    with pytest.raises(Refused):
        preview(desk, matter, item, purpose=None)
    named = desk.house.archived_item(tier=2)
    unread = desk.matter(named)
    desk.house.describe(named, volume=named.volume or uuid4(), tier=3)
    with pytest.raises(NotFound):
        preview(desk, unread, named)


def test_an_item_outside_the_matter_is_like_one_that_is_not_there(desk: Desk) -> None:
    inside, outside = desk.claim(), desk.claim()
    matter = desk.matter(inside)
    for item in (outside, desk.house.archived_item(tier=5), Made(uuid4(), 0)):
        with pytest.raises(NotFound):
            preview(desk, matter, item)


@pytest.mark.parametrize("prefix", ["", "1A", "A-B", "../A", "ABCDEFGHIJKLM", "证"])
def test_a_prefix_that_cannot_be_read_aloud_is_refused(desk: Desk, prefix: str) -> None:
    with pytest.raises(Invalid):
        desk.ask(desk.claim(), prefix=prefix)


@pytest.mark.parametrize("missing", ["recipient", "document_no"])
def test_a_package_goes_to_somebody_on_the_ground_of_a_document(desk: Desk, missing: str) -> None:
    item = desk.claim()
    matter = desk.matter(item)
    told = {"recipient": "某区人民法院", "document_no": "（2026）民初1号", missing: " "}
    gate = desk.house.gate_of(desk.house.legal, evidence.request)
    new = NewPackage(Wanted((item.uid,), "ZJ"), **told)
    with pytest.raises(Invalid) as caught:
        gate.run(evidence.request, matter, new, purpose=Purpose.LITIGATION)
    assert caught.value.field == missing


def test_a_number_is_never_given_twice(desk: Desk) -> None:
    item = desk.claim()
    first = desk.ask(item)
    desk.decide(first, by=desk.house.archivist, released=False)
    second, elsewhere = desk.ask(item), desk.ask(item, prefix="AB")
    seen = packages_of(desk, desk.house.legal)
    assert [seen[one].first for one in (first, second, elsewhere)] == [
        "ZJ-0000001",
        "ZJ-0000003",
        "AB-0000001",
    ]


# --- releasing ---------------------------------------------------------------------------------------------------


def test_whoever_asked_does_not_release(desk: Desk) -> None:
    package = desk.ask(desk.claim())
    with pytest.raises(Refused) as caught:
        desk.decide(package, by=desk.house.legal)
    assert caught.value.rule == "R_SOD"
    assert packages_of(desk, desk.house.legal)[package].state == "waiting"


def test_the_archivist_or_another_person_of_legal_releases(desk: Desk) -> None:
    item = desk.claim()
    desk.house.assign(item, to=desk.other_legal)
    for person in (desk.house.archivist, desk.other_legal):
        package = desk.ask(item)
        assert package in waiting_for(desk, person)
        desk.decide(package, by=person)
        assert packages_of(desk, desk.house.legal)[package].state == "released"


@pytest.mark.parametrize("who", ["handler", "supervisor", "auditor", "administrator", "stranger"])
def test_nobody_else_learns_of_it_or_takes_it(web: Visitors, desk: Desk, who: str) -> None:
    package, person = desk.released(desk.claim()), getattr(desk.house, who)
    answer = take(web, package, by=person)
    assert answer.status_code == (401 if who == "stranger" else 404)
    if who != "stranger":
        path = "/api/v1/evidence/{}/export"
        assert same_as_unknown(web, person, "POST", path, package, {"purpose": "litigation"})


def test_whoever_may_not_know_of_an_item_in_it_does_not_release_it(desk: Desk) -> None:
    """The other person of legal has not been given this case."""
    package = desk.ask(desk.claim())
    assert waiting_for(desk, desk.other_legal) == []
    with pytest.raises(NotFound):
        desk.decide(package, by=desk.other_legal)


def test_whoever_releases_does_not_take(web: Visitors, desk: Desk) -> None:
    package = desk.released(desk.claim())
    assert take(web, package, by=desk.house.archivist).status_code == 404


# --- taking ------------------------------------------------------------------------------------------------------


def test_nothing_leaves_before_it_is_released(web: Visitors, desk: Desk) -> None:
    package = desk.ask(desk.claim())
    assert take(web, package).status_code == 409
    desk.decide(package, by=desk.house.archivist, released=False)
    assert take(web, package).status_code == 409


def test_nothing_leaves_for_another_purpose(web: Visitors, desk: Desk) -> None:
    answer = take(web, desk.released(desk.claim()), purpose="complaint")
    assert (answer.status_code, answer.json()["field"]) == (422, "purpose")


def test_a_package_is_not_taken_after_its_time(web: Visitors, desk: Desk) -> None:
    package = desk.released(desk.claim())
    desk.house.clock.forward(days=evidence.TAKING_DAYS)
    assert take(web, package).status_code == 409
    assert packages_of(desk, desk.house.legal)[package].state == "expired"


def test_what_she_may_not_read_any_more_keeps_the_package_back(web: Visitors, desk: Desk) -> None:
    item = desk.claim()
    package = desk.released(item)
    desk.house.describe(item, volume=item.volume or uuid4(), tier=5)
    answer = take(web, package)
    assert answer.status_code == 409
    assert "T5" not in answer.text


def test_a_page_image_that_was_made_again_ends_the_package(web: Visitors, desk: Desk) -> None:
    item = desk.claim()
    package = desk.released(item)

    def remake(session: Session) -> None:
        page = pages_of(session, item.id)[0]
        made = update(StoredObject).where(StoredObject.page_id == page.id, StoredObject.role == "view")
        session.execute(made.values(sha256="0" * 64))

    desk.house.change(remake)
    assert take(web, package).status_code == 409


def test_the_log_names_every_item_and_page_that_left_and_under_which_grant(web: Visitors, desk: Desk) -> None:
    item = desk.claim()
    package = desk.released(item)
    take(web, package)
    entry = desk.house.log()[-1]
    pages = desk.house.read(lambda session: [page.uid for page in pages_of(session, item.id)])
    assert (entry.action, entry.outcome, entry.purpose) == ("evidence:export", "done", "litigation")
    assert entry.target == f"evidence:{package}"
    named = {f"item:{item.uid}", *(f"page:{page}" for page in pages)}
    assert named <= set(entry.objects)
    assert any(label.startswith("access_grant:") for label in entry.objects)


def test_two_runs_have_the_same_payload(web: Visitors, desk: Desk, tmp_path: Path) -> None:
    package = desk.released(desk.claim(), desk.claim())
    bags = []
    for run in ("first", "second"):
        bags.append(unpacked(take(web, package), tmp_path / run))
        desk.house.clock.forward(minutes=10)
    for name in ("manifest-sha256.txt", "manifest-sha512.txt"):
        assert (bags[0] / name).read_bytes() == (bags[1] / name).read_bytes()


def test_the_custody_is_told_in_the_same_words_whatever_the_screen_speaks(
    web: Visitors, desk: Desk, tmp_path: Path
) -> None:
    package = desk.released(desk.claim())
    browser = web.browser(desk.house.legal)
    browser.client.cookies.set("juanzong-language", "en")
    answer = browser.post(f"/evidence/{package}/take", purpose="litigation")
    told = (unpacked(answer, tmp_path / "bag") / "custody/report.txt").read_text("utf-8")
    assert "诉讼仲裁 (litigation)" in told


def test_the_second_run_tells_of_the_first(web: Visitors, desk: Desk, tmp_path: Path) -> None:
    package = desk.released(desk.claim())
    take(web, package)
    lines = (unpacked(take(web, package), tmp_path / "second") / "custody/custody.jsonl").read_text("utf-8")
    last = json.loads(json.loads(lines.splitlines()[-1])["leaf"])
    assert (last["action"], last["target"]) == ("evidence:export", f"evidence:{package}")


def test_two_packages_of_one_item_have_the_same_original(web: Visitors, desk: Desk, tmp_path: Path) -> None:
    item = desk.claim()
    bags = [unpacked(take(web, desk.released(item)), tmp_path / run) for run in ("first", "second")]
    originals = [next((bag / "data/originals").iterdir()).read_bytes() for bag in bags]
    assert originals[0] == originals[1]


@dataclass
class Taking:
    """A package on its way over a line so slow that a minute may pass between two pieces."""

    desk: Desk
    package: UUID

    def pieces(self) -> Iterator[bytes]:
        house = self.desk.house
        door = house.gate_of(house.legal, *taking.OPERATIONS)
        house.archive.sequence_log()
        key = house.archive.verifier_key
        released = door.run(export, self.package, key, purpose=Purpose.LITIGATION)
        leaving = Leaving(door, self.package, Purpose.LITIGATION, released.permit, house.clock)
        return pack(released.value, leaving)


def test_a_slow_download_is_decided_again_each_minute_and_arrives_whole(desk: Desk, tmp_path: Path) -> None:
    package = desk.released(desk.claim())
    before = len(desk.house.log())
    whole = bytearray()
    for piece in Taking(desk, package).pieces():
        whole += piece
        desk.house.clock.forward(seconds=40)
    entries = desk.house.log()[before:]
    assert len(entries) > 2
    assert {(entry.action, entry.target) for entry in entries} == {("evidence:export", f"evidence:{package}")}
    path = tmp_path / "slow.zip"
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as bag:
        assert bag.testzip() is None


def test_a_tier_that_is_raised_in_mid_download_cuts_it_off(desk: Desk) -> None:
    item = desk.claim()
    pieces = Taking(desk, desk.released(item)).pieces()
    next(pieces)
    assert item.volume is not None
    desk.house.describe(item, volume=item.volume, tier=5)
    desk.house.clock.forward(seconds=40)
    with pytest.raises(Conflict):
        list(pieces)


def test_no_file_is_left_on_the_disk(web: Visitors, desk: Desk) -> None:
    package = desk.released(desk.claim())
    folder = desk.house.archive.settings.data
    before = {path for path in folder.rglob("*") if path.is_file()}
    take(web, package)
    assert {path for path in folder.rglob("*") if path.is_file()} - before == set()
    assert list(web.scratch.iterdir()) == []


def test_a_damaged_original_cuts_the_package_off(web: Visitors, desk: Desk, tmp_path: Path) -> None:
    item = desk.claim()
    package = desk.released(item)
    stored = desk.house.read(lambda session: _master(session, item))
    [path] = desk.house.archive.settings.objects.rglob(f"{stored.hex}*")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(httpx.RemoteProtocolError):
        take(web, package)
    assert desk.house.log()[-1].outcome == "failed: Altered"


def _master(session: Session, item: Made) -> UUID:
    page = pages_of(session, item.id)[0]
    master = master_of(session, page.deposit_id)
    assert isinstance(master, StoredObject)
    return master.uid


def test_nothing_leaves_while_the_log_is_not_what_was_signed(web: Visitors, desk: Desk) -> None:
    package = desk.released(desk.claim())
    desk.house.archive.sequence_log()

    def alter(session: Session) -> None:
        session.connection().exec_driver_sql("DROP TRIGGER guard_audit_leaf_update")
        session.execute(update(AuditLeaf).where(AuditLeaf.leaf_index == 3).values(hash=bytes(32)))

    desk.house.change(alter)
    answer = take(web, package)
    assert (answer.status_code, answer.json()["code"]) == (500, "log_altered")


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_pages_preview_ask_release_and_download(web: Visitors, desk: Desk, tmp_path: Path) -> None:
    item = desk.claim(title="人伤案卷")
    legal, archivist = web.browser(desk.house.legal), web.browser(desk.house.archivist)
    address = f"/matters/{desk.matter(item)}/evidence"
    chosen = {"item": str(item.uid), "purpose": "litigation", "prefix": "zj"}
    shown = legal.post(f"{address}/preview", **chosen)
    assert "ZJ-0000001" in shown.text
    told = {"recipient": "某区人民法院", "document_no": "（2026）民初1号", "key": "k"}
    assert legal.post(address, **chosen, **told).status_code == 303
    [package] = waiting_for(desk, desk.house.archivist)
    assert "某区人民法院" in archivist.get("/evidence/waiting").text
    decision = {"revision": "1", "opinion": "核对无误", "decision": "grant"}
    assert archivist.post(f"/evidence/{package}/decision", **decision).status_code == 303
    assert "下载" in legal.get("/evidence").text
    answer = legal.post(f"/evidence/{package}/take", purpose="litigation")
    assert answer.headers["content-disposition"] == 'attachment; filename="EV2026-000001.zip"'
    assert is_valid(unpacked(answer, tmp_path / "unpacked"))


def test_a_request_without_its_recipient_comes_back_as_it_was_filled_in(web: Visitors, desk: Desk) -> None:
    item = desk.claim()
    fields = {
        "item": str(item.uid),
        "purpose": "litigation",
        "prefix": "ZJ",
        "document_no": "（2026）民初1号",
    }
    answer = web.browser(desk.house.legal).post(f"/matters/{desk.matter(item)}/evidence", **fields)
    assert answer.status_code == 422
    assert "尚未填写接收方" in answer.text
    assert 'value="（2026）民初1号"' in answer.text


def test_the_form_sent_twice_asks_once(web: Visitors, desk: Desk) -> None:
    item = desk.claim()
    matter = desk.matter(item)
    body = {
        "items": [str(item.uid)],
        "purpose": "litigation",
        "prefix": "ZJ",
        "recipient": "法院",
        "document_no": "1号",
    }
    program = web.program(desk.house.legal)
    made = [
        program.post(
            f"/api/v1/matters/{matter}/evidence", json=body, headers={"Idempotency-Key": "one"}
        ).json()
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(packages_of(desk, desk.house.legal)) == 1
