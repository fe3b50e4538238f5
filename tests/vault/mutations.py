"""Sealed objects altered in every way open to somebody who has the store in his hands, and what may then be read of them.

He knows neither the key nor what is read next. So each altered object is read whole and in ranges, and every reading
ends in ``Altered`` or hands out what was sealed, from segments that nobody touched.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from uuid import UUID

from archive.core.errors import Altered
from archive.core.vault.envelope import Reader
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
    sealed,
    text,
)

HEADER = 72
TAG = 16
BODY_HEADER = 40
SIZES = {
    **dict.fromkeys((0, 1, 40), 2),
    **dict.fromkeys((1000, 5000, 20_000), 8),
    **dict.fromkeys((FIRST, FIRST + 1, FIRST + REST, FIRST + 2 * REST + 1000), 5),
}
"""Bytes of text, and how often they are chosen: the last four fill segments of 256 KiB."""

RANGES = 3
LONGEST_RANGE = 1000


@dataclass(frozen=True)
class Sample:
    """One text as it was sealed, and its doubles: sealed once more, another text under another name, another under another key."""

    plain: bytes
    genuine: bytes
    again: bytes
    foreign: bytes
    other_key: bytes

    @property
    def parts(self) -> list[bytes]:
        return segments(self.genuine)

    def having(self, parts: list[bytes]) -> bytes:
        return self.genuine[:HEADER] + b"".join(parts)


@dataclass(frozen=True)
class Forged:
    """What lies in the store now, the size that the store tells, and the key and names under which it is asked for."""

    container: bytes
    announced: int
    dek: bytes = DEK
    object_id: UUID = OBJECT
    dek_id: UUID = DEK_ID

    def open(self) -> Reader:
        def read_at(offset: int, length: int) -> bytes:
            return self.container[offset : offset + length]

        return Reader(self.dek, self.object_id, self.dek_id, self.announced, read_at)


@cache
def sample(size: int) -> Sample:
    plain, other = text(size), text(size, seed=9)
    return Sample(
        plain,
        sealed(plain),
        sealed(plain),
        sealed(other, object_id=OTHER_OBJECT),
        sealed(other, dek=OTHER_DEK, dek_id=OTHER_DEK_ID),
    )


def segments(container: bytes) -> list[bytes]:
    return [container[at : at + SEGMENT] for at in range(HEADER, len(container), SEGMENT)]


# --- what is done to it --------------------------------------------------------------------------------------

Bytes = Callable[[Sample, Random], bytes]


def flipped(content: bytes, at: int, bit: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


def _flip(first: int, end: int | None) -> Bytes:
    """One bit between these places; ``end`` None is the end of the object, negative places count from there."""

    def flip(of: Sample, random: Random) -> bytes:
        size = len(of.genuine)
        return flipped(
            of.genuine, random.randrange(first % size, size if end is None else end), random.randrange(8)
        )

    return flip


def _flip_many(of: Sample, random: Random) -> bytes:
    content = of.genuine
    for _ in range(random.randrange(2, 10)):
        content = flipped(content, random.randrange(len(content)), random.randrange(8))
    return content


def _overwrite(of: Sample, random: Random) -> bytes:
    at = random.randrange(len(of.genuine))
    burst = random.choice([bytes(64), random.randbytes(random.randrange(1, 200))])
    return (of.genuine[:at] + burst + of.genuine[at + len(burst) :])[: len(of.genuine)]


def _take_out(of: Sample, random: Random) -> bytes:
    at = random.randrange(len(of.genuine))
    return of.genuine[:at] + of.genuine[at + random.choice([1, TAG, BODY_HEADER, 500]) :]


def _put_in(of: Sample, random: Random) -> bytes:
    at = random.randrange(len(of.genuine))
    return of.genuine[:at] + random.randbytes(random.choice([1, TAG, BODY_HEADER, 500])) + of.genuine[at:]


def _drop(of: Sample, random: Random) -> bytes:
    parts = of.parts
    del parts[random.randrange(len(parts))]
    return of.having(parts)


def _duplicate(of: Sample, random: Random) -> bytes:
    at = random.randrange(len(of.parts))
    return of.having([*of.parts[: at + 1], *of.parts[at:]])


def _splice(double: Callable[[Sample], bytes]) -> Bytes:
    """One segment comes from another object."""

    def splice(of: Sample, random: Random) -> bytes:
        parts, other = of.parts, segments(double(of))
        at = random.randrange(len(parts))
        parts[at] = other[at]
        return of.having(parts)

    return splice


def _joined(of: Sample, random: Random) -> bytes:
    """The beginning of one and the end of another, at any place."""
    at = random.randrange(len(of.genuine))
    return of.genuine[:at] + random.choice([of.again, of.foreign, of.other_key])[at:]


def _header_field(of: Sample, random: Random) -> bytes:
    begin, end = random.choice(
        [(0, 4), (4, 5), (5, 6), (6, 8), (8, 24), (24, 40), (40, 72), (72, 73), (73, 112)]
    )
    return of.genuine[:begin] + random.randbytes(end - begin) + of.genuine[end:]


def _allowed_header(of: Sample, random: Random) -> bytes:
    """Another segment size and suite that the format knows."""
    return of.genuine[:4] + bytes([random.choice([1, 2]), random.choice([18, 20])]) + of.genuine[6:]


def _renamed(of: Sample, _random: Random) -> bytes:
    """Another object under the names of this one: the header's names are changed, its commitment is not."""
    return of.foreign[:8] + of.genuine[8:40] + of.foreign[40:]


