"""Hostile and odd pictures, foreign kinds, and names."""

from __future__ import annotations

from tests.hostile import foreign, jpegs, others, pngs, tiffs
from tests.hostile.odd import Odd

ODD: tuple[Odd, ...] = (*jpegs.ODD, *pngs.ODD, *tiffs.ODD, *others.ODD, *foreign.ODD)
