"""Inputs near to genuine ones: samples with a few edits, as accidents and attackers make them."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from hypothesis import strategies as st

MOST_EDITS = 6
NUMBERS = [number.to_bytes(size, "big") for size in (1, 2, 4) for number in (0, 1, 2 ** (8 * size) - 1)]
NUMBERS += [(64 << 20).to_bytes(4, "big"), (1 << 31).to_bytes(4, "big")]

Edit = Callable[[bytes, int, int, bytes], bytes]
"""Bytes, a place in them, a length, and bytes to put there."""

EDITS: tuple[Edit, ...] = (
    lambda data, at, _, new: data[:at] + new + data[at:],
    lambda data, at, _, new: data[:at] + new + data[at + len(new) :],
    lambda data, at, length, new: data[:at] + new + data[at + length :],
    lambda data, at, length, _: data[:at] + data[at + length :],
    lambda data, at, length, _: data[: at + length] + data[at:],
    lambda data, at, length, new: data[:at] + new * length + data[at:],
    lambda data, at, *_: data[:at],
)


def edited(samples: Sequence[bytes], words: Sequence[bytes] = ()) -> st.SearchStrategy[bytes]:
    """``words`` mean something to the reader: names of fields, operators, magic numbers.

    One number is drawn for each input and the edits follow from it: ten times as many inputs as when each is drawn.
    """
    return st.integers(0, 2**64 - 1).map(partial(_edited, samples, (*words, *NUMBERS)))


def _edited(samples: Sequence[bytes], words: Sequence[bytes], drawn: int) -> bytes:
    random = Random(drawn)
    data = random.choice(samples)
    if random.random() < 0.1:
        data = data[: random.randrange(len(data) + 1)] + _end(random.choice(samples), random)
    for _ in range(random.randrange(MOST_EDITS + 1)):
        at, length = random.randrange(len(data) + 1), random.choice((1, 1, 2, 4, 16, 40))
        if random.random() < 0.25 and at < len(data):
            data = data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
        else:
            new = random.choice(words) if random.random() < 0.6 else random.randbytes(random.randrange(1, 9))
            data = random.choice(EDITS)(data, at, length, new)
    return data


def _end(sample: bytes, random: Random) -> bytes:
    return sample[random.randrange(len(sample) + 1) :]
