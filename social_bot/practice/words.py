"""What a person reads on the practice Page, in Finnish, Swedish and English.

A table of its own: the practice Page is a tool for rehearsing and shares no texts with the product.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
_ZONE = ZoneInfo("Europe/Helsinki")
_WEEKDAYS = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("mån", "tis", "ons", "tor", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# in the order of LANGUAGES
_WORDS: Mapping[str, tuple[str, str, str]] = {
    "band": (
        "Harjoitussivu – mikään ei näy Facebookissa",
        "Övningssida – inget syns på Facebook",
        "Practice page – nothing is shown on Facebook",
    ),
    "skip": ("Siirry sisältöön", "Gå till innehållet", "Skip to content"),
    "pages": ("Sivut", "Sidor", "Pages"),
    "language": ("Kieli", "Språk", "Language"),
    "no_pages": ("Täällä ei ole vielä sivua", "Här finns ännu ingen sida", "There is no page here yet"),
    "no_pages_help": (
        "Harjoitussivu syntyy, kun ohjelmaan lisätään sivu harjoittelua varten.",
        "Övningssidan uppstår när en sida läggs till för övning i programmet.",
        "A practice page appears when a page is added to the program for rehearsing.",
    ),
    "followers": ("seuraajaa", "följare", "followers"),
    "timeline": ("Aikajana", "Tidslinje", "Timeline"),
    "no_posts": (
        "Sivulla ei ole vielä julkaisuja. Kun ohjelma julkaisee, julkaisu näkyy tässä.",
        "Sidan har inga inlägg ännu. När programmet publicerar syns inlägget här.",
        "The page has no posts yet. What the program publishes is shown here.",
    ),
    "post_at": ("Julkaisu {moment}", "Inlägg {moment}", "Post {moment}"),
    "scheduled": ("Ajastettu: {count}", "Schemalagda: {count}", "Scheduled: {count}"),
    "alt_text": ("Näytä vaihtoehtoinen teksti", "Visa alternativtexten", "Show alternative text"),
    "no_alt_text": (
        "Kuvalla ei ole vaihtoehtoista tekstiä.",
        "Bilden saknar alternativtext.",
        "The picture has no alternative text.",
    ),
    "picture_elsewhere": ("Kuva osoitteessa", "Bild på adressen", "Picture at"),
    "picture": ("Kuva", "Bild", "Picture"),
    "comments": ("Kommentit", "Kommentarer", "Comments"),
    "hidden": ("Piilotettu muilta", "Dold för andra", "Hidden from others"),
    "comment_as": ("Kommentoi: {name}", "Kommentera: {name}", "Comment as {name}"),
    "comment": ("kommentti", "kommentaren", "the comment"),
    "share": ("Jaa", "Dela", "Share"),
    "LIKE": ("Tykkää", "Gilla", "Like"),
    "LOVE": ("Ihana", "Älska", "Love"),
    "CARE": ("Välitän", "Bryr mig", "Care"),
    "HAHA": ("Haha", "Haha", "Haha"),
    "WOW": ("Vau", "Wow", "Wow"),
    "SAD": ("Surullinen", "Ledsen", "Sad"),
    "ANGRY": ("Vihainen", "Arg", "Angry"),
    "messenger": ("Messenger", "Messenger", "Messenger"),
    "write_as": ("Kirjoita asukkaana", "Skriv som invånare", "Write as a resident"),
    "choose": ("Vaihda", "Byt", "Change"),
    "new_resident": ("Uusi asukas", "Ny invånare", "New resident"),
    "new_resident_name": ("Uuden asukkaan nimi", "Den nya invånarens namn", "Name of the new resident"),
    "add": ("Lisää", "Lägg till", "Add"),
    "log": ("Keskustelu", "Samtal", "Conversation"),
    "no_messages": (
        "Kirjoita ensimmäinen viesti. Ohjelma vastaa tähän.",
        "Skriv det första meddelandet. Programmet svarar här.",
        "Write the first message. The program answers here.",
    ),
    "message": ("Viesti", "Meddelande", "Message"),
    "send": ("Lähetä", "Skicka", "Send"),
    "refresh": ("Päivitä", "Uppdatera", "Refresh"),
    "typing": ("Sivu kirjoittaa…", "Sidan skriver…", "The page is typing…"),
    "attachment": ("Liite", "Bilaga", "Attachment"),
    "opens_new": ("avautuu uuteen välilehteen", "öppnas i en ny flik", "opens in a new tab"),
    "answers": ("Vastausvaihtoehdot", "Svarsalternativ", "Answers to choose from"),
    "staff": ("Henkilökunta", "Personalen", "Staff"),
    "staff_tools": (
        "Vastaa henkilökuntana Facebookin postilaatikosta",
        "Svara som personal i Facebooks inkorg",
        "Answer as staff from Facebook's inbox",
    ),
    "staff_holds": (
        "Henkilökunta hoitaa tätä keskustelua. Ohjelma ei voi vastata ennen kuin se annetaan takaisin.",
        "Personalen sköter detta samtal. Programmet kan inte svara förrän det lämnas tillbaka.",
        "Staff hold this conversation. The program cannot answer until it is handed back.",
    ),
    "hand_back": ("Anna takaisin ohjelmalle", "Lämna tillbaka till programmet", "Hand back to the program"),
    "block": ("Estä sivu", "Blockera sidan", "Block the page"),
    "unblock": ("Poista esto", "Häv blockeringen", "Unblock the page"),
    "is_blocked_by": (
        "Asukas on estänyt sivun. Viestit eivät tule perille.",
        "Invånaren har blockerat sidan. Meddelanden kommer inte fram.",
        "The resident has blocked the page. Messages do not arrive.",
    ),
    "faults": ("Häiriöt", "Störningar", "Troubles"),
    "faults_help": (
        "Kokeile, mitä ohjelma tekee, kun Facebook ei toimi odotetusti.",
        "Prova vad programmet gör när Facebook inte fungerar som väntat.",
        "Try what the program does when Facebook does not work as expected.",
    ),
    "faults_on": ("Häiriö päällä", "Störning på", "Trouble switched on"),
    "apply": ("Ota käyttöön", "Ta i bruk", "Switch on"),
    "end_all": ("Poista kaikki häiriöt", "Ta bort alla störningar", "End all troubles"),
    "group_answers": ("Vastaukset", "Svar", "Answers"),
    "group_refusals": ("Kiellot", "Avslag", "Refusals"),
    "group_pace": ("Hitaus", "Långsamhet", "Slowness"),
    "group_webhooks": ("Ilmoitukset ohjelmalle", "Meddelanden till programmet", "Events to the program"),
    "edge": ("Koskee", "Gäller", "Concerns"),
    "edge_": ("kaikkea kirjoittamista", "allt skrivande", "all writing"),
    "edge_feed": ("julkaisuja", "inlägg", "posts"),
    "edge_photos": ("kuvia", "bilder", "pictures"),
    "edge_messages": ("viestejä", "meddelanden", "messages"),
    "edge_comments": ("kommentteja", "kommentarer", "comments"),
    "lose_next": (
        "Katoaa, vaikka onnistuu (kertaa)",
        "Försvinner fast det lyckas (gånger)",
        "Lost though it succeeds (times)",
    ),
    "hang_next": (
        "Ei koskaan vastausta (kertaa)",
        "Aldrig något svar (gånger)",
        "Never answered (times)",
    ),
    "error_after_next": (
        "Virhe 500, vaikka onnistuu (kertaa)",
        "Fel 500 fast det lyckas (gånger)",
        "Error 500 though it succeeds (times)",
    ),
    "is_html": ("Virhe tulee verkkosivuna", "Felet kommer som webbsida", "The error comes as a web page"),
    "null_in_batch_next": (
        "Jää tekemättä erässä (kertaa)",
        "Blir ogjort i en sats (gånger)",
        "Left undone in a batch (times)",
    ),
    "unavailable_next": (
        "Ei käytettävissä, 503 (kertaa)",
        "Inte tillgänglig, 503 (gånger)",
        "Unavailable, 503 (times)",
    ),
    "refuse_next": ("Kielletään (kertaa)", "Avslås (gånger)", "Refused (times)"),
    "refuse_code": ("Kiellon koodi", "Avslagets kod", "Code of the refusal"),
    "refuse_subcode": ("Kiellon alakoodi", "Avslagets underkod", "Subcode of the refusal"),
    "rate_limited_minutes": (
        "Liikaa kutsuja, odota (min)",
        "För många anrop, vänta (min)",
        "Too many calls, wait (min)",
    ),
    "is_blocked": (
        "Sivun kirjoittaminen estetty",
        "Sidan får inte skriva",
        "The page is barred from writing",
    ),
    "dead_token_subcode": (
        "Yhteys katkennut, alakoodi (460, 463…)",
        "Förbindelsen bruten, underkod (460, 463…)",
        "Connection lost, subcode (460, 463…)",
    ),
    "is_unrouted": (
        "Oletussovellusta ei ole",
        "Standardappen saknas",
        "No default app",
    ),
    "delay_seconds": ("Viive ennen vastausta (s)", "Dröjsmål före svar (s)", "Delay before answers (s)"),
    "read_lag_seconds": (
        "Uusi näkyy vasta (s) kuluttua",
        "Nytt syns först efter (s)",
        "New things show after (s)",
    ),
    "usage_percent": ("Käyttöaste (%)", "Användningsgrad (%)", "Usage (%)"),
    "webhooks_twice": ("Kahteen kertaan", "Två gånger", "Twice"),
    "webhooks_shuffled": ("Väärässä järjestyksessä", "I fel ordning", "In the wrong order"),
    "webhooks_batched": ("Monta kerralla", "Många på en gång", "Many at once"),
    "webhook_delay_seconds": ("Viive (s)", "Dröjsmål (s)", "Delay (s)"),
    "dialog": ("Harjoituskirjautuminen", "Övningsinloggning", "Practice sign-in"),
    "dialog_help": (
        "Tässä kirjauduttaisiin Facebookiin. Harjoituksessa kirjaudut harjoittelijana ilman salasanaa.",
        "Här skulle man logga in på Facebook. I övningen loggar du in som praktikant utan lösenord.",
        "Here one would sign in to Facebook. In practice you sign in as a trainee without a password.",
    ),
    "dialog_asks": (
        "Ohjelma pyytää lupaa hoitaa näitä sivuja:",
        "Programmet ber om tillstånd att sköta dessa sidor:",
        "The program asks leave to care for these pages:",
    ),
    "dialog_go_on": ("Jatka ja anna luvat", "Fortsätt och ge tillstånden", "Go on and give the permissions"),
    "dialog_refuse": ("Peruuta", "Avbryt", "Cancel"),
    "refused": ("Tätä ei voi tehdä", "Det här går inte", "This cannot be done"),
    "back": ("Takaisin harjoitussivulle", "Tillbaka till övningssidan", "Back to the practice page"),
}


def words(language: str) -> dict[str, str]:
    index = list(LANGUAGES).index(language)
    return {key: texts[index] for key, texts in _WORDS.items()}


def moment_in_words(moment: datetime, language: str) -> str:
    """``ke 25.11. klo 9.00``, in Finnish time."""
    local = moment.astimezone(_ZONE)
    day = _WEEKDAYS[language][local.weekday()]
    if language == "en":
        return f"{day} {local.day} {_MONTHS[local.month - 1]}, {local.hour}.{local.minute:02}"
    if language == "sv":
        return f"{day} {local.day}.{local.month} kl. {local.hour}.{local.minute:02}"
    return f"{day} {local.day}.{local.month}. klo {local.hour}.{local.minute:02}"
