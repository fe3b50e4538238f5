"""What can be done, declared: an action, how its target is found, and a body that only the gate runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from sqlalchemy.orm import Session

from archive.core.access.actions import Action
from archive.core.access.policy import Actor, Asking, Target

if TYPE_CHECKING:
    from archive.core.gate.work import Work

L = TypeVar("L")
G = TypeVar("G")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R")


@dataclass(frozen=True)
class Look:
    """What a finder may use: one moment's view, and who asks."""

    session: Session
    asking: Asking
    now: datetime

    @property
    def actor(self) -> Actor:
        return self.asking.actor


@dataclass(frozen=True)
class Found(Generic[T]):
    target: Target
    it: T


Finder = Callable[[Look, L], Found[T] | None]


@dataclass(frozen=True)
class Operation(Generic[L, G, R]):
    """Something that can be done. It cannot be called: whoever wants it done goes through the gate."""

    name: str
    action: Action
    reads: bool
    find: Callable[[Look, L], Found[Any] | None]
    body: Callable[["Work", Any, Any], R]


class _Declare(Protocol[L, T_co]):
    @overload
    def __call__(self, body: Callable[["Work", T_co], R], /) -> Operation[L, None, R]: ...
    @overload
    def __call__(self, body: Callable[["Work", T_co, G], R], /) -> Operation[L, G, R]: ...


def operation(action: Action, *, on: Finder[L, T], reads: bool = False) -> _Declare[L, T]:
    """Declares an operation. The body takes ``work``, what ``on`` found and, if it has a third argument, what was given."""

    def declare(body: Callable[..., Any], /) -> Operation[Any, Any, Any]:
        takes_given = body.__code__.co_argcount == 3
        run = body if takes_given else (lambda work, it, _given: body(work, it))
        name = f"{body.__module__.removeprefix('archive.').removesuffix('.operations')}.{body.__name__}"
        return Operation(name, action, reads, on, run)

    return declare


def place(kind: str) -> Callable[[Look, None], Found[None]]:
    """A finder for what belongs to nobody: a form, the log."""
    return lambda _look, _where: Found(Target(kind), None)


def listing(kind: str) -> Callable[[Look, None], Found[None]]:
    """A finder for a list. The body must ask ``work.scope`` what is on it for this asker."""
    return lambda _look, _where: Found(Target(kind, listing=True), None)
