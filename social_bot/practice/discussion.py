"""Comments and reactions as Graph shows them.

Field names: https://developers.facebook.com/docs/graph-api/reference/comment
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from social_bot.practice import fields as expressions
from social_bot.practice.call import Call, graph_time
from social_bot.practice.fields import Field
from social_bot.practice.paging import inner_page
from social_bot.practice.state import CommentRow, MessageRow, ReactionRow

_PRIVATE_REPLY_DAYS = 7
_KNOWN_OF_COMMENT = frozenset(
    ["admin_creator", "application", "live_broadcast_timestamp", "message_tags", "object", "user_likes"]
)


def show_comment(call: Call, comment: CommentRow, asked: Sequence[Field]) -> dict[str, object]:
    is_ours = comment.author_id == comment.page_id
    return expressions.select(
        "Comment",
        asked,
        {
            "id": lambda _: comment.id,
            "message": lambda _: comment.message,
            "created_time": lambda _: graph_time(comment.created_at),
            "from": lambda _: {"id": comment.author_id, "name": comment.author_name},
            "parent": lambda _: _parent(call, comment),
            "is_hidden": lambda _: comment.is_hidden,
            "is_private": lambda _: False,
            "can_hide": lambda _: not is_ours,
            "can_remove": lambda _: True,
            "can_comment": lambda _: True,
            "can_like": lambda _: True,
            "can_reply_privately": lambda _: may_be_replied_privately(comment, call.now),
            "comment_count": lambda _: len(comments_of(call, comment.id)),
            "like_count": lambda _: len(reactions_of(call, comment.id, kind="LIKE")),
            "permalink_url": lambda _: call.address(f"/pages/{comment.page_id}#comment-{comment.id}"),
            "attachment": lambda _: _comment_attachment(comment),
            "private_reply_conversation": lambda _: _private_conversation(call, comment),
            "comments": lambda field: inner_comments(call, comment.id, field),
            "reactions": lambda field: inner_reactions(call, comment.id, field),
        },
        usual="created_time from message id",
        known=_KNOWN_OF_COMMENT,
    )


def comments_of(call: Call, object_id: str, *, whole_thread: bool = False) -> list[CommentRow]:
    """Oldest first: those straight under a post or comment, or a post's whole thread."""
    query = select(CommentRow).where(CommentRow.readable_at <= call.now).order_by(CommentRow.created_at)
    if whole_thread:
        query = query.where(CommentRow.post_id == object_id)
    else:
        query = query.where(
            (CommentRow.parent_id == object_id)
            | ((CommentRow.post_id == object_id) & CommentRow.parent_id.is_(None))
        )
    return list(call.session.scalars(query))


def inner_comments(call: Call, object_id: str, field: Field) -> dict[str, object]:
    rows = comments_of(call, object_id)
    return inner_page(
        field,
        rows,
        key=lambda row: row.id,
        shape=lambda row: show_comment(call, row, field.inner),
        summary={"order": "chronological", "total_count": len(rows), "can_comment": True},
    )


def inner_reactions(
    call: Call, object_id: str, field: Field, *, kind: str | None = None
) -> dict[str, object]:
    rows = reactions_of(call, object_id, kind=kind or field.modifiers.get("type"))
    return inner_page(
        field,
        rows,
        key=lambda row: row.author_id,
        shape=show_reaction,
        summary={"total_count": len(rows), "viewer_reaction": "NONE"},
    )


def show_reaction(reaction: ReactionRow) -> dict[str, object]:
    return {"id": reaction.author_id, "name": reaction.author_name, "type": reaction.kind}


def may_be_replied_privately(comment: CommentRow, now: datetime) -> bool:
    """Once, within seven days, and never to the Page itself."""
    is_fresh = (now - comment.created_at).days < _PRIVATE_REPLY_DAYS
    return is_fresh and comment.private_reply_mid is None and comment.author_id != comment.page_id


def _parent(call: Call, comment: CommentRow) -> dict[str, object] | None:
    parent = call.session.get(CommentRow, comment.parent_id) if comment.parent_id else None
    return show_comment(call, parent, ()) if parent else None


def reactions_of(call: Call, object_id: str, *, kind: str | None) -> list[ReactionRow]:
    query = select(ReactionRow).where(ReactionRow.object_id == object_id).order_by(ReactionRow.created_at)
    if kind:
        query = query.where(func.upper(ReactionRow.kind) == kind.upper())
    return list(call.session.scalars(query))


def _comment_attachment(comment: CommentRow) -> dict[str, object] | None:
    if not comment.attachment_url:
        return None
    return {"type": "photo", "url": comment.attachment_url}


def _private_conversation(call: Call, comment: CommentRow) -> dict[str, object] | None:
    query = select(MessageRow.thread_id).where(MessageRow.mid == comment.private_reply_mid)
    thread_id = call.session.scalar(query)
    return {"id": thread_id} if thread_id else None
