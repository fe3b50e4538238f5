"""Forms with files, streamed. A file's bytes go from the connection to whoever asks for them and are kept nowhere else.

How a desk uses it, in a plain ``def`` route that declares ``streams=True``::

    @router.post("/deposits")
    @serves(begin, finish, streams=True)
    def upload(request: Request, door: Door) -> Response:
        form = open_upload(request)                  # reads up to the first file; origin and token are checked
        batch = form.fields.optional("batch")        # the fields that stood before the first file
        for file in form.files():
            sealed = door.seal(..., file.chunks())   # the next piece is fetched when the vault asks for it
        return see_other(request, "/deposits")

In the form the hidden ``csrf`` field comes first, then other fields, then ``<input type="file">``: the macros do that.
"""

import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from archive.core.errors import Invalid
from archive.web.bodies import arriving, cut_off, too_large
from archive.web.entrance import entrance_of
from archive.web.forms import (
    CSRF_FIELD,
    MOST_BYTES,
    MOST_FIELDS,
    Posted,
    check_origin,
    check_session,
    check_token,
    forged,
)

LONGEST_NAME = 255


@dataclass(frozen=True)
class _Begin:
    name: str
    filename: str | None


@dataclass(frozen=True)
class _Data:
    content: bytes


@dataclass(frozen=True)
class _End:
    """A part has ended."""


@dataclass(frozen=True)
class _Close:
    """The whole form has ended, by its closing boundary."""


_Event = _Begin | _Data | _End | _Close


@dataclass
class _Listener:
    """What python-multipart calls back, turned into events."""

    events: deque[_Event] = field(default_factory=deque)
    headers: dict[str, bytes] = field(default_factory=dict)
    header_name: bytes = b""
    header_value: bytes = b""

    def on_part_begin(self) -> None:
        self.headers = {}

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.header_name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.header_value += data[start:end]

    def on_header_end(self) -> None:
        self.headers[self.header_name.decode("latin-1").lower()] = self.header_value
        self.header_name = self.header_value = b""

    def on_headers_finished(self) -> None:
        disposition = self.headers.get("content-disposition", b"").decode("latin-1")
        _, options = parse_options_header(disposition)
        filename = options.get(b"filename")
        name = options.get(b"name", b"").decode("utf-8", "replace")
        self.events.append(_Begin(name, None if filename is None else clean_name(filename)))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.events.append(_Data(data[start:end]))

    def on_part_end(self) -> None:
        self.events.append(_End())

    def on_end(self) -> None:
        self.events.append(_Close())


def clean_name(raw: bytes) -> str:
    """A file's name as data: the last component, NFC, without control and bidirectional characters, 255 at most."""
    text = unicodedata.normalize("NFC", raw.decode("utf-8", "replace")).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    return kept.strip()[:LONGEST_NAME] or "unnamed"


class _Events:
    """The form's events one after another; the next piece of the body is read only when they run out."""

    def __init__(self, request: Request) -> None:
        self._listener = _Listener()
        self._parser = _parser(request, self._listener)
        self._body = arriving(request)

    def next(self) -> _Event:
        """Raises ``UploadCut`` when the body ends before the form does."""
        events = self._listener.events
        while not events:
            chunk = next(self._body, b"")
            if not chunk:
                raise cut_off()
            self._feed(chunk)
        return events.popleft()

    def put_back(self, event: _Event) -> None:
        self._listener.events.appendleft(event)

    def _feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _unreadable() from error


def _parser(request: Request, listener: _Listener) -> MultipartParser:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Invalid("form", "This address takes a form with files.", "Send the form of the page.")
    try:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": listener.on_part_begin,
                "on_header_field": listener.on_header_field,
                "on_header_value": listener.on_header_value,
                "on_header_end": listener.on_header_end,
                "on_headers_finished": listener.on_headers_finished,
                "on_part_data": listener.on_part_data,
                "on_part_end": listener.on_part_end,
                "on_end": listener.on_end,
            },
        )
    except FormParserError as error:
        raise _unreadable() from error


def _unreadable() -> Invalid:
    return Invalid("form", "The form cannot be read.", "Send it again from the page.")


class UploadedFile:
    """``field`` is the input's name and ``name`` the file's, cleaned. ``chunks`` can be walked once."""

    def __init__(self, field_name: str, name: str, events: _Events, most: int) -> None:
        self.field = field_name
        self.name = name
        self._events = events
        self._most = most
        self._ended = False

    def chunks(self) -> Iterator[bytes]:
        """Raises ``TooLarge`` beyond ``settings.max_upload_bytes`` and ``UploadCut``."""
        arrived = 0
        while not self._ended:
            event = self._events.next()
            if isinstance(event, _Data):
                arrived += len(event.content)
                if arrived > self._most:
                    raise too_large(self._most)
                yield event.content
            else:
                self._ended = True

    def skip(self) -> None:
        for _ in self.chunks():
            pass


class UploadForm:
    """A form that has been read up to its first file."""

    def __init__(self, fields: Posted, events: _Events, most: int) -> None:
        self.fields = fields
        self._events = events
        self._most = most

    def files(self) -> Iterator[UploadedFile]:
        """One file after the other. What is left of a file is skipped when the next is asked for; an input in which
        nothing was chosen is passed over. Raises ``Invalid`` for a field that stands after a file.
        """
        while not isinstance(event := self._events.next(), _Close):
            if not isinstance(event, _Begin) or event.filename is None:
                raise Invalid("form", "A field stands after a file.", "Send the form of the page.")
            file = UploadedFile(event.name, event.filename, self._events, self._most)
            if not self._is_unchosen(event):
                yield file
            file.skip()

    def _is_unchosen(self, begin: _Begin) -> bool:
        """Browsers send an empty file without a name for an input in which nothing was chosen."""
        if begin.filename != "unnamed":
            return False
        following = self._events.next()
        self._events.put_back(following)
        return isinstance(following, _End)


def open_upload(request: Request) -> UploadForm:
    """Raises ``ForgedForm``, ``SignInNeeded``, ``Invalid``, ``TooLarge`` or ``UploadCut``, all before any file is read."""
    check_origin(request)
    check_session(request)
    events = _Events(request)
    fields = _fields_before_files(request, events)
    return UploadForm(fields, events, entrance_of(request).settings.max_upload_bytes)


def _fields_before_files(request: Request, events: _Events) -> Posted:
    fields: dict[str, list[str]] = {}
    for _ in range(MOST_FIELDS):
        event = events.next()
        if isinstance(event, _Close) or (isinstance(event, _Begin) and event.filename is not None):
            events.put_back(event)
            break
        if not isinstance(event, _Begin):
            raise _unreadable()
        if not fields and event.name != CSRF_FIELD:
            raise forged()
        fields.setdefault(event.name, []).append(_text(events))
        if len(fields) == 1 and event.name == CSRF_FIELD:
            check_token(request, Posted(fields))
    else:
        raise _unreadable()
    posted = Posted(fields)
    check_token(request, posted)
    return posted


def _text(events: _Events) -> str:
    content = bytearray()
    while isinstance(event := events.next(), _Data):
        content += event.content
        if len(content) > MOST_BYTES:
            raise Invalid("form", "A field of the form is too long.", "Write less.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _unreadable() from error
