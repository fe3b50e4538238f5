"""The sentences of errors that people meet at their work, in the words of the screen.

``{}`` stands for whatever the English sentence has in that place. A sentence without its own words here is shown by the
words of its code (``archive.web.texts``); a test asks for every sentence of accounts, holdings, desks and the web.
"""

import re
from functools import cache

from archive.web.language import N_, Language, _, spoken
from archive.web.sentences_binding import OF_BINDING
from archive.web.sentences_legal import OF_LEGAL
from archive.web.sentences_loans import OF_LOANS
from archive.web.sentences_machine import OF_THE_MACHINE
from archive.web.sentences_pdfs import OF_PDFS
from archive.web.sentences_pictures import OF_PICTURES
from archive.web.sentences_quality import OF_QUALITY
from archive.web.sentences_tokens import OF_TOKENS
from archive.web.sentences_uploads import OF_UPLOADS

SENTENCES: dict[str, str] = {
    **OF_PICTURES,
    **OF_PDFS,
    **OF_LEGAL,
    **OF_BINDING,
    **OF_LOANS,
    **OF_THE_MACHINE,
    **OF_TOKENS,
    **OF_UPLOADS,
    **OF_QUALITY,
    # duplicates and uploads in parts
    "The same file is in the archive already.": N_("内容相同的文件已经在库。"),
    "Nothing was kept of this one; open the one that is here.": N_("此份未另存，请查看已有的一份。"),
    "This decides nothing.": N_("没有选择处理方式。"),
    "Choose keep, link or refuse.": N_("请选择另存、关联或拒收。"),
    "This deposit takes no parts.": N_("此上传不再接收分块。"),
    "Look at its state; begin a new upload if it is over.": N_("请查看其状态；如已结束，请重新上传。"),
    "This file has the parts 1 to {}.": N_("此文件只有第 1 至 {} 块。"),
    "Send one of these.": N_("请发送其中的一块。"),
    "Another part of this number is here already.": N_("这一编号的分块已收到，但内容不同。"),
    "Begin a new upload for another file.": N_("另一个文件请重新开始上传。"),
    "Part {} of {} has not arrived.": N_("第 {} 块（共 {} 块）尚未收到。"),
    "Send the parts that are missing.": N_("请补发缺少的分块。"),
    "This part has {} bytes; more arrived.": N_("此分块应为 {} 字节，收到的更多。"),
    "Send exactly this part.": N_("请只发送这一块。"),
    "The part broke off after {} of {} bytes; it was not kept.": N_(
        "此分块在 {} 字节处中断（共 {} 字节），未保存。"
    ),
    "The part arrived altered: its digest is not the announced one.": N_(
        "此分块在途中被改动：摘要与所报不符。"
    ),
    "Send this part again.": N_("请重发这一块。"),
    "The upload was called off; nothing was kept.": N_("上传已取消，没有保存任何内容。"),
    "The digest of the part was not announced.": N_("没有申报分块的摘要。"),
    "Send Content-Digest: sha-256=:<base64 of the SHA-256>:": N_(
        "请发送 Content-Digest: sha-256=:<SHA-256 的 base64>:"
    ),
    # signing in, accounts, roles
    "Too many failed sign-ins.": N_("登录失败次数过多。"),
    "Wait a quarter of an hour, then try again.": N_("请十五分钟后再试。"),
    "The name or the password is not right.": N_("用户名或密码不正确。"),
    "Check both, or ask your administrator.": N_("请核对后重试，或联系管理员。"),
    "You are not signed in, or your session has ended.": N_("您尚未登录，或登录已过期。"),
    "Sign in.": N_("请登录。"),
    "There is no unit with this code.": N_("没有此代码的机构。"),
    "Choose a unit from the list.": N_("请填写已有的机构代码。"),
    "There is no such role.": N_("没有此角色。"),
    "Choose a role from the list.": N_("请从列表中选择角色。"),
    "A sign-in name has letters, digits and _ only.": N_("用户名只能用字母、数字和下划线。"),
    "This sign-in name is taken.": N_("此用户名已被使用。"),
    "Choose another name.": N_("请换一个用户名。"),
    "This account is closed already.": N_("此账号已停用。"),
    "Whoever holds this account has not chosen a password yet.": N_("账号持有人尚未设置自己的密码。"),
    "Ask the person to sign in and choose one; then approve.": N_("请本人登录并修改初始密码后再批准。"),
    "This role is approved already.": N_("此角色已批准。"),
    "Nothing is left to do.": N_("无需再办理。"),
    "The old password is not right.": N_("原密码不正确。"),
    "The new password was not typed the same twice.": N_("两次输入的新密码不一致。"),
    "Type it again.": N_("请重新输入。"),
    "A password has {} to {} characters.": N_("密码须为 {} 至 {} 个字符。"),
    "Choose a longer one; a sentence is good.": N_("请换一个长度合适的密码，一句话就很好。"),
    # inspections
    "An inspection of this kind is under way.": N_("同类检查正在进行。"),
    "Wait for its result in the list.": N_("请稍后在列表中查看结果。"),
    "The original of this page is damaged as well.": N_("此页的原件也已损坏。"),
    "Restore both from the backup.": N_("请从备份恢复两者。"),
    "A person has corrected the text of this page.": N_("此页文字经人工更正过。"),
    "Restore it from the backup.": N_("请从备份恢复。"),
    "This page is whole again.": N_("此页已恢复完好。"),
    "The upload was not finished in time; nothing of it was kept.": N_(
        "上传没有在期限内完成，未保存任何内容。"
    ),
    # assigning cases, naming readers
    "There is no active account with this name.": N_("没有此用户名的在用账号。"),
    "Check the sign-in name.": N_("请核对用户名。"),
    "The roles of this account do not reach so far.": N_("此账号的角色不能接触该档案。"),
    "Choose somebody whose task it is.": N_("请选择负责此事的同事。"),
    "Nobody assigns a case to herself.": N_("不能把案件分派给自己。"),
    "Ask another supervisor to assign it.": N_("请由另一位主管分派。"),
    "This case is in these hands already.": N_("此案件已分派给该人员。"),
    "This assignment has ended already.": N_("此分派已结束。"),
    "Readers are named for T5 items only.": N_("只有 T5 档案需要指定阅览人。"),
    "Lend the item instead.": N_("请改用借阅。"),
    "Nobody names herself as a reader.": N_("不能提名自己为阅览人。"),
    "Let a colleague name you.": N_("请由同事提名。"),
    "The second person is neither the reader nor you.": N_("第二确认人不能是阅览人，也不能是您本人。"),
    "Name somebody else.": N_("请另选一人。"),
    "Naming a reader needs a reason.": N_("提名阅览人须写明理由。"),
    "Write a sentence.": N_("请写一句话。"),
    "A naming lasts 1 to {} days.": N_("阅览期限为 1 至 {} 天。"),
    "Choose fewer days.": N_("请缩短天数。"),
    "This naming has been decided meanwhile.": N_("此提名已由他人处理。"),
    "Look at the list again.": N_("请刷新列表。"),
    "The time that was asked for is over.": N_("申请的期限已过。"),
    "Let the reader be named again.": N_("请重新提名。"),
    "A decision needs a written reason.": N_("审批须写明意见。"),
    "The reader's account has been closed meanwhile.": N_("阅览人的账号已停用。"),
    "Refuse the naming.": N_("请拒绝此提名。"),
    "A naming is confirmed or refused.": N_("提名只能确认或拒绝。"),
    "Press one of the two buttons.": N_("请点击其中一个按钮。"),
    # the log
    "There is no account with this name.": N_("没有此用户名的账号。"),
    "Type a sign-in name, or SYSTEM:reader.": N_("请填写用户名，或 SYSTEM:reader。"),
    "Nothing of the log has been signed yet.": N_("日志尚未签名。"),
    "Try again in a moment.": N_("请稍后再试。"),
    "This is not the number of a record.": N_("这不是档案编号。"),
    "Press a record in the list, or type its reference code or number.": N_(
        "请填写档号，或点击列表中“对象”一栏的链接，或填写档案页面网址末尾的编号。"
    ),
    "This holds too many records for one question.": N_("其中的档案过多，不能一次查询。"),
    "Ask for one of its parts.": N_("请查询其中的一件。"),
    "More than {} entries fit these filters.": N_("符合条件的记录超过 {} 条。"),
    "Narrow the filters, for example by time; the whole log is exported with its own button.": N_(
        "请缩小条件，例如限定时间；导出全部日志请用“导出全部日志”。"
    ),
    # intake
    "The length of the file was not announced.": N_("请求未注明文件长度。"),
    "Send Content-Length.": N_("请发送 Content-Length。"),
    "There is no such fonds.": N_("没有此全宗。"),
    "Choose a fonds from the list.": N_("请从列表中选择全宗。"),
    "This deposit has been received already.": N_("此文件已接收。"),
    "Watch its state in the list.": N_("请在列表中查看状态。"),
    "Only a deposit that failed can be tried again.": N_("只有失败的文件可以重试。"),
    "A refused file is corrected and uploaded anew.": N_("被拒收的文件请更正后重新上传。"),
    "No file was chosen.": N_("未选择文件。"),
    "Choose one or more files.": N_("请选择一个或多个文件。"),
    "This deposit has no original.": N_("此文件缺少原件。"),
    "This deposit has no item.": N_("此文件尚未建立档案条目。"),
    "Accept it first.": N_("请先接收。"),
    "Upload the file again.": N_("请重新上传。"),
    "The upload broke off after {} of {} bytes; nothing was kept.": N_(
        "上传中断（{} / {} 字节），未保存任何内容。"
    ),
    "The file is empty.": N_("文件是空的。"),
    "Check the scanner or the copy and upload it again.": N_("请检查扫描仪或文件副本后重新上传。"),
    "This file is larger than {} MiB.": N_("文件超过 {} MiB。"),
    "Split it by document and upload the parts.": N_("请按文件拆分后分别上传。"),
    # uploads that end before their time
    "The archive is being stopped; the upload was broken off and nothing was kept.": N_(
        "系统正在停止，上传已中断，未保存任何内容。"
    ),
    "Upload it again when the archive is back, in a minute or so.": N_(
        "请在系统恢复后（约一分钟）重新上传。"
    ),
    "The upload came too slowly; nothing was kept.": N_("上传速度过慢，已中断，未保存任何内容。"),
    "Use a better connection, or upload in parts.": N_("请换用更好的网络，或分块上传。"),
    "Make room, then try again.": N_("请通知管理员清理空间后再试。"),
    "The search index cannot be used just now; nothing was changed.": N_("检索暂时不能使用，未作任何更改。"),
    "Try again; if it stays, run: juanzong doctor.": N_("请稍后再试；如仍出错，请通知管理员。"),
    # loans
    "You may not ask for this item.": N_("您不能申请借阅该档案。"),
    "Ask for the case to be assigned to you, or let your supervisor ask.": N_(
        "请申请分派该案件，或由主管申请。"
    ),
    "A request names at least one item.": N_("申请至少要包含一件档案。"),
    "Choose an item from the search.": N_("请从检索结果中选择。"),
    "A request names at most {} items.": N_("一次申请最多 {} 件。"),
    "Make several requests.": N_("请分几次申请。"),
    "A request needs a reason.": N_("申请须写明理由。"),
    "Say in a sentence what you need the pages for.": N_("请用一句话说明用途。"),
    "A request is made by a person.": N_("申请须由个人提出。"),
    "Sign in with an account of your own.": N_("请用本人账号登录。"),
    "This request has been decided meanwhile.": N_("此申请已由他人审批。"),
    "The account of whoever asked was closed meanwhile.": N_("申请人的账号已停用。"),
    "Refuse the request.": N_("请拒绝此申请。"),
    "A request is granted or refused.": N_("申请只能批准或拒绝。"),
    "This loan has ended already.": N_("此借阅已结束。"),
    "Ask for a new one if you need the pages again.": N_("如仍需查阅，请重新申请。"),
    # holdings
    "There is no such series.": N_("没有此门类。"),
    "Choose a series from the list.": N_("请从列表中选择门类。"),
    "The year of a volume lies between 1900 and next year.": N_("案卷年度须在 1900 年至明年之间。"),
    "Type the closing year.": N_("请填写办结年度。"),
    "A volume's own title is T1 to T4.": N_("案卷题名本身的密级为 T1 至 T4。"),
    "Give it a title that tells nothing, and its items T5.": N_(
        "请用不透露内容的题名，并把卷内文件定为 T5。"
    ),
    "A volume needs a title.": N_("案卷须有题名。"),
    "Type a title.": N_("请填写题名。"),
    "Somebody else has described this item meanwhile.": N_("他人已修改了该档案的著录。"),
    "Open it again and repeat your changes.": N_("请重新打开后再修改。"),
    "There is no such volume.": N_("没有此案卷。"),
    "Choose a volume from the list, or open one.": N_("请从列表中选择案卷，或新建案卷。"),
    "An item needs a title.": N_("档案须有题名。"),
    "Type a title; a supplied one stands in brackets [ ].": N_("请填写题名；自拟题名加方括号 [ ]。"),
    "An item needs a document type.": N_("档案须有文件类型。"),
    "Choose a type.": N_("请选择类型。"),
    "There is no such kind of number.": N_("没有此号码种类。"),
    "Use one of: {}.": N_("可用的种类：{}。"),
    "A person has no name.": N_("有关人员须有姓名。"),
    "Type the name, or clear the whole line.": N_("请填写姓名，或清空整行。"),
    "A tier is T1, T2, T3, T4 or T5.": N_("密级为 T1 至 T5。"),
    "Choose a tier.": N_("请选择密级。"),
    "The tier of an archived item is not lowered here.": N_("已归档档案的密级不能在此降低。"),
    "Ask the archive supervisor, with a reason.": N_("请向档案主管申请并说明理由。"),
    "The reference code of an archived item is fixed.": N_("已归档档案的档号不能更改。"),
    "Describe it in its own volume.": N_("请在原案卷内著录。"),
    # reading pages
    "This page could not be drawn.": N_("此页不能显示。"),
    "Ask the archivist to scan it again.": N_("请档案员重新扫描此页。"),
    # forms and uploads
    "A file may have at most {} MiB.": N_("单个文件不能超过 {} MiB。"),
    "Split the file, or ask for a higher limit.": N_("请拆分文件，或申请提高上限。"),
    "The upload ended before everything had arrived; nothing was kept.": N_("上传中断，未保存任何内容。"),
    "This form did not come from a page of this archive, or its page is too old.": N_(
        "此表单不是由本系统页面提交的，或页面已过期。"
    ),
    "Open the page again.": N_("请重新打开页面后再提交。"),
    "The field {} is empty.": N_("{} 未填写。"),
    "Fill it in.": N_("请填写。"),
    "The field {} has no such choice.": N_("{} 没有此选项。"),
    "Choose one from the list.": N_("请从列表中选择。"),
    "The field {} needs a whole number.": N_("{} 须为整数。"),
    "Write digits only.": N_("请只填数字。"),
    "The field {} needs an identifier.": N_("{} 须为编号。"),
    "Go back and choose it again.": N_("请返回后重新选择。"),
    "The field {} needs a day.": N_("{} 须为日期。"),
    "Write it as 2026-11-30.": N_("请按 2026-11-30 的格式填写。"),
    "This form is too large.": N_("表单内容过多。"),
    "Write less, or send it in parts.": N_("请减少内容，或分次提交。"),
    "The form did not arrive whole.": N_("表单未完整送达。"),
    "Send it again.": N_("请重新提交。"),
    "The form cannot be read.": N_("表单无法读取。"),
    "Send it again from the page.": N_("请在页面上重新提交。"),
    "This address takes a plain form.": N_("此地址只接受普通表单。"),
    "This address takes a form with files.": N_("此地址只接受带文件的表单。"),
    "Send the form of the page.": N_("请使用页面上的表单。"),
    "The field {} holds {} characters; {} are the most.": N_("{} 有 {} 个字符，最多 {} 个。"),
    "Shorten it; nothing was saved.": N_("请删减后再提交；内容没有保存。"),
    "A field of the form is too long.": N_("表单中有一项内容过长。"),
    "Write less.": N_("请减少内容。"),
    "A field stands after a file.": N_("表单中文件之后还有其他内容。"),
    "This cannot be done at this address.": N_("此地址不能这样使用。"),
    "Use the pages, or see /api/v1/openapi.json.": N_("请使用页面上的链接和表单。"),
    "{}: {}.": N_("{} 的值不正确。"),
    "Correct this value and send it again.": N_("请更正后重新提交。"),
    "The request is too large.": N_("提交的内容过大。"),
    "Send less at once.": N_("请减少一次提交的内容。"),
}

