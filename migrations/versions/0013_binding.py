"""How a folder is bound: its order, its steps, what it may lack, what came into it later"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "binding",
        sa.Column("volume_id", ROW, nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("template_version", sa.String(), nullable=False),
        sa.Column("flags", sa.String(), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("returned", sa.LargeBinary(), nullable=True),
        sa.Column("submitted_by", ROW, nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("checker_id", ROW, nullable=True),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(["checker_id"], ["account.id"], name=op.f("fk_binding_checker_id_account")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["account.id"], name=op.f("fk_binding_submitted_by_account")
        ),
        sa.ForeignKeyConstraint(["volume_id"], ["volume.id"], name=op.f("fk_binding_volume_id_volume")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding")),
        sa.UniqueConstraint("volume_id", name=op.f("uq_binding_volume_id")),
    )
    op.create_table(
        "binding_step",
        sa.Column("volume_id", ROW, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("account_id", ROW, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_binding_step_account_id_account")
        ),
        sa.ForeignKeyConstraint(["volume_id"], ["volume.id"], name=op.f("fk_binding_step_volume_id_volume")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_step")),
        sa.UniqueConstraint("volume_id", "revision", name=op.f("uq_binding_step_volume_id_revision")),
    )
    op.create_table(
        "binding_waiver",
        sa.Column("volume_id", ROW, nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", ROW, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_binding_waiver_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["volume_id"], ["volume.id"], name=op.f("fk_binding_waiver_volume_id_volume")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_waiver")),
    )
    op.create_index(op.f("ix_binding_waiver_volume_id"), "binding_waiver", ["volume_id"], unique=False)
    op.create_table(
        "binding_place",
        sa.Column("volume_id", ROW, nullable=False),
        sa.Column("item_id", ROW, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_binding_place_item_id_item")),
        sa.ForeignKeyConstraint(["volume_id"], ["volume.id"], name=op.f("fk_binding_place_volume_id_volume")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_place")),
        sa.UniqueConstraint("item_id", name=op.f("uq_binding_place_item_id")),
    )
    op.create_index(op.f("ix_binding_place_volume_id"), "binding_place", ["volume_id"], unique=False)
    op.create_table(
        "binding_supplement",
        sa.Column("volume_id", ROW, nullable=False),
        sa.Column("item_id", ROW, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", ROW, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", ROW, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("opinion", sa.LargeBinary(), nullable=True),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_binding_supplement_asked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_binding_supplement_decided_by_account")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_binding_supplement_item_id_item")),
        sa.ForeignKeyConstraint(
            ["volume_id"], ["volume.id"], name=op.f("fk_binding_supplement_volume_id_volume")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_supplement")),
        sa.UniqueConstraint("uid", name=op.f("uq_binding_supplement_uid")),
    )
    op.create_index(op.f("ix_binding_supplement_item_id"), "binding_supplement", ["item_id"], unique=False)
    op.create_index(
        op.f("ix_binding_supplement_volume_id"), "binding_supplement", ["volume_id"], unique=False
    )
