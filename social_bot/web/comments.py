"""Messages: comments that wait for a person, with what may be done about each, and what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.answering import comment_store as store
from social_bot.answering.comment_acts import Act, Choice, act_on, choices
from social_bot.answering.comment_policy import Matter
from social_bot.answering.comment_store import About, CommentRow, DeedRow, Outcome
from social_bot.answering.own_words import Concern, Doubtful
from social_bot.answering.replies import load_library
from social_bot.errors import InvalidInput, NotFound, SocialBotError
from social_bot.organisation import alerts, pages
from social_bot.organisation.roles import Role
from social_bot.planning import store as planning
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.storage.engine import Database
from social_bot.translations import marked
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_SETTLED_SHOWN = 20

MATTERS: Mapping[Matter, tuple[str, str, str]] = {
    Matter.DANGER: ("danger", "failed", marked("Danger")),
    Matter.PERSONAL_DATA: ("person", "missed", marked("Personal data in public")),
    Matter.INDIVIDUAL: ("person", "awaiting_approval", marked("Own matter")),
    Matter.TOPIC: ("message", "scheduled", marked("General question")),
    Matter.UNCLEAR: ("unconfirmed", "unconfirmed", marked("Not recognised")),
    Matter.CHAT: ("message", "draft", marked("Greeting or thanks")),
}
"""Symbol, colour and word."""

KINDS: Mapping[About, str] = {
    About.COMMENT: marked("Comment {id}"),
    About.POST: marked("Visitor's post {id}"),
    About.MENTION: marked("Mention {id}"),
    About.RATING: marked("Review {id}"),
}

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.REPLY: marked("Answered in public"),
    Outcome.HIDE: marked("Hidden"),
    Outcome.PRIVATE: marked("Hidden, and written to privately"),
    Outcome.LEAVE: marked("Left as it is"),
    Outcome.AUTOMATIC: marked("Answered by itself"),
    Outcome.ANSWERED_THERE: marked("Answered at Facebook"),
    Outcome.CHANGED: marked("Changed by its writer, nothing left to do"),
    Outcome.GONE: marked("Removed"),
    Outcome.EXPIRED: marked("Nobody decided in thirty days; the text was erased"),
}

REASONS: Mapping[str, str] = {
    "a post without words": marked("A visitor has posted something without words on the page."),
    "somebody may be in danger": marked(
        "Nothing is said in public. Where Facebook allows it, the emergency numbers went to the writer alone."
    ),
    "everybody can read personal data here": marked(
        "Everybody can read it. Hide the comment, and offer another way."
    ),
    "an own matter": marked(
        "Nobody's own matter is handled in public, and nothing tells whether we know them."
    ),
    "the topic is not certain": marked("The bot is not sure what it is about."),
    "the emergency stop holds automatic answers": marked(
        "Automatic answers are stopped. A person must answer."
    ),
    "the page leaves comments to people": marked("On this page people decide on every comment."),
    "a post by a visitor": marked("A visitor has written it on the page."),
    "it was changed": marked("Its writer has changed it."),
    "its author is not known": marked("Facebook does not tell who wrote it."),
    "it is hidden": marked("It is hidden."),
    "the page has answered in this thread": marked("The page has answered in this discussion already."),
    "the topic is a delicate one": marked("The topic is a delicate one to answer in public."),
    "its language is not certain": marked("The bot is not sure of its language."),
    "a review or a mention": marked("Somebody has written about the page. A person reads each of these."),
    "the topic is left to people": marked("Your unit answers on this topic itself."),
    "it was found late": marked("It is more than a day old."),
    "no approved text": marked("No approved text could be sent. A person must answer."),
}
"""Why a comment waits, by the reason that the policy gives."""

NOTES: Mapping[str, str] = {
    "the comment is gone": marked("It was not done, for the comment is gone."),
    "the comment is hidden": marked("It was not sent, for the comment is hidden."),
    "the platform's seven days have passed": marked("It was not sent, for seven days had passed."),
}

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A worker's own answer to one comment, as the form came back."""

    comment_id: int
    text: str
    problem: SocialBotError
    concerns: Sequence[Concern] = ()
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A comment in the list; ``post`` is our post under which it stands, where we know it."""

    row: CommentRow
    text: str | None
    choice: Choice
    deeds: Sequence[DeedRow]
    post: PostRow | None


@routes.get("/comments")
def comments(visit: Staff, done: str = "") -> Response:
    return _show(visit, done=done)


def _show(visit: StaffVisit, draft: Draft | None = None, *, done: str = "", status: int = 200) -> Response:
    bot, now = visit.site.bot, visit.moments.now
    with bot.database.read() as session:
        waiting, settled = store.list_waiting(session), store.list_settled(session, limit=_SETTLED_SHOWN)
        posts = _posts(session, bot.database)
        everyone = pages.everyone(session)
        libraries = {
            page.id: load_library(
                session, (), approved_only=page.is_live, today=visit.organisation.today(now)
            )
            for page in everyone
        }
        deeds = store.list_deeds(session, [row.id or 0 for row in (*waiting, *settled)])

        def line(row: CommentRow) -> Line:
            return Line(
                row=row,
                text=bot.database.cipher.open(row.text_sealed) if row.text_sealed else None,
                choice=choices(session, row, visit.organisation, now=now, library=libraries[row.page_id]),
                deeds=[deed for deed in deeds if deed.comment_id == row.id],
                post=posts.get(row.post_index or ""),
            )

        return render(
            visit,
            "comments.html",
            status=status,
            draft=draft,
            kinds=KINDS,
            may_take=visit.holds(Role.WRITER) or visit.holds(Role.DUTY),
            waiting=[line(row) for row in waiting],
            settled=[line(row) for row in settled],
            places=everyone,
            pages={page.id: page.name for page in everyone},
            may_decide=visit.holds(Role.WRITER),
            may_allow=visit.holds(Role.APPROVER),
            act=Act,
            matters=MATTERS,
            outcomes=OUTCOMES,
            reasons=REASONS,
            notes=NOTES,
            done=done,
        )


@routes.post("/comments/automatic/{page_id}")
def allow(page_id: str, visit: Staff, form: StaffForm) -> Response:
    allowed = form.get("allowed") == "yes"
    with visit.site.bot.database.write() as session:
        pages.let_answer_comments(
            session, page_id, allowed=allowed, by=visit.worker.name, now=visit.moments.now
        )
    return see_other(f"/comments?done={'comments_automatic' if allowed else 'comments_by_people'}")


@routes.post("/comments/{comment_id}/take")
def take(comment_id: int, visit: Staff, form: StaffForm) -> Response:
    """The worker takes care of the danger that showed in a comment."""
    del form
    with visit.site.bot.database.write() as session:
        alerts.take(session, f"comment:{comment_id}", by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/comments?done=acknowledged#comment-{comment_id}")


@routes.post("/comments/{comment_id}/{act}")
def decide(comment_id: int, act: str, visit: Staff, form: StaffForm) -> Response:
    if act not in set(Act):
        raise NotFound("There is nothing of that name to do. Go back and use the buttons of the page.")
    text = form.get("text", "").replace("\r\n", "\n")
    try:
        with visit.site.bot.database.write() as session:
            act_on(
                session,
                comment_id,
                Act(act),
                by=visit.worker.name,
                now=visit.moments.now,
                organisation=visit.organisation,
                cipher=visit.site.bot.database.cipher,
                digest=form.get("digest") or None,
                text=text,
            )
    except Doubtful as doubt:
        draft = Draft(
            comment_id=comment_id, text=text, problem=doubt, concerns=doubt.concerns, digest=doubt.digest
        )
        return _show(visit, draft, status=422)
    except InvalidInput as problem:
        return _show(visit, Draft(comment_id=comment_id, text=text, problem=problem), status=422)
    return see_other(f"/comments?done=comment_{act}")


def _posts(session: Session, database: Database) -> Mapping[str, PostRow]:
    """Our posts by the index under which a comment keeps its post."""
    published = planning.list_posts(session, states=[PostState.PUBLISHED])
    return {database.index(post.external_id): post for post in published if post.external_id}
