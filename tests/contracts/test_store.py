"""What every object store promises; an adapter joins by adding its fixture to ``ADAPTERS``."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from archive.core.errors import Conflict, ObjectMissing
from archive.core.vault.local import LocalStore
from archive.core.vault.store import Store

ADAPTERS: dict[str, Callable[[Path], Store]] = {"local": lambda folder: LocalStore(folder / "objects")}


@pytest.fixture(params=list(ADAPTERS))
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens the same store once more, as another process would."""
    return lambda: ADAPTERS[request.param](tmp_path)


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    return reopen()


class BrokenOffError(Exception):
    """The upload ended in the middle."""


def breaking_off(after: bytes) -> Iterator[bytes]:
    yield after
    raise BrokenOffError


def test_an_object_comes_back_as_it_was_put_also_in_another_process(
    store: Store, reopen: Callable[[], Store]
) -> None:
    object_id = uuid4()
    assert store.put(object_id, [b"one ", b"", b"two ", b"three"]) == 13
    assert reopen().read_at(object_id, 0, 13) == b"one two three"
    assert reopen().size(object_id) == 13


def test_an_empty_object_is_an_object(store: Store) -> None:
    object_id = uuid4()
    assert store.put(object_id, []) == 0
    assert (store.exists(object_id), store.size(object_id), store.read_at(object_id, 0, 10)) == (True, 0, b"")


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [(0, 3, b"abc"), (2, 4, b"cdef"), (24, 10, b"yz"), (26, 5, b""), (100, 5, b""), (5, 0, b"")],
)
def test_a_range_is_short_only_where_the_object_ends(
    store: Store, offset: int, length: int, expected: bytes
) -> None:
    object_id = uuid4()
    store.put(object_id, [b"abcdefghijklmnopqrstuvwxyz"])
    assert store.read_at(object_id, offset, length) == expected


def test_a_large_object_is_whole(store: Store) -> None:
    object_id = uuid4()
    chunks = [bytes([number]) * 700_001 for number in range(9)]
    assert store.put(object_id, iter(chunks)) == 9 * 700_001
    assert store.read_at(object_id, 0, 10**8) == b"".join(chunks)


def test_an_object_is_never_overwritten(store: Store) -> None:
    object_id = uuid4()
    store.put(object_id, [b"first"])
    with pytest.raises(Conflict):
        store.put(object_id, [b"second"])
    assert store.read_at(object_id, 0, 10) == b"first"


def test_an_object_that_is_already_there_is_told_before_any_byte_is_taken(store: Store) -> None:
    object_id = uuid4()
    store.put(object_id, [b"first"])
    with pytest.raises(Conflict):
        store.put(object_id, breaking_off(after=b""))


def test_of_many_writers_of_one_object_one_wins_and_its_bytes_are_whole(reopen: Callable[[], Store]) -> None:
    object_id = uuid4()
    together = threading.Barrier(4)

    def slowly(letter: bytes) -> Iterator[bytes]:
        yield letter
        together.wait()  # all have begun before any ends
        yield letter * 9

    def write(letter: bytes) -> bool:
        try:
            reopen().put(object_id, slowly(letter))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(write, [b"a", b"b", b"c", b"d"]))
    assert won.count(True) == 1
    assert reopen().read_at(object_id, 0, 20) == b"abcd"[won.index(True)].to_bytes() * 10


def test_an_object_is_not_seen_before_it_is_whole(store: Store, reopen: Callable[[], Store]) -> None:
    object_id = uuid4()
    seen: list[bool] = []

    def watching() -> Iterator[bytes]:
        yield b"half"
        seen.append(reopen().exists(object_id))
        seen.append(object_id in list(reopen().objects()))
        yield b"whole"

    store.put(object_id, watching())
    assert seen == [False, False]
    assert store.exists(object_id)


def test_a_writing_that_breaks_off_leaves_nothing_and_may_be_repeated(store: Store) -> None:
    object_id = uuid4()
    with pytest.raises(BrokenOffError):
        store.put(object_id, breaking_off(after=b"half"))
    assert not store.exists(object_id)
    assert list(store.objects()) == []
    assert store.sweep_temporary(older_than_s=-10) == 0
    assert store.put(object_id, [b"whole"]) == 5


def test_a_missing_object_is_missing(store: Store) -> None:
    assert not store.exists(uuid4())
    with pytest.raises(ObjectMissing):
        store.size(uuid4())
    with pytest.raises(ObjectMissing):
        store.read_at(uuid4(), 0, 1)


def test_a_deleted_object_is_gone_and_deleting_twice_is_no_error(store: Store) -> None:
    object_id, other = uuid4(), uuid4()
    store.put(object_id, [b"x"])
    store.put(other, [b"y"])
    store.delete(object_id)
    store.delete(object_id)
    assert (store.exists(object_id), store.exists(other)) == (False, True)
    with pytest.raises(ObjectMissing):
        store.read_at(object_id, 0, 1)


def test_the_list_names_all_objects_and_nothing_else(store: Store) -> None:
    put = {uuid4() for _ in range(20)} | {UUID(int=0), UUID(int=2**128 - 1)}
    for object_id in put:
        store.put(object_id, [b"x"])
    gone = put.pop()
    store.delete(gone)
    assert sorted(store.objects()) == sorted(put)


def test_sweeping_leaves_whole_objects_alone(store: Store) -> None:
    object_id = uuid4()
    store.put(object_id, [b"x"])
    assert store.sweep_temporary(older_than_s=-10) == 0
    assert store.exists(object_id)


def test_damaged_bytes_are_replaced_by_whole_ones(store: Store, reopen: Callable[[], Store]) -> None:
    object_id = uuid4()
    store.put(object_id, [b"damaged bytes"])
    store.replace(object_id, [b"whole ", b"ones"])
    assert (reopen().size(object_id), reopen().read_at(object_id, 0, 100)) == (10, b"whole ones")


def test_a_lost_object_is_put_back(store: Store) -> None:
    object_id = uuid4()
    store.replace(object_id, [b"found again"])
    assert store.read_at(object_id, 0, 100) == b"found again"


def test_a_replacing_that_breaks_off_leaves_what_was_there(store: Store) -> None:
    object_id = uuid4()
    store.put(object_id, [b"damaged bytes"])
    with pytest.raises(BrokenOffError):
        store.replace(object_id, breaking_off(b"half of it"))
    assert store.read_at(object_id, 0, 100) == b"damaged bytes"
    assert list(store.objects()) == [object_id]


def test_the_time_of_writing_is_that_of_the_machine(store: Store) -> None:
    before, object_id = time.time(), uuid4()
    store.put(object_id, [b"sealed"])
    assert before - 2 <= store.last_written(object_id) <= time.time() + 2
