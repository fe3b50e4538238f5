"""Settings in, a running archive out. The only file that knows the mode, and where everything is built, once."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from archive.accounts.queries import login_behind, session_actor
from archive.core.access.actions import Action, Role
from archive.core.access.policy import Actor
from archive.core.access.rules import Rules, load_rules
from archive.core.audit.checkpoint import verifier_key
from archive.core.audit.log import sequence
from archive.core.db.engines import Database, open_database, open_sqlcipher
from archive.core.db.guards import check_guards, create_guards
from archive.core.db.types import FieldCipher
from archive.core.db.upkeep import Upkeep
from archive.core.errors import KeyUnavailable, NotReady, SearchUnavailable, SignInNeeded, StoreUnavailable
from archive.core.gate import ActorSource, Gate, Parts
from archive.core.permit import PermitOffice
from archive.core.settings import Settings
from archive.core.vault import envelope
from archive.core.vault.keyfile import Root, create_root, load_root
from archive.core.vault.keyring import Keyring, open_keyring
from archive.core.vault.local import LocalStore
from archive.core.vault.signing import LogSigner
from archive.core.vault.vault import Vault
from archive.desks.intake.clamd import Clamd
from archive.desks.intake.scanning import NoScanner, Scanner
from archive.holdings.tables import StoredObject
from archive.web.texts import explain
from migrations.steps import is_current, is_unknown, upgrade
from ocr.facts import Limits
from search.fts5 import Fts5Index
from search.index import IndexUnavailable

LOG_NAME = "juanzong/log"
OBJECT = "/".join(("[0-9a-f]" * 2, "[0-9a-f]" * 2, "[0-9a-f]" * 32))
"""How an object lies in the objects folder; what else a disk may hold, as ``lost+found``, is none."""

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Archive:
    """Everything that runs. Whoever serves, works or checks gets it as an argument."""

    settings: Settings
    gate: Gate
    upkeep: Upkeep
    index: Fts5Index
    vault: Vault
    signer: LogSigner
    form_key: bytes
    clock: Clock
    database: Database
    keyring: Keyring
    rules: Rules

    @property
    def verifier_key(self) -> str:
        return verifier_key(self.signer.name, self.signer.public)

    def who(self, token: str | None) -> ActorSource:
        return session_actor(token)

    def held_by(self, token: str) -> tuple[Actor, frozenset[Action]] | None:
        """Who a session belongs to and what her roles have rules for: the frame around a page, nothing of a record.

        Read outside the gate, because it shows people only themselves; an entry for every frame would bury the log.
        """
        with self.database.reading() as session:
            try:
                actor = session_actor(token)(session, self.clock())
            except SignInNeeded:
                return None
        return actor, frozenset(a for a in Action if any(self.rules.of(role, a) for role in actor.roles))

    def is_hers(self, token: str, login: str) -> bool:
        """Whether a session, ended or not, belonged to this sign-in name."""
        with self.database.reading() as session:
            return login_behind(session, token) == login

    def sequence_log(self) -> int:
        """Places new entries in the tree and signs a checkpoint over them. Returns how many."""
        placed = 0
        while batch := self.upkeep.run(
            lambda session: sequence(session, now=self.clock(), signer=self.signer),
            before_commit="sequencer.before-commit",
        ):
            placed += batch
        return placed

    def limits(self) -> Limits:
        """How much one file may cost the reading program, as the site has set it."""
        site = self.settings
        return Limits(
            max_bytes=site.max_upload_bytes,
            max_pages=site.max_pages,
            max_pixels=site.max_pixels,
            max_side=site.max_side,
            max_nesting=site.max_nesting,
            max_embedded=site.max_embedded,
            max_embedded_bytes=site.max_embedded_bytes,
            max_ratio=site.max_ratio,
            probe_cpu=site.read_cpu_seconds,
            render_cpu=site.read_cpu_seconds,
            engine_cpu=site.engine_cpu_seconds,
            render_memory=site.read_memory_bytes,
            engine_memory=site.engine_memory_bytes,
        )

    def close(self) -> None:
        self.database.dispose()
        self.index.close()
        self.keyring.close()


def scanner_of(settings: Settings, clock: Clock = now) -> Scanner:
    """Who looks for malware here."""
    if settings.clamd_socket is None:
        return NoScanner()
    return Clamd(
        settings.clamd_socket,
        settings.clamd_conf,
        is_prepared=settings.clamd_is_prepared,
        stale_after=timedelta(days=settings.clamd_stale_days),
        clock=clock,
    )


def system(role: Role) -> ActorSource:
    """``SYSTEM:reader`` or ``SYSTEM:operator``: actors that are no person."""

    def who(_session: Session, _now: datetime) -> Actor:
        return Actor(label=f"SYSTEM:{role}", roles=(role,))

    return who


def exists(settings: Settings) -> bool:
    return settings.key_file.exists()


def found_archive(settings: Settings, passphrase: str | None = None, *, is_restoring: bool = False) -> None:
    """Makes an empty archive in a folder that has none: keys, databases, guards. Safe to run again.

    Raises ``KeyUnavailable`` when an archive is there and its key file is not: a new one would open nothing.
    """
    _make_folder(settings)
    _refuse_unfinished(settings, is_restoring=is_restoring)
    _refuse_lost_key(settings)
    if not exists(settings):
        create_root(settings.key_file, passphrase)
    root = load_root(settings.key_file, passphrase)
    keyring = open_keyring(settings.keys_db, root)
    try:
        database = _open_database(settings, root, keyring)
        try:
            _migrate(database)
        finally:
            database.dispose()
    finally:
        keyring.close()


def _make_folder(settings: Settings) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NotReady(
            f"The folder of the archive cannot be made: {os.strerror(error.errno or 0)}.",
            "Choose a folder that you may write, with --data or JUANZONG_DATA.",
        ) from error


def _refuse_unfinished(settings: Settings, *, is_restoring: bool) -> None:
    if settings.unfinished.exists() and not is_restoring:
        raise NotReady(
            "This folder was not restored to its end.",
            "Run juanzong restore again with the same snapshot: it goes on. Or empty the folder.",
        )


def _refuse_lost_key(settings: Settings) -> None:
    """The key file is the first thing that is made, so databases without one have lost it."""
    if settings.keys_db.exists() and not exists(settings):
        raise KeyUnavailable(
            "The key file of this archive is missing.",
            "Put back the root.key that belongs to this folder; without it nothing here can be opened.",
        )


def open_archive(
    settings: Settings, passphrase: str | None = None, *, clock: Clock = now, is_restoring: bool = False
) -> Archive:
    """Raises ``KeyUnavailable``, ``DatabaseUnavailable`` or ``NotReady`` with what to do."""
    envelope.self_test()
    _refuse_unfinished(settings, is_restoring=is_restoring)
    _refuse_lost_key(settings)
    if not exists(settings):
        raise NotReady("This folder holds no archive yet.", "Run ./start, or: juanzong init.")
    root = load_root(settings.key_file, passphrase)
    keyring = open_keyring(settings.keys_db, root)
    database = _open_database(settings, root, keyring)
    _check(database)
    if not is_restoring:
        _refuse_lost_objects(settings, database)
    return _assemble(settings, root, keyring, database, clock)


def _refuse_lost_objects(settings: Settings, database: Database) -> None:
    """The folder under a disk that is not mounted, or on a wrong one, would be written to, and all of the archive be called
    missing. A restore goes on: what it could not bring back is counted.
    """
    if any(settings.objects.glob(OBJECT)):
        return
    with database.reader.connect() as connection:
        if connection.execute(select(StoredObject.id).limit(1)).first() is None:
            return
    raise StoreUnavailable(
        "The objects folder holds no object, and the database names some.",
        "Mount its disk, or restore it from a backup: juanzong restore.",
    )


def _assemble(settings: Settings, root: Root, keyring: Keyring, database: Database, clock: Clock) -> Archive:
    office = PermitOffice(root.derive("permit"))
    store = LocalStore(settings.objects)
    vault = Vault(store, keyring, office, clock)
    index = _open_index(settings, root)
    rules = load_rules()
    parts = Parts(
        database=database,
        rules=rules,
        office=office,
        vault=vault,
        keys=keyring,
        index=index,
        cipher=_cipher(keyring),
        clock=clock,
        writer=writer_name(),
        explain=explain,
    )
    return Archive(
        settings=settings,
        gate=Gate(parts),
        upkeep=Upkeep(database),
        index=index,
        vault=vault,
        signer=LogSigner(LOG_NAME, keyring.secret("log-signing")),
        form_key=root.derive("forms"),
        clock=clock,
        database=database,
        keyring=keyring,
        rules=rules,
    )


def _open_index(settings: Settings, root: Root) -> Fts5Index:
    try:
        return Fts5Index(lambda: open_sqlcipher(settings.search_db, root.derive("search.db")))
    except IndexUnavailable as error:
        raise SearchUnavailable(
            "search.db cannot be opened.", "Move it away, with its -wal and -shm, and run: juanzong reindex."
        ) from error


def writer_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _cipher(keyring: Keyring) -> FieldCipher:
    return FieldCipher(keyring.secret("field"), keyring.secret("blind-index"))


def _open_database(settings: Settings, root: Root, keyring: Keyring) -> Database:
    return open_database(settings.archive_db, root.derive("archive.db"), _cipher(keyring))


def _migrate(database: Database) -> None:
    with database.writer.begin() as connection:
        _refuse_newer(connection)
        upgrade(connection)
        create_guards(connection)


def _check(database: Database) -> None:
    with database.reader.connect() as connection:
        _refuse_newer(connection)
        if not is_current(connection):
            raise NotReady(
                "The database is of an older version.", "Run: juanzong init, which brings it up to date."
            )
        check_guards(connection)


def _refuse_newer(connection: Connection) -> None:
    if is_unknown(connection):
        raise NotReady(
            "The database was written by a newer version.",
            "Install that version, or restore a backup from before it.",
        )
