"""answers by people, phrases, misunderstood messages."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("message", "by", sa.String(length=160)),
    ("message", "exact_sealed", sa.LargeBinary()),
    ("thread", "comment_id", sa.Integer()),
    ("thread", "closed_at", sa.DateTime(timezone=True)),
    ("thread", "moved_at", sa.DateTime(timezone=True)),
    ("thread", "moved_by", sa.String(length=160)),
    ("text_version", "rejected_by", sa.String(length=160)),
    ("text_version", "rejected_at", sa.DateTime(timezone=True)),
    ("callback_request", "ending", sa.String(length=40)),
)


def upgrade() -> None:
    for table, name, kind in _COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.add_column(
        "comment", sa.Column("about", sa.String(length=40), nullable=False, server_default="comment")
    )
    op.execute(sa.text("UPDATE comment SET about = 'post' WHERE is_post"))
    op.create_index("ix_thread_is_open", "thread", ["is_open", "last_inbound_at"])

    op.create_table(
        "misunderstanding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("given", sa.String(length=60), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.String(length=160), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.String(length=160), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("ix_misunderstanding_marked_at", "misunderstanding", ["marked_at"])

    op.create_table(
        "topic_off",
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("topic"),
    )


def downgrade() -> None:
    op.drop_table("topic_off")
    op.drop_index("ix_misunderstanding_marked_at", table_name="misunderstanding")
    op.drop_table("misunderstanding")
    op.drop_index("ix_thread_is_open", table_name="thread")
    op.drop_column("comment", "about")
    for table, name, _ in reversed(_COLUMNS):
        op.drop_column(table, name)
