"""A person's deposits are asked for by state, and by batch and state, in the order of their arrival"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_deposit_account_state", "deposit", ["account_id", "state", "id"])
    op.create_index("ix_deposit_account_batch_state", "deposit", ["account_id", "batch_id", "state", "id"])
    op.create_index(op.f("ix_deposit_item_id"), "deposit", ["item_id"])
