"""Whatever the verifier is given, it reports; it never raises, and it calls nothing whole that was changed."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.audit import parts
from archive.core.audit.verify import Report, verify_export
from tests.audit.logs import Parts, build, entries, found, pack, read_parts, remember, verify

GENUINE = build(entries(12), [4, 8, 12])
REMEMBERED = remember(entries(12), 8)
PROVEN = [name for name in parts.ALL if name != parts.README]
"""README.txt is for people; only its first line is judged."""


@cache
def genuine_zip() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return pack(GENUINE, Path(folder) / "log.zip").read_bytes()


def verify_bytes(data: bytes, remembered: str | None = REMEMBERED) -> tuple[Report, Parts]:
    """The report, and what an unzipping program finds in a file that was called whole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.zip"
        path.write_bytes(data)
        report = verify_export(path, remembered=remembered)
        return report, read_parts(path) if report.ok else {}


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """A few flips, cuts and insertions."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        way = draw(st.sampled_from(["flip", "cut", "insert", "end"]))
        if way == "flip" and data:
            data = data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]
        elif way == "cut":
            data = data[:at] + data[at + draw(st.integers(1, 40)) :]
        elif way == "insert":
            data = data[:at] + draw(st.binary(min_size=1, max_size=8)) + data[at:]
        else:
            data = data[:at]
    return data


@settings(max_examples=300)
@given(st.deferred(lambda: mutated(genuine_zip())))
def test_a_damaged_file_is_reported_or_still_holds_what_it_held(data: bytes) -> None:
    report, contents = verify_bytes(data)
    assert not report.ok or contents == GENUINE


@settings(max_examples=300)
@given(st.sampled_from(PROVEN), st.data())
def test_a_damaged_part_in_a_sound_zip_is_found(name: str, data: st.DataObject) -> None:
    part = data.draw(mutated(GENUINE[name]))
    with tempfile.TemporaryDirectory() as folder:
        report = verify({**GENUINE, name: part}, Path(folder), REMEMBERED)
    assert report.ok == (part == GENUINE[name])


@given(st.binary(max_size=200))
def test_any_bytes_in_place_of_an_export_are_reported(data: bytes) -> None:
    report, _ = verify_bytes(data)
    assert [finding.kind for finding in report.findings] == ["unreadable"]


@given(st.text(max_size=200))
def test_any_text_in_place_of_the_remembered_checkpoint_is_reported(text: str) -> None:
    report, _ = verify_bytes(genuine_zip(), text)
    assert found(report) == [("unreadable", "remembered checkpoint")]


@given(st.sampled_from(PROVEN), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_in_place_of_a_part_is_reported(name: str, lines: list[str]) -> None:
    part = "".join(f"{line}\n" for line in lines).encode()
    with tempfile.TemporaryDirectory() as folder:
        report = verify({**GENUINE, name: part}, Path(folder), REMEMBERED)
    assert report.ok == (part == GENUINE[name])


def rows_that_hurt() -> list[bytes]:
    return [
        b"[" * 100_000,
        b'{"index":' + b"9" * 5000 + b"}",
        b'{"index":1e999,"event":"x","hash":null,"columns":null,"touches":[]}',
        b'{"index":99999999999999999999999,"event":"x","hash":"00","columns":null,"touches":[]}',
        b'{"index":0,"event":"\\ud800","hash":"\\ud800","columns":null,"touches":["\\ud800"]}',
        b'{"index":0,"event":"x","hash":"00","columns":{},"touches":[]}',
        b'{"index":true,"event":"x","hash":"00","columns":null,"touches":[]}',
        b'{"index":0,"event":"x","hash":"00","columns":null,"touches":{}}',
        b'{"size":99999999999999999999999,"note":"x"}',
        b'{"size":null,"note":"x"}',
        b"\xff\xfe",
        b"\0" * (parts.LONGEST_LINE + 1),
    ]


@pytest.mark.parametrize("name", [parts.LEAVES, parts.EVENTS, parts.STRAYS, parts.CHECKPOINTS])
@pytest.mark.parametrize("line", rows_that_hurt(), ids=range(len(rows_that_hurt())))
def test_a_line_made_to_hurt_the_reader_is_reported(tmp_path: Path, name: str, line: bytes) -> None:
    report = verify({**GENUINE, name: line + b"\n" + GENUINE[name]}, tmp_path, REMEMBERED)
    assert not report.ok
    assert all(finding.words.isprintable() and finding.place.isprintable() for finding in report.findings)


@pytest.mark.parametrize("name", [parts.LEAVES, parts.EVENTS, parts.CHECKPOINTS])
def test_a_name_that_stands_twice_in_a_line_is_reported(tmp_path: Path, name: str) -> None:
    """One reader takes the first of the two, another the last: a log that reads in two ways is not whole."""
    lines = GENUINE[name].splitlines(keepends=True)
    first = lines[0].decode()
    key = first.partition(":")[0] + ":"  # with the brace and the name
    lines[0] = (key + '"",' + first.removeprefix("{")).encode()
    report = verify({**GENUINE, name: b"".join(lines)}, tmp_path, remembered=REMEMBERED)
    assert not report.ok


def encrypted(path: Path) -> None:
    """Sets the flag that says so in every header."""
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(signature)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(signature, at + 4)
    path.write_bytes(data)


def otherwise_compressed(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, part in GENUINE.items():
            archive.writestr(name, part)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def removed(path: Path) -> None:
    path.unlink()


def turned_into_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [encrypted, otherwise_compressed, emptied, removed, turned_into_a_folder])
def test_a_file_that_is_no_export_is_reported(tmp_path: Path, change: Callable[[Path], None]) -> None:
    path = pack(GENUINE, tmp_path / "log.zip")
    change(path)
    report = verify_export(path, remembered=None)
    assert found(report) == [("unreadable", "export")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice_is_named(tmp_path: Path) -> None:
    path = pack(GENUINE, tmp_path / "log.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(parts.LEAVES, GENUINE[parts.LEAVES])
    assert found(verify_export(path, remembered=None)) == [("unexpected-part", parts.LEAVES)]


def test_the_verifier_needs_neither_database_nor_settings() -> None:
    """It must run on the auditor's own computer."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, archive.core.audit.verify; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    assert not {"sqlalchemy", "sqlcipher3", "pydantic", "archive.core.db"} & set(loaded)
