"""Danger: what must be seen, and what must not. How much is found of others' lines: test_evaluation.py."""

import time

import pytest

from social_bot.answering.crisis import CrisisKind, find_crisis
from social_bot.answering.recognition import Models

Kind = CrisisKind


def _found(text: str, models: Models) -> CrisisKind | None:
    return find_crisis(text, signs=models.crisis_signs, models=models.classifiers)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("haluun kuola", Kind.SUICIDE),
        ("tapann itteni", Kind.SUICIDE),
        ("itse murhaa miettiny", Kind.SUICIDE),
        ("itsemurh mielessä", Kind.SUICIDE),
        ("i t s e m u r h a", Kind.SUICIDE),
        ("en mä mitään tee mut haluan kuolla 😂", Kind.SUICIDE),
        ("mie en jaksa ennää ellää", Kind.SUICIDE),
        ("EN JAKSA ELAA", Kind.SUICIDE),
        ("kuka hoitaa mun koiran sit ku mua ei oo", Kind.SUICIDE),
        ("en tiiä selviinkö tästä yöstä", Kind.SUICIDE),
        ("ois niin paljon helpompaa kaikille jos mä vaan katoisin", Kind.SUICIDE),
        ("jag vil dö", Kind.SUICIDE),
        ("vill int leva", Kind.SUICIDE),
        ("säg till barnen att jag älskade dem", Kind.SUICIDE),
        ("im gona kil myself", Kind.SUICIDE),
        ("who will feed my cat when I'm gone", Kind.SUICIDE),
        ("no one will miss me", Kind.SUICIDE),
        ("я не хочу больше жить", Kind.SUICIDE),
        ("я не хочу жити", Kind.SUICIDE),
        ("أريد أن أموت", Kind.SUICIDE),
        ("ma ei taha enam elada", Kind.SUICIDE),
        ("waxaan rabaa inaan dhinto", Kind.SUICIDE),
        ("oon taas viiltäny", Kind.SELF_HARM),
        ("kädet täynnä jälkiä taas", Kind.SELF_HARM),
        ("jag skär mig", Kind.SELF_HARM),
        ("I've been cutting again", Kind.SELF_HARM),
        ("se hakkaa mua", Kind.VIOLENCE_NOW),
        ("se otti mun avaimet ja puhelimen enkä pääse mihkään", Kind.VIOLENCE_NOW),
        ("appiukko lyö mun vaimoa", Kind.VIOLENCE_NOW),
        ("han tog min telefon och jag kan inte gå", Kind.VIOLENCE_NOW),
        ("he grabbed me by the throat", Kind.VIOLENCE_NOW),
        ("муж меня бьет", Kind.VIOLENCE_NOW),
        ("زوجي يضربني", Kind.VIOLENCE_NOW),
        ("mees peksab mind", Kind.VIOLENCE_NOW),
        ("4v poika pihalla yksin yöpuvussa klo 23", Kind.CHILD_IN_DANGER),
        ("jag är 9 och mamma vaknar inte", Kind.CHILD_IN_DANGER),
        ("babyn är ensam i lägenheten", Kind.CHILD_IN_DANGER),
        ("my uncle does things to me I can't tell", Kind.CHILD_IN_DANGER),
        ("ei oo yöpaikkaa", Kind.HOMELESS_TONIGHT),
        ("missä mä voin nukkua tän yön", Kind.HOMELESS_TONIGHT),
        ("jag har ingenstans att sova i natt", Kind.HOMELESS_TONIGHT),
        ("I have nowhere to sleep tonight", Kind.HOMELESS_TONIGHT),
        ("негде ночевать сегодня", Kind.HOMELESS_TONIGHT),
        ("kaveri ei hengitä", Kind.OVERDOSE_MEDICAL),
        ("isä otti kaikki unilääkkeensä", Kind.OVERDOSE_MEDICAL),
        ("farfar andas konstigt", Kind.OVERDOSE_MEDICAL),
        ("I took all my pills", Kind.OVERDOSE_MEDICAL),
        ("она не дышит", Kind.OVERDOSE_MEDICAL),
        ("tuun sinne puukon kanssa", Kind.THREAT_TO_OTHERS),
        ("kommer med yxan till kontoret", Kind.THREAT_TO_OTHERS),
        ("there'll be blood at your front desk", Kind.THREAT_TO_OTHERS),
        ("kaverini haluaa tappaa itsensä", Kind.LIFE_WORRY_OTHER),
        ("min vän vill ta livet av sig", Kind.LIFE_WORRY_OTHER),
        ("my friend threatens suicide", Kind.LIFE_WORRY_OTHER),
    ],
)
def test_danger_is_seen_in_the_words_of_many(text: str, kind: CrisisKind, models: Models) -> None:
    found = _found(text, models)

    assert found is not None
    assert found == kind or kind in models.crisis_signs.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "kuolin nauruun",
        "olen kuolemanväsynyt tähän",
        "isän kuolinpesä on varaton",
        "haluan ilmoittaa kuolemasta",
        "isäni kuolemasta on kaksi kuukautta, perunkirjoitus",
        "setä teki itsemurhan kymmenen vuotta sitten, onko sururyhmää",
        "äiti tappaa mut jos en muista kaupassakäyntiä",
        "tapaan sosiaaliohjaajan huomenna",
        "oon ihan pihalla näistä tuista",
        "en jaksa täyttää lomaketta",
        "en jaksa elää tällä rahalla",
        "mistä saan ruokaa tänään",
        "mulla ei huomenna enää oo rahaa",
        "en pääse kirjautumaan sisään",
        "poikani ei herää aamulla kouluun",
        "vuokranantaja uhkaa häädöllä",
        "puhelin kuoli kesken",
        "vittu mitä touhua",
        "skrattade ihjäl mig i går",
        "slå mig en signal",
        "får inte sova på natten av oro för räkningar",
        "jag väntar på handläggaren",
        "ni behandlade mig illa",
        "I died laughing",
        "killing time in your waiting room",
        "my dad had a stroke last year, what help is there",
        "need help with my dead husband's estate",
        "I can't find the live chat",
        "my boss is going to kill me",
        "take my name off the list",
        "ok",
        "jag",
        "asdf",
        "",
        "😂😂",
    ],
)
def test_idioms_office_words_and_the_past_are_no_alarm(text: str, models: Models) -> None:
    assert _found(text, models) is None


