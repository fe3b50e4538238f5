"""What an API token is called, which role it has, and when it was last used"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    grant = sa.ForeignKey("role_grant.id", name=op.f("fk_session_role_grant_id_role_grant"))
    op.add_column("session", sa.Column("name", sa.String(), nullable=True))
    op.add_column("session", sa.Column("role_grant_id", ROW, grant, nullable=True), inline_references=True)
    op.add_column("session", sa.Column("used_at", sa.DateTime(), nullable=True))
