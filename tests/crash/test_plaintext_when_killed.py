"""What stands on a page lies on no disk that a process of the archive can write, while they work and when they were killed."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

import pytest

from archive.cli.founding import FONDS
from archive.cli.session import Client
from archive.core.errors import ArchiveError
from tests.crash.paper import ENGINE, page, tiff
from tests.crash.running import ROOT, Crew, running, until
from tests.crash.traces import MAGIC, Search, in_every_encoding, pieces_of, writable_disks
from tests.ocr import drawing

SIMPLIFIED = "张伟腰椎骨折高血压病历保险单号理赔申请书医嘱诊断检查报告费用手术"
TRADITIONAL = "張偉腰椎骨折高血壓病歷保險單號理賠申請書醫囑診斷檢查報告費用手術"
LATIN = "ACEFHKLMNPRTUXY"
PIECE_SECONDS = 0.1
random = SystemRandom()


def drawn_from(letters: str) -> str:
    """New in every run, so that nothing on this machine holds it by chance; no letter twice, or it would be no text layer."""
    return "".join(random.sample(letters, 10))


@dataclass(frozen=True)
class Papers:
    """``printed`` has a text layer in both scripts, ``scanned`` is read by OCR."""

    words: dict[str, str]
    printed: bytes
    scanned: bytes


def papers() -> Papers:
    words = {
        "a simplified page": drawn_from(SIMPLIFIED),
        "a traditional page": drawn_from(TRADITIONAL),
        "a scanned page": drawn_from(LATIN),
        "a name": drawn_from(LATIN),
    }
    texts = [words["a simplified page"], words["a traditional page"]]
    printed = drawing.pdf_bytes(
        *[drawing.lines_of_text([text, f"理赔案卷 {text}", text * 2]) for text in texts]
    )
    return Papers(words, printed, tiff([page(words["a scanned page"])] * 6))


@dataclass
class Scene:
    crew: Crew
    search: Search
    archivist: Client
    papers: Papers
    temporary: Path

    def look(self) -> None:
        self.search.below(self.crew.home)
        self.search.beside(Path("/tmp"), Path("/var/tmp"), ROOT)
        self.search.open_in(self.crew.everything())

    def send(self, name: str, content: bytes, *, seconds: float = 0) -> str:
        params = {"name": f"{self.papers.words['a name']} {name}", "fonds": FONDS, "duplicates": "keep"}
        answer = self.archivist.send("/api/v1/deposits", slowly(content, seconds), len(content), **params)
        return str(answer["deposit"])


def slowly(content: bytes, seconds: float) -> Iterator[bytes]:
    step = len(content) // 10 + 1
    for at in range(0, len(content), step):
        time.sleep(seconds)
        yield content[at : at + step]


@contextmanager
def watched(scene: Scene) -> Iterator[None]:
    """Looks over and over."""
    stop = threading.Event()

    def until_stopped() -> None:
        while not stop.wait(0.05):
            scene.look()

    thread = threading.Thread(target=until_stopped)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def doing(what: Callable[[], object]) -> Iterator[None]:
    """Over and over in a thread, whatever the server says."""
    stop = threading.Event()

    def until_stopped() -> None:
        while not stop.is_set():
            with suppress(ArchiveError):
                what()

    thread = threading.Thread(target=until_stopped)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def killed(scene: Scene, victim: str) -> None:
    until(lambda: scene.crew.kill(victim, random), f"there is no {victim}")
    scene.look()
    scene.crew.revive()
    scene.crew.client("archivist")  # waits until the server is there


def read(scene: Scene, deposit: str) -> str:
    def is_read() -> bool:
        scene.crew.revive()
        return bool(scene.archivist.get(f"/api/v1/deposits/{deposit}")["state"] == "read")

    until(is_read, "the file was not read")
    return str(scene.archivist.get(f"/api/v1/deposits/{deposit}")["item"])


def is_found(scene: Scene, words: str) -> bool:
    scene.crew.revive()
    return bool(scene.archivist.get("/api/v1/search", q=words)["items"])


def kill_in_the_middle_of_everything(scene: Scene) -> bytes:
    """Answers with a page's picture as the reader saw it."""
    printed, scanned = scene.papers.printed, scene.papers.scanned
    with doing(lambda: scene.send("cut.pdf", printed, seconds=PIECE_SECONDS)):
        time.sleep(5 * PIECE_SECONDS)
        killed(scene, "server")
    first = scene.send("printed.pdf", printed)
    second = scene.send("scanned.tif", scanned)
    for victim in ("child", "worker", "child"):
        killed(scene, victim)
    item = read(scene, first)
    read(scene, second)
    view = f"/api/v1/items/{item}/pages/1/image"
    seen = scene.archivist.load(view, purpose="archive_work")
    with doing(lambda: scene.archivist.load(view, purpose="archive_work")):
        time.sleep(0.5)
        killed(scene, "server")
    until(lambda: is_found(scene, scene.papers.words["a simplified page"]), "the page is not found")
    return seen


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    temporary, person = tmp_path / "temporary", tmp_path / "person"
    temporary.mkdir()
    person.mkdir()
    ours = papers()
    search = Search(
        in_every_encoding(ours.words) | pieces_of({"the PDF": ours.printed, "the TIFF": ours.scanned}),
        (tmp_path,),
        time.time() - 1,
    )
    with running(tmp_path, engine=ENGINE, TMPDIR=str(temporary), HOME=str(person)) as crew:
        yield Scene(crew, search, crew.client("archivist"), ours, temporary)


