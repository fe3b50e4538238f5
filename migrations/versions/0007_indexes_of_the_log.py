"""The log is asked for what was done, and for which purpose"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_audit_event_action_at_id"), "audit_event", ["action", "at", "id"])
    op.create_index(op.f("ix_audit_event_purpose_at_id"), "audit_event", ["purpose", "at", "id"])
