"""Messages: the topics with their example phrases, a message tried out, and the collection of misunderstood ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from social_bot.answering import misunderstandings, topic_choices
from social_bot.answering.asking import Asking
from social_bot.answering.misunderstandings import MisunderstandingRow
from social_bot.answering.outcomes import Lane
from social_bot.answering.phrases import examples, read_topic
from social_bot.answering.replies import load_library
from social_bot.answering.topics import Topic
from social_bot.errors import NotFound
from social_bot.organisation import duty, pages, stop
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.personal_data import kinds
from social_bot.organisation.roles import Role
from social_bot.translations import marked
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

WHAT_THE_BOT_DOES: Mapping[Lane, str] = {
    Lane.GENERAL: marked("It takes the message for a general question and answers on the topic."),
    Lane.INDIVIDUAL: marked(
        "It takes the message for an own matter: it tells how to reach a person, and one must go on."
    ),
    Lane.CRISIS: marked(
        "It sees a sign of danger: the numbers go out at once, alone, and staff are alerted."
    ),
    Lane.CLARIFY: marked("It is not sure of the topic and offers some to choose from."),
    Lane.GREETING: marked("It takes the message for a greeting or thanks."),
    Lane.UNKNOWN: marked("It does not recognise the message: it gives general advice."),
}

TRIED_AT_MOST = 2000

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Example:
    """A misunderstood message; ``personal`` is what the program still sees in it."""

    row: MisunderstandingRow
    text: str
    personal: Sequence[str]


@routes.get("/topics")
def listing(visit: Staff) -> Response:
    return _show(visit)


@routes.post("/topics")
def try_message(visit: Staff, form: StaffForm) -> Response:
    """What the bot would do, by the code that answers residents. Nothing is stored, nothing is sent."""
    text = form.get("text", "")[:TRIED_AT_MOST]
    return _show(
        visit, text=text, tried=_asking(visit).explain(text, now=visit.moments.now) if text else None
    )


@routes.get("/topics/{topic}")
def one(topic: str, visit: Staff, done: str = "") -> Response:
    _require_topic(topic)
    with visit.site.bot.database.read() as session:
        off = topic_choices.turned_off(session)
    by_language: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for language, phrase in examples(read_topic(visit.site.bot.templates, topic)):
        by_language.setdefault(language, []).append(phrase)
    return render(
        visit,
        "topic.html",
        topic=topic,
        examples=by_language,
        is_off=topic in off,
        may_turn=visit.holds(Role.APPROVER) and topic != Topic.OTHER,
        done=done,
    )


@routes.post("/topics/{topic}")
def turn(topic: str, visit: Staff, form: StaffForm) -> Response:
    _require_topic(topic)
    on = form.get("on") == "yes"
    with visit.site.bot.database.write() as session:
        topic_choices.turn(session, topic, on=on, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/topics/{topic}?done={'topic_on' if on else 'topic_off'}")


@routes.get("/misunderstood")
def collection(visit: Staff, done: str = "") -> Response:
    cipher = visit.site.bot.database.cipher
    with visit.site.bot.database.read() as session:
        rows = misunderstandings.everything(session)
    found = [
        Example(row=row, text=text, personal=kinds(text))
        for row in rows
        for text in (cipher.open(row.text_sealed),)
    ]
    return render(
        visit,
        "misunderstood.html",
        unread=[each for each in found if each.row.reviewed_at is None],
        kept=[each for each in found if each.row.reviewed_at is not None],
        retention=visit.organisation.retention.days,
        may_review=visit.holds(Role.WRITER),
        done=done,
    )


@routes.get("/misunderstood/{name}.tsv")
def export(name: str, visit: Staff) -> Response:
    """Confirmed examples for ``social-bot evaluate``."""
    if name not in ("topics", "danger"):
        raise NotFound("There is no such file. Go back and use the links of the page.")
    database = visit.site.bot.database
    with database.read() as session:
        content = misunderstandings.export_tsv(session, danger=name == "danger", cipher=database.cipher)
    return Response(
        content,
        media_type="text/tab-separated-values; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="misunderstood-{name}.tsv"',
            "Cache-Control": "no-store",
        },
    )


@routes.post("/misunderstood/{row_id}/confirm")
def confirm(row_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    database = visit.site.bot.database
    with database.write() as session:
        misunderstandings.confirm(
            session, row_id, by=visit.worker.name, cipher=database.cipher, now=visit.moments.now
        )
    return see_other("/misunderstood?done=example_kept")


@routes.post("/misunderstood/{row_id}/delete")
def delete(row_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        misunderstandings.forget(session, row_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/misunderstood?done=example_deleted")


def _show(visit: StaffVisit, *, text: str = "", tried: Mapping[str, Any] | None = None) -> Response:
    with visit.site.bot.database.read() as session:
        off = topic_choices.turned_off(session)
        collected = len(misunderstandings.everything(session))
    return render(
        visit,
        "topics.html",
        topics=[topic.value for topic in Topic],
        off=off,
        collected=collected,
        text=text,
        tried=tried,
        does=WHAT_THE_BOT_DOES,
        lanes=Lane,
        done="",
    )


def _asking(visit: StaffVisit) -> Asking:
    bot, now = visit.site.bot, visit.moments.now
    with bot.database.read() as session:
        organisation = visit.organisation
        return Asking(
            models=bot.models,
            library=load_library(
                session,
                bot.models.topics,
                approved_only=pages.any_live(session),
                today=organisation.today(now),
            ),
            organisation=organisation,
            somebody_reads=duty.is_somebody_on_duty(session, organisation, now=now),
            is_stopped=any(each.page_id is None and each.holds_answers for each in stop.standing(session)),
            topics_off=topic_choices.turned_off(session),
        )


def _require_topic(topic: str) -> None:
    if topic not in set(Topic):
        raise NotFound('There is no topic "{topic}". See the list of topics.', topic=topic)
