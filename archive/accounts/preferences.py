"""The language and the theme that a person has chosen for her pages."""

from dataclasses import dataclass

from archive.accounts import queries
from archive.accounts.tables import Account
from archive.core.access.actions import Action
from archive.core.access.policy import Target
from archive.core.gate import Found, Look, Work, operation
from archive.web.language import Language
from archive.web.preferences import Theme


@dataclass(frozen=True)
class Preferences:
    """None: never chosen; the browser's language, the machine's theme."""

    language: Language | None
    theme: Theme | None


def preferences_of(account: Account) -> Preferences:
    return Preferences(
        None if account.language is None else Language(account.language),
        None if account.theme is None else Theme(account.theme),
    )


def _own_account(look: Look, _where: None) -> Found[Account] | None:
    uid = look.actor.uid
    account = None if uid is None else queries.account_by_uid(look.session, uid)
    if account is None:
        return None
    return Found(Target("account", uid=uid, unit_id=account.unit_id, owner_id=account.id), account)


@operation(Action.ACCOUNT_PREFER, on=_own_account, reads=True)
def show_preferences(_work: Work, account: Account) -> Preferences:
    return preferences_of(account)


@operation(Action.ACCOUNT_PREFER, on=_own_account)
def prefer(_work: Work, account: Account, wanted: Preferences) -> Preferences:
    """What is None stays as it is. The last choice counts; nobody else edits these, so no revision is asked for."""
    if wanted.language is not None:
        account.language = wanted.language
    if wanted.theme is not None:
        account.theme = wanted.theme
    return preferences_of(account)
