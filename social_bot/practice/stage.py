"""Everything that tests, the demo and the views do with the practice Page, each in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from social_bot.practice import account, residents
from social_bot.practice.call import PracticeConfig
from social_bot.practice.faults import Fault
from social_bot.practice.residents import Scene
from social_bot.practice.state import MessageRow, PageRow, PhotoRow, PostRow, ResidentRow, Store, ThreadRow

# Who lives here from the start; the residents who play by themselves are these.
PEOPLE = (
    ("7100000001", "Testi Asukas"),
    ("7100000002", "Prova Invånare"),
    ("7100000003", "Sample Resident"),
    ("7100000004", "Koe Kuntalainen"),
)


@dataclass(frozen=True, kw_only=True)
class PracticePage:
    id: str
    name: str
    followers: int


@dataclass(frozen=True, kw_only=True)
class PracticeMessage:
    """One message of a conversation as tests and the demo read it."""

    mid: str
    is_from_page: bool
    text: str | None
    at: datetime
    content: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class PracticePost:
    id: str
    message: str | None
    link: str | None
    is_published: bool
    at: datetime
    alt_texts: Sequence[str]


class Stage:
    """The Pages of one database file, and what may be done to them by name."""

    def __init__(self, config: PracticeConfig, *, clock: Callable[[], datetime]) -> None:
        self.config = config
        self.clock = clock
        self.store = Store(config.database)

    @property
    def user_token(self) -> str:
        """The practice user's token, for ``/me/accounts``."""
        return account.user_token(self.config)

    def add_page(
        self,
        page_id: str,
        name: str,
        token: str,
        *,
        followers: int = 250,
        token_expires_at: datetime | None = None,
    ) -> None:
        """Add the Page, or change what is given of one that is there. Some residents live on it at once."""
        with self.store.transaction() as session:
            row = session.get(PageRow, page_id)
            if row is None:
                row = PageRow(id=page_id, created_at=self.clock())
                session.add(row)
            row.name, row.token, row.followers = name, token, followers
            row.app_id, row.token_expires_at = self.config.app_id, token_expires_at
            session.flush()
            for psid, person in PEOPLE:
                residents.resident(session, row, psid, self.clock(), name=person)

    def pages(self) -> list[PracticePage]:
        """In the order in which they were added."""
        with self.store.transaction() as session:
            rows = session.scalars(select(PageRow).order_by(PageRow.created_at, PageRow.id))
            return [PracticePage(id=row.id, name=row.name, followers=row.followers) for row in rows]

    def set_fault(self, page_id: str, fault: Fault) -> None:
        """Replaces what was switched on before; ``Fault()`` ends all trouble."""
        with self.store.transaction() as session:
            residents.page_of(session, page_id).fault = fault.to_json()

    def fault(self, page_id: str) -> Fault:
        with self.store.transaction() as session:
            return Fault.from_json(residents.page_of(session, page_id).fault)

    @contextmanager
    def scene(self, page_id: str, psid: str, *, name: str | None = None) -> Iterator[Scene]:
        """A resident on a Page, for one transaction; somebody new comes into being."""
        with self.store.transaction() as session:
            page, now = residents.page_of(session, page_id), self.clock()
            who = residents.resident(session, page, psid, now, name=name)
            yield Scene(session=session, page=page, who=who, now=now)

    @contextmanager
    def view(self, page_id: str, psid: str) -> Iterator[Scene]:
        """The same for looking on: a stranger looks as the first who lives here."""
        with self.store.transaction() as session:
            page = residents.page_of(session, page_id)
            who = session.get(ResidentRow, (page_id, psid)) or residents.everybody(session, page)[0]
            yield Scene(session=session, page=page, who=who, now=self.clock())

    def write_as_resident(
        self,
        page_id: str,
        psid: str,
        *,
        text: str | None = None,
        payload: str | None = None,
        attachment: str | None = None,
        name: str | None = None,
    ) -> str:
        """Returns the mid. ``payload`` with ``text``: a quick reply; alone: a postback button."""
        with self.scene(page_id, psid, name=name) as scene:
            if payload is not None and text is None:
                return residents.press(scene, title=payload, payload=payload).mid
            return residents.write(scene, text=text, payload=payload, attachment=attachment).mid

    def write_as_staff(self, page_id: str, psid: str, *, text: str) -> str:
        """Somebody answers in the platform's own inbox and so takes the thread. Returns the mid."""
        with self.scene(page_id, psid) as scene:
            return residents.answer_as_staff(scene, text=text).mid

    def hand_back(self, page_id: str, psid: str) -> None:
        """Staff hand the thread back to the app."""
        with self.scene(page_id, psid) as scene:
            residents.hand_back(scene)

    def comment_as_resident(
        self, page_id: str, psid: str, *, object_id: str, text: str, name: str | None = None
    ) -> str:
        """Comment on a post or reply to a comment. Returns the comment's id."""
        with self.scene(page_id, psid, name=name) as scene:
            return residents.comment(scene, object_id=object_id, text=text).id

    def react_as_resident(
        self, page_id: str, psid: str, *, post_id: str, kind: str = "LIKE", name: str | None = None
    ) -> None:
        with self.scene(page_id, psid, name=name) as scene:
            residents.react(scene, post_id=post_id, kind=kind)

    def conversation(self, page_id: str, psid: str) -> list[PracticeMessage]:
        """Oldest first; empty when they never spoke."""
        query = (
            select(MessageRow)
            .join(ThreadRow, ThreadRow.id == MessageRow.thread_id)
            .where(ThreadRow.page_id == page_id, ThreadRow.psid == psid)
            .order_by(MessageRow.number)
        )
        with self.store.transaction() as session:
            return [
                PracticeMessage(
                    mid=row.mid,
                    is_from_page=row.is_from_page,
                    text=row.text,
                    at=row.created_at,
                    content=row.content,
                )
                for row in session.scalars(query)
            ]

    def posts(self, page_id: str) -> list[PracticePost]:
        """Newest first, unpublished ones too."""
        query = select(PostRow).where(PostRow.page_id == page_id).order_by(PostRow.created_at.desc())
        photos = select(PhotoRow).where(PhotoRow.page_id == page_id).order_by(PhotoRow.position)
        with self.store.transaction() as session:
            pictures = list(session.scalars(photos))
            return [
                PracticePost(
                    id=row.id,
                    message=row.message,
                    link=row.link,
                    is_published=row.is_published,
                    at=row.created_at,
                    alt_texts=[photo.alt_text or "" for photo in pictures if photo.post_id == row.id],
                )
                for row in session.scalars(query)
            ]
