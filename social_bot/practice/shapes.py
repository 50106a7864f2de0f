"""Pages, posts and photos as Graph shows them.

Field names: https://developers.facebook.com/docs/graph-api/reference/page-post and its neighbours.
"""

from collections.abc import Sequence

from sqlalchemy import select

from social_bot.practice import discussion, insights
from social_bot.practice import fields as expressions
from social_bot.practice.call import Call, graph_time
from social_bot.practice.faults import Fault
from social_bot.practice.fields import Field
from social_bot.practice.state import PageRow, PhotoRow, PostRow

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
            "messaging_feature_status": lambda _: {"hop_v2": not Fault.from_json(page.fault).is_unrouted},
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
            "from": lambda _: _author(call),
            "shares": lambda _: {"count": post.shares} if post.shares else None,
            "full_picture": lambda _: _first_picture(call, post),
            "picture": lambda _: _first_picture(call, post),
            "attachments": lambda field: _attachments(call, post, field) or None,
            "comments": lambda field: discussion.inner_comments(call, post.id, field),
            "reactions": lambda field: discussion.inner_reactions(call, post.id, field),
            "likes": lambda field: discussion.inner_reactions(call, post.id, field, kind="LIKE"),
            "insights": lambda field: insights.inner_post_insights(call, post, field),
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
            "from": lambda _: _author(call),
            "can_delete": lambda _: True,
        },
        usual="created_time name id",
        known=_KNOWN_OF_PHOTO,
    )


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


def _author(call: Call) -> dict[str, object] | None:
    return {"id": call.page.id, "name": call.page.name} if call.page else None
