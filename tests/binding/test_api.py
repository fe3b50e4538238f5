"""The whole binding of a folder by a program, as two archivists; and what a program is told when it is too late."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.cli.server import ROUTERS
from tests.binding.conftest import Desk
from tests.cast import House
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def test_a_program_binds_a_folder_and_another_persons_program_archives_it(web: Visitors, desk: Desk) -> None:
    documents = [desk.described("survey_report", "一", "二"), desk.described("conclusion", "三")]
    mine, second = web.program(web.house.archivist), web.program(web.house.other_archivist)
    base = f"/api/v1/volumes/{desk.volume}/binding"
    revision = mine.get(base).json()["revision"]

    def step(path: str, *, by: Any = mine, method: str = "POST", **body: object) -> None:
        nonlocal revision
        answer = by.request(method, f"{base}/{path}", json={"revision": revision, **body})
        assert answer.status_code == 200, answer.text
        revision = answer.json()["revision"]

    step("begin", template="cn.claim", flags=[])
    step("take", items=[str(made.uid) for made in documents])
    step("by-template")
    for slot in mine.get(base).json()["slots"]:
        if slot["state"] == "missing":
            step("waive", by=second, slot=slot["code"], reason="无此材料")
    step("submit")
    step("check", by=second)
    step("archive", by=second)

    folder = mine.get(base).json()
    assert folder["state"] == "archived"
    assert [d["item"] for d in folder["documents"]] == [str(documents[1].uid), str(documents[0].uid)]
    assert [(d["first"], d["last"]) for d in folder["documents"]] == [(1, 1), (2, 3)]
    assert [line["uid"] for line in mine.get("/api/v1/binding").json()["archived"]] == [str(desk.volume)]


def test_a_program_that_is_too_late_is_told_so_and_can_ask_what_was_done(web: Visitors, desk: Desk) -> None:
    desk.begin()
    mine, base = web.program(web.house.archivist), f"/api/v1/volumes/{desk.volume}/binding"
    answer = mine.post(f"{base}/by-template", json={"revision": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert [step["kind"] for step in mine.get(f"{base}/steps", params={"since": 1}).json()] == ["begin"]
