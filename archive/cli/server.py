"""The server: the web application, worker threads, and the clock that signs checkpoints."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from archive.accounts import api as accounts_api
from archive.accounts import pages as accounts_pages
from archive.accounts.operations import SignIn, remember_failure, stay_signed_in
from archive.accounts.queries import anyone
from archive.app import create_app
from archive.core.errors import ArchiveError, NotReady, SandboxUnavailable
from archive.core.settings import Settings
from archive.desks.assigning import api as assigning_api
from archive.desks.assigning import pages as assigning_pages
from archive.desks.audit import api as audit_api
from archive.desks.audit import pages as audit_pages
from archive.desks.audit.door import LogDoor
from archive.desks.finding import api as finding_api
from archive.desks.finding import pages as finding_pages
from archive.desks.intake import api as intake_api
from archive.desks.intake import api_parts as intake_parts_api
from archive.desks.intake import pages as intake_pages
from archive.desks.loans import api as loans_api
from archive.desks.loans import pages as loans_pages
from archive.desks.preservation import api as preservation_api
from archive.desks.preservation import pages as preservation_pages
from archive.desks.reading_room import api as reading_room_api
from archive.desks.reading_room import pages as reading_room_pages
from archive.holdings import api as holdings_api
from archive.holdings import pages as holdings_pages
from archive.web.entrance import Entrance, Person
from archive.web.guarded import GuardedRouter
from archive.wiring import Archive
from archive.worker import new_keeper, new_worker, work_until
from ocr.engine import is_known
from ocr.launchers import Launcher, LauncherUnavailable, choose_launcher

_log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0

ROUTERS: tuple[GuardedRouter, ...] = (
    intake_pages.router,
    holdings_pages.router,
    finding_pages.router,
    loans_pages.router,
    reading_room_pages.router,
    assigning_pages.router,
    audit_pages.router,
    preservation_pages.router,
    accounts_pages.router,
    accounts_api.router,
    intake_api.router,
    intake_parts_api.router,
    holdings_api.router,
    finding_api.router,
    loans_api.router,
    reading_room_api.router,
    assigning_api.router,
    audit_api.router,
    preservation_api.router,
)


def launcher_of(archive: Archive) -> Launcher:
    """Raises ``SandboxUnavailable``: reading without walls has to be allowed by name, and the engine has to exist."""
    if not is_known(archive.settings.ocr_engine):
        raise SandboxUnavailable(
            f"There is no engine called {archive.settings.ocr_engine}.",
            "Set JUANZONG_OCR_ENGINE to rapidocr or tesseract.",
        )
    try:
        return choose_launcher((archive.settings.launcher,))
    except LauncherUnavailable as error:
        raise SandboxUnavailable(error.reason, error.remedy) from error


def web_application(archive: Archive) -> FastAPI:
    _sweep_scratch(archive)
    app = create_app(_entrance(archive), ROUTERS)
    app.state.log_door = LogDoor(archive.sequence_log, archive.verifier_key, lambda: _scratch(archive))
    return app


def _entrance(archive: Archive) -> Entrance:
    def person(token: str) -> Person | None:
        held = archive.held_by(token)
        return None if held is None else Person(held[0].name, held[0].login, held[0].unit_name, held[1])

    def stay(token: str) -> None:
        idle_until = archive.clock() + timedelta(minutes=archive.settings.session_idle_minutes)
        archive.upkeep.run(lambda session: stay_signed_in(session, token, idle_until))

    def failed(login: str, address: str) -> None:
        attempt = SignIn(login, "", address, 0)
        archive.upkeep.run(lambda session: remember_failure(session, attempt, archive.clock()))

    return Entrance(
        gate=archive.gate,
        settings=archive.settings,
        clock=archive.clock,
        csrf_key=archive.form_key,
        who=archive.who,
        anyone=anyone,
        person=person,
        stay=stay,
        remember_failure=failed,
    )


def _scratch(archive: Archive) -> Path:
    """Where an export lies until it is sent: it holds ids only."""
    folder = archive.settings.data / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _sweep_scratch(archive: Archive) -> None:
    """An export whose sending was killed lies here without a reader."""
    for left in _scratch(archive).glob("log-*.zip*"):
        left.unlink(missing_ok=True)


@dataclass(frozen=True)
class Background:
    """Threads that run beside the web: workers, and the sequencer."""

    stop: threading.Event
    threads: tuple[threading.Thread, ...]

    def end(self) -> None:
        """Asks all to finish what they hold. A page still being read after ten seconds is read again by the next worker."""
        self.stop.set()
        for thread in self.threads:
            thread.join(DRAIN_SECONDS / max(1, len(self.threads)))


@contextmanager
def background(archive: Archive, *, workers: int) -> Iterator[Background]:
    stop = threading.Event()
    launcher = launcher_of(archive) if workers else None
    threads = [threading.Thread(target=_sequence, args=(archive, stop), daemon=True, name="sequencer")]
    if launcher is not None:
        threads += [
            threading.Thread(
                target=work_until, args=(new_worker(archive, launcher), stop), daemon=True, name=f"worker-{n}"
            )
            for n in range(workers)
        ]
        threads.append(
            threading.Thread(
                target=work_until, args=(new_keeper(archive, launcher), stop), daemon=True, name="keeper"
            )
        )
    running = Background(stop, tuple(threads))
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        running.end()


def _sequence(archive: Archive, stop: threading.Event) -> None:
    while not stop.wait(archive.settings.checkpoint_seconds):
        try:
            archive.sequence_log()
        except ArchiveError as error:
            _log.error("log: %s %s", error.message, error.remedy)
        except Exception as error:  # noqa: BLE001 - the clock goes on; entries wait for the next turn
            _log.warning("log: %s", type(error).__name__)


def listening(settings: Settings) -> socket.socket:
    """The port, taken before anything is said or started. Raises ``NotReady`` when another program has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise NotReady(
            f"Port {settings.port} of {settings.host} cannot be used: {error.strerror}.",
            "Another program, or another Juanzong, may have it; name a free one with --port.",
        ) from error


def server(archive: Archive) -> uvicorn.Server:
    """Runs on the socket that it is given. Access lines are off: they would hold addresses of records, which belong in the log and nowhere else."""
    config = uvicorn.Config(
        web_application(archive),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(archive.settings.public_url),  # without a proxy, whoever writes them lies
        date_header=True,
        timeout_graceful_shutdown=int(DRAIN_SECONDS),
    )
    return uvicorn.Server(config)
