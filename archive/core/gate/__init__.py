"""The one door: see ``gate``. Desks import these names from here."""

from archive.core.gate.gate import OPENING_TIME, ActorSource, BoundGate, Gate, Parts, Released
from archive.core.gate.operation import Finder, Found, Look, Operation, listing, operation, place
from archive.core.gate.work import Keys, Work

__all__ = [
    "OPENING_TIME",
    "ActorSource",
    "BoundGate",
    "Finder",
    "Found",
    "Gate",
    "Keys",
    "Look",
    "Operation",
    "Parts",
    "Released",
    "Work",
    "listing",
    "operation",
    "place",
]
