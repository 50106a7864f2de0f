"""counts that are kept after the texts are gone; goals of trials and pages; what was last looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_DAYS = sa.text("period_end IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "figure_count",
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("figure", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_available_since", sa.Date(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=True),
        sa.Column("of", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("page_id", "month", "figure", "part"),
    )
    op.create_table(
        "figure_month",
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "month"),
    )
    op.create_table(
        "post_reading",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.PrimaryKeyConstraint("post_id"),
    )
    op.create_index("ix_post_reading_due", "post_reading", ["page_id", "due_at"])
    op.execute(
        "INSERT INTO post_reading (post_id, page_id, due_at) SELECT id, page_id, publish_at FROM post"
        " WHERE state = 'published' AND external_id IS NOT NULL"
    )
    op.create_index("ix_message_page_time", "message", ["page_id", "direction", "at"])
    op.create_index("ix_comment_page_time", "comment", ["page_id", "seen_at"])
    op.create_index(
        "ix_snapshot_days",
        "snapshot",
        ["subject", "metric", "period_end"],
        sqlite_where=_DAYS,
        postgresql_where=_DAYS,
    )
    with op.batch_alter_table("goal") as goal:
        goal.alter_column("campaign_id", existing_type=sa.Integer(), nullable=True)
        goal.add_column(sa.Column("trial_id", sa.Integer(), nullable=True))
        goal.add_column(sa.Column("page_id", sa.String(length=40), nullable=True))
        goal.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        goal.add_column(sa.Column("target_group", sa.JSON(), nullable=False, server_default="{}"))
        goal.add_column(sa.Column("created_by", sa.String(length=160), nullable=True))
        goal.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        goal.add_column(sa.Column("ended_by", sa.String(length=160), nullable=True))
        goal.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_goal_trial_id", "goal", ["trial_id"])
    op.create_table(
        "goal_look",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(length=160), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value_before", sa.Integer(), nullable=True),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"]),
        sa.PrimaryKeyConstraint("goal_id", "operator"),
    )


def downgrade() -> None:
    op.drop_table("goal_look")
    op.drop_index("ix_goal_trial_id", table_name="goal")
    op.execute("DELETE FROM goal WHERE campaign_id IS NULL")
    with op.batch_alter_table("goal") as goal:
        for name in ("ended_at", "ended_by", "created_at", "created_by", "target_group", "starts_on"):
            goal.drop_column(name)
        goal.drop_column("page_id")
        goal.drop_column("trial_id")
        goal.alter_column("campaign_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index("ix_snapshot_days", table_name="snapshot")
    op.drop_index("ix_comment_page_time", table_name="comment")
    op.drop_index("ix_message_page_time", table_name="message")
    op.drop_index("ix_post_reading_due", table_name="post_reading")
    for table in ("post_reading", "figure_month", "figure_count"):
        op.drop_table(table)
