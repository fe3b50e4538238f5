"""The sentences of engines that fail: scanner, vault, keys, databases, disks, and what a deposit waits for."""

from archive.web.language import N_

OF_THE_MACHINE: dict[str, str] = {
    # malware
    "The malware scanner does not answer.": N_("病毒检测程序没有应答，文件暂不放行。"),
    "See that clamd runs and that JUANZONG_CLAMD_SOCKET names its socket; the file waits and is tried again.": N_(
        "文件在等待，系统会自动重试；请通知管理员检查 clamd 是否运行。"
    ),
    "The malware scanner reported a fault.": N_("病毒检测程序出错，文件暂不放行。"),
    "Look into the log of clamd, and whether its TemporaryDirectory is full; the file waits and is tried again.": N_(
        "文件在等待，系统会自动重试；请通知管理员查看 clamd 的日志及临时目录是否已满。"
    ),
    "The malware scanner is not prepared: {}.": N_("病毒检测程序的设置不符合要求：{}。文件暂不放行。"),
    "In clamd.conf set TemporaryDirectory to a folder on tmpfs, LeaveTemporaryFiles no, AlertExceedsMax yes, and restart clamd; the file waits and is tried again.": N_(
        "文件在等待，系统会自动重试；请通知管理员按 juanzong doctor 的提示修改 clamd.conf。"
    ),
    "The file contains malware ({}).": N_("文件带有病毒或恶意代码（{}），未予接收；原件仍在封存。"),
    "Do not open it on your computer; ask for a clean copy, and tell the administrator.": N_(
        "请勿在电脑上打开该文件；请向来源方索取无毒的文件，并通知管理员。"
    ),
    "The file was not scanned for malware: it is larger than the scanner looks at.": N_(
        "文件未经病毒检测：超过检测程序的大小上限。"
    ),
    "An attachment was not scanned for malware: it is larger than the scanner looks at.": N_(
        "附件未经病毒检测：超过检测程序的大小上限。"
    ),
    "The file was not scanned for malware: the scanner did not see all of it ({}).": N_(
        "文件未经完整的病毒检测（{}）。"
    ),
    "An attachment was not scanned for malware: the scanner did not see all of it ({}).": N_(
        "附件未经完整的病毒检测（{}）。"
    ),
    "An attachment was not scanned for malware: it cannot be unpacked.": N_("附件未经病毒检测：不能解开。"),
    "The malware scanner's signatures are old: they are of {}.": N_("病毒特征库已过期：版本日期为 {}。"),
    "This file contains malware.": N_("此文件带有病毒或恶意代码。"),
    "It stays sealed and is opened for nothing.": N_("原件保持封存，不再打开。"),
    # vault, keys and databases: on the board of deposits, and wherever an engine fails
    "A sealed object is not in the store.": N_("封存的文件缺失。"),
    "Restore the objects folder from a backup.": N_("请通知管理员从备份恢复 objects 文件夹。"),
    "A sealed object was altered: {}.": N_("封存的内容已被改动，不能打开。"),
    "A sealed field of the database was altered.": N_("数据库中封存的内容已被改动，不能打开。"),
    "The objects folder cannot be used: {}.": N_("存储暂时不能读写。"),
    "The disk of the archive is full; nothing of this file was kept.": N_(
        "存储空间已满，未保存此文件的任何内容。"
    ),
    "Free some room, then send it again.": N_("请通知管理员清理空间后重新上传。"),
    "The key of this item is not in keys.db.": N_("找不到该档案的密钥。"),
    "The key of this item was destroyed when it was disposed of.": N_(
        "该档案的密钥已依规销毁，内容不能再打开。"
    ),
    "A key in keys.db was altered.": N_("密钥已被改动，不能使用。"),
    "keys.db cannot be used: {}.": N_("密钥库暂时不能读写。"),
    "keys.db is damaged: {}.": N_("密钥库已损坏。"),
    "The key does not open {}.": N_("密钥文件与此档案库不符。"),
    "The database cannot be used just now.": N_("数据库暂时不能使用。"),
    "The database is damaged: a part of it cannot be read, so no entry can be made and nothing is shown.": N_(
        "数据库已损坏，部分内容无法读取，不能记入日志，因此不予显示。"
    ),
    "Stop the archive and restore it from a backup: juanzong restore.": N_(
        "请通知管理员停止系统，并从备份恢复（juanzong restore）。"
    ),
    "The objects folder is not there any more, or another one lies in its place.": N_(
        "封存文件的文件夹不见了，或已被另一个代替。"
    ),
    "Mount its disk again, then restart the archive.": N_("请通知管理员重新挂载磁盘，然后重启系统。"),
    "The disk of the database is full: no entry can be written in the log, so nothing was changed and nothing is shown.": N_(
        "数据库所在的磁盘已满：无法写入日志，因此未作任何更改，也不显示任何内容。"
    ),
    "The disk of the database cannot be written: no entry can be made in the log, so nothing was changed and nothing is shown.": N_(
        "数据库所在的磁盘不能写入：无法写入日志，因此未作任何更改，也不显示任何内容。"
    ),
    "Find out why it is read-only, and mount it for writing.": N_(
        "请通知管理员查明磁盘为何变为只读，并恢复写入。"
    ),
    "The database is busy; nothing was changed.": N_("数据库正忙，未作任何更改。"),
    "No font with Chinese is installed; nothing can be printed.": N_("服务器没有安装中文字体，不能打印。"),
    "Run: apt install fonts-wqy-microhei, or set JUANZONG_WATERMARK_FONT to a font with Chinese.": N_(
        "请通知管理员安装字体 fonts-wqy-microhei，或设置 JUANZONG_WATERMARK_FONT。"
    ),
    "There is no room on the archive's disk to write the log out.": N_("磁盘空间不足，不能导出日志。"),
    "The log cannot be written out: the folder for exports takes nothing.": N_(
        "导出用的文件夹不能写入，不能导出日志。"
    ),
    "Check that its disk is there and can be written.": N_("请通知管理员检查该磁盘是否可写。"),
    # what a deposit waits for
    "The disk of the archive is full; this waits until there is room.": N_(
        "存储空间已满，文件在等待；请通知管理员清理空间。"
    ),
    "The disk of the archive cannot be written; this waits until it can.": N_(
        "存储磁盘不能写入，文件在等待；请通知管理员。"
    ),
    "The disk of the archive reports errors; this waits until it is mended.": N_(
        "存储磁盘出错，文件在等待；请通知管理员。"
    ),
    "The objects folder cannot be used; this waits until it can.": N_(
        "存储暂时不能读写，文件在等待；请通知管理员。"
    ),
    "The database cannot be used; this waits until it can.": N_("数据库暂时不能使用，文件在等待。"),
    "The search index cannot be used; this waits until it can.": N_(
        "检索暂时不能使用，文件在等待；请通知管理员。"
    ),
    "The reading program does not start; this waits until it does.": N_(
        "识别程序不能启动，文件在等待；请通知管理员运行 juanzong doctor。"
    ),
    "The machine has no memory left; this waits until it has.": N_(
        "服务器内存不足，文件在等待；请通知管理员。"
    ),
    "The machine starts no more programs; this waits until it does.": N_(
        "服务器不能再启动程序，文件在等待；请通知管理员。"
    ),
    "The machine opens no more files; this waits until it does.": N_(
        "服务器不能再打开文件，文件在等待；请通知管理员。"
    ),
}