@pytest.mark.parametrize(
    "text",
    [
        "nauroin itseni kuoliaaksi mut oikeesti haluan kuolla",
        "skrattade ihjäl mig men egentligen vill jag dö",
        "this form is killing me and I want to die",
    ],
)
def test_a_real_sign_beside_an_idiom_wins(text: str, models: Models) -> None:
    assert _found(text, models) is Kind.SUICIDE


@pytest.mark.parametrize("before", [0, 300, 5_000])
def test_one_sentence_in_a_long_message_is_found(before: int, models: Models) -> None:
    text = (
        "Haluaisin kysyä asumistuesta ja sen hakemisesta. " * before
        + "En jaksa enää elää. "
        + "Kiitos. " * 20
    )

    assert _found(text, models) is Kind.SUICIDE


def test_of_two_dangers_the_more_urgent_is_named(models: Models) -> None:
    assert _found("haluan kuolla, otin jo kaikki pillerit", models) is Kind.OVERDOSE_MEDICAL


@pytest.mark.parametrize(
    "text", ["a-" * 10_000, "haluan " * 3_000, "mies ei " * 2_500, "ä" * 20_000, "x" * 20_000]
)
def test_the_longest_message_of_the_platform_is_judged_in_time(text: str, models: Models) -> None:
    started = time.process_time()

    _found(text, models)

    assert time.process_time() - started < 0.25


# fmt: off
EVERYDAY = (
    "Gäller det här alla?", "Koskeeko tämä kaikkia?", "Does this apply to everyone?", "Missä tämä on?",
    "Var är det här?", "Where is this?", "Milloin tämä on?", "När är det?", "Saako tulla yksin?",
    "Får man komma ensam?", "Can I come alone?", "Onko tämä ilmainen?", "Kostar det något?",
    "Mitä tarkoittaa tuo viimeinen kohta?", "Vad betyder det sista?", "Kiva kun autatte!",
    "Bra att ni finns!", "Hyvä juttu", "Voiko kuka vaan tulla?", "Får vem som helst komma?",
    "Onko teillä vielä paikkoja?", "Finns det plats kvar?", "Moneltako se alkaa?",
    "Hur dags börjar det?", "Good to know, thank you.", "Vet någon?", "Tietääkö joku?",
    "Entä huomenna?", "Och i morgon då?", "What about tomorrow?", "Onko sama ensi viikolla?",
    "Samma tid nästa vecka?", "Jaan tämän kavereille", "Delar vidare", "Sharing this",
    "Tuletteko myös Rantalaan?", "Kommer ni till Strandby också?", "Pitääkö ilmoittautua?",
    "Måste man anmäla sig?", "Mistä ovesta?", "Vilken dörr?", "Which door?",
    "Voinko ottaa lapsen mukaan?", "Kan jag ta med barnet?", "Can I bring my kid?", "Ok, odotan",
    "Jag väntar", "Selvä, kysyn muualta", "Ehkä joskus", "Kanske", "En ehdi tänään",
    "Jag hinner inte idag", "Ei sovi mulle", "Passar inte mig", "Hei, kuka vastaa täällä?",
    "Vem svarar här?", "Who answers here?", "Onko siellä ketään?", "Är någon där?", "Is anybody there?",
    "Vastatkaa", "Svara", "Ei toimi", "Funkar inte", "En ymmärrä", "Jag förstår inte",
    "I don't understand", "Mitä?", "Va?", "Miksi?", "Varför?", "Why?", "Eikä!", "Nej",
    "Joo mutta milloin", "Ja men när", "Luitteko tämän?", "Läste ni det här?", "Saitteko viestini?",
    "Fick ni mitt meddelande?",
)
# fmt: on


def test_short_everyday_words_seldom_alarm(models: Models) -> None:
    alarms = [text for text in EVERYDAY if _found(text, models)]

    assert len(alarms) / len(EVERYDAY) <= 0.05, alarms
