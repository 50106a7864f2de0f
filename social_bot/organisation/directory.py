"""What the organisation stands for: its name, languages, hours, numbers and links, each with a checked date.

A value is text; it may be given for one language (``housing_advice.sv``) and otherwise serves all. A number
or link that nobody has checked here does not exist for a text, save those that the law fixes (112).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import phonenumbers
from sqlmodel import Field, Session, SQLModel, select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import audit, operators
from social_bot.organisation.hours import OpeningHours, in_words, parse_hours, times_in_words
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.public_holidays import closed_in_words, is_holiday
from social_bot.organisation.roles import Role
from social_bot.organisation.times import in_words as moment_in_words


class Kind(StrEnum):
    TEXT = "text"
    PHONE = "phone"
    LINK = "link"
    HOURS = "hours"
    LANGUAGES = "languages"
    NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class Key:
    """``fixed`` is a value that needs no check: the same for everybody by law, or our own default."""

    name: str
    kind: Kind
    fixed: str | None = None


def _keys(kind: Kind, *names: str) -> list[Key]:
    return [Key(name=name, kind=kind) for name in names]


KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        *_keys(Kind.TEXT, "name", "quality_owner", "visit_address", "visit_hours"),
        *_keys(Kind.TEXT, "accessibility_contact"),
        *_keys(Kind.TEXT, "controller", "dpo_contact"),  # who answers for personal data, and their officer
        Key(name="retention_days", kind=Kind.NUMBER, fixed="30"),  # the periods are explained in retention.py
        Key(name="open_retention_days", kind=Kind.NUMBER, fixed="90"),
        Key(name="picture_retention_days", kind=Kind.NUMBER, fixed="365"),
        Key(name="audit_retention_years", kind=Kind.NUMBER, fixed="5"),
        Key(name="hand_back_hours", kind=Kind.NUMBER),
        Key(name="callback_retention_days", kind=Kind.NUMBER, fixed="14"),
        Key(name="recheck_days", kind=Kind.NUMBER, fixed="180"),  # after so long a number is checked again
        Key(name="languages", kind=Kind.LANGUAGES),
        *_keys(Kind.HOURS, "hours", "hours_exceptions"),
        Key(name="waiting_minutes", kind=Kind.NUMBER, fixed="60"),
        Key(name="emergency", kind=Kind.PHONE, fixed="112"),
        *_keys(
            Kind.PHONE,
            *(
                "phone_main",
                "social_emergency",
                "urgent_health",
                "crisis_fi",
                "crisis_sv",
                "crisis_uk",
                "crisis_ru",
            ),
            *(
                "violence_line",
                "victim_support",
                "women_line",
                "poison",
                "substance_line",
                "debt_line",
                "child_line",
            ),
            *("kela_assistance", "kela_en"),
        ),
        *_keys(
            Kind.LINK,
            *(
                "kela_link",
                "eservice_link",
                "documents_link",
                "booking_link",
                "food_aid_link",
                "shelter_link",
            ),
            *("notify_link", "child_notify_link", "guardianship_link", "privacy_link", "data_request_link"),
            *("integration_link",),
        ),
        *_keys(
            Kind.TEXT,
            *("benefit_links", "housing_links", "housing_advice", "homeless_service", "debt_counselling"),
            *(
                "substance_services",
                "mental_health_services",
                "family_services",
                "burial_help",
                "service_facts",
            ),
            *("social_ombud", "interpreter_note"),
        ),
    )
}

NEEDED_TO_GO_LIVE = ("phone_main", "social_emergency")


class SettingRow(SQLModel, table=True):
    """``language`` is empty for a value that serves every language."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True, max_length=60)
    language: str = Field(primary_key=True, max_length=5, default="")
    value: str
    checked_on: date
    checked_by: str = Field(max_length=160)


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """The settings as the rooms use them, gathered once for a piece of work."""

    values: Mapping[tuple[str, str], str]
    languages: tuple[str, ...]
    hours: OpeningHours
    zone: ZoneInfo
    base_url: str
    staff_url: str

    def value(self, key: str, language: str) -> str | None:
        """The value for the language, else the one for all, else the fixed one, else None."""
        return self.values.get((key, language)) or self.values.get((key, "")) or KEYS[key].fixed

    @property
    def name(self) -> str:
        return self.value("name", self.languages[0]) or "Aikuissosiaalityö"

    @property
    def callback_retention_days(self) -> int:
        """How long the number of somebody whom we did not reach is kept."""
        return int(self.value("callback_retention_days", "") or 0)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    @property
    def retention(self) -> timedelta:
        """How long the texts of a closed conversation are kept."""
        return timedelta(days=int(self.value("retention_days", "") or 0))

    @property
    def recheck_after(self) -> timedelta:
        """How old the check of a number may be."""
        return timedelta(days=int(self.value("recheck_days", "") or 0))

    @property
    def hand_back_after(self) -> timedelta | None:
        """After how long a silence a thread that a person holds comes back to the bot; None: never."""
        hours = self.value("hand_back_hours", "")
        return None if hours is None else timedelta(hours=int(hours))

    def callback_link(self, language: str) -> str:
        return f"{self.base_url}/callback?lang={language}"

    def dial_link(self, key: str, language: str) -> str | None:
        """``tel:+358…`` of a number that any phone can dial; None for none, a short or a sample one."""
        value = self.value(key, language)
        if value is None or not set(value) <= set("0123456789+ ()-"):
            return None
        try:
            number = phonenumbers.parse(value, "FI")
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(number):
            return None
        return f"tel:{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}"

    def text_values(self, language: str, now: datetime) -> dict[str, str | None]:
        """Everything that a text in ``language`` may name at ``now``; None where there is no value."""
        local = now.astimezone(self.zone)
        given: dict[str, str | None] = {key: self.value(key, language) for key in KEYS}
        is_open = self.hours.is_open(local)
        return given | {
            "organisation_name": self.value("name", language),
            "phone_hours": in_words(self.hours, language) or None,
            "next_opening": None if is_open else self._opening_in_words(local, language),
            "closed_today": self._closed_in_words(local, language),
            "today_hours": self._day_in_words(local.date(), language),
            "tomorrow_hours": self._day_in_words(local.date() + timedelta(days=1), language),
            "callback_link": self.callback_link(language),
        }

    def _opening_in_words(self, local: datetime, language: str) -> str | None:
        opens = self.hours.next_opening(local)
        return None if opens is None else moment_in_words(opens, language)

    def _closed_in_words(self, local: datetime, language: str) -> str | None:
        """``Suljettu itsenäisyyspäivänä``, on a holiday only."""
        day = local.date()
        if self.hours.is_open(local) or self.hours.on(day) or not is_holiday(day):
            return None
        words = closed_in_words(day, language)
        return words[0].upper() + words[1:]

    def _day_in_words(self, day: date, language: str) -> str | None:
        intervals = self.hours.on(day)
        if intervals:
            return times_in_words(intervals, language)
        if not self.hours.week:
            return None
        return closed_in_words(day, language)


