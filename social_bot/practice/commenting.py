"""Comments and reactions: what the Page reads, answers, hides and deletes.

https://developers.facebook.com/docs/graph-api/reference/comment
"""

from sqlalchemy import delete, select

from social_bot.practice import discussion, events
from social_bot.practice.call import Call
from social_bot.practice.paging import answer_page
from social_bot.practice.refusals import bad_parameter, no_such_object
from social_bot.practice.state import CommentRow, PageRow, PostRow, ReactionRow, new_number


def list_comments(call: Call, node: PostRow | CommentRow) -> object:
    """Replies of a post's comments come only with ``filter=stream``."""
    is_stream = (call.parameters.text("filter") or "toplevel") == "stream"
    rows = discussion.comments_of(call, node.id, whole_thread=is_stream and isinstance(node, PostRow))
    if (call.parameters.text("order") or "").startswith("reverse"):
        rows.reverse()
    since = call.parameters.moment("since")
    shown = [row for row in rows if since is None or row.created_at >= since]
    answer = answer_page(
        call, shown, key=lambda row: row.id, shape=lambda row: discussion.show_comment(call, row, call.fields)
    )
    if call.parameters.flag("summary", default=False):
        answer["summary"] = {"order": "chronological", "total_count": len(shown), "can_comment": True}
    return answer


def create_comment(call: Call, node: PostRow | CommentRow) -> object:
    page = _own_page(call)
    message = call.parameters.text("message") or ""
    attachment = call.parameters.text("attachment_url")
    if not message and not attachment:
        raise bad_parameter("Invalid parameter: a comment needs a message or an attachment")
    post_id = node.id if isinstance(node, PostRow) else node.post_id
    comment = CommentRow(
        id=f"{post_id.partition('_')[2]}_{new_number(call.session)}",
        page_id=page.id,
        post_id=post_id,
        parent_id=None if isinstance(node, PostRow) else node.parent_id or node.id,
        author_id=page.id,
        author_name=page.name,
        message=message,
        attachment_url=attachment,
        created_at=call.now,
        readable_at=call.now + call.read_lag,
    )
    call.session.add(comment)
    call.session.flush()
    events.tell_comment(call.session, page, comment, "add", call.now)
    return {"id": comment.id}


def read_comment(call: Call, comment: CommentRow) -> object:
    return discussion.show_comment(call, comment, call.fields)


def edit_comment(call: Call, comment: CommentRow) -> object:
    """Hides or shows anybody's comment; the words of one may be changed only by who wrote it."""
    page = _own_page(call)
    if "message" in call.parameters:
        if comment.author_id != page.id:
            raise bad_parameter("Only the author may edit a comment")
        comment.message = call.parameters.text("message") or ""
        events.tell_comment(call.session, page, comment, "edited", call.now)
    is_hidden = call.parameters.flag("is_hidden", default=comment.is_hidden)
    if is_hidden != comment.is_hidden:
        if comment.author_id == page.id:
            raise bad_parameter("This comment cannot be hidden")
        comment.is_hidden = is_hidden
        events.tell_comment(call.session, page, comment, "hide" if is_hidden else "unhide", call.now)
    return {"success": True}


def delete_comment(call: Call, comment: CommentRow) -> object:
    events.tell_comment(call.session, _own_page(call), comment, "remove", call.now)
    call.session.delete(comment)
    return {"success": True}


def list_reactions(call: Call, node: PostRow | CommentRow) -> object:
    return _list_reactions(call, node, kind=call.parameters.text("type"))


def list_likes(call: Call, node: PostRow | CommentRow) -> object:
    return _list_reactions(call, node, kind="LIKE")


def add_like(call: Call, node: PostRow | CommentRow) -> object:
    page = _own_page(call)
    if call.session.get(ReactionRow, (node.id, page.id)) is None:
        call.session.add(
            ReactionRow(
                object_id=node.id, author_id=page.id, author_name=page.name, kind="LIKE", created_at=call.now
            )
        )
        _tell_like(call, page, node, "add")
    return {"success": True}


def remove_like(call: Call, node: PostRow | CommentRow) -> object:
    page = _own_page(call)
    own = (ReactionRow.object_id == node.id) & (ReactionRow.author_id == page.id)
    if call.session.scalar(select(ReactionRow).where(own)) is not None:
        call.session.execute(delete(ReactionRow).where(own))
        _tell_like(call, page, node, "remove")
    return {"success": True}


def _tell_like(call: Call, page: PageRow, node: PostRow | CommentRow, verb: str) -> None:
    post = node if isinstance(node, PostRow) else call.session.get_one(PostRow, node.post_id)
    events.tell_reaction(
        call.session,
        page,
        post,
        verb=verb,
        kind="LIKE",
        author_id=page.id,
        author_name=page.name,
        comment=None if isinstance(node, PostRow) else node,
        now=call.now,
    )


def _list_reactions(call: Call, node: PostRow | CommentRow, *, kind: str | None) -> object:
    rows = discussion.reactions_of(call, node.id, kind=kind)
    answer = answer_page(call, rows, key=lambda row: row.author_id, shape=discussion.show_reaction)
    if call.parameters.flag("summary", default=False):
        answer["summary"] = {"total_count": len(rows), "viewer_reaction": "NONE"}
    return answer


def _own_page(call: Call) -> PageRow:
    if call.page is None:
        raise no_such_object(call.request.path, call.request.method)
    return call.page
