"""The log proves itself: exports, checkpoints and verifications by browser and by program."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from archive.core.audit.verify import verify_export
from archive.desks.audit import api, pages
from tests.cast import House
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


# --- exporting -------------------------------------------------------------------------------------------------


def exported(web: Visitors, path: Path) -> Path:
    answer = web.browser(web.house.auditor).post("/log/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    path.write_bytes(answer.content)
    return path


def checkpoint(web: Visitors) -> str:
    answer = web.browser(web.house.auditor).get("/log/checkpoint")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_export_verifies_against_a_checkpoint_that_was_kept(web: Visitors, tmp_path: Path) -> None:
    kept = checkpoint(web)
    web.house.archived_item()
    report = verify_export(exported(web, tmp_path / "log.zip"), remembered=kept)
    assert (report.ok, report.compared) == (True, True)


def test_an_export_holds_what_was_logged_just_before_it(web: Visitors, tmp_path: Path) -> None:
    so_far = len(web.house.log())
    report = verify_export(exported(web, tmp_path / "log.zip"), remembered=None)
    assert report.size == so_far


def test_an_altered_export_does_not_verify(web: Visitors, tmp_path: Path) -> None:
    whole = exported(web, tmp_path / "log.zip")
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["leaves.jsonl"] = (
        parts["leaves.jsonl"]
        .replace(b"claims_handler", b"administrator_", 1)
        .replace(b'"outcome":"done"', b'"outcome":"none"', 1)
    )
    with zipfile.ZipFile(tmp_path / "altered.zip", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert not verify_export(tmp_path / "altered.zip", remembered=None).ok


def test_an_export_by_program_is_a_zip_with_the_same_parts(web: Visitors) -> None:
    answer = web.program(web.house.auditor).post("/api/v1/log/export")
    assert "leaves.jsonl" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


@pytest.mark.parametrize("path", ["/api/v1/log/export", "/api/v1/log/verify"])
def test_no_export_is_left_lying(web: Visitors, path: str) -> None:
    assert web.program(web.house.auditor).post(path).status_code == 200
    assert list(web.scratch.iterdir()) == []


@pytest.mark.parametrize("path", ["/api/v1/log/export", "/api/v1/log/verify"])
def test_no_export_is_left_lying_when_its_entry_cannot_be_written(web: Visitors, path: str) -> None:
    forbid(web.house, "audit_event")
    assert web.program(web.house.auditor).post(path).status_code >= 500
    assert list(web.scratch.iterdir()) == []


def forbid(house: House, table: str) -> None:
    """From now on nothing can be written to this table."""
    refuse = f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no room'); END"
    house.change(lambda session: session.execute(text(refuse)))


# --- verifying -------------------------------------------------------------------------------------------------


def test_without_a_checkpoint_the_report_claims_no_more_than_it_knows(web: Visitors) -> None:
    report = web.program(web.house.auditor).post("/api/v1/log/verify").json()
    assert (report["ok"], report["compared"]) == (True, False)
    assert report["statement"] == "consistent in itself, compared with nothing outside"


def test_a_checkpoint_taken_by_program_is_what_the_verification_takes(web: Visitors) -> None:
    auditor = web.program(web.house.auditor)
    kept = auditor.get("/api/v1/log/checkpoint").text
    report = auditor.post("/api/v1/log/verify", json={"remembered": kept}).json()
    assert (report["ok"], report["compared"], report["up_to_date"]) == (True, True, True)


def test_a_pasted_checkpoint_may_have_lost_its_last_line_break_and_changed_the_others(web: Visitors) -> None:
    pasted = checkpoint(web).strip().replace("\n", "\r\n")
    answer = web.browser(web.house.auditor).post("/log/verify", remembered=pasted)
    size = pasted.splitlines()[2]
    assert f"前 {size} 条与您留存的检查点一致" in answer.text


def test_what_is_no_checkpoint_is_not_taken_for_an_altered_log(web: Visitors) -> None:
    answer = web.browser(web.house.auditor).post("/log/verify", remembered="not a checkpoint")
    assert "不是有效的检查点" in answer.text
    assert "核验不通过" not in answer.text


def tamper(house: House, *statements: str) -> None:
    """As somebody who holds the database would: the guards go first."""

    def change(session: Session) -> None:
        for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(text(statement))

    house.change(change)


def test_an_entry_changed_in_the_database_is_named_on_the_page(web: Visitors) -> None:
    kept = checkpoint(web)
    tamper(web.house, "UPDATE audit_event SET outcome = 'denied' WHERE id = 3")
    answer = web.browser(web.house.auditor).post("/log/verify", remembered=kept)
    assert "核验不通过：日志有 1 处被改动或无法读取" in answer.text
    assert "检索栏被修改" in answer.text
    assert "第 2 号条目" in answer.text


def test_a_removed_entry_is_named_to_a_program(web: Visitors) -> None:
    auditor = web.program(web.house.auditor)
    kept = auditor.get("/api/v1/log/checkpoint").text
    tamper(web.house, "DELETE FROM audit_event WHERE id = 3")
    report = auditor.post("/api/v1/log/verify", json={"remembered": kept}).json()
    assert not report["ok"]
    assert [finding["kind"] for finding in report["findings"]] == ["deleted"]


CUT_END = (
    "DELETE FROM audit_leaf WHERE leaf_index = (SELECT max(leaf_index) FROM audit_leaf)",
    "DELETE FROM audit_event WHERE uid NOT IN (SELECT event FROM audit_leaf)",
)


def test_a_log_whose_end_was_cut_is_still_verified_and_says_so(web: Visitors) -> None:
    auditor = web.program(web.house.auditor)
    kept = auditor.get("/api/v1/log/checkpoint").text
    tamper(web.house, *CUT_END)
    report = auditor.post("/api/v1/log/verify", json={"remembered": kept}).json()
    assert (report["ok"], report["up_to_date"]) == (False, False)


def test_a_log_whose_end_was_cut_is_still_exported_for_the_proof(web: Visitors, tmp_path: Path) -> None:
    kept = checkpoint(web)
    tamper(web.house, *CUT_END)
    assert not verify_export(exported(web, tmp_path / "log.zip"), remembered=kept).ok


def test_the_page_says_how_far_the_log_is_signed(web: Visitors) -> None:
    web.house.archive.sequence_log()
    signed = len(web.house.log())
    assert f"已签名 {signed} 条" in web.browser(web.house.auditor).get("/log/verify").text


def sent(web: Visitors, content: bytes | None) -> str:
    """The form with a file, as a browser sends it; None: nothing was chosen."""
    browser = web.browser(web.house.auditor)
    file = ("", b"") if content is None else ("kept.txt", content)
    fields = {"csrf": (None, browser.csrf.encode()), "remembered": file}
    return browser.client.post("/log/verify/file", files=fields).text


def test_the_file_that_was_kept_is_uploaded_as_it_is(web: Visitors) -> None:
    kept = checkpoint(web)
    page = sent(web, kept.encode())
    size, root = kept.splitlines()[2:4]
    assert f"前 {size} 条与您留存的检查点一致" in page
    assert root in page


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\xff\xd8" * 100_000])
def test_a_file_that_is_no_checkpoint_is_called_so_and_the_log_is_not_blamed(
    web: Visitors, content: bytes
) -> None:
    page = sent(web, content)
    assert ("核验通过" in page, "核验不通过" in page) == (False, False)


def test_where_no_file_was_chosen_nothing_is_called_verified(web: Visitors) -> None:
    assert "核验报告" not in sent(web, None)


def test_the_report_says_what_was_verified_and_against_which_checkpoint(web: Visitors) -> None:
    kept = checkpoint(web)
    page = web.browser(web.house.auditor).post("/log/verify", remembered=kept).text
    assert all(word in page for word in ("核验范围", "核验内容", "最新检查点", "比对的检查点"))


def test_the_report_says_that_nothing_was_compared(web: Visitors) -> None:
    assert "未比对" in web.browser(web.house.auditor).post("/log/verify").text
