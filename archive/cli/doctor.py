"""What is in force on this machine, each thing with its remedy where it is missing."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.cli.configured import passphrase
from archive.core.errors import ArchiveError
from archive.core.settings import Settings
from archive.desks.reading_room.watermark import find_font
from archive.wiring import open_archive, scanner_of
from ocr.engine import is_known
from ocr.launchers import LauncherUnavailable, choose_launcher, refusal_of_bwrap, walls_of
from ocr.remedies import state_of

LEAST_FREE = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    words: str


def examine(settings: Settings) -> list[Finding]:
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _archive,
        _disk,
        _sandbox,
        _scanner,
        _engines,
        _font,
    )
    return [finding for check in checks for finding in check(settings)]


def _archive(settings: Settings) -> Iterator[Finding]:
    try:
        archive = open_archive(settings, passphrase(settings))
        archive.close()
    except ArchiveError as error:
        yield Finding("archive", ok=False, words=f"{error.message} {error.remedy}")
        return
    yield Finding("archive", ok=True, words="key file, databases and guards are in order")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(
        place for place in (settings.data.absolute(), *settings.data.absolute().parents) if place.exists()
    )
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:.1f} GiB free"
    yield Finding("disk", ok=free >= LEAST_FREE, words=words if free >= LEAST_FREE else f"{words}; make room")


def _sandbox(settings: Settings) -> Iterator[Finding]:
    try:
        launcher = choose_launcher((settings.launcher,), hidden=settings.data)
        walls = walls_of(launcher)
    except LauncherUnavailable as error:
        yield Finding("sandbox", ok=False, words=f"{error.reason} {error.remedy}")
        return
    yield Finding("sandbox", ok=launcher.name != "bare", words=launcher.describe())
    yield Finding("walls", ok=launcher.name != "bare", words="; ".join(state_of(walls)))
    refusal = refusal_of_bwrap() if launcher.name == "container" and settings.launcher == "auto" else None
    if refusal is not None:
        yield Finding("bwrap", ok=True, words=f"would keep out more. {refusal.reason} {refusal.remedy}")


def _scanner(settings: Settings) -> Iterator[Finding]:
    condition = scanner_of(settings).describe()
    yield Finding("malware scan", ok=condition.ok, words=condition.words)


def _engines(settings: Settings) -> Iterator[Finding]:
    tesseract = shutil.which("tesseract")
    needed = settings.ocr_engine == "tesseract"
    words = (
        tesseract or "not installed; apt install tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-chi-tra"
    )
    known = is_known(settings.ocr_engine)
    named = f"{settings.ocr_engine} is set"
    yield Finding(
        "engine",
        ok=known,
        words=named if known else f"{named}, which is none; set JUANZONG_OCR_ENGINE=rapidocr",
    )
    yield Finding("tesseract", ok=tesseract is not None or not needed, words=words)


def _font(settings: Settings) -> Iterator[Finding]:
    try:
        yield Finding("watermark font", ok=True, words=str(find_font(settings.watermark_font)))
    except ArchiveError as error:
        yield Finding("watermark font", ok=False, words=f"{error.message} {error.remedy}")
