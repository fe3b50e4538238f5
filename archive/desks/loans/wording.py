"""Where a request stands, how long a loan still lasts, and what went wrong, in the words of the screen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.core.errors import ArchiveError, Invalid
from archive.desks.loans.seeing import RequestSeen
from archive.web.language import N_, _
from archive.web.texts import shown

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def standing(seen: RequestSeen) -> str:
    """A code of ``archive.web.words``: requested, refused, withdrawn, lent, returned or expired."""
    if seen.state != "granted":
        return "requested" if seen.state == "submitted" else seen.state
    if seen.reading:
        return "lent"
    is_early = seen.returned_at is not None and seen.due_at is not None and seen.returned_at < seen.due_at
    return "returned" if is_early else "expired"


def time_left(due: datetime, now: datetime) -> str:
    left = due - now
    if left >= DAY:
        return _("剩余 {0} 天 {1} 小时").format(left // DAY, left % DAY // HOUR)
    if left >= HOUR:
        return _("剩余 {0} 小时 {1} 分").format(left // HOUR, left % HOUR // MINUTE)
    return _("剩余 {0} 分钟").format(max(0, left // MINUTE))


SOON = DAY


@dataclass(frozen=True)
class Left:
    """How a running loan stands in time: in words, and how much of its time is left, in hundredths."""

    words: str
    hundredths: int
    is_soon: bool


def left_of(seen: RequestSeen, now: datetime) -> Left | None:
    if seen.lent_at is None or seen.due_at is None:
        return None
    whole = max(seen.due_at - seen.lent_at, MINUTE)
    part = min(max((seen.due_at - now) / whole, 0.0), 1.0)
    return Left(time_left(seen.due_at, now), round(100 * part), is_soon=seen.due_at - now < SOON)


_FIELDS: dict[str, tuple[str, str]] = {
    "items": (N_("没有选择档案，或一次选择过多。"), N_("请从检索结果中选择；档案多时请分几次申请。")),
    "purpose": (N_("尚未选择利用目的。"), N_("请从列表中选择。")),
    "reason": (N_("尚未填写理由。"), N_("请用一句话说明为何需要阅览。")),
    "opinion": (N_("拒绝须写明理由。"), N_("请用一句话说明为何拒绝，申请人会看到。")),
    "decision": (N_("尚未选择同意或拒绝。"), N_("请点两个按钮之一。")),
}


def in_words(error: ArchiveError) -> tuple[str, str]:
    pair = _FIELDS.get(error.field if isinstance(error, Invalid) else error.code)
    return shown(error) if pair is None else (_(pair[0]), _(pair[1]))
