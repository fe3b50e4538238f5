"""Sentences of checking scans, and of the description form."""

from archive.web.language import N_

OF_QUALITY: dict[str, str] = {
    "A field is too long.": N_("有一栏内容太长。"),
    "Shorten it.": N_("请缩短后再保存。"),
    "Somebody else has marked this page meanwhile.": N_("他人刚刚标记了此页。"),
    "Look at it as it stands now.": N_("下面是此页现在的状态，请再看一遍。"),
    "There is no mark on this page to take back.": N_("此页没有可以撤销的标记。"),
    "Look at the page as it stands.": N_("请查看此页现在的状态。"),
    "This mark needs a reason.": N_("此标记须写明理由。"),
    "Say why, in a few words.": N_("请用几个字说明理由。"),
    "The reason is too long.": N_("理由太长。"),
    "Write {} characters at most.": N_("最多写 {} 个字。"),
    "No page is chosen.": N_("没有选择页面。"),
    "Choose a page, then press the button.": N_("请先选择一页，再按按钮。"),
    "There is no such mark.": N_("没有这种标记。"),
    "Use the buttons of the page.": N_("请使用页面上的按钮。"),
    "The folder of this document is being checked; its pages stay as the checker sees them.": N_(
        "此件所在的卷正在检查，页面须保持检查人所见的样子。"
    ),
    "The pages of an archived item are fixed: none is left out or called blank any more.": N_(
        "此件已归档，页面已固定，不能再排除，也不能改标空白。"
    ),
    "Turn it, or ask for a new scan; what must not be seen is given a higher tier.": N_(
        "可以旋转，或要求重扫；不宜公开的内容请调高密级。"
    ),
}
