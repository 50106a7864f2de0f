"""Sample outreach: three trials of the Vasso report from their published facts, and made-up ones that run now.

The report: "Aikuissosiaalityön jalkautuminen ja matala kynnys kehittämiskohteina", Vasso, sub-project of PRO
SOS 2017-2018. The words are ours, the facts are the report's; it gives years, so the days are estimates, and a
count that it does not give stays unknown.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from social_bot.planning import store as planning
from social_bot.tracking import partners, practices, trial_deeds, visits
from social_bot.tracking.forms import read_practice_form, read_trial_form
from social_bot.tracking.outreach import Channel, PartnerKind, Visit
from social_bot.tracking.partners import Partner
from social_bot.tracking.recognisable import read_first_names
from social_bot.tracking.trials import Stage, TrialPlan

_SPACE = uuid.UUID("3a6a35b1-7a5e-4f3b-9a58-0d9f0a3a7c11")
_YEARS_ONLY = "Raportti kertoo vain vuodet 2017–2018, joten päivämäärät ovat arvioita."


@dataclass(frozen=True, kw_only=True)
class _Sample:
    """A trial with its answers by stage; ``decision`` is what, when and why."""

    plan: TrialPlan
    answers: Mapping[Stage, Mapping[str, str]]
    partners: Sequence[str] = ()
    visits: Sequence[Visit] = ()
    decision: tuple[str, date, str] | None = None


_PARTNERS = (
    Partner(name="Kela", name_sv="FPA", kind=PartnerKind.KELA, link="https://kela.example"),
    Partner(
        name="Mallilan seurakunta",
        name_sv="Mallila församling",
        kind=PartnerKind.PARISH,
        phone="0XX XXX XXXX",
    ),
    Partner(name="Mallilan kirjasto", name_sv="Mallila bibliotek", kind=PartnerKind.LIBRARY),
    Partner(name="Mallilan terveyskeskus", name_sv="Mallila hälsocentral", kind=PartnerKind.HEALTH),
    Partner(name="Raision seurakunta", name_sv="Reso församling", kind=PartnerKind.PARISH),
)

_KELA_DAYS = (date(2017, 3, 6), date(2017, 3, 13), date(2017, 3, 20))
_KELA = _Sample(
    plan=TrialPlan(
        title="Sosiaalityöntekijän jalkautuminen Kelaan (Raisio 2017–2018)",
        channel=Channel.KELA,
        place="Kelan toimisto, Raisio",
        room="odotustila",
        starts_on=date(2017, 3, 6),
        mid_on=date(2017, 3, 27),
        ends_on=date(2017, 6, 5),
    ),
    partners=("Kela",),
    visits=[
        Visit(
            place="Kelan toimisto, Raisio",
            channel=Channel.KELA,
            held_on=day,
            minutes=120,
            workers=1,
            contacts=0,
        )
        for day in _KELA_DAYS
    ],
    answers={
        Stage.START: {
            "target_group": "Kelassa asioivat, joilla saattaa olla myös sosiaalityön tarve. Lisäksi tuki Kelan"
            " työntekijöille.",
            "problem_to_solve": "Kelassa käy ihmisiä, jotka tarvitsevat etuuksien lisäksi sosiaalityötä. Osa ei"
            " ole vielä sosiaalityön asiakkaita, ja Kelasta tulee hyvin vähän ilmoituksia tuen tarpeesta."
            " Tavoitteena on, että ihmiset ohjautuvat oikeisiin palveluihin.",
            "description": "Sosiaalityöntekijä on Kelassa maanantaisin kaksi tuntia. Hänen kanssaan voi"
            f" jutella, ja Kelan työntekijä voi pyytää hänet mukaan keskusteluun. {_YEARS_ONLY}",
            "resources_needed": "Kaksi tuntia viikossa sosiaalityöntekijän työaikaa.",
            "expectations_positive": "Löydetään sosiaalityötä tarvitsevia ja tiivistetään yhteyttä Kelaan.",
            "expectations_negative": "Kelaan ei ole järkevää mennä täyttämään hakemuksia ihmisten kanssa.",
            "evaluation_method": "Haluavatko ihmiset jutella sosiaalityön asioista? Millaisena Kelan"
            " työntekijät kokevat yhteistyön? Johtavatko yhteydenotot asiakkuuksiin?",
        },
        Stage.MID: {
            "target_reached": "Heikosti. Ihmiset eivät ole halunneet jutella sosiaalityöntekijän kanssa.",
            "reached_instead": "Keskusteluyhteys Kelan työntekijöihin on tiivistynyt.",
            "overall_assessment": "Toistaiseksi käytetty aika ja koettu hyöty eivät kohtaa.",
            "other_needs": "Kannettava tietokone, jossa on asiakastietojärjestelmä. Odotustila on hyvin pieni:"
            " siellä ei käytännössä voi puhua kenenkään asioista.",
            "successes_failures": "Kiinnostus jutella on ollut odotettua vähäisempää.",
            "changes_needed": "Mietitään muita tapoja tiivistää yhteistyötä, sellaisia jotka ovat työajan"
            " kannalta järkevämpiä.",
            "proposals": "Kelan ja sosiaalitoimiston työntekijöiden yhteinen tapaaminen: tutustutaan puolin ja"
            " toisin ja kerrotaan, mitä yhteistyöltä toivotaan. Päivystys puhelimessa Kelan työntekijöille.",
        },
        Stage.END: {
            "target_reached": "Heikosti. Ihmiset eivät ole halunneet jutella sosiaalityöntekijän kanssa.",
            "reached_instead": "Kasvot tulivat tutuiksi Kelan paikallistoimiston työntekijöille.",
            "overall_assessment": "Toiminnalla ei tavoitettu asiakkaita. Käytetty aika ja koettu hyöty eivät"
            " kohdanneet.",
            "other_needs": "Kannettava tietokone, jossa on asiakastietojärjestelmä. Odotustila oli liian pieni.",
            "successes_failures": "Kiinnostus jutella oli odotettua vähäisempää.",
            "changes_needed": "Odotustilaan ei enää jalkauduta. Yhteistyölle Kelan kanssa etsitään muut keinot.",
            "future": "Jalkaudutaan yhdessä Kelan työntekijöiden kanssa seurakunnan päivystyksiin ja Myllyyn."
            " Kelan kanssa pidetään verkostopalaveri aina, kun sille on tarvetta.",
            "lessons_learned": "Paikkaa on kokeiltu, ja tehottomaksi todettu tapa muutetaan. Yhteistyö Kelan"
            " kanssa jatkuu muilla keinoilla.",
        },
    },
    decision=(
        "stop",
        date(2017, 6, 5),
        "Odotustilassa ei tavoitettu asiakkaita. Yhteistyö Kelan kanssa jatkuu muilla keinoilla.",
    ),
)

_PARISH = _Sample(
    plan=TrialPlan(
        title="Sosiaalityöntekijöiden jalkautuminen seurakunnan päivystykseen (Raisio 2017–2018)",
        channel=Channel.PARISH,
        place="Seurakuntatalo, Raisio",
        room="diakonin viereinen huone",
        starts_on=date(2017, 3, 6),
        mid_on=date(2017, 9, 4),
        ends_on=date(2018, 5, 28),
    ),
    partners=("Raision seurakunta", "Kela"),
    answers={
        Stage.START: {
            "target_group": "Diakonien päivystyksessä käyvät, joilla saattaa olla sosiaalityön tarve. Lisäksi"
            " diakonit, joiden kanssa yhteistyötä tiivistetään.",
            "problem_to_solve": "Miten ihmiset löytävät palvelut nyt, kun he eivät enää tule kunnan"
            " etuuskäsittelyn kautta? Lisäksi tiivistetään sosiaalitoimen ja seurakunnan yhteistyötä.",
            "description": "Sosiaalityöntekijä on mukana diakonien päivystyksessä maanantaisin kaksi tuntia."
            " Hän on viereisessä huoneessa, ja diakoni kysyy kaikilta, haluavatko he jutella hänen kanssaan."
            f" {_YEARS_ONLY}",
            "resources_needed": "Kaksi tuntia viikossa työaikaa.",
            "expectations_positive": "Ihmiset haluavat jutella sosiaalityöntekijän kanssa, kokonaistilannetta"
            " voidaan alustavasti kartoittaa, ja tarvittaessa he ohjautuvat palveluihin.",
            "evaluation_method": "Keskustelua haluavat suhteessa käytettyyn aikaan. Sosiaalityön asiat verrattuna"
            " pelkkiin rahapyyntöihin.",
        },
        Stage.MID: {
            "target_reached": "Hyvin harva on halunnut jutella: tähän mennessä yhteensä kolme tai neljä."
            " Useimmat ovat kieltäytyneet.",
            "reached_instead": "Näkyvyys diakoneille ja tiiviimpi yhteistyö.",
            "overall_assessment": "Toistaiseksi ihmisiä tavoitetaan heikosti käytettyyn aikaan nähden.",
            "other_needs": "Kannettava tietokone ohjelmistoineen on tärkeä olla mukana.",
            "successes_failures": "Asiakkaita ei ole toistaiseksi tavoitettu. Yhteistyö diakonien kanssa on"
            " tiivistynyt.",
            "changes_needed": "Ehdotamme, että diakoni pyytää aktiivisemmin luvan kutsua sosiaalityöntekijä"
            " mukaan keskusteluun omaan huoneeseensa. Tähän asti on tarjottu vain keskustelua viereisessä"
            " huoneessa.",
        },
        Stage.END: {
            "target_reached": "Asiakasmäärät ovat edelleen melko pieniä. Päivystystä kokeiltiin hajautetusti eri"
            " alueilla. Nyt palataan keskustan seurakuntataloon, jonne ihmiset löytävät parhaiten.",
            "reached_instead": "Kela on tullut mukaan. Seurakunnan, sosiaalitoimen ja Kelan yhteistyö tuo hyvää"
            " mainosta ja kehittää työntekijöiden yhteistyötä.",
            "overall_assessment": "Uusien tapojen juurtuminen vie aikaa. Seurakunta pitää yhteistä päivystystä"
            " tärkeänä, ja ihminen voi hoitaa monta asiaa samalla käynnillä.",
            "other_needs": "Kela on mukana, ja työntekijöillä on nyt kannettava tietokone. Alueille jalkautuminen"
            " ei onnistunut, joten paikka on taas keskustan seurakuntatalo.",
            "successes_failures": "Ihmisiä tavoitetaan edelleen melko vähän. Päivystystä pitää mainostaa koko"
            " ajan, ja paikkaa pitää osata vaihtaa. Kela saatiin mukaan.",
            "changes_needed": "Jatkuva mainostaminen, jotta asukkaat löytävät palvelun. Sama aika ja sama paikka"
            " helpottavat tiedottamista.",
            "future": "Päivystystä jatketaan kerran viikossa keskustan seurakuntatalolla seurakunnan,"
            " sosiaalityön ja Kelan yhteistyönä.",
            "lessons_learned": "Uuden toimintatavan vakiinnuttaminen vie paljon aikaa. Viranomaisten ja kolmannen"
            " sektorin yhteistyö on tehokasta, kunhan ihmiset tavoitetaan ja he oppivat käyttämään palvelua.",
        },
    },
    decision=(
        "continue",
        date(2018, 5, 28),
        "Yhteistä päivystystä jatketaan kerran viikossa keskustan seurakuntatalolla.",
    ),
)

_MALL = _Sample(
    plan=TrialPlan(
        title="Jalkautuminen kauppakeskus Myllyyn (Raisio 2017–2018)",
        channel=Channel.MALL,
        place="Kauppakeskus Mylly, Raisio",
        room="seurakunnan tila",
        starts_on=date(2017, 9, 1),
        mid_on=date(2018, 1, 15),
        ends_on=date(2018, 5, 28),
    ),
    partners=("Raision seurakunta",),
    answers={
        Stage.START: {
            "target_group": "Sosiaalityön tarpeessa olevat, jotka eivät vielä ole löytäneet palveluita.",
            "problem_to_solve": "Asukkaat ja yhteistyökumppanit tuntevat aikuissosiaalityön palvelut heikosti.",
            "description": "Sosiaalityöntekijä tai sosiaaliohjaaja on kerran kuukaudessa seurakunnan tilassa"
            " ostoskeskuksessa. Tarjolla on palveluohjausta ja tarvittaessa ajanvaraus sosiaalityöhön."
            f" {_YEARS_ONLY}",
        },
        Stage.END: {
            "target_reached": "Ei. Ihmiset eivät ole löytäneet tilaan.",
            "reached_instead": "Ostoskeskuksessa asioi paljon naapurikunnan asukkaita.",
            "overall_assessment": "Ostoskeskus ei ole ollut toimiva paikka ihmisten tavoittamiseen. Näkyvyys"
            " asukkaille ja yhteistyökumppaneille on lisääntynyt.",
            "changes_needed": "Paikat ja tavat pitää miettiä tarkasti, jotta niillä todella tavoitetaan ihmisiä."
            " On kokeiltava ja osattava luopua siitä, mikä ei toimi.",
            "future": "Myllyyn jalkaudutaan yhdessä Kelan työntekijöiden kanssa.",
            "lessons_learned": "Haluavatko ihmiset hoitaa sosiaalityön asioita ostoskeskuksessa? Joskus riittää"
            " palveluohjaus ja hetken juttelu, eikä asiakkuutta tarvita.",
        },
    },
    decision=(
        "change",
        date(2018, 5, 28),
        "Ihmiset eivät löytäneet tilaan. Myllyyn mennään jatkossa yhdessä Kelan työntekijöiden kanssa.",
    ),
)

_PRACTICE = {
    "model_summary": "Sosiaalityöntekijä tai sosiaaliohjaaja on kerran kuukaudessa seurakunnan tilassa"
    " ostoskeskuksessa. Hän antaa palveluohjausta ja varaa tarvittaessa ajan sosiaalityöhön. Tavoitteena on kertoa"
    " palveluista ja tavoittaa ihmisiä, jotka eivät vielä ole niitä löytäneet.",
    "benefits": "Sosiaalityö näkyy asukkaille ja yhteistyökumppaneille, ja aikuissosiaalityön palvelut tunnetaan"
    " paremmin.",
    "challenges": "Ostoskeskuksessa ihmisten tavoittaminen ei ole toiminut: tilaan ei ole löydetty. Ostoskeskuksessa"
    " käy myös paljon naapurikunnan asukkaita.",
    "regional_scaling": "Paikat ja tavat on mietittävä tarkasti, jotta niillä todella tavoitetaan ihmisiä. Sekä"
    " asiakkaat että kumppanit toivovat jalkautumista. Sitä on kokeiltava, ja toimimattomasta on osattava luopua.",
    "improvements": "Onko ostoskeskus oikea paikka tavoittaa sosiaalityön tarpeessa olevia? Haluavatko ihmiset hoitaa"
    " näitä asioita siellä?",
    "client_example": "Malli ei ole tavoittanut ihmisiä toivotulla tavalla.",
    "support_for_client_work": "Toimiva jalkautuminen tavoittaa sosiaalityön tarpeessa olevia ja ohjaa heidät"
    " palveluihin. Joskus riittää palveluohjaus ja hetken juttelu ilman asiakkuutta.",
}


def add_outreach(
    session: Session, templates: Path, *, today: date, writer: str, coordinator: str, now: datetime
) -> None:
    """Partners, the report's three trials and its practice, two trials that run, and hours with the page."""
    names = read_first_names(templates)
    ids = {
        each.name: partners.add(session, each, names=names, by=writer, now=now).id or 0 for each in _PARTNERS
    }
    campaigns = {row.slug: row.id for row in planning.list_campaigns(session)}
    for week in range(6):
        hours = Visit(
            place="Facebook-sivu",
            channel=Channel.PAGE,
            held_on=today - timedelta(days=7 * week + 1),
            minutes=90,
            workers=1,
            contacts=0,
            led_to_clienthood=week % 2,
            guided_on=2,
        )
        _record(session, hours, f"page:{week}", templates, by=writer, now=now)
    mall_id = 0
    for sample in (_KELA, _PARISH, _MALL, _library(today), _own_mall(today, campaigns.get("mall_visit"))):
        trial_id = _add_trial(
            session, sample, ids, templates, today=today, writer=writer, coordinator=coordinator, now=now
        )
        mall_id = trial_id if sample is _MALL else mall_id
    practices.save(
        session,
        "Jalkautuminen kauppakeskus Myllyyn Raisiossa",
        _PRACTICE,
        form=read_practice_form(templates),
        names=names,
        trial_id=mall_id,
        is_checked=True,
        by=coordinator,
        now=now,
    )


