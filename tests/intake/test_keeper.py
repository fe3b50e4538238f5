"""What the keeper sets, what doctor answers, and in which words people read it."""

from pathlib import Path
from uuid import UUID

import pytest

from archive.cli.doctor import Finding, examine
from archive.core.errors import ArchiveError
from archive.core.jobs.queue import Claimed
from archive.core.jobs.tables import JobKind
from archive.core.settings import Settings
from archive.desks.intake import reading
from archive.desks.intake.clamd import Clamd
from archive.desks.intake.scanning import NoScanner, Outcome, Verdict, confused, silent
from archive.desks.intake.wording import in_words, remark_in_words
from archive.wiring import scanner_of
from tests.intake.scanner import Running

SETTING = "JUANZONG_CLAMD_SOCKET"


def finding(settings: Settings) -> Finding:
    return next(found for found in examine(settings) if found.what == "malware scan")


def test_a_site_that_sets_no_socket_has_no_scanner() -> None:
    assert isinstance(scanner_of(Settings()), NoScanner)


def test_a_site_that_sets_a_socket_has_clamd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "/run/clamav/clamd.ctl")
    scanner = scanner_of(Settings())
    assert isinstance(scanner, Clamd)
    assert scanner.path == Path("/run/clamav/clamd.ctl")


def test_doctor_finds_nothing_wrong_where_no_scanner_is_set_and_says_what_follows(tmp_path: Path) -> None:
    found = finding(Settings(data=tmp_path))
    assert found.ok
    assert "not scanned" in found.words
    assert SETTING in found.words


def test_doctor_names_the_line_of_clamd_conf_that_is_wrong(tmp_path: Path, clamd: Running) -> None:
    conf = tmp_path / "clamd.conf"
    conf.write_text(f"{clamd.conf.read_text()}LeaveTemporaryFiles yes\n")
    found = finding(Settings(data=tmp_path, clamd_socket=clamd.socket, clamd_conf=conf))
    assert not found.ok
    assert "LeaveTemporaryFiles" in found.words


SAID = [
    silent(),
    confused(),
]


@pytest.mark.parametrize("error", SAID, ids=lambda error: error.message)
def test_why_a_file_waits_is_said_in_chinese(error: ArchiveError) -> None:
    what, todo = in_words(error.message, error.remedy)
    assert not {what, todo} & {error.message, error.remedy, ""}


def test_why_an_infected_file_is_refused_is_said_in_chinese() -> None:
    job = Claimed(1, UUID(int=1), JobKind.ACCEPT, UUID(int=2), None, 1, "a worker")
    why = reading._infected(Verdict(Outcome.INFECTED, "Win.Test.EICAR_HDB-1"), job)
    what, todo = in_words(why.reason, why.remedy)
    assert "Win.Test.EICAR_HDB-1" in what
    assert not {what, todo} & {why.reason, why.remedy, ""}


@pytest.mark.parametrize(
    "sentence",
    [
        "The malware scanner is not prepared: TemporaryDirectory is not on tmpfs.",
        "The file was not scanned for malware: it is larger than the scanner looks at.",
        "An attachment was not scanned for malware: it is larger than the scanner looks at.",
        "An attachment was not scanned for malware: it cannot be unpacked.",
        "The file was not scanned for malware: the scanner did not see all of it (Heuristics.Limits.Exceeded).",
        "The malware scanner's signatures are old: they are of 2026-01-01.",
    ],
)
def test_what_a_scan_leaves_to_say_is_said_in_chinese(sentence: str) -> None:
    assert remark_in_words("", sentence) != sentence
