"""What the reading program says of PDFs, in the words of the screen."""

from archive.web.language import N_

OF_PDFS: dict[str, str] = {
    "The table of objects in the PDF is damaged and was put together anew. Compare the pages with the paper.": N_(
        "PDF 的对象索引已损坏，系统已重建；请与纸质原件核对页面。"
    ),
    "Damaged pages of the PDF: {}. They are counted, and cannot be shown or read.": N_(
        "PDF 中有 {} 页已损坏：计入页数，但不能显示和识别。"
    ),
    "The structure of the PDF could not be examined fully; it may hold attached files or active content.": N_(
        "PDF 的结构未能全部检查，其中可能有附件或活动内容。"
    ),
    "The PDF holds programs (JavaScript). They stay in the original and are never run.": N_(
        "PDF 带有脚本程序（JavaScript），只保留在原件中，从不运行。"
    ),
    "The PDF is made to start other programs (Launch). This stays in the original and is never done.": N_(
        "PDF 带有启动其他程序的指令（Launch），只保留在原件中，从不执行。"
    ),
    "The PDF is made to act by itself when it is opened, shown or printed. Nothing of that is done here.": N_(
        "PDF 设有打开、显示或打印时自动执行的动作，系统一律不执行。"
    ),
    "The PDF is made to send what is filled in to an address. This stays in the original and is never done.": N_(
        "PDF 带有向外提交表单内容的指令，只保留在原件中，从不执行。"
    ),
    "The PDF is made to take in data from other files. This stays in the original and is never done.": N_(
        "PDF 带有从其他文件导入数据的指令，只保留在原件中，从不执行。"
    ),
    "Parts of the PDF lie in other files, which are not here; the pages are shown without them.": N_(
        "PDF 的部分内容存放在其他文件中，未随文件上传；页面显示时缺少这些内容。"
    ),
    "The PDF refers to other files. They are not here and are not opened.": N_(
        "PDF 引用了其他文件，这些文件不在此处，也不会打开。"
    ),
    "The PDF holds film, sound or 3D. It stays in the original and is never played.": N_(
        "PDF 带有影像、声音或三维内容，只保留在原件中，从不播放。"
    ),
    "The PDF has links to addresses on the web. They stay in the original and are never followed.": N_(
        "PDF 带有网址链接，只保留在原件中，从不访问。"
    ),
    "The PDF is a form of the XFA kind: its pages may show only a part of what is in it. Print it to PDF and add that.": N_(
        "这是 XFA 表单，页面可能只显示部分内容；请另行打印成 PDF 一并归档。"
    ),
    "The PDF has form fields. The pages are shown as they are filled in now.": N_(
        "PDF 带有表单域，页面按现有填写内容显示。"
    ),
    "The PDF has passages that are marked for redaction but not removed. They can still be read.": N_(
        "PDF 中有标记为遮盖但尚未去除的内容，仍可读出。"
    ),
    "The PDF has layers, and some are switched off. Only what is switched on is shown and read.": N_(
        "PDF 有关闭的图层，只显示和识别打开的图层。"
    ),
    "The PDF is a portfolio: a cover with files in it. Only the cover was read; upload the files on their own.": N_(
        "这是 PDF 包（封面加内含文件），只识别了封面；请将内含文件另行上传。"
    ),
    "Files attached to the PDF: {}. They stay in the original and were not read as pages.": N_(
        "PDF 带有 {} 个附件，保留在原件中，未作为页面识别。"
    ),
    "Attached files hold further files, which were not unpacked: {}.": N_("附件中还有 {} 个文件，未再解开。"),
    "Digital signatures in the PDF: {}. They stay in the original; whether they are valid was not checked.": N_(
        "PDF 带有 {} 个数字签名，保留在原件中；未验证其有效性。"
    ),
    "The PDF was written to after it was last signed. What the signature covers is an earlier state.": N_(
        "PDF 在最后一次签名之后又被写入，签名只覆盖此前的内容。"
    ),
    "The PDF was written to after it was made: {} times. The last state is shown; the original keeps all.": N_(
        "PDF 生成后又写入 {} 次；显示的是最后状态，原件保留全部内容。"
    ),
    "The PDF forbids changing, copying or printing by a password of its owner. It can be read without.": N_(
        "PDF 设有所有者密码，限制修改、复制或打印；不影响阅读。"
    ),
    "The file does not begin as a PDF: {} foreign bytes stand before it. They stay in the original, unread.": N_(
        "文件开头有 {} 字节不属于 PDF 的内容，保留在原件中，未读取。"
    ),
    "The file goes on after the end of the PDF: foreign data follow. They stay in the original, unread.": N_(
        "PDF 结尾之后还有其他数据，保留在原件中，未读取。"
    ),
    "The PDF is locked by a method that is not known here.": N_("PDF 使用了系统不支持的加密方式，不能打开。"),
    "Open it in the program that made it and export it without the lock.": N_(
        "请用原软件打开，去除加密后另存为 PDF 上传。"
    ),
    "No page of the PDF can be opened.": N_("PDF 的页面都不能打开。"),
    "Open the file on your computer; if it does not open there either, scan or export it again.": N_(
        "请在电脑上试着打开该文件；若打不开，请重新扫描或导出后上传。"
    ),
    "Page {} of the PDF measures {} × {} cm.": N_("PDF 第 {} 页的尺寸为 {} × {} 厘米，超过上限。"),
    "Print it to a PDF of ordinary size and upload that.": N_("请按正常幅面打印为 PDF 后上传。"),
    "More than {} files are attached to the PDF.": N_("PDF 的附件超过 {} 个。"),
    "The files attached to the PDF have more than {} MiB.": N_("PDF 的附件合计超过 {} MiB。"),
    "A file attached to the PDF unpacks to {} MiB from {} bytes.": N_(
        "PDF 的一个附件解开后为 {} MiB，压缩前后相差悬殊（原 {} 字节），不能接收。"
    ),
    "Save the attached files, upload them on their own, and upload the PDF without them.": N_(
        "请将附件另存后单独上传，并上传不含附件的 PDF。"
    ),
}
