"""What the web is given when it is put together. The web knows no database and no accounts: it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock

from starlette.requests import HTTPConnection

from archive.core.access.actions import Action
from archive.core.gate import ActorSource, Gate
from archive.core.settings import Settings


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the frame of a page shows it. ``may`` holds every action her roles have any rule for."""

    name: str
    login: str
    unit: str
    may: frozenset[Action]


@dataclass(frozen=True)
class Entrance:
    """``token`` is a session token as the client sent it, or None. ``stay`` and ``remember_failure`` are clockwork."""

    gate: Gate
    settings: Settings
    clock: Callable[[], datetime]
    csrf_key: bytes
    who: Callable[[str | None], ActorSource]
    anyone: ActorSource
    person: Callable[[str], Person | None]
    """The signed-in person of a token, or None; one snapshot, cheap enough for every page."""

    is_hers: Callable[[str, str], bool]
    """(token, sign-in name): whether that session, ended or not, was this person's."""

    stay: Callable[[str], None]
    """Moves the idle time of the token's session on. Called for sessions that the gate has just accepted."""

    remember_failure: Callable[[str, str], None]
    """(sign-in name, client address) of a password that was wrong, for the throttle."""

    turnstile: Lock = field(default_factory=Lock)
    """One password at a time: many wrong passwords sent together would all be checked before the first is counted."""

    ending: Event = field(default_factory=Event)
    """Set when the server ends and waits for no upload any more."""


def entrance_of(connection: HTTPConnection) -> Entrance:
    entrance = connection.app.state.entrance
    assert isinstance(entrance, Entrance)
    return entrance
