"""From what SQLite said to what the asker hears. Its own words stay here: they may repeat what was typed."""

from sqlalchemy.exc import OperationalError

from archive.core.errors import DatabaseUnavailable

_TRY_AGAIN = "Try again; if it stays, run: juanzong doctor."


def database_trouble(error: OperationalError) -> DatabaseUnavailable:
    said = str(error.orig)
    if "full" in said:
        return DatabaseUnavailable(
            "The disk of the database is full: no entry can be written in the log, so nothing was changed and nothing is shown.",
            "Make room, then try again.",
        )
    if "readonly" in said:
        return DatabaseUnavailable(
            "The disk of the database cannot be written: no entry can be made in the log, so nothing was changed and nothing is shown.",
            "Find out why it is read-only, and mount it for writing.",
        )
    if "locked" in said:
        return busy()
    return DatabaseUnavailable("The database cannot be used just now.", _TRY_AGAIN)


def damaged() -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "The database is damaged: a part of it cannot be read, so no entry can be made and nothing is shown.",
        "Stop the archive and restore it from a backup: juanzong restore.",
    )


def busy() -> DatabaseUnavailable:
    """Another writer holds the lock for longer than anybody waits."""
    return DatabaseUnavailable("The database is busy; nothing was changed.", _TRY_AGAIN)
