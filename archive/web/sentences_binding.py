"""The sentences of the binding desk, in the words of the screen."""

from archive.web.language import N_

OF_BINDING: dict[str, str] = {
    # where an item lies
    "This document lies in a folder that is being arranged.": N_("该件正在某卷中组卷。"),
    "Take it out at the binding desk first.": N_("请先在组卷台把它移出该卷。"),
    "A restricted document is not bound with others.": N_("T5 特别敏感的文件不与其他文件合卷。"),
    "Describe it into a volume of its own.": N_("请为它单独开卷著录。"),
    "Describe it into a volume of its own; only its maker and named readers know of it.": N_(
        "请为它单独开卷著录；只有经办人和指名阅览人知道它存在。"
    ),
    "This volume takes in nothing any more.": N_("该卷不再收件。"),
    "Describe the item without a volume, then add it to the folder as a supplement.": N_(
        "请先不选案卷著录，再作为补充件加入该卷。"
    ),
    # the state of a folder
    "Somebody else has changed this folder meanwhile.": N_("其他人刚刚改动了此卷。"),
    "Load it again and look what changed.": N_("请重新载入，查看改动内容。"),
    "In its present state this folder is not changed so.": N_("此卷目前的状态不能这样改动。"),
    "Load it again.": N_("请重新载入。"),
    "Load the folder again.": N_("请重新载入此卷。"),
    "The class of this folder is not among the classes of this archive.": N_(
        "本系统没有此卷所用的门类模板。"
    ),
    "Put its file back among the classes.": N_("请把该模板文件放回原处。"),
    "There is no such class of folders.": N_("没有这种案卷模板。"),
    "There is no such condition.": N_("没有这项适用条件。"),
    "Choose one from the list.": N_("请从列表中选择一种。"),
    "Choose from the list.": N_("请从列表中选择。"),
    # documents
    "Nothing was chosen.": N_("没有选中任何文件。"),
    "Choose documents on the left.": N_("请在左侧选择文件。"),
    "This document lies in a folder already.": N_("该件已在某卷中。"),
    "This document has its reference code already.": N_("该件已有档号。"),
    "It stays where it is.": N_("它保持原位。"),
    "An order names every document of the folder once.": N_("排序须包含卷内每一件，且各出现一次。"),
    "There is no step to take back.": N_("没有可以撤销的步骤。"),
    "The folder is as it was when arranging began.": N_("此卷已回到开始组卷时的样子。"),
    "There is no step to do again.": N_("没有可以重做的步骤。"),
    "Nothing was taken back since the last change.": N_("上次改动之后没有撤销过步骤。"),
    "A document of this step lies elsewhere by now.": N_("这一步涉及的文件已移到别处。"),
    "Put it back by hand.": N_("请手工放回。"),
    "Pages of this document lie elsewhere by now.": N_("该件的页已移到别处。"),
    "Put them back by hand.": N_("请手工放回。"),
    "There is no such page to begin with.": N_("没有这样的起始页。"),
    "Choose pages of this document.": N_("请选择该件中的页。"),
    "One step makes at most {} documents.": N_("一步最多拆成 {} 件。"),
    "Split it in several steps.": N_("请分几步拆分。"),
    "This document is still being read.": N_("该件还在识别中。"),
    "Wait until its pages have been read.": N_("请等各页识别完成。"),
    "Two documents or more can be joined.": N_("合并需要两件或更多。"),
    "Choose at least two.": N_("请至少选择两件。"),
    "Only documents of one batch and one tier are joined.": N_("只有同一批次、同一密级的文件可以合并。"),
    "Give them the same tier first, or leave them apart.": N_("请先统一密级，或保持分开。"),
    # parts, waivers, checking
    "This folder is not too thick for one volume.": N_("此卷没有超过一卷的厚度。"),
    "Nothing is to be split.": N_("无需分卷。"),
    "Documents that have their reference code fill this volume.": N_("已有档号的文件占满了此卷。"),
    "Put the others into a new volume.": N_("请把其余文件放入新卷。"),
    "This document is not missing in the folder.": N_("卷内并不缺少这种材料。"),
    "This document has been waived already.": N_("这种材料已被豁免。"),
    "This document has not been waived.": N_("这种材料没有被豁免。"),
    "This folder is not ready.": N_("此卷尚不齐备。"),
    "Look at the list of what is still to be done.": N_("请查看待办清单。"),
    "Somebody is checking this folder.": N_("有人正在检查此卷。"),
    "Ask the checker to send it back.": N_("请联系检查人退回。"),
    "You have not begun to check this folder.": N_("您还没有开始检查此卷。"),
    "Begin the check, and look at its documents.": N_("请先开始检查，查看各件。"),
    # supplements
    "This document has not been described.": N_("该件尚未著录。"),
    "Describe it first, without a volume.": N_("请先著录，不选案卷。"),
    "This document waits to be added already.": N_("该件已在等待补充。"),
    "Somebody else has to agree.": N_("须由另一人同意。"),
    "Somebody has decided on this supplement already.": N_("此补充件已有人决定。"),
    "Refuse the supplement.": N_("请驳回此补充件。"),
}
