"""Codes of the core in the words of the screen: ``{{ loan.state|word("loan") }}`` in a template."""

from archive.core.access.actions import Action, Purpose, Role, Tier
from archive.web.language import N_, _

ROLES: dict[str, str] = {
    Role.ARCHIVIST: N_("档案员"),
    Role.CLAIMS_HANDLER: N_("理赔员"),
    Role.CLAIMS_SUPERVISOR: N_("核赔主管"),
    Role.LEGAL: N_("法务"),
    Role.AUDITOR: N_("审计员"),
    Role.ADMINISTRATOR: N_("系统管理员"),
    Role.ANYONE: N_("未登录者"),
    Role.STAFF: N_("员工"),
    Role.READER: N_("识别程序"),
    Role.OPERATOR: N_("运维程序"),
    Role.KEEPER: N_("巡检程序"),
    "none": N_("无"),
}

TIERS: dict[str, str] = {
    str(Tier.T1): N_("T1 公开"),
    str(Tier.T2): N_("T2 内部"),
    str(Tier.T3): N_("T3 个人信息"),
    str(Tier.T4): N_("T4 敏感"),
    str(Tier.T5): N_("T5 特别敏感"),
}

PURPOSES: dict[str, str] = {
    Purpose.TREATMENT: N_("诊疗"),
    Purpose.CLAIM_HANDLING: N_("理赔处理"),
    Purpose.UNDERWRITING: N_("核保"),
    Purpose.RECHECK: N_("理赔复核"),
    Purpose.LITIGATION: N_("诉讼仲裁"),
    Purpose.APPRAISAL: N_("司法鉴定"),
    Purpose.COMPLAINT: N_("投诉处理"),
    Purpose.MEDICAL_DISPUTE: N_("医疗纠纷"),
    Purpose.QUALITY: N_("质量管理"),
    Purpose.AUDIT: N_("审计"),
    Purpose.REGULATORY: N_("监管检查"),
    Purpose.SUBJECT_ACCESS: N_("本人查询"),
    Purpose.CORRECTION: N_("更正"),
    Purpose.ARCHIVE_WORK: N_("档案整理"),
}

