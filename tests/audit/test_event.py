"""A leaf is one canonical line; only what was written so is read."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.audit.event import Entry, detail_digest, leaf_bytes, read_leaf, touched
from archive.core.errors import Altered
from tests.audit.logs import entry

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe = st.none() | texts
lists = st.lists(texts, max_size=4).map(tuple)
random_entries = st.builds(
    Entry,
    event=st.uuids(),
    at=st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds the zone
    actor=texts,
    role=texts,
    session=maybe,
    action=texts,
    target=maybe,
    grant=maybe,
    purpose=maybe,
    outcome=texts,
    reasons=lists,
    policy=texts,
    objects=lists,
    detail=maybe,
)


@given(random_entries)
def test_an_entry_is_read_back_as_it_was_written(one: Entry) -> None:
    assert read_leaf(leaf_bytes(one)) == one


@given(random_entries)
def test_a_leaf_is_one_line(one: Entry) -> None:
    assert b"\n" not in leaf_bytes(one)


def test_a_leaf_is_these_bytes_for_ever() -> None:
    leaf = leaf_bytes(entry(7, target=None, purpose="理赔", reasons=()))
    assert leaf == (
        b'{"action":"page:show","actor":"account:01900000-0000-7000-8000-0000000dbba1",'
        b'"at":"2026-11-24T08:00:07.000000Z","detail":null,"event":"01900000-0000-7000-8000-000000000007",'
        b'"grant":"01900000-0000-7000-8000-0000000927c0",'
        b'"objects":["page:01900000-0000-7000-8000-00000007a127"],"outcome":"done","policy":"1",'
        b'"purpose":"\xe7\x90\x86\xe8\xb5\x94","reasons":[],"role":"claims_handler",'
        b'"session":"01900000-0000-7000-8000-0000000c3500","target":null,"v":1}'
    )


def test_equal_moments_in_two_zones_give_equal_bytes() -> None:
    at = datetime(2026, 11, 24, 16, 0, tzinfo=timezone(timedelta(hours=8)))
    assert leaf_bytes(entry(0, at=at)) == leaf_bytes(entry(0, at=at.astimezone(UTC)))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        leaf_bytes(entry(0, at=datetime(2026, 11, 24)))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"extra": "x"},
        {"actor": 5},
        {"actor": None},
        {"event": "not a uuid"},
        {"event": "01900000000070008000000000000007"},
        {"at": "2026-11-24T08:00:07Z"},
        {"at": "0001-01-01T00:00:00.000000+14:00"},
        {"objects": "page:1"},
        {"objects": [1]},
        {"actor": "\ud800"},
    ],
)
def test_another_shape_is_not_a_leaf(change: dict[str, object]) -> None:
    fields = json.loads(leaf_bytes(entry(7))) | change
    with pytest.raises(Altered):
        read_leaf(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        leaf_bytes(entry(1)) + b" ",
        leaf_bytes(entry(1)).replace(b'"v":1', b'"v":1,"v":1'),
        leaf_bytes(entry(1)).replace(b'{"action', b'{ "action'),
        leaf_bytes(entry(1)).replace(b"claim", b"cl\\u0061im"),
    ],
    ids=["empty", "null", "list", "no text", "deep", "space", "twice", "inner space", "escape"],
)
def test_other_bytes_are_not_a_leaf(data: bytes) -> None:
    with pytest.raises(Altered):
        read_leaf(data)


@given(st.binary(max_size=60))
def test_reading_rubbish_says_altered(data: bytes) -> None:
    with pytest.raises(Altered):
        read_leaf(data)


def test_a_done_act_touches_its_target_and_objects_once() -> None:
    assert touched(entry(0, target="item:1", objects=("page:2", "item:1"))) == ("item:1", "page:2")


@pytest.mark.parametrize("outcome", ["denied", "not found", "failed: StoreFull"])
def test_an_act_that_was_not_done_touches_nothing(outcome: str) -> None:
    assert touched(entry(0, outcome=outcome)) == ()


def test_the_detail_digest_is_salted_and_set_apart_from_leaves_and_nodes() -> None:
    assert detail_digest(b"salt", "王小明") == sha256(b"\x02salt" + "王小明".encode()).hexdigest()
