"""Topics that the organisation answers itself: the bot gives general advice there, and a person goes on."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from social_bot.answering.topics import Topic
from social_bot.errors import InvalidInput
from social_bot.organisation import audit, operators
from social_bot.organisation.roles import Role


class TopicOffRow(SQLModel, table=True):
    """A row for each topic whose automatic answer is turned off."""

    __tablename__ = "topic_off"
    topic: str = Field(primary_key=True, max_length=60)
    by: str = Field(max_length=160)
    at: datetime


def turned_off(session: Session) -> frozenset[str]:
    return frozenset(session.exec(select(TopicOffRow.topic)).all())


def turn(session: Session, topic: str, *, on: bool, by: str, now: datetime) -> None:
    """Let the bot answer on a topic, or leave it to people. Approvers decide, for it changes what is said."""
    operators.require(session, by, Role.APPROVER)
    if topic not in set(Topic) or topic == Topic.OTHER:
        raise InvalidInput('There is no topic "{topic}".', topic=topic)
    row = session.get(TopicOffRow, topic)
    if on and row is not None:
        session.delete(row)
    elif not on and row is None:
        session.add(TopicOffRow(topic=topic, by=by, at=now))
    else:
        return
    audit.record(
        session, at=now, actor=by, action="topic.on" if on else "topic.off", subject=f"topic:{topic}"
    )
