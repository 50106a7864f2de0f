"""Writing a post in the browser: kept while written, previewed, checked, saved, sent on."""

import io
import re
from html import unescape

import pytest
from PIL import Image
from sqlmodel import select

from social_bot.organisation.audit import AuditEntryRow
from social_bot.planning import drafts, store, versions
from social_bot.planning.checking import OverrideRow
from social_bot.planning.posts import PostState
from tests.conftest import PAGE, WRITER
from tests.web.conftest import write_post

KEEPER = re.compile(r'name="keeper" value="([^"]+)"')
HASH = re.compile(r'name="hash" value="([^"]*)"')
FI, SV = "Tule kahville ja juttelemaan.", "Kom på kaffe och prata."


def first(pattern: str | re.Pattern[str], page: str) -> str:
    """The first group where the pattern first fits, as a browser reads it."""
    match = re.search(pattern, page)
    assert match is not None
    return unescape(match[1])


def png(colour: str = "navy", size: tuple[int, int] = (800, 600)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def send(browser, path, *, act, to="/posts/compose", files=(), **fields):
    """The form that stands on ``path``, with these fields typed in."""
    page = browser.get(path).text
    data = {
        "token": browser.token(path),
        "keeper": first(KEEPER, page),
        "hash": first(HASH, page),
        "act": act,
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    sent = [("files", (name, content, "image/png")) for name, content in files]
    return browser.post(to, data=data, files=sent or [("files", ("", b"", "application/octet-stream"))])


def typed(**others):
    return {
        "page": PAGE,
        "when": "to 26.11. klo 9.00",
        "kind": "post",
        "text_fi": FI,
        "text_sv": SV,
        **others,
    }


def posts(bot):
    with bot.database.read() as session:
        return store.list_posts(session)


def the_post(bot):
    [post] = posts(bot)
    return post


def reason_field(page):
    return first(r'name="(reason-[0-9a-f]{64})"', page)


def test_one_begins_with_nothing_or_with_a_ready_text(writer):
    page = writer.read("/posts/new")

    assert "Aloita tyhjästä" in page
    assert "/posts/new?start=outreach_event" in page
    assert "Tule juttelemaan. Olemme paikalla … …." in page


def test_a_coordinator_writes_no_posts(coordinator):
    assert coordinator.get("/posts/new?start=empty").status_code == 403


def test_a_post_is_written_and_sent_for_approval(writer, timed_bot):
    answer = send(writer, "/posts/new?start=empty", act="submit", **typed())

    post = the_post(timed_bot)
    assert answer.headers["location"] == f"/posts/{post.id}?done=submitted"
    assert post.state is PostState.AWAITING_APPROVAL
    assert post.texts == {"fi": FI, "sv": SV}
    assert post.local_time == "2026-11-26 09:00:00"


def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(writer, timed_bot):
    answer = send(writer, "/posts/new?start=empty", act="save", **typed(when="joskus"))

    page = unescape(answer.text)
    assert answer.status_code == 422
    assert "Aika ”joskus” on epäselvä." in page
    assert FI in page
    assert posts(timed_bot) == []


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("su 28.3.2027 klo 3.30", "kelloa siirretään sinä yönä eteenpäin"),
        ("su 31.10.2027 klo 3.30", "kelloa siirretään sinä yönä taaksepäin"),
        ("ti 26.11. klo 9", "ei ole se viikonpäivä"),
        ("24.11.2026 9.00", "Tämä aika on mennyt."),
    ],
)
def test_a_time_that_cannot_be_is_explained(writer, when, sentence):
    answer = send(writer, "/posts/new?start=empty", act="save", **typed(when=when))

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)


def test_the_doubled_hour_is_chosen(writer, timed_bot):
    send(writer, "/posts/new?start=empty", act="save", **typed(when="su 31.10.2027 klo 3.30", fold="second"))

    assert the_post(timed_bot).publish_at.hour == 1


