"""The words for the conditions of digipalvelulaki 6 a §, and for what fulfils each here."""

from collections.abc import Mapping

from social_bot.answering.conditions import Condition
from social_bot.translations import marked

_C = Condition
CONDITIONS: Mapping[Condition, str] = {
    _C.NO_DECISION: marked("1. The exchange produces no decision"),
    _C.CONTENT_CHECKED: marked("2. The content was checked beforehand"),
    _C.LANGUAGE_CHECKED: marked("3. The language was checked beforehand"),
    _C.TOLD_AUTOMATED: marked("4. The reader is told that a machine answers"),
    _C.PERSON_OFFERED: marked("5. The reader is offered a person to go on with"),
    _C.SAVING_OFFERED: marked("6. The reader may keep the exchange"),
    _C.QUALITY_OWNED: marked("A named person follows the quality"),
}

FULFILMENTS: Mapping[Condition, str] = {
    _C.NO_DECISION: marked(
        "The program chooses among ready texts. It decides nothing, estimates no right to a benefit and says "
        "nothing of anybody's own matter."
    ),
    _C.CONTENT_CHECKED: marked(
        "On a live page only texts go out that somebody other than their author has approved. A text whose "
        "last day has passed gives way to a safer one."
    ),
    _C.LANGUAGE_CHECKED: marked(
        "Each language version is approved by itself. Languages that the workers do not read need a speaker "
        "who has checked them."
    ),
    _C.TOLD_AUTOMATED: marked(
        "The first answer, the first after a day of silence and the first after a person has spoken begin by "
        "saying so."
    ),
    _C.PERSON_OFFERED: marked(
        "Every general answer tells the phone number and hours, and offers a form on which to ask for a call."
    ),
    _C.SAVING_OFFERED: marked(
        "The menu in Messenger gives a link that works for an hour and shows the exchange to print or save."
    ),
    _C.QUALITY_OWNED: marked("The person is named in the settings and has a report of each month."),
}
