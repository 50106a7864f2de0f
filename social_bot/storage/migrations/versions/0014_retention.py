"""who was forgotten, requests of deletion, and finding what is to be erased without reading the history."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KNOWN, _TEXT = sa.text("forgotten_at IS NULL"), sa.text("text_sealed IS NOT NULL")


def upgrade() -> None:
    op.add_column("thread", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_thread_known", "thread", ["closed_at"], sqlite_where=_KNOWN, postgresql_where=_KNOWN)
    op.create_index(
        "ix_message_with_text", "message", ["at", "thread_id"], sqlite_where=_TEXT, postgresql_where=_TEXT
    )
    op.create_index("ix_inbound_event_received_at", "inbound_event", ["received_at"])
    op.create_table(
        "deletion_request",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("contact_index", sa.String(length=64), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )


def downgrade() -> None:
    op.drop_table("deletion_request")
    op.drop_index("ix_inbound_event_received_at", table_name="inbound_event")
    op.drop_index("ix_message_with_text", table_name="message")
    op.drop_index("ix_thread_known", table_name="thread")
    op.drop_column("thread", "forgotten_at")
