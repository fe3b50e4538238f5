"""A whole office: the product's own processes and engine, the demonstration files loaded, and people in a real browser.

Whoever asks for pictures of the screens gets them from the same walk that proves them: ``--pictures FOLDER``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from archive.cli.demonstration import load
from demo.generate import case_files
from tests.browser.sitting import CHROMIUM, OPTIONS
from tests.crash.running import Crew, running

ENGINE = "rapidocr"
PATIENCE = 30_000
"""Milliseconds: two workers read while people click."""
SIZE = ViewportSize(width=1366, height=768)
"""The monitor of the records room."""


@dataclass
class Office:
    crew: Crew
    chromium: Chromium
    pictures: Path | None
    troubles: list[str] = field(default_factory=list)

    def sit_down(self, login: str) -> Page:
        """Signed in, at the home page."""
        page = self.chromium.new_context(viewport=SIZE, accept_downloads=True, locale="zh-CN").new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: self.troubles.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("request", lambda request: self._look_at(request.url))
        page.goto(f"{self.crew.address}/")
        page.get_by_label("用户名").fill(login)
        page.get_by_label("密码").fill(self.crew.passwords[login])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="您好")).to_be_visible()
        return page

    def picture(self, page: Page, name: str) -> None:
        """``name.png``, as the person sees it. Without a folder for pictures nothing is written."""
        if self.pictures is not None:
            page.wait_for_load_state("networkidle")
            page.screenshot(path=self.pictures / f"{name}.png")

    def _look_at(self, address: str) -> None:
        if not address.startswith((f"{self.crew.address}/", "blob:", "data:")):
            self.troubles.append(f"elsewhere: {address}")


@contextmanager
def office(home: Path, pictures: Path | None = None) -> Iterator[Office]:
    """``home``: an empty folder. The demonstration is read by the real engine: about a minute of two cores."""
    with running(home, engine=ENGINE) as crew, sync_playwright() as playwright:
        load(crew.client("archivist"), home / "demonstration.json", case_files(), lambda _progress: None)
        expect.set_options(timeout=PATIENCE)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield Office(crew, chromium, pictures)
        chromium.close()
