"""what a caller must know, links to a saved conversation, until when a text is valid."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("callback_request", sa.Column("phone_index", sa.String(length=64), nullable=True))
    op.add_column(
        "callback_request", sa.Column("is_discreet", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("callback_request", sa.Column("call_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("callback_request", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_callback_request_phone_index", "callback_request", ["phone_index"], unique=True)
    op.drop_column("callback_request", "window")

    op.create_table(
        "saved_conversation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_saved_conversation_expires_at", "saved_conversation", ["expires_at"])

    op.add_column("text_version", sa.Column("valid_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("text_version", "valid_until")

    op.drop_index("ix_saved_conversation_expires_at", table_name="saved_conversation")
    op.drop_table("saved_conversation")

    op.add_column(
        "callback_request", sa.Column("window", sa.String(length=40), nullable=False, server_default="any")
    )
    op.drop_index("ix_callback_request_phone_index", table_name="callback_request")
    for column in ("tried_at", "call_from", "is_discreet", "phone_index"):
        op.drop_column("callback_request", column)
