import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from search import fts5
from search.analysis import FOLD_VERSION
from search.fts5 import Fts5Index
from search.index import Index, IndexStale, IndexUnavailable, row_id
from search.query import parse
from tests.search.flip import ITEM, SLOTS
from tests.search.support import EVERYTHING, keyed, pages, row

Connect = Callable[[], Any]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "search.db"


@pytest.fixture
def index(path: Path) -> Iterator[Fts5Index]:
    with closing(Fts5Index(keyed(path))) as opened:
        yield opened


def found(index: Index, text: str, *, restricted: bool = True) -> list[int]:
    answer = index.find(parse(text), EVERYTHING, EVERYTHING, restricted=restricted, limit=1000)
    return [hit.row_id for hit in answer.hits]


def traced(path: Path, statements: list[str]) -> Connect:
    def connect() -> Any:
        connection = keyed(path)()
        connection.set_trace_callback(statements.append)
        return connection

    return connect


def named(statements: list[str], table: str) -> list[str]:
    return [statement for statement in statements if table in statement]


@contextmanager
def flipping(path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.search.flip", str(path)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("ask", ["find", "count"])
def test_no_statement_names_the_restricted_index_unless_it_is_asked(
    path: Path, index: Fts5Index, ask: str
) -> None:
    index.put(1, [row(1, body="张伟", tier=5)], 1)
    statements: list[str] = []
    with closing(Fts5Index(traced(path, statements))) as watched:
        options = {"limit": 9} if ask == "find" else {"cap": 9}
        getattr(watched, ask)(parse("张伟"), EVERYTHING, EVERYTHING, restricted=False, **options)
        assert named(statements, "f_main")
        assert not named(statements, "restricted")
        getattr(watched, ask)(parse("张伟"), EVERYTHING, EVERYTHING, restricted=True, **options)
        assert named(statements, "f_restricted")


def test_hidden_hits_run_the_same_statements_as_an_absent_word(path: Path, index: Fts5Index) -> None:
    index.put(1, [row(1, slot, body="张伟", tier=5) for slot in range(1, 30)], 1)
    statements: list[str] = []
    with closing(Fts5Index(traced(path, statements))) as watched:
        runs = []
        for text in ("李强", "张伟", "李强"):
            statements.clear()
            assert found(watched, text, restricted=False) == []
            runs.append([statement.replace(text, "?") for statement in statements])
    assert runs[1] == runs[2]


def test_an_index_of_another_fold_is_stale_until_it_is_cleared(path: Path, index: Fts5Index) -> None:
    index.put(1, [row(1, body="张伟")], 1)
    with closing(keyed(path)()) as connection:
        connection.execute("update meta set value = 'older' where name = 'fold'")
    assert index.versions() == "older"
    with pytest.raises(IndexStale, match="older"):
        found(index, "张伟")
    with pytest.raises(IndexStale):
        index.put(2, [row(2, body="张伟")], 1)
    index.clear()
    assert index.versions() == FOLD_VERSION
    assert index.put(1, [row(1, body="张伟")], 1)
    assert found(index, "张伟") == [row_id(1, 1)]


def test_a_wrong_key_makes_the_index_unavailable(path: Path, index: Fts5Index) -> None:
    index.put(1, [row(1, body="张伟")], 1)
    with pytest.raises(IndexUnavailable):
        Fts5Index(keyed(path, key="00" * 32))


def test_a_folder_that_is_not_there_makes_the_index_unavailable(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable):
        Fts5Index(keyed(tmp_path / "nowhere" / "search.db"))


def test_an_error_does_not_repeat_what_was_asked(path: Path, index: Fts5Index) -> None:
    with closing(keyed(path)()) as connection:
        connection.execute("drop table m_main")
    with pytest.raises(IndexUnavailable) as caught:
        found(index, "张伟")
    assert "张" not in str(caught.value)
    assert "m_main" not in str(caught.value)


def test_after_a_failure_the_index_answers_again(path: Path, index: Fts5Index) -> None:
    index.put(1, [row(1, body="张伟")], 1)
    with closing(keyed(path)()) as connection:
        connection.execute("alter table m_main rename to away")
        with pytest.raises(IndexUnavailable):
            index.put(1, [row(1, body="王芳")], 2)
        connection.execute("alter table away rename to m_main")
    assert found(index, "张伟") == [row_id(1, 1)]
    assert index.put(1, [row(1, body="王芳")], 2)


def test_after_optimizing_no_term_of_a_removed_or_replaced_row_is_left(path: Path, index: Fts5Index) -> None:
    index.put(1, [row(1, body="张伟")], 1)
    index.put(2, [row(2, body="李强", tier=5)], 1)
    index.put(3, [row(3, body="骨折")], 1)
    index.remove(1, 2)
    index.put(2, [row(2, body="骨折", tier=5)], 2)
    assert kept(path, "张伟", "李强", "骨折") == ["张伟", "李强", "骨折"]
    index.optimize()
    assert kept(path, "张伟", "李强", "骨折") == ["骨折"]


def test_optimizing_in_small_steps_leaves_no_more_than_was_never_removed(
    path: Path, tmp_path: Path, index: Fts5Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(place, body=text) for place, text in enumerate(pages(120, seed=51))]
    for each in rows:
        index.put(each.item_id, [each], 1)
    removed, left = rows[::3], rows[1::3] + rows[2::3]
    for each in removed:
        index.remove(each.item_id, 2)
    monkeypatch.setattr(fts5, "PAGES_A_MERGE", 1)
    index.optimize()
    with closing(Fts5Index(keyed(tmp_path / "other.db"))) as other:
        for each in left:
            other.put(each.item_id, [each], 1)
        other.optimize()
    assert segment_bytes(path) == segment_bytes(tmp_path / "other.db")


def segment_bytes(path: Path) -> int:
    with closing(keyed(path)()) as connection:
        select = "select sum(length(block)) from f_main_data where id > 10"
        [(size,)] = connection.execute(select).fetchall()
    return int(size)


def kept(path: Path, *words: str) -> list[str]:
    """Which of the words the segments of the two indexes hold, deciphered but otherwise as stored."""
    with closing(keyed(path)()) as connection:
        select = "select block from f_main_data union all select block from f_restricted_data"
        blocks = b"".join(block for (block,) in connection.execute(select))
    return [word for word in words if word.encode() in blocks]


def test_no_token_stands_in_the_files_in_clear(tmp_path: Path) -> None:
    words = [each.encode() for each in ("骨折", "fracture", "archived")]

    def put_and_read(name: str, connect: Connect) -> bytes:
        with closing(Fts5Index(connect)) as written:
            written.put(1, [row(1, about="骨折", body="Fracture")], 1)
            return b"".join(file.read_bytes() for file in tmp_path.glob(f"{name}*"))

    def without_key() -> Any:
        return sqlcipher.connect(str(tmp_path / "plain.db"), check_same_thread=False, isolation_level=None)

    sealed = put_and_read("sealed", keyed(tmp_path / "sealed.db"))
    plain = put_and_read("plain", without_key)
    assert all(word in plain for word in words)
    assert not any(word in sealed for word in words)


def test_threads_read_and_write_at_once(index: Fts5Index) -> None:
    index.put(1000, [row(1000, body="张伟")], 1)

    def write(item_id: int) -> None:
        index.put(item_id, [row(item_id, slot, body="张伟") for slot in (1, 2)], 1)

    def read(_: int) -> bool:
        hits = found(index, "张伟")
        return hits[0] == row_id(1000, 1) and len(hits) % 2 == 1

    with ThreadPoolExecutor(6) as pool:
        writes = pool.map(write, range(1, 40))
        reads = pool.map(read, range(100))
        assert all(reads)
        assert list(writes) == [None] * 39
    assert len(found(index, "张伟")) == 79


def test_a_reader_sees_an_item_that_another_process_moves_whole_and_once(
    path: Path, index: Fts5Index
) -> None:
    expected = [row_id(ITEM, slot) for slot in reversed(SLOTS)]
    with flipping(path):
        answers = [found(index, "张伟") for _ in range(200)]
    assert all(answer == expected for answer in answers)


def test_two_processes_write_to_one_file(path: Path, index: Fts5Index) -> None:
    with flipping(path):
        for item_id in range(2, 40):
            assert index.put(item_id, [row(item_id, body="王芳")], 1)
    assert len(found(index, "王芳")) == 38
    assert len(found(index, "张伟")) == len(SLOTS)


def test_a_writer_killed_at_any_moment_leaves_the_item_whole_in_one_index(path: Path) -> None:
    chance = random.Random(5)
    for _ in range(5):
        with flipping(path) as process:
            time.sleep(chance.uniform(0.01, 0.1))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with closing(Fts5Index(keyed(path))) as reopened:
            [(item_id, version)] = reopened.items_indexed()
            expected = [row_id(item_id, slot) for slot in reversed(SLOTS)]
            assert found(reopened, f"v{version}") == expected
            assert found(reopened, "张伟") == expected
            assert found(reopened, "张伟", restricted=False) == ([] if version % 2 else expected)
            assert reopened.rows_of(item_id) == sorted(expected)
