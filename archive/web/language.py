"""Texts of the screen: written in Chinese, said in the language of whoever asks.

The language of a request is held in a context variable, which the threads that endpoints run in inherit. Outside of a
request (worker, command line, programs at the API) it is the source language.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from babel.messages.pofile import read_po


class Language(StrEnum):
    """By its BCP 47 tag, as ``<html lang>`` and a browser's ``Accept-Language`` have it."""

    SOURCE = "zh-CN"
    TAIWAN = "zh-TW"
    ENGLISH = "en"


TRANSLATED = (Language.TAIWAN, Language.ENGLISH)

_spoken: ContextVar[Language] = ContextVar("language", default=Language.SOURCE)


def spoken() -> Language:
    """The language of this request."""
    return _spoken.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """For the length of a request, or of a document whose language is not that of whoever asks for it."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


@contextmanager
def on_paper() -> Iterator[None]:
    """For what is printed and filed: Chinese papers, with Taiwan's words for whoever reads those, never English ones."""
    with speaking(Language.TAIWAN if spoken() is Language.TAIWAN else Language.SOURCE):
        yield


def _(text: str) -> str:
    """A text that the catalogue lacks is shown as it was written."""
    language = _spoken.get()
    return text if language is Language.SOURCE else catalogue(language).get(text, text)


def ngettext(one: str, many: str, number: int) -> str:
    """For Jinja, which asks for it. Chinese has no plural and no text of the house uses one: they count neutrally."""
    return _(one if number == 1 else many)


def N_(text: str) -> str:  # noqa: N802 - gettext's name for a text that is marked here and translated where it is shown
    return text


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Text → its translation, without those that wait to be checked (fuzzy). Read once in the life of the program."""
    with file_of(language).open("rb") as file:
        entries = read_po(file)
    return {str(entry.id): str(entry.string) for entry in entries if entry.string and not entry.fuzzy}


def file_of(language: Language) -> Traversable:
    folder = resources.files("archive.web").joinpath("locale", language.replace("-", "_"), "LC_MESSAGES")
    return folder.joinpath("juanzong.po")
