"""What the keeper of the folder does: these commands open the archive itself, as SYSTEM:operator, and are logged."""

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.cli.output import Exit, console, reported, say
from archive.core.access.actions import Role
from archive.core.errors import Invalid, KeyUnavailable
from archive.core.settings import Settings
from archive.wiring import Archive, found_archive, open_archive, system

keeper = typer.Typer()
accounts = typer.Typer(help="Accounts 账号")
audit = typer.Typer(help="The access log 日志")
keeper.add_typer(accounts, name="accounts")
keeper.add_typer(audit, name="audit")

Data = Annotated[Path | None, typer.Option("--data", help="The archive's folder; default ./data.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON envelope instead of words.")]


def settings_for(data: Path | None, **changes: Any) -> Settings:
    given = {name: value for name, value in {"data": data, **changes}.items() if value is not None}
    return Settings(**given)


def passphrase(settings: Settings) -> str | None:
    """From the file that the settings name, never from the environment itself; None where the key file needs none."""
    if settings.passphrase_file is None:
        return None
    try:
        return settings.passphrase_file.read_text().rstrip("\n")
    except OSError as error:
        raise KeyUnavailable(
            "The passphrase file cannot be read.", "Check JUANZONG_PASSPHRASE_FILE."
        ) from error


def opened(settings: Settings) -> Archive:
    return open_archive(settings, passphrase(settings))


@keeper.command()
def init(data: Data = None) -> None:
    """Make an archive in an empty folder, or bring an old one's database up to date. 建立"""
    from archive.cli.founding import (
        settle,
    )  # the command line starts fast: heavy parts load when they are used

    with reported():
        settings = settings_for(data)
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


@keeper.command()
def serve(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="Default 8420.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker threads in this process.")] = None,
) -> None:
    """Serve the archive, with a worker thread beside the web. 服务"""
    from archive.cli.server import background, server

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with reported():
        settings = settings_for(data, port=port, worker_threads=workers)
        archive = opened(settings)
        with background(archive, workers=settings.worker_threads):
            server(archive, port=settings.port).run()
        archive.close()


@keeper.command()
def work(data: Data = None) -> None:
    """Run jobs in a process of its own, beside ``serve`` or alone. 后台处理"""
    from archive.cli.server import launcher_of
    from archive.worker import new_worker, work_until

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with reported():
        archive = opened(settings_for(data))
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        work_until(new_worker(archive, launcher_of(archive)), stop)
        archive.close()


@accounts.command()
def reset(login: str, data: Data = None) -> None:
    """Give an account a new password; its sessions end. 重置密码"""
    from archive.cli.founding import reset as reset_account

    with reported():
        archive = opened(settings_for(data))
        console.print(f"{login}  {reset_account(archive, login)}")
        archive.close()


@audit.command()
def export(
    target: Annotated[Path, typer.Argument(help="A .zip file to write.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write the whole log to a file that verifies offline. 导出"""
    from archive.desks.audit.operations import Export, export_log

    with reported(as_json=as_json):
        if target.exists():
            raise Invalid(
                "target",
                f"{target.name} exists already.",
                "Choose another name; an export is never overwritten.",
            )
        archive = opened(settings_for(data))
        archive.sequence_log()
        gate = archive.gate.bind(system(Role.OPERATOR), export_log)
        summary = gate.run(export_log, None, Export(target, archive.verifier_key)).value
        archive.close()
        told = {
            "file": str(target),
            "entries": summary.size,
            "pending": summary.pending,
            "checkpoint": summary.keepsake,
        }
        say(told, as_json=as_json, words=lambda: _print_export(told))


def _print_export(told: dict[str, Any]) -> None:
    console.print(f"{told['entries']} entries in {told['file']}.")
    console.print("Keep this checkpoint outside the archive; with it every alteration is found:\n")
    sys.stdout.write(f"{told['checkpoint']}\n")


@audit.command()
def verify(
    target: Annotated[Path, typer.Argument(help="A log that was exported.")],
    checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint that was kept outside.")] = None,
    as_json: Json = False,
) -> None:
    """Verify an exported log, offline: no database, no keys, no server. 验证"""
    from archive.core.audit.verify import verify_export

    with reported(as_json=as_json):
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
    raise typer.Exit(Exit.DONE if report.ok else Exit.ALTERED)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            "checkpoint", f"{path.name} cannot be read.", "Name the file that holds the checkpoint."
        ) from error


def _print_report(told: dict[str, Any]) -> None:
    colour = "green" if told["whole"] else "red"
    console.print(f"[bold {colour}]{told['statement']}[/] ({told['entries']} entries)")
    for finding in told["findings"]:
        console.print(f"  {finding['kind']}, {finding['place']}: {finding['words']}")


@keeper.command()
def doctor(data: Data = None, as_json: Json = False) -> None:
    """Say what is in force here, and what is missing with its remedy. 体检"""
    from archive.cli.doctor import examine

    with reported(as_json=as_json):
        findings = examine(settings_for(data))
        told = [{"what": f.what, "ok": f.ok, "words": f.words} for f in findings]
        say(told, as_json=as_json, words=lambda: _print_findings(told))
    raise typer.Exit(Exit.DONE if all(f["ok"] for f in told) else Exit.UNAVAILABLE)


def _print_findings(told: list[dict[str, Any]]) -> None:
    for finding in told:
        mark = "[green]ok  [/]" if finding["ok"] else "[bold red]FAIL[/]"
        console.print(f"{mark} {finding['what']}: {finding['words']}")
