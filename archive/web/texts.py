"""What went wrong and what to do, in the words of the screen; and, for the gate, what a reason code of the policy means.

The core speaks English sentences, which programs are given. Chinese pages show their Chinese and the code, English pages
the sentences themselves.
"""

from archive.core.errors import ArchiveError, Refused
from archive.web.language import N_, _
from archive.web.sentences import in_words

REASONS: dict[str, tuple[str, str]] = {
    "R_ROLE": ("None of your roles may do this.", "Ask somebody whose task it is, or ask for the role."),
    "R_TIER": (
        "This item is classified above what your role may reach.",
        "Ask the records room how it can be used.",
    ),
    "R_STATE": (
        "This item is not in a state in which that can be done.",
        "Wait until it has been described and archived.",
    ),
    "R_NOLOAN": ("You hold no loan for this item.", "Ask for a loan, with its purpose and reason."),
    "R_CASE": (
        "This case is not assigned to you.",
        "Ask your supervisor to assign the case, or ask for a loan.",
    ),
    "R_OWN": ("This belongs to somebody else.", "Ask the person to whom it belongs."),
    "R_UNIT": ("This belongs to another unit.", "Ask somebody of that unit, or ask for a loan."),
    "R_SOD": (
        "You took part in this yourself, so another person has to decide.",
        "Ask a colleague with the same task.",
    ),
    "R_PERSON": ("A token may not do this.", "Sign in with your name and password."),
    "R_PURPOSE": ("A purpose has to be stated for this.", "State what you need it for, then try again."),
}


def explain(rule: str) -> tuple[str, str]:
    """What happened and what to do, in English, for a reason code of the policy. Raises ``KeyError``."""
    return REASONS[rule]


_REASONS_SHOWN: dict[str, tuple[str, str]] = {
    "R_ROLE": (N_("您的角色不能进行此操作。"), N_("请由负责此事的同事办理，或申请相应角色。")),
    "R_TIER": (N_("该档案的密级高于您的角色可以接触的范围。"), N_("请向档案室咨询利用办法。")),
    "R_STATE": (N_("该档案目前的状态不能进行此操作。"), N_("请等待著录归档完成后再试。")),
    "R_NOLOAN": (N_("您没有该档案的有效借阅。"), N_("请提交借阅申请，写明目的和理由。")),
    "R_CASE": (N_("该案件没有分派给您。"), N_("请主管分派案件，或提交借阅申请。")),
    "R_OWN": (N_("这是他人经办的事项。"), N_("请联系经办人。")),
    "R_UNIT": (N_("该档案属于其他机构。"), N_("请联系该机构的同事，或提交借阅申请。")),
    "R_SOD": (N_("您本人参与了此事项，须由他人决定。"), N_("请由同岗位的其他同事办理。")),
    "R_PERSON": (N_("接口令牌不能进行此操作。"), N_("请用用户名和密码登录后办理。")),
    "R_PURPOSE": (N_("查阅前须说明利用目的。"), N_("请选择利用目的后再试。")),
}

_ERRORS_SHOWN: dict[str, tuple[str, str]] = {
    "fault": (N_("系统内部出错。"), N_("请稍后再试；如仍出错，请把请求编号告知管理员。")),
    "not_found": (N_("此处没有内容。"), N_("请核对编号，或通过检索查找。")),
    "refused": (N_("不能进行此操作。"), N_("请按下面的说明办理。")),
    "sign_in_needed": (N_("您尚未登录，或登录已过期。"), N_("请登录。")),
    "sign_in_refused": (N_("用户名或密码不正确。"), N_("请核对后重试，或联系管理员。")),
    "too_many_attempts": (N_("登录失败次数过多。"), N_("请十五分钟后再试。")),
    "forged_form": (N_("此表单不是由本系统页面提交的，或页面已过期。"), N_("请重新打开页面后再提交。")),
    "invalid": (N_("填写的内容有误。"), N_("请按下面的说明更正后重新提交。")),
    "stale": (N_("在您填写期间，他人已修改了此内容。"), N_("请重新打开页面，在最新内容上修改。")),
    "conflict": (N_("目前的状态不能进行此操作。"), N_("请刷新页面，查看最新状态。")),
    "too_large": (N_("提交的内容过大。"), N_("请拆分后再提交。")),
    "upload_cut": (N_("上传中断，未保存任何内容。"), N_("请重新上传。")),
    "permit_refused": (N_("本次查阅许可已失效。"), N_("请重新打开该页。")),
    "altered": (N_("封存的内容已被改动，不能打开。"), N_("请通知管理员从备份恢复，并核验日志。")),
    "object_missing": (N_("封存的文件缺失。"), N_("请通知管理员从备份恢复。")),
    "store_full": (N_("存储空间已满，未保存任何内容。"), N_("请通知管理员清理空间后重试。")),
    "store_unavailable": (N_("存储暂时不能读写。"), N_("请稍后再试；如仍出错，请通知管理员。")),
    "key_unavailable": (N_("密钥文件缺失或不正确。"), N_("请通知管理员放回正确的密钥文件。")),
    "key_destroyed": (N_("该档案的密钥已依规销毁，内容不能再打开。"), N_("请查阅销毁记录。")),
    "database_unavailable": (
        N_("数据库暂时不能使用，未作任何更改。"),
        N_("请稍后再试；如仍出错，请通知管理员。"),
    ),
    "search_unavailable": (N_("检索暂时不能使用。"), N_("请稍后再试；档案仍可按编号打开。")),
    "sandbox_unavailable": (N_("文件识别程序不能启动。"), N_("请通知管理员运行 juanzong doctor。")),
    "scanner_unavailable": (
        N_("病毒检测程序没有应答，文件暂不放行。"),
        N_("请通知管理员运行 juanzong doctor。"),
    ),
    "lease_lost": (N_("此任务已由另一处理程序接手。"), N_("无需处理。")),
    "log_altered": (N_("访问日志核验不通过。"), N_("请立即通知审计人员，并保留现状。")),
    "not_ready": (N_("档案库尚未建立，或版本不符。"), N_("请通知管理员。")),
}


def shown(error: ArchiveError) -> tuple[str, str]:
    """Message and remedy for a page: the sentence's own words, else those of the reason code, else those of the code."""
    general = _ERRORS_SHOWN[error.code]
    if isinstance(error, Refused):
        general = _REASONS_SHOWN.get(error.rule, general)
    message, remedy = in_words(error.message), in_words(error.remedy)
    if message is None:
        return _(general[0]), remedy or _(general[1])
    return message, remedy or _(general[1])


def shown_code(code: str) -> tuple[str, str] | None:
    """None for a code that no error has."""
    pair = _ERRORS_SHOWN.get(code)
    return None if pair is None else (_(pair[0]), _(pair[1]))


def shown_codes() -> frozenset[str]:
    return frozenset(_ERRORS_SHOWN)


def shown_reasons() -> frozenset[str]:
    return frozenset(_REASONS_SHOWN)
