"""What the reading program says of pictures and of kinds that are not taken in, in the words of the screen."""

from archive.web.language import N_

OF_PICTURES: dict[str, str] = {
    "This is a HEIC picture, as phones make them.": N_("这是手机拍摄的 HEIC 图片，不能接收。"),
    "Export it as JPEG; on an iPhone choose Settings, Camera, Formats, Most Compatible for the next ones.": N_(
        "请导出为 JPEG 后上传；iPhone 今后可在“设置→相机→格式”中选择“兼容性最佳”。"
    ),
    "This is an AVIF picture.": N_("这是 AVIF 图片，不能接收。"),
    "Export it as JPEG, PNG or TIFF.": N_("请另存为 JPEG、PNG 或 TIFF 后上传。"),
    "This is an OFD document.": N_("这是 OFD 文件，不能直接接收。"),
    "Open it in an OFD reader and export it as PDF.": N_("请用 OFD 阅读器打开并导出为 PDF 后上传。"),
    "This is an Office document.": N_("这是 Office 文档，不能接收。"),
    "Open it in the program that made it and save it as PDF.": N_("请用原软件打开并另存为 PDF 后上传。"),
    "This is an archive of packed files.": N_("这是压缩包，不能接收。"),
    "Unpack it and upload the documents in it.": N_("请解压后上传其中的文件。"),
    "This is a web page.": N_("这是网页，不能接收。"),
    "Open it in a browser and print it to PDF.": N_("请用浏览器打开并打印为 PDF 后上传。"),
    "This is a drawing in SVG, PostScript or XML.": N_("这是 SVG、PostScript 或 XML 文件，不能接收。"),
    "This is plain text.": N_("这是纯文本，不能接收。"),
    "Print it to PDF.": N_("请打印为 PDF 后上传。"),
    "This is a program or a script.": N_("这是程序或脚本，不能接收。"),
    "Do not open it. Ask whoever sent it what it was meant to be.": N_("请勿打开，并向发送人核实。"),
    "This is a video or a sound recording.": N_("这是音频或视频，不能接收。"),
    "Only documents and pictures are kept here.": N_("此处只保管文件和图片。"),
    "This is a DICOM image.": N_("这是 DICOM 影像，不能接收。"),
    "Keep it in the PACS; export the report as PDF or the image as JPEG.": N_(
        "影像请存于 PACS；报告请导出为 PDF，图像请导出为 JPEG。"
    ),
    "This is a picture in a format that is not taken in.": N_("不能接收这种格式的图片。"),
    "This is an e-mail.": N_("这是电子邮件，不能接收。"),
    "Print it to PDF, and upload its attachments beside it.": N_("请打印为 PDF，并将附件另行上传。"),
    "Open the file on your computer; if it does not open there either, scan or export it again.": N_(
        "请在电脑上试着打开该文件；若打不开，请重新扫描或导出后上传。"
    ),
    "Page {} has no pixels.": N_("第 {} 页没有内容。"),
    "Page {} is {} pixels long; {} are allowed.": N_("第 {} 页长 {} 像素，超过 {} 的上限。"),
    "Scan it at 300 dpi and upload it again.": N_("请按 300 dpi 扫描后重新上传。"),
    "The file unpacks to more than {} times its size.": N_("文件解压后超过其大小的 {} 倍，不能接收。"),
    "Scan or export it again.": N_("请重新扫描或导出。"),
    "The JPEG is drawn in more than {} passes.": N_("JPEG 的扫描次数超过 {}，不能接收。"),
    "The JPEG has {} colours of {} bits.": N_("不能读取这种 JPEG（{} 个颜色分量，每个 {} 位）。"),
    "The JPEG 2000 picture has {} components.": N_("不能读取有 {} 个颜色分量的 JPEG 2000 图片。"),
    "The picture is cut into more tiles than there can be.": N_("图片的分块数不合规范，文件已损坏。"),
    "The picture is too large to be decoded as JPEG 2000.": N_("JPEG 2000 图片过大，不能解码。"),
    "The BMP holds its pixels in a form that cannot be read here.": N_("不能读取这种 BMP 图片。"),
    "The TIFF holds its pixels in a form that cannot be read here.": N_("不能读取这种 TIFF 图片。"),
    "The run-length BMP has {} × {} pixels; {} million are allowed.": N_(
        "游程编码的 BMP 有 {} × {} 像素，超过 {} 百万的上限。"
    ),
    "Save it as PNG and upload it again.": N_("请另存为 PNG 后重新上传。"),
    "Export it as an 8-bit grey or RGB picture, or scan it again.": N_(
        "请导出为 8 位灰度或 RGB 图片，或重新扫描。"
    ),
    "The picture needs more memory than is allowed.": N_("处理该图片所需内存超过上限。"),
    "The file was cut off. The lower part is missing.": N_("文件不完整，图片下部缺失。"),
    "The file was cut off. Its pixels are all there.": N_("文件末尾不完整，但图片内容齐全。"),
    "Only the first of the pictures in this file is a page.": N_("文件含多幅图片，只取第一幅。"),
    "Pages that are damaged and cannot be shown: {}.": N_("已损坏、不能显示的页：{}。"),
    "Pages that do not say where their pixels end: {}. Compare them with the paper.": N_(
        "文件未注明第 {} 页的数据长度，系统已推定；请与纸质原件核对。"
    ),
    "The file is a ZIP archive at the same time; only its pages are shown.": N_(
        "文件同时也是 ZIP 压缩包；只显示其页面。"
    ),
    "The file is a PDF at the same time; only its picture is shown.": N_("文件同时也是 PDF；只显示其图片。"),
    "The file is a web page or a script at the same time; only its pages are shown.": N_(
        "文件同时也是网页或脚本；只显示其页面。"
    ),
    "Another file follows within this one; only the pages of the first are shown.": N_(
        "文件内另藏有其他文件；只显示其页面。"
    ),
    "More bytes follow after the picture; they are kept and not shown.": N_(
        "图片之后还有其他数据；原样保存，不予显示。"
    ),
}
