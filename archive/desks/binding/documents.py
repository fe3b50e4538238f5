"""A scanned stack becomes documents: split at pages, and joined again."""

from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.errors import Conflict, Invalid
from archive.core.gate import Work, operation
from archive.desks.binding import folder as folders
from archive.desks.binding import queries
from archive.desks.binding.arranging import known_draft
from archive.desks.binding.folder import ARRANGING, Folder, Layout, arrangement, in_hand, volume
from archive.desks.binding.layout import lay_out, layout_of
from archive.holdings.tables import Batch, Fonds, Item, Volume

MOST_DOCUMENTS = 100


@dataclass(frozen=True)
class SplitDocument:
    """``first_pages``: the numbers of the pages with which a document begins; page 1 always does."""

    revision: int
    item: UUID
    first_pages: tuple[int, ...]


@operation(Action.BINDING_ARRANGE, on=volume)
def split_document(work: Work, it: Volume, said: SplitDocument) -> int:
    """The first part stays the document that it was; each other is a new draft with a key of its own, behind it.

    Raises ``Conflict`` while the document is read, or lies in another folder.
    """
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    whole = _document_at_hand(folder, said.item)
    layout = layout_of(work, [whole])
    pages = layout[whole.id]
    cuts = sorted({1, *said.first_pages})
    if not all(1 <= cut <= len(pages) for cut in cuts) or len(cuts) < 2:
        raise Invalid("first_pages", "There is no such page to begin with.", "Choose pages of this document.")
    if len(cuts) > MOST_DOCUMENTS:
        raise Invalid(
            "first_pages", f"One step makes at most {MOST_DOCUMENTS} documents.", "Split it in several steps."
        )
    pieces = [pages[a - 1 : b - 1] for a, b in zip(cuts, [*cuts[1:], len(pages) + 1], strict=True)]
    parts = [whole, *(_new_document(work, whole) for _ in pieces[1:])]
    wanted: Layout = {part.id: piece for part, piece in zip(parts, pieces, strict=True)}
    before = arrangement(folder.ids, layout)
    lay_out(work, wanted, emptied=set())
    if whole.volume_id == it.id:
        at = folder.documents.index(whole)
        folders.put_in_order(folder, [*folder.documents[:at], *parts, *folder.documents[at + 1 :]])
    return _done(folder, "split_document", before, wanted)


def _document_at_hand(folder: Folder, uid: UUID) -> Item:
    item = known_draft(folder.work, uid)
    if item.volume_id not in {None, folder.volume.id}:
        raise Conflict("This document lies in a folder already.", "Load the folder again.")
    if queries.unread(folder.work.session, [item.id]):
        raise Conflict("This document is still being read.", "Wait until its pages have been read.")
    return item


def _new_document(work: Work, whole: Item) -> Item:
    batch = work.session.get_one(Batch, whole.batch_id)
    fonds = work.session.get_one(Fonds, batch.fonds_id)
    item = Item(
        uid=work.new_uid(),
        unit_id=whole.unit_id,
        tier=whole.tier,
        batch_id=whole.batch_id,
        dek_id=work.new_dek(fonds.uid),
        created_at=work.now,
    )
    work.session.add(item)
    work.session.flush()
    return item


@dataclass(frozen=True)
class JoinDocuments:
    """``items``: the pages of the second and later go behind those of the first."""

    revision: int
    items: tuple[UUID, ...]


@operation(Action.BINDING_ARRANGE, on=volume)
def join_documents(work: Work, it: Volume, said: JoinDocuments) -> int:
    """What was described of the later ones is kept with them and comes back when the step is taken back."""
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    parts = [_document_at_hand(folder, uid) for uid in dict.fromkeys(said.items)]
    if len(parts) < 2:
        raise Invalid("items", "Two documents or more can be joined.", "Choose at least two.")
    if len({part.tier for part in parts}) > 1 or len({part.batch_id for part in parts}) > 1:
        raise Conflict(
            "Only documents of one batch and one tier are joined.",
            "Give them the same tier first, or leave them apart.",
        )
    layout = layout_of(work, parts)
    wanted: Layout = {parts[0].id: [page for part in parts for page in layout[part.id]]}
    before = arrangement(folder.ids, layout)
    later = {part.id for part in parts[1:]}
    lay_out(work, wanted, emptied=later)
    if any(part.volume_id == it.id for part in parts):
        kept = [item for item in folder.documents if item.id not in later]
        if parts[0] not in kept:
            kept.append(parts[0])
        folders.put_in_order(folder, kept)
    return _done(folder, "join_documents", before, wanted)


def _done(folder: Folder, kind: str, before: str, wanted: Layout) -> int:
    after = arrangement(folder.ids, wanted)
    revision = folders.note(folder.work, folder.volume, kind, before, after)
    folders.share(folder)
    return revision


OPERATIONS = (split_document, join_documents)
