"""Forms of pages: where they come from is checked before what they say.

A form carries a token that only this session could have been given; a page of another origin cannot know it. The
browser's own word (``Sec-Fetch-Site``, else ``Origin``) is asked first.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Depends
from starlette.requests import ClientDisconnect, Request

from archive.core.errors import ForgedForm, Invalid, SignInNeeded, TooLarge, UploadCut
from archive.web.entrance import Entrance, entrance_of
from archive.web.sessions import cookie_name, cookie_token

E = TypeVar("E", bound=Enum)

MOST_BYTES = 256 * 1024
MOST_FIELDS = 2000
LONGEST_FIELD = 10_000
"""Characters of one field. The pages say so before a form is sent (``macros.html``)."""

CSRF_FIELD = "csrf"
VISITOR_COOKIE = "juanzong-visitor"
_FORM = "application/x-www-form-urlencoded"


class Posted:
    """The fields of a form. Values are stripped of white space; every reader raises ``Invalid`` naming the field."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise Invalid(name, f"The field {name} is empty.", "Fill it in.")
        if len(value) > LONGEST_FIELD:
            raise Invalid(
                name,
                f"The field {name} holds {len(value)} characters; {LONGEST_FIELD} are the most.",
                "Shorten it; nothing was saved.",
            )
        return value

    def optional(self, name: str) -> str | None:
        """The last value given, or None when there is none or only white space."""
        return self.secret(name).strip() or None

    def secret(self, name: str) -> str:
        """Exactly as typed: for passwords. An absent field is an empty text."""
        values = self.fields.get(name, ())
        return values[-1] if values else ""

    def many(self, name: str) -> tuple[str, ...]:
        return tuple(value.strip() for value in self.fields.get(name, ()) if value.strip())

    def checked(self, name: str) -> bool:
        return self.optional(name) is not None

    def integer(self, name: str) -> int:
        value = self.text(name)
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise Invalid(name, f"The field {name} needs a whole number.", "Write digits only.")
        return int(value)

    def uid(self, name: str) -> UUID:
        return _uid(name, self.text(name))

    def uids(self, name: str) -> tuple[UUID, ...]:
        return tuple(_uid(name, value) for value in self.many(name))

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise Invalid(name, f"The field {name} needs a day.", "Write it as 2026-11-30.") from error

    def choice(self, name: str, kind: type[E]) -> E:
        """One of an enumeration's values; integers are written as digits."""
        value = self.text(name)
        for member in kind:
            if str(member.value) == value:
                return member
        raise Invalid(name, f"The field {name} has no such choice.", "Choose one from the list.")


def _uid(name: str, value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid(
            name, f"The field {name} needs an identifier.", "Go back and choose it again."
        ) from error


async def _posted(request: Request) -> Posted:
    check_origin(request)
    posted = await _read(request)
    check_token(request, posted)
    request.state.posted = posted
    return posted


def posted_here(request: Request) -> Posted | None:
    """The form that this request brought with its session's token, or None."""
    posted = getattr(request.state, "posted", None)
    return posted if isinstance(posted, Posted) else None


async def _posted_by_visitor(request: Request) -> Posted:
    """Before there is a session: the token belongs to a cookie that was set with the form (double submit, signed)."""
    check_origin(request)
    posted = await _read(request)
    visitor = request.cookies.get(cookie_name(entrance_of(request).settings, VISITOR_COOKIE), "")
    _compare(visitor_token(entrance_of(request), visitor) if visitor else "", posted)
    return posted


async def _posted_by_anybody(request: Request) -> Posted:
    """Somebody who is not signed in changes nothing but cookies of her own browser: its word on the origin is enough."""
    check_origin(request)
    posted = await _read(request)
    token = cookie_token(request)
    if token is not None and entrance_of(request).person(token) is not None:
        check_token(request, posted)
    return posted


PostedForm = Annotated[Posted, Depends(_posted)]
VisitorForm = Annotated[Posted, Depends(_posted_by_visitor)]
AnybodysForm = Annotated[Posted, Depends(_posted_by_anybody)]


async def _read(request: Request) -> Posted:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Invalid("form", "This address takes a plain form.", "Send the form of the page.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise TooLarge("This form is too large.", "Write less, or send it in parts.")
    except ClientDisconnect as error:
        raise UploadCut("The form did not arrive whole.", "Send it again.") from error
    return Posted(parse_fields(bytes(body)))


def parse_fields(body: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise Invalid("form", "The form cannot be read.", "Send it again from the page.") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


# --- where a form comes from ---------------------------------------------------------------------------------


def check_origin(request: Request) -> None:
    """Raises ``ForgedForm`` for a form of another origin. Browsers too old to say anything rest on the token alone."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise forged()
        return
    origin = request.headers.get("origin")
    if origin is not None and origin.rstrip("/") != own_origin(request):
        raise forged()


def own_origin(request: Request) -> str:
    public = entrance_of(request).settings.public_url.rstrip("/")
    return public or f"{request.url.scheme}://{request.headers.get('host', '')}"


def check_session(request: Request) -> None:
    """Raises ``SignInNeeded`` for whoever is not signed in. Before a thread waits for a body: strangers may be slow."""
    token = cookie_token(request)
    if token is None or entrance_of(request).person(token) is None:
        raise _sign_in()


def check_token(request: Request, posted: Posted) -> None:
    """Raises ``SignInNeeded`` without a session cookie and ``ForgedForm`` without the session's token."""
    token = cookie_token(request)
    if token is None:
        raise _sign_in()
    _compare(session_token(entrance_of(request), token), posted)


def _sign_in() -> SignInNeeded:
    return SignInNeeded("You are not signed in, or your session has ended.", "Sign in.")


def _compare(expected: str, posted: Posted) -> None:
    given = posted.secret(CSRF_FIELD)
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise forged()


def forged() -> ForgedForm:
    return ForgedForm(
        "This form did not come from a page of this archive, or its page is too old.", "Open the page again."
    )


def session_token(entrance: Entrance, token: str) -> str:
    return _mac(entrance, "session", token)


def visitor_token(entrance: Entrance, visitor: str) -> str:
    return _mac(entrance, "visitor", visitor)


def _mac(entrance: Entrance, kind: str, secret: str) -> str:
    return hmac.new(entrance.csrf_key, f"{kind}\0{secret}".encode(), sha256).hexdigest()
