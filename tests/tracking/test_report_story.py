"""The end of a campaign: goals, posts, residents, calls, visits and a trial's three evaluations, in every form."""

import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image
from sqlmodel import col, select

from social_bot.answering.outcomes import Lane
from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow, ThreadRow
from social_bot.organisation import operators
from social_bot.organisation.metrics import Metric
from social_bot.organisation.roles import Role
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.posts import PostState
from social_bot.planning.starting import start_campaign
from social_bot.planning.store import GoalRow, PostRow
from social_bot.tracking import trial_deeds
from social_bot.tracking.campaign_report import build_campaign_report
from social_bot.tracking.documents import Form, render
from social_bot.tracking.forms import read_practice_form, read_trial_form
from social_bot.tracking.month_report import build_month_report
from social_bot.tracking.outreach import Channel
from social_bot.tracking.outreach_reports import build_practice_report, build_trial_report
from social_bot.tracking.outreach_store import VisitRow
from social_bot.tracking.periods import Month
from social_bot.tracking.practices import save
from social_bot.tracking.recognisable import read_first_names
from social_bot.tracking.store import SnapshotRow, post_subject
from social_bot.tracking.trials import Stage, TrialPlan
from tests.conftest import APPROVER, NOW, PAGE, WRITER
from tests.tracking.reading_back import (
    HAS_POPPLER,
    csv_rows,
    csv_text,
    docx_rows,
    docx_text,
    html_rows,
    html_text,
    pdf_text,
    rows_of,
    squeezed,
    texts_of,
    xlsx_text,
    xlsx_values,
)

COORDINATOR = "Koordinaattori"
BEGINS = date(2026, 10, 1)
STARTED = datetime(2026, 9, 20, 7, 0, tzinfo=UTC)
RETIRED = date(2026, 6, 15)
REACHED = (120, 3, 57, 88)
ASKED = 23
ANSWERS = {
    Stage.START: {
        "target_group": "Työikäiset kauppakeskuksessa.",
        "problem_to_solve": "Palvelua ei löydetä.",
        "description": "Kaksi työntekijää käytävällä.",
        "expectations_negative": "Huonetta ei löydetä.",
    },
    Stage.MID: {"target_reached": "Osittain.", "overall_assessment": "Kohtaamisia on tasaisesti."},
    Stage.END: {
        "target_reached": "Kyllä.",
        "overall_assessment": "Toimi odotetusti.",
        "lessons_learned": "Sama aika ja sama paikka.",
    },
}


@pytest.fixture
def database_kind():
    """SQLite alone: the figures are counted by what other tests ask both databases about."""
    return "sqlite"


@pytest.fixture
def campaign(bot):
    """Its id, with all that happened in October."""
    with bot.database.write() as session:
        operators.add(session, COORDINATOR, [Role.COORDINATOR], now=NOW, by="test")
        campaign = start_campaign(
            session,
            read_campaign(bot.campaigns / "meet_the_team.yaml"),
            bot.organisation(session),
            page_id=PAGE,
            start=BEGINS,
            values={},
            author=WRITER,
            approver=APPROVER,
            media=bot.media,
            now=STARTED,
        ).campaign
        campaign_id = campaign.id or 0
        posts = session.exec(
            select(PostRow).where(PostRow.campaign_id == campaign_id).order_by(col(PostRow.id))
        )
        for post, reached in zip(posts.all(), REACHED, strict=False):
            publish(session, post, reached)
        session.add(
            GoalRow(
                campaign_id=campaign_id,
                metric=Metric.VISIT_CONTACTS,
                target=20,
                why={},
                target_group={},
                starts_on=BEGINS,
                by_on=date(2026, 12, 18),
                created_by=COORDINATOR,
                created_at=STARTED,
            )
        )
        residents(session)
        visits(session, campaign_id=campaign_id)
        trial(session, bot, campaign_id)
    return campaign_id