ACTIONS: dict[str, str] = {
    Action.SESSION_CHECK: N_("核对密码"),
    Action.SESSION_OPEN: N_("登录"),
    Action.SESSION_CLOSE: N_("退出"),
    Action.HOME_SHOW: N_("打开首页"),
    Action.ACCOUNT_LIST: N_("查看账号"),
    Action.ACCOUNT_CREATE: N_("新建账号"),
    Action.ACCOUNT_CLOSE: N_("停用账号"),
    Action.ACCOUNT_RESET: N_("重置密码"),
    Action.ACCOUNT_PASSWORD: N_("修改密码"),
    Action.ACCOUNT_PREFER: N_("语言和外观"),
    Action.TOKEN_LIST: N_("查看接口令牌"),
    Action.TOKEN_CREATE: N_("新建接口令牌"),
    Action.TOKEN_REVOKE: N_("吊销接口令牌"),
    Action.ROLE_APPROVE: N_("批准角色"),
    Action.ROLE_LIST: N_("查看待批角色"),
    Action.HOLDING_DEFINE: N_("设置全宗机构"),
    Action.HOLDING_LIST: N_("查看全宗门类"),
    Action.VOLUME_OPEN: N_("新建案卷"),
    Action.DEPOSIT_BEGIN: N_("开始上传"),
    Action.DEPOSIT_SEND: N_("上传分片"),
    Action.DEPOSIT_FINISH: N_("完成上传"),
    Action.DEPOSIT_ABANDON: N_("放弃上传"),
    Action.DEPOSIT_LIST: N_("查看上传"),
    Action.DEPOSIT_RETRY: N_("重新识别"),
    Action.DUPLICATES_DECIDE: N_("处理重复文件"),
    Action.DEPOSIT_TAKE: N_("领取文件"),
    Action.DEPOSIT_ACCEPT: N_("接收文件"),
    Action.DEPOSIT_REFUSE: N_("拒收文件"),
    Action.PAGE_STORE: N_("保存页面"),
    Action.PAGE_INDEX: N_("编入索引"),
    Action.QUALITY_SHOW: N_("查看质检"),
    Action.QUALITY_MARK: N_("质检标记"),
    Action.BINDING_SHOW: N_("查看组卷"),
    Action.BINDING_ARRANGE: N_("组卷"),
    Action.BINDING_WAIVE: N_("豁免缺失材料"),
    Action.BINDING_CHECK: N_("立卷检查"),
    Action.BINDING_RESEAL: N_("重新加密拆分件"),
    Action.ITEM_FIND: N_("检索档案"),
    Action.ITEM_SHOW: N_("查看著录"),
    Action.ITEM_DESCRIBE: N_("著录"),
    Action.ITEM_LOWER: N_("降低密级"),
    Action.PAGE_FIND: N_("检索全文"),
    Action.PAGE_SHOW: N_("阅览页面"),
    Action.CASE_ASSIGN: N_("分派案件"),
    Action.CASE_LIST: N_("查看案件"),
    Action.READER_PROPOSE: N_("提名阅览人"),
    Action.READER_CONFIRM: N_("确认阅览人"),
    Action.READER_LIST: N_("查看提名"),
    Action.LOAN_REQUEST: N_("申请借阅"),
    Action.LOAN_LIST: N_("查看借阅"),
    Action.LOAN_DECIDE: N_("审批借阅"),
    Action.LOAN_WITHDRAW: N_("撤回借阅申请"),
    Action.LOAN_RETURN: N_("归还"),
    Action.LOAN_EXPIRE: N_("借阅到期"),
    Action.LOG_SHOW: N_("查看日志"),
    Action.LOG_EXPORT: N_("导出日志"),
    Action.LOG_VERIFY: N_("核验日志"),
    Action.LOG_DETAIL: N_("查看日志所填内容"),
    Action.LOG_UNMASK: N_("揭示档案名称"),
    Action.TRAIL_SHOW: N_("查看本人操作记录"),
    Action.MATTER_LIST: N_("查看法务案件"),
    Action.MATTER_OPEN: N_("新建法务案件"),
    Action.MATTER_FILE: N_("法务案件收录档案"),
    Action.MATTER_CLOSE: N_("法务案件结案"),
    Action.HOLD_SET: N_("冻结档案"),
    Action.HOLD_LIST: N_("查看冻结"),
    Action.HOLD_PROPOSE: N_("提议解除冻结"),
    Action.HOLD_RELEASE: N_("审批解除冻结"),
    Action.EVIDENCE_REQUEST: N_("申请证据包"),
    Action.EVIDENCE_LIST: N_("查看证据包"),
    Action.EVIDENCE_RELEASE: N_("审批证据包"),
    Action.EVIDENCE_EXPORT: N_("导出证据包"),
    Action.ARCHIVE_SWEEP: N_("清查"),
    Action.ARCHIVE_CHECK: N_("完整性检查"),
    Action.ARCHIVE_BACKUP: N_("备份"),
    Action.ARCHIVE_RESTORE: N_("恢复"),
    Action.INSPECTION_LIST: N_("查看完整性检查"),
    Action.INSPECTION_ASK: N_("发起完整性检查"),
    Action.INSPECTION_COUNT: N_("查看清点总数"),
}

OUTCOMES: dict[str, str] = {
    "done": N_("完成"),
    "denied": N_("已拒绝"),
    "not found": N_("无此内容"),
    "failed": N_("失败"),
}

