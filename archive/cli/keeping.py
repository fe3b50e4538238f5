"""What the keeper's commands do, apart from their options. Loaded only when one of them runs."""

import logging
import sys
from pathlib import Path
from typing import Any

from archive.cli.configured import passphrase, settings_for
from archive.cli.deep import look, print_deep
from archive.cli.doctor import examine
from archive.cli.ending import Asked
from archive.cli.folder_lock import owning
from archive.cli.founding import reset, settle
from archive.cli.memory import leave_no_dump
from archive.cli.output import Exit, console, say
from archive.cli.server import background, listening, serve_until_asked, server, work_until_asked
from archive.core.access.actions import Role
from archive.core.audit.export import ExportSummary
from archive.core.audit.findings import Kind
from archive.core.audit.verify import Report, verify_export
from archive.core.errors import Invalid
from archive.core.gate import BoundGate
from archive.core.settings import Settings
from archive.desks.audit.operations import Export, export_log
from archive.desks.finding import indexing
from archive.wiring import Archive, found_archive, open_archive, system


def opened(settings: Settings) -> Archive:
    leave_no_dump()
    return open_archive(settings, passphrase(settings))


def log_to_stderr(level: int = logging.WARNING) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def init(data: Path | None) -> None:
    settings = settings_for(data)
    with owning(settings, "init", makes=True):
        found_archive(settings, passphrase(settings))
        archive = opened(settings)
        print_people(settle(archive))
        archive.close()


def print_people(people: Any) -> None:
    if not people:
        return
    console.print("[bold]Accounts, shown this once 账号与初始密码（仅显示一次）[/]")
    for person in people:
        console.print(f"  {person.login:<11} {person.password}   {person.name} {person.role}")
    console.print("  A new password: juanzong accounts reset NAME\n")


def serve(data: Path | None, port: int | None, workers: int | None) -> None:
    log_to_stderr()
    settings = settings_for(data, port=port, worker_threads=workers)
    with owning(settings, "serve", serves=True):
        archive = opened(settings)
        with listening(settings) as heard, background(archive, workers=settings.worker_threads) as beside:
            console.print(f"Juanzong is served at http://{settings.host}:{settings.port} — Ctrl+C ends it.")
            serve_until_asked(server(archive), heard, beside, Asked())
        archive.close()


def work(data: Path | None) -> None:
    log_to_stderr()
    archive = opened(settings_for(data))
    work_until_asked(archive)
    archive.close()


def reindex(data: Path | None) -> None:
    archive = opened(settings_for(data))
    gate = archive.gate.bind(system(Role.READER), *indexing.OPERATIONS)
    console.print(
        f"{indexing.reindex(gate, archive.index)} items wait to be indexed again; a worker does it."
    )
    archive.close()


def reset_account(data: Path | None, login: str) -> None:
    archive = opened(settings_for(data))
    console.print(f"{login}  {reset(archive, login)}")
    archive.close()


def export(data: Path | None, target: Path, *, as_json: bool) -> None:
    if target.exists():
        raise Invalid(
            "target", f"{target.name} exists already.", "Choose another name; no export is overwritten."
        )
    archive = opened(settings_for(data))
    archive.sequence_log()
    gate = archive.gate.bind(system(Role.OPERATOR), export_log)
    summary = _exported(gate, Export(target, archive.verifier_key))
    archive.close()
    told = {
        "file": str(target),
        "entries": summary.size,
        "pending": summary.pending,
        "checkpoint": summary.keepsake,
    }
    say(told, as_json=as_json, words=lambda: _print_export(told))


def _exported(gate: BoundGate, wanted: Export) -> ExportSummary:
    try:
        return gate.run(export_log, None, wanted).value
    except OSError as error:
        raise Invalid(
            "target", f"The export cannot be written: {error.strerror}.", "Name another place."
        ) from error


def _print_export(told: dict[str, Any]) -> None:
    console.print(f"{told['entries']} entries in {told['file']}.")
    console.print("Keep this checkpoint outside the archive; with it every alteration is found:\n")
    sys.stdout.write(f"{told['checkpoint']}\n")


def verify(target: Path, checkpoint: Path | None, *, as_json: bool) -> Exit:
    remembered = None if checkpoint is None else _read(checkpoint)
    report = verify_export(target, remembered=remembered)
    told = {
        "whole": report.ok,
        "entries": report.size,
        "compared": report.compared,
        "statement": report.statement,
        "findings": [{"kind": f.kind, "place": f.place, "words": f.words} for f in report.findings],
    }
    say(told, as_json=as_json, words=lambda: _print_report(told))
    return _exit_of(report)


def _exit_of(report: Report) -> Exit:
    """A file that is no export at all is unreadable input, not an altered log."""
    if report.ok:
        return Exit.DONE
    unreadable = all(finding.kind is Kind.UNREADABLE for finding in report.findings)
    return Exit.UNREADABLE if unreadable else Exit.ALTERED


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            "checkpoint", f"{path.name} cannot be read.", "Name the file with the checkpoint."
        ) from error


def _print_report(told: dict[str, Any]) -> None:
    colour = "green" if told["whole"] else "red"
    console.print(f"[bold {colour}]{told['statement']}[/] ({told['entries']} entries)")
    for finding in told["findings"]:
        console.print(f"  {finding['kind']}, {finding['place']}: {finding['words']}")


def doctor(data: Path | None, *, as_json: bool, deep: bool = False, repair: bool = False) -> Exit:
    if repair and not deep:
        raise Invalid("repair", "--repair goes with --deep.", "Run: juanzong doctor --deep --repair")
    if deep:
        return _deep(data, as_json=as_json, repair=repair)
    told = [{"what": f.what, "ok": f.ok, "words": f.words} for f in examine(settings_for(data))]
    say(told, as_json=as_json, words=lambda: _print_findings(told))
    return Exit.DONE if all(finding["ok"] for finding in told) else Exit.UNAVAILABLE


def _deep(data: Path | None, *, as_json: bool, repair: bool) -> Exit:
    told, code = look(settings_for(data), repair=repair)
    say(told, as_json=as_json, words=lambda: print_deep(told))
    return code


def _print_findings(told: list[dict[str, Any]]) -> None:
    for finding in told:
        mark = "[green]ok  [/]" if finding["ok"] else "[bold red]FAIL[/]"
        console.print(f"{mark} {finding['what']}: {finding['words']}")
