"""What went wrong at the legal desk, in the words of its forms."""

from archive.core.errors import ArchiveError, Invalid, NotFound
from archive.web.language import N_, _
from archive.web.texts import shown

_FIELDS: dict[str, tuple[str, str]] = {
    "title": (N_("尚未填写案由或名称。"), N_("请用一句话写明是什么案件。")),
    "items": (N_("没有选择档案，或一次选择过多。"), N_("请填写档号（一行一个），或缩小检索范围。")),
    "reason": (N_("尚未填写理由。"), N_("请用一句话说明理由。")),
    "opinion": (N_("尚未填写意见。"), N_("无论同意还是拒绝，都请用一句话说明理由。")),
    "decision": (N_("尚未选择同意或拒绝。"), N_("请点两个按钮之一。")),
    "purpose": (N_("尚未选择目的。"), N_("请从列表中选择。")),
    "recipient": (N_("尚未填写接收方。"), N_("请写明法院或其他接收单位。")),
    "document_no": (N_("尚未填写法律文书号。"), N_("请填写调取文书或案件的编号。")),
    "prefix": (N_("页码前缀不正确。"), N_("1 至 12 位大写字母和数字，以字母开头，例如 ZY。")),
    "conflict": (N_("目前的状态不能进行此操作。"), N_("它可能已由他人办理；请看下面的最新状态。")),
}


def in_words(error: ArchiveError) -> tuple[str, str]:
    if isinstance(error, NotFound):
        return _("其中有的档案不存在，或不在您可查的范围内。"), _("请核对档号；需要时先申请借阅或分派案件。")
    message, remedy = shown(error)
    pair = _FIELDS.get(error.field) if isinstance(error, Invalid) else None
    return (message, remedy) if pair is None else (_(pair[0]), _(pair[1]))
