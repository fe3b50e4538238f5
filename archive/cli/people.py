"""What people do from a shell: everything here is an HTTP call with the token of ``juanzong login``."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from archive.cli.output import EXITS, console, reported, say
from archive.cli.session import Client, come_with_token, connect, keep, kept, sign_in
from archive.cli.uploading import SentFile, send_all
from archive.core.errors import Invalid
from archive.desks.intake.duplicates import Duplicates

people = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="One JSON envelope instead of words.")]


def _client() -> Client:
    login = kept()
    return connect(login.server, login.token)


@people.command()
def login(
    name: Annotated[str | None, typer.Argument(help="Your sign-in name.")] = None,
    server: Annotated[str, typer.Option(help="Where the archive is served.")] = "http://127.0.0.1:8420",
    password_file: Annotated[Path | None, typer.Option(help="Read the password from this file.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="An API token instead of a password.")] = None,
) -> None:
    """Sign in; the token is kept in a file that only you can read. 登录"""
    if name is None and token_file is None:
        raise typer.BadParameter("Say your sign-in name, or --token-file FILE.")
    with reported():
        if token_file is not None:
            session, name = come_with_token(server, _secret(token_file, "token").strip())
        else:
            session = sign_in(server, name or "", _password(password_file))
        keep(session)
        console.print(f"Signed in as {name}.")


def _password(file: Path | None) -> str:
    """Never from the command line: it would stand in the list of processes."""
    if file is not None:
        return _secret(file, "password")
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True))


def _secret(file: Path, kind: str) -> str:
    try:
        return file.read_text("utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError):
        reason = f"{file.name} cannot be read."
    raise Invalid(f"{kind}_file", reason, f"Name a file with the {kind} as UTF-8 text.")


@people.command()
def upload(
    files: Annotated[list[Path], typer.Argument(help="Scans and documents; several make one batch.")],
    fonds: Annotated[str, typer.Option(help="Code of the fonds 全宗.")] = "A001",
    duplicates: Annotated[
        Duplicates, typer.Option(help="What to do with files that are in the archive already.")
    ] = Duplicates.ASK,
    as_json: Json = False,
) -> None:
    """Upload files as one batch; what was cut off goes on when the same file is uploaded again. 上传"""
    with reported(as_json=as_json):
        sent = send_all(_client(), files, fonds, duplicates)
        rows = [row.told() for row in sent]
        wrong = next((row.error for row in sent if row.error is not None), None)
        say(rows, as_json=as_json, words=lambda: _print_sent(sent), error=wrong)
    if wrong is not None:
        raise typer.Exit(EXITS[type(wrong)])


def _print_sent(sent: list[SentFile]) -> None:
    for row in sent:
        if row.error is None:
            console.print(f"{row.name}  {row.deposit}  {row.state}")
        else:
            console.print(f"[bold red]{row.name}[/]  {row.error.message} {row.error.remedy}")


@people.command()
def search(words: Annotated[list[str], typer.Argument()], as_json: Json = False) -> None:
    """Search in simplified, traditional or English. 检索"""
    with reported(as_json=as_json):
        found = _client().get("/api/v1/search", q=" ".join(words))
        say(found, as_json=as_json, words=lambda: _print_hits(found))


def _print_hits(found: Any) -> None:
    if not found["items"]:
        console.print("Nothing found. 未找到")
    for item in found["items"]:
        console.print(f"[bold]{item['reference_code'] or item['item']}[/]  {item['title'] or ''}")
        console.print(f"  {item['item']}", style="dim")
        for page in item["pages"]:
            texts = [snippet["text"].replace("\n", " ") for snippet in page.get("snippets", [])]
            console.print(f"  p. {page['seq']}  {' … '.join(texts)}")


@people.command()
def show(
    item: Annotated[str, typer.Argument(help="The item's id, as the search prints it.")],
    page: Annotated[int | None, typer.Option(help="Also fetch this page's image.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What you read it for.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the watermarked image.")] = None,
    as_json: Json = False,
) -> None:
    """Show what was described of an item, and fetch a page of it. 查看"""
    with reported(as_json=as_json):
        client = _client()
        seen = client.get(f"/api/v1/items/{item}")
        if page is not None:
            _fetch(client, item, page, purpose, out)
        say(seen, as_json=as_json, words=lambda: _print_item(seen))


def _fetch(client: Client, item: str, page: int, purpose: str | None, out: Path | None) -> None:
    if out is None:
        raise Invalid(
            "out", "A page's image needs a place.", "Say --out FILE.jpg; the file is yours to protect."
        )
    params = {} if purpose is None else {"purpose": purpose}
    image = client.load(f"/api/v1/items/{item}/pages/{page}/image", **params)
    try:
        _write_for_oneself(out, image)
    except OSError as error:
        raise Invalid(
            "out", f"{out.name} cannot be written: {error.strerror}.", "Name another place."
        ) from error


def _write_for_oneself(path: Path, content: bytes) -> None:
    """Nobody else can read it, also where it takes the place of a file that others could read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content)


def _print_item(seen: Any) -> None:
    table = Table(show_header=False, box=None)
    for name, value in seen.items():
        if value not in (None, "", [], {}):
            table.add_row(name, str(value))
    console.print(table)
