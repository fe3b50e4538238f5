"""Times in the log are the machine's; places in the tree are not. A clock that went back is told, and is no alteration."""

from datetime import datetime, timedelta

_KEY = b'"at":"'
_LONG = 27

SKEW = timedelta(minutes=5)
"""A slow act is entered after quicker ones that began later, by so much at most."""


class ClockWatch:
    """Sees every leaf in its order and counts where the time went back."""

    def __init__(self) -> None:
        self.went_back = 0
        self._latest: datetime | None = None

    def see(self, leaf: bytes) -> None:
        start = leaf.find(_KEY) + len(_KEY)
        try:
            at = datetime.fromisoformat(leaf[start : start + _LONG].decode())
        except ValueError:  # no leaf at all: judged elsewhere
            return
        if at.tzinfo is None:
            return
        if self._latest is not None and at < self._latest - SKEW:
            self.went_back += 1
            self._latest = at
        elif self._latest is None or at > self._latest:
            self._latest = at

    def words(self) -> str:
        if not self.went_back:
            return ""
        times = "once" if self.went_back == 1 else f"{self.went_back} times"
        return f"; the machine's clock was set back {times}: go by the places of entries, not by their times"
