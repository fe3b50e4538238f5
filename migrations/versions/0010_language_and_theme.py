"""The language and the theme that a person chose for her pages"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("language", sa.String(), nullable=True))
    op.add_column("account", sa.Column("theme", sa.String(), nullable=True))