def test_a_block_stops_the_post_and_a_reason_lets_it_go_on(writer, timed_bot):
    text = f"{FI} Katso https://tuntematon.fi/tietoa."
    stopped = send(writer, "/posts/new?start=empty", act="submit", **typed(text_fi=text))
    place = stopped.headers["location"]
    page = writer.read(place)

    assert the_post(timed_bot).state is PostState.DRAFT
    assert "Osoite ”tuntematon.fi” ei ole tunnettujen joukossa." in page
    name = reason_field(page)
    answer = send(
        writer, place, act="submit", **typed(text_fi=text), **{name: "Kumppanin oma sivu, jonka tunnemme."}
    )

    post = the_post(timed_bot)
    assert answer.headers["location"] == f"/posts/{post.id}?done=submitted"
    assert post.state is PostState.AWAITING_APPROVAL
    with timed_bot.database.read() as session:
        override = session.exec(select(OverrideRow)).one()
        logged = session.exec(
            select(AuditEntryRow).where(AuditEntryRow.action == "post.override_check")
        ).one()
    assert (override.by, override.reason) == (WRITER, "Kumppanin oma sivu, jonka tunnemme.")
    assert logged.detail.startswith("unknown_link:")
    assert "tuntematon" not in logged.detail


def test_an_identity_code_is_stopped_without_a_way_round(writer, timed_bot):
    answer = send(
        writer, "/posts/new?start=empty", act="submit", **typed(text_fi=f"{FI} Tunnus 131052-308T.")
    )

    page = writer.read(answer.headers["location"])
    assert "Tekstissä on henkilötunnus." in page
    assert 'name="reason-' not in page
    assert the_post(timed_bot).state is PostState.DRAFT


def test_an_override_holds_until_the_words_change(writer, timed_bot):
    text = f"{FI} Katso https://tuntematon.fi/tietoa."
    place = send(writer, "/posts/new?start=empty", act="submit", **typed(text_fi=text)).headers["location"]
    name = reason_field(writer.read(place))
    send(writer, place, act="submit", **typed(text_fi=text), **{name: "Kumppanin oma sivu, tuttu."})
    post = the_post(timed_bot)

    answer = send(
        writer,
        f"/posts/{post.id}/edit",
        act="submit",
        **typed(text_fi=f"{FI} Katso https://toinen-tuntematon.fi."),
    )

    assert answer.headers["location"].endswith("/edit?stopped=1")


def test_approval_is_refused_while_a_block_stands(writer, approver, timed_bot):
    with timed_bot.database.write() as session:
        row = write_post(session, timed_bot, PostState.AWAITING_APPROVAL)
        row.texts = {"fi": "Hakemuksesi on valmis.", "sv": SV}
        session.add(row)
        content_hash, post_id = row.content.content_hash, row.id

    answer = approver.submit(
        f"/posts/{post_id}/approve", standing_on=f"/posts/{post_id}", content_hash=content_hash
    )

    assert answer.status_code == 403
    assert "Tarkistukset pysäyttävät tämän julkaisun" in unescape(answer.text)


def test_a_changed_post_that_was_scheduled_is_a_draft_without_approval(writer, timed_bot, world):
    post_id = world.posts[PostState.SCHEDULED]

    send(writer, f"/posts/{post_id}/edit", act="save", **typed(text_fi="Uusi teksti."))

    with timed_bot.database.read() as session:
        post = store.get_post(session, post_id)
        kept = versions.list_versions(session, post_id)
    assert (post.state, post.approved_by, post.approved_hash) == (PostState.DRAFT, None, None)
    assert [row.number for row in kept] == [2, 1]


def test_a_save_that_changes_nothing_leaves_the_approval(writer, timed_bot, world):
    post_id = world.posts[PostState.SCHEDULED]
    with timed_bot.database.read() as session:
        before = store.get_post(session, post_id)

    send(
        writer,
        f"/posts/{post_id}/edit",
        act="save",
        **typed(
            kind=before.kind,
            when="ke 25.11.2026 klo 10.00",
            text_fi=before.texts["fi"],
            text_sv=before.texts["sv"],
            link=before.link,
        ),
    )

    with timed_bot.database.read() as session:
        assert store.get_post(session, post_id).state is PostState.SCHEDULED


def test_a_published_post_is_changed_no_more(writer, world):
    assert writer.get(f"/posts/{world.posts[PostState.PUBLISHED]}/edit").status_code == 403


def test_who_is_second_keeps_their_text_and_does_not_overwrite(writer, timed_bot, world):
    post_id = world.posts[PostState.DRAFT]
    page = writer.get(f"/posts/{post_id}/edit").text
    old_hash, keeper = first(HASH, page), first(KEEPER, page)
    send(writer, f"/posts/{post_id}/edit", act="save", **typed(text_fi="Ensimmäinen ehti."))

    answer = writer.post(
        "/posts/compose",
        data={
            "token": writer.token(f"/posts/{post_id}"),
            "keeper": keeper,
            "hash": old_hash,
            "act": "save",
            "page": PAGE,
            "when": "to 26.11. klo 9",
            "text-fi": "Toinen kirjoitti.",
            "text-sv": SV,
        },
    )

    assert answer.status_code == 422
    assert "Toinen kirjoitti." in answer.text
    with timed_bot.database.read() as session:
        assert store.get_post(session, post_id).texts["fi"] == "Ensimmäinen ehti."


