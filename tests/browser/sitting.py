"""A real browser, and people who sit down at it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Request, expect, sync_playwright

from archive.cli.server import ROUTERS
from tests.cast import PASSWORD, House
from tests.web.visiting import Visitors, visiting

CHROMIUM = "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


@pytest.fixture
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@dataclass
class Desk:
    """One person's browser after another, and everything in them that a quiet archive would not do."""

    chromium: Chromium
    address: str
    troubles: list[str] = field(default_factory=list)

    def sit_down(self, login: str) -> Page:
        page = self.chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: self.troubles.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", lambda request: self._look_at(request.url))
        page.goto(f"{self.address}/")
        page.get_by_label("用户名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="您好")).to_be_visible()
        return page

    def _failed(self, request: Request) -> None:
        """Who leaves a page before its to-dos are counted stops the counting: that is no trouble."""
        if not (request.url.endswith("/to-dos") and request.failure == "net::ERR_ABORTED"):
            self.troubles.append(f"failed: {request.url}")

    def _look_at(self, address: str) -> None:
        if not address.startswith(f"{self.address}/"):
            self.troubles.append(f"elsewhere: {address}")
