"""``juanzong backup`` and ``juanzong restore``: passphrases, progress, and what is said at the end."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from archive.backup.checking import Checked, check, chosen
from archive.backup.making import Made, back_up
from archive.backup.manifest import Progress
from archive.backup.mending import Mended, mend
from archive.backup.restoring import Restored, Wanted, restore
from archive.cli.configured import passphrase, settings_for
from archive.cli.keeping import opened
from archive.cli.memory import leave_no_dump
from archive.cli.output import Exit, console, say
from archive.core.audit.checkpoint import keepsake, read_keepsake
from archive.core.errors import Altered, Invalid, KeyUnavailable
from archive.core.vault.keyfile import load_root
from archive.wiring import open_archive

CREDENTIAL = "juanzong-backup-passphrase"
"""The name of the systemd credential."""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - memory, for an export of ids where the backup's folder cannot be written
TOLD = 20


def backup(data: Path | None, target: Path, keep: int | None, secret: Path | None, *, as_json: bool) -> Exit:
    settings = settings_for(data)
    leave_no_dump()
    phrase = _asked("Passphrase of the backup", secret, confirm=True)
    root = load_root(settings.key_file, passphrase(settings))
    archive = opened(settings)
    try:
        with _progress(as_json=as_json) as watch:
            made = back_up(archive, root, target, phrase, keep=keep, watch=watch)
    finally:
        archive.close()
    say(_made(made), as_json=as_json, words=lambda: _print_made(made))
    return Exit.DONE if made.is_whole else Exit.ALTERED


def _made(made: Made) -> dict[str, Any]:
    return {
        "snapshot": made.snapshot,
        "objects": made.objects,
        "bytes": made.bytes,
        "copied": made.copied,
        "copied_bytes": made.copied_bytes,
        "disposed": made.disposed,
        "missing": [str(uid) for uid in made.missing],
        "altered": [str(uid) for uid in made.altered],
        "pruned": list(made.pruned),
        "trouble": made.trouble,
        "checkpoint": made.checkpoint,
    }


def _print_made(made: Made) -> None:
    console.print(f"[bold]{made.snapshot}[/]: {made.objects} objects, {_size(made.bytes)}")
    console.print(f"  {made.copied} objects ({_size(made.copied_bytes)}) were new and have been copied.")
    if made.disposed:
        console.print(f"  {made.disposed} objects were disposed of while the backup ran.")
    if made.pruned:
        console.print(f"  Removed: {', '.join(made.pruned)}")
    for words, objects in (("is not in the archive's store", made.missing), ("was altered", made.altered)):
        for uid in objects[:TOLD]:
            console.print(f"  [bold red]object {uid} {words}; the snapshot lacks it[/]")
        if len(objects) > TOLD:
            console.print(f"  [bold red]and {len(objects) - TOLD} more[/]")
    if made.trouble is not None:
        console.print(f"  [bold red]{made.trouble}[/]")
    _print_checkpoint(made.checkpoint)


@dataclass(frozen=True)
class Asked:
    """What ``restore`` was called with."""

    target: Path
    snapshot: str | None
    secret: Path | None
    checkpoint: Path | None
    new_secret: Path | None
    without: bool


def check_backup(asked: Asked, *, as_json: bool) -> Exit:
    leave_no_dump()
    kept = _kept(asked.checkpoint)
    phrase = _asked("Passphrase of the backup", asked.secret, confirm=False)
    snapshot = chosen(asked.target, asked.snapshot, phrase)
    scratch = asked.target if os.access(asked.target, os.W_OK) else SHARED_MEMORY
    with _progress(as_json=as_json) as watch:
        checked = check(snapshot, scratch, checkpoint=kept, watch=watch)
    say(_checked(checked), as_json=as_json, words=lambda: _print_checked(checked))
    return Exit.DONE if checked.is_whole else Exit.ALTERED


def _checked(checked: Checked) -> dict[str, Any]:
    return {
        "snapshot": checked.manifest.name,
        "at": checked.manifest.at,
        "version": checked.manifest.version,
        "whole": checked.is_whole,
        "objects": checked.objects,
        "lacking": checked.lacking,
        "disposed": checked.disposed,
        "log": checked.log,
        "checkpoint": keepsake(checked.manifest.verifier_key, checked.manifest.note),
        "findings": [{"place": f.place, "words": f.words} for f in checked.findings],
    }


def _print_checked(checked: Checked) -> None:
    colour, words = ("green", "whole") if checked.is_whole else ("red", "altered")
    console.print(f"[bold {colour}]{checked.manifest.name}: {words}[/] ({checked.objects} objects)")
    console.print(f"  log: {checked.log}")
    if checked.lacking:
        console.print(f"  {checked.lacking} objects were lacking already when it was made.")
    for finding in checked.findings[:TOLD]:
        console.print(f"  [bold red]{finding.place}: {finding.words}[/]")
    if len(checked.findings) > TOLD:
        console.print(f"  [bold red]and {len(checked.findings) - TOLD} more[/]")


def restore_backup(data: Path | None, asked: Asked, *, as_json: bool) -> Exit:
    leave_no_dump()
    kept = _kept(asked.checkpoint)
    phrase = _asked("Passphrase of the backup", asked.secret, confirm=False)
    snapshot = chosen(asked.target, asked.snapshot, phrase)
    wanted = Wanted(settings_for(data), _new_passphrase(asked), kept)
    with _progress(as_json=as_json) as watch:
        restored = restore(snapshot, wanted, watch)
    say(_restored(restored), as_json=as_json, words=lambda: _print_restored(restored, wanted.settings.data))
    return Exit.ALTERED if restored.lost else Exit.DONE


def put_back_damaged(data: Path | None, target: Path, *, as_json: bool) -> Exit:
    settings = settings_for(data)
    leave_no_dump()
    is_restoring = (
        not settings.unfinished.exists()
    )  # also where every object is lost; a half restored folder is refused
    archive = open_archive(settings, passphrase(settings), is_restoring=is_restoring)
    try:
        mended = mend(archive, target)
    finally:
        archive.close()
    told = {
        "put_back": [str(uid) for uid in mended.put_back],
        "lacking": [str(uid) for uid in mended.lacking],
    }
    say(told, as_json=as_json, words=lambda: _print_mended(mended))
    return Exit.ALTERED if mended.lacking else Exit.DONE


def _print_mended(mended: Mended) -> None:
    console.print(f"{len(mended.put_back)} damaged objects are put back as they were sealed.")
    for uid in mended.lacking:
        console.print(f"  [bold red]{uid} is not in these backups as it was sealed[/]")


def _restored(restored: Restored) -> dict[str, Any]:
    return {
        "snapshot": restored.snapshot,
        "at": restored.at,
        "objects": restored.objects,
        "lacking": restored.lacking,
        "lost": [finding.place for finding in restored.lost],
        "log": restored.log,
        "checkpoint": restored.checkpoint,
        "reindexed": restored.reindexed,
    }


def _print_restored(restored: Restored, data: Path) -> None:
    console.print(f"[bold]{restored.snapshot}[/] is restored into {data}: {restored.objects} objects.")
    console.print(f"  log: {restored.log}")
    console.print("  Everybody has been signed out.")
    if restored.lacking:
        console.print(f"  {restored.lacking} objects were lacking already when the snapshot was made.")
    for finding in restored.lost[:TOLD]:
        console.print(f"  [bold red]{finding.place}: {finding.words}[/]")
    if len(restored.lost) > TOLD:
        console.print(f"  [bold red]and {len(restored.lost) - TOLD} more[/]")
    _print_checkpoint(restored.checkpoint)


def _print_checkpoint(text: str) -> None:
    console.print("Keep this checkpoint outside; with it every later alteration of the log is found:\n")
    sys.stdout.write(f"{text}\n")


def _asked(what: str, file: Path | None, *, confirm: bool) -> str:
    """From the file, else the systemd credential, else the prompt: never from the arguments or the environment."""
    file = file or _credential()
    if file is not None:
        return _secret_in(file)
    if not sys.stdin.isatty():
        raise KeyUnavailable("The passphrase of the backup is needed.", "Give it with --passphrase-file.")
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True))


def _credential() -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    file = None if folder is None else Path(folder) / CREDENTIAL
    return file if file is not None and file.exists() else None


def _secret_in(file: Path) -> str:
    try:
        text = file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text:
        raise KeyUnavailable(f"There is no passphrase in {file.name}.", "Name a file of UTF-8 text with it.")
    return text


def _new_passphrase(asked: Asked) -> str | None:
    if asked.without:
        return None
    if asked.new_secret is not None:
        return _secret_in(asked.new_secret)
    if not sys.stdin.isatty():
        raise KeyUnavailable(
            "The restored archive needs a passphrase, or none.",
            "Say --new-passphrase-file FILE or --without-passphrase.",
        )
    what = "New passphrase of the restored archive (empty: none)"
    return (
        typer.prompt(
            what, hide_input=True, confirmation_prompt=True, default="", show_default=False, err=True
        )
        or None
    )


def _kept(file: Path | None) -> str | None:
    """A checkpoint that cannot be read must not be taken for an altered log."""
    if file is None:
        return None
    try:
        text = file.read_text("utf-8")
        read_keepsake(text)
    except (OSError, UnicodeDecodeError, Altered) as error:
        raise Invalid(
            "checkpoint", f"{file.name} is no checkpoint.", "Name the file with the checkpoint that was kept."
        ) from error
    return text


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Progress]:
    """Draws on a terminal; elsewhere nothing, for a service's journal wants the end only."""
    if as_json or not console.is_terminal:
        yield lambda _step, _done, _of: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda step, done, of: bar.update(task, description=step, completed=done, total=of)


def _size(number: int) -> str:
    return f"{number / 2**20:.1f} MiB"