def test_what_is_being_written_is_kept_and_offered_again(writer, timed_bot):
    answer = send(writer, "/posts/new?start=empty", act="", to="/posts/compose/keep", **typed())

    assert answer.status_code == 200
    assert FI in answer.text
    start = writer.read("/posts/new")
    assert FI in start
    place = first(r'href="(/posts/new\?draft=[^"]+)"', start)
    assert FI in writer.read(place)
    assert posts(timed_bot) == []


def test_a_draft_is_seen_by_its_writer_alone(writer, approver):
    send(writer, "/posts/new?start=empty", act="", to="/posts/compose/keep", **typed())
    place = first(r'href="(/posts/new\?draft=[^"]+)"', writer.read("/posts/new"))

    assert FI not in approver.read(place)
    assert FI not in approver.read("/posts/new")


def test_a_kept_draft_is_sealed(writer, timed_bot):
    send(writer, "/posts/new?start=empty", act="", to="/posts/compose/keep", **typed())

    with timed_bot.database.read() as session:
        row = session.exec(select(drafts.DraftRow)).one()
    assert FI.encode() not in row.form_sealed


def test_a_form_that_was_open_too_long_gives_the_text_back(writer, timed_bot, clock):
    page = writer.get("/posts/new?start=empty").text
    form = {
        "token": first(r'name="token" value="([^"]+)"', page),
        "keeper": first(KEEPER, page),
        "act": "submit",
        **{name.replace("_", "-"): value for name, value in typed().items()},
    }
    clock.forward(hours=5)

    answer = writer.post("/posts/compose", data=form)

    assert answer.status_code == 403
    assert FI in unescape(answer.text)
    assert posts(timed_bot) == []


def test_what_is_sent_after_the_session_has_ended_waits_at_the_desk(writer, browse, timed_bot):
    page = writer.get("/posts/new?start=empty").text
    form = {
        "token": first(r'name="token" value="([^"]+)"', page),
        "keeper": first(KEEPER, page),
        "act": "submit",
        **{name.replace("_", "-"): value for name, value in typed().items()},
    }
    writer.cookies.clear()

    answer = writer.post("/posts/compose", data=form)

    assert answer.headers["location"] == "/enter"
    assert FI in browse().enter(WRITER).read("/posts/new")
    assert posts(timed_bot) == []


def test_a_form_from_elsewhere_is_refused(writer):
    answer = writer.post("/posts/compose", data={"text-fi": FI, "act": "save"})

    assert answer.status_code == 403


def test_nobody_writes_with_the_seal_of_another(writer, approver):
    keeper = first(KEEPER, writer.get("/posts/new?start=empty").text)

    answer = approver.post(
        "/posts/compose", data={"token": approver.token("/posts"), "keeper": keeper, "act": "save"}
    )

    assert answer.status_code == 403


def test_a_ready_text_is_filled_in_with_its_fields(writer, timed_bot):
    place = "/posts/new?start=outreach_event"
    filled = send(
        writer,
        place,
        act="fill",
        page=PAGE,
        kind="outreach_event",
        template="outreach_event",
        field_event_day="ke 2.12.",
        field_event_time="12–15",
        **{
            "field-place-fi": "Malli, Mallikatu 5",
            "field-place-sv": "Malli, Mallgatan 5",
            "field-room-fi": "2. kerros",
            "field-room-sv": "våning 2",
            "field-who_comes-fi": "ohjaaja",
        },
    )

    assert filled.status_code == 422
    assert "Valmis teksti tarvitsee tämän." in unescape(filled.text)


def fill_in_an_event(writer, **others):
    """The ready text of an event with every field; where the form is now."""
    fields = {
        "page": PAGE,
        "kind": "outreach_event",
        "template": "outreach_event",
        "when": "to 26.11. klo 9.00",
        "field-event_day": "ke 2.12.",
        "field-event_time": "12–15",
        "field-place-fi": "Malli, Mallikatu 5",
        "field-place-sv": "Malli, Mallgatan 5",
        "field-room-fi": "2. kerros",
        "field-room-sv": "våning 2",
        "field-who_comes-fi": "ohjaaja",
        "field-who_comes-sv": "handledare",
        **others,
    }
    page = writer.get("/posts/new?start=outreach_event").text
    answer = writer.post(
        "/posts/compose",
        data={
            "token": writer.token("/posts"),
            "keeper": first(KEEPER, page),
            "act": "fill",
            **fields,
        },
    )
    return answer, fields


