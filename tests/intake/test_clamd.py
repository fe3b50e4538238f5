"""ClamAV over its socket: the real daemon, and a line on which something else talks."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.core.errors import ScannerUnavailable
from archive.desks.intake.clamd import TEST_FILE, TOO_LARGE, Clamd, Patience
from archive.desks.intake.scanning import Outcome, Verdict
from tests.cast import Clock, small_jpeg
from tests.intake.files import jpeg_with_comment, pdf_with_attachment
from tests.intake.scanner import FOUND, LONGEST_STREAM, MOST, VERSION, Running, answering, clamd_in, memory

# --- what the real one says --------------------------------------------------------------------------------


def test_malware_is_found_and_named(clamd: Running) -> None:
    verdict = clamd.asked().scan([TEST_FILE])
    assert (verdict.outcome, verdict.said) == (Outcome.INFECTED, FOUND)


def test_malware_is_found_across_the_chunks_it_arrives_in(clamd: Running) -> None:
    chunks = [TEST_FILE[:30], b"", TEST_FILE[30:]]
    assert clamd.asked().scan(chunks).outcome is Outcome.INFECTED


def test_malware_in_the_comment_of_a_picture_is_found(clamd: Running) -> None:
    assert clamd.asked().scan([jpeg_with_comment(TEST_FILE)]).outcome is Outcome.INFECTED


def test_a_picture_without_is_clean_and_the_engine_is_named(clamd: Running) -> None:
    verdict = clamd.asked().scan([small_jpeg()])
    assert verdict.outcome is Outcome.CLEAN
    assert verdict.by is not None
    assert verdict.by.startswith("ClamAV ")


def test_a_file_beyond_the_limit_in_the_settings_is_not_called_clean(clamd: Running) -> None:
    verdict = clamd.asked().scan([bytes(MOST), b"!"])
    assert (verdict.outcome, verdict.said) == (Outcome.NOT_SCANNED, TOO_LARGE)


def test_where_the_settings_cannot_be_read_clamd_itself_says_that_it_stopped_looking(clamd: Running) -> None:
    verdict = clamd.asked(is_prepared=True).scan([b"!" * (MOST + 1)])
    assert verdict.outcome is Outcome.NOT_SCANNED
    assert "MaxFileSize" in verdict.said


@pytest.mark.parametrize("chunk", [1 << 12, 1 << 16, 1 << 20])
def test_a_stream_that_clamd_cuts_off_is_not_scanned(clamd: Running, chunk: int) -> None:
    chunks = [b"!" * chunk] * (2 * LONGEST_STREAM // chunk)
    verdict = clamd.asked(is_prepared=True).scan(chunks)
    assert (verdict.outcome, verdict.said) == (Outcome.NOT_SCANNED, TOO_LARGE)


# --- nothing of it on a disk -------------------------------------------------------------------------------


def test_what_is_streamed_lies_in_memory_only_and_is_gone_afterwards(clamd: Running) -> None:
    during: list[str] = []

    def chunks() -> Iterator[bytes]:
        yield b"!" * 100_000
        during.append(clamd.first_in_memory())
        yield b"!"

    clamd.asked().scan(chunks())
    assert during[0].startswith("clamav-")
    assert clamd.is_empty_again()


def test_what_clamd_unpacks_is_not_written_to_a_disk_either(clamd: Running) -> None:
    """The kernel counts what a process sends to its disks; the log is a few pages of it."""
    attached = random.Random(1).randbytes(MOST // 4)
    before = clamd.written_to_disks()
    clamd.asked().scan([pdf_with_attachment(attached)])
    assert clamd.written_to_disks() - before < len(attached) // 4


def test_nothing_is_left_when_the_file_breaks_off_while_it_is_scanned(clamd: Running) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"!" * 100_000
        raise EOFError

    with pytest.raises(EOFError):
        clamd.asked().scan(chunks())
    clamd.asked().scan([b"another"])
    assert clamd.is_empty_again()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("TemporaryDirectory /", "TemporaryDirectory is not on tmpfs"),
        ("TemporaryDirectory /nowhere/at/all", "TemporaryDirectory is not on tmpfs"),
        ("LocalSocket /run/another/clamd.ctl", "LocalSocket is another one"),
        ("LeaveTemporaryFiles yes", "LeaveTemporaryFiles is on"),
        ("AlertExceedsMax false", "AlertExceedsMax is off"),
        ("MaxScanTime 600000", "MaxScanTime is not within"),
        ("MaxScanTime 0", "MaxScanTime is not within"),
    ],
)
def test_a_clamd_that_writes_to_a_disk_or_keeps_silent_is_not_sent_a_byte(
    clamd: Running, tmp_path: Path, line: str, fault: str
) -> None:
    conf = tmp_path / "clamd.conf"
    conf.write_text(f"{clamd.conf.read_text()}{line}\n")
    sent = iter([b"a page"])
    with pytest.raises(ScannerUnavailable, match=fault):
        clamd.asked(conf=conf).scan(sent)
    assert list(sent) == [b"a page"]


def test_a_clamd_that_does_not_write_where_its_settings_say_is_not_sent_a_byte(
    clamd: Running, tmp_path: Path
) -> None:
    """Its file was changed and it was not restarted, or its mounts are others than ours."""
    conf, sent = tmp_path / "clamd.conf", iter([b"a page"])
    with memory() as elsewhere:
        conf.write_text(f"{clamd.conf.read_text()}TemporaryDirectory {elsewhere}\n")
        with pytest.raises(ScannerUnavailable, match="does not write where"):
            clamd.asked(conf=conf).scan(sent)
    assert list(sent) == [b"a page"]


@pytest.mark.parametrize("missing", ["TemporaryDirectory", "AlertExceedsMax"])
def test_what_the_settings_do_not_say_is_not_assumed(clamd: Running, tmp_path: Path, missing: str) -> None:
    conf = tmp_path / "clamd.conf"
    conf.write_text(clamd.conf.read_text().replace(missing, f"# {missing}"))
    with pytest.raises(ScannerUnavailable, match=missing):
        clamd.asked(conf=conf).scan([b"a page"])


def test_settings_that_cannot_be_read_count_as_unprepared_until_the_site_states_otherwise(
    clamd: Running, tmp_path: Path
) -> None:
    unread = clamd.asked(conf=tmp_path / "none")
    with pytest.raises(ScannerUnavailable, match="cannot be looked at"):
        unread.scan([b"a page"])
    assert clamd.asked(conf=tmp_path / "none", is_prepared=True).scan([b"a page"]).outcome is Outcome.CLEAN


# --- a scanner that does not answer ------------------------------------------------------------------------


def asked(path: Path, conf: Path, after: timedelta = timedelta(days=7)) -> Clamd:
    return Clamd(path, conf, True, after, Clock(), Patience(0.5, 0.5))


def test_a_socket_that_is_not_there_is_no_verdict(clamd: Running, tmp_path: Path) -> None:
    with pytest.raises(ScannerUnavailable):
        clamd.asked(path=tmp_path / "none").scan([b"a page"])


def test_a_clamd_killed_while_it_is_sent_a_file_gives_no_verdict(tmp_path: Path) -> None:
    with clamd_in(tmp_path / "clamd") as running:

        def chunks() -> Iterator[bytes]:
            yield b"!"
            running.kill()
            yield b"!" * 1000

        with pytest.raises(ScannerUnavailable):
            running.asked().scan(chunks())


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="hangs up"),
        pytest.param(b"stream: ", id="never ends"),
        pytest.param(b"stream: OK", id="without its end"),
        pytest.param(b"stream: OK\n\0", id="with a line too many"),
        pytest.param(b"stream: clean\0", id="another word"),
        pytest.param(b"\xff\xfe\0", id="no letters"),
        pytest.param(b"stream: " + b"x" * 5000 + b" FOUND\0", id="far too long"),
        pytest.param(b"stream: a\nname FOUND\0", id="a name in two lines"),
        pytest.param(b"INSTREAM: Can't allocate memory. ERROR\0", id="an error of its own"),
    ],
)
def test_an_answer_that_is_none_is_no_verdict(tmp_path: Path, answer: bytes) -> None:
    with answering(tmp_path / "s", VERSION, answer), pytest.raises(ScannerUnavailable):
        asked(tmp_path / "s", tmp_path).scan([b"a page"])


@pytest.mark.parametrize("version", [b"", b"UNKNOWN COMMAND\0", b"ClamAV \xc3\0"])
def test_who_does_not_say_that_it_is_clamav_is_sent_no_page(tmp_path: Path, version: bytes) -> None:
    sent = iter([b"a page"])
    with answering(tmp_path / "s", version), pytest.raises(ScannerUnavailable):
        asked(tmp_path / "s", tmp_path).scan(sent)
    assert list(sent) == [b"a page"]


# --- signatures --------------------------------------------------------------------------------------------


def scanned_by(tmp_path: Path, version: bytes, after: timedelta) -> Verdict:
    with answering(tmp_path / "s", version, b"stream: OK\0"):
        return asked(tmp_path / "s", tmp_path, after).scan([b"a page"])


def test_the_verdict_names_the_engine_and_the_day_of_its_signatures(tmp_path: Path) -> None:
    verdict = scanned_by(tmp_path, VERSION, timedelta(days=7))
    assert (verdict.by, verdict.remarks) == ("ClamAV 1.4.6, signatures 27500 of 2026-10-26", ())


def test_old_signatures_leave_a_remark(tmp_path: Path) -> None:
    verdict = scanned_by(tmp_path, VERSION, timedelta(days=6))
    assert verdict.outcome is Outcome.CLEAN
    assert [remark.code for remark in verdict.remarks] == ["old_signatures"]


def test_a_day_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    verdict = scanned_by(tmp_path, b"ClamAV 1.4.6/27500/once upon a time\0", timedelta(days=7))
    assert verdict.by == "ClamAV 1.4.6, signatures 27500"


# --- what the keeper is told -------------------------------------------------------------------------------


def test_the_keeper_reads_how_much_is_looked_at_and_that_signatures_of_unknown_age_are_no_protection(
    clamd: Running,
) -> None:
    condition = clamd.asked().describe()
    assert not condition.ok
    assert "up to 1 MiB" in condition.words
    assert "freshclam" in condition.words


@pytest.mark.parametrize(
    ("found", "ok"), [(b"stream: Eicar-Test-Signature FOUND\0", True), (b"stream: OK\0", False)]
)
def test_all_is_well_only_where_the_test_file_is_found(tmp_path: Path, found: bytes, ok: bool) -> None:
    with answering(tmp_path / "s", VERSION, VERSION, found):
        assert asked(tmp_path / "s", tmp_path).describe().ok is ok


def test_the_keeper_reads_what_stands_in_the_way(tmp_path: Path) -> None:
    condition = asked(tmp_path / "none", tmp_path).describe()
    assert not condition.ok
    assert "JUANZONG_CLAMD_SOCKET" in condition.words
