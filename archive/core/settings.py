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
    max_upload_bytes: int = Field(default=2048 * MiB, ge=1)
    """A whole volume in colour: a thousand pages at 300 dpi. It comes in parts, so a cut connection costs one of them."""

    max_pages: int = Field(default=2000, ge=1)
    """Of one file: twice the thickest volume that a record room binds."""

    max_pixels: int = Field(default=80_000_000, ge=1)
    """Of one page: A3 at 600 dpi has 70 million. Checked before the page is decoded."""

    max_side: int = Field(default=100_000, ge=1, le=1_000_000)
    """Pixels: eight metres of receipt at 300 dpi."""

    max_nesting: int = Field(default=32, ge=1, le=100)
    """Levels of one thing within another in a PDF; real files have five, and deeper ones exhaust the stack of readers."""

    max_embedded: int = Field(default=100, ge=0)
    """Files inside a file: each is unpacked and looked through for malware. A portfolio with more is taken apart first."""

    max_embedded_bytes: int = Field(default=256 * MiB, ge=0)
    """Of all files inside a file, unpacked: they are unpacked in memory."""

    max_ratio: int = Field(default=10_000, ge=1000)
    """Unpacked bytes per packed one, from 64 MiB on: deflate reaches 1,030, an empty fax page 7,000, a bomb millions."""

    read_cpu_seconds: int = Field(default=10, ge=1)
    """CPU time to look at a file, and again to draw each page. A dense scan takes 0.2 s."""

    read_memory_bytes: int = Field(default=1024 * MiB, ge=256 * MiB)
    """Memory to look at a file or to draw a page, on top of the program's own: 80 million pixels in colour and a copy."""

    engine_cpu_seconds: int = Field(default=60, ge=1)
    """CPU time of the engine for a page; the slowest real page took 7 s."""

    engine_memory_bytes: int = Field(default=2048 * MiB, ge=1024 * MiB)
    """Memory of the program while it reads a page, in all: both models and a page of 2,250 characters take 1.3 GiB."""

    upload_silence_seconds: float = Field(default=60, gt=0)
    """A sender that is silent for so long is cut off: it holds one of the server's forty threads."""

    upload_least_bytes_per_second: int = Field(default=1024, ge=0)
    """The least average of a sender for which we have waited longer than that: a modem's speed. 0: any."""

    session_idle_minutes: int = 30
    session_hours: int = 12
    attempts_per_quarter_hour: int = 10
    """Failed sign-ins for one name or one address before the throttle (ASVS 6.3.1)."""

    worker_threads: int = Field(default=1, ge=0, le=16)
    lease_seconds: int = 120
    checkpoint_seconds: float = 1.0
    sweep_hours: float = Field(default=24, gt=0)
    """How often the keeper looks for orphans and leftovers."""

    young_hours: float = Field(default=24, ge=1)
    """Bytes and keys are there before the row that names them; nothing younger is taken for left over. An hour at least:
    with less, what is being uploaded is left over."""

    upload_hours: float = Field(default=24, ge=1)
    """An upload of which nothing has arrived for so long has ended. An hour at least: with less, the pause between two
    parts is an end."""

    fixity_days: int = Field(default=365, ge=1)
    """Every sealed object is read again once in so many days, a share of them a day (DA/T 70-2018, periodic checks)."""

    fixity_mib_per_second: int = Field(default=8, ge=1)
    """Slow enough not to be felt beside people's work: 8 MiB a second are 675 GiB a day."""

    quality_confidence: float = Field(default=0.80, ge=0, le=1)
    """Mean score of what was read on a page, 0 to 1; a page below it is marked for a look."""

    quality_dpi: int = Field(default=200, ge=1)
    """Of a scan (DA/T 31-2017 asks for 200); a page below it is marked for a look."""

    quality_skew: float = Field(default=2.0, gt=0, le=45)
    """Degrees by which the lines of a page may lean before it is marked for a look."""

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
