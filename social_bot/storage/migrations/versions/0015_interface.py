"""tokens of the interface; what may leave the unit, put down; the views that other programs read."""

# ruff: noqa: S608  (the names in the views are our own)

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_VISITS = {
    "contacts": "visit_contacts",
    "declined": "visit_declined",
    "led_to_clienthood": "visit_clienthood",
    "guided_on": "visit_guided_on",
    "out_of_area": "visit_out_of_area",
}
_VIEWS = (
    *("bi_version", "bi_metrics", "bi_months", "bi_figures", "bi_visits"),
    *("bi_goals", "bi_trials", "bi_trial_stages"),
)


def _pivot(table: str) -> str:
    """One column a figure of the visits, and beside each count of people why it is not told."""

    def of(column: str, figure: str) -> str:
        return f"MAX(CASE WHEN {table}.figure = '{figure}' THEN {table}.{column} END)"

    columns = [
        f"{of('value', 'visits_held')} AS visits_held",
        f"{of('value', 'visit_minutes')} AS worker_minutes",
    ]
    for name, figure in _VISITS.items():
        columns += [f"{of('value', figure)} AS {name}", f"{of('hidden', figure)} AS {name}_hidden"]
    return ", ".join(columns)


def _views() -> dict[str, str]:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    first_day = "CAST(f.month || '-01' AS date)" if is_postgresql else "f.month || '-01'"
    known = "(f.value IS NOT NULL OR f.hidden IS NOT NULL)"
    figures = ", ".join(f"'{figure}'" for figure in ("visits_held", "visit_minutes", *_VISITS.values()))
    trial = (
        "t.trial_id, t.campaign_id, t.channel, t.state, t.starts_on, t.mid_on, t.ends_on,"
        " t.start_written_on, t.mid_written_on, t.end_written_on, t.decision, t.decided_on, t.as_of"
    )
    return {
        "bi_version": "SELECT 1 AS version",
        "bi_metrics": (
            "SELECT kind, metric, unit, source, is_estimate, counts_people, name_fi, name_sv, name_en,"
            " definition_fi, definition_sv, definition_en FROM published_metric"
        ),
        "bi_months": (
            f"SELECT f.month, {first_day} AS first_day, NULLIF(f.page_id, '') AS page_id, f.counted_at,"
            " f.published_at, f.is_final FROM published_month f"
        ),
        "bi_figures": (
            f"SELECT f.month, {first_day} AS first_day, NULLIF(f.page_id, '') AS page_id, f.figure,"
            " NULLIF(f.part_kind, '') AS part_kind, NULLIF(f.part, '') AS part, f.value, f.hidden,"
            f' {known} AS available, f.not_available_since, f.as_of, f.known, f."of" AS known_of'
            " FROM published_figure f WHERE f.part_kind <> 'channel'"
        ),
        "bi_visits": (
            f"SELECT f.month, {first_day} AS first_day, NULLIF(f.part, '') AS channel, {_pivot('f')}"
            " FROM published_figure f WHERE f.page_id = '' AND f.part_kind IN ('', 'channel')"
            f" AND f.figure IN ({figures}) GROUP BY f.month, f.part"
        ),
        "bi_goals": (
            "SELECT goal_id, campaign_id, trial_id, page_id, metric, target, starts_on, by_on, value, hidden,"
            " is_available AS available, not_available_since, expected, forecast, forecast_low, forecast_high,"
            " pace, as_of FROM published_goal"
        ),
        "bi_trials": (
            f"SELECT {trial}, {_pivot('c')} FROM published_trial t JOIN published_trial_count c"
            f" ON c.trial_id = t.trial_id AND c.stage = 'now' GROUP BY {trial}"
        ),
        "bi_trial_stages": (
            f"SELECT c.trial_id, c.stage, {_pivot('c')} FROM published_trial_count c WHERE c.stage <> 'now'"
            " GROUP BY c.trial_id, c.stage"
        ),
    }


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("page_ids", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=160), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_by", sa.String(length=160), nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "published_month",
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("counted_at", moment, nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "month"),
    )
    op.create_table(
        "published_figure",
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("figure", sa.String(length=40), nullable=False),
        sa.Column("part_kind", sa.String(length=20), nullable=False),
        sa.Column("part", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("hidden", sa.String(length=40), nullable=True),
        sa.Column("as_of", moment, nullable=True),
        sa.Column("not_available_since", sa.Date(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=True),
        sa.Column("of", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("page_id", "month", "figure", "part_kind", "part"),
    )
    op.create_table(
        "published_goal",
        sa.Column("goal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("trial_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.String(length=40), nullable=True),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("hidden", sa.String(length=40), nullable=True),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.Column("not_available_since", sa.Date(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("forecast", sa.Integer(), nullable=True),
        sa.Column("forecast_low", sa.Integer(), nullable=True),
        sa.Column("forecast_high", sa.Integer(), nullable=True),
        sa.Column("pace", sa.String(length=40), nullable=True),
        sa.Column("as_of", moment, nullable=False),
        sa.PrimaryKeyConstraint("goal_id"),
    )
    op.create_table(
        "published_trial",
        sa.Column("trial_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("mid_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("start_written_on", sa.Date(), nullable=True),
        sa.Column("mid_written_on", sa.Date(), nullable=True),
        sa.Column("end_written_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("as_of", moment, nullable=False),
        sa.PrimaryKeyConstraint("trial_id"),
    )
    op.create_table(
        "published_trial_count",
        sa.Column("trial_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("figure", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("hidden", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("trial_id", "stage", "figure"),
    )
    words = (f"{what}_{language}" for what in ("name", "definition") for language in ("fi", "sv", "en"))
    op.create_table(
        "published_metric",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.Column("counts_people", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in words),
        sa.PrimaryKeyConstraint("kind", "metric"),
    )
    op.create_table(
        "published_standing",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    for name, query in _views().items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    for name in reversed(_VIEWS):
        op.execute(f"DROP VIEW {name}")
    for table in (
        *("published_standing", "published_metric", "published_trial_count", "published_trial"),
        *("published_goal", "published_figure", "published_month", "api_token"),
    ):
        op.drop_table(table)
