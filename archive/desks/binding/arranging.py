"""组卷: documents come into the folder and out of it, are put in order, and every step can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import Action, Tier
from archive.core.access.policy import State
from archive.core.errors import Conflict, Invalid, NotFound
from archive.core.gate import Work, operation
from archive.desks.binding import folder as folders
from archive.desks.binding import layout, queries
from archive.desks.binding.classes import folder_classes
from archive.desks.binding.folder import ARRANGING, Folder, Plain, arrangement, done, in_hand, volume
from archive.desks.binding.ordering import by_class
from archive.desks.binding.tables import Binding, BindingPlace, BindingStep
from archive.holdings.holds import refuse_held
from archive.holdings.queries import item_by_uid, item_target, items_by_id
from archive.holdings.tables import Item, Volume

UNDOABLE = ("take", "put_back", "order", "by_template", "split_document", "join_documents")


@dataclass(frozen=True)
class Begin:
    """``template``: the code of the folder's class; ``flags``: those of its conditions that apply."""

    revision: int
    template: str
    flags: tuple[str, ...] = ()


@operation(Action.BINDING_ARRANGE, on=volume)
def begin(work: Work, it: Volume, said: Begin) -> int:
    """Somebody who comes to a folder that is being arranged joins those who arrange it."""
    if it.state == ARRANGING:
        return done(in_hand(work, it, ARRANGING, revision=said.revision), "join")
    if it.state != folders.OPEN:
        raise Conflict("In its present state this folder is not changed so.", "Load it again.")
    rules = folder_classes().get(said.template)
    if rules is None:
        raise Invalid("template", "There is no such class of folders.", "Choose one from the list.")
    folders.refuse_stale(it, said.revision)
    binding = Binding(volume_id=it.id, template=rules.code, template_version=rules.version)
    binding.flags = _flags(said.flags, rules.flags)
    work.session.add(binding)
    for place, item in enumerate(queries.documents(work.session, it.id), start=1):
        work.session.add(BindingPlace(volume_id=it.id, item_id=item.id, place=place))
    it.state = ARRANGING
    work.session.flush()
    return done(in_hand(work, it, ARRANGING), "begin")


def _flags(chosen: Sequence[str], known: object) -> str:
    assert isinstance(known, dict)
    unknown = set(chosen) - set(known)
    if unknown:
        raise Invalid("flags", "There is no such condition.", "Choose from the list.")
    return " ".join(flag for flag in known if flag in chosen)


@dataclass(frozen=True)
class Flags:
    revision: int
    flags: tuple[str, ...]


@operation(Action.BINDING_ARRANGE, on=volume)
def set_flags(work: Work, it: Volume, said: Flags) -> int:
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    folder.binding.flags = _flags(said.flags, folder.rules.flags)
    return done(folder, "flags", flags=folder.binding.flags)


@dataclass(frozen=True)
class Remark:
    """``text``: the remarks sheet's account of the folder 本卷情况说明; empty: none."""

    revision: int
    text: str


@operation(Action.BINDING_ARRANGE, on=volume)
def remark(work: Work, it: Volume, said: Remark) -> int:
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    folder.binding.remark = said.text.strip() or None
    return done(folder, "remark", remark=said.text.strip())


@dataclass(frozen=True)
class Take:
    """``place``: where the first of them will stand, from 1; None: behind all others."""

    revision: int
    items: tuple[UUID, ...]
    place: int | None = None


@operation(Action.BINDING_ARRANGE, on=volume)
def take(work: Work, it: Volume, said: Take) -> int:
    """Raises ``NotFound`` for what the asker may not describe, ``Conflict`` for what lies in a folder or is restricted."""
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    before, at = arrangement(folder.ids), said.place
    coming = [loose_document(work, uid) for uid in dict.fromkeys(said.items)]
    if not coming:
        raise Invalid("items", "Nothing was chosen.", "Choose documents on the left.")
    at = len(folder.documents) if at is None else max(0, at - 1)
    return _placed(folder, [*folder.documents[:at], *coming, *folder.documents[at:]], "take", before)


def loose_document(work: Work, uid: UUID) -> Item:
    item = known_draft(work, uid)
    if item.volume_id is not None:
        raise Conflict("This document lies in a folder already.", "Load the folder again.")
    if item.tier >= Tier.T5:
        raise Conflict(
            "A restricted document is not bound with others.",
            "Describe it into a volume of its own; only its maker and named readers know of it.",
        )
    return item


def known_draft(work: Work, uid: UUID) -> Item:
    """A document that the asker may describe and that has no reference code yet. Raises ``NotFound``, ``Conflict``."""
    item = item_by_uid(work.session, uid)
    if item is None or not work.scope(Action.ITEM_DESCRIBE).covers(item_target(item)):
        raise NotFound(hidden=None if item is None else f"item:{uid}")
    if item.state != State.DRAFT:
        raise Conflict("This document has its reference code already.", "It stays where it is.")
    refuse_held(item)
    work.touch(f"item:{item.uid}")
    return item


@dataclass(frozen=True)
class PutBack:
    revision: int
    items: tuple[UUID, ...]


