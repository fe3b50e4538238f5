"""What is told about a PDF that is taken in: one sentence for each thing, in the order in which it matters."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.facts import Remark
from ocr.pdf_active import Finds
from ocr.pdf_body import Body
from ocr.pdf_structure import Structure

WORDS = {
    "repaired": "The table of objects in the PDF is damaged and was put together anew. Compare the pages with the paper.",
    "missing_pages": "Damaged pages of the PDF: {}. They are counted, and cannot be shown or read.",
    "unexamined": "The structure of the PDF could not be examined fully; it may hold attached files or active content.",
    "javascript": "The PDF holds programs (JavaScript). They stay in the original and are never run.",
    "launch": "The PDF is made to start other programs (Launch). This stays in the original and is never done.",
    "automatic": "The PDF is made to act by itself when it is opened, shown or printed. Nothing of that is done here.",
    "submits": "The PDF is made to send what is filled in to an address. This stays in the original and is never done.",
    "imports": "The PDF is made to take in data from other files. This stays in the original and is never done.",
    "external": "Parts of the PDF lie in other files, which are not here; the pages are shown without them.",
    "other_files": "The PDF refers to other files. They are not here and are not opened.",
    "media": "The PDF holds film, sound or 3D. It stays in the original and is never played.",
    "links": "The PDF has links to addresses on the web. They stay in the original and are never followed.",
    "xfa": "The PDF is a form of the XFA kind: its pages may show only a part of what is in it. Print it to PDF and add that.",
    "form": "The PDF has form fields. The pages are shown as they are filled in now.",
    "redactions": "The PDF has passages that are marked for redaction but not removed. They can still be read.",
    "layers": "The PDF has layers, and some are switched off. Only what is switched on is shown and read.",
    "portfolio": "The PDF is a portfolio: a cover with files in it. Only the cover was read; upload the files on their own.",
    "attachment": "Files attached to the PDF: {}. They stay in the original and were not read as pages.",
    "nested": "Attached files hold further files, which were not unpacked: {}.",
    "signature": "Digital signatures in the PDF: {}. They stay in the original; whether they are valid was not checked.",
    "changed_after_signature": "The PDF was written to after it was last signed. What the signature covers is an earlier state.",
    "updates": "The PDF was written to after it was made: {} times. The last state is shown; the original keeps all.",
    "owner_password": "The PDF forbids changing, copying or printing by a password of its owner. It can be read without.",
    "before": "The file does not begin as a PDF: {} foreign bytes stand before it. They stay in the original, unread.",
    "after": "The file goes on after the end of the PDF: foreign data follow. They stay in the original, unread.",
}


def remarks(known: Structure, laid_out: Body, damaged_pages: int, is_locked: bool) -> tuple[Remark, ...]:
    met = dict(_met(known, laid_out, damaged_pages, is_locked))
    return tuple(Remark(code, words.format(met[code])) for code, words in WORDS.items() if met.get(code))


def _met(known: Structure, laid_out: Body, damaged_pages: int, is_locked: bool) -> Iterator[tuple[str, int]]:
    """How often each thing was met."""
    yield from known.finds.counts.items()
    yield "repaired", not laid_out.is_whole or (known.repaired and not laid_out.before)
    yield "missing_pages", damaged_pages
    yield "unexamined", known.finds.incomplete
    yield "attachment", len(known.embedded)
    yield "signature", len(known.finds.signed_to)
    yield "changed_after_signature", _is_changed(known.finds, laid_out)
    yield "updates", laid_out.revisions
    yield "owner_password", is_locked
    yield "before", laid_out.before
    yield "after", laid_out.is_whole and laid_out.after


def _is_changed(finds: Finds, laid_out: Body) -> bool:
    return bool(finds.signed_to) and max(finds.signed_to.values()) < laid_out.end
