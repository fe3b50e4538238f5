"""A filtered part of the log as a table for people, with a detached signature: it can be handed on, and whoever holds
the log's public key sees whether it is still what the archive gave out.

The signed note is a C2SP signed note whose second line is no number, so it can never be read as a checkpoint.
"""

import base64
import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from archive.core.audit.checkpoint import KEY_ID, Signer, keepsake, open_note, sign_note
from archive.core.audit.event import moment_text
from archive.desks.audit.operations import Extracted
from archive.web.language import N_, _

TABLE, NOTE, SIGNED, SIGNATURE, KEY = "log.csv", "log.csv.note", "signed.txt", "signed.sig", "key.pem"
CHECKPOINT, README = "checkpoint.txt", "VERIFY.txt"
ORIGIN = "juanzong/log-extract"
BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, the full-width forms included."""
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in the form that OpenSSL reads (RFC 8410)."""

_COMMANDS = """
  sed -n 's/^sha256 //p' signed.txt | sha256sum -c
  openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.txt -sigfile signed.sig
"""
_KEY_COMMANDS = """
  openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | base64
  head -n 1 KEPT_FILE | sed 's/.*+//' | base64 -d | tail -c 32 | base64
"""
_ENGLISH = """log.csv         the table, {count} entries
signed.txt      what is signed: SHA-256 of the table, number of entries, time, checkpoint
signed.sig      Ed25519 signature over signed.txt
log.csv.note    both as a C2SP signed note
key.pem         public key of the log
checkpoint.txt  verifier key and checkpoint of the whole log

To verify, in this folder, with OpenSSL 3:
{commands}
Expected: "log.csv: OK" and "Signature Verified Successfully".
Then compare the key with the first line of a checkpoint file that was kept outside the archive. Both must be equal:
{key_commands}
Each entry's number is its place in the log: the export of the whole log, which "juanzong audit verify" proves, holds
the same entries.
"""
_CHINESE = N_(
    """log.csv         日志节选，共 {count} 条
signed.txt      被签名的内容：节选的 SHA-256、条数、时间、检查点
signed.sig      对 signed.txt 的 Ed25519 签名
log.csv.note    以上两者的 C2SP 签名文本
key.pem         日志公钥
checkpoint.txt  整个日志的核验公钥和检查点

核验方法（OpenSSL 3），在本目录中运行：
{commands}
应显示 “log.csv: OK” 和 “Signature Verified Successfully”。
再把公钥与以前保存在别处的检查点文件第一行比对，下面两个命令的结果必须相同：
{key_commands}
“序号”是条目在整个日志中的位置，可与完整导出的日志（用 juanzong audit verify 核验）逐条对照。
"""
)


@dataclass(frozen=True)
class Sheet:
    """A table in the words of the screen: ``heads`` above ``rows``."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def packed(sheet: Sheet, extracted: Extracted, verifier_key: str, signer: Signer) -> bytes:
    """The ZIP file. It is made in memory: names of persons who act stand in it."""
    table = csv_bytes(sheet)
    text = signed_text(table, extracted, verifier_key)
    note = sign_note(text, signer)
    files = {
        TABLE: table,
        NOTE: note.encode(),
        SIGNED: text.encode(),
        SIGNATURE: _signature(note),
        KEY: _pem(signer.public),
        CHECKPOINT: keepsake(verifier_key, extracted.note).encode(),
        README: _readme(len(sheet.rows)).encode(),
    }
    return _zipped(files, extracted.at.astimezone(UTC).timetuple()[:6])


def signed_text(table: bytes, extracted: Extracted, verifier_key: str) -> str:
    checkpoint = open_note(extracted.note, verifier_key)
    return (
        f"{ORIGIN}\n"
        f"sha256 {sha256(table).hexdigest()}  {TABLE}\n"
        f"entries {len(extracted.lines)}\n"
        f"at {moment_text(extracted.at)}\n"
        f"checkpoint {checkpoint.size} {base64.b64encode(checkpoint.root).decode()}\n"
    )


def csv_bytes(sheet: Sheet) -> bytes:
    """UTF-8 with its mark, so that a spreadsheet reads Chinese; every cell quoted; lines end with CR LF (RFC 4180)."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(sheet.heads)
    writer.writerows([harmless(cell) for cell in row] for row in sheet.rows)
    return (BOM + file.getvalue()).encode()


def harmless(cell: str) -> str:
    """A spreadsheet shows it as text; an apostrophe before it says so."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _readme(count: int) -> str:
    """In both languages: it is read elsewhere, by whoever was handed the extract."""
    said = {"count": count, "commands": _COMMANDS, "key_commands": _KEY_COMMANDS}
    return "\n".join([ORIGIN, "", _ENGLISH.format(**said), _CHINESE.format(**said)])


def _signature(note: str) -> bytes:
    """The 64 bytes of the one signature line, for tools that know no notes."""
    return base64.b64decode(note.rstrip("\n").rpartition(" ")[2])[KEY_ID:]


def _pem(public: bytes) -> bytes:
    body = base64.b64encode(ED25519_SPKI + public).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()


def _zipped(files: dict[str, bytes], at: tuple[int, int, int, int, int, int]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, at), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sheet_of(lines: Iterable[tuple[str, ...]]) -> Sheet:
    heads = (
        _("序号"),
        _("时间（UTC）"),
        _("人员"),
        _("账号"),
        _("角色"),
        _("操作"),
        _("对象"),
        _("档号"),
        _("对象编号"),
        _("目的"),
        _("结果"),
        _("原因"),
        _("事件编号"),
    )
    return Sheet(heads, tuple(lines))
