"""Language and theme of one's pages, for programs."""

from pydantic import BaseModel, ConfigDict

from archive.accounts.preferences import Preferences, prefer, show_preferences
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import Language
from archive.web.preferences import Theme

router = GuardedRouter()


class PreferencesBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    language: Language
    theme: Theme


class PreferencesShown(BaseModel):
    """null: never chosen; pages follow the browser. The interface for programs is not touched by them."""

    language: Language | None
    theme: Theme | None


@router.get("/api/v1/preferences")
@serves(show_preferences)
def preferences(door: Door) -> PreferencesShown:
    return _shown(door.run(show_preferences, None).value)


@router.put("/api/v1/preferences")
@serves(prefer)
def choose(door: Door, body: PreferencesBody) -> PreferencesShown:
    """Her pages follow at her next sign-in; a browser that is signed in keeps what was chosen there."""
    return _shown(door.run(prefer, None, Preferences(body.language, body.theme)).value)


def _shown(chosen: Preferences) -> PreferencesShown:
    return PreferencesShown(language=chosen.language, theme=chosen.theme)
