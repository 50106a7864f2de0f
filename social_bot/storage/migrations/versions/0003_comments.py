"""comments on the page and what is proposed for them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("comment_index", sa.String(length=64), nullable=False),
        sa.Column("thread_index", sa.String(length=64), nullable=False),
        sa.Column("post_index", sa.String(length=64), nullable=True),
        sa.Column("author_index", sa.String(length=64), nullable=True),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("thread_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_post", sa.Boolean(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("crisis", sa.String(length=40), nullable=True),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("personal_data", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_for_person", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=160), nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("page_id", "comment_index"),
    )
    for column in ("author_index", "post_index", "settled_at", "thread_index", "waits_for_person"):
        op.create_index(f"ix_comment_{column}", "comment", [column])

    op.create_table(
        "comment_deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("once_key", sa.String(length=64), nullable=True),
        sa.Column("target_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("crisis", sa.String(length=40), nullable=True),
        sa.Column("is_post", sa.Boolean(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_index", sa.String(length=64), nullable=True),
        sa.Column("result_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"]),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("page_id", "kind", "once_key"),
    )
    op.create_index("ix_comment_deed_queue", "comment_deed", ["send_state", "id"])
    for column in ("comment_id", "result_index"):
        op.create_index(f"ix_comment_deed_{column}", "comment_deed", [column])

    op.add_column(
        "page", sa.Column("answers_comments", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("page", "answers_comments")
    op.drop_table("comment_deed")
    op.drop_table("comment")