def gather(session: Session, *, zone: ZoneInfo, base_url: str, staff_url: str) -> Organisation:
    """Read the organisation's settings; a new organisation is Finnish only and has no hours."""
    values = {(row.key, row.language): row.value for row in session.exec(select(SettingRow)).all()}
    return Organisation(
        values=values,
        languages=tuple(values.get(("languages", ""), "fi").split(",")),
        hours=parse_hours(values.get(("hours", ""), ""), exceptions=values.get(("hours_exceptions", ""), "")),
        zone=zone,
        base_url=base_url,
        staff_url=staff_url,
    )


def put(session: Session, key: str, value: str, *, now: datetime, by: str, zone: ZoneInfo) -> SettingRow:
    """Set ``key`` or ``key.language``; setting a value marks it checked today by ``by``.

    Raises ``InvalidInput`` for an unknown key or a value that is none of its kind.
    """
    name, language = _named(key)
    kept = clean(key, value)
    today = now.astimezone(zone).date()
    row = session.merge(SettingRow(key=name, language=language, value=kept, checked_on=today, checked_by=by))
    audit.record(session, at=now, actor=by, action="setting.put", subject=key)
    return row


def confirm(session: Session, key: str, *, now: datetime, by: str, zone: ZoneInfo) -> SettingRow:
    """Mark the value as checked today by ``by``, without a change. Raises ``InvalidInput`` where there is none."""
    name, language = _named(key)
    row = session.get(SettingRow, (name, language))
    if row is None:
        raise InvalidInput('"{key}" has no value that could be checked. Give it one.', key=key)
    row.checked_on, row.checked_by = now.astimezone(zone).date(), by
    session.add(row)
    audit.record(session, at=now, actor=by, action="setting.confirm", subject=key)
    return row