FAILURES: dict[str, str] = {
    "SignInNeeded": N_("未登录"),
    "SignInRefused": N_("用户名或密码不正确"),
    "TooManyAttempts": N_("登录失败过多"),
    "ForgedForm": N_("表单来源不明"),
    "Invalid": N_("填写有误"),
    "Stale": N_("他人已修改"),
    "Conflict": N_("状态不符"),
    "TooLarge": N_("过大"),
    "UploadCut": N_("上传中断"),
    "PermitRefused": N_("许可失效"),
    "Altered": N_("内容被改动"),
    "ObjectMissing": N_("封存文件缺失"),
    "StoreFull": N_("存储已满"),
    "StoreUnavailable": N_("存储不能读写"),
    "KeyUnavailable": N_("密钥不可用"),
    "KeyDestroyed": N_("密钥已销毁"),
    "DatabaseUnavailable": N_("数据库不可用"),
    "SearchUnavailable": N_("检索不可用"),
    "SandboxUnavailable": N_("识别程序不能启动"),
    "ScannerUnavailable": N_("病毒检测程序无应答"),
    "LeaseLost": N_("已由他人接手"),
    "LogAltered": N_("日志核验不通过"),
    "NotReady": N_("尚未就绪"),
}
"""What stands behind "failed: " in an outcome, by the class of the error."""

STATES: dict[str, str] = {
    "active": N_("在用"),
    "closed": N_("已停用"),
    "waiting": N_("待批准"),
    "approved": N_("已批准"),
    "refused": N_("已拒绝"),
    "draft": N_("草稿"),
    "archived": N_("已归档"),
    "open": N_("未结卷"),
    "receiving": N_("上传中"),
    "received": N_("待识别"),
    "reading": N_("识别中"),
    "read": N_("已识别"),
    "failed": N_("失败"),
    "ready": N_("排队"),
    "running": N_("处理中"),
    "done": N_("完成"),
    "dead": N_("已停止"),
    "requested": N_("待审批"),
    "lent": N_("借出"),
    "returned": N_("已归还"),
    "expired": N_("已到期"),
    "ended": N_("已结束"),
    "proposed": N_("待确认"),
    "confirmed": N_("已确认"),
    "held": N_("冻结"),
    "released": N_("已放行"),
    "withdrawn": N_("已撤回"),
    "lifted": N_("已解除"),
    "open_matter": N_("办理中"),
    "closed_matter": N_("已结案"),
}

STEPS: dict[str, str] = {
    "begin": N_("开始组卷"),
    "join": N_("参加组卷"),
    "flags": N_("更改案件情形"),
    "take": N_("放入文件"),
    "put_back": N_("移出文件"),
    "order": N_("调整次序"),
    "by_template": N_("按模板排序"),
    "undo": N_("撤销"),
    "redo": N_("重做"),
    "split_document": N_("拆分文件"),
    "join_documents": N_("合并文件"),
    "split_folder": N_("分卷"),
    "waive": N_("准予缺少文件"),
    "unwaive": N_("取消准予缺少"),
    "remark": N_("填写情况说明"),
    "submit": N_("送检查"),
    "take_back": N_("撤回送检"),
    "begin_check": N_("开始检查"),
    "send_back": N_("退回"),
    "archive": N_("归档"),
    "supplement": N_("申请补充"),
    "decide_supplement": N_("审批补充"),
}
"""What is done to a folder at the binding desk."""

_WORDS = {
    "step": STEPS,
    "role": ROLES,
    "tier": TIERS,
    "purpose": PURPOSES,
    "action": ACTIONS,
    "outcome": OUTCOMES,
    "state": STATES,
}


def word(code: object, kind: str) -> str:
    """``kind`` is role, tier, purpose, action, outcome, state or step. A code that has no word is shown as it is."""
    if code is None:
        return ""
    text = str(code)
    if kind == "outcome":
        name, _separator, failure = text.partition(": ")
        shown = _(OUTCOMES.get(name, name))
        why = _(FAILURES.get(failure, failure))
        return _("%(outcome)s：%(failure)s") % {"outcome": shown, "failure": why} if failure else shown
    if kind == "tier":
        text = text.removeprefix("T")
    return _(_WORDS[kind].get(text, str(code)))


def choices(kind: str) -> tuple[tuple[str, str], ...]:
    """(code, word) of every code of a kind, for a select."""
    return tuple((str(code), _(text)) for code, text in _WORDS[kind].items())
