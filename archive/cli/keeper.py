"""Commands of the keeper of the folder: they open the archive itself, as SYSTEM:operator, and are logged."""

from pathlib import Path
from typing import Annotated

import typer

from archive.cli.output import reported

keeper = typer.Typer()
accounts = typer.Typer(help="Accounts 账号", no_args_is_help=True)
audit = typer.Typer(help="The access log 日志", no_args_is_help=True)
keeper.add_typer(accounts, name="accounts")
keeper.add_typer(audit, name="audit")

Data = Annotated[Path | None, typer.Option("--data", help="The archive's folder; default ./data.")]
Port = Annotated[int | None, typer.Option(help="Default 8420.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON envelope instead of words.")]


@keeper.command()
def up(
    data: Data = None,
    port: Port = None,
    demo: Annotated[bool, typer.Option(help="Load the demonstration files into a new archive.")] = True,
) -> None:
    """Make the archive if there is none, load the demonstration files, and serve. 启动"""
    from archive.cli import running

    with reported():
        running.up(data, port, demo=demo)


@keeper.command()
def check() -> None:
    """Walk the thirteen stations in a throw-away folder, over HTTP. 自检"""
    from archive.cli import running

    with reported():
        raise typer.Exit(running.check())


@keeper.command()
def init(data: Data = None) -> None:
    """Make an archive in an empty folder, or bring an old one's database up to date. 建立"""
    from archive.cli import keeping

    with reported():
        keeping.init(data)


@keeper.command()
def serve(
    data: Data = None,
    port: Port = None,
    workers: Annotated[int | None, typer.Option(help="Worker threads in this process.")] = None,
) -> None:
    """Serve the archive, with a worker thread beside the web. 服务"""
    from archive.cli import keeping

    with reported():
        keeping.serve(data, port, workers)


@keeper.command()
def work(data: Data = None) -> None:
    """Run jobs in a process of its own, beside ``serve`` or alone. 后台处理"""
    from archive.cli import keeping

    with reported():
        keeping.work(data)


@keeper.command()
def reindex(data: Data = None) -> None:
    """Empty the search index; the workers fill it again from the sealed readings. 重建索引"""
    from archive.cli import keeping

    with reported():
        keeping.reindex(data)


@keeper.command()
def doctor(
    data: Data = None,
    as_json: Json = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Look for orphans, and read every sealed object again.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="With --deep: remove and redo what can be.")
    ] = False,
) -> None:
    """Say what is in force here, and what is missing with its remedy. 体检"""
    from archive.cli import keeping

    with reported(as_json=as_json):
        raise typer.Exit(keeping.doctor(data, as_json=as_json, deep=deep, repair=repair))


Secret = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="Holds the backup's passphrase; else it is asked for."),
]


@keeper.command()
def backup(
    target: Annotated[Path, typer.Argument(help="The folder of the backups, best on another disk.")],
    keep: Annotated[int | None, typer.Option(min=1, help="Only so many newest snapshots stay.")] = None,
    passphrase_file: Secret = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Copy the archive while it is in use: one more snapshot, sealed. 备份"""
    from archive.cli import backups

    with reported(as_json=as_json):
        raise typer.Exit(backups.backup(data, target, keep, passphrase_file, as_json=as_json))


@keeper.command()
def restore(
    target: Annotated[Path, typer.Argument(help="The folder of the backups.")],
    snapshot: Annotated[str | None, typer.Option(help="Default: the newest.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Check everything, restore nothing.")] = False,
    damaged: Annotated[
        bool,
        typer.Option("--damaged", help="Into the archive in use: the objects that were found damaged."),
    ] = False,
    checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint that was kept outside.")] = None,
    passphrase_file: Secret = None,
    new_passphrase_file: Annotated[
        Path | None, typer.Option(help="Holds the passphrase that the restored archive gets.")
    ] = None,
    without_passphrase: Annotated[
        bool, typer.Option("--without-passphrase", help="The restored archive gets none.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="An empty folder to restore into.")] = None,
    as_json: Json = False,
) -> None:
    """Make an archive again from a snapshot, in an empty folder. 恢复"""
    from archive.cli import backups
    from archive.cli.configured import settings_for
    from archive.cli.folder_lock import owning

    asked = backups.Asked(
        target, snapshot, passphrase_file, checkpoint, new_passphrase_file, without_passphrase
    )
    with reported(as_json=as_json):
        if damaged:
            raise typer.Exit(backups.put_back_damaged(data, target, as_json=as_json))
        if check:
            raise typer.Exit(backups.check_backup(asked, as_json=as_json))
        with owning(settings_for(data), "restore", makes=True, says=False):
            raise typer.Exit(backups.restore_backup(data, asked, as_json=as_json))


@accounts.command()
def reset(name: Annotated[str, typer.Argument(help="The sign-in name.")], data: Data = None) -> None:
    """Give an account a new password; its sessions end. 重置密码"""
    from archive.cli import keeping

    with reported():
        keeping.reset_account(data, name)


@audit.command()
def export(
    target: Annotated[Path, typer.Argument(help="A .zip file to write.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write the whole log to a file that verifies offline. 导出"""
    from archive.cli import keeping

    with reported(as_json=as_json):
        keeping.export(data, target, as_json=as_json)


@audit.command()
def verify(
    target: Annotated[Path, typer.Argument(help="A log that was exported.")],
    checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint that was kept outside.")] = None,
    as_json: Json = False,
) -> None:
    """Verify an exported log, offline: no database, no keys, no server. 验证"""
    from archive.cli import keeping

    with reported(as_json=as_json):
        raise typer.Exit(keeping.verify(target, checkpoint, as_json=as_json))