def _add_trial(
    session: Session,
    sample: _Sample,
    partner_ids: Mapping[str, int],
    templates: Path,
    *,
    today: date,
    writer: str,
    coordinator: str,
    now: datetime,
) -> int:
    form, names = read_trial_form(templates), read_first_names(templates)
    chosen = tuple(partner_ids[name] for name in sample.partners)
    plan = replace(sample.plan, partner_ids=chosen)
    start = sample.answers[Stage.START]
    trial = trial_deeds.start(session, plan, start, form=form, names=names, by=coordinator, now=now)
    trial_id = trial.id or 0
    for number, visit in enumerate(sample.visits):
        own = replace(visit, trial_id=trial_id, partner_ids=chosen[:1])
        _record(session, own, f"{plan.title}:{number}", templates, by=writer, now=now)
    for stage in (Stage.MID, Stage.END):
        if stage in sample.answers:
            answers = sample.answers[stage]
            trial_deeds.evaluate(
                session, trial_id, stage, answers, form=form, names=names, by=coordinator, now=now
            )
    if sample.decision is not None:
        decision, day, reason = sample.decision
        trial_deeds.decide(
            session,
            trial_id,
            decision,
            decided_on=day.isoformat(),
            reason=reason,
            names=names,
            today=today,
            by=coordinator,
            now=now,
        )
    return trial_id