def test_a_day_and_hours_are_said_in_each_language(writer):
    answer, _ = fill_in_an_event(writer)

    page = writer.read(answer.headers["location"])
    assert "Olemme paikalla ke 2.12. klo 12–15." in page
    assert "Vi finns på plats ons 2.12 kl. 12–15." in page


def test_own_words_are_never_written_over(writer):
    answer, _ = fill_in_an_event(writer, **{"text-fi": "Omat sanani."})

    assert answer.status_code == 422
    assert "Omat sanani." in answer.text


def test_a_kind_asks_for_what_its_reader_needs(writer):
    answer = send(writer, "/posts/new?start=empty", act="submit", **typed(kind="outreach_event"))

    page = writer.read(answer.headers["location"])
    assert "Teksti ei kerro tätä: Paikka ja osoite." in page


def test_pictures_are_added_described_and_put_in_order(writer, timed_bot):
    first = send(
        writer,
        "/posts/new?start=empty",
        act="add",
        files=[("eka.png", png("navy")), ("toka.png", png("green"))],
        **typed(),
    )
    place = first.headers["location"].partition("#")[0]
    files = re.findall(r'name="picture-\d-file" value="([^"]+)"', writer.read(place))
    pictures = {
        "picture-1-file": files[0],
        "picture-1-alt-fi": "Sininen seinä.",
        "picture-1-alt-sv": "En blå vägg.",
        "picture-1-people": "none",
        "picture-2-file": files[1],
        "picture-2-decorative": "yes",
        "picture-2-people": "none",
    }
    moved = send(writer, place, act="up:2", **typed(), **pictures)
    page = writer.read(moved.headers["location"].partition("#")[0])

    assert re.findall(r'name="picture-\d-file" value="([^"]+)"', page) == files[::-1]
    assert send(writer, place, act="submit", **typed(), **pictures).status_code == 303
    assert [picture["is_decorative"] for picture in the_post(timed_bot).pictures] == [False, True]


def test_a_picture_without_words_is_not_saved(writer, timed_bot):
    answer = send(writer, "/posts/new?start=empty", act="submit", files=[("a.png", png())], **typed())

    assert answer.status_code == 422
    assert "Kuva 1 tarvitsee vaihtoehtoisen tekstin" in unescape(answer.text)
    assert posts(timed_bot) == []


def test_what_is_no_picture_is_refused_beside_the_field(writer):
    answer = send(writer, "/posts/new?start=empty", act="add", files=[("a.png", b"<svg>")], **typed())

    assert answer.status_code == 422
    assert "ei ole JPEG- eikä PNG-tiedosto" in unescape(answer.text)


def test_a_post_is_copied_without_its_time(writer, world):
    page = writer.read(f"/posts/new?copy={world.posts[PostState.PUBLISHED]}")

    assert "Tule juttelemaan (published)." in page
    assert 'id="when" name="when" autocomplete="off" value=""' in page


def test_the_calendar_hands_over_its_day(writer):
    assert 'value="ke 2.12.2026 klo 9.00"' in writer.read("/posts/new?start=empty&day=2026-12-02")


def test_versions_show_what_changed_and_are_taken_up_again(writer, timed_bot, world):
    post_id = world.posts[PostState.DRAFT]
    send(writer, f"/posts/{post_id}/edit", act="save", **typed(text_fi="Tule juttelemaan heti."))

    page = writer.read(f"/posts/{post_id}/versions")

    assert "<ins>heti.</ins>" in page
    assert f"/posts/{post_id}/edit?version=1" in page
    assert "Tule juttelemaan (draft)." in writer.read(f"/posts/{post_id}/edit?version=1")


def test_a_text_is_shown_and_never_run(writer):
    answer = send(
        writer,
        "/posts/new?start=empty",
        act="",
        to="/posts/compose/keep",
        **typed(text_fi="<script>alert(1)</script> hei"),
    )

    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_an_approver_sees_the_findings(writer, approver, timed_bot):
    send(writer, "/posts/new?start=empty", act="submit", **typed(when="to 26.11. klo 23.30"))

    page = approver.read(f"/posts/{the_post(timed_bot).id}")

    assert "Julkaisu lähtee yöllä, kello 23.30." in page
