"""The parts of a folder as they are looked at: its documents, what lies loose beside it, what it needs."""

from collections.abc import Collection, Iterable, Mapping

from archive.accounts.queries import names_of
from archive.core.access.actions import Action, Tier
from archive.core.access.policy import Allowed, State
from archive.core.gate import Work
from archive.desks.binding import queries
from archive.desks.binding.classes import FolderClass
from archive.desks.binding.folder import Folder
from archive.desks.binding.ordering import needed, numbered
from archive.desks.binding.seen import (
    ClassSeen,
    DocumentSeen,
    FlagSeen,
    LooseSeen,
    SlotSeen,
    SupplementSeen,
)
from archive.desks.binding.supplements import deciding_target
from archive.desks.binding.tables import BindingPlace
from archive.holdings.holds import is_held
from archive.holdings.queries import ITEM_COLUMNS, item_target, items_by_id, numbers_of, persons_of
from archive.holdings.tables import Fonds, Item


def documents_seen(folder: Folder, *, in_full: bool) -> tuple[DocumentSeen, ...]:
    """``in_full``: the asker is at the folder and sees its drafts. What is above her reach is not there at all."""
    work, session = folder.work, folder.work.session
    pages = queries.page_numbers(session, folder.ids)
    unread = queries.unread(session, folder.ids)
    added = {row.item_id for row in queries.supplements(session, folder.volume.id)}
    seen = []
    for place, (item, leaf, (first, last)) in enumerate(
        zip(folder.documents, folder.leaves(), _numbers(folder), strict=True), start=1
    ):
        is_shared = in_full and item.state == State.DRAFT
        if not (is_shared or work.scope(Action.ITEM_SHOW).covers(item_target(item))):
            continue
        work.touch(f"item:{item.uid}")
        numbers, persons = numbers_of(session, item.id), persons_of(session, item.id)
        seen.append(
            DocumentSeen(
                item=item.uid,
                place=place,
                title=item.title,
                doc_type=item.doc_type,
                doc_date=item.doc_date,
                number=numbers[0].value if numbers else "",
                author=persons[0][0].name if persons else "",
                notes=item.notes,
                tier=item.tier,
                pages=len(pages.get(item.id, ())),
                faces=leaf.faces,
                first=first,
                last=last,
                reference_code=item.reference_code,
                is_fixed=item.reference_code is not None,
                is_described=bool((item.title or "").strip() and item.doc_type),
                is_supplement=item.id in added,
                is_read=item.id not in unread,
                held=is_held(item),
                page_numbers=pages.get(item.id, ()),
            )
        )
    return tuple(seen)


def _numbers(folder: Folder) -> list[tuple[int, int]]:
    """Those that were fixed when the folder was archived, whatever was marked on its pages since; until then, as counted."""
    stored = queries.places(folder.work.session, folder.volume.id)
    counted = zip(folder.ids, numbered(folder.leaves()), strict=True)
    return [_fixed(stored.get(item_id)) or numbers for item_id, numbers in counted]


def _fixed(row: BindingPlace | None) -> tuple[int, int] | None:
    return None if row is None or row.first is None or row.last is None else (row.first, row.last)


def loose_seen(work: Work, fonds: Fonds) -> tuple[LooseSeen, ...]:
    reach = work.scope(Action.ITEM_DESCRIBE).where(ITEM_COLUMNS)
    items: list[Item] = queries.loose(work.session, reach, fonds.id)
    ids = [item.id for item in items]
    pages, unread = queries.page_numbers(work.session, ids), queries.unread(work.session, ids)
    for item in items:
        work.touch(f"item:{item.uid}")
    return tuple(
        LooseSeen(
            item.uid,
            item.title,
            item.doc_type,
            len(pages.get(item.id, ())),
            item.id not in unread,
            pages.get(item.id, ()),
        )
        for item in items
    )


def slots_seen(folder: Folder) -> tuple[SlotSeen, ...]:
    waived = queries.waivers(folder.work.session, folder.volume.id)
    names = names_of(folder.work.session, {row.account_id for row in waived.values()})
    there = {item.doc_type for item in folder.documents}
    seen = []
    for slot in needed(folder.rules, folder.flags):
        row = waived.get(slot.code)
        if set(slot.types) & there:
            seen.append(SlotSeen(slot.code, slot.types, "present"))
        elif row is not None:
            seen.append(SlotSeen(slot.code, slot.types, "waived", names[row.account_id], row.reason, row.at))
        else:
            seen.append(SlotSeen(slot.code, slot.types, "missing"))
    return tuple(seen)


def supplements_seen(folder: Folder) -> tuple[SupplementSeen, ...]:
    """One whose document became restricted since is not there."""
    work, rows = folder.work, queries.supplements(folder.work.session, folder.volume.id)
    items = items_by_id(work.session, {row.item_id for row in rows})
    rows = [row for row in rows if items[row.item_id].tier < Tier.T5]
    people = {row.asked_by for row in rows} | {row.decided_by for row in rows if row.decided_by is not None}
    names = names_of(work.session, people)
    return tuple(
        SupplementSeen(
            uid=row.uid,
            item=items[row.item_id].uid,
            title=items[row.item_id].title,
            reason=row.reason,
            state=row.state,
            asked_by=names[row.asked_by],
            at=row.at,
            decided_by=names.get(row.decided_by or 0, ""),
            decided_at=row.decided_at,
            opinion=row.opinion or "",
            may_decide=row.state == "asked"
            and isinstance(
                work.decide(Action.BINDING_CHECK, deciding_target(work.session, row, folder.volume)), Allowed
            ),
        )
        for row in rows
    )


def flags_seen(words: Mapping[str, str], on: Collection[str]) -> tuple[FlagSeen, ...]:
    return tuple(FlagSeen(code, name, code in on) for code, name in words.items())


def classes_seen(classes: Iterable[FolderClass]) -> tuple[ClassSeen, ...]:
    return tuple(ClassSeen(c.code, c.name, c.source, flags_seen(c.flags, ())) for c in classes)
