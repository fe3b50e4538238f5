"""Any bytes in the place of an exported log, or of a remembered checkpoint: a report, and never that what was altered is whole."""

import tempfile
import warnings
from functools import cache
from pathlib import Path

from archive.core.audit import parts
from archive.core.audit.checkpoint import read_keepsake
from archive.core.audit.verify import Report, verify_export
from tests.audit.logs import build, entries, pack, read_parts, remember
from tests.fuzz.edits import edited
from tests.fuzz.harness import Harness, scratch

GENUINE = build(entries(6), [2, 4, 6])
LATER = build(entries(8), [2, 4, 6, 8])
REMEMBERED = remember(entries(6), 4)
PROVEN = [name for name in parts.ALL if name != parts.README]
WORDS = [
    *(
        b"PK\x01\x02",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\n",
        b"\n\n",
        b"\xff",
        b"[" * 2000,
        b"9" * 5000,
        b"1e999",
    ),
    *(b"null", b"true", b'"\\ud800"', b'{"index":0}', b'"touches":[]', b'"hash":null', b"\xe2\x80\x94 "),
    *(name.encode() for name in parts.ALL),
]


@cache
def _exported() -> Path:
    return pack(GENUINE, scratch() / "log.zip")


def check_file(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "log.zip"
        path.write_bytes(data)
        report = _report(path, REMEMBERED)
        assert not report.ok or _without_words(read_parts(path)) == _without_words(GENUINE)


def check_part(data: bytes) -> None:
    """The first line names a part, the rest takes its place in a sound ZIP file."""
    first, _, part = data.partition(b"\n")
    name = PROVEN[int.from_bytes(first[-1:]) % len(PROVEN)]
    with tempfile.TemporaryDirectory() as folder:
        report = _report(pack({**GENUINE, name: part}, Path(folder) / "log.zip"), REMEMBERED)
    assert report.ok == (part == GENUINE[name])


def check_remembered(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    report = _report(_exported(), text)
    assert not report.ok or read_keepsake(text) == read_keepsake(REMEMBERED)


def _report(path: Path, remembered: str) -> Report:
    report = verify_export(path, remembered=remembered)
    assert report.ok == (not report.findings)
    assert all(finding.words.isprintable() and finding.place.isprintable() for finding in report.findings)
    return report


def _without_words(these: dict[str, bytes]) -> dict[str, bytes]:
    """README.txt is for people; only its first line is judged."""
    return these | {parts.README: these[parts.README].partition(b"\n")[0]}


def _placed(these: dict[str, bytes]) -> list[bytes]:
    return [bytes([number]) + b"\n" + these[name] for number, name in enumerate(PROVEN)]


FILE = Harness(edited([_exported().read_bytes()], WORDS), check_file)
PART = Harness(edited([*_placed(GENUINE), *_placed(LATER)], WORDS), check_part)
CHECKPOINT = Harness(edited([REMEMBERED.encode(), remember(entries(8), 8).encode()], WORDS), check_remembered)
