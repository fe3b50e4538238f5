"""Hostile and odd PDFs."""

from __future__ import annotations

from tests.hostile import pdf_active, pdf_bombs, pdf_broken
from tests.hostile.odd import Odd

ODD: tuple[Odd, ...] = (*pdf_active.ODD, *pdf_broken.ODD, *pdf_bombs.ODD)
