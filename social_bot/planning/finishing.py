"""Saving what was written: the post, its pictures' descriptions, reasons for overridden checks, the next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from social_bot.organisation.directory import Organisation
from social_bot.planning import drafts, library, store
from social_bot.planning.checking import Checker, Result
from social_bot.planning.checks import People
from social_bot.planning.composing import add_post, edit_post, submit_post
from social_bot.planning.media import Media
from social_bot.planning.posts import MOVES, PostContent, PostState
from social_bot.planning.store import PostRow
from social_bot.planning.writing import REASON, Writing


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A post whose checks still stop it was saved and not sent on."""

    post: PostRow
    result: Result
    is_submitted: bool


def save(
    session: Session,
    writing: Writing,
    content: PostContent,
    *,
    post_id: int | None,
    draft_key: str,
    submits: bool,
    organisation: Organisation,
    checker: Checker,
    media: Media,
    by: str,
    now: datetime,
) -> Saved:
    """``content`` is the writing's own, complete. The kept draft ends: what was typed is in the post now."""
    fields = _fields(session, writing, post_id)
    if post_id is None:
        post = add_post(session, content, zone=organisation.zone, author=by, now=now, fields=fields)
    else:
        post = edit_post(
            session,
            post_id,
            content,
            content_hash=writing.form.get("hash", ""),
            by=by,
            zone=organisation.zone,
            now=now,
            fields=fields,
        )
    _describe_pictures(session, writing, media=media, by=by, now=now)
    drafts.discard(session, draft_key, by=by)
    _override(session, writing, checker=checker, post=post, by=by, now=now)
    result = checker.check_row(session, post, now=now)
    may_go_on = submits and not result.stops and PostState.AWAITING_APPROVAL in MOVES[post.state]
    if may_go_on:
        post = submit_post(session, post.id or 0, by=by, now=now, checker=checker)
    return Saved(post=post, result=result, is_submitted=may_go_on)


def ticked_people(writing: Writing) -> Mapping[str, People]:
    """By file; what was not ticked is left out."""
    return {
        each.picture.file: People(each.people)
        for each in writing.pictures
        if each.people in (People.NONE, People.AGREED)
    }


def _fields(session: Session, writing: Writing, post_id: int | None) -> Mapping[str, str] | None:
    """A campaign's post has none, and keeps none until somebody fills one in."""
    if post_id is not None and not writing.fields and store.get_post(session, post_id).fields is None:
        return None
    return writing.fields


def _describe_pictures(session: Session, writing: Writing, *, media: Media, by: str, now: datetime) -> None:
    people = ticked_people(writing)
    for each in writing.pictures:
        library.ensure(session, media, each.picture.file, by=by, now=now)
        library.describe(
            session,
            each.picture.file,
            by=by,
            now=now,
            people=people.get(each.picture.file),
            alt=each.picture.alt,
        )


def _override(
    session: Session, writing: Writing, *, checker: Checker, post: PostRow, by: str, now: datetime
) -> None:
    for finding in checker.check_row(session, post, now=now).stops:
        reason = writing.form.get(REASON + finding.fingerprint, "").strip()
        if reason and finding.may_be_overridden:
            checker.override(session, post, finding, reason, by=by, now=now)
