import re
from datetime import UTC, datetime, timedelta

import pytest

from social_bot.channels.facebook.failures import (
    Failure,
    Kind,
    classify,
    kind_of,
    mender_of,
    parse_failure,
)
from social_bot.channels.facebook.usage import Lane, Usage
from social_bot.errors import (
    ConnectionLost,
    ContentRefused,
    Mender,
    OutcomeUnknown,
    PageBlocked,
    PageUnavailable,
    PlatformError,
    RecipientUnreachable,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def failed(code: int | None = None, subcode: int | None = None, **more) -> Failure:
    return Failure(status=more.pop("status", 400), code=code, subcode=subcode, **more)


CASES: list[tuple[Failure, type[PlatformError]]] = [
    # outages
    (failed(1), OutcomeUnknown),
    (failed(1, is_transient=True), OutcomeUnknown),
    (failed(1, 99), OutcomeUnknown),
    (failed(2, status=500), OutcomeUnknown),
    (failed(2, 1363047), OutcomeUnknown),
    (failed(341), OutcomeUnknown),
    (failed(status=503), OutcomeUnknown),
    (failed(status=500), OutcomeUnknown),
    (failed(status=200), OutcomeUnknown),
    (failed(status=302), OutcomeUnknown),
    (failed(status=None), OutcomeUnknown),
    (failed(987654, status=500), OutcomeUnknown),
    (failed(987654, is_transient=True), OutcomeUnknown),
    # code 1 that is none
    (failed(1, is_transient=False), ContentRefused),
    (failed(1, 1965014), ContentRefused),
    (failed(1, 2853006), ConnectionLost),
    # rate
    *((failed(code), PageUnavailable) for code in (4, 17, 32, 613, 80001, 80002, 80005, 80006, 80008)),
    (failed(613, 1996), PageUnavailable),
    (failed(613, 1893016), PageUnavailable),
    (failed(613, 2534040), PageUnavailable),
    (failed(4, is_transient=True, status=403), PageUnavailable),
    # token
    (failed(190, status=401), ConnectionLost),
    *((failed(190, sub), ConnectionLost) for sub in (458, 459, 460, 463, 464, 467, 492, 2069032)),
    (failed(102), ConnectionLost),
    (failed(104), ConnectionLost),
    (failed(2500, message="An active access token must be used"), ConnectionLost),
    (failed(2500, message="Unknown path components: /x"), ContentRefused),
    (failed(100, message="Invalid appsecret_proof provided in the API argument"), ConnectionLost),
    # permission
    *((failed(code), ConnectionLost) for code in (3, 10, 200, 210, 283, 299)),
    (failed(200, 2069030), ConnectionLost),
    (failed(200, 2069033), ConnectionLost),
    (failed(200, 2018028), ConnectionLost),
    (failed(100, message="(#100) Requires pages_read_engagement permission"), ConnectionLost),
    # barred
    (failed(368), PageBlocked),
    (failed(368, 1390008), PageBlocked),
    (failed(368, is_transient=True, status=500), PageBlocked),
    (failed(10, 1893063), PageBlocked),
    (failed(200, 1404078), PageBlocked),
    (failed(2022), PageBlocked),
    (failed(613, 2018338), PageBlocked),
    *((failed(368, sub), PageBlocked) for sub in (1346003, 1404102, 1404112, 1404006, 4854002)),
    (failed(4854002), PageBlocked),
    # perhaps an earlier attempt of ours
    (failed(506), OutcomeUnknown),
    (failed(368, message="You've Already Posted this"), OutcomeUnknown),
    (failed(1, 1366051), OutcomeUnknown),
    (failed(1366051), OutcomeUnknown),
    # what was sent
    *((failed(code), ContentRefused) for code in (100, 324, 389, 382, 6000, 6001, 1609005, 1609008, 2061006)),
    (failed(100, 1609005), ContentRefused),
    (failed(100, 2018047), ContentRefused),
    (failed(1366046), ContentRefused),
    (failed(1705), ContentRefused),
    (failed(100, 33), ContentRefused),
    (failed(100, message="Object with ID '5' does not exist"), ContentRefused),
    (failed(10, message="not available due to new privacy rules in Europe and Japan"), ContentRefused),
    (failed(987654), ContentRefused),
    # counters
    (failed(3001, 1504028), ContentRefused),
    (failed(100, 2874008), ContentRefused),
    (failed(100, 2932005), ContentRefused),
    # people
    (failed(10, 2018278), RecipientUnreachable),
    (failed(10, 2534022), RecipientUnreachable),
    (failed(10, 2018065), RecipientUnreachable),
    (failed(10, 2018108), RecipientUnreachable),
    (failed(551), RecipientUnreachable),
    (failed(551, 1545041), RecipientUnreachable),
    (failed(200, 1545041), RecipientUnreachable),
    (failed(100, 2018001), RecipientUnreachable),
    (failed(100, 33, lane=Lane.MESSENGER), RecipientUnreachable),
    (failed(230), RecipientUnreachable),
    (failed(100, 2534025), RecipientUnreachable),
    *((failed(code), RecipientUnreachable) for code in (10900, 10902, 10903, 2018292, 2018300, 2018321)),
    (failed(10, message="(#10) Another app is controlling this thread now."), RecipientUnreachable),
]


@pytest.mark.parametrize(
    ("failure", "expected"),
    CASES,
    ids=lambda value: f"{value.status}-{value.code}-{value.subcode}" if isinstance(value, Failure) else "",
)
def test_a_failed_write_says_who_must_act(failure, expected):
    error = classify(failure, is_write=True, now=NOW)

    assert type(error) is expected


@pytest.mark.parametrize(
    "failure",
    [failed(1), failed(2), failed(341), failed(status=503), failed(status=None), failed(status=200)],
)
def test_a_failed_read_leaves_no_question_open(failure):
    error = classify(failure, is_write=False, now=NOW)

    assert type(error) is PageUnavailable
    assert not error.throttled


@pytest.mark.parametrize("failure", [failure for failure, _ in CASES], ids=repr)
def test_no_failed_read_or_upload_is_ever_unknown(failure):
    assert not isinstance(classify(failure, is_write=False, now=NOW), OutcomeUnknown)


@pytest.mark.parametrize("is_write", [True, False])
def test_what_was_never_sent_has_not_happened(is_write):
    error = classify(Failure(was_sent=False), is_write=is_write, now=NOW)

    assert type(error) is PageUnavailable


@pytest.mark.parametrize("code", [2018300, 2018321])
def test_a_thread_that_another_holds_is_told_apart_from_a_person_who_is_gone(code):
    held = classify(failed(10, code), is_write=True, now=NOW)
    gone = classify(failed(551), is_write=True, now=NOW)

    assert isinstance(held, RecipientUnreachable)
    assert held.held_by_other
    assert isinstance(gone, RecipientUnreachable)
    assert not gone.held_by_other


def test_a_throttled_call_waits_as_long_as_the_header_says():
    usage = Usage(percent=104, seen_at=NOW, regain_at=NOW + timedelta(minutes=17))

    error = classify(failed(80001, usage=usage), is_write=True, now=NOW)

    assert isinstance(error, PageUnavailable)
    assert error.throttled
    assert error.retry_at == NOW + timedelta(minutes=17)


@pytest.mark.parametrize(("throttles", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (40, 60)])
def test_without_a_header_the_waits_double_up_to_an_hour(throttles, minutes):
    error = classify(failed(4, throttles=throttles), is_write=False, now=NOW)

    assert isinstance(error, PageUnavailable)
    assert error.retry_at == NOW + timedelta(minutes=minutes)


def test_what_meta_says_to_people_is_kept_for_the_technical_log():
    body = {
        "error": {
            "message": "(#200) raw",
            "code": "100",
            "error_subcode": 1609005,
            "is_transient": False,
            "error_user_msg": "Linkkiä ei voitu lukea.",
            "fbtrace_id": "AbC",
        }
    }

    error = classify(parse_failure(400, body), is_write=True, now=NOW)

    assert error.details.user_message == "Linkkiä ei voitu lukea."
    assert (error.details.status, error.details.code, error.details.subcode) == (400, 100, 1609005)
    assert error.details.trace_id == "AbC"
    assert "raw" not in f"{error}{error!r}{error.details!r}".replace("error_user_msg", "")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"error": None},
        {"error": "text"},
        {"error": {}},
        {"error": {"code": None}},
        {"ok": False},
    ],
)
def test_an_answer_that_is_no_error_of_graph_is_an_outage(body):
    assert kind_of(parse_failure(400, body)) is Kind.OUTAGE


