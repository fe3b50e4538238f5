"""The server: the web application, worker threads, and the clock that signs checkpoints."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session

from archive.accounts import api as accounts_api
from archive.accounts import pages as accounts_pages
from archive.accounts import preference_api, preference_pages, to_do_pages, token_api, token_pages
from archive.accounts import to_decide as roles_to_decide
from archive.accounts.operations import SignIn, remember_failure, stay_signed_in
from archive.accounts.queries import anyone
from archive.accounts.tokens import note_use
from archive.app import create_app
from archive.cli.ending import ANSWERS_SECONDS, JOBS_SECONDS, UPLOADS_SECONDS, Asked
from archive.core.errors import ArchiveError, NotReady, SandboxUnavailable
from archive.core.jobs.faults import Complaints
from archive.core.settings import Settings
from archive.desks.assigning import api as assigning_api
from archive.desks.assigning import pages as assigning_pages
from archive.desks.assigning import to_decide as namings_to_decide
from archive.desks.assigning import to_dos as assigning_to_dos
from archive.desks.audit import api as audit_api
from archive.desks.audit import pages as audit_pages
from archive.desks.audit.door import LogDoor
from archive.desks.binding import api as binding_api
from archive.desks.binding import pages as binding_pages
from archive.desks.binding import pages_arranging as binding_pages_arranging
from archive.desks.binding import pages_checking as binding_pages_checking
from archive.desks.binding import prints as binding_prints
from archive.desks.finding import api as finding_api
from archive.desks.finding import pages as finding_pages
from archive.desks.finding import suggest_api, suggest_pages
from archive.desks.intake import api as intake_api
from archive.desks.intake import api_parts as intake_parts_api
from archive.desks.intake import pages as intake_pages
from archive.desks.intake import to_dos as intake_to_dos
from archive.desks.legal import api as legal_api
from archive.desks.legal import pages as legal_pages
from archive.desks.legal import pages_evidence as evidence_pages
from archive.desks.legal import to_decide as legal_to_decide
from archive.desks.legal import to_dos as legal_to_dos
from archive.desks.loans import api as loans_api
from archive.desks.loans import pages as loans_pages
from archive.desks.loans import to_decide as loans_to_decide
from archive.desks.loans import to_dos as loans_to_dos
from archive.desks.preservation import api as preservation_api
from archive.desks.preservation import pages as preservation_pages
from archive.desks.quality import api as quality_api
from archive.desks.quality import pages as quality_pages
from archive.desks.reading_room import api as reading_room_api
from archive.desks.reading_room import pages as reading_room_pages
from archive.holdings import api as holdings_api
from archive.holdings import pages as holdings_pages
from archive.holdings import to_dos as holdings_to_dos
from archive.web.entrance import Entrance, Person
from archive.web.guarded import GuardedRouter
from archive.web.queue import Deciding, queue_router
from archive.wiring import Archive
from archive.worker import Worker, let_go, new_keeper, new_worker, work_until
from ocr.engine import is_known
from ocr.launchers import Launcher, LauncherUnavailable, choose_launcher

_log = logging.getLogger(__name__)

DECIDING: tuple[Deciding, ...] = (
    loans_to_decide.DECIDING,
    namings_to_decide.DECIDING,
    legal_to_decide.PACKAGES,
    legal_to_decide.RELEASES,
    roles_to_decide.DECIDING,
)
"""What desks bring to the one queue of decisions."""

ROUTERS: tuple[GuardedRouter, ...] = (
    intake_pages.router,
    holdings_pages.router,
    quality_pages.router,
    finding_pages.router,
    suggest_pages.router,
    loans_pages.router,
    queue_router(DECIDING),
    reading_room_pages.router,
    assigning_pages.router,
    legal_pages.router,
    evidence_pages.router,
    audit_pages.router,
    preservation_pages.router,
    accounts_pages.router,
    token_pages.router,
    preference_pages.router,
    to_do_pages.router,
    intake_to_dos.router,
    holdings_to_dos.router,
    loans_to_dos.router,
    assigning_to_dos.router,
    legal_to_dos.router,
    accounts_api.router,
    token_api.router,
    preference_api.router,
    intake_api.router,
    intake_parts_api.router,
    holdings_api.router,
    quality_api.router,
    finding_api.router,
    suggest_api.router,
    loans_api.router,
    reading_room_api.router,
    assigning_api.router,
    binding_api.router,
    binding_pages.router,
    binding_pages_arranging.router,
    binding_pages_checking.router,
    binding_prints.router,
    legal_api.router,
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
        return choose_launcher((archive.settings.launcher,), hidden=archive.settings.data)
    except LauncherUnavailable as error:
        raise SandboxUnavailable(error.reason, error.remedy) from error


def web_application(archive: Archive) -> FastAPI:
    _sweep_scratch(archive)
    app = create_app(_entrance(archive), ROUTERS)
    app.state.log_door = LogDoor(
        archive.sequence_log, archive.verifier_key, lambda: _scratch(archive), archive.signer
    )
    return app


def _entrance(archive: Archive) -> Entrance:
    def person(token: str) -> Person | None:
        held = archive.held_by(token)
        return None if held is None else Person(held[0].name, held[0].login, held[0].unit_name, held[1])

    def stay(token: str) -> None:
        now = archive.clock()
        idle_until = now + timedelta(minutes=archive.settings.session_idle_minutes)

        def used(session: Session) -> None:
            stay_signed_in(session, token, idle_until)
            note_use(session, token, now)

        archive.upkeep.run(used)

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
        is_hers=archive.is_hers,
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


class Background:
    """Threads that run beside the web, or alone: workers, the keeper, the sequencer."""

    def __init__(self, workers: Sequence[Worker], *others: Callable[[threading.Event], None]) -> None:
        self._stop = threading.Event()
        self._asked_at: float | None = None
        self._workers = workers
        acts: list[Callable[[threading.Event], None]] = [
            *others,
            *(partial(work_until, worker) for worker in workers),
        ]
        self._threads = [threading.Thread(target=act, args=(self._stop,), daemon=True) for act in acts]
        for thread in self._threads:
            thread.start()

    @property
    def is_running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def ask(self) -> None:
        """Asks all to finish what they hold: a worker its page."""
        self._asked_at = self._asked_at or time.monotonic()
        self._stop.set()

    def end(self) -> None:
        """Waits until eight seconds after the asking at most; jobs that are then still held are handed back unblamed."""
        self.ask()
        last = (self._asked_at or 0) + JOBS_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, last - time.monotonic()))
        for worker in self._workers:
            let_go(worker)


@contextmanager
def background(archive: Archive, *, workers: int) -> Iterator[Background]:
    running = Background(_crew(archive, workers), partial(_sequence, archive))
    try:
        yield running
    finally:
        running.end()


def _crew(archive: Archive, workers: int) -> list[Worker]:
    """Raises ``SandboxUnavailable``."""
    if workers == 0:
        return []
    launcher = launcher_of(archive)
    return [*(new_worker(archive, launcher) for _ in range(workers)), new_keeper(archive, launcher)]


def _sequence(archive: Archive, stop: threading.Event) -> None:
    complaints = Complaints()
    while not stop.wait(archive.settings.checkpoint_seconds):
        try:
            archive.sequence_log()
        except ArchiveError as error:
            complaints.say("log", f"{error.message} {error.remedy}")
        except Exception as error:  # noqa: BLE001 - the clock goes on; entries wait for the next turn
            complaints.say("log", type(error).__name__)
        else:
            complaints.over("log")


def work_until_asked(archive: Archive) -> None:
    """A process of workers without a server."""
    asked = Asked()
    asked.listen()
    running = Background(_crew(archive, 1))
    asked.wait_while(lambda: running.is_running)
    running.end()


def serve_until_asked(web: uvicorn.Server, heard: socket.socket, beside: Background, asked: Asked) -> None:
    """Serves in a thread, so that this one hears who asks it to end. Raises ``NotReady`` when the server ends by itself."""
    thread = threading.Thread(target=web.run, kwargs={"sockets": [heard]}, daemon=True, name="web")
    asked.listen()
    thread.start()
    asked.wait_while(thread.is_alive)
    beside.ask()
    web.should_exit = True
    thread.join(UPLOADS_SECONDS)
    ending_of(web).set()
    thread.join(ANSWERS_SECONDS + 1 - UPLOADS_SECONDS)
    if not asked.is_asked:
        raise NotReady(
            "The server has ended by itself.", "See the lines above; juanzong doctor says what is missing."
        )


def ending_of(web: uvicorn.Server) -> threading.Event:
    app = web.config.app
    assert isinstance(app, FastAPI)
    entrance = app.state.entrance
    assert isinstance(entrance, Entrance)
    return entrance.ending


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
        timeout_graceful_shutdown=int(ANSWERS_SECONDS),
    )
    return uvicorn.Server(config)
