"""The left menu. Each desk brings its own entries with its router; a person is offered what her roles have rules for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from archive.core.access.actions import Action
from archive.core.gate import Work
from archive.web.language import N_

COLLECT, ARRANGE, USE, MANAGE = N_("采集"), N_("整理"), N_("利用"), N_("管理")
GROUPS = (COLLECT, ARRANGE, USE, MANAGE)


@dataclass(frozen=True)
class MenuEntry:
    """``label`` and ``hint`` are marked with ``N_`` and translated when shown; ``hint`` stands on the home page.

    The entry is offered to whoever has a rule for ``action``.
    """

    group: str
    label: str
    href: str
    action: Action
    hint: str = ""


@dataclass(frozen=True)
class Waiting:
    """One kind of work that may wait for a person; brought by a desk's router, as its menu entries are.

    ``count`` is asked inside the one operation that counts (``accounts.to_dos``), only for whoever has a rule for
    ``action``. It keeps to ``work.scope`` and ``work.decide``, and stops at ``MOST_COUNTED``: it is asked every minute.
    """

    label: str
    href: str
    action: Action
    count: Callable[[Work], int]


MOST_COUNTED = 100
"""What is more is shown as 99+."""


@dataclass(frozen=True)
class MenuGroup:
    name: str
    entries: tuple[MenuEntry, ...]


def here(entries: Iterable[MenuEntry], path: str) -> str:
    """The entry that the path belongs to: the longest that fits, so that one entry is marked and not two."""
    fitting = (e.href for e in entries if path == e.href or path.startswith(f"{e.href}/"))
    return max(fitting, key=len, default="")


def menu_for(entries: Iterable[MenuEntry], may: frozenset[Action]) -> tuple[MenuGroup, ...]:
    offered = [entry for entry in entries if entry.action in may]
    groups = (MenuGroup(name, tuple(e for e in offered if e.group == name)) for name in GROUPS)
    return tuple(group for group in groups if group.entries)
