"""Nine ways to alter an exported log, each in a naive and in a clever form, each found against a remembered checkpoint.

Naive: one part of the export is changed. Thorough: every derived value is made anew, but the forger has no signing key.
Clever: he has the signing key too, so the export is whole in itself, and only a checkpoint kept outside tells.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.audit import parts
from archive.core.audit.checkpoint import Checkpoint, note
from archive.core.audit.event import Entry, leaf_bytes
from archive.core.audit.findings import MOST
from tests.audit.logs import (
    SIGNER,
    STRANGER,
    Parts,
    build,
    entries,
    entry,
    found,
    kinds,
    remember,
    uid,
    verify,
)

SIZES = [10, 20, 30, 40]
GENUINE = entries(40)
REMEMBERED = remember(GENUINE, 30)
NEWEST = remember(GENUINE, 40)
FALSE = entry(17, actor="account:somebody-else")
ADDED = entry(99)


def change_line(name: str, number: int, change: Callable[[bytes], bytes]) -> Parts:
    lines = genuine_lines(name)
    lines[number] = change(lines[number])
    return replaced(name, lines)


def genuine_lines(name: str) -> list[bytes]:
    return build(GENUINE, SIZES)[name].splitlines(keepends=True)


def replaced(name: str, lines: list[bytes]) -> Parts:
    return {**build(GENUINE, SIZES), name: b"".join(lines)}


def without(name: str, numbers: range) -> Parts:
    return replaced(name, [line for number, line in enumerate(genuine_lines(name)) if number not in numbers])


def with_line(name: str, number: int, line: bytes) -> Parts:
    lines = genuine_lines(name)
    return replaced(name, [*lines[:number], line, *lines[number:]])


def moved(name: str, start: int, end: int) -> Parts:
    lines = genuine_lines(name)
    lines.insert(end, lines.pop(start))
    return replaced(name, lines)


def edit_row(number: int, **changes: object) -> Parts:
    def change(line: bytes) -> bytes:
        fields = json.loads(line)
        columns = {**fields["columns"], **{k: v for k, v in changes.items() if k in parts.COLUMNS}}
        rest = {k: v for k, v in changes.items() if k not in parts.COLUMNS}
        return json.dumps({**fields, "columns": columns, **rest}).encode() + b"\n"

    return change_line(parts.EVENTS, number, change)


def leaf_line(one: Entry) -> bytes:
    return leaf_bytes(one) + b"\n"


def forged_root() -> Parts:
    return change_line(parts.CHECKPOINTS, 3, lambda line: line.replace(b"\\n40\\n", b"\\n39\\n"))


def older_checkpoint_put_back() -> Parts:
    """All entries are there; the newest checkpoint gives way to the one before."""
    older = build(GENUINE, SIZES[:3])
    return {**build(GENUINE, SIZES), **{name: older[name] for name in (parts.CHECKPOINT, parts.CHECKPOINTS)}}


def test_the_genuine_log_is_whole(tmp_path: Path) -> None:
    assert verify(build(GENUINE, SIZES), tmp_path, NEWEST).ok


def test_a_checkpoint_remembered_before_the_first_entry_compares_with_nothing_lost(tmp_path: Path) -> None:
    report = verify(build(GENUINE, SIZES), tmp_path, remember(GENUINE, 0))
    assert (report.ok, report.compared) == (True, True)


NAIVE: dict[str, tuple[Parts, str, str]] = {
    "edit": (
        change_line(parts.LEAVES, 17, lambda _: leaf_line(FALSE)),
        "edited",
        f"leaf 17, event {uid(17)}",
    ),
    "delete": (without(parts.LEAVES, range(17, 18)), "deleted", f"leaf 17, event {uid(17)}"),
    "insert": (with_line(parts.LEAVES, 17, leaf_line(ADDED)), "inserted", f"leaf 17, event {uid(99)}"),
    "reorder": (moved(parts.LEAVES, 17, 18), "reordered", f"leaf 17, event {uid(17)}"),
    "truncate": (without(parts.LEAVES, range(35, 40)), "truncated", "leaves 35 to 39"),
    "search column": (
        edit_row(17, actor="account:somebody-else"),
        "column-changed",
        f"leaf 17, event {uid(17)}",
    ),
    "forged checkpoint": (forged_root(), "forged-checkpoint", "checkpoint number 3"),
    "older checkpoint": (older_checkpoint_put_back(), "older-checkpoint", "checkpoint of size 30"),
    "cut tail": (build(GENUINE[:35], SIZES), "cut-tail", "leaves 35 to 39"),
}


@pytest.mark.parametrize(("altered", "kind", "place"), NAIVE.values(), ids=NAIVE.keys())
def test_a_naive_alteration_is_found_with_its_kind_and_place(
    tmp_path: Path, altered: Parts, kind: str, place: str
) -> None:
    assert (kind, place) in found(verify(altered, tmp_path, NEWEST))


@pytest.mark.parametrize("name", [name for name in NAIVE if name != "cut tail"])
def test_a_naive_alteration_is_named_once_and_not_taken_for_others(tmp_path: Path, name: str) -> None:
    altered, kind, _ = NAIVE[name]
    usual = {"forged checkpoint": {"forged-checkpoint", "older-checkpoint"}}
    assert kinds(verify(altered, tmp_path, NEWEST)) <= usual.get(name, {kind})


THOROUGH: dict[str, tuple[list[Entry], str, str]] = {
    "edit": ([*GENUINE[:17], FALSE, *GENUINE[18:]], "edited", "leaves 10 to 19"),
    "delete": ([*GENUINE[:17], *GENUINE[18:]], "deleted", "leaves 10 to 19"),
    "insert": ([*GENUINE[:17], ADDED, *GENUINE[17:]], "inserted", "leaves 10 to 19"),
    "insert at the end": ([*GENUINE, ADDED], "inserted", "leaf 40"),
    "reorder": ([*GENUINE[:17], GENUINE[18], GENUINE[17], *GENUINE[19:]], "edited", "leaves 10 to 19"),
    "truncate": (GENUINE[:35], "truncated", "leaves 35 to 39"),
    "first checkpoint": ([FALSE, *GENUINE[1:]], "edited", "leaves 0 to 9"),
}


@pytest.mark.parametrize(("forged", "kind", "place"), THOROUGH.values(), ids=THOROUGH.keys())
def test_without_the_signing_key_the_signed_checkpoints_bound_the_place(
    tmp_path: Path, forged: list[Entry], kind: str, place: str
) -> None:
    notes = build(GENUINE, SIZES)
    altered = {
        **build(forged, SIZES[:3]),
        **{name: notes[name] for name in (parts.CHECKPOINT, parts.CHECKPOINTS)},
    }
    assert (kind, place) in found(verify(altered, tmp_path, None))


CLEVER: dict[str, tuple[Parts, str, str]] = {
    "edit": (build([*GENUINE[:17], FALSE, *GENUINE[18:]], SIZES), "rewritten", "leaves 0 to 29"),
    "delete": (build([*GENUINE[:17], *GENUINE[18:]], [39]), "rewritten", "leaves 0 to 29"),
    "insert": (build([*GENUINE[:17], ADDED, *GENUINE[17:]], [41]), "rewritten", "leaves 0 to 29"),
    "reorder": (
        build([*GENUINE[:17], GENUINE[18], GENUINE[17], *GENUINE[19:]], SIZES),
        "rewritten",
        "leaves 0 to 29",
    ),
    "truncate": (build(GENUINE[:25], [10, 20, 25]), "cut-tail", "leaves 25 to 29"),
    "search column": (
        build([*GENUINE[:17], entry(17, outcome="denied"), *GENUINE[18:]], SIZES),
        "rewritten",
        "leaves 0 to 29",
    ),
    "forged checkpoint": (build(GENUINE, SIZES, STRANGER), "forged-checkpoint", "verifier.key"),
    "older checkpoint": (build(GENUINE[:20], [10, 20]), "older-checkpoint", "checkpoint of size 20"),
    "cut tail": (build(GENUINE[:20], [10, 20]), "cut-tail", "leaves 20 to 29"),
    "cut and filled up": (
        build([*GENUINE[:25], *(entry(100 + number) for number in range(15))], SIZES),
        "rewritten",
        "leaves 0 to 29",
    ),
}


@pytest.mark.parametrize(("altered", "kind", "place"), CLEVER.values(), ids=CLEVER.keys())
def test_with_the_signing_key_the_remembered_checkpoint_tells(
    tmp_path: Path, altered: Parts, kind: str, place: str
) -> None:
    assert (kind, place) in found(verify(altered, tmp_path, REMEMBERED))


@pytest.mark.parametrize("altered", [altered for altered, _, _ in CLEVER.values()], ids=CLEVER.keys())
def test_with_the_signing_key_the_log_is_consistent_in_itself_and_the_report_claims_no_more(
    tmp_path: Path, altered: Parts
) -> None:
    report = verify(altered, tmp_path, None)
    assert (report.ok, report.statement) == (True, "consistent in itself, compared with nothing outside")


def test_with_the_signing_key_entries_newer_than_what_was_remembered_can_be_rewritten(tmp_path: Path) -> None:
    """Not promised; the statement says how far the proof reaches."""
    altered = build([*GENUINE[:35], entry(35, actor="account:x"), *GENUINE[36:]], SIZES)
    report = verify(altered, tmp_path, REMEMBERED)
    assert report.statement.startswith("whole: the first 30 of 40 entries are those remembered outside")


def test_a_log_rewritten_under_another_key_is_both_forged_and_rewritten(tmp_path: Path) -> None:
    altered = build([*GENUINE[:17], FALSE, *GENUINE[18:]], SIZES, STRANGER)
    assert kinds(verify(altered, tmp_path, REMEMBERED)) == {"forged-checkpoint", "rewritten"}


# --- single parts ------------------------------------------------------------------------------------------

ROWS: dict[str, tuple[Parts, str, str]] = {
    "row removed": (without(parts.EVENTS, range(17, 18)), "deleted", f"leaf 17, event {uid(17)}"),
    "row put in": (
        with_line(parts.EVENTS, 17, genuine_lines(parts.EVENTS)[3]),
        "inserted",
        f"leaf 17, event {uid(3)}",
    ),
    "rows exchanged": (moved(parts.EVENTS, 17, 18), "reordered", f"leaf 18, event {uid(18)}"),
    "last rows removed": (without(parts.EVENTS, range(35, 40)), "truncated", "leaves 35 to 39"),
    "row unreadable": (
        change_line(parts.EVENTS, 17, lambda _: b"{}\n"),
        "unreadable",
        f"leaf 17, event {uid(17)}",
    ),
    "stored hash": (edit_row(17, hash="00" * 32), "column-changed", f"leaf 17, event {uid(17)}"),
    "stored hash unreadable": (edit_row(17, hash="x"), "unreadable", f"leaf 17, event {uid(17)}"),
    "event": (edit_row(17, event=str(uid(99))), "column-changed", f"leaf 17, event {uid(17)}"),
    "index": (edit_row(17, index=3), "reordered", f"leaf 17, event {uid(17)}"),
    "no index": (edit_row(17, index=None), "column-changed", f"leaf 17, event {uid(17)}"),
    "trace removed": (edit_row(17, touches=[]), "touch-changed", f"leaf 17, event {uid(17)}"),
    "trace twice": (
        edit_row(17, touches=[GENUINE[17].objects[0], GENUINE[17].target, GENUINE[17].target]),
        "touch-changed",
        f"leaf 17, event {uid(17)}",
    ),
    **{
        f"column {name}": (edit_row(17, **{name: "x"}), "column-changed", f"leaf 17, event {uid(17)}")
        for name in parts.COLUMNS
    },
}


@pytest.mark.parametrize(("altered", "kind", "place"), ROWS.values(), ids=ROWS.keys())
def test_an_alteration_of_the_search_columns_alone_is_found_and_the_entries_are_not_blamed(
    tmp_path: Path, altered: Parts, kind: str, place: str
) -> None:
    report = verify(altered, tmp_path, REMEMBERED)
    assert (kind, place) in found(report)
    assert "edited" not in kinds(report)
    assert "rewritten" not in kinds(report)


def test_a_changed_column_shows_what_it_says_and_what_the_entry_says(tmp_path: Path) -> None:
    report = verify(edit_row(17, purpose="\x1b[2Jaudit"), tmp_path, None)
    assert report.findings[0].words == r"The search column purpose says \u001b[2Jaudit, the entry says claim."


def test_many_removed_entries_are_each_named(tmp_path: Path) -> None:
    report = verify(without(parts.LEAVES, range(5, 25)), tmp_path, NEWEST)
    assert found(report) == [("deleted", f"leaf {number}, event {uid(number)}") for number in range(5, 25)]


def test_an_entry_moved_far_is_named(tmp_path: Path) -> None:
    report = verify(moved(parts.LEAVES, 2, 37), tmp_path, NEWEST)
    assert found(report) == [("reordered", f"leaf 2, event {uid(2)}")]


def test_two_entries_exchanged_beyond_the_window_are_named(tmp_path: Path) -> None:
    many = entries(700)
    altered = build(many, [700])
    lines = altered[parts.LEAVES].splitlines(keepends=True)
    lines[3], lines[650] = lines[650], lines[3]
    report = verify({**altered, parts.LEAVES: b"".join(lines)}, tmp_path, None)
    assert sorted(found(report)) == [
        ("reordered", f"leaf 3, event {uid(3)}"),
        ("reordered", f"leaf 650, event {uid(650)}"),
    ]


def test_an_entry_moved_into_the_place_of_a_removed_one_and_its_place_filled_are_three_findings(
    tmp_path: Path,
) -> None:
    many = entries(700)
    altered = build(many, [700])
    lines = altered[parts.LEAVES].splitlines(keepends=True)
    lines[3], lines[650] = leaf_line(entry(999)), lines[3]
    report = verify({**altered, parts.LEAVES: b"".join(lines)}, tmp_path, None)
    assert sorted(found(report)) == [
        ("deleted", f"leaf 650, event {uid(650)}"),
        ("inserted", f"leaf 3, event {uid(999)}"),
        ("reordered", f"leaf 3, event {uid(3)}"),
    ]


def test_a_signed_checkpoint_over_another_tree_bounds_the_place_though_later_ones_fit(tmp_path: Path) -> None:
    other = build([*GENUINE[:17], FALSE, *GENUINE[18:]], SIZES)[parts.CHECKPOINTS].splitlines(keepends=True)
    altered = change_line(parts.CHECKPOINTS, 1, lambda _: other[1])
    assert found(verify(altered, tmp_path, None)) == [("edited", "leaves 10 to 19")]


def test_a_report_of_very_many_findings_stays_short_and_counts_them(tmp_path: Path) -> None:
    many = entries(1500)
    altered = {**build(many, [1500]), parts.LEAVES: b"{}\n" * 1500}
    report = verify(altered, tmp_path, None)
    assert len(report.findings) == MOST
    assert report.count > 1000


def test_entries_without_any_checkpoint_are_not_proven(tmp_path: Path) -> None:
    assert found(verify(build(GENUINE, []), tmp_path, None)) == [("missing-part", "checkpoints")]


def test_checkpoints_in_falling_order_are_found(tmp_path: Path) -> None:
    altered = build(GENUINE, [10, 30, 20, 40])
    assert found(verify(altered, tmp_path, None)) == [("older-checkpoint", "checkpoint of size 20")]


def test_a_checkpoint_of_another_log_under_the_same_key_is_found(tmp_path: Path) -> None:
    foreign = note(Checkpoint("other.example/log", 20, b"r" * 32), SIGNER)
    altered = change_line(parts.CHECKPOINTS, 1, lambda _: parts.checkpoint_line(20, foreign))
    assert found(verify(altered, tmp_path, None)) == [("forged-checkpoint", "checkpoint of size 20")]


@pytest.mark.parametrize("name", parts.ALL)
def test_a_missing_part_is_named(tmp_path: Path, name: str) -> None:
    altered = {part: data for part, data in build(GENUINE, SIZES).items() if part != name}
    assert found(verify(altered, tmp_path, REMEMBERED)) == [("missing-part", name)]


def test_a_part_that_no_export_has_is_named(tmp_path: Path) -> None:
    altered = {**build(GENUINE, SIZES), "extra.txt": b""}
    assert found(verify(altered, tmp_path, REMEMBERED)) == [("unexpected-part", "extra.txt")]


def test_an_export_of_another_format_is_not_judged(tmp_path: Path) -> None:
    altered = {**build(GENUINE, SIZES), parts.README: b"Juanzong access log, export format 2\n"}
    assert found(verify(altered, tmp_path, None)) == [("unreadable", parts.README)]


@pytest.mark.parametrize("name", [name for name in parts.ALL if name not in (parts.README, parts.STRAYS)])
def test_a_part_without_its_last_line_break_is_found(tmp_path: Path, name: str) -> None:
    whole = build(GENUINE, SIZES)
    report = verify({**whole, name: whole[name][:-1]}, tmp_path, REMEMBERED)
    assert ("truncated", name) in found(report)
