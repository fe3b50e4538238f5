"""Why a file was refused or failed, in the words of the screen.

The reading program knows nothing of the archive and speaks English sentences; here are their words. What the archive
itself says has its words in ``archive.web.sentences``. A sentence that nobody knows is shown as it is.
"""

import re
from datetime import datetime, timedelta

from archive.desks.intake.operations import IS_TRIED_AGAIN, TRY_AGAIN
from archive.web import sentences
from archive.web.language import N_, _
from archive.web.render import shown_day

_SCAN_ANEW = N_("请在电脑上试着打开该文件；若打不开，请重新扫描或导出后上传。")
_SPLIT = N_("请拆分成几个文件后上传。")
_LOWER_RESOLUTION = N_("请按 300 dpi 扫描后重新上传。")

_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"The file has \d+ MiB; (\d+) MiB are allowed\.", N_("文件超过 {0} MiB 的上限。"), _SPLIT),
    (r"The file has more than (\d+) pages\.", N_("文件超过 {0} 页的上限。"), _SPLIT),
    (
        r"The file is named (\S+) but holds a ZIP archive.*",
        N_("文件名为 {0}，内容却是 ZIP 压缩包（或 Office 文档）。"),
        N_("请解压，或另存为 PDF 后上传。"),
    ),
    (
        r"The file is named (\S+) but holds nothing that is known here\.",
        N_("文件名为 {0}，内容却无法辨认。"),
        _SCAN_ANEW,
    ),
    (
        r"The file is named (\S+) but holds (JPEG 2000|JPEG|PNG|TIFF|PDF|WebP|BMP|GIF)\.",
        N_("文件名为 {0}，内容却是 {1}。"),
        N_("请确认是否选对文件，并改正扩展名后上传。"),
    ),
    (
        r"The file is named (\S+) but holds .*",
        N_("文件名为 {0}，内容却是其他格式。"),
        N_("请另存为 PDF、TIFF、JPEG 或 PNG 后上传。"),
    ),
    (
        r"The file holds .*",
        N_("不能接收这种格式的文件。"),
        N_("请另存为 PDF、TIFF、JPEG 或 PNG 后上传。"),
    ),
    (r"The PDF is encrypted.*", N_("PDF 已加密，需要密码才能打开。"), N_("请去除密码后重新上传。")),
    (r"The PDF has no pages\.", N_("PDF 没有页面。"), _SCAN_ANEW),
    (r"The PDF is damaged.*|A page of the PDF cannot be opened\.", N_("PDF 已损坏，不能打开。"), _SCAN_ANEW),
    (r"The picture is damaged or cut off\.", N_("图像已损坏或不完整。"), _SCAN_ANEW),
    (r"Page (\d+) has \d+ × \d+ pixels; .*", N_("第 {0} 页像素过多。"), _LOWER_RESOLUTION),
    (r"The picture has far too many pixels\.", N_("图像像素过多。"), _LOWER_RESOLUTION),
    (
        r"The file cannot be examined: .*|The file confused the program.*",
        N_("检查该文件的程序异常中止；原件仍在封存。"),
        _SCAN_ANEW,
    ),
    (
        r"The reading program or the worker broke off (\d+) times\.",
        N_("识别程序连续 {0} 次异常中止；原件仍在封存。"),
        "",
    ),
    (
        r"The step ended with \w+\.",
        N_("处理时出错；原件仍在封存。"),
        "",
    ),
)


_OF_JOBS = {
    TRY_AGAIN: N_("请点“重试”；仍失败时请重新扫描或导出，或通知管理员。"),
    IS_TRIED_AGAIN: N_("系统会自动重试，无需操作。"),
}


def in_words(reason: str | None, remedy: str | None) -> tuple[str, str]:
    """What happened and what to do."""
    what, todo = _known(reason or "")
    if remedy in _OF_JOBS:
        todo = _(_OF_JOBS[remedy])
    return what, todo or _own(remedy or "")


def remark_in_words(_code: str, words: str) -> str:
    """What the archivist should know about a file that was taken in all the same."""
    return _known(words)[0]


def _known(reason: str) -> tuple[str, str]:
    for pattern, what, todo in _KNOWN:
        found = re.fullmatch(pattern, reason, re.DOTALL)
        if found is not None:
            return _(what).format(*found.groups()), _(todo) if todo else ""
    return _own(reason), ""


def _own(sentence: str) -> str:
    return sentences.in_words(sentence) or sentence


_STEPS: tuple[tuple[timedelta, timedelta, str], ...] = (
    (timedelta(hours=1), timedelta(minutes=1), N_("{0} 分钟前")),
    (timedelta(days=1), timedelta(hours=1), N_("{0} 小时前")),
    (timedelta(days=30), timedelta(days=1), N_("{0} 天前")),
)


def age(since: datetime, now: datetime) -> str:
    """``刚刚``, ``5 分钟前``, ``3 小时前``, ``2 天前``; beyond thirty days the day itself."""
    passed = now - since
    if passed < timedelta(minutes=1):
        return _("刚刚")
    for below, unit, words in _STEPS:
        if passed < below:
            return _(words).format(passed // unit)
    return shown_day(since)
