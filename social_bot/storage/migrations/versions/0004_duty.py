"""who is on duty, and which notices went to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("addresses_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "worker_heartbeat",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("beaten_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "thread_wait",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"]),
        sa.PrimaryKeyConstraint("thread_id"),
    )
    op.add_column("alert", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alert", sa.Column("settled_by", sa.String(length=160), nullable=True))
    op.add_column("alert", sa.Column("rounds", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("alert", sa.Column("next_notice_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_alert_next_notice_at", "alert", ["next_notice_at"])
    op.add_column("page", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    alert = sa.table(
        "alert",
        sa.column("raised_at"),
        sa.column("acknowledged_at"),
        sa.column("settled_at"),
        sa.column("next_notice_at"),
    )
    is_taken = alert.c.acknowledged_at.is_not(None)
    op.execute(sa.update(alert).where(is_taken).values(settled_at=alert.c.acknowledged_at))
    op.execute(sa.update(alert).where(~is_taken).values(next_notice_at=alert.c.raised_at))
    op.create_table(
        "alert_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_alert_notice_alert_id", "alert_notice", ["alert_id"])
    op.create_index("ix_alert_notice_queue", "alert_notice", ["state", "id"])


def downgrade() -> None:
    op.drop_table("alert_notice")
    op.drop_column("page", "checked_at")
    op.drop_index("ix_alert_next_notice_at", "alert")
    for column in ("next_notice_at", "rounds", "settled_by", "settled_at"):
        op.drop_column("alert", column)
    for table in ("thread_wait", "worker_heartbeat", "duty_period"):
        op.drop_table(table)
