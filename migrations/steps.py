"""Bringing a database to the newest version. Forward only."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

HERE = Path(__file__).parent


def upgrade(connection: Connection, to: str = "head") -> None:
    """Runs in the caller's transaction, under the write lock; the caller commits. ``to`` names a step, the newest by default."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def steps() -> list[str]:
    """Oldest first."""
    return [step.revision for step in reversed(list(_script().walk_revisions()))]


def is_current(connection: Connection) -> bool:
    return _revision(connection) == _script().get_current_head()


def is_unknown(connection: Connection) -> bool:
    """Whether a newer program wrote this database: no step here leads to where it stands."""
    revision = _revision(connection)
    return revision is not None and revision not in {step.revision for step in _script().walk_revisions()}


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
