"""The pages of deciding on requests of others."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.errors import ArchiveError, Conflict, Invalid
from archive.desks.loans import operations, seeing
from archive.desks.loans.operations import Verdict
from archive.desks.loans.seeing import RequestSeen
from archive.desks.loans.wording import in_words
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import _
from archive.web.problems import status_of
from archive.web.render import page, see_other, shown_moment
from archive.web.words import word

router = GuardedRouter()


@router.get("/loans/waiting")
@serves(seeing.list_waiting)
def waiting(request: Request, door: Door) -> HTMLResponse:
    return _waiting_page(request, door)


@router.get("/loans/requests/{uid}")
@serves(seeing.look_into)
def look_into(request: Request, door: Door, uid: UUID) -> HTMLResponse:
    """One request with the history of its maker: a page of its own, and the part that the list fetches from it."""
    found = door.run(seeing.look_into, uid).value
    return page(
        request, "loans/one.html", seen=found.request, history=found.history, told=_told(found.request)
    )


@router.post("/loans/{uid}/decision")
@serves(operations.decide, seeing.list_waiting, seeing.look_into)
def decide(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        verdict = _verdict(form, form.integer("revision"))
        key = form.optional("key")
        door.run(operations.decide, uid, verdict, idempotency_key=None if key is None else f"{uid}:{key}")
    except Invalid as error:
        return _waiting_page(request, door, uid, error, typed=form.optional("opinion") or "")
    except Conflict as error:
        seen = door.run(seeing.look_into, uid).value.request
        return _waiting_page(request, door, uid, error, told=_told(seen))
    notice = _("已同意，申请人现在可以阅览。") if verdict.granted else _("已拒绝。")
    return see_other(request, "/loans/waiting", notice=notice)


@router.post("/loans/decisions")
@serves(operations.decide, seeing.list_waiting)
def decide_several(request: Request, door: Door, form: PostedForm) -> Response:
    """Several requests of one person, with one reason; each is decided, and entered, by itself."""
    chosen, key = [_chosen(value) for value in form.many("request")], form.optional("key") or uuid4().hex
    try:
        _of_one_asker(door, {uid for uid, _revision in chosen})
        opinion = _verdict(form, 0)
    except Invalid as error:
        return _waiting_page(request, door, None, error, typed=form.optional("opinion") or "")
    failed = [uid for uid, revision in chosen if not _decide_one(door, uid, opinion, revision, key)]
    done = len(chosen) - len(failed)
    if not failed:
        return see_other(request, "/loans/waiting", notice=_("已办理 {0} 份申请。").format(done))
    notice = _("已办理 {0} 份申请；另有 {1} 份已由他人办理或撤回，未作改动。").format(done, len(failed))
    return see_other(request, "/loans/waiting", notice=notice)


def _decide_one(door: Door, uid: UUID, opinion: Verdict, revision: int, key: str) -> bool:
    verdict = Verdict(opinion.granted, opinion.opinion, revision)
    try:
        door.run(operations.decide, uid, verdict, idempotency_key=f"{uid}:{key}")
    except Conflict:
        return False
    return True


def _of_one_asker(door: Door, uids: set[UUID]) -> None:
    """One reason is one thought about one person. What is not waiting any more is told of when it is decided."""
    if not uids:
        raise Invalid("request", "No request was chosen.", "Tick the requests that are meant.")
    askers = {seen.account for seen in door.run(seeing.list_waiting, None).value if seen.uid in uids}
    if len(askers) > 1:
        raise Invalid(
            "request", "The requests are of several people.", "Decide on those of one person at a time."
        )


def _chosen(value: str) -> tuple[UUID, int]:
    uid, _colon, revision = value.partition(":")
    try:
        return UUID(uid), int(revision)
    except ValueError as error:
        raise Invalid("request", "This is no request of the list.", "Go back and choose it again.") from error


def _verdict(form: Posted, revision: int) -> Verdict:
    decision, opinion = form.text("decision"), form.optional("opinion") or ""
    if decision not in {"grant", "refuse"}:
        raise Invalid("decision", "A request is granted or refused.", "Press one of the two buttons.")
    if decision == "refuse" and not opinion:
        raise Invalid("opinion", "A refusal needs a written reason.", "Write a sentence.")
    return Verdict(decision == "grant", opinion, revision)


def _told(seen: RequestSeen) -> str:
    """Who decided and when; empty for a request that still waits."""
    if seen.state == "withdrawn":
        return _("{0} 已于 {1} 撤回这份申请。").format(seen.asked_by, shown_moment(seen.withdrawn_at))
    if seen.decided_by is None:
        return ""
    decision = word("approved" if seen.state == "granted" else "refused", "state")
    return _("{0} 已于 {1} 办理：{2}。").format(seen.decided_by, shown_moment(seen.decided_at), decision)


def _waiting_page(
    request: Request,
    door: Door,
    about: UUID | None = None,
    error: ArchiveError | None = None,
    *,
    typed: str = "",
    told: str = "",
) -> HTMLResponse:
    requests = door.run(seeing.list_waiting, None).value
    trouble = None if error is None else in_words(error)
    return page(
        request,
        "loans/waiting.html",
        status=200 if error is None else status_of(error),
        askers=_by_asker(requests),
        keys={seen.uid: uuid4().hex for seen in requests},
        about=about if any(seen.uid == about for seen in requests) else None,
        typed=typed,
        trouble=None if trouble is None else (told or trouble[0], trouble[1]),
    )


def _by_asker(requests: Sequence[RequestSeen]) -> list[tuple[str, list[RequestSeen]]]:
    """Oldest request first; those of one person stand together."""
    grouped: dict[UUID, list[RequestSeen]] = {}
    for seen in requests:
        grouped.setdefault(seen.account, []).append(seen)
    return [(group[0].asked_by, group) for group in grouped.values()]
