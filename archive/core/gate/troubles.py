"""From what broke while an operation ran to what the log says of it and what the asker hears."""

from archive.core.errors import NotFound, Refused, SearchUnavailable


def outcome_of(error: Exception) -> tuple[str, tuple[str, ...]]:
    """What a body raised: its own refusals count as refusals, everything else as a failure of its class."""
    if isinstance(error, NotFound):
        return ("not found", ()) if error.hidden is None else ("denied", ("hidden",))
    if isinstance(error, Refused):
        return "denied", (error.rule,)
    return f"failed: {type(error).__name__}", ()


def index_trouble() -> SearchUnavailable:
    """Rows had to leave the index first and could not: the change itself was not made."""
    return SearchUnavailable(
        "The search index cannot be used just now; nothing was changed.",
        "Try again; if it stays, run: juanzong doctor.",
    )
