"""Catalogues of the screen's texts, and what brings them up to date.

``python -m archive.web.locale`` collects every text, adds the new ones to both catalogues, drops the old ones and names
what waits for a translation. A new text of zh-TW is proposed by OpenCC and marked fuzzy: it is shown once somebody has
read it and taken the mark away.
"""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from archive.web.language import TRANSLATED, Language, file_of
from archive.web.locale.taiwan import proposed

ARCHIVE = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
OPTIONS = {"web/templates/**.html": {"silent": "false"}}
KEYWORDS: dict[str, None] = {"_": None, "N_": None}
OF_ERRORS = "web/sentences"
"""The Chinese of English sentences: an English page shows these sentences themselves."""

HEAD = """\
# Written by hand, brought up to date by: python -m archive.web.locale
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def main() -> None:
    for language in TRANSLATED:
        catalog = updated(language)
        with Path(str(file_of(language))).open("wb") as file:
            file.write(HEAD.format(language=catalog.locale_identifier).encode())
            write_po(file, catalog, width=110, omit_header=True, include_lineno=False, sort_by_file=True)
        for text in waiting(catalog):
            sys.stdout.write(f"{language}: {text}\n")


def updated(language: Language) -> Catalog:
    catalog = stored(language)
    catalog.update(collected(language), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if language is Language.TAIWAN:
        for entry in _entries(catalog):
            if not entry.string:
                entry.string = proposed(str(entry.id))
                entry.flags.add("fuzzy")
    return catalog


def stored(language: Language) -> Catalog:
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


def collected(language: Language) -> Catalog:
    """Every text of the program that has to be said in this language."""
    catalog = Catalog(project="Juanzong")
    places: dict[str, list[str]] = {}
    for path, text in _extracted():
        places.setdefault(text, []).append(path)
    for text, paths in places.items():
        if language is Language.ENGLISH and all(path.startswith(OF_ERRORS) for path in paths):
            continue
        catalog.add(text, locations=[(f"archive/{path}", 0) for path in dict.fromkeys(paths)])
    return catalog


@cache
def _extracted() -> tuple[tuple[str, str], ...]:
    """(file, text), in the order of the files."""
    found = extract_from_dir(ARCHIVE, METHODS, OPTIONS, KEYWORDS)
    return tuple(sorted({(path, str(text)): None for path, _line, text, _comments, _context in found}))


def waiting(catalog: Catalog) -> list[str]:
    """The texts that nobody has translated, or that OpenCC has and nobody has read."""
    return [str(entry.id) for entry in _entries(catalog) if not entry.string or entry.fuzzy]


def _entries(catalog: Catalog) -> Iterator[Message]:
    """Without the head, whose id is empty."""
    return (entry for entry in catalog if entry.id)
