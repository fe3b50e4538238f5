"""The only spelling of an action, a role, a tier and a purpose. ``docs/decisions/`` maps actions to x1-x22."""

from enum import IntEnum, StrEnum


class Action(StrEnum):
    """``resource:verb``, in the order of the main job."""

    SESSION_CHECK = "session:check"
    SESSION_OPEN = "session:open"
    SESSION_CLOSE = "session:close"
    HOME_SHOW = "home:show"

    ACCOUNT_LIST = "account:list"
    ACCOUNT_CREATE = "account:create"
    ACCOUNT_CLOSE = "account:close"
    ACCOUNT_RESET = "account:reset"
    ACCOUNT_PASSWORD = "account:password"  # noqa: S105 - an action, not a password
    ACCOUNT_PREFER = "account:prefer"
    TOKEN_LIST = "token:list"  # noqa: S105 - an action, not a token
    TOKEN_CREATE = "token:create"  # noqa: S105 - an action, not a token
    TOKEN_REVOKE = "token:revoke"  # noqa: S105 - an action, not a token
    ROLE_APPROVE = "role:approve"
    ROLE_LIST = "role:list"

    HOLDING_DEFINE = "holding:define"
    HOLDING_LIST = "holding:list"
    VOLUME_OPEN = "volume:open"

    DEPOSIT_BEGIN = "deposit:begin"
    DEPOSIT_SEND = "deposit:send"
    DEPOSIT_FINISH = "deposit:finish"
    DEPOSIT_ABANDON = "deposit:abandon"
    DEPOSIT_LIST = "deposit:list"
    DEPOSIT_RETRY = "deposit:retry"
    DUPLICATES_DECIDE = "duplicates:decide"
    DEPOSIT_TAKE = "deposit:take"
    DEPOSIT_ACCEPT = "deposit:accept"
    DEPOSIT_REFUSE = "deposit:refuse"
    PAGE_STORE = "page:store"
    PAGE_INDEX = "page:index"
    QUALITY_SHOW = "quality:show"
    QUALITY_MARK = "quality:mark"

    BINDING_SHOW = "binding:show"
    BINDING_ARRANGE = "binding:arrange"
    BINDING_WAIVE = "binding:waive"
    BINDING_CHECK = "binding:check"
    BINDING_RESEAL = "binding:reseal"

    ITEM_FIND = "item:find"
    ITEM_SHOW = "item:show"
    ITEM_DESCRIBE = "item:describe"
    ITEM_LOWER = "item:lower"
    PAGE_FIND = "page:find"
    PAGE_SHOW = "page:show"

    CASE_ASSIGN = "case:assign"
    CASE_LIST = "case:list"
    READER_PROPOSE = "reader:propose"
    READER_CONFIRM = "reader:confirm"
    READER_LIST = "reader:list"

    LOAN_REQUEST = "loan:request"
    LOAN_LIST = "loan:list"
    LOAN_DECIDE = "loan:decide"
    LOAN_WITHDRAW = "loan:withdraw"
    LOAN_RETURN = "loan:return"
    LOAN_EXPIRE = "loan:expire"

    MATTER_LIST = "matter:list"
    MATTER_OPEN = "matter:open"
    MATTER_FILE = "matter:file"
    MATTER_CLOSE = "matter:close"
    HOLD_SET = "hold:set"
    HOLD_LIST = "hold:list"
    HOLD_PROPOSE = "hold:propose"
    HOLD_RELEASE = "hold:release"
    EVIDENCE_REQUEST = "evidence:request"
    EVIDENCE_LIST = "evidence:list"
    EVIDENCE_RELEASE = "evidence:release"
    EVIDENCE_EXPORT = "evidence:export"

    LOG_SHOW = "log:show"
    LOG_EXPORT = "log:export"
    LOG_VERIFY = "log:verify"
    LOG_DETAIL = "log:detail"
    LOG_UNMASK = "log:unmask"
    TRAIL_SHOW = "trail:show"

    ARCHIVE_SWEEP = "archive:sweep"
    ARCHIVE_CHECK = "archive:check"
    INSPECTION_LIST = "inspection:list"
    INSPECTION_ASK = "inspection:ask"
    INSPECTION_COUNT = "inspection:count"

    ARCHIVE_BACKUP = "archive:backup"
    ARCHIVE_RESTORE = "archive:restore"


class Role(StrEnum):
    """Six roles that people hold, and five that nobody is granted."""

    ARCHIVIST = "archivist"  # 档案员
    CLAIMS_HANDLER = "claims_handler"  # 理赔员
    CLAIMS_SUPERVISOR = "claims_supervisor"  # 核赔
    LEGAL = "legal"  # 法务
    AUDITOR = "auditor"  # 审计
    ADMINISTRATOR = "administrator"  # 系统管理员

    ANYONE = "anyone"  # nobody has signed in yet
    STAFF = "staff"  # held by everyone who has signed in
    READER = "reader"  # SYSTEM:reader, the worker
    OPERATOR = "operator"  # SYSTEM:operator, the command line in the archive's folder
    KEEPER = "keeper"  # SYSTEM:keeper, sweeps and fixity checks


GRANTED_ROLES = (
    Role.ARCHIVIST,
    Role.CLAIMS_HANDLER,
    Role.CLAIMS_SUPERVISOR,
    Role.LEGAL,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


class Tier(IntEnum):
    """密级. What each holds: docs/decisions/0005-roles-and-tiers.md."""

    T1 = 1
    T2 = 2
    T3 = 3
    T4 = 4
    T5 = 5


CAUTIOUS_TIER = Tier.T4
"""What a draft is until an archivist has described it: nobody but its makers reaches a draft anyway."""


class Purpose(StrEnum):
    """利用目的. Required for reading from T2 up; a loan or a naming brings its own."""

    TREATMENT = "treatment"
    CLAIM_HANDLING = "claim_handling"
    UNDERWRITING = "underwriting"
    RECHECK = "recheck"
    LITIGATION = "litigation"
    APPRAISAL = "appraisal"
    COMPLAINT = "complaint"
    MEDICAL_DISPUTE = "medical_dispute"
    QUALITY = "quality"
    AUDIT = "audit"
    REGULATORY = "regulatory"
    SUBJECT_ACCESS = "subject_access"
    CORRECTION = "correction"
    ARCHIVE_WORK = "archive_work"
