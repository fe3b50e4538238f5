"""Exports, verifications and checkpoints on their way to a browser or a program: the same steps for both."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from archive.core.access.actions import Action
from archive.core.audit.checkpoint import LONGEST_NOTE, Checkpoint, read_keepsake
from archive.core.audit.findings import Kind
from archive.core.audit.verify import Report
from archive.core.errors import Invalid, LogAltered
from archive.core.gate import BoundGate
from archive.desks.audit import operations
from archive.desks.audit.door import log_door_of, scratch_file
from archive.desks.audit.operations import Export, Verification
from archive.web.entrance import entrance_of
from archive.web.multipart import UploadForm
from archive.web.sessions import token_of

CHUNK = 256 * 1024
MOST_KEPT = 2 * LONGEST_NOTE


@dataclass(frozen=True)
class Verified:
    """``is_current`` is False when the end of the log is not what was last signed, so that nothing could be added.

    ``kept`` is the remembered checkpoint; None when there was nothing to compare with.
    """

    report: Report
    is_current: bool
    kept: Checkpoint | None

    @property
    def keepsake_is_unreadable(self) -> bool:
        """Nothing is wrong with the log; what was laid beside it is no checkpoint."""
        findings = self.report.findings
        return bool(findings) and all(
            f.kind is Kind.UNREADABLE and f.place == "remembered checkpoint" for f in findings
        )


def send_export(request: Request, door: BoundGate) -> Response:
    """The file is open and has no name any more when its first byte leaves: nothing of it can be left lying."""
    bring_up_to_date(request, Action.LOG_EXPORT)
    log = log_door_of(request)
    with scratch_file(log) as path:
        summary = door.run(operations.export_log, None, Export(path, log.verifier_key)).value
        size, file = path.stat().st_size, path.open("rb")
    headers = {"Content-Length": str(size), **as_file(f"juanzong-log-{summary.size}.zip")}
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


def send_checkpoint(request: Request, door: BoundGate) -> Response:
    bring_up_to_date(request, Action.LOG_EXPORT)
    text = door.run(operations.take_checkpoint, None, log_door_of(request).verifier_key).value
    return PlainTextResponse(text, headers=as_file(f"juanzong-checkpoint-{text.splitlines()[2]}.txt"))


def verify_now(request: Request, door: BoundGate, remembered: str) -> Verified:
    """``remembered`` is a keepsake as somebody pasted it; an empty text compares with nothing outside."""
    is_current = bring_up_to_date(request, Action.LOG_VERIFY)
    log = log_door_of(request)
    with scratch_file(log) as path:
        kept = _as_kept(remembered)
        wanted = Verification(Export(path, log.verifier_key), kept)
        report = door.run(operations.verify_log, None, wanted).value
    return Verified(report, is_current, read_keepsake(kept)[1] if report.compared and kept else None)


def uploaded_keepsake(form: UploadForm) -> str:
    """The text of the file that was chosen. Of a file that is no checkpoint the beginning is enough to say so.

    Raises ``Invalid`` when none was chosen: an answer without a comparison would be taken for one with.
    """
    for file in form.files():
        content = bytearray()
        for chunk in file.chunks():
            content += chunk[: MOST_KEPT - len(content)]
        return content.decode("utf-8", "replace")
    field = "remembered"
    raise Invalid(field, f"The field {field} is empty.", "Fill it in.")


def bring_up_to_date(request: Request, action: Action) -> bool:
    """Signs what is new, for whoever has a rule for the action; the gate decides after it. False for an altered end:
    such a log is exported and verified as it stands, so that the place is found.
    """
    token = token_of(request)
    person = None if token is None else entrance_of(request).person(token)
    if person is None or action not in person.may:
        return True
    try:
        log_door_of(request).sequence()
    except LogAltered:
        return False
    return True


def _as_kept(remembered: str) -> str | None:
    """Forms send other line breaks, and people lose the last one."""
    text = remembered.replace("\r\n", "\n").strip()
    return f"{text}\n" if text else None


def as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