def _record(session: Session, visit: Visit, key: str, templates: Path, *, by: str, now: datetime) -> None:
    names = read_first_names(templates)
    visits.record(session, visit, key=str(uuid.uuid5(_SPACE, key)), names=names, by=by, now=now)


def _library(today: date) -> _Sample:
    """Made up: weekly in the library's hall, with its mid evaluation written."""
    counts = (
        (5, 1, 1, 3, 0),
        (4, 2, 0, 3, 1),
        (6, 1, 2, 3, 0),
        (3, 3, 0, 2, 0),
        (7, 1, 1, 5, 1),
        (5, 0, 1, 3, 0),
    )
    return _Sample(
        plan=TrialPlan(
            title="Neuvontapöytä kirjaston aulassa",
            channel=Channel.LIBRARY,
            place="Mallilan kirjasto",
            room="aula, pyöreä pöytä ja viereinen työhuone",
            starts_on=today - timedelta(days=70),
            mid_on=today - timedelta(days=7),
            ends_on=today + timedelta(days=84),
        ),
        partners=("Mallilan kirjasto",),
        visits=[
            _made_up("Mallilan kirjasto", Channel.LIBRARY, today - timedelta(days=7 * number + 3), each)
            for number, each in enumerate(counts)
        ],
        answers={
            Stage.START: {
                "target_group": "Aikuiset, jotka eivät tiedä, mistä apua saa.",
                "problem_to_solve": "Palveluita ei osata hakea, tai niitä ei uskalleta hakea.",
                "description": "Kaksi työntekijää kirjaston aulassa joka viikko samaan aikaan. Kahden kesken voi"
                " puhua viereisessä työhuoneessa.",
                "resources_needed": "Kahden työntekijän kaksi tuntia viikossa, pöytä ja kyltti.",
                "evaluation_method": "Kohtaamiset työtunnissa ja se, kuinka moni ohjautuu eteenpäin.",
            },
            Stage.MID: {
                "target_reached": "Kyllä. Useimmat eivät olleet aiemmin käyneet meillä.",
                "overall_assessment": "Kohtaamisia on tasaisesti, ja monelle riittää neuvonta.",
                "successes_failures": "Sama aika ja paikka on opittu. Kyltti jäi alussa huomaamatta.",
                "changes_needed": "Kyltti ovelle ja ilmoitus kirjaston näytölle.",
            },
        },
    )