@operation(Action.BINDING_ARRANGE, on=volume)
def put_back(work: Work, it: Volume, said: PutBack) -> int:
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    before = arrangement(folder.ids)
    going = {known_draft(work, _document(folder, uid).uid).id for uid in said.items}
    return _placed(folder, [item for item in folder.documents if item.id not in going], "put_back", before)


@dataclass(frozen=True)
class Order:
    """``items``: every document that has no reference code yet, in the order wanted; others keep their place in front."""

    revision: int
    items: tuple[UUID, ...]


@operation(Action.BINDING_ARRANGE, on=volume)
def order(work: Work, it: Volume, said: Order) -> int:
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    wanted = [_document(folder, uid) for uid in said.items]
    wanted = [item for item in wanted if item.reference_code is None]
    movable = [item for item in folder.documents if item.reference_code is None]
    if sorted(item.id for item in wanted) != sorted(item.id for item in movable):
        raise Invalid("items", "An order names every document of the folder once.", "Load the folder again.")
    return _placed(folder, wanted, "order", arrangement(folder.ids))


@operation(Action.BINDING_ARRANGE, on=volume)
def by_template(work: Work, it: Volume, said: Plain) -> int:
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    by_id = {item.id: item for item in folder.documents}
    wanted = [by_id[leaf.item] for leaf in by_class(folder.leaves(), folder.rules, folder.flags)]
    return _placed(folder, wanted, "by_template", arrangement(folder.ids))


def _document(folder: Folder, uid: UUID) -> Item:
    item = next((item for item in folder.documents if item.uid == uid), None)
    if item is None:
        raise NotFound(hidden=None)
    return item


def _placed(folder: Folder, wanted: list[Item], kind: str, before: str) -> int:
    """Documents that have their reference code stay in front, as they are."""
    fixed = [item for item in folder.documents if item.reference_code is not None]
    folders.put_in_order(folder, [*fixed, *(item for item in wanted if item.reference_code is None)])
    return done(folder, kind, before)


# --- taking back -------------------------------------------------------------------------------------------


def last_undoable(steps: Sequence[BindingStep]) -> BindingStep | None:
    return next((s for s in reversed(steps) if s.kind in UNDOABLE and not s.is_undone), None)


def next_redoable(steps: Sequence[BindingStep]) -> BindingStep | None:
    """The step that was taken back last, as long as nothing new was done since."""
    last = last_undoable(steps)
    since = 0 if last is None else last.revision
    return next((s for s in steps if s.kind in UNDOABLE and s.is_undone and s.revision > since), None)


@operation(Action.BINDING_ARRANGE, on=volume)
def undo(work: Work, it: Volume, said: Plain) -> int:
    """The last step of whoever made it. Raises ``Conflict`` when there is none, or a document has gone elsewhere."""
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    step = last_undoable(queries.steps(work.session, it.id))
    if step is None or step.before is None or step.after is None:
        raise Conflict("There is no step to take back.", "The folder is as it was when arranging began.")
    _restore(folder, step.before, step.after)
    step.is_undone = True
    return done(folder, "undo")


@operation(Action.BINDING_ARRANGE, on=volume)
def redo(work: Work, it: Volume, said: Plain) -> int:
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    step = next_redoable(queries.steps(work.session, it.id))
    if step is None or step.before is None or step.after is None:
        raise Conflict("There is no step to do again.", "Nothing was taken back since the last change.")
    _restore(folder, step.after, step.before)
    step.is_undone = False
    return done(folder, "redo")


def _restore(folder: Folder, wanted: str, instead_of: str) -> None:
    order_wanted, pages = folders.read_arrangement(wanted)
    _, other_pages = folders.read_arrangement(instead_of)
    moving = {*pages, *other_pages}
    coming_or_going = set(order_wanted) ^ set(folder.ids)
    found = items_by_id(folder.work.session, {*order_wanted, *moving, *coming_or_going})
    _refuse_gone_elsewhere(folder, [found[i] for i in coming_or_going - moving], [found[i] for i in moving])
    if pages:
        layout.lay_out(folder.work, pages, emptied=set(other_pages) - set(pages))
    folders.put_in_order(folder, [found[item_id] for item_id in order_wanted])


def _refuse_gone_elsewhere(folder: Folder, documents: Sequence[Item], moving: Sequence[Item]) -> None:
    """``moving``: documents whose pages change. Raises ``Conflict`` for what was archived, bound, raised or held since."""
    allowed: dict[int, set[str]] = {item.id: {State.DRAFT} for item in documents}
    allowed |= {item.id: {State.DRAFT, layout.VOID} for item in moving}
    all_here = all(
        item.state in allowed[item.id] and item.volume_id in {None, folder.volume.id} and item.tier < Tier.T5
        for item in (*documents, *moving)
    )
    if not all_here or len({item.tier for item in moving}) > 1:
        raise Conflict("A document of this step lies elsewhere by now.", "Put it back by hand.")
    for item in (*documents, *moving):
        refuse_held(item)


OPERATIONS = (begin, set_flags, remark, take, put_back, order, by_template, undo, redo)
