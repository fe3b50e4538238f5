# ruff: noqa: S608 - every statement of the adapter is made here, of names that stand here; values are bound
"""The statements of the FTS5 index: its tables, and how a query and its filters become one `where`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from search.analysis import code_grams, phrase_tokens
from search.index import ANYTHING, MOST_SLOTS, Clause, Filter, Only, Row, row_id
from search.query import And, Leaf, Not, Number, Or, Phrase, Prefix, Query

ITEM_MARK = "|"
"""Fills the empty body of an item's row, so that one expression can tell items from pages; no text makes this token."""

TEXT_COLUMNS = "about, body, about_codes, body_codes, content='', contentless_delete=1, detail=full, tokenize=\"ascii tokenchars '|'\""
ROW_COLUMNS = (
    "row integer primary key, item_id integer not null, tier integer not null, unit_id integer not null, "
    "state text not null, batch_id integer not null, volume_id integer, series_id integer, "
    "doc_type text not null, year integer, day integer"
)
HIGHEST_ROW = 2**63 - 1

COMMON_TABLES = (
    "create table meta (name text primary key, value text not null) without rowid",
    "create table item (item_id integer primary key, version integer not null, is_indexed integer not null)",
)
REMEMBERED = "select version from item where item_id = ?"
REMEMBER = "replace into item values (?, ?, ?)"
FORGET_ROWS = "update item set is_indexed = 0"
FORGET = "delete from item where item_id = ?"
INDEXED = "select item_id, version from item where is_indexed order by item_id"
REMOVED = "select item_id, version from item where not is_indexed order by item_id"
HAS_SCHEMA = "select 1 from sqlite_master where name = 'meta'"
STORED_FOLD = "select value from meta where name = 'fold'"
STORE_FOLD = "replace into meta values ('fold', ?)"


@dataclass(frozen=True, slots=True)
class Pair:
    """A full-text table and the table of its rows' metadata; a row has one row id in both."""

    text: str
    rows: str

    @property
    def tables(self) -> tuple[str, ...]:
        return (
            f"create virtual table {self.text} using fts5({TEXT_COLUMNS})",
            f"insert into {self.text}({self.text}, rank) values ('automerge', 4)",
            f"insert into {self.text}({self.text}, rank) values ('crisismerge', 16)",
            f"create table {self.rows} ({ROW_COLUMNS})",
        )

    @property
    def insert_text(self) -> str:
        return f"insert into {self.text}(rowid, about, body, about_codes, body_codes) values (?, ?, ?, ?, ?)"

    @property
    def insert_row(self) -> str:
        return f"insert into {self.rows} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

    @property
    def delete_text(self) -> str:
        return f"delete from {self.text} where rowid = ?"

    @property
    def delete_row(self) -> str:
        return f"delete from {self.rows} where row = ?"

    @property
    def rows_between(self) -> str:
        return f"select row from {self.rows} where row between ? and ?"

    @property
    def rows_above(self) -> str:
        """A row whose item is not remembered has version 0: no put leaves one so."""
        return (
            f"select m.row, ifnull(i.version, 0) from {self.rows} m left join item i on i.item_id = m.item_id "
            "where m.row > ? order by m.row limit ?"
        )

    @property
    def merge(self) -> str:
        return f"insert into {self.text}({self.text}, rank) values ('merge', ?)"

    @property
    def clear(self) -> tuple[str, str]:
        return f"insert into {self.text}({self.text}) values ('delete-all')", f"delete from {self.rows}"

    def newest(self, condition: str) -> str:
        return f"select f.rowid {self._hits(condition)} order by f.rowid desc limit ?"

    def number(self, condition: str) -> str:
        return f"select count(*) from (select 1 {self._hits(condition)} limit ?)"

    def _hits(self, condition: str) -> str:
        """The cross join keeps the order: full-text hits first, each looked up by its row id."""
        return (
            f"from {self.text} f cross join {self.rows} m on m.row = f.rowid "
            f"where {self.text} match ? and f.rowid < ? and f.rowid >= ? and {condition}"
        )


MAIN = Pair("f_main", "m_main")
RESTRICTED = Pair("f_restricted", "m_restricted")


def row_values(row: Row) -> tuple[Any, ...]:
    placed = (row.row_id, row.item_id, row.tier, row.unit_id, row.state, row.batch_id)
    return (*placed, row.volume_id, row.series_id, row.doc_type, row.year, row.day)


