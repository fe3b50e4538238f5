"""What the tests of the intake desk share: sending files in, and reading the board."""

import html
import re
from pathlib import Path

import httpx

from archive.accounts import api as accounts_api
from archive.desks.intake import api, api_parts, pages
from tests.cast import House
from tests.web.visiting import Browser

ROUTERS = (pages.router, api.router, api_parts.router, accounts_api.router)


def upload(
    browser: Browser,
    *files: tuple[str, bytes],
    csrf: str | None = None,
    fonds: str = "A001",
    duplicates: str = "keep",
) -> httpx.Response:
    fields = {
        "csrf": browser.csrf if csrf is None else csrf,
        "into": f"fonds:{fonds}",
        "duplicates": duplicates,
    }
    return browser.client.post("/intake/upload", data=fields, files=[("files", file) for file in files])


def put(program: httpx.Client, content: bytes = b"", **query: str) -> httpx.Response:
    return program.put(
        "/api/v1/deposits",
        params={"name": "scan.jpg", "fonds": "A001", "duplicates": "keep", **query},
        content=content,
    )


def board(browser: Browser) -> str:
    answer = browser.get("/intake")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def rows(board: str) -> list[str]:
    """The text of each line of the board, newest first."""
    table = board.partition('id="deposits"')[2].partition("<aside")[0]
    body = table.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def kept_files(house: House) -> list[Path]:
    return [path for path in house.archive.settings.objects.rglob("*") if path.is_file()]
