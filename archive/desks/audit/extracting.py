"""An extract of the log on its way to a browser or a program."""

from starlette.requests import Request
from starlette.responses import Response

from archive.core.access.actions import Action
from archive.core.gate import BoundGate
from archive.desks.audit import entry_words, operations
from archive.desks.audit.door import log_door_of
from archive.desks.audit.extract import packed
from archive.desks.audit.operations import Filters
from archive.desks.audit.taking import as_file, bring_up_to_date


def send_extract(request: Request, door: BoundGate, wanted: Filters) -> Response:
    """A table of the lines that fit, signed with the log's key after its entry is committed."""
    bring_up_to_date(request, Action.LOG_EXPORT)
    log = log_door_of(request)
    extracted = door.run(operations.extract_log, None, wanted).value
    data = packed(entry_words.sheet(extracted), extracted, log.verifier_key, log.signer)
    name = f"juanzong-log-extract-{extracted.at:%Y%m%dT%H%M%SZ}.zip"
    return Response(data, media_type="application/zip", headers=as_file(name))
