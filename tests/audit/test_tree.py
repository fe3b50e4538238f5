"""The tree is the one of RFC 6962, and its proofs prove what they say and nothing else."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from archive.core.errors import Altered

# The published test vectors of Certificate Transparency (google/certificate-transparency, merkle_tree_test).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION_OF_5_IN_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_2_TO_5 = [
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]

trees = st.integers(0, 70).map(lambda size: [leaf_hash(bytes([number])) for number in range(size)])
some_trees = trees.filter(bool)


def naive_root(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(naive_root(hashes[:k]), naive_root(hashes[k:]))


def naive_consistency(m: int, hashes: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """RFC 6962 §2.1.2, SUBPROOF word for word."""
    if m == len(hashes):
        return [] if whole else [naive_root(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m <= k:
        return [*naive_consistency(m, hashes[:k], whole=whole), naive_root(hashes[k:])]
    return [*naive_consistency(m - k, hashes[k:], whole=False), naive_root(hashes[:k])]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root(HASHES[:size]).hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT == sha256(b"").digest()


def test_an_inclusion_proof_is_the_published_one() -> None:
    assert [node.hex() for node in inclusion_proof(HASHES, 5)] == INCLUSION_OF_5_IN_8


@pytest.mark.parametrize(("old", "new", "proof"), [(2, 5, CONSISTENCY_2_TO_5), (6, 8, CONSISTENCY_6_TO_8)])
def test_a_consistency_proof_is_the_published_one(old: int, new: int, proof: list[str]) -> None:
    assert [node.hex() for node in consistency_proof(HASHES[:new], old)] == proof


@given(trees)
def test_the_root_is_that_of_the_recursive_definition(hashes: list[bytes]) -> None:
    assert root(hashes) == naive_root(hashes)


@given(some_trees, st.data())
def test_a_consistency_proof_is_that_of_the_recursive_definition(
    hashes: list[bytes], data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, len(hashes)))
    assert consistency_proof(hashes, old) == naive_consistency(old, hashes, whole=True)


@given(some_trees, st.data())
def test_every_leaf_proves_its_place(hashes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    verify_inclusion(hashes[index], index, len(hashes), inclusion_proof(hashes, index), root(hashes))


@given(some_trees, st.data())
def test_a_leaf_proves_no_other_place(hashes: list[bytes], data: st.DataObject) -> None:
    index, claimed = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(-1, len(hashes)))
    if index == claimed:
        return
    with pytest.raises(Altered):
        verify_inclusion(hashes[index], claimed, len(hashes), inclusion_proof(hashes, index), root(hashes))


@given(some_trees, st.data())
def test_a_changed_inclusion_proof_is_refused(hashes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    proof = inclusion_proof(hashes, index)
    with pytest.raises(Altered):
        verify_inclusion(hashes[index], index, len(hashes), _changed(proof, data), root(hashes))


def test_a_lone_leaf_proves_nothing_about_a_larger_tree() -> None:
    with pytest.raises(Altered):
        verify_inclusion(HASHES[0], 0, 2, [], HASHES[0])


@given(trees, st.data())
def test_an_older_tree_proves_that_it_is_the_beginning(hashes: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(0, len(hashes)))
    proof = consistency_proof(hashes, old)
    verify_consistency(old, root(hashes[:old]), len(hashes), root(hashes), proof)


@given(some_trees, st.data())
def test_a_changed_consistency_proof_is_refused(hashes: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(hashes)))
    proof = _changed(consistency_proof(hashes, old), data)
    with pytest.raises(Altered):
        verify_consistency(old, root(hashes[:old]), len(hashes), root(hashes), proof)


@given(some_trees, st.data())
def test_a_rewritten_history_proves_no_consistency(hashes: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(hashes)))
    rewritten = list(hashes)
    rewritten[data.draw(st.integers(0, old - 1))] = leaf_hash(b"another")
    with pytest.raises(Altered):
        verify_consistency(
            old, root(hashes[:old]), len(hashes), root(rewritten), consistency_proof(rewritten, old)
        )


@given(some_trees)
def test_a_tree_is_not_consistent_with_a_larger_one(hashes: list[bytes]) -> None:
    with pytest.raises(Altered):
        verify_consistency(len(hashes) + 1, root(hashes), len(hashes), root(hashes), [])


@given(trees, st.data())
def test_a_stored_edge_goes_on_where_the_tree_stopped(hashes: list[bytes], data: st.DataObject) -> None:
    stop = data.draw(st.integers(0, len(hashes)))
    frontier = Frontier()
    for one in hashes[:stop]:
        frontier.append(one)
    restored = Frontier.from_bytes(frontier.to_bytes())
    for one in hashes[stop:]:
        restored.append(one)
    assert (restored.size, restored.root()) == (len(hashes), root(hashes))


@given(st.binary(max_size=120))
def test_an_edge_whose_hashes_do_not_fit_its_size_is_refused(data: bytes) -> None:
    if len(data) >= 8 and len(data) - 8 == 32 * int.from_bytes(data[:8], "big").bit_count():
        return
    with pytest.raises(Altered):
        Frontier.from_bytes(data)


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(HASHES, index)


@pytest.mark.parametrize("size", [-1, 9])
def test_there_is_no_proof_for_a_tree_that_never_was(size: int) -> None:
    with pytest.raises(IndexError):
        consistency_proof(HASHES, size)


def _changed(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """A node more, a node less, or one bit of one node."""
    ways = ["more", *(["less", "bit"] if proof else [])]
    way = data.draw(st.sampled_from(ways))
    if way == "more":
        at = data.draw(st.integers(0, len(proof)))
        return [*proof[:at], leaf_hash(b"one too many"), *proof[at:]]
    at = data.draw(st.integers(0, len(proof) - 1))
    if way == "less":
        return proof[:at] + proof[at + 1 :]
    return [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
