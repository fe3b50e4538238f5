"""What the people at a folder may do with its drafts while it is bound."""

from archive.core.access.actions import Action

CHECKERS_ACTIONS = (
    Action.ITEM_FIND,
    Action.ITEM_SHOW,
    Action.PAGE_FIND,
    Action.PAGE_SHOW,
    Action.QUALITY_SHOW,
)

MAKERS_ACTIONS = (*CHECKERS_ACTIONS, Action.ITEM_DESCRIBE, Action.QUALITY_MARK)