@pytest.mark.long
def test_nothing_lies_in_clear_on_a_disk_during_the_work_and_after_kills(scene: Scene) -> None:
    with watched(scene):
        seen = kill_in_the_middle_of_everything(scene)
    scene.crew.end()
    scene.search.secrets |= pieces_of({"the page view": seen})
    scene.search.below(*{*writable_disks(), scene.crew.home})
    assert scene.search.found == set()
    names = {Path(name.split(" open in ")[0]).name for name in scene.search.looked_at}
    assert {"archive.db", "archive.db-wal", "search.db", "keys.db"} <= names
    assert list(scene.temporary.iterdir()) == []


@pytest.mark.long
def test_the_reading_program_can_write_to_no_disk(scene: Scene) -> None:
    scene.send("scanned.tif", scene.papers.scanned)
    assert writable_disks()

    def it_sees_none() -> bool:
        """Not while bwrap still builds its walls."""
        return [writable_disks(pid) for pid in scene.crew.pids("child")[-1:]] == [[]]

    until(it_sees_none, "a reading program sees a disk that it can write")


# --- the search itself finds what is there -------------------------------------------------------------------

HIDDEN = "張偉腰椎骨折高血壓病"


def searching(folder: Path) -> Search:
    return Search(in_every_encoding({"the page": HIDDEN}), (folder,), time.time() - 1)


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5"])
def test_a_text_in_a_file_is_found(tmp_path: Path, code: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "core").write_bytes(os.urandom(5000) + HIDDEN.encode(code) + os.urandom(5000))
    search = searching(tmp_path)
    search.below(tmp_path)
    assert any(code in what for what in search.found)


def test_a_text_in_a_file_that_is_gone_but_open_is_found(tmp_path: Path) -> None:
    search = searching(tmp_path)
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        file.write(HIDDEN.encode())
        file.flush()
        search.below(tmp_path)
        assert search.found == set()
        search.open_in([os.getpid()])
    assert len(search.found) == 1


@pytest.mark.parametrize("kind", MAGIC)
def test_a_document_in_clear_in_the_archives_own_folders_is_found(tmp_path: Path, kind: str) -> None:
    (tmp_path / "0123").write_bytes(MAGIC[kind] + os.urandom(200))
    search = searching(tmp_path)
    search.below(tmp_path)
    assert len(search.found) == 1


def test_files_that_were_there_before_are_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "old").write_text(HIDDEN)
    search = Search(in_every_encoding({"the page": HIDDEN}), (tmp_path,), time.time() + 60)
    search.below(tmp_path)
    assert search.looked_at == set()


def test_memory_is_told_from_disk() -> None:
    assert Path("/proc") not in writable_disks()
    assert Path("/dev/shm") not in writable_disks()
