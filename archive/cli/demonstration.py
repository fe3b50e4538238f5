"""Loads the demonstration files the way an archivist would: over HTTP, upload, wait for the reading, describe.

What is done is kept in a small file of names, so that an interrupted loading goes on where it stopped.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.cli.founding import FONDS
from archive.cli.session import Client
from archive.core.errors import Conflict
from demo.generate import DemoFile

SERIES_OF = {"claims": "LP", "records": "BA", "policies": "BD"}
POLL_SECONDS = 1.0
MOST_VOLUME_TIER = 4


@dataclass(frozen=True)
class Progress:
    """``pages`` of ``of`` are read; ``words`` says what goes on."""

    pages: int
    of: int
    words: str


Watch = Callable[[Progress], None]


@dataclass
class Loaded:
    """File name → the uids that came of it."""

    path: Path
    deposits: dict[str, str]
    volumes: dict[str, str]
    items: dict[str, str]
    complete: bool = False

    @staticmethod
    def from_file(path: Path) -> "Loaded":
        if not path.exists():
            return Loaded(path, {}, {}, {})
        kept = json.loads(path.read_text())
        return Loaded(path, kept["deposits"], kept["volumes"], kept["items"], kept["complete"])

    def keep(self) -> None:
        kept = {
            "deposits": self.deposits,
            "volumes": self.volumes,
            "items": self.items,
            "complete": self.complete,
        }
        partial = self.path.with_suffix(".part")
        partial.write_text(json.dumps(kept))
        partial.replace(self.path)


def is_loaded(path: Path) -> bool:
    return Loaded.from_file(path).complete


def load(archivist: Client, path: Path, files: tuple[DemoFile, ...], watch: Watch) -> Loaded:
    """Raises ``Conflict`` when a demonstration file is refused or its reading fails."""
    loaded = Loaded.from_file(path)
    batch = None
    for file in files:
        if file.name not in loaded.deposits:
            params = {"name": file.name, "fonds": FONDS} | ({} if batch is None else {"batch": batch})
            answer = archivist.send("/api/v1/deposits", file.content, len(file.content), **params)
            batch = answer["batch"]
            loaded.deposits[file.name] = answer["deposit"]
            loaded.keep()
    pages = sum(len(file.pages) for file in files)
    for read in _until_read(archivist, loaded, files):
        watch(Progress(min(read, pages), pages, "OCR"))
    for file in files:
        if file.name not in loaded.items:
            _describe(archivist, loaded, file)
    loaded.complete = True
    loaded.keep()
    watch(Progress(pages, pages, "described"))
    return loaded


def _until_read(archivist: Client, loaded: Loaded, files: tuple[DemoFile, ...]) -> Iterator[int]:
    ours = {loaded.deposits[file.name] for file in files}
    while True:
        seen = [row for row in archivist.get("/api/v1/deposits", limit=500) if row["deposit"] in ours]
        for deposit in seen:
            if deposit["state"] in {"refused", "failed"}:
                raise Conflict(f"{deposit['name']} was not read: {deposit['reason']}", str(deposit["remedy"]))
        yield sum(deposit["pages_read"] for deposit in seen)
        if all(deposit["state"] == "read" for deposit in seen):
            return
        time.sleep(POLL_SECONDS)


def _describe(archivist: Client, loaded: Loaded, file: DemoFile) -> None:
    said = file.description
    item = archivist.get(f"/api/v1/deposits/{loaded.deposits[file.name]}")["item"]
    revision = archivist.get(f"/api/v1/items/{item}")["revision"]
    archivist.put(
        f"/api/v1/items/{item}/description",
        {
            "revision": revision,
            "volume": _volume(archivist, loaded, file),
            "title": said.title,
            "doc_type": said.doc_type,
            "tier": said.tier,
            "doc_date": said.doc_date,
            "persons": [
                {"name": p.name, "id_no": p.id_no, "phone": p.phone, "part": p.part} for p in said.persons
            ],
            "numbers": [{"kind": kind, "value": value} for kind, value in said.numbers],
        },
    )
    loaded.items[file.name] = item
    loaded.keep()


def _volume(archivist: Client, loaded: Loaded, file: DemoFile) -> str:
    said = file.description
    if said.volume_title not in loaded.volumes:
        loaded.volumes[said.volume_title] = _new_volume(archivist, said)
        loaded.keep()
    return loaded.volumes[said.volume_title]


def _new_volume(archivist: Client, said: Any) -> str:
    series = archivist.get("/api/v1/holdings")["series"]
    chosen = next(line for line in series if line["code"] == SERIES_OF[said.series])
    year = date.fromisoformat(said.doc_date).year
    tier = min(said.tier, MOST_VOLUME_TIER)
    body = {"series": chosen["uid"], "title": said.volume_title, "year": year, "tier": tier}
    return str(archivist.post("/api/v1/volumes", body)["uid"])
