"""Comments under the page's posts, and visitors' posts: read, weighed, followed until they end.

Danger is looked for in whatever is written, in every state. An edit is weighed again; what the platform
tells as hidden is hidden here; of what it tells as removed nothing is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.answering import comment_store as store
from social_bot.answering.briefing import Briefing
from social_bot.answering.comment_deeds import (
    BOT,
    THE_PAGE,
    confirm_done,
    mark_answered,
    note,
    tell_of_missing_text,
    write_privately,
    write_reply,
)
from social_bot.answering.comment_policy import CommentDecision, Matter, Remark, Setting, decide_comment
from social_bot.answering.comment_store import About, CommentRow, DeedKind, DeedRow, Outcome
from social_bot.answering.comment_texts import Texts
from social_bot.answering.recognition import Models, recognise
from social_bot.channels.ports import InboundEvent
from social_bot.organisation import alerts, pages, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.pages import PageRow
from social_bot.organisation.personal_data import mask
from social_bot.storage.engine import Database, insert_new

_WRITTEN = ("comment", "post")
_ABOUT_US = ("mention", "rating")
_HOLDS_COMMENTS = (*_WRITTEN, "album", "event", "photo", "share", "status", "video")
_SAME_DANGER = timedelta(hours=24)
_NOTHING = "nothing to do"


@dataclass(frozen=True, kw_only=True)
class _Place:
    """The thread in which something was written; ``is_known`` is False where its beginning is not."""

    index: str
    platform_id: str
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class Comments:
    database: Database
    models: Models
    briefing: Briefing

    def take(self, session: Session, event: InboundEvent, event_id: int, *, now: datetime) -> str:
        """Apply one event; the returned note says what was done, without a word of its content."""
        if event.item in _ABOUT_US and event.message_id is None:
            return self._watch(session, event, event_id, now=now)
        if event.message_id is None or event.item not in (*_HOLDS_COMMENTS, *_ABOUT_US):
            return _NOTHING
        index = self.database.index(event.message_id)
        if event.action == "remove":
            return self._remove(session, event, index, now=now)
        if event.item not in (*_WRITTEN, *_ABOUT_US):
            return _NOTHING
        if event.item in _ABOUT_US and event.contact_id == event.page_id:
            return "the page's own words"
        ours = store.find_result(session, event.page_id, index)
        if ours is not None or event.contact_id == event.page_id:
            return "our own answer" if ours else self._hear_page(session, event, index, now=now)
        if event.action in ("add", "edit"):
            return self._read(session, event, event_id, index, now=now)
        if event.action in ("hide", "unhide"):
            return self._mirror(session, event, index, now=now)
        return _NOTHING

    def _watch(self, session: Session, event: InboundEvent, event_id: int, *, now: datetime) -> str:
        """What somebody wrote about the page, where the platform does not say which writing it is."""
        if not event.text or event.contact_id == event.page_id:
            return _NOTHING
        if recognise(event.text, previous_language=None, models=self.models).crisis is None:
            return "no sign of danger"
        alerts.raise_alert(session, AlertKind.CRISIS, f"event:{event_id}", now=now)
        return "danger in public"

    def _read(
        self, session: Session, event: InboundEvent, event_id: int, index: str, *, now: datetime
    ) -> str:
        recognition = None
        if event.text and event.text.strip():
            recognition = recognise(event.text, previous_language=None, models=self.models)
        comment = self._row(session, event, index, now=now)
        crisis = recognition.crisis if recognition else None
        if crisis is not None:
            alerts.raise_alert(
                session, AlertKind.CRISIS, comment.subject, now=now, occasion=f"event:{event_id}"
            )
        if comment.is_removed:
            return "removed before it was read"
        place = self._place(session, event, index)
        page = pages.get(session, event.page_id)
        author = self.database.index(f"author:{event.contact_id}") if event.contact_id else None
        decision = decide_comment(
            Remark(
                recognition=recognition,
                asks="?" in (event.text or ""),
                written_at=comment.written_at,
                has_author=author is not None,
                is_post=comment.is_post,
                is_edit=event.action == "edit",
                is_hidden=comment.is_hidden,
                is_elsewhere=comment.about.is_elsewhere,
            ),
            Setting(
                page_answers=page.answers_comments,
                thread_is_free=place.is_known
                and store.find_once(session, page.id, DeedKind.REPLY, place.index) is None
                and not store.has_danger(session, page.id, place.index),
                is_stopped=stop.holds_answers(stop.standing(session), page.id),
                topics_off=self.briefing.desk.topics_off,
                was_written_to=author is not None
                and crisis is not None
                and store.has_written_to(session, author, crisis, since=now - _SAME_DANGER),
            ),
            now=now,
        )
        is_late = event.action == "add" and comment.matter is not None
        if is_late and decision.matter is not Matter.DANGER:
            return "stored before"
        if not self._take(session, comment, decision, now=now):
            return "changed, which changes nothing"
        if decision.waits_for_person or decision.answers:
            self._keep(comment, event, place, author)
            comment.personal_data = [kind.value for kind in recognition.personal_data] if recognition else []
        self._apply(session, comment, decision, page, now=now)
        session.add(comment)
        return f"{decision.matter.value}: {comment.reason}"

    def _take(
        self, session: Session, comment: CommentRow, decision: CommentDecision, *, now: datetime
    ) -> bool:
        """Whether the new decision stands: for a changed comment only what asks a person to look again."""
        before = comment.matter
        if before is not None and decision.matter is not Matter.DANGER:
            if before is Matter.DANGER:
                return False
            if not decision.waits_for_person and comment.waits_for_person:
                comment.settle(Outcome.CHANGED, by=BOT, now=now)
                session.add(comment)
                return False
            is_worse = decision.matter is Matter.PERSONAL_DATA or decision.matter.is_before(before)
            if not comment.waits_for_person and not is_worse:
                return False
        comment.matter, comment.reason, comment.crisis = decision.matter, decision.reason, decision.crisis
        comment.topic = decision.topic.value if decision.topic else None
        comment.languages, comment.keys = list(decision.languages), list(decision.keys)
        return True

    def _keep(self, comment: CommentRow, event: InboundEvent, place: _Place, author: str | None) -> None:
        seal = self.database.cipher.seal
        if event.action == "edit" or comment.text_sealed is None:  # an edit may have come before its comment
            comment.text_sealed = seal(mask(event.text or ""))
        comment.comment_sealed, comment.thread_sealed = seal(event.message_id or ""), seal(place.platform_id)
        comment.thread_index, comment.author_index = place.index, author

    def _apply(
        self,
        session: Session,
        comment: CommentRow,
        decision: CommentDecision,
        page: PageRow,
        *,
        now: datetime,
    ) -> None:
        texts = Texts(
            library=self.briefing.library(session, is_live=page.is_live),
            organisation=self.briefing.organisation,
            now=now,
            somebody_reads=self.briefing.desk.somebody_reads,
        )
        if decision.answers and self._answer(session, comment, texts, now=now):
            comment.settle(Outcome.AUTOMATIC, by=BOT, now=now)
        elif decision.waits_for_person or decision.answers:
            comment.reopen()
            note(session, comment, "comment.propose", by=BOT, now=now)
        else:
            comment.settle(Outcome.NOTHING, by=BOT, now=now)
        if decision.writes_privately:
            written = texts.private(comment)
            if written is None:
                tell_of_missing_text(session, comment, now=now)
            else:
                write_privately(session, comment, written, by=BOT, now=now, cipher=self.database.cipher)

    def _answer(self, session: Session, comment: CommentRow, texts: Texts, *, now: datetime) -> bool:
        """Write the one public answer of the thread down; False where a person must decide after all."""
        written = texts.public(comment, is_automatic=True)
        if written is None:
            tell_of_missing_text(session, comment, now=now)
            comment.reason = "no approved text"
            return False
        if not write_reply(session, comment, written, by=BOT, now=now, cipher=self.database.cipher):
            comment.reason = "the page has answered in this thread"
            return False
        return True

    def _hear_page(self, session: Session, event: InboundEvent, index: str, *, now: datetime) -> str:
        """The page has written: we did, or a colleague at the platform, who has then answered the thread."""
        if event.action != "add" or event.item != "comment":
            return "the page's own words"
        place = self._place(session, event, index)
        if place.index == index:
            return "the page's own words"  # under a post of its own
        for ours in store.list_being_sent(session, event.page_id, place.index):
            if self._has_text(ours, event.text):  # Facebook may tell of our reply before it answers our call
                confirm_done(ours, event.message_id, database=self.database, now=now)
                session.add(ours)
                return "our own answer"
        deed = store.find_once(session, event.page_id, DeedKind.REPLY, place.index, for_update=True)
        mark_answered(session, event.page_id, place.index, deed, now=now)
        for comment in store.list_under(session, event.page_id, place.index):
            if comment.waits_for_person and (comment.matter or Matter.CHAT) not in _NEED_MORE:
                comment.settle(Outcome.ANSWERED_THERE, by=THE_PAGE, now=now)
                session.add(comment)
                note(session, comment, "comment.answered_there", by=THE_PAGE, now=now)
        return "the page has answered"

    def _has_text(self, deed: DeedRow, text: str | None) -> bool:
        return (
            deed.text_sealed is not None
            and self.database.cipher.open(deed.text_sealed).strip() == (text or "").strip()
        )

    def _mirror(self, session: Session, event: InboundEvent, index: str, *, now: datetime) -> str:
        comment = self._row(session, event, index, now=now)
        is_hidden = event.action == "hide"
        if comment.is_hidden is not is_hidden:
            comment.is_hidden = is_hidden
            session.add(comment)
            note(session, comment, f"comment.{event.action}", by=THE_PAGE, now=now)
        return "hidden" if is_hidden else "shown again"

    def _remove(self, session: Session, event: InboundEvent, index: str, *, now: datetime) -> str:
        """With a comment its replies disappear, and with a post its comments."""
        ours = store.find_result(session, event.page_id, index)
        if ours is not None:
            ours.result_sealed, ours.note = None, "taken away"
            session.add(ours)
        elif event.item in _WRITTEN and event.contact_id != event.page_id:
            self._row(session, event, index, now=now)  # what arrives later is of something removed
        for comment in store.list_under(session, event.page_id, index):
            comment.is_removed = True
            if comment.matter is not Matter.DANGER or not comment.waits_for_person:
                comment.settle(Outcome.GONE, by=THE_PAGE, now=now)
            comment.erase()
            session.add(comment)
            note(session, comment, "comment.removed", by=THE_PAGE, now=now)
        return "removed"

    def _row(self, session: Session, event: InboundEvent, index: str, *, now: datetime) -> CommentRow:
        comment = store.find_comment(session, event.page_id, index, for_update=True)
        if comment is not None:
            return comment
        row = CommentRow(
            page_id=event.page_id,
            comment_index=index,
            thread_index=self._place(session, event, index).index,
            post_index=self.database.index(event.post_id) if event.post_id else None,
            is_post=event.item == "post",
            about=About(event.item) if event.item in set(About) else About.COMMENT,
            written_at=min(event.occurred_at or now, now),
            seen_at=now,
        )
        insert_new(session, CommentRow, [row.model_dump(exclude={"id"})])
        return self._row(session, event, index, now=now)

    def _place(self, session: Session, event: InboundEvent, index: str) -> _Place:
        """The page answers under the first comment of a thread, or under a visitor's post."""
        cipher, parent_id = self.database.cipher, event.payload
        if parent_id is None and event.post_id is not None and event.post_id != event.message_id:
            post_index = self.database.index(event.post_id)
            post = store.find_comment(session, event.page_id, post_index)
            if post is not None and event.contact_id == event.page_id:
                return _Place(index=post_index, platform_id=event.post_id, is_known=True)
        if parent_id is None:
            return _Place(index=index, platform_id=event.message_id or "", is_known=True)
        parent_index = self.database.index(parent_id)
        parent = store.find_comment(session, event.page_id, parent_index)
        if parent is not None:
            root = cipher.open(parent.thread_sealed) if parent.thread_sealed else parent_id
            return _Place(index=parent.thread_index, platform_id=root, is_known=True)
        ours = store.find_result(session, event.page_id, parent_index)
        if ours is not None and ours.once_key is not None:
            root = cipher.open(ours.target_sealed) if ours.target_sealed else parent_id
            return _Place(index=ours.once_key, platform_id=root, is_known=True)
        return _Place(index=parent_index, platform_id=parent_id, is_known=False)


_NEED_MORE = (Matter.DANGER, Matter.PERSONAL_DATA)
"""What a public answer does not settle."""
