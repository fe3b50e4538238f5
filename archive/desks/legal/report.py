"""The two texts of a bag for people: how to verify it, and what happened to what is in it. Chinese first, then English."""

from datetime import UTC, datetime
from importlib import resources

from archive.core.access.actions import Role
from archive.desks.legal.custody import Link
from archive.desks.legal.export import Export, ItemOut
from archive.web.language import _
from archive.web.words import word


def verify_text(out: Export) -> str:
    return _template("verify.txt").format(no=out.no, key=out.custody.verifier_key)


def report(out: Export) -> str:
    """Times are UTC, so that the text does not depend on the machine."""
    head = _template("report.txt").format(
        no=out.no,
        matter=out.matter_no,
        recipient=out.recipient,
        document_no=out.document_no,
        purpose=f"{word(out.purpose, 'purpose')} ({out.purpose})",
        asked_by=out.asked_by,
        released=f"{out.released_by}, {_utc(out.released_at)}",
        taken=f"{_utc(out.taken_at)}, event {out.event}",
    )
    lines = [head]
    for place, item in enumerate(out.items, start=1):
        lines += [*_item(place, item), *(_link(out, link) for link in _links_of(out, item)), ""]
    return "\n".join(lines)


def _item(place: int, item: ItemOut) -> list[str]:
    lines = [
        f"{place}. {item.reference_code}  {item.title}",
        f"   {item.pages[0].number} – {item.pages[-1].number}, {len(item.pages)} {_('页')}",
    ]
    return [*lines, *(f"   SHA-256 {one.sha256}  {one.size} B  {one.media_type}" for one in item.originals)]


def _links_of(out: Export, item: ItemOut) -> list[Link]:
    labels = {f"item:{item.item}", *(f"page:{page.page}" for page in item.pages)}
    labels |= {f"deposit:{one.deposit}" for one in item.originals}
    return [
        link
        for link in out.custody.links
        if not labels.isdisjoint({*link.entry.objects, link.entry.target or ""})
    ]


def _link(out: Export, link: Link) -> str:
    entry = link.entry
    who = out.names.get(entry.actor) or word(entry.actor.removeprefix("SYSTEM:"), "role")
    role = word(entry.role, "role") if entry.role in set(Role) else entry.role
    return f"   #{link.index:<8} {_utc(entry.at)}  {word(entry.action, 'action')} ({entry.action})  {who} ({role})"


def _template(name: str) -> str:
    """Texts that stand in both languages whatever language the screen has."""
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