def publish(session, post, reached):
    post.state, post.external_id, post.settled_at = PostState.PUBLISHED, f"{PAGE}_{post.id}", post.publish_at
    session.add(post)
    for metric, value, gone in (
        (Metric.POST_REACH, reached, None),
        (Metric.POST_REACTIONS, reached // 10, None),
        (Metric.POST_VIEWS, None, RETIRED),
    ):
        session.add(
            SnapshotRow(
                page_id=PAGE,
                subject=post_subject(post.id),
                metric=metric,
                value=value,
                taken_at=post.publish_at + timedelta(days=7),
                period_end=None,
                retired_on=gone,
            )
        )


def residents(session):
    """Two who wrote, one of them often; seven who asked to be called, of whom two were not reached."""
    for number in (1, 2):
        session.add(
            ThreadRow(
                id=number, page_id=PAGE, contact_index=f"c{number}", contact_sealed=b"x", created_at=STARTED
            )
        )
    session.flush()
    for number in range(ASKED):
        session.add(
            MessageRow(
                thread_id=1 if number else 2,
                page_id=PAGE,
                direction=Direction.INBOUND,
                at=datetime(2026, 10, 5, 9, number, tzinfo=UTC),
                lane=Lane.GENERAL,
                topic="debt",
                language="fi",
                text_sealed=b"x",
            )
        )
    for number in range(7):
        at = datetime(2026, 10, 6, 9, number, tzinfo=UTC)
        session.add(
            CallbackRow(
                phone_sealed=None,
                phone_index=str(number),
                language="fi",
                state=CallbackState.UNREACHABLE if number < 2 else CallbackState.DONE,
                requested_at=at,
                promised_by=at + timedelta(hours=4),
                settled_at=at + timedelta(hours=1),
            )
        )


def visits(session, *, campaign_id=None, trial_id=None):
    """Nobody noted who declined: that is not known, and no zero."""
    for number, (contacts, led) in enumerate(((9, 1), (8, 2), (6, 0))):
        session.add(
            VisitRow(
                key=f"{campaign_id}:{trial_id}:{number}",
                place="Kauppakeskus",
                channel=Channel.MALL,
                held_on=date(2026, 10, 7 + 7 * number),
                minutes=120,
                workers=2,
                contacts=contacts,
                led_to_clienthood=led,
                guided_on=contacts - led,
                campaign_id=campaign_id,
                trial_id=trial_id,
                recorded_by=WRITER,
                recorded_at=NOW,
            )
        )


def trial(session, bot, campaign_id):
    form, names = read_trial_form(bot.templates), read_first_names(bot.templates)
    plan = TrialPlan(
        title="Neuvontapiste käytävällä",
        channel=Channel.MALL,
        place="Kauppakeskus",
        starts_on=BEGINS,
        mid_on=date(2026, 10, 15),
        ends_on=date(2026, 11, 13),
        campaign_id=campaign_id,
    )
    start = ANSWERS[Stage.START]
    row = trial_deeds.start(session, plan, start, form=form, names=names, by=COORDINATOR, now=STARTED)
    visits(session, trial_id=row.id)
    session.flush()
    for stage in (Stage.MID, Stage.END):
        trial_deeds.evaluate(
            session, row.id or 0, stage, ANSWERS[stage], form=form, names=names, by=COORDINATOR, now=NOW
        )
    trial_deeds.decide(
        session,
        row.id or 0,
        "continue",
        decided_on="2026-11-20",
        reason="Sama paikka ja aika on opittu.",
        names=names,
        today=NOW.date(),
        by=COORDINATOR,
        now=NOW,
    )


def end_report(bot, campaign_id, language="fi"):
    with bot.database.read() as session:
        return build_campaign_report(
            session,
            campaign_id,
            organisation=bot.organisation(session),
            language=language,
            now=NOW,
            trial_form=read_trial_form(bot.templates),
        )


def every_form(bot, report):
    return {form: render(report, form, templates=bot.templates) for form in Form}


@pytest.mark.skipif(not HAS_POPPLER, reason="pdftotext is not installed")
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_end_report_says_the_same_in_every_form(bot, campaign, tmp_path, language):
    report = end_report(bot, campaign, language)

    made = every_form(bot, report)

    expected = rows_of(report)
    assert len(expected) > 25
    assert html_rows(made[Form.HTML]) == expected
    assert docx_rows(made[Form.DOCX]) == expected
    values = [row for row in csv_rows(made[Form.CSV]) if row["kind"] in ("figure", "table")]
    assert [(row["name"], row["said"]) for row in values] == [
        (row[0], said) for row in expected for said in row[1:]
    ]
    numbers = [value for *_, row in xlsx_values(made[Form.XLSX]) for value in row if isinstance(value, int)]
    assert sorted(numbers) == sorted(int(row["value"]) for row in values if row["value"])
    pdf = pdf_text(made[Form.PDF], tmp_path)
    notes = {figure.name: figure.note for figure in report.figures}
    missing = [
        row
        for row in expected
        if squeezed("".join(row)) not in pdf
        and squeezed("".join((row[0], notes.get(row[0], ""), *row[1:]))) not in pdf
    ]
    assert missing == []
    texts = {
        Form.PDF: pdf,
        Form.HTML: html_text(made[Form.HTML]),
        Form.CSV: csv_text(made[Form.CSV]),
        Form.DOCX: docx_text(made[Form.DOCX]),
        Form.XLSX: xlsx_text(made[Form.XLSX]),
    }
    for form, text in texts.items():
        assert [each for each in texts_of(report) if squeezed(each) not in text] == [], form


def test_what_happened_stands_in_the_end_report(bot, campaign):
    report = end_report(bot, campaign)

    rows = {row[0]: row[1:] for row in rows_of(report)}
    sections = {section.key: section for section in report.sections}
    assert rows["Jalkautuessa tavatut ihmiset"] == ("20–24",)
    # five of the seven calls would tell that two were not reached
    assert rows["lokakuu 2026"] == ("7", "peitetty", "< 5", "0")
    assert [answer.text for answer in sections["trial-1-end"].answers] == list(ANSWERS[Stage.END].values())
    assert "(toteutunut 3 × 2 h)" in sections["trial-1-mid"].title
    assert sections["trial-1-decisions"].answers[0].label == "Päätös 20.11.2026: Jatkuu"
    goal = next(figure for figure in sections["goals"].figures if "visit_contacts" in figure.key)
    assert goal.note.startswith("Tavoite 20, määräpäivä 18.12.2026.")


def test_small_counts_are_hidden_in_every_form(bot, campaign):
    report = end_report(bot, campaign)

    made = every_form(bot, report)

    values = csv_rows(made[Form.CSV])
    led = [row for row in values if row["key"] == "visit_clienthood"]
    assert {row["said"] for row in led} == {"< 5"}
    assert {row["value"] for row in led} == {""}
    reach = [row for row in values if row["kind"] == "table" and row["column"] == "Julkaisut tavoittivat"]
    assert [row["said"] for row in reach] == ["120–124", "< 5", "55–59", "85–89"]
    counts = [row for row in values if row["key"] in ("visit_contacts", "visit_guided_on")]
    assert counts
    assert [row["value"] for row in counts] == [""] * len(
        counts
    )  # 23 met, 20 guided on: three became clients


def test_what_nobody_told_is_never_zero(bot, campaign):
    report = end_report(bot, campaign)

    values = csv_rows(render(report, Form.CSV, templates=bot.templates))

    declined = [row for row in values if row["key"] == "visit_declined"]
    views = next(row for row in values if row["key"] == "post_views")
    assert {row["said"] for row in declined} == {"ei tiedossa"}
    assert views["said"] == "ei saatavilla 15.6.2026 alkaen"
    assert {row["value"] for row in (*declined, views)} == {""}


@pytest.mark.skipif(not HAS_POPPLER, reason="pdftoppm is not installed")
def test_the_pages_of_the_pdf_are_not_empty(bot, campaign, tmp_path):
    (tmp_path / "a.pdf").write_bytes(render(end_report(bot, campaign), Form.PDF, templates=bot.templates))

    subprocess.run(["pdftoppm", "-r", "30", "-png", tmp_path / "a.pdf", tmp_path / "page"], check=True)

    pages = [Image.open(path).convert("L") for path in sorted(tmp_path.glob("page*.png"))]
    assert len(pages) >= 3
    assert [page for page in pages if min(page.tobytes()) > 128] == []


def test_a_trial_a_practice_and_a_month_have_every_form(bot, campaign):
    form, names = read_practice_form(bot.templates), read_first_names(bot.templates)
    answers = {question.key: f"Vastaus {question.key}." for question in form.questions}
    with bot.database.write() as session:
        practice = save(
            session,
            "Käytävällä",
            answers,
            form=form,
            names=names,
            trial_id=1,
            is_checked=True,
            by=COORDINATOR,
            now=NOW,
        )
        shared = {"organisation": bot.organisation(session), "language": "sv", "now": NOW}
        trial_report = build_trial_report(session, 1, form=read_trial_form(bot.templates), **shared)
        reports = [
            trial_report,
            build_practice_report(session, practice.id or 0, form=form, **shared),
            build_month_report(session, Month(2026, 10), topic_names={}, **shared),
        ]

    for report in reports:
        for read, form_name in ((docx_text, Form.DOCX), (xlsx_text, Form.XLSX), (html_text, Form.HTML)):
            text = read(render(report, form_name, templates=bot.templates))
            assert [each for each in texts_of(report) if squeezed(each) not in text] == []
        assert docx_rows(render(report, Form.DOCX, templates=bot.templates)) == rows_of(report)

    assert COORDINATOR not in render(trial_report, Form.HTML, templates=bot.templates).decode()
