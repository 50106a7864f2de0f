"""drafts kept while writing, versions of posts, overridden checks, the library of pictures."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("fields", sa.JSON(), nullable=True))

    op.create_table(
        "post_draft",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=160), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("form_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_post_draft_operator", "post_draft", ["operator"])

    op.create_table(
        "post_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("post_id", "number"),
    )

    op.create_table(
        "check_override",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.PrimaryKeyConstraint("post_id", "code", "fingerprint"),
    )

    op.create_table(
        "media",
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seems_text", sa.Boolean(), nullable=False),
        sa.Column("people", sa.String(length=40), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=160), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("file"),
    )

    use = op.create_table(
        "media_use",
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.PrimaryKeyConstraint("file", "post_id"),
    )
    op.create_index("ix_media_use_post_id", "media_use", ["post_id"])
    op.bulk_insert(use, _uses())


def downgrade() -> None:
    op.drop_index("ix_media_use_post_id", table_name="media_use")
    op.drop_table("media_use")
    op.drop_table("media")
    op.drop_table("check_override")
    op.drop_table("post_version")
    op.drop_index("ix_post_draft_operator", table_name="post_draft")
    op.drop_table("post_draft")
    op.drop_column("post", "fields")


def _uses() -> list[dict[str, object]]:
    """The pictures of the posts that are there already."""
    posts = op.get_bind().execute(sa.text("SELECT id, pictures FROM post")).all()
    return [
        {"file": file, "post_id": post_id}
        for post_id, kept in posts
        for file in sorted(
            {picture["file"] for picture in (json.loads(kept) if isinstance(kept, str) else kept)}
        )
    ]
