"""Nothing of the log is shown as a code: whatever the product writes into an entry has its words on this desk."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from archive.accounts.tokens import NewToken, make_token
from archive.desks.audit.entry_words import FIELDS, REASONS, detail
from archive.web.texts import shown_reasons
from tests.web.visiting import Visitors

ARCHIVE = Path(archive.__file__).parent


def fields_told() -> Iterator[str]:
    """The names under which bodies tell what was typed."""
    for path in ARCHIVE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "work.tell":
                yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def test_every_field_that_is_told_has_its_word() -> None:
    told = set(fields_told())
    assert "reason" in told
    assert told - set(FIELDS) == set()


def test_every_reason_of_a_refusal_has_its_word() -> None:
    assert shown_reasons() - set(REASONS) == set()


def test_a_table_that_a_desk_tells_is_shown_line_by_line() -> None:
    assert detail({"counts": '{"looked": 3, "damaged": 0}'}) == [("数目", "looked　3\ndamaged　0")]


def test_a_table_within_a_table_is_shown_line_by_line_too() -> None:
    told = {"released": '{"no": "E-1", "items": [{"code": "A", "pages": ["1", "2"]}]}'}
    assert detail(told) == [("放行内容", "no　E-1\nitems 1 code　A\nitems 1 pages 1　1\nitems 1 pages 2　2")]


@pytest.mark.parametrize("text", ["[1, 2]", "7", "{", "平常的一句话"])
def test_what_is_no_table_is_shown_as_it_was_typed(text: str) -> None:
    assert detail({"reason": text}) == [("理由", text)]


@pytest.mark.parametrize("path", ["/api/v1/log/record/unmask", "/api/v1/log/entries/{event}/detail"])
def test_a_token_unmasks_nothing_and_opens_no_typed_words(web: Visitors, path: str) -> None:
    item = web.house.archived_item(tier=1)
    made = web.house.gate_of(web.house.auditor, make_token).run(
        make_token, None, NewToken("审计系统", "auditor")
    )
    program = web.program(web.house.stranger)
    program.headers["Authorization"] = f"Bearer {made.value.token}"
    body = {"record": f"item:{item.uid}", "reason": "a reason"} if "unmask" in path else None
    answer = program.post(path.format(event=web.house.log()[0].event), json=body)
    assert answer.status_code in {403, 404}
    assert program.get("/api/v1/log").status_code == 200
