"""what has been checked before a page goes live."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MOMENTS = (
    *("token_expires_at", "data_access_expires_at", "connected_at", "looked_at"),
    *("default_app_confirmed_at", "automations_confirmed_at", "live_since"),
)
_NAMES = ("connected_by", "default_app_confirmed_by", "automations_confirmed_by", "live_by")


def upgrade() -> None:
    op.add_column("page", sa.Column("awaits_live", sa.Boolean(), nullable=False, server_default=sa.false()))
    for column in _MOMENTS:
        op.add_column("page", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    for column in _NAMES:
        op.add_column("page", sa.Column(column, sa.String(length=160), nullable=True))
    op.add_column("page", sa.Column("is_routed", sa.Boolean(), nullable=True))
    for column in ("missing_permissions", "missing_subscriptions"):
        op.add_column("page", sa.Column(column, sa.JSON(), nullable=False, server_default="[]"))

    op.create_table(
        "page_login",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("worker", sa.String(length=160), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash"),
    )


def downgrade() -> None:
    op.drop_table("page_login")

    for column in ("missing_subscriptions", "missing_permissions", "is_routed", *_NAMES, *_MOMENTS):
        op.drop_column("page", column)
    op.drop_column("page", "awaits_live")
