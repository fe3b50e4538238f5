"""An extract of the log: a table for people, and a signature that a stranger checks with OpenSSL."""

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from archive.core.audit.checkpoint import open_note, read_keepsake, verify_note
from archive.core.errors import Altered, Conflict
from archive.desks.audit import operations
from archive.desks.audit.extract import BOM, harmless
from archive.desks.audit.operations import Filters, extract_log
from tests.web.visiting import Visitors, found, read


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def extracted(web: Visitors, **filters: str) -> dict[str, bytes]:
    answer = web.browser(web.house.auditor).post("/log/extract", **filters)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    return parts_of(answer.content)


def rows_of(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def test_the_table_holds_the_lines_that_the_filters_show_in_words(web: Visitors) -> None:
    read(web.house, web.house.archived_item(tier=1), web.house.handler)
    heads, *rows = rows_of(extracted(web, person="handler", action="page:show")["log.csv"])
    assert heads[:4] == ["序号", "时间（UTC）", "人员", "账号"]
    assert [(row[2], row[5], row[9], row[10]) for row in rows] == [
        ("Handler (handler)", "阅览页面", "理赔处理", "完成")
    ]


def test_the_table_begins_with_its_mark_so_that_a_spreadsheet_reads_chinese(web: Visitors) -> None:
    assert extracted(web)["log.csv"].startswith(BOM.encode())


def test_every_line_of_the_table_has_its_place_in_the_log(web: Visitors) -> None:
    so_far = len(web.house.log())
    _heads, *rows = rows_of(extracted(web)["log.csv"])
    assert [row[0] for row in rows] == [str(number) for number in reversed(range(so_far))]


def test_the_table_holds_no_title_and_no_typed_word(web: Visitors) -> None:
    web.house.archived_item(title="机动车人伤理赔案卷")
    found(web.house, web.house.handler, "人伤")
    assert "人伤" not in extracted(web)["log.csv"].decode()


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_begins_like_a_formula(begin: str) -> None:
    assert harmless(f"{begin}1+1") == f"'{begin}1+1"


def test_an_extract_is_an_entry_itself(web: Visitors) -> None:
    extracted(web, person="handler")
    entry = web.house.log()[-1]
    assert (entry.actor, entry.action, entry.outcome) == (web.house.auditor.label, "log:export", "done")


# --- the signature ---------------------------------------------------------------------------------------------


def laid_out(parts: dict[str, bytes], folder: Path) -> Path:
    for name, data in parts.items():
        (folder / name).write_bytes(data)
    return folder


def checks_out(folder: Path) -> bool:
    """The two commands that the file VERIFY.txt names."""
    digest = subprocess.run(
        ["sh", "-c", "sed -n 's/^sha256 //p' signed.txt | sha256sum -c"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    signature = subprocess.run(
        [
            "sh",
            "-c",
            "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.txt -sigfile signed.sig",
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return digest.returncode == 0 and signature.returncode == 0


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@needs_openssl
def test_an_extract_is_checked_with_openssl_and_sha256sum_alone(web: Visitors, tmp_path: Path) -> None:
    assert checks_out(laid_out(extracted(web), tmp_path))


@needs_openssl
@pytest.mark.parametrize("name", ["log.csv", "signed.txt", "signed.sig"])
def test_an_altered_extract_does_not_check_out(web: Visitors, tmp_path: Path, name: str) -> None:
    folder = laid_out(extracted(web), tmp_path)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    assert not checks_out(folder)


def test_the_commands_that_were_tried_are_those_that_the_file_names(web: Visitors) -> None:
    words = extracted(web)["VERIFY.txt"].decode()
    assert words.count("sed -n 's/^sha256 //p' signed.txt | sha256sum -c") == 2
    assert words.count("openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.txt") == 2


def test_the_note_is_signed_with_the_key_of_the_log(web: Visitors) -> None:
    parts = extracted(web)
    key = web.house.archive.verifier_key
    assert verify_note(parts["log.csv.note"].decode(), key).encode() == parts["signed.txt"]


def test_the_note_of_an_extract_is_never_taken_for_a_checkpoint(web: Visitors) -> None:
    with pytest.raises(Altered):
        open_note(extracted(web)["log.csv.note"].decode(), web.house.archive.verifier_key)


def test_what_is_signed_names_the_checkpoint_that_comes_with_it(web: Visitors) -> None:
    parts = extracted(web)
    _key, checkpoint = read_keepsake(parts["checkpoint.txt"].decode())
    assert f"\ncheckpoint {checkpoint.size} ".encode() in parts["signed.txt"]


# --- who, and how much -----------------------------------------------------------------------------------------


def test_a_program_gets_the_same_parts(web: Visitors) -> None:
    answer = web.program(web.house.auditor).post("/api/v1/log/extract", json={"person": "handler"})
    assert set(parts_of(answer.content)) == set(extracted(web))


@pytest.mark.parametrize("login", ["handler", "archivist", "legal", "administrator"])
def test_nobody_else_takes_an_extract(web: Visitors, login: str) -> None:
    assert web.browser(getattr(web.house, login)).post("/log/extract").status_code == 403


def test_a_filter_that_means_nothing_gives_no_empty_table(web: Visitors) -> None:
    assert web.browser(web.house.auditor).post("/log/extract", record="nothing").status_code == 422


def test_more_lines_than_a_table_takes_are_refused_and_not_cut(
    web: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_EXTRACTED", 3)
    web.house.archive.sequence_log()
    with pytest.raises(Conflict):
        web.house.gate_of(web.house.auditor, extract_log).run(extract_log, None, Filters())
