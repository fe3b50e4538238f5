"""The verifier's own arithmetic, compared with libraries that it must do without."""

import ast
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.audit.tree import inclusion_proof, leaf_hash, root
from archive.desks.legal import packed_verifier
from archive.desks.legal.custody import Levels
from archive.desks.legal.packed_verifier import ORDER, ed25519_verifies, included

seeds, messages = st.binary(min_size=32, max_size=32), st.binary(max_size=200)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, message=messages)
def test_a_signature_of_the_library_verifies(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert ed25519_verifies(key.public_key().public_bytes_raw(), message, key.sign(message))


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    message=messages,
    place=st.integers(0, 511),
    where=st.sampled_from(["signature", "message", "key"]),
)
def test_one_bit_changed_does_not(seed: bytes, message: bytes, place: int, where: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    parts = {
        "key": key.public_key().public_bytes_raw(),
        "message": message + b"!",
        "signature": key.sign(message + b"!"),
    }
    changed = bytearray(parts[where])
    changed[place // 8 % len(changed)] ^= 1 << place % 8
    parts[where] = bytes(changed)
    assert not ed25519_verifies(parts["key"], parts["message"], parts["signature"])


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_a_scalar_above_the_order_is_refused(seed: bytes) -> None:
    """RFC 8032 §5.1.7: otherwise one signature could be written in several ways."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature = key.sign(b"m")
    other = int.from_bytes(signature[32:], "little") + ORDER
    forged = signature[:32] + other.to_bytes(32, "little")
    assert not ed25519_verifies(key.public_key().public_bytes_raw(), b"m", forged)


def test_keys_and_signatures_of_another_length_are_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    assert not ed25519_verifies(public[:-1], b"m", signature)
    assert not ed25519_verifies(public, b"m", signature + b"\0")
    assert not ed25519_verifies(b"\xff" * 32, b"m", signature)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 70), data=st.data())
def test_the_proofs_of_a_bag_are_those_of_the_tree(size: int, data: st.DataObject) -> None:
    leaves = [str(number).encode() for number in range(size)]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    index = data.draw(st.integers(0, size - 1))
    levels = Levels(hashes)
    assert (levels.root, levels.proof(index)) == (root(hashes), inclusion_proof(hashes, index))
    assert included(leaves[index], index, size, levels.proof(index), levels.root)
    assert not included(b"another", index, size, levels.proof(index), levels.root)


def test_it_runs_on_python_3_8() -> None:
    ast.parse(Path(packed_verifier.__file__).read_text("utf-8"), feature_version=(3, 8))


def test_it_imports_the_standard_library_only() -> None:
    text = Path(packed_verifier.__file__).read_text("utf-8")
    imported = {
        line.split()[1] for line in text.splitlines() if line.strip().startswith(("import ", "from "))
    }
    assert imported <= {
        "__future__",
        "base64",
        "hashlib",
        "json",
        "re",
        "sys",
        "pathlib",
        "typing",
        "collections.abc",
    }