def unset(session: Session, key: str, *, now: datetime, by: str) -> bool:
    """Take the value away, so that texts leave out what names it; whether there was one."""
    row = session.get(SettingRow, _named(key))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    audit.record(session, at=now, actor=by, action="setting.unset", subject=key)
    return True


def require_keeper(session: Session, name: str) -> None:
    """Raises ``NotAllowed`` unless the operator is an administrator or a coordinator, who keep the settings."""
    try:
        operators.require(session, name, Role.ADMINISTRATOR)
    except NotAllowed:
        try:
            operators.require(session, name, Role.COORDINATOR)
        except NotAllowed as error:
            raise NotAllowed(
                "Settings are kept by administrators and coordinators. Ask one of them to do this."
            ) from error


def clean(key: str, value: str) -> str:
    """The value as it would be kept. Raises ``InvalidInput`` for an unknown key or a value that is none of its kind."""
    return _checked(KEYS[_named(key)[0]], value.strip())


def everything(session: Session) -> Sequence[SettingRow]:
    return session.exec(select(SettingRow).order_by(SettingRow.key, SettingRow.language)).all()


def outdated(
    rows: Sequence[SettingRow], organisation: Organisation, *, now: datetime
) -> Sequence[SettingRow]:
    """The phone numbers whose check is older than the organisation allows."""
    oldest = organisation.today(now) - organisation.recheck_after
    return [
        row
        for row in rows
        if row.key in KEYS and KEYS[row.key].kind is Kind.PHONE and row.checked_on < oldest
    ]


def missing_to_go_live(organisation: Organisation) -> tuple[str, ...]:
    return tuple(
        key for key in NEEDED_TO_GO_LIVE if organisation.value(key, organisation.languages[0]) is None
    )


def _named(key: str) -> tuple[str, str]:
    """Key and language of ``key`` or ``key.language``. Raises ``InvalidInput``."""
    name, _, language = key.partition(".")
    if name not in KEYS or language not in ("", *LANGUAGES):
        raise InvalidInput(
            'There is no setting "{key}". The settings are: {known}; add .fi, .sv or .en for one language.',
            key=key,
            known=", ".join(sorted(KEYS)),
        )
    return name, language


def _checked(key: Key, value: str) -> str:
    if not value:
        raise InvalidInput('The setting "{key}" needs a value.', key=key.name)
    match key.kind:
        case Kind.LANGUAGES:
            return _language_list(value)
        case Kind.HOURS:
            if key.name == "hours":
                parse_hours(value)
            else:
                parse_hours("", exceptions=value)
        case Kind.LINK:
            if not value.startswith(("https://", "http://")) or " " in value:
                raise InvalidInput('"{key}" must be an address that begins with https://.', key=key.name)
        case Kind.NUMBER:
            return _number(key, value)
        case Kind.PHONE:
            return _phone(key, value)
        case Kind.TEXT:
            pass
    return value


def _language_list(value: str) -> str:
    languages = [language.strip().lower() for language in value.split(",")]
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown or len(set(languages)) != len(languages):
        raise InvalidInput(
            'Languages read like "fi,sv", in the order in which posts show them. Known: {known}.',
            known=", ".join(LANGUAGES),
        )
    return ",".join(languages)


_MOST_YEARS = 50
_DIGITS = 5  # more than any period, delay or count of ours; a longer one would be beyond the calendar


def _number(key: Key, value: str) -> str:
    if not (value.isascii() and value.isdecimal()) or len(value) > _DIGITS or int(value) == 0:
        raise InvalidInput('"{key}" must be a whole number, for example 60.', key=key.name)
    if key.name.endswith("_years") and int(value) > _MOST_YEARS:
        raise InvalidInput('"{key}" must be at most {most}.', key=key.name, most=_MOST_YEARS)
    return value


_PLACEHOLDER_DIGIT = "X"  # a number of the sample organisation, for no Finnish range is kept for fiction


def _phone(key: Key, value: str) -> str:
    """The number as Finns write it (``09 2525 0111``); short numbers (112, 116 117) as they are."""
    if _PLACEHOLDER_DIGIT in value.upper() and set(value.upper()) <= set("0123456789X +"):
        return value.upper()
    digits = value.replace(" ", "")
    if digits.isdigit() and len(digits) <= 6:
        return value
    try:
        number = phonenumbers.parse(value, "FI")
    except phonenumbers.NumberParseException as error:
        raise InvalidInput(
            '"{key}" must be a phone number, for example 02 123 4567.', key=key.name
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidInput('"{key}" has too few or too many digits for a phone number.', key=key.name)
    if number.country_code == 358:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
