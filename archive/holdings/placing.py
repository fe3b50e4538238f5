"""Where an item goes when it is described: into an open volume at once, into one that is being bound as a draft."""

from uuid import UUID

from archive.core.access.actions import Action, Tier
from archive.core.access.policy import State
from archive.core.errors import Conflict, Invalid
from archive.core.gate import Work
from archive.holdings import queries
from archive.holdings.tables import Fonds, Item, Series, Volume

OPEN, ARRANGING = "open", "arranging"
"""States of a volume in which items are described into it; later it is checked, then archived."""


def volume_to_describe_into(work: Work, uid: UUID | None) -> Volume | None:
    """A volume that the asker may not know of is no volume at all."""
    if uid is None:
        return None
    volume = queries.volume_by_uid(work.session, uid)
    if volume is None or not work.scope(Action.ITEM_DESCRIBE).covers(queries.volume_as_archived(volume)):
        raise Invalid("volume", "There is no such volume.", "Choose a volume from the list, or open one.")
    return volume


def place(work: Work, it: Item, volume: Volume | None, tier: int) -> None:
    """An open volume archives the item with its reference code 档号; else it stays a draft, loose or in its folder.

    Raises ``Conflict`` when the item lies elsewhere already, or the volume takes in nothing any more.
    """
    if it.reference_code is not None:
        if volume is None or it.volume_id != volume.id:
            raise Conflict(
                "The reference code of an archived item is fixed.", "Describe it in its own volume."
            )
    elif it.volume_id is not None and (volume is None or volume.id != it.volume_id):
        raise Conflict(
            "This document lies in a folder that is being arranged.", "Take it out at the binding desk first."
        )
    elif volume is None:
        return
    elif volume.state == OPEN:
        archive_in(work, it, volume, queries.next_item_number(work.session, volume.id))
    elif volume.state == ARRANGING:
        if tier >= Tier.T5:
            raise Invalid(
                "tier",
                "A restricted document is not bound with others.",
                "Describe it into a volume of its own.",
            )
        it.volume_id, it.series_id = volume.id, volume.series_id
    else:
        raise Conflict(
            "This volume takes in nothing any more.",
            "Describe the item without a volume, then add it to the folder as a supplement.",
        )


def archive_in(work: Work, it: Item, volume: Volume, number: int) -> None:
    """The draft becomes an archived item of the volume, with the next reference code."""
    it.volume_id, it.series_id, it.unit_id = volume.id, volume.series_id, volume.unit_id
    it.seq_no = number
    it.reference_code = f"{volume.reference_code}-{it.seq_no:03d}"
    it.state = State.ARCHIVED
    work.touch(f"item:{it.uid}")


def make_volume(work: Work, series: Series, title: str, year: int, tier: int) -> Volume:
    """The reference code 档号 follows DA/T 13-2022: fonds, category, year, volume number."""
    fonds = work.session.get_one(Fonds, series.fonds_id)
    number = queries.next_volume_number(work.session, series.id, year)
    volume = Volume(
        uid=work.new_uid(),
        series_id=series.id,
        unit_id=fonds.unit_id,
        reference_code=f"{fonds.code}-{series.code}-{year}-{number:05d}",
        title=title,
        year=year,
        number=number,
        tier=tier,
    )
    work.session.add(volume)
    work.touch(f"volume:{volume.uid}")
    return volume
