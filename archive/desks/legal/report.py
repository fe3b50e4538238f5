"""The texts of a bag for people: how to verify it, and what happened to what is in it. Chinese first, then English, whatever
the language of the screen: the bag is for a court.
"""

from datetime import UTC, datetime
from html import escape
from importlib import resources
from pathlib import Path

from archive.desks.legal.custody import Link
from archive.desks.legal.export import Export, ItemOut
from archive.web.language import Language, _, speaking
from archive.web.typeset import typeset
from archive.web.words import word

HEADING = "保管记录 Custody report"
NOTE = """\
每件之下：页码编号、原件的 SHA-256、日志中接触过它的每一条记录（# 为记录在日志树中的位置，时间为 UTC）。
Below each item: its numbers, the SHA-256 of its originals, and every entry of the log that reached it."""
LABEL_WIDTH = 23
HEADS = ["日志位置 entry", "时间 time (UTC)", "行为 act", "人员 who"]


def verify_text(out: Export) -> str:
    return _template("verify.txt").format(no=out.no, key=out.custody.verifier_key)


def report(out: Export) -> str:
    """Times are UTC, so that the text does not depend on the machine."""
    with speaking(Language.SOURCE):
        lines = [_head(out)]
        for place, item in enumerate(out.items, start=1):
            lines += [*_item(place, item), *("   " + "  ".join(row) for row in _rows(out, item)), ""]
        return "\n".join(lines)


def report_to_print(out: Export) -> str:
    """The same as a page of HTML."""
    with speaking(Language.SOURCE):
        return _printed(out)


def _printed(out: Export) -> str:
    parts = [f"<pre>{escape(_head(out))}</pre>"]
    for place, item in enumerate(out.items, start=1):
        first, *more = _item(place, item)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in _rows(out, item)
        )
        details = escape("\n".join(line.strip() for line in more))
        parts.append(f"<h2>{escape(first)}</h2>\n<pre>{details}</pre>\n<table>\n{rows}</table>")
    return _template("report.html").format(title=escape(out.no), body="\n".join(parts))


def report_on_paper(out: Export, font: Path | None = None) -> bytes:
    """The same as a PDF, of the same bytes each time. Raises ``NotReady`` on a machine without a Chinese font."""
    with speaking(Language.SOURCE):
        return typeset(
            _template("report.typ"),
            {
                "no": out.no,
                "heading": HEADING,
                "facts": _facts(out),
                "note": NOTE,
                "heads": HEADS,
                "items": [_on_paper(out, place, item) for place, item in enumerate(out.items, start=1)],
            },
            font,
        )


def _on_paper(out: Export, place: int, item: ItemOut) -> dict[str, object]:
    first, *more = _item(place, item)
    rows = [[cell.strip() for cell in row] for row in _rows(out, item)]
    return {"heading": first, "details": [line.strip() for line in more], "rows": rows}


def _head(out: Export) -> str:
    lines = [f"{label}{' ' * (LABEL_WIDTH - _width(label))}{value}" for label, value in _facts(out)]
    return "\n".join([f"{HEADING} {out.no}", "=" * 50, *lines, "", NOTE, "", ""])


def _facts(out: Export) -> list[tuple[str, str]]:
    return [
        ("案件 matter", out.matter_no),
        ("接收方 recipient", out.recipient),
        ("法律文书号 document", out.document_no),
        ("目的 purpose", f"{word(out.purpose, 'purpose')} ({out.purpose})"),
        ("申请人 requested by", out.asked_by),
        ("放行人 released by", f"{out.released_by}, {_utc(out.released_at)}"),
        ("导出 taken", f"{_utc(out.taken_at)}, event {out.event}"),
    ]


def _width(text: str) -> int:
    """Columns of a line of type; a Han character takes two."""
    return sum(1 if letter.isascii() else 2 for letter in text)


def _item(place: int, item: ItemOut) -> list[str]:
    lines = [
        f"{place}. {item.reference_code}  {item.title}",
        f"   {item.pages[0].number} – {item.pages[-1].number}, {len(item.pages)} {_('页')}",
    ]
    return [*lines, *(f"   SHA-256 {one.sha256}  {one.size} B  {one.media_type}" for one in item.originals)]


def _rows(out: Export, item: ItemOut) -> list[tuple[str, str, str, str]]:
    """Place in the log, time, act, who."""
    labels = {f"item:{item.item}", *(f"page:{page.page}" for page in item.pages)}
    labels |= {f"deposit:{one.deposit}" for one in item.originals}
    return [
        _row(out, link)
        for link in out.custody.links
        if not labels.isdisjoint({*link.entry.objects, link.entry.target or ""})
    ]


def _row(out: Export, link: Link) -> tuple[str, str, str, str]:
    entry = link.entry
    who = out.names.get(entry.actor) or word(entry.actor.removeprefix("SYSTEM:"), "role")
    act = f"{word(entry.action, 'action')} ({entry.action})"
    return f"#{link.index:<8}", _utc(entry.at), act, f"{who} ({word(entry.role, 'role')})"


def _template(name: str) -> str:
    """Texts that stand in both languages whatever language the screen has."""
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
