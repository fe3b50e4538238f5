"""Uploads from a page: the same steps as in the interface for programs, for a browser that carries a cookie.

A page's script shows where it comes from by the session's token in ``X-CSRF-Token``, a header that no form and no page of
another origin can send. Answers are JSON; an error has the words of the screen, so that the page can show them as they are.
"""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from archive.core.errors import ArchiveError, Conflict, SignInNeeded
from archive.desks.intake import operations, receiving_parts
from archive.desks.intake.announcing import check_announced
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.parts import PART_BYTES, Unfinished, count_of, list_parts, list_unfinished
from archive.desks.intake.receiving_parts import Announced
from archive.web.bodies import body_chunks
from archive.web.entrance import entrance_of
from archive.web.forms import CSRF_FIELD, Posted, check_origin, check_session, check_token, session_token
from archive.web.guarded import Door, GuardedRouter, public, serves
from archive.web.multipart import clean_name
from archive.web.problems import status_of
from archive.web.sessions import cookie_token
from archive.web.texts import shown

router = GuardedRouter()

MOST_AT_ONCE = 2000
"""Names that are looked at in one question."""


class Chosen(BaseModel):
    """A file that somebody has chosen; ``size`` in bytes."""

    name: str = Field(max_length=1000)
    size: int = Field(ge=0)


class ChosenFiles(BaseModel):
    files: list[Chosen] = Field(max_length=MOST_AT_ONCE)


class Beginning(Chosen):
    """``fonds`` begins a batch; ``batch`` goes on with one."""

    fonds: str = Field(default="", max_length=64)
    batch: UUID | None = None
    duplicates: Duplicates = Duplicates.ASK


@router.post("/intake/uploads/check")
@public("what a name and a size tell; holds nothing of the archive")
def check(request: Request, chosen: ChosenFiles) -> Response:
    """For each file null, or why it can never be taken in."""
    most = entrance_of(request).settings.max_upload_bytes
    return JSONResponse({"troubles": [_trouble_of(file, most) for file in chosen.files]})


def _trouble_of(file: Chosen, most: int) -> dict[str, str] | None:
    try:
        check_announced(clean_name(file.name.encode()), file.size, most)
    except ArchiveError as error:
        return _told(error)
    return None


@router.get("/intake/uploads")
@serves(list_unfinished)
def unfinished(request: Request, door: Door) -> Response:
    """What goes on when the same file is chosen again, and the token for the rest: after another sign-in it is another."""

    def asked() -> Response:
        uploads = door.run(list_unfinished, None).value
        entrance, token = entrance_of(request), cookie_token(request)
        person = None if token is None else entrance.person(token)
        if token is None or person is None:
            raise SignInNeeded("You are not signed in, or your session has ended.", "Sign in.")
        return JSONResponse(
            {
                "person": person.login,
                "token": session_token(entrance, token),
                "unfinished": [_unfinished(one) for one in uploads],
            }
        )

    return _answered(asked)


def _unfinished(one: Unfinished) -> dict[str, object]:
    return {
        "deposit": str(one.deposit),
        "batch": str(one.batch),
        "name": one.name,
        "size": one.size,
        "part_size": one.part_size,
        "parts": count_of(one.size, one.part_size),
        "kept": one.kept,
        "first": one.first,
    }


@router.post("/intake/uploads")
@serves(*receiving_parts.BEGIN)
def begin(
    request: Request, door: Door, new: Beginning, x_csrf_token: Annotated[str, Header()] = ""
) -> Response:
    def begun() -> Response:
        _check(request, x_csrf_token)
        name = clean_name(new.name.encode())
        file = Announced(name, new.size, new.fonds, new.batch, new.duplicates)
        made = receiving_parts.begin_parts(
            door, file, most_bytes=entrance_of(request).settings.max_upload_bytes
        )
        return JSONResponse(
            {
                "deposit": str(made.deposit),
                "batch": str(made.batch),
                "part_size": PART_BYTES,
                "parts": count_of(new.size, PART_BYTES),
            },
            201,
        )

    return _answered(begun)


@router.get("/intake/uploads/{uid}")
@serves(operations.show_deposit, list_parts)
def stands(door: Door, uid: UUID) -> Response:
    """Where one upload stands: its state and, while it comes in parts, those that are here."""

    def told() -> Response:
        it = door.run(operations.show_deposit, uid).value
        is_coming = it.state == "receiving" and it.part_size is not None
        kept = door.run(list_parts, uid).value.kept if is_coming else ()
        parts = [{"number": part.number, "sha256": part.sha256} for part in kept]
        return JSONResponse({"state": it.state, "kept": parts})

    return _answered(told)


@router.put("/intake/uploads/{uid}/parts/{number}")
@serves(*receiving_parts.SEND, streams=True)
def put_part(
    request: Request,
    door: Door,
    uid: UUID,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    content_digest: Annotated[str, Header(max_length=500)] = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> Response:
    """Durable when it is answered."""

    def kept() -> Response:
        _check(request, x_csrf_token)
        part = receiving_parts.receive_part(door, uid, number, body_chunks(request), content_digest)
        return JSONResponse({"number": part.number, "size": part.size}, 201)

    return _answered(kept)


@router.post("/intake/uploads/{uid}/finish")
@serves(*receiving_parts.FINISH, operations.show_deposit)
def finish(request: Request, door: Door, uid: UUID, x_csrf_token: Annotated[str, Header()] = "") -> Response:
    """May be asked again when the answer was lost: then it tells what became of the file."""

    def finished() -> Response:
        _check(request, x_csrf_token)
        try:
            state = receiving_parts.finish_parts(door, uid, entrance_of(request).clock).state
        except Conflict:
            state = door.run(operations.show_deposit, uid).value.state
            if state in {"receiving", "refused"}:
                raise
        return JSONResponse({"state": state})

    return _answered(finished)


@router.post("/intake/uploads/{uid}/cancel")
@serves(*receiving_parts.CALL_OFF)
def cancel(request: Request, door: Door, uid: UUID, x_csrf_token: Annotated[str, Header()] = "") -> Response:
    def called_off() -> Response:
        _check(request, x_csrf_token)
        receiving_parts.call_off(door, uid)
        return JSONResponse({"state": "refused"})

    return _answered(called_off)


def _check(request: Request, token: str) -> None:
    """Raises ``ForgedForm`` and ``SignInNeeded``."""
    check_origin(request)
    check_session(request)
    check_token(request, Posted({CSRF_FIELD: [token]}))


def _answered(act: Callable[[], Response]) -> Response:
    try:
        return act()
    except ArchiveError as error:
        return JSONResponse(_told(error), status_of(error))


def _told(error: ArchiveError) -> dict[str, str]:
    """``message`` and ``remedy`` in the words of the screen."""
    message, remedy = shown(error)
    return {"code": error.code, "message": message, "remedy": remedy}
