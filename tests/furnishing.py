"""A house in which something lies on every desk: what the walks over all pages and all routes find there.

Made through the interface, as programs would, so that it changes only where the interface does.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from archive.core.jobs.tables import JobKind
from archive.desks.intake import processing
from tests.cast import Made, Person
from tests.web.visiting import Visitors

TITLE = "机动车人伤理赔案卷"
WORD = "陈怡君"
TEXTS = ["封面", "傷者陳怡君主訴頸部疼痛\n診斷：頸椎扭傷", "末頁"]
RESTRICTED = 5

NEW_PERSON = {"login": "newcomer", "name": "新同事", "unit": "C1", "role": "claims_handler"}


@dataclass
class Furnished:
    """``ids``: for each collection of the interface (``/api/v1/matters/{uid}`` → matters) one thing that is in it."""

    web: Visitors
    ids: dict[str, UUID] = field(default_factory=dict)

    def ask(self, person: Person, method: str, path: str, **sent: Any) -> httpx.Response:
        answer = self.web.program(person).request(method, f"/api/v1{path}", **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def make(self, person: Person, path: str, **body: object) -> UUID:
        return UUID(self.ask(person, "POST", path, json=body).json()["uid"])


def furnish(web: Visitors) -> Furnished:
    it = Furnished(web)
    claim = web.house.archived_item(title=TITLE, texts=TEXTS, doc_date=None)
    other = web.house.archived_item(title="住院病历", tier=2, texts=["出院小结"], volume=claim.volume)
    restricted = web.house.archived_item(tier=RESTRICTED, title="特别敏感")
    assert claim.volume is not None
    it.ids.update(items=claim.uid, volumes=claim.volume, restricted=restricted.uid)
    _loans(it, claim, other)
    _readers(it)
    _matters(it, claim, other)
    _people(it)
    _checked_pages(it)
    _folders(it)
    _files(it)
    it.ask(web.house.administrator, "POST", "/inspections", json={"kind": "sweep"})
    web.house.archive.sequence_log()
    it.ids["log"] = UUID(it.ask(web.house.auditor, "GET", "/log").json()["lines"][0]["event"])
    return it


def _checked_pages(it: Furnished) -> None:
    """A batch of which one page is turned, one to be scanned again and one accepted."""
    archivist = it.web.house.archivist
    marked = it.web.house.draft_item(["封面", "患者张伟", "末页"]).uid
    pages = it.ask(archivist, "GET", f"/quality/items/{marked}/pages").json()["pages"]
    for page, act, reason in zip(pages, ("right", "rescan", "accept"), ("", "缺角", ""), strict=True):
        said = {"act": act, "revision": page["revision"], "reason": reason}
        it.ask(archivist, "POST", f"/pages/{page['uid']}/marks", json=said)
    batch = it.ask(archivist, "GET", "/quality/batches").json()[0]["uid"]
    it.ids.update({"marked": marked, "checked-batch": UUID(batch)})


def _folders(it: Furnished) -> None:
    """One that is arranged, one that waits for its check, one that is checked, one that is archived and is to get more."""
    house = it.web.house
    for state in ("archived", "checked", "checking", "arranging"):
        volume = it.ids[state] = house.open_volume(tier=2)
        documents = [_described(it, title) for title in ("查勘报告", "理赔申请书")]
        _bind(it, house.archivist, volume, "begin", template="cn.claim")
        _bind(it, house.archivist, volume, "take", items=documents)
        it.ids[f"in-{state}"] = UUID(documents[0])
    _waive_one(it, it.ids["arranging"])
    for state in ("archived", "checked", "checking"):
        _bind(it, house.archivist, it.ids[state], "submit")
    for state in ("archived", "checked"):
        _bind(it, house.other_archivist, it.ids[state], "check")
    while _waive_one(it, it.ids["archived"]):
        pass
    _bind(it, house.other_archivist, it.ids["archived"], "archive")
    said = {"item": _described(it, "补充材料"), "reason": "归档后收到", "revision": _revision(it, "archived")}
    it.ask(house.archivist, "POST", f"/volumes/{it.ids['archived']}/supplements", json=said)
    _described(it, "结案报告书")


def _described(it: Furnished, title: str) -> str:
    """A document of two pages that lies loose."""
    draft = it.web.house.draft_item(("一页", "二页")).uid
    revision = it.ask(it.web.house.archivist, "GET", f"/items/{draft}").json()["revision"]
    said = {"revision": revision, "title": title, "doc_type": "survey_report", "tier": 2}
    it.ask(it.web.house.archivist, "PUT", f"/items/{draft}/description", json=said)
    return str(draft)


def _bind(it: Furnished, person: Person, volume: UUID, act: str, **said: object) -> None:
    path = f"/volumes/{volume}/binding"
    revision = it.ask(person, "GET", path).json()["revision"]
    it.ask(person, "POST", f"{path}/{act}", json={"revision": revision, **said})


def _revision(it: Furnished, state: str) -> int:
    path = f"/volumes/{it.ids[state]}/binding"
    return int(it.ask(it.web.house.archivist, "GET", path).json()["revision"])


def _waive_one(it: Furnished, volume: UUID) -> bool:
    """Says of a document which the folder lacks that it need not be there; False when none is missing."""
    second = it.web.house.other_archivist
    slots = it.ask(second, "GET", f"/volumes/{volume}/binding").json()["slots"]
    missing = [slot["code"] for slot in slots if slot["state"] == "missing"]
    if missing:
        _bind(it, second, volume, "waive", slot=missing[0], reason="无此材料")
    return bool(missing)


def _files(it: Furnished) -> None:
    """One that is read and undescribed, one that was refused, one that is here already, one of which parts are missing."""
    house = it.web.house
    house.draft_item(["一页", ""])
    refused = house.receive()
    gate = house.reader_gate()
    gate.run(
        processing.refuse,
        refused,
        processing.Rejected("The file is damaged.", "Scan it again.", house.claim(JobKind.ACCEPT, refused)),
    )
    content = b"%PDF-1.7 the same bytes"
    for name in ("first.pdf", "second.pdf"):
        sent = {"name": name, "fonds": "A001", "duplicates": "ask"}
        made = it.ask(house.archivist, "PUT", "/deposits", params=sent, content=content).json()
    it.ids.update(batches=UUID(made["batch"]), deposits=refused)


def _people(it: Furnished) -> None:
    """A role that waits for a second person, and a program's token."""
    house = it.web.house
    it.ids["accounts"] = UUID(it.ask(house.administrator, "POST", "/accounts", json=NEW_PERSON).json()["uid"])
    waiting = it.ask(house.legal, "GET", "/roles/waiting").json()
    it.ids["roles"] = UUID(waiting[0]["uid"])


