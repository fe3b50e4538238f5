"""The two texts of a bag for people: how to verify it, and what happened to what is in it. Chinese first, then English."""

from datetime import UTC, datetime
from html import escape
from importlib import resources

from archive.desks.legal.custody import Link
from archive.desks.legal.export import Export, ItemOut
from archive.web.language import _
from archive.web.words import word


def verify_text(out: Export) -> str:
    return _template("verify.txt").format(no=out.no, key=out.custody.verifier_key)


def report(out: Export) -> str:
    """Times are UTC, so that the text does not depend on the machine."""
    lines = [_head(out)]
    for place, item in enumerate(out.items, start=1):
        lines += [*_item(place, item), *("   " + "  ".join(row) for row in _rows(out, item)), ""]
    return "\n".join(lines)


def report_to_print(out: Export) -> str:
    """The same as a page of HTML."""
    parts = [f"<pre>{escape(_head(out))}</pre>"]
    for place, item in enumerate(out.items, start=1):
        first, *more = _item(place, item)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in _rows(out, item)
        )
        details = escape("\n".join(line.strip() for line in more))
        parts.append(f"<h2>{escape(first)}</h2>\n<pre>{details}</pre>\n<table>\n{rows}</table>")
    return _template("report.html").format(title=escape(out.no), body="\n".join(parts))


def _head(out: Export) -> str:
    return _template("report.txt").format(
        no=out.no,
        matter=out.matter_no,
        recipient=out.recipient,
        document_no=out.document_no,
        purpose=f"{word(out.purpose, 'purpose')} ({out.purpose})",
        asked_by=out.asked_by,
        released=f"{out.released_by}, {_utc(out.released_at)}",
        taken=f"{_utc(out.taken_at)}, event {out.event}",
    )


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
