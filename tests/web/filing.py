"""What the tests of items and volumes share: filling in the description form, and its body for programs."""

import html
import re
from typing import Any

import httpx

from archive.accounts import api as accounts_api
from archive.holdings import api, pages
from tests.cast import Made
from tests.web.visiting import Browser

ROUTERS = (pages.router, api.router, accounts_api.router)
NAME = "陳怡君"
CLAIM = "CLM2026-0012345678"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"the form has no {name}"
    return found[1]


def text_of(answer: httpx.Response) -> str:
    return html.unescape(answer.text)


def form_of(browser: Browser, made: Made, **changed: str) -> dict[str, str]:
    """What the description form sends when the usual things are typed into it."""
    page = browser.get(f"/items/{made.uid}/describe").text
    typed = {
        "revision": hidden(page, "revision"),
        "key": hidden(page, "key"),
        "volume": str(made.volume or ""),
        "title": "机动车人伤理赔案卷",
        "doc_type": "理赔案卷",
        "doc_date": "2026-10-30",
        "tier": "3",
        "notes": "缺第二页",
        "person1_name": NAME,
        "person1_part": "伤者",
        "person1_id_no": "990105196602110037",
        "number1_kind": "claim",
        "number1_value": CLAIM,
    }
    return {**typed, **changed}


def describe(browser: Browser, made: Made, fields: dict[str, str]) -> httpx.Response:
    return browser.post(f"/items/{made.uid}/describe", **fields)


def body_of(program: httpx.Client, made: Made, **changed: Any) -> dict[str, Any]:
    revision = program.get(f"/api/v1/items/{made.uid}").json()["revision"]
    said = {
        "revision": revision,
        "volume": str(made.volume),
        "title": "案卷",
        "doc_type": "claim_file",
        "tier": 3,
    }
    return {**said, **changed}
