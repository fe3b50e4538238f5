import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha384
from pathlib import Path

import httpx
import pytest

from archive.app import STATIC
from archive.core.errors import NotFound
from archive.web.headers import CONTENT_SECURITY_POLICY
from tests.web.conftest import Site
from tests.web.test_problems import raising

PATHS = [
    "/",
    "/sign-in",
    "/static/juanzong.css",
    "/static/none",
    "/nowhere",
    "/api/v1/me",
    "/api/v1/openapi.json",
    "/fail",
]


@pytest.fixture
def answers(serve: Callable[..., Site]) -> list[httpx.Response]:
    client = serve(raising(RuntimeError("unforeseen"))).client()
    return [client.get(path) for path in PATHS] + [client.get("/", headers={"Host": "elsewhere.test"})]


def test_every_answer_carries_the_security_headers(answers: list[httpx.Response]) -> None:
    for answer in answers:
        headers = answer.headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert len(headers["x-request-id"]) == 32


def test_nothing_is_kept_by_the_browser_but_the_style(answers: list[httpx.Response]) -> None:
    for answer in answers:
        if not answer.request.url.path.startswith("/static/"):
            assert answer.headers["cache-control"] == "no-store"


def test_the_policy_allows_no_inline_code_and_no_other_host() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("host", ["elsewhere.test", "127.0.0.1.elsewhere.test", "[::2]", "10.0.0.7"])
def test_a_name_that_is_not_ours_is_not_answered(site: Site, host: str) -> None:
    assert site.client().get("/sign-in", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8420", "127.0.0.1", "[::1]:8420"])
def test_loopback_names_are_answered(site: Site, host: str) -> None:
    assert site.client().get("/sign-in", headers={"Host": host}).status_code == 200


def test_the_public_address_is_answered_and_https_is_insisted_on(serve: Callable[..., Site]) -> None:
    site = serve(public_url="https://archive.example")
    answer = site.client().get("/sign-in", headers={"Host": "archive.example"})
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_the_style_is_named_by_its_content_and_kept(site: Site) -> None:
    client = site.client()
    page = client.get("/sign-in").text
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    answer = client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_there_is_no_page_of_a_foreign_host(site: Site) -> None:
    client = site.client()
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_not_found_is_a_page_too(serve: Callable[..., Site]) -> None:
    assert "此处没有内容" in serve(raising(NotFound())).client().get("/fail").text


# --- what others wrote and we serve ----------------------------------------------------------------------------

SVG = "http://www.w3.org/2000/svg"
"""The name of a vocabulary: nothing is fetched from there."""

VENDOR = STATIC / "vendor"
LIBRARIES = json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))


def test_what_others_wrote_is_what_the_list_says() -> None:
    for library in LIBRARIES:
        for name, digest in library["files"].items():
            assert digest == "sha384-" + b64encode(sha384((VENDOR / name).read_bytes()).digest()).decode()


def test_every_file_of_others_stands_in_the_list_with_version_and_licence() -> None:
    listed = {name for library in LIBRARIES for name in library["files"]}
    assert {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*.js")} == listed
    for library in LIBRARIES:
        folder = Path(next(iter(library["files"]))).parts[0]
        assert folder.endswith(f"@{library['version']}")
        assert library["licence"]
        assert (VENDOR / folder / "LICENSE.txt").is_file()


def test_no_style_or_script_of_ours_names_another_host() -> None:
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert "://" not in path.read_text("utf-8").replace(SVG, ""), path.name


def test_htmx_keeps_no_page_in_the_browser_and_adds_no_style(site: Site) -> None:
    page = site.client().get("/sign-in").text
    config = json.loads(page.partition('name="htmx-config" content=\'')[2].partition("'")[0])
    assert config["historyCacheSize"] == 0
    assert not config["historyEnabled"]
    assert not config["includeIndicatorStyles"]
    assert not config["allowEval"]
    assert config["selfRequestsOnly"]


# --- what leaves compressed ------------------------------------------------------------------------------------


def test_what_holds_nothing_of_the_archive_leaves_compressed(site: Site) -> None:
    answer = site.client().get("/static/juanzong.css", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_pages_leave_as_they_are_since_their_length_would_tell_of_the_token_in_them(site: Site) -> None:
    browser = site.at_browser("wang")
    for path in ("/", "/password", "/sign-in"):
        assert "content-encoding" not in browser.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_the_first_page_is_light(site: Site) -> None:
    browser = site.at_browser("lin")
    page = browser.get("/").text
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    sizes = {path: _sent(browser, path) for path in loaded}
    assert len(sizes) >= 4
    assert len(page.encode()) + sum(sizes.values()) < 150_000


def _sent(browser: httpx.Client, path: str) -> int:
    with browser.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum(len(chunk) for chunk in answer.iter_raw())
