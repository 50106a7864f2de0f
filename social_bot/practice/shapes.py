"""Rows as Graph shows them: the fields of a Page, post, photo and comment.

Field names: https://developers.facebook.com/docs/graph-api/reference/page-post and its neighbours.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from social_bot.practice import fields as expressions
from social_bot.practice.call import Call
from social_bot.practice.fields import Field
from social_bot.practice.paging import inner_page
from social_bot.practice.state import CommentRow, MessageRow, PageRow, PhotoRow, PostRow, ReactionRow

_PRIVATE_REPLY_DAYS = 7
USUAL_OF_ACCOUNT = tuple(Field(name=name) for name in ["access_token", "category", "name", "id", "tasks"])
TASKS = ("ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE")

_KNOWN_OF_PAGE = frozenset(
    [
        "about",
        "bio",
        "business",
        "contact_address",
        "cover",
        "description",
        "emails",
        "has_transitioned_to_new_page_experience",
        "hours",
        "instagram_business_account",
        "is_verified",
        "location",
        "overall_star_rating",
        "phone",
        "picture",
        "rating_count",
        "username",
        "verification_status",
        "website",
    ]
)
_KNOWN_OF_POST = frozenset(
    [
        "actions",
        "admin_creator",
        "backdated_time",
        "call_to_action",
        "child_attachments",
        "coordinates",
        "event",
        "feed_targeting",
        "height",
        "icon",
        "is_expired",
        "is_popular",
        "is_spherical",
        "message_tags",
        "parent_id",
        "place",
        "privacy",
        "promotable_id",
        "properties",
        "story",
        "story_tags",
        "subscribed",
        "target",
        "targeting",
        "timeline_visibility",
        "via",
        "width",
    ]
)
_KNOWN_OF_COMMENT = frozenset(
    ["admin_creator", "application", "live_broadcast_timestamp", "message_tags", "object", "user_likes"]
)
_KNOWN_OF_PHOTO = frozenset(
    [
        "album",
        "backdated_time",
        "can_backdate",
        "can_tag",
        "event",
        "height",
        "icon",
        "name_tags",
        "place",
        "position",
        "target",
        "webp_images",
        "width",
    ]
)


def graph_time(moment: datetime) -> str:
    """``2026-11-24T07:00:00+0000``: no colon in the offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


def show_page(call: Call, page: PageRow, asked: Sequence[Field]) -> dict[str, object]:
    return expressions.select(
        "Page",
        asked,
        {
            "id": lambda _: page.id,
            "name": lambda _: page.name,
            "access_token": lambda _: page.token,
            "category": lambda _: "Social Service",
            "link": lambda _: call.address(f"/pages/{page.id}"),
            "fan_count": lambda _: page.followers,
            "followers_count": lambda _: page.followers,
            "is_published": lambda _: True,
            "is_webhooks_subscribed": lambda _: bool(page.subscribed_fields),
            "has_added_app": lambda _: True,
            "tasks": lambda _: list(TASKS),
            "messaging_feature_status": lambda _: {"hop_v2": True},
        },
        usual="name id",
        known=_KNOWN_OF_PAGE,
    )


def show_post(call: Call, post: PostRow, asked: Sequence[Field]) -> dict[str, object]:
    return expressions.select(
        "Post",
        asked,
        {
            "id": lambda _: post.id,
            "message": lambda _: post.message,
            "created_time": lambda _: graph_time(post.created_at),
            "updated_time": lambda _: graph_time(post.updated_at),
            "permalink_url": lambda _: call.address(f"/pages/{post.page_id}#post-{post.id}"),
            "link": lambda _: post.link,
            "is_published": lambda _: post.is_published,
            "is_hidden": lambda _: post.is_hidden,
            "is_eligible_for_promotion": lambda _: True,
            "can_reply_privately": lambda _: False,
            "status_type": lambda _: post.status_type,
            "scheduled_publish_time": lambda _: post.scheduled_at and int(post.scheduled_at.timestamp()),
            "application": lambda _: post.app_id and {"id": post.app_id, "name": "social_bot"},
            "from": lambda _: _author_of_post(call, post),
            "shares": lambda _: {"count": post.shares} if post.shares else None,
            "full_picture": lambda _: _first_picture(call, post),
            "picture": lambda _: _first_picture(call, post),
            "attachments": lambda field: _attachments(call, post, field) or None,
            "comments": lambda field: inner_comments(call, post.id, field),
            "reactions": lambda field: inner_reactions(call, post.id, field),
            "likes": lambda field: inner_reactions(call, post.id, field, kind="LIKE"),
        },
        usual="created_time message id",
        known=_KNOWN_OF_POST,
    )


def show_photo(call: Call, photo: PhotoRow, asked: Sequence[Field]) -> dict[str, object]:
    return expressions.select(
        "Photo",
        asked,
        {
            "id": lambda _: photo.id,
            "name": lambda _: photo.caption,
            "alt_text": lambda _: photo.alt_text or "",
            "alt_text_custom": lambda _: photo.alt_text,
            "created_time": lambda _: graph_time(photo.created_at),
            "updated_time": lambda _: graph_time(photo.created_at),
            "page_story_id": lambda _: photo.post_id,
            "link": lambda _: call.address(f"/pages/{photo.page_id}"),
            "picture": lambda _: photo_address(call, photo),
            "images": lambda _: [{"source": photo_address(call, photo)}],
            "from": lambda _: {"id": photo.page_id, "name": call.page.name if call.page else ""},
            "can_delete": lambda _: True,
        },
        usual="created_time name id",
        known=_KNOWN_OF_PHOTO,
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


def photos_of(call: Call, post_id: str) -> list[PhotoRow]:
    query = select(PhotoRow).where(PhotoRow.post_id == post_id).order_by(PhotoRow.position)
    return list(call.session.scalars(query))


def photo_address(call: Call, photo: PhotoRow) -> str:
    return photo.source_url or call.address(f"/photos/{photo.id}")


def attachments_of(call: Call, post: PostRow) -> list[dict[str, object]]:
    """One ``photo``, an ``album`` of several, a ``share`` of a link, or nothing."""
    pictures = [_picture_attachment(call, photo) for photo in photos_of(call, post.id)]
    if len(pictures) > 1:
        return [
            {"type": "album", "media_type": "album", "title": "Photos", "subattachments": {"data": pictures}}
        ]
    if pictures:
        return pictures
    if post.link:
        return [
            {
                "type": "share",
                "media_type": "link",
                "url": post.link,
                "unshimmed_url": post.link,
                "title": post.link,
            }
        ]
    return []


def _attachments(call: Call, post: PostRow, field: Field) -> dict[str, object] | None:
    data = attachments_of(call, post)
    if field.inner:
        names = {inner.name for inner in field.inner}
        data = [{name: value for name, value in one.items() if name in names} for one in data]
    return {"data": data} if data else None


def _picture_attachment(call: Call, photo: PhotoRow) -> dict[str, object]:
    address = photo_address(call, photo)
    return {
        "type": "photo",
        "media_type": "photo",
        "description": photo.caption or "",
        "media": {"image": {"src": address}},
        "target": {"id": photo.id, "url": address},
        "url": address,
    }


def _first_picture(call: Call, post: PostRow) -> str | None:
    photos = photos_of(call, post.id)
    return photo_address(call, photos[0]) if photos else None


def _author_of_post(call: Call, post: PostRow) -> dict[str, object]:
    if call.page is not None and post.author_id == call.page.id:
        return {"id": call.page.id, "name": call.page.name}
    return {"id": post.author_id}


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
