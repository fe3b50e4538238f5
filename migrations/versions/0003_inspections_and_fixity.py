"""Inspections, and what the last check of each sealed object found"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_DAMAGED = sa.text("fixity IN ('altered', 'missing', 'unreadable')")


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", ROW, nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("counts", sa.String(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('sweep', 'fixity')", name=op.f("ck_inspection_kind")),
        sa.CheckConstraint("state IN ('running', 'done', 'broken')", name=op.f("ck_inspection_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("uid", name=op.f("uq_inspection_uid")),
    )
    op.create_index("ix_inspection_kind_id", "inspection", ["kind", "id"])
    op.add_column("stored_object", sa.Column("checked_at", sa.DateTime(), nullable=True))
    op.add_column("stored_object", sa.Column("fixity", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_stored_object_last_look", "stored_object", [sa.text("coalesce(checked_at, created_at)"), "id"]
    )
    op.create_index(
        "ix_stored_object_fixity",
        "stored_object",
        ["fixity"],
        sqlite_where=IS_DAMAGED,
        postgresql_where=IS_DAMAGED,
    )
    op.create_index("ix_stored_object_dek_id", "stored_object", ["dek_id"])
    op.create_index("ix_deposit_dek_id", "deposit", ["dek_id"])
    op.create_index("ix_item_dek_id", "item", ["dek_id"])
