"""The index in one SQLite file: FTS5 tables without content, with their metadata beside them.

`f_main` and `f_restricted` hold tokens that `search.analysis` made, `m_main` and `m_restricted` what filters
look at. A row stands in one pair only, under the same row id in both tables of the pair.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from search import fts5_sql as sql
from search.analysis import FOLD_VERSION, body_tokens, code_tokens, fold
from search.index import (
    ANYTHING,
    MOST_SLOTS,
    RESTRICTED_TIER,
    Count,
    Filter,
    Found,
    Hit,
    IndexStale,
    IndexUnavailable,
    Only,
    Row,
    row_id,
)
from search.query import Query

IDLE_CONNECTIONS = 8
PAGES_A_MERGE = 500


class Cursor(Protocol):
    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """What is used of a DB-API connection to SQLite, opened with `isolation_level=None`."""

    @property
    def Error(self) -> type[Exception]: ...  # noqa: N802 - the DB-API's name
    @property
    def total_changes(self) -> int: ...
    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Cursor: ...
    def executemany(self, statement: str, parameters: Sequence[Sequence[Any]], /) -> Cursor: ...
    def close(self) -> None: ...


class Fts5Index:
    """`connect` returns a keyed connection that may move between threads; it is called when one more is needed.

    Threads and processes may use the same file at once: each call works on a connection of its own, writers
    wait for each other.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._idle: list[Connection] = []
        self._writer = threading.Lock()
        self._prepare()

    def put(self, item_id: int, rows: Sequence[Row], version: int) -> bool:
        if any(row.item_id != item_id for row in rows):
            raise ValueError(f"rows of another item among those of item {item_id}")
        analysed = [(row, _tokens(row)) for row in rows]
        with self._writing() as connection:
            if version < _remembered(connection, item_id):
                return False
            _take_out(connection, item_id)
            for row, tokens in analysed:
                _insert(connection, row, tokens)
            _remember(connection, item_id, version, is_indexed=True)
        return True

    def remove(self, item_id: int, version: int) -> None:
        with self._writing() as connection:
            if version < _remembered(connection, item_id):
                return
            _take_out(connection, item_id)
            _remember(connection, item_id, version, is_indexed=False)

    def forget(self, item_id: int) -> None:
        """As if the item had never been here: for an archive that was put back to before it. Its id may be given anew."""
        with self._writing() as connection:
            _take_out(connection, item_id)
            connection.execute(sql.FORGET, (item_id,))

    def find(
        self,
        query: Query,
        items: Filter,
        pages: Filter,
        *,
        restricted: bool,
        limit: int,
        before: int | None = None,
        only: Only = ANYTHING,
    ) -> Found:
        if query.tree is None:
            return Found((), more=False)
        condition = sql.hits_condition(query.tree, items, pages, before, only)
        parameters = (*condition.parameters, limit + 1)
        rows: list[int] = []
        with self._reading() as connection:
            for pair in _pairs(restricted=restricted):
                found = connection.execute(pair.newest(condition.sql), parameters).fetchall()
                rows += [row for (row,) in found]
        rows.sort(reverse=True)
        return Found(tuple(Hit.of(row) for row in rows[:limit]), more=len(rows) > limit)

    def count(
        self, query: Query, items: Filter, pages: Filter, *, restricted: bool, cap: int = 1000
    ) -> Count:
        if query.tree is None:
            return Count(0, capped=False)
        condition = sql.hits_condition(query.tree, items, pages, before=None)
        parameters = (*condition.parameters, cap + 1)
        number = 0
        with self._reading() as connection:
            for pair in _pairs(restricted=restricted):
                [(found,)] = connection.execute(pair.number(condition.sql), parameters).fetchall()
                number += found
        return Count(min(number, cap), capped=number > cap)

    def versions(self) -> str:
        with self._connection() as connection:
            return _stored_fold(connection)

    def items_indexed(self) -> Iterator[tuple[int, int]]:
        with self._reading() as connection:
            listed = connection.execute(sql.INDEXED).fetchall()
        return iter(listed)

    def items_removed(self) -> Iterator[tuple[int, int]]:
        with self._reading() as connection:
            listed = connection.execute(sql.REMOVED).fetchall()
        return iter(listed)

    def rows_of(self, item_id: int) -> list[int]:
        with self._reading() as connection:
            pairs = _pairs(restricted=True)
            return sorted(row for pair in pairs for row in _rows_in(connection, pair, item_id))

    def rows(self, after: int, limit: int) -> list[tuple[int, int]]:
        with self._reading() as connection:
            pairs = _pairs(restricted=True)
            found = [
                row
                for pair in pairs
                for row in connection.execute(pair.rows_above, (after, limit)).fetchall()
            ]
        return sorted(found)[:limit]

    def optimize(self) -> None:
        """In many short transactions, so that other writers get their turn."""
        for pair in _pairs(restricted=True):
            pages, is_merging = -PAGES_A_MERGE, True
            while is_merging:
                with self._writing() as connection:
                    changes = connection.total_changes
                    connection.execute(pair.merge, (pages,))
                    is_merging = connection.total_changes - changes >= 2
                pages = PAGES_A_MERGE

    def clear(self) -> None:
        with self._writing(is_stale_welcome=True) as connection:
            for pair in _pairs(restricted=True):
                for statement in pair.clear:
                    connection.execute(statement)
            connection.execute(sql.FORGET_ROWS)
            connection.execute(sql.STORE_FOLD, (FOLD_VERSION,))

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _prepare(self) -> None:
        with self._connection() as connection:
            if _has_schema(connection):
                return
            connection.execute("begin immediate")
            if not _has_schema(connection):
                for statement in (*sql.COMMON_TABLES, *sql.MAIN.tables, *sql.RESTRICTED.tables):
                    connection.execute(statement)
                connection.execute(sql.STORE_FOLD, (FOLD_VERSION,))
            connection.execute("commit")

    @contextmanager
    def _writing(self, *, is_stale_welcome: bool = False) -> Iterator[Connection]:
        with self._writer, self._connection() as connection:
            connection.execute("begin immediate")
            if not is_stale_welcome:
                _refuse_stale(connection)
            yield connection
            connection.execute("commit")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One snapshot, in which an item that moves between main and restricted is seen once."""
        with self._connection() as connection:
            connection.execute("begin")
            _refuse_stale(connection)
            yield connection
            connection.execute("commit")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """After any failure the connection is closed, which rolls back what it had begun."""
        connection = self._take()
        try:
            yield connection
        except connection.Error as error:
            connection.close()
            raise IndexUnavailable(_reason(error)) from error
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)

    def _take(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return self._connect()
        except Exception as error:
            raise IndexUnavailable(_reason(error)) from error

    def _give_back(self, connection: Connection) -> None:
        if len(self._idle) < IDLE_CONNECTIONS:
            self._idle.append(connection)
        else:
            connection.close()


def _reason(error: Exception) -> str:
    """Without the engine's own words, which may repeat what was asked for."""
    name = getattr(error, "sqlite_errorname", "")
    return f"the search index cannot be used: {type(error).__name__} {name}".rstrip()


