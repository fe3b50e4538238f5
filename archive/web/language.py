"""Texts of the screen. Their source language is Chinese; catalogues for others come with Babel."""

from gettext import NullTranslations

translations = NullTranslations()


def _(text: str) -> str:
    return translations.gettext(text)


def N_(text: str) -> str:  # noqa: N802 - gettext's name for a text that is marked here and translated where it is shown
    return text
