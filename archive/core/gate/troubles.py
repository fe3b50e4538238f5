"""From what broke while an operation ran to what the log says of it and what the asker hears."""

from sqlalchemy.exc import OperationalError

from archive.core.errors import DatabaseUnavailable, NotFound, Refused, SearchUnavailable


def outcome_of(error: Exception) -> tuple[str, tuple[str, ...]]:
    """What a body raised: its own refusals count as refusals, everything else as a failure of its class."""
    if isinstance(error, NotFound):
        return ("not found", ()) if error.hidden is None else ("denied", ("hidden",))
    if isinstance(error, Refused):
        return "denied", (error.rule,)
    return f"failed: {type(error).__name__}", ()


def database_trouble(error: OperationalError) -> DatabaseUnavailable:
    if "full" in str(error.orig):
        return DatabaseUnavailable(
            "The disk of the database is full; nothing was changed.", "Make room, then try again."
        )
    return DatabaseUnavailable(
        "The database cannot be used just now.", "Try again; if it stays, run: juanzong doctor."
    )


def index_trouble() -> SearchUnavailable:
    """Rows had to leave the index first and could not: the change itself was not made."""
    return SearchUnavailable(
        "The search index cannot be used just now; nothing was changed.",
        "Try again; if it stays, run: juanzong doctor.",
    )
