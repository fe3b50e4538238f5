"""The keeper's commands, when something is not as it should be: words, a way on, the documented exit code."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.__main__ import app
from archive.cli.output import Exit
from archive.cli.people import _write_for_oneself
from archive.core.db.engines import open_sqlcipher
from archive.core.errors import NotReady, SearchUnavailable
from archive.core.settings import Settings
from archive.core.vault.keyfile import load_root
from archive.wiring import found_archive, open_archive
from tests.cast import House


def told(*words: str, **environment: str) -> tuple[int, str]:
    ended = CliRunner().invoke(app, list(words), env=environment)
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, ended.output


@pytest.fixture
def closed(house: House) -> Settings:
    house.archive.close()
    return house.archive.settings


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, words = told("init", "--data", str(tmp_path / "file" / "data"))
    assert (code, "cannot be made" in words) == (Exit.UNAVAILABLE, True)


def test_a_setting_that_cannot_be_is_named_and_not_repeated() -> None:
    code, words = told("doctor", "--json", JUANZONG_PORT="hunter2")
    error = json.loads(words)["error"]
    assert (code, error["code"]) == (Exit.UNREADABLE, "invalid")
    assert "JUANZONG_PORT" in error["hint"]
    assert "hunter2" not in words


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_passphrase_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "passphrase"
    if content is not None:
        file.write_bytes(content)
    code, words = told("init", "--data", str(tmp_path / "data"), JUANZONG_PASSPHRASE_FILE=str(file))
    assert (code, "passphrase file cannot be read" in words) == (Exit.UNAVAILABLE, True)


def test_doctor_examines_the_rest_where_the_passphrase_cannot_be_read(tmp_path: Path) -> None:
    data = str(tmp_path / "no" / "such" / "folder")
    code, words = told("doctor", "--json", "--data", data, JUANZONG_PASSPHRASE_FILE="/none")
    findings = {finding["what"]: finding["ok"] for finding in json.loads(words)["data"]}
    assert (code, findings["archive"]) == (Exit.UNAVAILABLE, False)
    assert "disk" in findings


def test_a_password_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    code, words = told("login", "archivist", "--password-file", str(tmp_path / "none"))
    assert (code, "cannot be read" in words) == (Exit.UNREADABLE, True)


def test_a_database_of_a_newer_version_is_told_from_an_older_one(closed: Settings) -> None:
    key = load_root(closed.key_file, None).derive("archive.db")
    connection = open_sqlcipher(closed.archive_db, key)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for door in (open_archive, found_archive):
        with pytest.raises(NotReady, match="newer version"):
            door(closed)


def test_a_broken_index_is_said_with_the_way_to_a_new_one(closed: Settings) -> None:
    for file in closed.data.glob("search.db*"):
        file.unlink()
    closed.search_db.write_bytes(b"no database" * 1000)
    with pytest.raises(SearchUnavailable) as error:
        open_archive(closed)
    assert "juanzong reindex" in error.value.remedy


def test_a_page_written_over_a_readable_file_is_for_oneself(tmp_path: Path) -> None:
    out = tmp_path / "page.jpg"
    out.touch(0o644)
    _write_for_oneself(out, b"page")
    assert (out.read_bytes(), stat.S_IMODE(out.stat().st_mode)) == (b"page", 0o600)


def test_what_opens_an_archive_leaves_no_core_file() -> None:
    program = (
        "import ctypes, resource; from archive.cli.memory import leave_no_dump; leave_no_dump(); "
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "(0, 0) 0"