def test_the_trace_of_the_header_stands_in_for_a_missing_one():
    assert parse_failure(503, None, trace_id="XyZ").trace_id == "XyZ"


def test_every_kind_of_failure_is_among_the_cases():
    assert {kind_of(failure) for failure, _ in CASES} == set(Kind)


@pytest.mark.parametrize("is_write", [True, False])
def test_every_failure_has_a_whole_sentence_without_codes(is_write):
    errors = [classify(failure, is_write=is_write, now=NOW) for failure, _ in CASES]

    assert {str(error)[-1] for error in errors} == {"."}
    assert not [str(error) for error in errors if re.search(r"\d{3}|[{}]", str(error))]


def test_nothing_of_the_message_shows_in_a_failure():
    assert "hunter2" not in repr(failed(100, message="hunter2", user_message="hunter2"))


@pytest.mark.parametrize("is_write", [True, False])
@pytest.mark.parametrize("failure", [failure for failure, _ in CASES], ids=repr)
def test_every_failure_says_what_to_do_and_who_does_it(failure, is_write):
    error = classify(failure, is_write=is_write, now=NOW)

    assert mender_of(error.sentence) is not None
    assert len(re.findall(r"[.:](?: |$)", error.sentence)) >= 2  # what happened, and the next step
    assert "{" not in str(error)
    assert "unknown" not in str(error).lower()


@pytest.mark.parametrize(
    ("failure", "mender"),
    [
        *((failed(190, sub), Mender.ADMINISTRATOR) for sub in (458, 459, 460, 463, 464, 467, 492)),
        *((failed(code), Mender.ADMINISTRATOR) for code in (10, 200, 250, 299)),
        *((failed(code), Mender.PROGRAM) for code in (4, 17, 32, 613)),
        (failed(368), Mender.COORDINATOR),
        (failed(1366046), Mender.WRITER),
        (failed(506), Mender.WRITER),
        (failed(2, status=500), Mender.WRITER),  # it may be on the page: somebody must look
        (Failure(was_sent=False), Mender.ADMINISTRATOR),
    ],
)
def test_who_mends_what(failure, mender):
    assert mender_of(classify(failure, is_write=True, now=NOW).sentence) is mender


def test_another_sentence_is_nobodys():
    assert mender_of("Something else.") is None
