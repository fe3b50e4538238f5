"""``juanzong up`` and ``juanzong check``: what ``./start`` and ``./start --check`` run."""

import logging
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import typer
import uvicorn
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from archive.cli.configured import passphrase, settings_for
from archive.cli.demonstration import Loaded, Progress, Watch, is_loaded, load
from archive.cli.ending import Asked
from archive.cli.folder_lock import owning
from archive.cli.founding import reset, settle
from archive.cli.keeping import log_to_stderr, opened, print_people
from archive.cli.output import Exit, console, reported
from archive.cli.server import background, listening, serve_until_asked, server
from archive.cli.session import connect, sign_in
from archive.cli.stations import Walk
from archive.core.errors import ArchiveError, NotReady
from archive.core.settings import Settings
from archive.wiring import Archive, found_archive
from demo.generate import case_files

START_SECONDS = 30.0


def up(data: Path | None, port: int | None, *, demo: bool) -> None:
    log_to_stderr()
    with ExitStack() as stack:
        settings, asked = settings_for(data, port=port), Asked()
        stack.enter_context(owning(settings, "up", serves=True, makes=True))
        archive = _ready(settings)
        stack.callback(archive.close)
        heard = stack.enter_context(listening(settings))
        password = _settle(archive, demo=demo)
        beside = stack.enter_context(background(archive, workers=settings.worker_threads))
        web = server(archive)
        if password is not None:
            loading = (settings, web, password, asked)
            threading.Thread(target=_load_when_served, args=loading, daemon=True).start()
        else:
            console.print(f"Juanzong is served at http://{settings.host}:{settings.port} — Ctrl+C ends it.")
        serve_until_asked(web, heard, beside, asked)


def _ready(settings: Settings) -> Archive:
    found_archive(settings, passphrase(settings))
    return opened(settings)


def _settle(archive: Archive, *, demo: bool) -> str | None:
    """Accounts on the first run. Returns the archivist's password while demonstration files are still to be loaded."""
    people = settle(archive)
    print_people(people)
    if not demo or is_loaded(demo_file(archive.settings)):
        return None
    if people:
        Loaded.from_file(demo_file(archive.settings)).keep()  # from here on an interrupted loading goes on
        return people[0].password
    if not demo_file(archive.settings).exists():
        return None
    password = reset(archive, "archivist")
    console.print(
        f"The loading of the demonstration files goes on; the archivist's new password: {password}\n"
    )
    return password


def demo_file(settings: Settings) -> Path:
    return settings.data / "demonstration.json"


def _load_when_served(settings: Settings, web: uvicorn.Server, password: str, asked: Asked) -> None:
    address = f"http://{settings.host}:{settings.port}"
    with reported_in_thread(asked):
        wait_until_served(web)
        login = sign_in(address, "archivist", password)
        with progress_bar() as watch:
            load(connect(address, login.token), demo_file(settings), case_files(), watch)
        console.print(f"\nJuanzong is served at {address} — Ctrl+C ends it.")


@contextmanager
def reported_in_thread(asked: Asked) -> Iterator[None]:
    """A failed loading says why and leaves the server running: the archive itself is in order."""
    try:
        with reported(), _silent_when(asked):
            yield
    except typer.Exit:
        console.print(
            "The demonstration files were not loaded; the archive is served all the same. ./start tries again."
        )


@contextmanager
def _silent_when(asked: Asked) -> Iterator[None]:
    """The server that the loading talked to was ended; the next start goes on with it."""
    try:
        yield
    except ArchiveError:
        if not asked.is_asked:
            raise


def wait_until_served(web: uvicorn.Server) -> None:
    """Raises ``NotReady`` when the application does not come up."""
    deadline = time.monotonic() + START_SECONDS
    while not web.started:
        if web.should_exit or time.monotonic() > deadline:
            raise NotReady(
                "The server did not start.", "See the lines above; juanzong doctor says what is missing."
            )
        time.sleep(0.05)


@contextmanager
def progress_bar() -> Iterator[Watch]:
    """Draws on a terminal; elsewhere says a line whenever a page more is read."""
    if not console.is_terminal:
        last = -1

        def tell(progress: Progress) -> None:
            nonlocal last
            if progress.pages != last:
                last = progress.pages
                console.print(f"  {progress.words}: {progress.pages} of {progress.of} pages")

        yield tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("Reading the demonstration files 识别示范材料", total=None)
        yield lambda progress: bar.update(task, completed=progress.pages, total=progress.of)


def check() -> Exit:
    log_to_stderr(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="juanzong-check-") as folder:
        ok = walk(settings_for(Path(folder) / "data", port=0))
    return Exit.DONE if ok else Exit.FAULT


def walk(settings: Settings) -> bool:
    archive = _ready(settings)
    people = settle(archive)
    with served(archive) as address, progress_bar() as watch:
        ok = Walk.begin(address, settings, people, watch).all(console.print)
    archive.close()
    return ok


@contextmanager
def served(archive: Archive) -> Iterator[str]:
    """The whole server in threads of this process, on a free port. Answers with its address."""
    web = server(archive)
    workers = max(1, archive.settings.worker_threads)
    with listening(archive.settings) as port, background(archive, workers=workers):
        thread = threading.Thread(target=web.run, kwargs={"sockets": [port]}, daemon=True)
        thread.start()
        wait_until_served(web)
        try:
            yield f"http://{archive.settings.host}:{port.getsockname()[1]}"
        finally:
            web.should_exit = True
            thread.join()
