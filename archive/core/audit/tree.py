"""The Merkle tree of RFC 6962 §2.1 over SHA-256: pure functions on hashes, nothing is stored here."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from archive.core.errors import Altered

HASH = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: one hash for every one-bit of its size, the largest subtree first.

    Enough to add leaves and to name the root, in log2(size) hashes; the leaves behind it are never read again.
    """

    def __init__(self) -> None:
        self.size = 0
        self._nodes: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """``leaf`` is a leaf hash, not the bytes of a leaf."""
        node, carry = leaf, self.size
        while carry & 1:
            node = node_hash(self._nodes.pop(), node)
            carry >>= 1
        self._nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._nodes:
            return EMPTY_ROOT
        node = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            node = node_hash(left, node)
        return node

    def to_bytes(self) -> bytes:
        return self.size.to_bytes(8, "big") + b"".join(self._nodes)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Raises ``Altered`` unless the number of hashes fits the size. Compare ``root()`` before you trust it."""
        size, hashes = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or len(hashes) != HASH * size.bit_count():
            raise _does_not_hold("The stored edge of the tree")
        frontier = cls()
        frontier.size = size
        frontier._nodes = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
        return frontier


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for one in hashes:
        frontier.append(one)
    return frontier.root()


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 9162 §2.1.3.1: the siblings on the way from leaf ``index`` to the root, lowest first."""
    if not 0 <= index < len(hashes):
        raise IndexError("no such leaf")
    low, high, path = 0, len(hashes), []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(hashes[middle:high]))
            high = middle
        else:
            path.append(root(hashes[low:middle]))
            low = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 §2.1.3.2. Raises ``Altered`` unless the leaf hash stands at ``index`` in the tree of this root."""
    if not 0 <= index < size:
        raise _does_not_hold("The proof of inclusion")
    node, position, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise _does_not_hold("The proof of inclusion")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last or node != root:
        raise _does_not_hold("The proof of inclusion")


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """RFC 9162 §2.1.4.1: shows that the first ``old_size`` leaves are the same in both trees."""
    if not 0 <= old_size <= len(hashes):
        raise IndexError("no such tree")
    if old_size in (0, len(hashes)):
        return []
    low, high, path = 0, len(hashes), []
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(root(hashes[middle:high]))
            high = middle
        else:
            path.append(root(hashes[low:middle]))
            low = middle
    if low:
        path.append(root(hashes[low:high]))
    return path[::-1]


def verify_consistency(
    old_size: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162 §2.1.4.2. Raises ``Altered`` unless the older tree is the beginning of the newer one."""
    if not _is_consistent(old_size, old_root, size, new_root, proof):
        raise _does_not_hold("The proof of consistency")


def _is_consistent(
    old_size: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    if not 0 <= old_size <= size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == size:
        return not proof and old_root == new_root
    path = (
        list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    )  # a whole subtree is its own proof
    if not path:
        return False
    position, last = old_size - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two that is smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _does_not_hold(what: str) -> Altered:
    return Altered(f"{what} does not hold.", "Export the log again and compare with a remembered checkpoint.")
