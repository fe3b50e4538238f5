"""How a page lies, whether it is left out, accepted or to be scanned again; and who said so"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, start in (("rotation", "0"), ("revision", "1")):
        op.add_column("page", sa.Column(name, sa.Integer(), nullable=False, server_default=start))
    for name in ("is_excluded", "is_accepted", "wants_rescan"):
        op.add_column("page", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("page", sa.Column("skew", sa.Double(), nullable=True))
    op.create_table(
        "page_mark",
        sa.Column("id", ROW, nullable=False),
        sa.Column("page_id", ROW, nullable=False),
        sa.Column("account_id", ROW, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_mark_page_id_page")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_page_mark_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_mark")),
    )
    op.create_index(op.f("ix_page_mark_page_id"), "page_mark", ["page_id"])
    # whoever brought a batch in before this step checks its pages too
    op.execute(
        "UPDATE access_grant SET actions = actions || ' quality:mark quality:show' WHERE source_kind = 'batch'"
    )
