"""Trials and channels on one measure, with the uncertainty of small counts shown.

Contacts per worker hour, and the share that led on. Two rates are told apart only where an exact interval of
their ratio leaves out one; otherwise it is too early to say which is better.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.tracking import outreach_store as store
from social_bot.tracking.intervals import Interval, rate_ratio_interval
from social_bot.tracking.outreach import Channel, Measured, Part, Totals, add_up, rate, share
from social_bot.tracking.outreach_store import TrialRow, VisitRow


class Verdict(StrEnum):
    """How a row stands to the one it is compared with."""

    MORE = "more"
    FEWER = "fewer"
    UNCERTAIN = "uncertain"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A channel, or a trial. ``per_hour`` None: no hours are known, which is not zero.

    ``ratio`` is how many times as many contacts per hour as the row compared with.
    """

    key: str
    channel: Channel
    trial: TrialRow | None
    totals: Totals
    per_hour: Measured | None
    led_on: Measured | None
    declined: Measured | None
    out_of_area: Measured | None
    verdict: Verdict = Verdict.NOT_AVAILABLE
    ratio: Interval | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """``against`` is the key of the row that the others are compared with.

    ``conversations`` and ``calls`` are what the page's contacts consist of.
    """

    rows: Sequence[Row]
    against: str | None
    since: date
    until: date
    conversations: int
    calls: int

    @property
    def measured(self) -> Sequence[Row]:
        return [row for row in self.rows if row.per_hour is not None]


def compare(
    session: Session, *, since: date, until: date, zone: ZoneInfo, against: str | None = None
) -> Comparison:
    """Every channel with visits in the period and every trial with visits in it; both days are included."""
    visits = store.list_visits(session, since=since, until=until)
    begins, ends = _midnight(since, zone), _midnight(until + timedelta(days=1), zone)
    conversations = store.count_answered_conversations(session, since=begins, until=ends)
    calls = store.count_calls_made(session, since=begins, until=ends)
    trials = {row.id or 0: row for row in store.list_trials(session)}
    rows = [
        *_channels(visits, page_contacts=conversations + calls),
        *_trials(visits, trials),
    ]
    chosen = _against(rows, against)
    return Comparison(
        rows=[_judge(row, chosen) for row in rows],
        against=None if chosen is None else chosen.key,
        since=since,
        until=until,
        conversations=conversations,
        calls=calls,
    )


def judge(totals: Totals, other: Totals) -> tuple[Verdict, Interval | None]:
    """Whether the first has more contacts per worker hour than the other, as far as can be said."""
    if not totals.worker_minutes or not other.worker_minutes:
        return Verdict.NOT_AVAILABLE, None
    if not totals.contacts and not other.contacts:
        return Verdict.UNCERTAIN, None
    ratio = rate_ratio_interval(
        totals.contacts,
        totals.worker_hours,
        other_count=other.contacts,
        other_exposure=other.worker_hours,
    )
    if ratio.low > 1:
        return Verdict.MORE, ratio
    return (Verdict.FEWER if ratio.high < 1 else Verdict.UNCERTAIN), ratio


def _channels(visits: Sequence[VisitRow], *, page_contacts: int) -> Iterable[Row]:
    by_channel: dict[Channel, list[VisitRow]] = {}
    for visit in visits:
        by_channel.setdefault(visit.channel, []).append(visit)
    if page_contacts:
        by_channel.setdefault(Channel.PAGE, [])
    for channel in Channel:
        if channel in by_channel:
            totals = add_up(by_channel[channel])
            if channel is Channel.PAGE:
                totals = _of_the_page(totals, page_contacts)
            yield _row(f"channel:{channel.value}", channel, None, totals)


def _of_the_page(totals: Totals, contacts: int) -> Totals:
    """The program counts the page's contacts itself; hours and what they led to are written by hand."""

    def of_all(part: Part | None) -> Part | None:
        return None if part is None else Part(count=min(part.count, contacts), of=contacts)

    return replace(
        totals,
        contacts=contacts,
        declined=None,
        led_to_clienthood=of_all(totals.led_to_clienthood),
        guided_on=of_all(totals.guided_on),
        out_of_area=of_all(totals.out_of_area),
        led_on=of_all(totals.led_on),
    )


def _trials(visits: Sequence[VisitRow], trials: Mapping[int, TrialRow]) -> Iterable[Row]:
    by_trial: dict[int, list[VisitRow]] = {}
    for visit in visits:
        if visit.trial_id is not None:
            by_trial.setdefault(visit.trial_id, []).append(visit)
    for trial_id, trial in trials.items():
        if trial_id in by_trial:
            yield _row(f"trial:{trial_id}", trial.channel, trial, add_up(by_trial[trial_id]))


def _row(key: str, channel: Channel, trial: TrialRow | None, totals: Totals) -> Row:
    return Row(
        key=key,
        channel=channel,
        trial=trial,
        totals=totals,
        per_hour=rate(totals.contacts, totals.worker_hours),
        led_on=share(totals.led_on),
        declined=share(totals.declined),
        out_of_area=share(totals.out_of_area),
    )


def _against(rows: Sequence[Row], wanted: str | None) -> Row | None:
    """The one asked for, else the page where its hours are known, else the one with the most hours."""
    measured = [row for row in rows if row.per_hour is not None]
    for key in (wanted, f"channel:{Channel.PAGE.value}"):
        for row in measured:
            if row.key == key:
                return row
    return max(measured, key=lambda row: row.totals.worker_minutes, default=None)


def _judge(row: Row, against: Row | None) -> Row:
    if against is None or row.key == against.key:
        return row
    verdict, ratio = judge(row.totals, against.totals)
    return replace(row, verdict=verdict, ratio=ratio)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
