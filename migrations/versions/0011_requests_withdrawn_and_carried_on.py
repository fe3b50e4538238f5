"""Requests that their maker took back, and requests that carry a running loan on"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("loan_request", sa.Column("withdrawn_at", sa.DateTime(), nullable=True))
    op.add_column(
        "loan_request",
        sa.Column(
            "renews_id",
            ROW,
            sa.ForeignKey("loan_request.id", name=op.f("fk_loan_request_renews_id_loan_request")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_loan_request_renews_id"), "loan_request", ["renews_id"])
