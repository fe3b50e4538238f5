"""The thirteen stations of the main job, walked over HTTP by the people who do them. Each says what it saw."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image

from archive.cli.demonstration import Loaded, Progress, load
from archive.cli.founding import Credentials
from archive.cli.session import Client, connect, sign_in
from archive.core.audit.verify import verify_export
from archive.core.errors import ArchiveError, NotFound, Refused, SignInRefused
from archive.core.settings import Settings
from demo.generate import DemoFile, case_files

CLAIM, MEMO = "claim_file", "investigation_memo"
NAME_READ_BY_OCR = "陈怡君"  # typed in simplified; the claim is printed in traditional characters
WORD_OF_THE_MEMO = "青松"
INDEX_SECONDS = 60.0


class StationFailed(Exception):
    """What was seen is not what must be."""


def must(condition: object, otherwise: str) -> None:
    if not condition:
        raise StationFailed(otherwise)


@dataclass
class Walk:
    address: str
    folder: Path
    passwords: dict[str, str]
    watch: Callable[[Progress], None]
    files: tuple[DemoFile, ...]
    clients: dict[str, Client] = field(default_factory=dict)
    loaded: Loaded | None = None
    request: str = ""
    loan: str = ""
    keepsake: str = ""

    @staticmethod
    def begin(address: str, settings: Settings, people: tuple[Credentials, ...], watch: Any) -> "Walk":
        return Walk(address, settings.data, {p.login: p.password for p in people}, watch, case_files())

    def all(self, tell: Callable[[str], None]) -> bool:
        """Goes on after a station that failed only where the next one can still be walked: it stops at the first."""
        for number, (name, station) in enumerate(self._stations(), start=1):
            try:
                seen = station()
            except (StationFailed, ArchiveError) as error:
                tell(f"[bold red]{number:>2} {name}: {error}[/]")
                return False
            tell(f"[green]{number:>2} {name}[/]: {seen}")
        return True

    def _stations(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            ("sign in", self.sign_in),
            ("upload", self.upload),
            ("accept", self.accept),
            ("read", self.read),
            ("index", self.index),
            ("describe", self.describe),
            ("search", self.search),
            ("request", self.ask),
            ("approve", self.approve),
            ("show page", self.show_page),
            ("return", self.give_back),
            ("log", self.log),
            ("verify", self.verify),
        )

    # --- 1 to 6: the archivist -----------------------------------------------------------------------------

    def sign_in(self) -> str:
        for login, password in self.passwords.items():
            self.clients[login] = connect(self.address, sign_in(self.address, login, password).token)
        try:
            sign_in(self.address, "auditor", "not the password at all")
        except SignInRefused:
            return f"{len(self.clients)} people; a wrong password is refused"
        raise StationFailed("a wrong password was accepted")

    def upload(self) -> str:
        self.loaded = load(
            self.clients["archivist"], self.folder / "demonstration.json", self.files, self.watch
        )
        size = sum(len(file.content) for file in self.files)
        return f"{len(self.loaded.deposits)} files, {size / 2**20:.1f} MiB, sealed from the first byte"

    def accept(self) -> str:
        deposits = self._deposits()
        must(all(d["item"] for d in deposits), "a deposit has no item")
        return f"{len(deposits)} deposits became items"

    def read(self) -> str:
        deposits = self._deposits()
        pages = sum(d["pages"] for d in deposits)
        must(sum(d["pages_read"] for d in deposits) == pages == self._pages(), "not every page was read")
        return f"{pages} pages read"

    def index(self) -> str:
        found = self._search_until_found("archivist", NAME_READ_BY_OCR)
        must(found, "a name that the OCR read is not found")
        return f"{NAME_READ_BY_OCR} finds {len(found)} items"

    def describe(self) -> str:
        items = [
            self.clients["archivist"].get(f"/api/v1/items/{uid}") for uid in self._loaded().items.values()
        ]
        must(
            all(item["state"] == "archived" and item["reference_code"] for item in items),
            "an item is not archived",
        )
        return ", ".join(item["reference_code"] for item in items)

    # --- 7 to 11: claims staff -----------------------------------------------------------------------------

    def search(self) -> str:
        found = self._search_until_found("handler", NAME_READ_BY_OCR)
        must(self._claim() in found, "the handler does not find the claim")
        must(not self._search("handler", WORD_OF_THE_MEMO), "a restricted item was found")
        must(self._is_unknown("handler", self._item(MEMO)), "a restricted item does not look unknown")
        return f"typed in simplified, found in traditional: {found[self._claim()]}; the T5 memo is not found"

    def ask(self) -> str:
        try:
            self._page_image("handler", self._claim())
        except Refused as refusal:
            must(refusal.rule == "R_NOLOAN", f"refused with {refusal.rule}")
        else:
            raise StationFailed("a page opened without a loan")
        body = {"items": [self._claim()], "purpose": "claim_handling", "reason": "复核赔款计算"}
        answer = self.clients["handler"].post(
            "/api/v1/loan-requests", body, **{"Idempotency-Key": uuid4().hex}
        )
        self.request = answer["uid"]
        return "refused without a loan (R_NOLOAN), then asked for with purpose and reason"

    def approve(self) -> str:
        verdict = {"granted": True, "opinion": "同意", "revision": 1}
        path = f"/api/v1/loan-requests/{self.request}/decision"
        try:
            self.clients["handler"].post(path, verdict)
        except (Refused, NotFound):
            pass
        else:
            raise StationFailed("the handler approved her own request")
        waiting = self.clients["supervisor"].get("/api/v1/loan-requests/waiting")
        must(
            any(row["uid"] == self.request for row in waiting), "the request does not wait for the supervisor"
        )
        self.loan = self.clients["supervisor"].post(path, verdict)["uid"]
        return "not by herself; by the supervisor"

    def show_page(self) -> str:
        first = self._page_image("handler", self._claim())
        image = Image.open(BytesIO(first))
        must(image.format == "JPEG" and min(image.size) > 500, "the page is no image")
        second = self._page_image("archivist", self._claim(), purpose="archive_work")
        must(first != second, "two readers got the same watermark")
        return f"page 1 as {image.width}×{image.height} JPEG with the reader's watermark"

    def give_back(self) -> str:
        self.clients["handler"].post(f"/api/v1/loans/{self.loan}/return")
        try:
            self._page_image("handler", self._claim())
        except Refused as refusal:
            return f"given back; the page is refused again ({refusal.rule})"
        raise StationFailed("the page still opens after the return")

    # --- 12 and 13: the auditor ----------------------------------------------------------------------------

    def log(self) -> str:
        lines = self.clients["auditor"].get("/api/v1/log", person="handler")["lines"]
        outcomes = [line["outcome"] for line in lines if line["action"] == "page:show"]
        must(outcomes == ["denied", "done", "denied"], f"the handler's page:show entries are {outcomes}")
        try:
            self.clients["handler"].get("/api/v1/log")
        except Refused:
            return f"{len(lines)} entries of the handler: refused, read, refused; she may not read the log"
        raise StationFailed("the handler read the log")

    def verify(self) -> str:
        auditor = self.clients["auditor"]
        self.keepsake = auditor.load("/api/v1/log/checkpoint").decode()
        export = self.folder / "log.zip"
        export.write_bytes(auditor.load("/api/v1/log/export", method="POST"))
        report = verify_export(export, remembered=self.keepsake)
        must(report.ok and report.compared, report.statement)
        altered = self.folder / "altered.zip"
        altered.write_bytes(_with_one_byte_changed(export.read_bytes()))
        must(not verify_export(altered, remembered=self.keepsake).ok, "an altered log verified")
        return f"{report.size} entries verified against a remembered checkpoint; an altered copy is found out"

    # --- small things --------------------------------------------------------------------------------------

    def _loaded(self) -> Loaded:
        must(self.loaded, "nothing was uploaded")
        assert self.loaded is not None
        return self.loaded

    def _deposits(self) -> list[dict[str, Any]]:
        return [
            self.clients["archivist"].get(f"/api/v1/deposits/{uid}")
            for uid in self._loaded().deposits.values()
        ]

    def _pages(self) -> int:
        return sum(len(file.pages) for file in self.files)

    def _item(self, doc_type: str) -> str:
        name = next(file.name for file in self.files if file.description.doc_type == doc_type)
        return self._loaded().items[name]

    def _claim(self) -> str:
        return self._item(CLAIM)

    def _search(self, login: str, words: str) -> dict[str, str]:
        found = self.clients[login].get("/api/v1/search", q=words)["items"]
        return {item["item"]: item["reference_code"] for item in found}

    def _search_until_found(self, login: str, words: str) -> dict[str, str]:
        """Indexing follows the description by a moment; the claim is what must come."""
        deadline = time.monotonic() + INDEX_SECONDS
        while self._claim() not in (found := self._search(login, words)) and time.monotonic() < deadline:
            time.sleep(0.5)
        return found

    def _is_unknown(self, login: str, item: str) -> bool:
        """The answer about it equals the answer about an address that was never given."""
        http = self.clients[login].http
        hidden, unknown = http.get(f"/api/v1/items/{item}"), http.get(f"/api/v1/items/{uuid4()}")
        return hidden.status_code == unknown.status_code and hidden.content == unknown.content

    def _page_image(self, login: str, item: str, **params: str) -> bytes:
        return self.clients[login].load(f"/api/v1/items/{item}/pages/1/image", **params)


def _with_one_byte_changed(export: bytes) -> bytes:
    """In the middle of the entries: the ZIP itself stays well-formed only by chance, and that too is found."""
    place = len(export) // 2
    return export[:place] + bytes([export[place] ^ 1]) + export[place + 1 :]
