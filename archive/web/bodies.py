"""A request's body, pulled piece by piece by the thread that uses it.

Plain ``def`` routes run in a worker thread. These iterators fetch the next piece from the event loop only when it is
asked for, so a slow vault slows the sender down, nothing is collected in memory and nothing touches the disk.
"""

from collections.abc import AsyncIterator, Iterator

import anyio
import anyio.from_thread
from starlette.requests import ClientDisconnect, Request

from archive.core.errors import TooLarge, UploadCut
from archive.web.entrance import entrance_of

SILENCE_SECONDS = 60.0
"""A sender that is silent for so long is cut off: it would hold a worker thread."""


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
    """Raises ``UploadCut``. Runs in a worker thread that the server started, never in the event loop."""
    stream = request.stream()
    while chunk := anyio.from_thread.run(_next, stream):
        yield chunk


async def _next(stream: AsyncIterator[bytes]) -> bytes:
    try:
        with anyio.fail_after(SILENCE_SECONDS):
            return await anext(stream)
    except StopAsyncIteration:
        return b""
    except (ClientDisconnect, TimeoutError) as error:
        raise cut_off() from error


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