FIELDS: dict[str, str] = {
    "login": N_("用户名"),
    "password": N_("密码"),
    "old": N_("原密码"),
    "new": N_("新密码"),
    "again": N_("再输一次"),
    "name": N_("姓名"),
    "unit": N_("机构"),
    "role": N_("角色"),
    "fonds": N_("全宗"),
    "series": N_("门类"),
    "volume": N_("案卷"),
    "title": N_("题名"),
    "year": N_("年度"),
    "tier": N_("密级"),
    "item": N_("档案编号"),
    "purpose": N_("利用目的"),
    "reason": N_("理由"),
    "opinion": N_("意见"),
    "days": N_("期限"),
    "handler": N_("经办人"),
    "reader": N_("阅览人"),
    "second_person": N_("确认人"),
    "before": N_("翻页位置"),
}
"""What a form or an address calls a field, in the words of the screen."""


def in_words(sentence: str) -> str | None:
    """The sentence in the words of the screen, or None where it has none. English screens show the sentence itself."""
    if spoken() is Language.ENGLISH:
        return sentence
    if sentence in SENTENCES:
        return _(SENTENCES[sentence])
    for pattern, shown in _patterns():
        if found := pattern.fullmatch(sentence):
            return _(shown).format(*map(_field, found.groups()))
    return None


def _field(text: str) -> str:
    """A place in a list (``item.0``) is called as the list is."""
    name = text.partition(".")[0]
    return _(FIELDS[name]) if name in FIELDS else text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The most telling first: a sentence that is almost all gap would match anything."""
    gapped = sorted((s for s in SENTENCES if "{}" in s), key=len, reverse=True)
    return tuple((re.compile(re.escape(s).replace(r"\{\}", "(.+?)")), SENTENCES[s]) for s in gapped)
