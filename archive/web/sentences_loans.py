"""The sentences of requests and loans that came with withdrawals, renewals and several decisions at once."""

from archive.web.language import N_

OF_LOANS: dict[str, str] = {
    "Whoever made this request has withdrawn it.": N_("申请人已撤回此申请。"),
    "A refusal needs a written reason.": N_("拒绝须写明理由。"),
    "A renewal of this loan has been asked for already.": N_("此借阅的续借申请已经提交。"),
    "Wait for the decision.": N_("请等待审批。"),
    "This loan has been renewed as often as it may be.": N_("此借阅的续借次数已用完。"),
    "Return it, then ask for a new one.": N_("请先归还，再重新申请。"),
    "A renewal is about what is on loan.": N_("续借只能包括已借出的档案。"),
    "Ask for further items in a request of their own.": N_("其他档案请另外申请。"),
    "No request was chosen.": N_("尚未选择申请。"),
    "Tick the requests that are meant.": N_("请勾选要一并办理的申请。"),
    "The requests are of several people.": N_("所选申请属于不同的申请人。"),
    "Decide on those of one person at a time.": N_("一次只能一并办理同一人的申请。"),
    "This is no request of the list.": N_("所选的不是列表中的申请。"),
    "Go back and choose it again.": N_("请返回重新选择。"),
}