def _own_mall(today: date, campaign_id: int | None) -> _Sample:
    """Made up: in the mall of the sample town, its mid evaluation due."""
    counts = ((2, 4, 0, 1, 1), (1, 3, 0, 1, 0), (0, 5, 0, 0, 0), (3, 2, 1, 1, 2), (1, 4, 0, 0, 1))
    return _Sample(
        plan=TrialPlan(
            title="Neuvontapiste kauppakeskus Mallissa",
            channel=Channel.MALL,
            place="Kauppakeskus Malli",
            room="2. kerros, kirjaston vieressä, sininen ovi",
            starts_on=today - timedelta(days=35),
            mid_on=today - timedelta(days=2),
            ends_on=today + timedelta(days=56),
            campaign_id=campaign_id,
        ),
        partners=("Mallilan seurakunta", "Kela"),
        visits=[
            _made_up("Kauppakeskus Malli", Channel.MALL, today - timedelta(days=7 * number + 2), each)
            for number, each in enumerate(counts)
        ],
        answers={
            Stage.START: {
                "target_group": "Työikäiset, jotka asioivat kauppakeskuksessa arkisin.",
                "problem_to_solve": "Emme tavoita niitä, jotka eivät käy virastoissa.",
                "description": "Kaksi työntekijää seurakunnan huoneessa kerran viikossa. Huoneen ovi suljetaan,"
                " kun joku haluaa puhua kahden kesken.",
                "resources_needed": "Kahden työntekijän kaksi tuntia viikossa ja opaste kerrokseen.",
                "expectations_positive": "Ihmiset pysähtyvät juttelemaan.",
                "expectations_negative": "Huonetta ei löydetä.",
                "evaluation_method": "Kohtaamiset työtunnissa verrattuna kirjastoon ja Facebook-sivuun.",
            },
        },
    )


def _made_up(place: str, channel: Channel, day: date, counts: tuple[int, int, int, int, int]) -> Visit:
    contacts, declined, led, guided, outside = counts
    return Visit(
        place=place,
        channel=channel,
        held_on=day,
        minutes=120,
        workers=2,
        contacts=contacts,
        declined=declined,
        led_to_clienthood=led,
        guided_on=guided,
        out_of_area=outside,
    )
