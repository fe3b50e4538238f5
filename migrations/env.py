"""Runs inside the archive's own connection: wiring hands it over, no URL and no key is ever written down."""

from alembic import context
from sqlalchemy import Connection

from migrations.metadata import METADATA, render_item


def run() -> None:
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("migrations run inside the archive: use `juanzong init`")
    context.configure(
        connection=connection, target_metadata=METADATA, render_item=render_item, render_as_batch=False
    )
    with context.begin_transaction():
        context.run_migrations()


run()
