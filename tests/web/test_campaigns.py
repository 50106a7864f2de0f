"""Campaigns: chosen, filled in with the plan in sight, single posts changed, started; paused, ended, copied."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from social_bot.assets import folder
from social_bot.planning import campaign_deeds, store
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.posts import PostState
from social_bot.planning.store import CampaignState
from tests.conftest import NOW, PAGE, WRITER

READY = "/campaigns/ready/housing_evening"
ANSWERS = {
    "page": PAGE,
    "start": "17.12.2026",
    "answer.place.fi": "Asukastalo Malli, Mallikatu 5",
    "answer.place.sv": "Invånarhuset Malli, Mallgatan 5",
    "answer.room.fi": "sali, ovi kadun puolelta",
    "answer.room.sv": "salen, dörr från gatan",
    "answer.who_comes.fi": "asumisneuvoja",
    "answer.who_comes.sv": "boenderådgivare",
    "answer.starts": "17.30",
    "answer.ends": "19.00",
}


def step(browser, name, path=READY, **fields):
    answer = browser.submit(path, standing_on=path, step=name, **{**ANSWERS, **fields})
    return answer, unescape(answer.text)


def changes_in(answer):
    found = re.search(r'name="changes" value="([^"]*)"', answer.text)
    assert found is not None
    return unescape(found[1])


def campaigns(bot):
    with bot.database.read() as session:
        return list(store.list_campaigns(session))


def posts_of(bot, campaign_id):
    with bot.database.read() as session:
        return list(store.list_posts(session, campaign_id=campaign_id))


@pytest.fixture
def started(writer, timed_bot):
    answer, _ = step(writer, "start")
    assert answer.status_code == 303, answer.text
    return campaigns(timed_bot)[-1].id


def test_ready_made_campaigns_are_grouped_and_found_by_words(writer, timed_bot):
    everything = writer.read("/campaigns")
    found = writer.read("/campaigns?q=kirjasto")

    assert everything.count('href="/campaigns/ready/') == 2 * len(list(timed_bot.campaigns.glob("*.yaml")))
    assert "Tapaa ihmisiä" in everything
    assert "/campaigns/ready/library_desk" in found
    assert "/campaigns/ready/housing_evening" not in found


def test_the_questions_are_asked_in_every_language_of_the_organisation(writer):
    page = writer.read(READY)

    assert 'name="answer.place.fi"' in page
    assert 'name="answer.place.sv"' in page
    assert 'name="answer.place.en"' not in page
    assert 'value="17.30"' in page
    assert "Tarkista lomake" not in page


def test_a_campaign_without_questions_shows_its_posts_at_once(writer):
    page = writer.read("/campaigns/ready/meet_the_team")

    assert "Mitä julkaistaan ja milloin" in page
    assert 'id="post-' in page


def test_the_list_shows_time_kind_texts_and_picture_of_each_post(writer):
    _, page = step(writer, "show")

    assert "to 3.12. klo 9.00" in page
    assert "to 17.12. klo 9.00" in page
    assert "Tapahtuma, jalkautuminen" in page
    assert "sali, ovi kadun puolelta" in page
    assert "/campaigns/picture/home.png" in page
    assert "Aloita kampanja 3 julkaisulla" in page


def test_posts_of_the_past_are_named_and_left_out(writer):
    _, page = step(writer, "show", start="1.12.2026")

    assert "Sen aika on mennyt, joten se jää pois" in page
    assert "Aloita kampanja 2 julkaisulla" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("start", "kissa", 'Päivä "kissa" on epäselvä'),
        ("page", "", "Valitse sivu"),
        ("answer.room.sv", "", "Täytä tämä. Julkaisut nimeävät sen."),
        ("answer.starts", "20.00", "päättyy ennen kuin se alkaa"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_starts(
    writer, timed_bot, field, value, sentence
):
    answer, page = step(writer, "start", **{field: value})

    assert answer.status_code == 422
    assert sentence in page
    assert campaigns(timed_bot) == []


def test_starting_writes_posts_that_wait_for_approval_and_goals(writer, timed_bot, started):
    posts = posts_of(timed_bot, started)

    assert {post.state for post in posts} == {PostState.AWAITING_APPROVAL}
    assert [post.local_time[:16] for post in posts] == [
        "2026-12-03 09:00",
        "2026-12-14 16:00",
        "2026-12-17 09:00",
    ]
    with timed_bot.database.read() as session:
        assert len(store.list_goals(session, campaign_id=started)) == 2


def test_one_post_is_left_out_another_moved_and_rewritten_before_the_start(writer, timed_bot):
    left_out, page = step(writer, "leave:soon")
    changes = changes_in(left_out)
    assert "Ota takaisin" in page

    kept, _ = step(
        writer,
        "keep:announce",
        changes=changes,
        day="4.12.2026",
        time="10.15",
        **{"text.fi": "Uusi teksti.", "text.sv": "Ny text."},
    )
    answer, _ = step(writer, "start", changes=changes_in(kept))
    posts = posts_of(timed_bot, campaigns(timed_bot)[0].id)

    assert answer.status_code == 303
    assert [(post.key, post.local_time[:16]) for post in posts] == [
        ("announce", "2026-12-04 10:15"),
        ("today", "2026-12-17 09:00"),
    ]
    assert posts[0].texts == {"fi": "Uusi teksti.", "sv": "Ny text."}


def test_a_change_is_shown_on_a_page_of_its_own_and_undone(writer):
    _, form = step(writer, "change:announce")
    kept, page = step(
        writer, "keep:announce", day="3.12.2026", time="9.00", **{"text.fi": "Toinen.", "text.sv": "Annan."}
    )
    undone, _ = step(writer, "restore:announce", changes=changes_in(kept))

    assert 'value="3.12.2026"' in form
    assert "sali, ovi kadun puolelta" in form
    assert "muutettu" in page
    assert json.loads(changes_in(undone)) == {}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "1.11.2026"}, "Tämä aika on mennyt"),
        ({"time": "25.00"}, "Mikään kello"),
        ({"text.fi": ""}, "Julkaisu tarvitsee tekstin"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_its_field(writer, fields, sentence):
    wanted = {"day": "3.12.2026", "time": "9.00", "text.fi": "a", "text.sv": "b", **fields}
    answer, page = step(writer, "keep:announce", **wanted)

    assert answer.status_code == 422
    assert sentence in page


@pytest.mark.parametrize("changes", ["{", "[]", '{"a": 1}', '{"a": {"at": "kissa"}}', "x" * 300_000])
def test_changes_that_no_form_of_ours_wrote_are_refused(writer, changes):
    answer, _ = step(writer, "show", changes=changes)

    assert answer.status_code == 422


def test_the_checks_warn_in_the_plan(writer):
    _, page = step(writer, "show", **{"answer.place.fi": "Mallikatu 5, soita 040 123 4567"})

    assert "finding" in page


def test_an_approver_cannot_start_without_being_a_writer(coordinator, timed_bot):
    answer, _ = step(coordinator, "start")

    assert answer.status_code == 403
    assert campaigns(timed_bot) == []


def test_a_campaign_is_paused_after_a_page_that_lists_what_is_held(writer, timed_bot, world):
    path = f"/campaigns/{world.campaign}/pause"
    scheduled = [post for post in posts_of(timed_bot, world.campaign) if post.state is PostState.SCHEDULED]

    page = writer.read(path)
    without_reason = writer.submit(path, standing_on=path)
    answer = writer.submit(path, standing_on=path, reason="Odotamme tarkistusta")

    assert f"{len(scheduled)} ajastettua julkaisua" in page
    assert without_reason.status_code == 422
    assert answer.headers["location"] == f"/campaigns/{world.campaign}?done=campaign_paused"
    states = {post.state for post in posts_of(timed_bot, world.campaign)}
    assert states == {PostState.HELD}
    assert "Odotamme tarkistusta" in writer.read(f"/campaigns/{world.campaign}")


def test_a_paused_campaign_goes_on(writer, timed_bot, world):
    path = f"/campaigns/{world.campaign}"
    writer.submit(f"{path}/pause", standing_on=f"{path}/pause", reason="a")

    page = writer.read(f"{path}/resume")
    answer = writer.submit(f"{path}/resume", standing_on=f"{path}/resume")

    assert "Ajastettu" in page
    assert answer.status_code == 303
    assert {post.state for post in posts_of(timed_bot, world.campaign)} == {PostState.SCHEDULED}


def test_ending_lists_and_cancels_what_is_left(writer, timed_bot, world):
    path = f"/campaigns/{world.campaign}/end"

    page = writer.read(path)
    answer = writer.submit(path, standing_on=path)
    again = writer.submit(path, standing_on="/campaigns")

    assert "perutaan" in page
    assert answer.status_code == 303
    assert {post.state for post in posts_of(timed_bot, world.campaign)} == {PostState.CANCELLED}
    assert again.status_code == 403


def test_a_copy_proposes_the_same_weekday_a_year_later_with_the_same_answers(writer, timed_bot, started):
    page = writer.read(f"/campaigns/{started}/copy")

    assert 'name="start" inputmode="numeric" autocomplete="off" value="16.12.2027"' in page
    assert "Asukastalo Malli, Mallikatu 5" in page
    with timed_bot.database.read() as session:
        row = store.get_campaign(session, started)
    day = campaign_deeds.start_of_copy(row, today=NOW.date())
    assert day.weekday() == row.starts_on.weekday()
    assert day - row.starts_on == timedelta(weeks=52)


def test_a_started_campaign_is_downloaded_and_gives_the_same_plan_again(writer, timed_bot, started, tmp_path):
    answer = writer.get(f"/campaigns/{started}/file")
    path = tmp_path / "oma.yaml"
    path.write_bytes(answer.content)
    campaign = read_campaign(path)
    brought = writer.post(
        "/campaigns/own",
        data={"token": writer.token("/campaigns")},
        files={"file": ("Oma ilta.yaml", answer.content)},
    )
    again = writer.submit(
        "/campaigns/ready/oma_ilta",
        standing_on="/campaigns/ready/oma_ilta",
        step="start",
        page=PAGE,
        start="17.12.2026",
        **{
            f"answer.{name}.{language}": campaign_default(campaign, name, language)
            for name in ("place", "room", "who_comes")
            for language in ("fi", "sv")
        },
        **{f"answer.{name}": campaign_default(campaign, name, "fi") for name in ("starts", "ends")},
    )

    assert "attachment" in answer.headers["content-disposition"]
    assert brought.headers["location"] == "/campaigns?done=campaign_uploaded#campaign-oma_ilta"
    assert again.status_code == 303
    first, second = (posts_of(timed_bot, row.id) for row in campaigns(timed_bot))
    assert [(post.texts, post.publish_at, post.kind) for post in first] == [
        (post.texts, post.publish_at, post.kind) for post in second
    ]


def campaign_default(campaign, name, language):
    return next(each for each in campaign.parameters if each.key == name).default[language]


def bring(writer, content, name="oma.yaml"):
    return writer.post(
        "/campaigns/own", data={"token": writer.token("/campaigns")}, files={"file": (name, content)}
    )


SHIPPED = (folder("campaigns") / "library_desk.yaml").read_bytes()


def test_a_file_with_mistakes_is_refused_with_line_key_and_what_is_accepted(writer, timed_bot):
    answer = bring(writer, SHIPPED.replace(b"outreach_event", b"outing").replace(b"times: 8", b"times: 0"))
    page = unescape(answer.text)

    assert answer.status_code == 422
    assert "posts.1.kind" in page
    assert "outreach_event" in page
    assert "events.desk.times" in page
    with timed_bot.database.read() as session:
        assert store.list_own_campaigns(session) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a" * 140_000, "128"),
        (b"", "Valitse ensin tiedosto"),
        (b"a: &a [x]\nb: &b [" + b"*a," * 60 + b"]\n", "50"),
        (b"[" * 5000 + b"]" * 5000, "sisäkkäistä"),
        (
            SHIPPED.replace(b"template: library_desk", b"text: {fi: \"{{ 'a' * 10 }}\", sv: a, en: a}"),
            "vain nimetä arvoja",
        ),
        (SHIPPED.replace(b"images/library.png", b"../../../etc/hostname"), "Kuvaa"),
    ],
)
def test_a_file_that_could_do_harm_is_refused(writer, timed_bot, content, sentence):
    answer = bring(writer, content)

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    with timed_bot.database.read() as session:
        assert store.list_own_campaigns(session) == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("library_desk.yaml", "library_desk_2"),
        ("../../etc/passwd.yaml", "passwd"),
        ("C:\\kansio\\Meidän Ilta!.YML", "meid_n_ilta"),
        (".yaml", "campaign"),
    ],
)
def test_an_own_file_gets_a_safe_free_name_and_never_overwrites(writer, timed_bot, name, slug):
    answer = bring(writer, SHIPPED, name)

    assert answer.headers["location"].endswith(f"#campaign-{slug}")
    assert "Neuvontapöytä kirjastossa" in writer.read(f"/campaigns/ready/{slug}")


def test_an_own_campaign_is_removed_and_what_it_started_goes_on(writer, timed_bot):
    bring(writer, SHIPPED, "oma.yaml")

    answer = writer.submit("/campaigns/own/oma/remove", standing_on="/campaigns")
    ready_made = writer.submit("/campaigns/own/library_desk/remove", standing_on="/campaigns")

    assert answer.status_code == 303
    assert ready_made.status_code == 404
    assert writer.get("/campaigns/ready/oma").status_code == 404


@pytest.mark.parametrize("name", ["..%2F..%2Fsecret.key", "nothing.png", "%2e%2e"])
def test_no_other_file_is_served_as_a_campaigns_picture(writer, name):
    assert writer.get(f"/campaigns/picture/{name}").status_code == 404


def test_a_campaigns_page_tells_what_came_in_meanwhile(writer, timed_bot, world):
    page = writer.read(f"/campaigns/{world.campaign}")

    assert "Mitä tuli sillä aikaa" in page
    assert campaigns(timed_bot)[0].state == CampaignState.RUNNING
    assert WRITER in page
