"""Whether a page of a PDF sets text, found without drawing it."""

from __future__ import annotations

import re
from typing import Any

from pypdf import apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import DictionaryObject, StreamObject

from ocr.pdf_objects import array, raw, resolved

_ENOUGH = 1 << 20
_MOST_STREAMS = 20
_SETS_TEXT = re.compile(rb"[\])>\s](?:Tj|TJ)\s")


def shows_text(page: DictionaryObject) -> bool:
    """In the content of its own, not in forms that it draws. Content too large to look through counts as text."""
    try:
        with apply_configuration(
            maximum_declared_stream_length=_ENOUGH,
            zlib_maximum_output_length=_ENOUGH,
            lzw_maximum_output_length=_ENOUGH,
        ):
            streams = array(page, "/Contents") or [raw(page, "/Contents")]
            return any(_sets_text(resolved(stream)) for stream in streams[:_MOST_STREAMS])
    except LimitReachedError:
        return True
    except Exception:  # noqa: BLE001 - pypdf raises anything on broken content; what cannot be unpacked sets no text
        return False


def _sets_text(stream: Any) -> bool:
    return isinstance(stream, StreamObject) and _SETS_TEXT.search(stream.get_data()) is not None
