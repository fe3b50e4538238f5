"""The page of the sign-in form. A form that was sent after its session had ended waits in it: nothing typed is lost."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.web.entrance import entrance_of
from archive.web.forms import CSRF_FIELD, VISITOR_COOKIE, Posted, posted_here, visitor_token
from archive.web.render import page
from archive.web.sessions import cookie_name, give_cookie

KEPT = "kept."
"""Fields of the form that waits are carried under their names with this before them."""

RESEND = "resend"
NOT_KEPT = ("/password", "/sign-out")
"""Forms that hold passwords, and the one that ends a session, do not wait."""

Fields = Mapping[str, Sequence[str]]


def sign_in_page(
    request: Request,
    *,
    status: int = 200,
    target: str = "/",
    login: str = "",
    trouble: tuple[str, str] | None = None,
    resend: str = "",
    kept: Fields | None = None,
) -> HTMLResponse:
    """``resend``: the address to which the fields in ``kept`` were sent."""
    entrance = entrance_of(request)
    visitor = request.cookies.get(cookie_name(entrance.settings, VISITOR_COOKIE)) or secrets.token_urlsafe(24)
    shown: dict[str, Any] = {"next": target, "login": login, "trouble": trouble, "resend": resend}
    answer = page(
        request,
        "accounts/sign_in.html",
        status=status,
        person=None,
        csrf=visitor_token(entrance, visitor),
        kept=one_by_one(kept or {}),
        **shown,
    )
    give_cookie(answer, entrance, VISITOR_COOKIE, visitor)
    return answer


def page_that_keeps(request: Request) -> HTMLResponse | None:
    """The sign-in page with the form of this request in it. None where nothing was typed, or nothing may be kept.

    A form is kept only if it carried the token of the session that ended: another site's form is not.
    """
    posted = posted_here(request)
    if posted is None or request.url.path in NOT_KEPT:
        return None
    fields = {name: values for name, values in posted.fields.items() if name != CSRF_FIELD}
    if not any(value.strip() for values in fields.values() for value in values):
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return sign_in_page(request, status=401, resend=request.url.path + query, kept=fields)


def kept_in(posted: Posted) -> Fields:
    """What a sign-in form carries for later."""
    kept = {n.removeprefix(KEPT): v for n, v in posted.fields.items() if n.startswith(KEPT)}
    return {name: values for name, values in kept.items() if name != CSRF_FIELD}


def one_by_one(fields: Fields) -> list[tuple[str, str]]:
    return [(name, value) for name, values in fields.items() for value in values]
