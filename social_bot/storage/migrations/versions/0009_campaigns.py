"""campaigns that pause and end, emergency stop, tables of posts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TEXTS = {"source": None, "paused_by": 160, "pause_reason": None, "ended_by": 160}
_MOMENTS = ("paused_at", "ended_at")


def upgrade() -> None:
    op.create_table(
        "emergency_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.String(length=40), nullable=True),
        sa.Column("holds_answers", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pressed_by", sa.String(length=160), nullable=False),
        sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(length=160), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_emergency_stop_released_at", "emergency_stop", ["released_at"])

    op.create_table(
        "own_campaign",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=160), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug"),
    )

    op.create_table(
        "kept_sheet",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("kept_by", sa.String(length=160), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_kept_sheet_kept_at", "kept_sheet", ["kept_at"])

    op.add_column("post", sa.Column("passes_stop", sa.Integer(), nullable=False, server_default="0"))
    for name, length in _TEXTS.items():
        op.add_column("campaign", sa.Column(name, sa.String(length=length), nullable=True))
    for name in _MOMENTS:
        op.add_column("campaign", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in (*_MOMENTS, *_TEXTS):
        op.drop_column("campaign", name)
    op.drop_column("post", "passes_stop")
    op.drop_index("ix_kept_sheet_kept_at", table_name="kept_sheet")
    op.drop_table("kept_sheet")
    op.drop_table("own_campaign")
    op.drop_index("ix_emergency_stop_released_at", table_name="emergency_stop")
    op.drop_table("emergency_stop")
