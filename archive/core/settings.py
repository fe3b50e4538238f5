"""What a site sets. One frozen value, built once; secrets are never in it, only where they lie."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MiB = 1024 * 1024


class Settings(BaseSettings):
    """Read from ``JUANZONG_*`` variables; command-line flags win over them."""

    model_config = SettingsConfigDict(env_prefix="JUANZONG_", frozen=True, extra="forbid")

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65535)
    public_url: str = ""
    """The address people type, when a proxy with https stands in front; empty means plain http on loopback."""

    launcher: Literal["auto", "bwrap", "container", "bare"] = "auto"
    """``auto``: ``bwrap``, else ``container`` where namespaces are forbidden. ``bare`` keeps the reading program's limits
    and promises no walls: only by name, and red in ``doctor``."""

    ocr_engine: str = "rapidocr"
    max_upload_bytes: int = 512 * MiB
    """One scanned volume at 300 dpi colour stays far below; a larger file is split by the archivist."""

    max_pages: int = 2000
    session_idle_minutes: int = 30
    session_hours: int = 12
    attempts_per_quarter_hour: int = 10
    """Failed sign-ins for one name or one address before the throttle (ASVS 6.3.1)."""

    worker_threads: int = Field(default=1, ge=0, le=16)
    lease_seconds: int = 120
    checkpoint_seconds: float = 1.0
    passphrase_file: Path | None = None
    watermark_font: Path | None = None
    clamd_socket: Path | None = None
    """Where ClamAV's daemon listens, ``/run/clamav/clamd.ctl`` on Debian. None: deposits are marked as not scanned."""

    clamd_conf: Path = Path("/etc/clamav/clamd.conf")
    """Read before each scan, to see that clamd writes to memory only and says when it stopped looking (decision 0023)."""

    clamd_is_prepared: bool = False
    """The site states both where this machine cannot read clamd.conf, as with a clamd in a container of its own."""

    clamd_stale_days: int = Field(default=7, ge=1)
    """Official signatures come daily; a week without is a broken freshclam."""

    @property
    def archive_db(self) -> Path:
        return self.data / "archive.db"

    @property
    def search_db(self) -> Path:
        return self.data / "search.db"

    @property
    def keys_db(self) -> Path:
        return self.data / "keys.db"

    @property
    def key_file(self) -> Path:
        return self.data / "root.key"

    @property
    def objects(self) -> Path:
        return self.data / "objects"

    @property
    def unfinished(self) -> Path:
        """Stands in a folder whose restoring has not ended."""
        return self.data / "restore.unfinished"
