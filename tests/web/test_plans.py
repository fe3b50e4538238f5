"""Every list page is answered from indexes: its cost follows what it shows, not how much the archive holds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from archive.app import create_app, declared_routes
from archive.cli.server import ROUTERS
from tests.cast import House
from tests.web.conftest import entrance_to
from tests.web.visiting import Visitors, visiting

GROWING = {"item", "deposit", "page", "audit_event", "audit_touch", "loan", "stored_object", "job"}
"""The tables that grow with the archive."""

ASKING = ("archivist", "handler", "supervisor", "legal", "auditor", "administrator")
FURTHER = (
    "/search?q=理赔",
    "/search?q=理赔&year=2026",
    "/log?action=item:show",
    "/log?person=handler&outcome=done",
    "/log/people?person=handler",
    "/log/records?record=item:{item}",
    "/quality/grid?item={item}",
    "/binding/{volume}",
)

SCAN = re.compile(r"SCAN (\w+?)(?:_\d+)?(?: |$)")
PARTIAL = re.compile(r"USING (?:COVERING )?INDEX ix_job_(?:dead|ready|running)\b")
"""Indexes that hold the few jobs of one state: walking through one is no scan of the table."""

SORT = "USE TEMP B-TREE FOR ORDER BY"
GATHERS = re.compile(r"GROUP BY|DISTINCT|\b(?:count|sum|min|max)\(", re.IGNORECASE)

Statements = dict[str, Any]


@contextmanager
def recorded(*engines: Engine) -> Iterator[Statements]:
    """Each statement that reads, with the values that it was last run with."""
    seen: Statements = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen[statement] = values

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def walks_to_its_limit(statement: str, plan: list[str]) -> bool:
    """The newest rows first, until there are enough: a scan that stops, because nothing is sorted or gathered."""
    return bool(re.search(r"\bLIMIT\b", statement)) and SORT not in plan and not GATHERS.search(statement)


def is_scan(line: str) -> bool:
    scan = SCAN.match(line)
    return scan is not None and scan[1] in GROWING and not PARTIAL.search(line)


def scanned_whole(house: House, statements: Statements) -> dict[str, list[str]]:
    found = {}
    with house.archive.database.reader.connect() as connection:
        for statement, values in statements.items():
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = [row[-1] for row in rows]
            scans = [line for line in plan if is_scan(line)]
            if scans and not walks_to_its_limit(statement, plan):
                found[statement] = scans
    return found


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def pages(house: House) -> list[str]:
    """Every page that an address without an object names, and a few that ask for more."""
    app = create_app(entrance_to(house.archive, []), ROUTERS)
    plain = [path for method, path, _ in declared_routes(app) if method == "GET" and "{" not in path]
    made = house.archived_item(tier=2)
    asked = [path.format(item=made.uid, volume=made.volume) for path in FURTHER]
    return [path for path in plain if not path.startswith("/api/")] + asked


@pytest.mark.long
def test_no_page_scans_a_table_that_grows(web: Visitors) -> None:
    asked = pages(web.house)
    database = web.house.archive.database
    shown: set[str] = set()
    with recorded(database.reader, database.writer) as statements:
        for login in ASKING:
            browser = web.browser(getattr(web.house, login))
            shown.update(path for path in asked if browser.get(path).status_code == 200)
    assert {"/items", "/intake", "/quality", "/binding", "/loans", "/log", "/trail"} <= shown
    assert scanned_whole(web.house, statements) == {}


def test_a_scan_would_be_seen(house: House) -> None:
    counting = {"SELECT count(*) FROM page WHERE tier = ?": (3,)}
    assert scanned_whole(house, counting) == {"SELECT count(*) FROM page WHERE tier = ?": ["SCAN page"]}
