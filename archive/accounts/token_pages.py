"""The pages of API tokens, and the reference of the interface that they open."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.accounts import operations, tokens
from archive.core.access.actions import Action
from archive.core.errors import Conflict, Invalid
from archive.web import api_docs, words
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import MANAGE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other
from archive.web.sessions import API_DOCS
from archive.web.texts import shown_code

router = GuardedRouter(
    menu=[
        MenuEntry(MANAGE, N_("接口令牌"), "/tokens", Action.TOKEN_LIST, N_("让程序以您的一个角色使用接口")),
        MenuEntry(MANAGE, N_("接口文档"), API_DOCS, Action.TOKEN_LIST, N_("接口的地址、参数、应答和示例")),
    ]
)


@router.get("/tokens")
@serves(tokens.list_tokens)
def own_tokens(request: Request, door: Door) -> HTMLResponse:
    return _tokens_page(request, door)


@router.post("/tokens")
@serves(tokens.make_token, tokens.list_tokens)
def make_token(request: Request, door: Door, form: PostedForm) -> HTMLResponse:
    """The token stands on the answer, and nowhere else."""
    try:
        new = tokens.NewToken(form.optional("name") or "", form.text("role"), _days(form))
        made = door.run(tokens.make_token, None, new).value
    except (Invalid, Conflict) as error:
        return _tokens_page(request, door, form=form, error=error)
    return _tokens_page(request, door, made=made)


@router.post("/tokens/{uid}/revoke")
@serves(tokens.revoke_token)
def revoke_token(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    door.run(tokens.revoke_token, uid)
    return see_other(request, "/tokens", notice=_("令牌已吊销，即时失效。"))


def _days(form: Posted) -> int:
    days = form.text("days")
    if not (days.isascii() and days.isdigit() and len(days) < 6):
        raise Invalid("days", f"A token lives 1 to {tokens.MOST_DAYS} days.", "Choose a shorter time.")
    return int(days)


def _tokens_page(
    request: Request,
    door: Door,
    *,
    made: tokens.MadeToken | None = None,
    form: Posted | None = None,
    error: Invalid | Conflict | None = None,
) -> HTMLResponse:
    own = door.run(tokens.list_tokens, None).value
    given = {name: (form.optional(name) if form else None) or "" for name in ("name", "role", "days")}
    return page(
        request,
        "accounts/tokens.html",
        status=200 if error is None else status_of(error),
        tokens=own.tokens,
        roles=[(role, words.word(role, "role")) for role in own.roles],
        most_days=tokens.MOST_DAYS,
        made=made,
        given={**given, "days": given["days"] or str(tokens.USUAL_DAYS)},
        error=error,
    )


@router.get(API_DOCS)
@serves(operations.show_home)
def interface(request: Request, door: Door) -> HTMLResponse:
    door.run(operations.show_home, None)
    reference = api_docs.reference(request.app.openapi())
    return page(request, "accounts/api_docs.html", reference=reference, meaning=_meaning)


def _meaning(code: str) -> str:
    words = shown_code(code)
    return "" if words is None else words[0]
