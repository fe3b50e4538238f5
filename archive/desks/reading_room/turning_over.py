"""Where one can turn to from a page: pure."""

from dataclasses import dataclass

MOST_LISTED = 120
"""So many pages stand on the strip one by one; of more, the first, the last, those near, and those with hits."""

NEIGHBOURS = 12


@dataclass(frozen=True)
class Turning:
    """Numbers of pages, None where there is none. ``strip``: what the strip lists; None stands for pages left out."""

    before: int | None
    after: int | None
    second: int | None
    first: int
    last: int
    hit_before: int | None
    hit_after: int | None
    hits: frozenset[int]
    strip: tuple[int | None, ...]


def turning_of(
    number: int, numbers: tuple[int, ...], hit_pages: tuple[int, ...] | None, *, two: bool
) -> Turning:
    """``two``: with the page beside this one, turning leads over both."""
    later = [each for each in numbers if each > number]
    earlier = [each for each in numbers if each < number]
    step = 2 if two else 1
    hits = hit_pages or ()
    end = later[0] if two and later else number
    return Turning(
        before=earlier[max(-step, -len(earlier))] if earlier else None,
        after=later[step - 1] if len(later) >= step else None,
        second=later[0] if two and later else None,
        first=numbers[0] if numbers else number,
        last=numbers[-1] if numbers else number,
        hit_before=max((each for each in hits if each < number), default=None),
        hit_after=min((each for each in hits if each > end), default=None),
        hits=frozenset(hits),
        strip=_strip(number, numbers, hits),
    )


def _strip(number: int, numbers: tuple[int, ...], hits: tuple[int, ...]) -> tuple[int | None, ...]:
    if len(numbers) <= MOST_LISTED:
        return numbers
    near = {each for each in numbers if abs(each - number) <= NEIGHBOURS}
    shown = sorted({numbers[0], numbers[-1], *near, *hits[:MOST_LISTED]})
    listed: list[int | None] = []
    for each in shown:
        if listed and each != _next(numbers, listed[-1]):
            listed.append(None)
        listed.append(each)
    return tuple(listed)


def _next(numbers: tuple[int, ...], number: int | None) -> int | None:
    return next((each for each in numbers if number is not None and each > number), None)