def _loans(it: Furnished, claim: Made, other: Made) -> None:
    """One that runs, one that was returned, one that waits."""
    house = it.web.house
    house.give_back(house.lend(other, to=house.handler), by=house.handler)
    it.ids["loans"] = house.lend(claim, to=house.handler)
    it.ids["loan-requests"] = house.ask_for(other, to=house.handler, reason="核对伤情")


def _readers(it: Furnished) -> None:
    """A case in the hands of legal, and a reader of a restricted item who waits for the second person."""
    house = it.web.house
    path = f"/volumes/{it.ids['volumes']}/assignments"
    it.ids["assignments"] = it.make(house.supervisor, path, handler="legal")
    naming = {
        "reader": "handler",
        "second_person": "legal",
        "purpose": "litigation",
        "reason": "开庭",
        "days": 10,
    }
    path = f"/items/{it.ids['restricted']}/reader-namings"
    it.ids["reader-namings"] = it.make(house.archivist, path, **naming)


def _matters(it: Furnished, claim: Made, other: Made) -> None:
    """Items on hold, one release of a hold proposed, one package released and one that waits."""
    house = it.web.house
    matter = it.make(house.legal, "/matters", title="张三诉本公司", court="某区人民法院", opponent="张三")
    items = [str(claim.uid), str(other.uid)]
    it.ask(house.legal, "POST", f"/matters/{matter}/items", json={"items": items})
    wanted = {"items": items[:1], "purpose": "litigation", "prefix": "ZJ"}
    said = {"recipient": "某区人民法院", "document_no": "（2026）民初1号"}
    packages = [it.make(house.legal, f"/matters/{matter}/evidence", **wanted, **said) for _ in range(2)]
    verdict = {"granted": True, "opinion": "核对无误", "revision": 1}
    it.ask(house.archivist, "POST", f"/evidence/{packages[0]}/decision", json=verdict)
    holds = [
        it.make(house.legal, "/holds", items=items, reason="诉讼保全", matter=str(matter)) for _ in range(2)
    ]
    closing = {"reason": "已结案", "revision": 1}
    it.ask(house.legal, "POST", f"/holds/{holds[0]}/propose-release", json=closing)
    it.ids.update(matters=matter, evidence=packages[1], holds=holds[1])
