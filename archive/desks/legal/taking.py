"""A released package on its way to a browser or a program: the same steps for both."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archive.core.access.actions import Action, Purpose
from archive.desks.legal.export import export
from archive.desks.legal.packing import pack
from archive.web.entrance import entrance_of
from archive.web.sessions import token_of

TAKING_TIME = timedelta(hours=1)
"""How long the permit of one export opens what it names: large packages on slow lines take their time."""


class Log(Protocol):
    """What the application lends: its sequencer, which may raise ``LogAltered``, and its public key."""

    @property
    def sequence(self) -> Callable[[], int]: ...

    @property
    def verifier_key(self) -> str: ...


def send_package(request: Request, uid: UUID, purpose: Purpose) -> Response:
    """The entry is committed before the first byte leaves. What fails later cuts the ZIP off, so that it does not open."""
    entrance, token, log = entrance_of(request), token_of(request), _log_of(request)
    person = None if token is None else entrance.person(token)
    if person is not None and Action.EVIDENCE_EXPORT in person.may:
        log.sequence()
    gate = entrance.gate.bind(entrance.who(token), export, opening=TAKING_TIME)
    released = gate.run(export, uid, log.verifier_key, purpose=purpose)
    name = f"{released.value.no}.zip"
    return StreamingResponse(
        pack(released.value, partial(gate.open, released.permit)),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _log_of(request: Request) -> Log:
    log: Log = request.app.state.log_door
    return log
