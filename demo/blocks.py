"""The words of a form as its author writes them down; `layout` turns them into marks on paper."""

from dataclasses import dataclass

from demo.model import Script


@dataclass(frozen=True)
class Letterhead:
    organisation: str
    number: str = ""


@dataclass(frozen=True)
class Title:
    text: str


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Body:
    text: str
    indented: bool = True


@dataclass(frozen=True)
class Fields:
    """A frame whose cells are label, value, label, value. `widths` are shares of the text width;
    the last cell of a shorter row reaches to the right edge.
    """

    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Table:
    """`numeric` names the columns set flush right. `widths` are shares of the text width."""

    widths: tuple[float, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class Options:
    label: str
    choices: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Signature:
    """Labels on one line, each with room for a signature; `signed` says which of them carry one."""

    labels: tuple[str, ...]
    signed: tuple[bool, ...]


@dataclass(frozen=True)
class Stamp:
    """A round stamp; `across` is a share of the text width, `above` is in points above the place reached."""

    ring: str
    foot: str
    across: float
    above: float
    radius: float = 56


@dataclass(frozen=True)
class Gap:
    points: float


@dataclass(frozen=True)
class Footer:
    text: str


Block = Letterhead | Title | Heading | Body | Fields | Table | Options | Signature | Stamp | Gap | Footer


@dataclass(frozen=True)
class FormPage:
    """`text_size` is the size of body and cells in points."""

    script: Script
    blocks: tuple[Block, ...]
    text_size: float = 10.5
