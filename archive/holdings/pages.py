"""The pages of items, their description, and of volumes."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action, Purpose, Tier
from archive.core.errors import ArchiveError, Conflict, Invalid, NotFound, Refused, Stale
from archive.holdings import describing, operations, proposing, vocabulary
from archive.holdings.chips import Chip, chips
from archive.holdings.describing import Typed, as_described, as_typed, description, known_uid, taken
from archive.holdings.operations import ItemSeen, NewVolume
from archive.holdings.proposing import Describer
from archive.web import words
from archive.web.entrance import entrance_of
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import ARRANGE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(ARRANGE, N_("档案"), "/items", Action.ITEM_FIND, N_("最近接收和著录的件")),
        MenuEntry(
            ARRANGE, N_("全宗案卷"), "/holdings", Action.HOLDING_LIST, N_("门类和案卷的清单，新建案卷")
        ),
    ]
)

SHOWN = 100
FIRST_REVISION = 1
"""Of a draft. Its maker still sees it when she has made it T5; whoever raises an archived item to T5 does not."""


# --- items -----------------------------------------------------------------------------------------------------


@router.get("/items")
@serves(operations.list_items)
def items(request: Request, door: Door) -> HTMLResponse:
    seen = door.run(operations.list_items, None, SHOWN).value
    return page(request, "holdings/items.html", items=seen, words=vocabulary)


@router.get("/items/{uid}")
@serves(operations.show_item)
def item(request: Request, door: Door, uid: UUID) -> HTMLResponse:
    seen = door.run(operations.show_item, uid).value
    return page(
        request,
        "holdings/item.html",
        item=seen,
        page_trouble=describing.page_trouble,
        words=vocabulary,
    )


@router.get("/items/{uid}/describe")
@serves(operations.show_item, operations.list_holdings, proposing.read_pages)
def describe_form(request: Request, door: Door, uid: UUID, volume: str = "") -> Response:
    seen = door.run(operations.show_item, uid).value
    if Action.ITEM_DESCRIBE not in seen.may:
        return see_other(request, f"/items/{uid}", notice=_("您可以查看此件，但不能著录。"))
    return _describe_page(request, door, seen, as_described(seen, known_uid(volume)))


@router.post("/items/{uid}/describe")
@serves(
    operations.describe,
    operations.show_item,
    operations.list_holdings,
    proposing.read_pages,
    proposing.next_draft,
    proposing.last_describer,
)
def describe(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    """``take`` puts one proposal into the form and saves nothing; ``then=next`` goes on to the next draft of the batch."""
    if take := form.optional("take"):
        seen = door.run(operations.show_item, uid).value
        return _describe_page(request, door, seen, taken(as_typed(form), take))
    try:
        said = description(form)
        key = f"{uid}:{form.uid('key')}"
        door.run(operations.describe, uid, said, idempotency_key=key)
    except (Invalid, Stale, Conflict) as error:
        return _not_described(request, door, uid, form, error)
    except Refused as error:
        if error.rule != "R_LOWER":
            raise
        return _not_described(request, door, uid, form, error)
    if form.optional("then") == "next":
        return _next(request, door, uid, form.optional("volume") or "")
    if said.tier == Tier.T5 and said.revision > FIRST_REVISION:
        return see_other(request, "/items", notice=_("已归档为 T5：此后只有两人指定的阅览人可以查看。"))
    return see_other(request, f"/items/{uid}", notice=_saved(door, uid))


def _saved(door: Door, uid: UUID) -> str:
    """What has become of the item, in one sentence."""
    try:
        seen = door.run(operations.show_item, uid).value
    except NotFound:  # the tier that it was given hides it from whoever gave it
        return _("著录已保存，正在更新检索。")
    if seen.state == "draft":
        return _("著录已保存，正在更新检索。此件仍是草稿，组卷后归档。")
    return _("著录已保存，正在更新检索。档号 %(code)s。") % {"code": seen.reference_code}


def _next(request: Request, door: Door, uid: UUID, volume: str) -> Response:
    """An item that is now hidden from whoever described it has no next one that she could be led to from here."""
    try:
        following = door.run(proposing.next_draft, uid).value
    except NotFound:
        following = None
    if following is None:
        return see_other(request, "/items", notice=_("著录已保存。这一批的件都已著录。"))
    target = f"/items/{following}/describe?volume={known_uid(volume)}"
    return see_other(request, target, notice=_("著录已保存。这是本批的下一件。"))


def _not_described(
    request: Request, door: Door, uid: UUID, form: Posted, error: ArchiveError
) -> HTMLResponse:
    """The form again with every word that was typed. After a stale one, saving again replaces what the other wrote."""
    seen = door.run(operations.show_item, uid).value
    typed = as_typed(form)
    if isinstance(error, Stale):
        typed = typed.against(seen)
        describer = door.run(proposing.last_describer, uid).value
        return _describe_page(request, door, seen, typed, error, describer)
    return _describe_page(request, door, seen, typed, error)


def _describe_page(
    request: Request,
    door: Door,
    seen: ItemSeen,
    typed: Typed,
    error: ArchiveError | None = None,
    describer: Describer | None = None,
) -> HTMLResponse:
    volumes = _volumes(door, seen)
    return page(
        request,
        "holdings/describe.html",
        status=200 if error is None else status_of(error),
        item=seen,
        typed=typed,
        volumes=volumes,
        proposed=_proposed(door, seen),
        tiers=words.choices("tier"),
        most_persons=describing.MOST_PERSONS,
        most_numbers=describing.MOST_NUMBERS,
        page_trouble=describing.page_trouble,
        words=vocabulary,
        longest=describing.LONGEST,
        trouble=None if error is None else describing.too_long(typed) or describing.in_words(error),
        is_stale=isinstance(error, Stale),
        describer=describer,
        differences=describing.differences(typed, seen, dict(volumes)) if error is not None else (),
    )


def _proposed(door: Door, seen: ItemSeen) -> list[list[Chip]]:
    """What was read on the pages of a draft, field by field; an archived item was described already."""
    if seen.state != "draft" or Action.PAGE_SHOW not in seen.may:
        return []
    released = door.run(proposing.read_pages, seen.uid, purpose=Purpose.ARCHIVE_WORK)
    return chips(proposing.proposed(door, released))


def _volumes(door: Door, seen: ItemSeen) -> list[tuple[str, str]]:
    """The reference code of an archived item is fixed, so its own volume is all that it can choose."""
    offered = (
        door.run(operations.list_holdings, None).value.volumes if seen.volume is None else (seen.volume,)
    )
    return [(str(v.uid), f"{v.reference_code} {v.title}") for v in offered]


# --- series and volumes ----------------------------------------------------------------------------------------


@router.get("/holdings")
@serves(operations.list_holdings)
def holdings(request: Request, door: Door) -> HTMLResponse:
    return page(request, "holdings/holdings.html", held=door.run(operations.list_holdings, None).value)


@dataclass(frozen=True)
class NewVolumeTyped:
    """``item``: the item that is being described, to which the way leads back."""

    key: str
    item: str
    series: str = ""
    title: str = ""
    year: str = ""
    tier: str = ""


@router.get("/volumes/new")
@serves(operations.list_holdings)
def new_volume_form(request: Request, door: Door, item: str = "", series: str = "") -> HTMLResponse:
    year = str(entrance_of(request).clock().year)
    typed = NewVolumeTyped(uuid4().hex, known_uid(item), series=known_uid(series), year=year)
    return _new_volume_page(request, door, typed)


@router.post("/volumes/new")
@serves(operations.open_volume, operations.list_holdings)
def new_volume(request: Request, door: Door, form: PostedForm) -> Response:
    try:
        new = NewVolume(form.uid("series"), form.text("title"), form.integer("year"), form.integer("tier"))
        volume = door.run(operations.open_volume, None, new, idempotency_key=str(form.uid("key"))).value
    except Invalid as error:
        return _new_volume_page(request, door, _new_volume_typed(form), error)
    item = known_uid(form.optional("item"))
    target = f"/items/{item}/describe?volume={volume}" if item else "/holdings"
    return see_other(request, target, notice=_("案卷已建立。"))


def _new_volume_typed(form: Posted) -> NewVolumeTyped:
    names = ("key", "item", "series", "title", "year", "tier")
    return NewVolumeTyped(**{name: form.optional(name) or "" for name in names})


def _new_volume_page(
    request: Request, door: Door, typed: NewVolumeTyped, error: Invalid | None = None
) -> HTMLResponse:
    held = door.run(operations.list_holdings, None).value
    return page(
        request,
        "holdings/new_volume.html",
        status=200 if error is None else status_of(error),
        typed=typed,
        series=[(str(s.uid), f"{s.fonds} · {s.code} {s.name}") for s in held.series],
        tiers=[choice for choice in words.choices("tier") if choice[0] != str(Tier.T5.value)],
        trouble=None if error is None else describing.in_words(error),
    )
