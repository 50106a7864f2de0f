"""what conversations remember."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Single columns come and go without the table being made anew: SQLite would refuse that to a table that
# others refer to.


def upgrade() -> None:
    op.add_column(
        "thread", sa.Column("phone_was_noted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("thread", sa.Column("held_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("thread", sa.Column("human_spoke_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("original_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("message", sa.Column("key", sa.String(length=60), nullable=True))
    op.add_column("message", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("original_sealed", "key", "not_before"):
        op.drop_column("message", column)
    for column in ("phone_was_noted", "held_since", "human_spoke_at"):
        op.drop_column("thread", column)
