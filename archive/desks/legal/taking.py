"""A released package on its way to a browser or a program: the same steps for both."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archive.core.access.actions import Action, Purpose
from archive.core.gate import BoundGate
from archive.core.permit import Permit
from archive.core.vault.vault import Handle
from archive.desks.legal.export import export, go_on
from archive.desks.legal.packing import pack
from archive.web.entrance import entrance_of
from archive.web.sessions import token_of

OPERATIONS = (export, go_on)

PIECE = 1 << 20
_HALF_OF_A_PERMIT = timedelta(seconds=30)


class Log(Protocol):
    """What the application lends: its sequencer, which may raise ``LogAltered``, and its public key."""

    @property
    def sequence(self) -> Callable[[], int]: ...

    @property
    def verifier_key(self) -> str: ...


class Leaving:
    """Reads what the package names. A slow line outlasts a permit, so before one runs out all is decided again."""

    def __init__(
        self, door: BoundGate, uid: UUID, purpose: Purpose, permit: Permit, clock: Callable[[], datetime]
    ) -> None:
        self._door = door
        self._uid = uid
        self._purpose = purpose
        self._permit = permit
        self._clock = clock

    def __call__(self, handle: Handle) -> Iterator[bytes]:
        """The whole object. Raises ``Altered``, and what deciding again raises: then the ZIP is cut off."""
        permit = self._fresh()
        opened = self._door.open(permit, handle)
        for offset in range(0, handle.size, PIECE):
            if self._fresh() is not permit:
                permit = self._permit
                opened = self._door.open(permit, handle)
            yield opened.read(offset, min(PIECE, handle.size - offset))

    def _fresh(self) -> Permit:
        if self._permit.left(self._clock()) < _HALF_OF_A_PERMIT:
            self._permit = self._door.run(go_on, self._uid, purpose=self._purpose).permit
        return self._permit


def send_package(request: Request, door: BoundGate, uid: UUID, purpose: Purpose) -> Response:
    """The entry is committed before the first byte leaves. What fails later cuts the ZIP off, so that it does not open."""
    entrance, token, log = entrance_of(request), token_of(request), _log_of(request)
    person = None if token is None else entrance.person(token)
    if person is not None and Action.EVIDENCE_EXPORT in person.may:
        log.sequence()
    released = door.run(export, uid, log.verifier_key, purpose=purpose)
    name = f"{released.value.no}.zip"
    leaving = Leaving(door, uid, purpose, released.permit, entrance.clock)
    return StreamingResponse(
        pack(released.value, leaving, entrance.settings.watermark_font),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _log_of(request: Request) -> Log:
    log: Log = request.app.state.log_door
    return log
