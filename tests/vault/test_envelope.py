from collections.abc import Callable, Iterator
from random import Random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from archive.core.errors import Altered, TooLarge
from archive.core.vault import envelope
from archive.core.vault.envelope import Reader, seal, sealed_size, self_test
from tests.vault.mutations import KINDS, any_forged, sample, wrongly_read
from tests.vault.sealing import (
    DEK,
    DEK_ID,
    FIRST,
    OBJECT,
    OTHER_DEK,
    OTHER_DEK_ID,
    OTHER_OBJECT,
    REST,
    SEGMENT,
    SIZES,
    hkdf,
    opened,
    reader,
    sealed,
    text,
)


def test_the_self_test_notices_other_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "MAGIC", b"ARC2")
    with pytest.raises(Altered, match="encryption library"):
        self_test()


# --- whole and in ranges -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back_and_has_the_announced_size(size: int) -> None:
    container = sealed(text(size))
    assert len(container) == sealed_size(size)
    assert reader(container).size == size
    assert opened(container) == text(size)


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 2000))
def test_the_cut_of_the_incoming_stream_does_not_matter(pieces: list[bytes], repeat: int) -> None:
    chunks = pieces * repeat
    assert opened(b"".join(seal(DEK, OBJECT, DEK_ID, chunks))) == b"".join(chunks)


LONG = text(FIRST + 2 * REST + 1000)
LONG_SEALED = sealed(LONG)
NEAR_EDGES = st.sampled_from([0, FIRST, FIRST + REST, FIRST + 2 * REST, len(LONG)]).flatmap(
    lambda edge: st.integers(max(0, edge - 20), edge + 20)
)


@given(NEAR_EDGES | st.integers(0, len(LONG) + 100), st.integers(0, 40) | st.integers(0, len(LONG) + 100))
def test_any_range_is_the_slice_of_the_whole(offset: int, length: int) -> None:
    assert reader(LONG_SEALED).read(offset, length) == LONG[offset : offset + length]


@pytest.mark.parametrize(("offset", "length"), [(-1, 5), (0, -1)])
def test_a_range_counts_from_zero(offset: int, length: int) -> None:
    with pytest.raises(ValueError, match="from zero"):
        reader(LONG_SEALED).read(offset, length)


def test_a_range_fetches_the_segments_it_touches_and_no_others() -> None:
    fetched: list[tuple[int, int]] = []

    def read_at(offset: int, length: int) -> bytes:
        fetched.append((offset, length))
        return LONG_SEALED[offset : offset + length]

    ours = Reader(DEK, OBJECT, DEK_ID, len(LONG_SEALED), read_at)
    fetched.clear()
    ours.read(FIRST + 5, 10)
    assert fetched == [(72 + SEGMENT, SEGMENT)]


def test_a_damaged_segment_spoils_only_the_ranges_that_touch_it() -> None:
    damaged = bytearray(LONG_SEALED)
    damaged[72 + SEGMENT + 9] ^= 1
    ours = reader(bytes(damaged))
    assert ours.read(0, FIRST) == LONG[:FIRST]
    assert ours.read(FIRST + REST, 100) == LONG[FIRST + REST : FIRST + REST + 100]
    with pytest.raises(Altered, match="segment 2 of 4"):
        ours.read(FIRST, 1)


def test_sealing_holds_no_more_than_the_segment_it_fills() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1000
            yield bytes(1000)

    stream = seal(DEK, OBJECT, DEK_ID, endless())
    given_out = sum(len(next(stream)) for _ in range(40))
    assert taken - given_out < 2000


def test_the_same_text_never_seals_to_the_same_bytes() -> None:
    assert sealed(b"text")[72:] != sealed(b"text")[72:]


def test_an_object_above_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "MOST_BYTES", 1000)
    assert opened(sealed(bytes(1000))) == bytes(1000)
    with pytest.raises(TooLarge):
        sealed(bytes(1001))


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_length_is_a_mistake_of_the_caller(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sealed(b"", dek=bytes(size))


# --- nothing altered is accepted -----------------------------------------------------------------------------


def test_of_2000_altered_objects_none_is_accepted() -> None:
    """``python -m bench.mutate`` tries a hundred thousand."""
    wrong = [
        (number, kind, found)
        for number in range(2000)
        for kind in [KINDS[number % len(KINDS)]]
        for random in [Random(f"2026:{number}")]
        if (found := wrongly_read(*any_forged(kind, random), random))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "nonce"),
    [
        ("cut between segments", lambda prefix, number, **_: prefix + number.to_bytes(5, "big")),
        ("swap segments", lambda prefix, _number, **_: prefix + bytes(5)),
    ],
)
def test_a_container_that_let_something_pass_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch, kind: str, nonce: Callable[..., bytes]
) -> None:
    monkeypatch.setattr(envelope, "_nonce", nonce)
    sample.cache_clear()
    found = {wrongly_read(*any_forged(kind, random), random) for random in map(Random, range(60))}
    sample.cache_clear()
    assert found - {None}


