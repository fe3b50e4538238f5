"""The switches of language and theme that stand on every page."""

from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from archive.accounts.pages import local_path
from archive.accounts.preferences import Preferences, prefer
from archive.web.entrance import entrance_of
from archive.web.forms import AnybodysForm, Posted
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import Language
from archive.web.preferences import Theme, keep
from archive.web.render import see_other
from archive.web.sessions import cookie_token

E = TypeVar("E", bound=StrEnum)

router = GuardedRouter()


@router.post("/preferences")
@serves(prefer)
def choose(request: Request, door: Door, form: AnybodysForm) -> Response:
    """Before sign-in the choice stays in the browser."""
    wanted = Preferences(_chosen(form, "language", Language), _chosen(form, "theme", Theme))
    if _is_signed_in(request):
        door.run(prefer, None, wanted)
    answer = see_other(request, local_path(form.secret("back")))
    keep(answer, entrance_of(request), language=wanted.language, theme=wanted.theme)
    return answer


def _chosen(form: Posted, name: str, kind: type[E]) -> E | None:
    return None if form.optional(name) is None else form.choice(name, kind)


def _is_signed_in(request: Request) -> bool:
    token = cookie_token(request)
    return token is not None and entrance_of(request).person(token) is not None
