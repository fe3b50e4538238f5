"""一案数卷: a folder that is thicker than its class allows becomes several volumes."""

from uuid import UUID

from archive.core.access.actions import Action
from archive.core.errors import Conflict
from archive.core.gate import Work, operation
from archive.desks.binding import folder as folders
from archive.desks.binding import queries
from archive.desks.binding.folder import ARRANGING, Folder, Plain, done, in_hand, note, volume
from archive.desks.binding.ordering import parts
from archive.desks.binding.tables import Binding
from archive.holdings.placing import make_volume
from archive.holdings.tables import Item, Volume


@operation(Action.BINDING_ARRANGE, on=volume)
def split_folder(work: Work, it: Volume, said: Plain) -> tuple[UUID, ...]:
    """The parts after the first go into new volumes of the same series and year, where arranging goes on.

    Answers the new volumes. Raises ``Conflict`` when the folder is not too thick, or would be torn inside what is fixed.
    """
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    cut = parts(folder.leaves(), folder.rules)
    if len(cut) < 2:
        raise Conflict("This folder is not too thick for one volume.", "Nothing is to be split.")
    by_id = {item.id: item for item in folder.documents}
    if any(by_id[item].reference_code is not None for part in cut[1:] for item in part.items):
        raise Conflict(
            "Documents that have their reference code fill this volume.", "Put the others into a new volume."
        )
    whole = it if it.part_of is None else work.session.get_one(Volume, it.part_of)
    it.part_no = it.part_no or 1
    first = [by_id[item] for item in cut[0].items]
    later = [[by_id[item] for item in part.items] for part in cut[1:]]
    folders.put_in_order(folder, first)
    made = []
    for items in later:
        part = _new_part(work, folder, whole)
        _fill(work, part, items)
        made.append(part.uid)
    done(folder, "split_folder", parts=str(len(cut)))
    return tuple(made)


def _new_part(work: Work, folder: Folder, whole: Volume) -> Volume:
    it, series = folder.volume, queries.series_of(work.session, folder.volume)
    part = make_volume(work, series, it.title, it.year, it.tier)
    part.part_of, part.part_no = whole.id, queries.next_part(work.session, whole.id)
    part.state = ARRANGING
    work.session.flush()
    binding = folder.binding
    work.session.add(
        Binding(
            volume_id=part.id,
            template=binding.template,
            template_version=binding.template_version,
            flags=binding.flags,
        )
    )
    work.session.flush()
    return part


def _fill(work: Work, part: Volume, items: list[Item]) -> None:
    """The steps of this volume begin with whoever split the folder; the others join it when they come to it."""
    folder = in_hand(work, part, ARRANGING)
    folders.put_in_order(folder, items)
    note(work, part, "begin")
    folders.share(folder)


OPERATIONS = (split_folder,)