CONTAINERS = [sealed(plain) for plain in (text(0), text(40), text(FIRST), text(FIRST + 1), LONG)]


@pytest.mark.parametrize("container", CONTAINERS, ids=len)
def test_another_key_or_identity_does_not_open(container: bytes) -> None:
    for dek, object_id, dek_id in [
        (OTHER_DEK, OBJECT, DEK_ID),
        (DEK, OTHER_OBJECT, DEK_ID),
        (DEK, OBJECT, OTHER_DEK_ID),
    ]:
        with pytest.raises(Altered):
            reader(container, dek=dek, object_id=object_id, dek_id=dek_id)


@pytest.mark.parametrize(
    ("at", "byte", "told"),
    [
        (0, 0, "begin"),
        (4, 2, "suite 2"),
        (5, 17, "header"),
        (6, 1, "header"),
        (7, 1, "header"),
        (72, 39, "header"),
    ],
)
def test_a_header_field_of_another_value_is_named(at: int, byte: int, told: str) -> None:
    changed = bytearray(sealed(b"text"))
    changed[at] = byte
    with pytest.raises(Altered, match=told):
        reader(bytes(changed))


def test_a_store_that_gives_fewer_bytes_than_it_announced_is_noticed() -> None:
    ours = Reader(
        DEK, OBJECT, DEK_ID, len(LONG_SEALED), lambda at, size: LONG_SEALED[at : min(at + size, 300_000)]
    )
    with pytest.raises(Altered, match="cut off"):
        ours.read(FIRST, 10)


# --- one text, one key ---------------------------------------------------------------------------------------


def times(a: int, b: int) -> int:
    """Multiplication in the field of GHASH (NIST SP 800-38D §6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (0xE1 << 120 if b & 1 else 0)
    return product


def inverse(a: int) -> int:
    result, square = 1 << 127, a
    for _ in range(127):
        square = times(square, square)
        result = times(result, square)
    return result


def block(key: bytes, data: bytes) -> int:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # one block: what GCM is made of
    return int.from_bytes(encryptor.update(data), "big")


def salamander(header: bytes, salt: bytes, prefix: bytes) -> bytes:
    """One segment whose tag is right under DEK and under OTHER_DEK (Dodis and others, 2018)."""
    keys = [hkdf(hkdf(dek, None, b"arc1/body\x01"), salt, header[:40]) for dek in (DEK, OTHER_DEK)]
    nonce = prefix + bytes(4) + b"\x01"
    chosen = [int.from_bytes(b"sixteen bytes %02d" % number, "big") for number in range(2)]
    lengths = 3 * 128
    hashes, masks, squares = [], [], []
    for key in keys:
        h = block(key, bytes(16))
        squares.append(times(h, h))
        cube = times(squares[-1], h)
        hashes.append(times(chosen[0], times(cube, h)) ^ times(chosen[1], cube) ^ times(lengths, h))
        masks.append(block(key, nonce + b"\0\0\0\x01"))
    difference = hashes[0] ^ hashes[1] ^ masks[0] ^ masks[1]
    last = times(difference, inverse(squares[0] ^ squares[1]))
    tag = hashes[0] ^ masks[0] ^ times(last, squares[0])
    return b"".join(value.to_bytes(16, "big") for value in [*chosen, last, tag])


def test_a_file_made_for_two_keys_opens_under_the_key_it_commits_to_and_no_other() -> None:
    header, salt, prefix = sealed(b"")[:40], bytes(32), bytes(7)
    body = bytes([40]) + salt + prefix + salamander(header, salt, prefix)
    for_one = header + hkdf(DEK, None, b"arc1/commit" + header) + body
    for_other = header + hkdf(OTHER_DEK, None, b"arc1/commit" + header) + body
    assert opened(for_one) != opened(for_other, dek=OTHER_DEK)  # without the commitment the attack works
    for container, dek in [(for_one, OTHER_DEK), (for_other, DEK)]:
        with pytest.raises(Altered, match="another key"):
            reader(container, dek=dek)


def test_the_commitment_is_compared_before_any_segment_is_fetched() -> None:
    fetched: list[tuple[int, int]] = []

    def read_at(offset: int, length: int) -> bytes:
        fetched.append((offset, length))
        return LONG_SEALED[offset : offset + length]

    with pytest.raises(Altered, match="another key"):
        Reader(OTHER_DEK, OBJECT, DEK_ID, len(LONG_SEALED), read_at)
    assert fetched == [(0, 112)]
