"""A request's body, pulled piece by piece by the thread that uses it.

Plain ``def`` routes run in a worker thread. These iterators fetch the next piece from the event loop only when it is
asked for, so a slow vault slows the sender down, nothing is collected in memory and nothing touches the disk.
"""

import time
from collections.abc import Iterator

import anyio
import anyio.from_thread
from starlette.requests import Request
from starlette.types import Message

from archive.core.errors import TooLarge, UploadCut
from archive.web.entrance import entrance_of

GLANCE_SECONDS = 0.25
"""How often a waiting upload looks whether the server is being stopped."""


def body_chunks(request: Request) -> Iterator[bytes]:
    """The raw body of a ``PUT``. Raises ``TooLarge`` beyond ``settings.max_upload_bytes`` and ``UploadCut`` when the
    connection ends, or fewer bytes arrive than ``Content-Length`` announced. Only for routes with ``streams=True``.
    """
    most = entrance_of(request).settings.max_upload_bytes
    announced = announced_length(request)
    if announced is not None and announced > most:
        raise too_large(most)
    arrived = 0
    for chunk in arriving(request):
        arrived += len(chunk)
        if arrived > most:
            raise too_large(most)
        yield chunk
    if announced is not None and arrived < announced:
        raise cut_off()


def arriving(request: Request) -> Iterator[bytes]:
    """Raises ``UploadCut``, also for a sender that is silent or slow for too long: it would hold a worker thread.

    Runs in a worker thread that the server started, never in the event loop.
    """
    sender = _Sender(request)
    while chunk := anyio.from_thread.run(sender.next):
        yield chunk


class _Sender:
    """One client that sends a body. Only the time that it lets us wait counts, not that of the vault."""

    def __init__(self, request: Request) -> None:
        entrance = entrance_of(request)
        self._receive = request.receive
        self._ending = entrance.ending
        self._silence = entrance.settings.upload_silence_seconds
        self._least = entrance.settings.upload_least_bytes_per_second
        self._waited = 0.0
        self._arrived = 0
        self._is_through = False

    async def next(self) -> bytes:
        """Empty at the end."""
        while not self._is_through:
            message = await self._message()
            if message["type"] == "http.disconnect":
                raise cut_off()
            self._is_through = not message.get("more_body", False)
            if piece := message.get("body", b""):
                self._count(len(piece))
                return bytes(piece)
        return b""

    async def _message(self) -> Message:
        began = time.monotonic()
        while True:
            if self._ending.is_set():
                raise _broken_off()
            with anyio.move_on_after(min(GLANCE_SECONDS, self._silence)):
                message = await self._receive()
                self._waited += time.monotonic() - began
                return message
            if time.monotonic() - began >= self._silence:
                raise cut_off()

    def _count(self, arrived: int) -> None:
        self._arrived += arrived
        if self._waited > self._silence and self._arrived < self._waited * self._least:
            raise UploadCut(
                "The upload came too slowly; nothing was kept.",
                "Use a better connection, or upload in parts.",
            )


def _broken_off() -> UploadCut:
    return UploadCut(
        "The archive is being stopped; the upload was broken off and nothing was kept.",
        "Upload it again when the archive is back, in a minute or so.",
    )


def announced_length(request: Request) -> int | None:
    value = request.headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() else None


def too_large(most: int) -> TooLarge:
    return TooLarge(
        f"A file may have at most {most // (1024 * 1024)} MiB.", "Split the file, or ask for a higher limit."
    )


def cut_off() -> UploadCut:
    return UploadCut(
        "The upload ended before everything had arrived; nothing was kept.", "Upload the file again."
    )