def _pairs(*, restricted: bool) -> tuple[sql.Pair, ...]:
    return (sql.MAIN, sql.RESTRICTED) if restricted else (sql.MAIN,)


def _has_schema(connection: Connection) -> bool:
    return bool(connection.execute(sql.HAS_SCHEMA).fetchall())


def _stored_fold(connection: Connection) -> str:
    [(stored,)] = connection.execute(sql.STORED_FOLD).fetchall()
    return str(stored)


def _refuse_stale(connection: Connection) -> None:
    stored = _stored_fold(connection)
    if stored != FOLD_VERSION:
        raise IndexStale(f"the index was made under fold {stored}, this is fold {FOLD_VERSION}: reindex")


def _remembered(connection: Connection, item_id: int) -> int:
    known = connection.execute(sql.REMEMBERED, (item_id,)).fetchall()
    return int(known[0][0]) if known else -1


def _remember(connection: Connection, item_id: int, version: int, *, is_indexed: bool) -> None:
    connection.execute(sql.REMEMBER, (item_id, version, is_indexed))


def _rows_in(connection: Connection, pair: sql.Pair, item_id: int) -> list[int]:
    within = (row_id(item_id, 0), row_id(item_id, MOST_SLOTS - 1))
    return [row for (row,) in connection.execute(pair.rows_between, within).fetchall()]


def _take_out(connection: Connection, item_id: int) -> None:
    for pair in _pairs(restricted=True):
        rows = [(row,) for row in _rows_in(connection, pair, item_id)]
        connection.executemany(pair.delete_text, rows)
        connection.executemany(pair.delete_row, rows)


def _insert(connection: Connection, row: Row, tokens: tuple[str, str, str, str]) -> None:
    pair = sql.RESTRICTED if row.tier >= RESTRICTED_TIER else sql.MAIN
    connection.execute(pair.insert_text, (row.row_id, *tokens))
    connection.execute(pair.insert_row, sql.row_values(row))


def _tokens(row: Row) -> tuple[str, str, str, str]:
    """In the order of the text columns."""
    about, body = fold(row.about), fold(row.body)
    read = body_tokens(body) if row.slot else [sql.ITEM_MARK]
    return _joined(body_tokens(about)), _joined(read), _joined(code_tokens(about)), _joined(code_tokens(body))


def _joined(tokens: list[str]) -> str:
    return " ".join(tokens)
