"""A folder in hand: its rows, what it holds in which order, and how a change of it is written down."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.grants import give, revoke_on
from archive.core.access.policy import State
from archive.core.errors import Conflict, Stale
from archive.core.gate import Found, Look, Work
from archive.desks.binding import queries
from archive.desks.binding.classes import FolderClass, folder_classes
from archive.desks.binding.ordering import Leaf
from archive.desks.binding.sharing import CHECKERS_ACTIONS, MAKERS_ACTIONS
from archive.desks.binding.tables import Binding, BindingPlace, BindingStep
from archive.holdings.queries import volume_by_uid
from archive.holdings.tables import Item, Volume

OPEN, ARRANGING, CHECKING, ARCHIVED = "open", "arranging", "checking", "archived"


def volume(look: Look, uid: UUID) -> Found[Volume] | None:
    """Finder: a volume by its uid."""
    row = volume_by_uid(look.session, uid)
    return None if row is None else Found(queries.volume_target(look.session, row), row)


@dataclass(frozen=True)
class Plain:
    """``revision``: of the volume, as the asker saw it last."""

    revision: int


@dataclass(frozen=True)
class Folder:
    """``documents`` in their order."""

    work: Work
    volume: Volume
    binding: Binding
    rules: FolderClass
    documents: list[Item]

    @property
    def ids(self) -> list[int]:
        return [item.id for item in self.documents]

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(self.binding.flags.split())

    def leaves(self) -> list[Leaf]:
        faces = queries.faces(self.work.session, self.ids)
        return [
            Leaf(item.id, item.doc_type, faces.get(item.id, 0), is_fixed=item.reference_code is not None)
            for item in self.documents
        ]


def in_hand(work: Work, it: Volume, *states: str, revision: int | None = None) -> Folder:
    """Raises ``Stale`` when somebody was faster, ``Conflict`` where the folder is in none of ``states``."""
    if revision is not None:
        refuse_stale(it, revision)
    binding = queries.binding_of(work.session, it.id)
    if binding is None or it.state not in states:
        raise Conflict("In its present state this folder is not changed so.", "Load it again.")
    return Folder(work, it, binding, rules_of(binding), queries.documents(work.session, it.id))


def refuse_stale(it: Volume, revision: int) -> None:
    if revision != it.revision:
        raise Stale(
            "Somebody else has changed this folder meanwhile.", "Load it again and look what changed."
        )


def rules_of(binding: Binding) -> FolderClass:
    rules = folder_classes().get(binding.template)
    if rules is None:
        raise Conflict(
            "The class of this folder is not among the classes of this archive.",
            "Put its file back among the classes.",
        )
    return rules


# --- order -------------------------------------------------------------------------------------------------


def put_in_order(folder: Folder, items: Sequence[Item]) -> None:
    """``items`` become the folder's documents, in this order. Whatever is not among them lies loose again."""
    work, session = folder.work, folder.work.session
    known = queries.places(session, folder.volume.id)
    staying = {item.id for item in items}
    for gone in folder.documents:
        if gone.id not in staying:
            take_out(work, gone, known.pop(gone.id, None))
    for place, item in enumerate(items, start=1):
        item.volume_id, item.series_id = folder.volume.id, folder.volume.series_id
        row = known.get(item.id)
        if row is None:
            session.add(BindingPlace(volume_id=folder.volume.id, item_id=item.id, place=place))
        else:
            row.place = place
    folder.documents[:] = items
    session.flush()


def take_out(work: Work, item: Item, row: BindingPlace | None) -> None:
    item.volume_id = item.series_id = None
    if row is not None:
        work.session.delete(row)
    revoke_on(work.session, target=("item", item.id), source_kind="batch", now=work.now)


def share(folder: Folder) -> None:
    """Drafts are reached by their makers only: whoever binds this folder, or checks it, is let in as long as it lasts."""
    work, people = folder.work, people_at(folder)
    for item in folder.documents:
        if item.state != State.DRAFT:
            continue
        revoke_on(work.session, target=("item", item.id), source_kind="batch", now=work.now)
        for account_id, actions in people.items():
            give(
                work.session,
                account_id=account_id,
                actions=actions,
                target=("item", item.id),
                source=("batch", item.batch_id),
                now=work.now,
            )
    work.access_changed()


def people_at(folder: Folder) -> dict[int, tuple[Action, ...]]:
    people: dict[int, tuple[Action, ...]] = dict.fromkeys(
        queries.binders(folder.work.session, folder.volume.id), MAKERS_ACTIONS
    )
    if folder.binding.checker_id is not None and folder.volume.state == CHECKING:
        people[folder.binding.checker_id] = CHECKERS_ACTIONS
    return people


# --- what is written down ----------------------------------------------------------------------------------


def done(folder: Folder, kind: str, before: str | None = None, **told: str) -> int:
    """The step is written with the order before and after it; whoever is at the folder reaches what lies in it now."""
    after = None if before is None else arrangement(folder.ids)
    revision = note(folder.work, folder.volume, kind, before, after, **told)
    share(folder)
    return revision


Layout = dict[int, list[int]]
"""From the id of a document to the ids of its pages, in their order."""


def arrangement(order: Iterable[int], pages: Layout | None = None) -> str:
    said: dict[str, object] = {"order": list(order)}
    if pages is not None:
        said["pages"] = {str(item): ids for item, ids in pages.items()}
    return json.dumps(said, separators=(",", ":"))


def read_arrangement(text: str) -> tuple[list[int], Layout]:
    said = json.loads(text)
    return said["order"], {int(item): ids for item, ids in said.get("pages", {}).items()}


def note(
    work: Work, volume: Volume, kind: str, before: str | None = None, after: str | None = None, **told: str
) -> int:
    """The step is written, and the volume's new revision answered."""
    volume.revision += 1
    if kind not in queries.CHECKING_KINDS and volume.state != ARCHIVED:
        _take_back_waivers(work, volume)
    work.session.add(
        BindingStep(
            volume_id=volume.id,
            revision=volume.revision,
            account_id=work.person(),
            at=work.now,
            kind=kind,
            before=before,
            after=after,
        )
    )
    work.touch(f"volume:{volume.uid}")
    work.tell(step=kind, **told)
    work.session.flush()
    return volume.revision


def _take_back_waivers(work: Work, volume: Volume) -> None:
    """Whoever binds did not waive: what she said before as a second person counts no more."""
    for waiver in queries.waivers(work.session, volume.id).values():
        if waiver.account_id == work.person():
            waiver.ended_at = work.now
