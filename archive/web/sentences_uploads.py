"""The sentences that tell, before a byte is sent, why a file is not taken in, or into which batch."""

from archive.web.language import N_

OF_UPLOADS: dict[str, str] = {
    "There is no such batch.": N_("没有这一批。"),
    "Choose a batch from the list.": N_("请从列表中选择一批，或新的一批。"),
    "Files named {} are not taken in.": N_("不接收扩展名为 {} 的文件。"),
    "Unpack it and upload what is in it.": N_("请解压后上传其中的文件。"),
    "Save it as PDF, TIFF, JPEG or PNG and upload that.": N_("请另存为 PDF、TIFF、JPEG 或 PNG 后上传。"),
}
