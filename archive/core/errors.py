"""The one closed family of errors that a person or a program can meet.

Each says what happened (``message``) and what to do (``remedy``); neither ever holds a secret, a name from a record or a path.
Domain errors know no HTTP and no exit codes: ``archive.web.problems`` and ``archive.__main__`` hold those tables,
and a test compares the tables with this file.
"""

from typing import ClassVar


class ArchiveError(Exception):
    """Root of the family. ``code`` is the stable name used in API problems, logs and ``--json``."""

    code: ClassVar[str] = "fault"

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


# --- who may -----------------------------------------------------------------------------------------------


class NotFound(ArchiveError):
    """There is no such thing, or the asker may not know that there is: the two look the same."""

    code = "not_found"

    def __init__(self, hidden: str | None = None) -> None:
        """``hidden``: the label of what is there all the same; the log is told, the asker never."""
        super().__init__("Nothing is here under this address.", "Check the reference, or search for it.")
        self.hidden = hidden


class Refused(ArchiveError):
    """The asker may know of the thing, but may not do this to it. ``rule`` is a reason code of the policy."""

    code = "refused"

    def __init__(self, rule: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.rule = rule


class SignInNeeded(ArchiveError):
    """No session, or one that has ended."""

    code = "sign_in_needed"


class SignInRefused(ArchiveError):
    """Unknown name, wrong password or closed account: one answer for all three (ASVS 6.3.8)."""

    code = "sign_in_refused"


class TooManyAttempts(ArchiveError):
    """The sign-in throttle is in force for this name or address."""

    code = "too_many_attempts"


class ForgedForm(ArchiveError):
    """A form without its token, or from another origin."""

    code = "forged_form"


# --- what was asked ----------------------------------------------------------------------------------------


class Invalid(ArchiveError):
    """The request is understood but a value in it cannot be. ``field`` names the value."""

    code = "invalid"

    def __init__(self, field: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.field = field


class Stale(ArchiveError):
    """The row was changed by somebody else since it was read (its ``revision`` moved on)."""

    code = "stale"


class Conflict(ArchiveError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"


class TooLarge(ArchiveError):
    """More bytes than this archive accepts in one upload."""

    code = "too_large"


class UploadCut(ArchiveError):
    """The connection ended before the announced number of bytes had arrived."""

    code = "upload_cut"


# --- the vault ---------------------------------------------------------------------------------------------


class PermitRefused(ArchiveError):
    """A permit that is forged, expired, or does not cover this object."""

    code = "permit_refused"


class Altered(ArchiveError):
    """Sealed bytes are not the bytes that were sealed."""

    code = "altered"


class ObjectMissing(ArchiveError):
    """A sealed object that a row points at is not in the store."""

    code = "object_missing"


class StoreFull(ArchiveError):
    """The object store has no room; nothing was kept of what did not fit."""

    code = "store_full"


class StoreUnavailable(ArchiveError):
    """The object store cannot be read or written."""

    code = "store_unavailable"


class KeyUnavailable(ArchiveError):
    """The key file is missing, wrong, or needs its passphrase."""

    code = "key_unavailable"


class KeyDestroyed(ArchiveError):
    """The key of this item was destroyed on disposal; its objects cannot be opened again."""

    code = "key_destroyed"


# --- engines -----------------------------------------------------------------------------------------------


class DatabaseUnavailable(ArchiveError):
    """The database cannot be opened or written."""

    code = "database_unavailable"


class SearchUnavailable(ArchiveError):
    """The search index cannot be asked."""

    code = "search_unavailable"


class SandboxUnavailable(ArchiveError):
    """No launcher can start the reading program as the settings demand."""

    code = "sandbox_unavailable"


class ScannerUnavailable(ArchiveError):
    """A malware scanner is set and gives no answer. The file waits: it neither passes nor is refused."""

    code = "scanner_unavailable"


class LeaseLost(ArchiveError):
    """Another worker has taken this job over; what was done here is thrown away."""

    code = "lease_lost"


class LogAltered(ArchiveError):
    """The access log does not verify."""

    code = "log_altered"


class NotReady(ArchiveError):
    """The folder holds no archive yet, or one of another version."""

    code = "not_ready"
