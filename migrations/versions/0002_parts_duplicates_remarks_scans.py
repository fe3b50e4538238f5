"""Parts, duplicates, remarks and scans of deposits"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("batch", sa.Column("duplicates", sa.String(), nullable=False, server_default="ask"))
    op.add_column("deposit", sa.Column("part_size", sa.Integer(), nullable=True))
    op.add_column("deposit", sa.Column("remarks", sa.LargeBinary(), nullable=True))
    op.add_column("deposit", sa.Column("scan", sa.String(), nullable=False, server_default=""))
    op.add_column("deposit", sa.Column("scan_by", sa.String(), nullable=True))
    op.add_column(
        "deposit",
        sa.Column(
            "twin_id",
            ROW,
            sa.ForeignKey("deposit.id", name=op.f("fk_deposit_twin_id_deposit")),
            nullable=True,
        ),
        inline_references=True,
    )
