"""The page of inspections: what was looked at, what was found, what to do."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action
from archive.core.errors import Conflict
from archive.desks.preservation import operations, wording
from archive.web.forms import PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import MANAGE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(
            MANAGE,
            N_("完整性检查"),
            "/inspections",
            Action.INSPECTION_LIST,
            N_("封存文件是否完好，有无残留"),
        )
    ]
)


@router.get("/inspections")
@serves(operations.list_inspections)
def inspections(request: Request, door: Door) -> HTMLResponse:
    return _list(request, door)


@router.post("/inspections")
@serves(operations.ask, operations.list_inspections)
def ask(request: Request, door: Door, form: PostedForm) -> Response:
    kind = form.text("kind")
    try:
        door.run(operations.ask, None, "fixity" if kind == "fixity" else "sweep")
    except Conflict as error:
        return _list(request, door, error)
    return see_other(request, "/inspections", notice=_("已排队，几分钟后可在此查看结果。"))


def _list(request: Request, door: Door, error: Conflict | None = None) -> HTMLResponse:
    seen = door.run(operations.list_inspections, None).value
    return page(
        request,
        "preservation/inspections.html",
        status=200 if error is None else status_of(error),
        error=error,
        inspections=[(one, wording.verdict(one), wording.lines(one)) for one in seen],
        wording=wording,
    )
