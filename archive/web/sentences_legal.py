"""The sentences of the legal desk, and of items under a hold."""

from archive.web.language import N_

OF_LEGAL: dict[str, str] = {
    "A proposal is agreed to or refused.": N_("尚未选择同意或拒绝。"),
    "A matter needs a title.": N_("尚未填写案由或名称。"),
    "Type what the matter is about.": N_("请用一句话写明是什么案件。"),
    "Somebody else has changed this matter meanwhile.": N_("他人已修改此案件。"),
    "Look at it again.": N_("请看最新状态。"),
    "Holds of this matter are still in force.": N_("此案件还有未解除的冻结，不能结案。"),
    "Have them released first.": N_("请先解除冻结。"),
    "No item is named.": N_("没有填写档案。"),
    "Type a reference code.": N_("请填写档号，一行一个。"),
    "This matter is closed.": N_("此案件已结案。"),
    "Open a new one.": N_("需要时请新建案件。"),
    "A package goes to somebody.": N_("尚未填写接收方。"),
    "Name the court or the recipient.": N_("请写明法院或其他接收单位。"),
    "A package needs the number of a legal document.": N_("尚未填写法律文书号。"),
    "Type the number of the order.": N_("请填写调取文书或案件的编号。"),
    "A package holds 1 to {} items.": N_("一个证据包含 1 至 {} 件档案。"),
    "Choose items of the matter.": N_("请从案件收录的档案中选择。"),
    "A package holds at most {} pages.": N_("一个证据包最多 {} 页。"),
    "Make several packages.": N_("请分成几个证据包。"),
    "This package has been decided on meanwhile.": N_("该证据包已由他人办理。"),
    "Not everything in this package is open to you any more.": N_(
        "证据包中有的内容您现已不能阅览，不能下载。"
    ),
    "Ask for a new package of what is.": N_("请就您仍可阅览的档案重新申请。"),
    "This package has not been released.": N_("该证据包尚未放行。"),
    "A second person has to release it.": N_("须由第二人放行。"),
    "The time in which this package could be taken is over.": N_("该证据包的下载期限已过。"),
    "Ask for it again.": N_("请重新申请。"),
    "The package was released for another purpose.": N_("该证据包是为另一目的放行的。"),
    "Take it from the list of packages.": N_("请从证据包列表中下载。"),
    "An item of this package has other pages now.": N_("证据包中有一件的页面已有变化。"),
    "Ask for a new package.": N_("请重新申请证据包。"),
    "This item has no pages yet.": N_("此件还没有页面。"),
    "Wait until it has been read.": N_("请等待识别完成。"),
    "You may not read every page of this item.": N_("其中有一件您不能阅览全部页面，不能放入证据包。"),
    "Ask for a loan, or for the case to be assigned to you.": N_("请先申请借阅，或请主管将案件分派给您。"),
    "An original of this item is not kept here.": N_("此件的原件不在库。"),
    "Ask the archivist.": N_("请联系档案员。"),
    "There is nothing to hold.": N_("没有可冻结的档案。"),
    "Name items, or search for other words.": N_("请填写档号，或换用其他检索词。"),
    "One hold covers at most {} items.": N_("一次最多冻结 {} 件。"),
    "Search more narrowly, or set several.": N_("请缩小检索范围，或分几次冻结。"),
    "This hold has been changed meanwhile.": N_("该冻结已由他人办理。"),
    "At most {} items are named at once.": N_("一次最多填写 {} 件。"),
    "Do it in several steps.": N_("请分几次办理。"),
    "This act needs a person.": N_("此事须由本人办理。"),
    "This act needs a written reason.": N_("尚未填写理由或意见。"),
    "A prefix has 1 to 12 letters A to Z and digits, a letter first.": N_(
        "页码前缀为 1 至 12 位大写字母和数字，以字母开头。"
    ),
    "Type for example ZY.": N_("例如 ZY。"),
    "This item is under a legal hold and is not changed.": N_("此件已依法冻结，著录不能改动。"),
    "Its tier may be raised; for anything else ask legal to have the hold released.": N_(
        "只可提高密级；其他改动请先请法务解除冻结。"
    ),
}
