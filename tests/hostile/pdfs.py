"""Hostile and odd PDFs."""

from __future__ import annotations

from tests.hostile.odd import Odd

ODD: tuple[Odd, ...] = ()