BYTES: dict[str, Bytes] = {
    "flip": _flip(0, None),
    "flip in the header": _flip(0, HEADER + BODY_HEADER),
    "flip in the last tag": _flip(-TAG, None),
    "many flips": _flip_many,
    "overwrite": _overwrite,
    "take out": _take_out,
    "put in": _put_in,
    "cut": lambda of, random: of.genuine[: random.randrange(len(of.genuine))],
    "cut between segments": lambda of, random: of.having(of.parts[: random.randrange(len(of.parts))]),
    "append": lambda of, random: of.genuine + random.randbytes(random.choice([1, TAG, 500, SEGMENT])),
    "append a segment": lambda of, random: of.genuine + random.choice(segments(of.again)),
    "drop a segment": _drop,
    "double a segment": _duplicate,
    "swap segments": lambda of, random: of.having(random.sample(of.parts, len(of.parts))),
    "splice the same text": _splice(lambda of: of.again),
    "splice another object": _splice(lambda of: of.foreign),
    "splice another key": _splice(lambda of: of.other_key),
    "join two objects": _joined,
    "another body": lambda of, random: of.having(segments(random.choice([of.foreign, of.other_key]))),
    "another header": lambda of, random: (
        random.choice([of.foreign, of.other_key])[:HEADER] + of.genuine[HEADER:]
    ),
    "another commitment": lambda of, _: of.genuine[:40] + of.other_key[40:HEADER] + of.genuine[HEADER:],
    "a header field": _header_field,
    "a header that is allowed": _allowed_header,
    "another object": lambda of, random: random.choice([of.foreign, of.other_key]),
    "another object renamed": _renamed,
}

ASKED: dict[str, Callable[[Forged, Random], Forged]] = {
    "asked with another key": lambda it, _: replace(it, dek=OTHER_DEK),
    "asked with a key one bit away": lambda it, random: replace(
        it, dek=flipped(DEK, random.randrange(len(DEK)), random.randrange(8))
    ),
    "asked as another object": lambda it, _: replace(it, object_id=OTHER_OBJECT),
    "asked as of another item": lambda it, _: replace(it, dek_id=OTHER_DEK_ID),
    "names exchanged": lambda it, _: replace(it, object_id=DEK_ID, dek_id=OBJECT),
    "a size that is not so": lambda it, random: replace(
        it, announced=max(0, it.announced + random.choice([-SEGMENT, -TAG, -1, 1, TAG, SEGMENT]))
    ),
}
"""The bytes are as they were sealed; what is asked, or what the store says of them, is not."""

KINDS = (*BYTES, *ASKED)


def forge(kind: str, of: Sample, random: Random) -> Forged | None:
    """None when nothing came to be changed, as when the segments of an object with one segment are swapped."""
    if kind in ASKED:
        return ASKED[kind](Forged(of.genuine, len(of.genuine)), random)
    container = BYTES[kind](of, random)
    return None if container in (of.genuine, of.again) else Forged(container, len(container))


def any_forged(kind: str, random: Random) -> tuple[Sample, Forged]:
    while True:
        of = sample(random.choices(list(SIZES), list(SIZES.values()))[0])
        if forged := forge(kind, of, random):
            return of, forged


# --- what may be read of it ----------------------------------------------------------------------------------


def wrongly_read(of: Sample, forged: Forged, random: Random) -> str | None:
    """What was handed out that should not have been, or kept back though nobody touched it; None when all is well."""
    try:
        ours = forged.open()
    except Altered:
        return None
    if _reads_whole(of, ours):
        return "the whole was accepted"
    whole = _whole_segments(of, forged)
    for offset, length in _ranges(of, whole, random):
        may_be_read = _touching(of, offset, length) <= whole
        try:
            got = ours.read(offset, length)
        except Altered:
            if may_be_read:
                return f"{length} untouched bytes at {offset} were refused"
            continue
        if got and not may_be_read:
            return f"{len(got)} altered bytes at {offset} were accepted"
        if got != of.plain[offset : offset + length][: max(0, ours.size - offset)]:
            return f"other bytes at {offset} were handed out"
    return None


def _reads_whole(of: Sample, ours: Reader) -> bool:
    """Or breaks off, but what came before is not what was sealed."""
    at = 0
    try:
        for piece in ours.chunks():
            if piece != of.plain[at : at + len(piece)]:
                return True
            at += len(piece)
    except Altered:
        return False
    return True


def _ranges(of: Sample, whole: set[int], random: Random) -> Iterator[tuple[int, int]]:
    """At the beginnings of segments that were touched, and anywhere."""
    size = max(1, len(of.plain))
    touched = [number for number in range(len(of.parts)) if number not in whole]
    for _ in range(RANGES):
        is_near = touched and random.random() < 0.7
        at = random.choice(touched) * REST - BODY_HEADER if is_near else random.randrange(size)
        yield min(size - 1, max(0, at + random.randrange(-50, 50))), random.randrange(1, LONGEST_RANGE)


def _touching(of: Sample, offset: int, length: int) -> set[int]:
    end = min(offset + length, len(of.plain))
    return set(range((offset + BODY_HEADER) // REST, (end - 1 + BODY_HEADER) // REST + 1))


def _whole_segments(of: Sample, forged: Forged) -> set[int]:
    """Those that stand where they were sealed, under their own salt; the last must be the last still, and no other be it."""
    head = HEADER + BODY_HEADER
    bases = [base for base in (of.genuine, of.again) if base[:head] == forged.container[:head]]
    if not bases or (forged.dek, forged.object_id, forged.dek_id) != (DEK, OBJECT, DEK_ID):
        return set()
    parts, last = segments(bases[0]), (forged.announced - HEADER - 1) // SEGMENT
    return {
        number
        for number, now in enumerate(segments(forged.container[: forged.announced]))
        if number < len(parts)
        and now == parts[number]
        and (number == last) == (number == len(parts) - 1)
        and (number < last or forged.announced <= len(forged.container))
    }
