"""Classes of folders as data: their order, the documents they need, how thick they may be. Reading them is strict.

A new class is a file beside this one; no program changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True)
class Step:
    """A place in the order: documents of ``type`` stand here, if a condition is named only where it applies."""

    type: str
    when: str | None = None


@dataclass(frozen=True)
class Slot:
    """A required document 必备材料: one of ``types``; with ``when`` only in folders to which that condition applies."""

    code: str
    types: tuple[str, ...]
    when: str | None = None


@dataclass(frozen=True)
class FolderClass:
    """``source``: the rule that the data were taken from. ``sheet_mm``: thickness of a sheet, which has ``faces`` faces.

    ``most_items`` None: as many as fit.
    """

    code: str
    version: str
    name: str
    source: str
    order: tuple[Step, ...]
    flags: Mapping[str, str]
    slots: tuple[Slot, ...]
    most_pages: int
    most_mm: float
    most_items: int | None
    sheet_mm: float
    faces: int

    def thickness_mm(self, pages: int) -> float:
        """Of that many faces, on sheets printed as this class says."""
        return -(-pages // self.faces) * self.sheet_mm


@cache
def folder_classes() -> Mapping[str, FolderClass]:
    """By code, in the order of their files' names. Raises ``ValueError`` for anything that a file says wrongly."""
    files = sorted(resources.files(__name__).iterdir(), key=lambda file: file.name)
    read = (read_class(file.read_text("utf-8"), file.name) for file in files if file.name.endswith(".yaml"))
    return {one.code: one for one in read}


_KEYS = {"code", "version", "name", "since", "source", "order", "flags", "slots", "limits", "sheet"}


def read_class(text: str, name: str) -> FolderClass:
    """Raises ``ValueError`` that names the file."""
    said: Any = yaml.safe_load(text)
    if not isinstance(said, dict) or set(said) != _KEYS:
        raise ValueError(f"{name}: a class says {', '.join(sorted(_KEYS))} and nothing else")
    flags = {str(code): str(word) for code, word in said["flags"].items()}
    steps = tuple(_step(one) for one in said["order"])
    slots = tuple(Slot(one["code"], tuple(one["types"]), one.get("when")) for one in said["slots"])
    named = {step.when for step in steps} | {slot.when for slot in slots}
    unknown = {when for when in named if when is not None} - set(flags)
    if unknown:
        raise ValueError(f"{name}: no such condition: {', '.join(sorted(unknown))}")
    return FolderClass(
        code=str(said["code"]),
        version=str(said["version"]),
        name=str(said["name"]),
        source=str(said["source"]),
        order=steps,
        flags=flags,
        slots=slots,
        most_pages=int(said["limits"]["pages"]),
        most_mm=float(said["limits"]["thickness_mm"]),
        most_items=said["limits"].get("items"),
        sheet_mm=float(said["sheet"]["mm"]),
        faces=int(said["sheet"]["faces"]),
    )


def _step(one: Any) -> Step:
    return Step(one) if isinstance(one, str) else Step(one["type"], one["when"])