@dataclass(frozen=True, slots=True)
class Condition:
    sql: str
    parameters: tuple[Any, ...]


def hits_condition(
    tree: And, items: Filter, pages: Filter, before: int | None, only: Only = ANYTHING
) -> Condition:
    """The parameters are all that `Pair.newest` and `Pair.number` take, up to the limit."""
    of_item, of_page, narrowed = _any_clause(items), _any_clause(pages), _narrowed(only)
    below = HIGHEST_ROW if before is None else max(0, min(before, HIGHEST_ROW))
    first = 0
    if only.item_id is not None:
        first, below = row_id(only.item_id, 0), min(below, row_id(only.item_id + 1, 0))
    return Condition(
        f"case f.rowid & {MOST_SLOTS - 1} when 0 then {of_item.sql} else {of_page.sql} end{narrowed.sql}",
        (
            match_expression(tree),
            below,
            first,
            *of_item.parameters,
            *of_page.parameters,
            *narrowed.parameters,
        ),
    )


def _narrowed(only: Only) -> Condition:
    """The item is a range of row ids, which full text searches directly, and stands in no condition here."""
    columns = (
        ("series_id", only.series_ids),
        ("doc_type", only.doc_types),
        ("year", only.years),
        ("unit_id", only.unit_ids),
        ("tier", only.tiers),
    )
    given = [_within(column, values) for column, values in columns if values is not None]
    parameters = tuple(value for each in given for value in each.parameters)
    return Condition("".join(f" and {each.sql}" for each in given), parameters)


@dataclass(frozen=True, slots=True)
class _Columns:
    words: str
    codes: str


_ALL = _Columns("{about body}", "{about_codes body_codes}")
_READ = _Columns("body", "body_codes")


def match_expression(tree: And) -> str:
    """Beside what the tree says, a page needs one of the terms asked for in its body; an item has its mark there."""
    needed = [_part(part) for part in tree.parts if not isinstance(part, Not)]
    excluded = [_term(part.part, _ALL) for part in tree.parts if isinstance(part, Not)]
    placed = [*(_term(leaf, _READ) for leaf in Query(tree).wanted), f"body : {_quoted([ITEM_MARK])}"]
    expression = " AND ".join([*needed, f"({' OR '.join(placed)})"])
    return f"({expression}) NOT ({' OR '.join(excluded)})" if excluded else expression


def _part(part: Leaf | Or) -> str:
    if isinstance(part, Or):
        return f"({' OR '.join(_term(leaf, _ALL) for leaf in part.parts)})"
    return _term(part, _ALL)


def _term(leaf: Leaf, columns: _Columns) -> str:
    """Tokens are CJK characters and `[0-9a-z]` only, so quoting them is safe."""
    match leaf:
        case Phrase(text):
            return f"{columns.words} : {_quoted(phrase_tokens(text))}"
        case Prefix(text):
            return f"{columns.words} : {_quoted(phrase_tokens(text))} *"
        case Number(digits):
            whole, part = _quoted([digits]), _quoted(code_grams(digits))
            return f"({columns.words} : {whole} OR {columns.codes} : {part})"


def _quoted(tokens: Sequence[str]) -> str:
    return f'"{" ".join(tokens)}"'


def _any_clause(wanted: Filter) -> Condition:
    conditions = [_clause(clause) for clause in wanted.clauses]
    if not conditions:
        return Condition("0", ())
    return _joined(" or ", conditions)


def _clause(clause: Clause) -> Condition:
    conditions = [Condition("m.tier <= ?", (clause.max_tier,))]
    if clause.unit_ids is not None:
        conditions.append(_within("unit_id", clause.unit_ids))
    if clause.states is not None:
        conditions.append(_within("state", clause.states))
    names = (("item_id", clause.item_ids), ("volume_id", clause.volume_ids), ("batch_id", clause.batch_ids))
    given = [_within(column, values) for column, values in names if values is not None]
    if given:
        conditions.append(_joined(" or ", given))
    return _joined(" and ", conditions)


def _joined(word: str, conditions: Sequence[Condition]) -> Condition:
    parameters = tuple(value for each in conditions for value in each.parameters)
    return Condition(f"({word.join(each.sql for each in conditions)})", parameters)


def _within(column: str, values: frozenset[int] | frozenset[str]) -> Condition:
    """One parameter however many values: grants name thousands of items."""
    return Condition(f"m.{column} in (select value from json_each(?))", (json.dumps(sorted(values)),))
