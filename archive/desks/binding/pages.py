"""The binding desk: which folders there are, and one folder with what lies loose beside it."""

from collections.abc import Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.errors import ArchiveError, Conflict, Invalid, Refused, Stale
from archive.core.gate import BoundGate
from archive.desks.binding import pages_words, seeing
from archive.desks.binding.seeing import Since
from archive.desks.binding.seen import FolderSeen
from archive.holdings.quality import Limits, limits
from archive.web import texts
from archive.web.entrance import entrance_of
from archive.web.forms import Posted
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import ARRANGE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(
            ARRANGE,
            N_("组卷"),
            "/binding",
            seeing.show_desk.action,
            N_("把散页整理成案卷：排序、编页、检查、归档、打印"),
        )
    ]
)

LOOKING = (seeing.show_folder, seeing.show_changes)
"""What every act on a folder runs as well, to show what came of it."""


@router.get("/binding")
@serves(seeing.show_desk)
def desk(request: Request, door: Door) -> HTMLResponse:
    seen = door.run(seeing.show_desk, None).value
    groups = (
        (_("整理中"), seen.arranging, _("没有正在整理的案卷。请在下面选择一个案卷开始组卷。")),
        (_("待检查"), seen.checking, _("没有等待检查的案卷。")),
        (_("尚未组卷"), seen.open, _("没有尚未组卷的案卷。请先新建案卷。")),
        (_("最近归档"), seen.archived, _("最近没有归档的案卷。")),
    )
    return page(request, "binding/desk.html", groups=groups)


@router.get("/binding/{uid}")
@serves(seeing.show_folder)
def folder(request: Request, door: Door, uid: UUID) -> HTMLResponse:
    return folder_page(request, look_at(request, door, uid))


def look_at(request: Request, door: BoundGate, uid: UUID) -> FolderSeen:
    return door.run(seeing.show_folder, uid, limits_of(request)).value


def limits_of(request: Request) -> Limits:
    return limits(entrance_of(request).settings)


# --- what every act answers ------------------------------------------------------------------------------------------


def act_on(
    request: Request, door: BoundGate, uid: UUID, form: Posted, told: str, act: Callable[[], object]
) -> Response:
    """Does it, and shows the folder: as a part of the page for the script that asks for it, else as a page of its own.

    ``told`` is said when it is done.
    """
    try:
        act()
    except Stale:
        return _stale(request, door, uid, form)
    except (Invalid, Conflict, Refused) as error:
        return _not_done(request, door, uid, form, error)
    if not is_part(form):
        return see_other(request, f"/binding/{uid}", notice=told)
    seen = look_at(request, door, uid)
    return page(request, "binding/bench.html", it=seen, words=pages_words, told=told)


def is_part(form: Posted) -> bool:
    return form.optional("part") == "bench"


def folder_page(
    request: Request,
    seen: FolderSeen,
    *,
    status: int = 200,
    trouble: tuple[str, str] | None = None,
    stale: dict[str, object] | None = None,
) -> HTMLResponse:
    return page(
        request,
        "binding/folder.html",
        status=status,
        it=seen,
        words=pages_words,
        told="",
        trouble=trouble,
        stale=stale,
    )


def _stale(request: Request, door: BoundGate, uid: UUID, form: Posted) -> HTMLResponse:
    """What changed since the page was loaded, and by whom. Without a script the newest folder stands below it."""
    steps = door.run(seeing.show_changes, uid, Since(form.integer("revision"))).value
    stale: dict[str, object] = {"volume": uid, "changes": [pages_words.step(one) for one in steps]}
    if is_part(form):
        return page(request, "binding/stale.html", status=409, stale=stale)
    return folder_page(request, look_at(request, door, uid), status=409, stale=stale)


def _not_done(
    request: Request, door: BoundGate, uid: UUID, form: Posted, error: ArchiveError
) -> HTMLResponse:
    trouble = texts.shown(error)
    if is_part(form):
        return page(request, "binding/trouble.html", status=status_of(error), trouble=trouble)
    seen = look_at(request, door, uid)
    return folder_page(request, seen, status=status_of(error), trouble=trouble)
