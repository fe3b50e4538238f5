"""What the keeper configured: settings from the environment and the flags, and the passphrase from its file."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from archive.core.errors import Invalid, KeyUnavailable
from archive.core.settings import Settings


def settings_for(data: Path | None, **changes: Any) -> Settings:
    """Flags win over the environment. Raises ``Invalid`` for a value that cannot be; it is not repeated."""
    given = {name: value for name, value in {"data": data, **changes}.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise Invalid(
            name, f"{name}: {first['msg']}.", f"Correct the option, or JUANZONG_{name.upper()}."
        ) from None


def passphrase(settings: Settings) -> str | None:
    """From the file that the settings name, never from the environment itself; None where the key file needs none."""
    if settings.passphrase_file is None:
        return None
    try:
        return settings.passphrase_file.read_text("utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError):
        reason = "The passphrase file cannot be read."
    raise KeyUnavailable(reason, "Check JUANZONG_PASSPHRASE_FILE: a file of UTF-8 text.")
