"""``juanzong doctor --deep``: a sweep and a whole fixity check at once, beside whatever is running."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from archive.cli.configured import passphrase
from archive.cli.memory import leave_no_dump
from archive.cli.output import Exit, console
from archive.core.access.actions import Role
from archive.core.settings import Settings
from archive.desks.preservation import rounds
from archive.desks.preservation.findings import DAMAGE, Kind, Tally
from archive.desks.preservation.fixity import Pace
from archive.desks.preservation.rounds import check_all_now, sweep_now
from archive.wiring import open_archive, system
from archive.worker import keeper_of

REMEDIES: dict[Kind, str] = {
    Kind.OBJECT_MISSING: "put it back from the backup: juanzong restore TARGET --damaged",
    Kind.OBJECT_ALTERED: "put it back from the backup: juanzong restore TARGET --damaged; find out who or what changed it",
    Kind.OBJECT_UNREADABLE: "check the disk, then put it back from the backup: juanzong restore TARGET --damaged",
    Kind.OBJECT_UNKNOWN: "left over from an upload that broke off; --repair removes it",
    Kind.KEY_UNUSED: "left over from an upload that broke off; --repair destroys it",
    Kind.TOO_MANY: "more leftovers than broken uploads leave: is the database older than this folder? If not: --repair",
    Kind.INDEX_STRAY: "--repair takes them out of the index",
    Kind.NOT_INDEXED: "--repair lets a worker index them again",
    Kind.INDEX_UNUSABLE: "juanzong reindex",
    Kind.UPLOAD_ABANDONED: "--repair ends them; their uploaders are told to upload again",
    Kind.DEPOSIT_STANDING: "--repair gives them back to the workers",
    Kind.PAGE_REMADE: "a worker reads them again from their originals",
    Kind.TEMPORARY_FILE: "--repair removes them",
    Kind.JOB_DEAD: "their uploaders try again on the board of deposits",
    Kind.LEASE_EXPIRED: "the next worker takes them over by itself",
}


def look(settings: Settings, *, repair: bool) -> tuple[dict[str, Any], Exit]:
    """What was counted and found; exit code 4 when a sealed object is altered or missing, 0 otherwise."""
    leave_no_dump()
    archive = open_archive(settings, passphrase(settings))
    try:
        keeper = replace(
            keeper_of(archive, archive.gate.bind(system(Role.OPERATOR), *rounds.OPERATIONS)),
            repairs=repair,
            is_sure=repair,
        )
        with _progress("sweep") as told:
            swept = sweep_now(replace(keeper, told=told))
        with _progress("fixity") as told:
            checked = check_all_now(replace(keeper, told=told), Pace(None, keeper.pause))
    finally:
        archive.close()
    is_damaged = swept.is_damaged or checked.is_damaged
    return {"sweep": _told(swept), "fixity": _told(checked)}, Exit.ALTERED if is_damaged else Exit.DONE


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """On a terminal only."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda seen: progress.update(task, completed=seen)


def _told(tally: Tally) -> dict[str, Any]:
    return {
        "counts": tally.counts,
        "findings": [
            {"kind": kind, "uid": str(uid), "remedy": REMEDIES[kind]} for kind, uid in tally.findings
        ],
    }


def print_deep(told: dict[str, Any]) -> None:
    for name, part in told.items():
        counts: dict[str, int] = part["counts"]
        console.print(f"[bold]{name}[/] {_seen(counts)}")
        kinds = [kind for kind in Kind if f"found.{kind}" in counts or f"repaired.{kind}" in counts]
        for kind in kinds:
            found, repaired = counts.get(f"found.{kind}", 0), counts.get(f"repaired.{kind}", 0)
            colour = "bold red" if kind in DAMAGE else "yellow"
            console.print(f"  [{colour}]{kind}[/] {found}, repaired {repaired}: {REMEDIES[kind]}")
        for finding in part["findings"]:
            console.print(f"    {finding['kind']} {finding['uid']}", highlight=False)
        if not kinds:
            console.print("  [green]nothing found[/]")


def _seen(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{number} {name.removeprefix('seen.')}"
        for name, number in counts.items()
        if name.startswith("seen.")
    )
