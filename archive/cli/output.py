"""What the command line says, and how it ends: words for people, one ``--json`` envelope for programs, fixed exit codes."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer
from rich.console import Console

from archive.core import errors
from archive.core.errors import ArchiveError


class Exit(IntEnum):
    """0 done, 1 fault, 2 usage, 3 refused or not found, 4 altered, 5 engine, lock or key unavailable, 6 unreadable input."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    REFUSED = 3
    ALTERED = 4
    UNAVAILABLE = 5
    UNREADABLE = 6


EXITS: dict[type[ArchiveError], Exit] = {
    errors.NotFound: Exit.REFUSED,
    errors.Refused: Exit.REFUSED,
    errors.SignInNeeded: Exit.REFUSED,
    errors.SignInRefused: Exit.REFUSED,
    errors.TooManyAttempts: Exit.REFUSED,
    errors.ForgedForm: Exit.REFUSED,
    errors.PermitRefused: Exit.REFUSED,
    errors.Invalid: Exit.UNREADABLE,
    errors.Stale: Exit.REFUSED,
    errors.Conflict: Exit.REFUSED,
    errors.TooLarge: Exit.UNREADABLE,
    errors.UploadCut: Exit.UNREADABLE,
    errors.Altered: Exit.ALTERED,
    errors.LogAltered: Exit.ALTERED,
    errors.ObjectMissing: Exit.ALTERED,
    errors.StoreFull: Exit.UNAVAILABLE,
    errors.StoreUnavailable: Exit.UNAVAILABLE,
    errors.KeyUnavailable: Exit.UNAVAILABLE,
    errors.KeyDestroyed: Exit.REFUSED,
    errors.DatabaseUnavailable: Exit.UNAVAILABLE,
    errors.SearchUnavailable: Exit.UNAVAILABLE,
    errors.SandboxUnavailable: Exit.UNAVAILABLE,
    errors.ScannerUnavailable: Exit.UNAVAILABLE,
    errors.LeaseLost: Exit.UNAVAILABLE,
    errors.NotReady: Exit.UNAVAILABLE,
}

console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


def envelope(data: Any, *, warnings: tuple[str, ...] = (), error: ArchiveError | None = None) -> str:
    told = None if error is None else {"code": error.code, "message": error.message, "hint": error.remedy}
    return json.dumps(
        {"ok": error is None, "data": data, "warnings": list(warnings), "error": told},
        ensure_ascii=False,
        default=str,
    )


def say(data: Any, *, as_json: bool, words: Callable[[], None], error: ArchiveError | None = None) -> None:
    """Prints the envelope, or lets ``words`` print for people. ``error``: the first of what went wrong on the way."""
    if as_json:
        sys.stdout.write(envelope(data, error=error) + "\n")
    else:
        words()


@contextmanager
def reported(*, as_json: bool = False) -> Iterator[None]:
    """Turns the closed family of errors into words and an exit code. Anything else is a fault and shows itself."""
    try:
        yield
    except ArchiveError as error:
        if as_json:
            sys.stdout.write(envelope(None, error=error) + "\n")
        else:
            complaints.print(f"[bold red]{error.message}[/]\n{error.remedy}")
        raise typer.Exit(EXITS[type(error)]) from None
