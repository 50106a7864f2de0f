"""Posts and photos: the calls that put them on the Page, change them, list them and take them away.

https://developers.facebook.com/docs/pages-api/posts and .../graph-api/reference/page/photos
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from social_bot.practice import events, shapes
from social_bot.practice.call import Call, Upload
from social_bot.practice.paging import answer_page
from social_bot.practice.refusals import Refusal, bad_parameter, no_such_object, not_written_by_this_app
from social_bot.practice.state import (
    CommentRow,
    PageRow,
    PhotoRow,
    PostRow,
    ReactionRow,
    new_number,
)

MOST_CHARACTERS = 63_206
SOONEST_SCHEDULE = timedelta(minutes=10)
LATEST_SCHEDULE = timedelta(days=30)  # Meta's own pages disagree (30 or 75 days); the narrower one is taught
UNATTACHED_PHOTO_LIFE = timedelta(hours=24)
_LARGEST_PHOTO = 10 * 1024 * 1024
_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}


def create_post(call: Call, page: PageRow) -> object:
    message, link = call.parameters.text("message"), call.parameters.text("link")
    photos = _attached(call, page)
    if not (message or link or photos):
        raise bad_parameter("You must supply at least one of message, link or attached_media")
    if link is not None and not link.startswith(("http://", "https://")):
        raise Refusal("(#1609005) The link you shared cannot be fetched", code=1609005)
    kind = "added_photos" if photos else "shared_story" if link else "mobile_status_update"
    post = _add_post(call, page, message=message, link=link, status_type=kind)
    _hold(post, photos)
    _tell_if_visible(call, page, post, "add")
    return {"id": post.id}


def create_photo(call: Call, page: PageRow) -> object:
    upload = next(iter(call.request.files.values()), None)
    url = call.parameters.text("url")
    if upload is None and url is None:
        raise Refusal("(#324) Requires upload file", code=324)
    if upload is None and url is not None and not url.startswith(("http://", "https://")):
        raise Refusal("(#324) Missing or invalid image file", code=324)
    caption = (
        call.parameters.text("caption") or call.parameters.text("message") or call.parameters.text("name")
    )
    photo = PhotoRow(
        id=new_number(call.session),
        page_id=page.id,
        content=upload.content if upload else None,
        media_type=_media_type(upload) if upload else None,
        source_url=None if upload else url,
        caption=caption,
        alt_text=call.parameters.text("alt_text_custom"),
        created_at=call.now,
        readable_at=call.now + call.read_lag,
    )
    call.session.add(photo)
    is_story = call.parameters.flag("published", default=True) or "scheduled_publish_time" in call.parameters
    if not is_story or call.parameters.flag("no_story", default=False):
        call.session.flush()
        return {"id": photo.id}
    post = _add_post(call, page, message=caption, link=None, status_type="added_photos")
    _hold(post, [photo])
    call.session.flush()
    _tell_if_visible(call, page, post, "add")
    return {"id": photo.id, "post_id": post.id}


def read_post(call: Call, post: PostRow) -> object:
    return shapes.show_post(call, post, call.fields)


def edit_post(call: Call, post: PostRow) -> object:
    page = _only_by_this_app(call, post)
    was_published = post.is_published
    if "message" in call.parameters:
        post.message = _message(call)
    if "attached_media" in call.parameters:
        _hold(post, _attached(call, page))
    if "scheduled_publish_time" in call.parameters:
        post.scheduled_at = _schedule(call)
    post.is_hidden = call.parameters.flag("is_hidden", default=post.is_hidden)
    post.is_pinned = call.parameters.flag("is_pinned", default=post.is_pinned)
    if call.parameters.flag("is_published", default=was_published) and not was_published:
        publish(call.session, page, post, call.now)
    else:
        post.updated_at = call.now
        _tell_if_visible(call, page, post, "edited")
    return {"success": True}


def delete_post(call: Call, post: PostRow) -> object:
    page = _only_by_this_app(call, post)
    remove_post(call.session, page, post, call.now)
    return {"success": True}


def list_posts(call: Call, page: PageRow) -> object:
    """``/feed``: everything, unpublished posts too."""
    return _list(call, page, lambda _: True)


def list_published_posts(call: Call, page: PageRow) -> object:
    return _list(call, page, lambda post: post.is_published)


def list_scheduled_posts(call: Call, page: PageRow) -> object:
    return _list(call, page, lambda post: not post.is_published and post.scheduled_at is not None)


def list_attachments(call: Call, post: PostRow) -> object:
    return {"data": shapes.attachments_of(call, post)}


def list_photos(call: Call, page: PageRow) -> object:
    query = select(PhotoRow).where(PhotoRow.page_id == page.id, PhotoRow.readable_at <= call.now)
    rows = list(call.session.scalars(query.order_by(PhotoRow.created_at.desc())))
    return answer_page(
        call, rows, key=lambda row: row.id, shape=lambda row: shapes.show_photo(call, row, call.fields)
    )


def read_photo(call: Call, photo: PhotoRow) -> object:
    return shapes.show_photo(call, photo, call.fields)


def edit_photo(call: Call, photo: PhotoRow) -> object:
    if "alt_text_custom" in call.parameters:
        photo.alt_text = call.parameters.text("alt_text_custom")
    return {"success": True}


def delete_photo(call: Call, photo: PhotoRow) -> object:
    call.session.delete(photo)
    return {"success": True}


def keep_house(session: Session, now: datetime) -> None:
    """What time alone does: scheduled posts come out, photos that no post holds vanish."""
    due = select(PostRow).where(PostRow.is_published.is_(False), PostRow.scheduled_at <= now)
    for post in session.scalars(due):
        page = session.get(PageRow, post.page_id)
        if page is not None:
            publish(session, page, post, now)
    session.execute(
        delete(PhotoRow).where(PhotoRow.post_id.is_(None), PhotoRow.created_at <= now - UNATTACHED_PHOTO_LIFE)
    )


def publish(session: Session, page: PageRow, post: PostRow, now: datetime) -> None:
    post.is_published = True
    post.scheduled_at = None
    post.created_at = post.updated_at = post.readable_at = now
    events.tell_post(session, page, post, "add", now)


def remove_post(session: Session, page: PageRow, post: PostRow, now: datetime) -> None:
    comment_ids = select(CommentRow.id).where(CommentRow.post_id == post.id)
    session.execute(
        delete(ReactionRow).where((ReactionRow.object_id == post.id) | ReactionRow.object_id.in_(comment_ids))
    )
    if post.is_published:
        events.tell_post(session, page, post, "remove", now)
    session.delete(post)


def _add_post(
    call: Call, page: PageRow, *, message: str | None, link: str | None, status_type: str
) -> PostRow:
    if message is not None and len(message) > MOST_CHARACTERS:
        raise bad_parameter("Param message is too long")
    scheduled_at = _schedule(call) if "scheduled_publish_time" in call.parameters else None
    is_published = call.parameters.flag("published", default=True)
    if is_published and scheduled_at is not None:
        raise bad_parameter("You cannot specify a scheduled publish time on a published post")
    post = PostRow(
        id=f"{page.id}_{new_number(call.session)}",
        page_id=page.id,
        author_id=page.id,
        app_id=call.config.app_id,
        message=message,
        link=link,
        status_type=status_type,
        is_published=is_published,
        scheduled_at=scheduled_at,
        created_at=call.now,
        updated_at=call.now,
        readable_at=call.now + call.read_lag,
    )
    call.session.add(post)
    call.session.flush()
    return post


def _message(call: Call) -> str | None:
    message = call.parameters.text("message")
    if message is not None and len(message) > MOST_CHARACTERS:
        raise bad_parameter("Param message is too long")
    return message


def _schedule(call: Call) -> datetime | None:
    moment = call.parameters.moment("scheduled_publish_time")
    if moment is None or not SOONEST_SCHEDULE <= moment - call.now <= LATEST_SCHEDULE:
        raise bad_parameter("The specified scheduled publish time is invalid")
    return moment


def _attached(call: Call, page: PageRow) -> list[PhotoRow]:
    """The photos named in ``attached_media``, in their order."""
    media = call.parameters.sequence("attached_media") or []
    photos = []
    for one in media:
        photo_id = str(one.get("media_fbid", "")) if isinstance(one, dict) else ""
        photo = call.session.get(PhotoRow, photo_id)
        if photo is None or photo.page_id != page.id:
            raise no_such_object(photo_id, "POST")
        if photo.post_id is not None:
            raise Refusal("(#1366051) These photos were already posted", code=1366051)
        photos.append(photo)
    return photos


def _hold(post: PostRow, photos: list[PhotoRow]) -> None:
    for position, photo in enumerate(photos):
        photo.post_id, photo.position = post.id, position


def _tell_if_visible(call: Call, page: PageRow, post: PostRow, verb: str) -> None:
    if post.is_published:
        call.session.flush()
        events.tell_post(call.session, page, post, verb, call.now)


def _only_by_this_app(call: Call, post: PostRow) -> PageRow:
    page = call.session.get(PageRow, post.page_id)
    if page is None or post.app_id != call.config.app_id:
        raise not_written_by_this_app()
    return page


def _media_type(upload: Upload) -> str:
    found = next((kind for start, kind in _SIGNATURES.items() if upload.content.startswith(start)), None)
    if found is None or len(upload.content) > _LARGEST_PHOTO:
        raise bad_parameter(
            "Invalid parameter",
            subcode=1366046,
            user_message="Kuvan on oltava JPG- tai PNG-tiedosto ja kooltaan alle 4 Mt.",
        )
    return found


def _list(call: Call, page: PageRow, belongs: Callable[[PostRow], bool]) -> object:
    query = select(PostRow).where(PostRow.page_id == page.id, PostRow.readable_at <= call.now)
    since, until = call.parameters.moment("since"), call.parameters.moment("until")
    if since is not None:
        query = query.where(PostRow.created_at >= since)
    if until is not None:
        query = query.where(PostRow.created_at <= until)
    rows = call.session.scalars(query.order_by(PostRow.created_at.desc(), PostRow.id.desc()))
    return answer_page(
        call,
        [post for post in rows if belongs(post)],
        key=lambda post: post.id,
        shape=lambda post: shapes.show_post(call, post, call.fields),
    )
