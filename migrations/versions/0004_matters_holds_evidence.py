"""Matters, legal holds, evidence packages and the numbers of their pages"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bates_counter",
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bates_counter")),
        sa.UniqueConstraint("prefix", name=op.f("uq_bates_counter_prefix")),
    )
    op.create_table(
        "matter",
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=True),
        sa.Column("court", sa.LargeBinary(), nullable=True),
        sa.Column("opponent", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unit_id", ROW, nullable=False),
        sa.Column("opened_by", ROW, nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_matter_opened_by_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_matter_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("no", name=op.f("uq_matter_no")),
        sa.UniqueConstraint("uid", name=op.f("uq_matter_uid")),
    )
    op.create_index(op.f("ix_matter_unit_id"), "matter", ["unit_id"], unique=False)
    op.create_table(
        "evidence_package",
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("matter_id", ROW, nullable=False),
        sa.Column("account_id", ROW, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=True),
        sa.Column("document_no", sa.LargeBinary(), nullable=True),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", ROW, nullable=True),
        sa.Column("opinion", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_evidence_package_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_evidence_package_decided_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_evidence_package_matter_id_matter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_package")),
        sa.UniqueConstraint("no", name=op.f("uq_evidence_package_no")),
        sa.UniqueConstraint("uid", name=op.f("uq_evidence_package_uid")),
    )
    op.create_index(op.f("ix_evidence_package_account_id"), "evidence_package", ["account_id"], unique=False)
    op.create_index(op.f("ix_evidence_package_matter_id"), "evidence_package", ["matter_id"], unique=False)
    op.create_index(op.f("ix_evidence_package_state"), "evidence_package", ["state"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("matter_id", ROW, nullable=True),
        sa.Column("unit_id", ROW, nullable=False),
        sa.Column("set_by", ROW, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("query", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by", ROW, nullable=True),
        sa.Column("closing", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", ROW, nullable=True),
        sa.Column("opinion", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_legal_hold_decided_by_account")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_legal_hold_matter_id_matter")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_legal_hold_proposed_by_account")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_legal_hold_set_by_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_legal_hold_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("no", name=op.f("uq_legal_hold_no")),
        sa.UniqueConstraint("uid", name=op.f("uq_legal_hold_uid")),
    )
    op.create_index(op.f("ix_legal_hold_matter_id"), "legal_hold", ["matter_id"], unique=False)
    op.create_index(op.f("ix_legal_hold_state"), "legal_hold", ["state"], unique=False)
    op.create_index(op.f("ix_legal_hold_unit_id"), "legal_hold", ["unit_id"], unique=False)
    op.create_table(
        "evidence_item",
        sa.Column("package_id", ROW, nullable=False),
        sa.Column("item_id", ROW, nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_evidence_item_item_id_item")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["evidence_package.id"], name=op.f("fk_evidence_item_package_id_evidence_package")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_item")),
        sa.UniqueConstraint("package_id", "item_id", name=op.f("uq_evidence_item_package_id_item_id")),
    )
    op.create_index(op.f("ix_evidence_item_item_id"), "evidence_item", ["item_id"], unique=False)
    op.create_table(
        "hold_item",
        sa.Column("hold_id", ROW, nullable=False),
        sa.Column("item_id", ROW, nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name=op.f("fk_hold_item_hold_id_legal_hold")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_hold_item_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_item")),
        sa.UniqueConstraint("hold_id", "item_id", name=op.f("uq_hold_item_hold_id_item_id")),
    )
    op.create_index(op.f("ix_hold_item_item_id"), "hold_item", ["item_id"], unique=False)
    op.create_table(
        "matter_item",
        sa.Column("matter_id", ROW, nullable=False),
        sa.Column("item_id", ROW, nullable=False),
        sa.Column("added_by", ROW, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", ROW, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_matter_item_added_by_account")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_matter_item_item_id_item")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matter_item_matter_id_matter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_item")),
        sa.UniqueConstraint("matter_id", "item_id", name=op.f("uq_matter_item_matter_id_item_id")),
    )
    op.create_index(op.f("ix_matter_item_item_id"), "matter_item", ["item_id"], unique=False)
