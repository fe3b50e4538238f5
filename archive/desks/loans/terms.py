"""The lending rules of ``terms.yaml`` and the one thing computed from them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

SATURDAY = 5


@dataclass(frozen=True)
class Terms:
    version: str
    by_tier: dict[int, dict[str, int]]
    most_items: int
    most_renewals: int

    def due(self, tier: int, lent_at: datetime) -> datetime:
        """The last moment of a loan. Working days skip Saturdays and Sundays; public holidays are a site's own table."""
        term = self.by_tier[tier]
        if "days" in term:
            return lent_at + timedelta(days=term["days"])
        due, left = lent_at, term["working_days"]
        while left:
            due += timedelta(days=1)
            left -= due.weekday() < SATURDAY
        return due


@cache
def load_terms() -> Terms:
    document: dict[str, Any] = yaml.safe_load(
        resources.files(__package__).joinpath("terms.yaml").read_text("utf-8")
    )
    by_tier = {int(tier.removeprefix("T")): dict(term) for tier, term in document["terms"].items()}
    return Terms(
        str(document["version"]), by_tier, int(document["most_items"]), int(document["most_renewals"])
    )
