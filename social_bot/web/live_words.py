"""The steps of going live and their checks in words: how it should be, what to do, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from social_bot.answering.readiness import Check
from social_bot.translations import marked


class Step(StrEnum):
    CONNECTED = "connected"
    CHECKED = "checked"
    READY = "ready"


STEPS = tuple(Step)


@dataclass(frozen=True, kw_only=True)
class CheckWords:
    """``met`` and ``open`` say how it stands; ``todo`` is the next step, ``link`` where it is taken, if here."""

    step: Step
    met: str
    open: str
    todo: str
    link: str | None = None


_C = Check
CHECKS: Mapping[Check, CheckWords] = {
    _C.TOKEN: CheckWords(
        step=Step.CONNECTED,
        met=marked("Facebook accepts the connection."),
        open=marked(
            "The page is not connected, or Facebook has not been asked yet whether the connection holds."
        ),
        todo=marked("Connect the page, or check the connection with the button below."),
        link="/pages/connect",
    ),
    _C.PERMISSIONS: CheckWords(
        step=Step.CONNECTED,
        met=marked("All permissions have been granted."),
        open=marked("Permissions are missing:"),
        todo=marked("Connect the page again and leave every permission ticked."),
        link="/pages/connect",
    ),
    _C.TOKEN_LASTS: CheckWords(
        step=Step.CONNECTED,
        met=marked("The connection lasts for two weeks at least."),
        open=marked("The connection ends within two weeks."),
        todo=marked("Connect the page again before then."),
        link="/pages/connect",
    ),
    _C.SUBSCRIPTION: CheckWords(
        step=Step.CHECKED,
        met=marked("Facebook brings here what is written to the page."),
        open=marked("Facebook does not bring here all that is written to the page."),
        todo=marked("Press the button below. The address of the webhook must have been given at Meta first."),
    ),
    _C.ROUTING: CheckWords(
        step=Step.CHECKED,
        met=marked("Facebook has not said that another app answers first."),
        open=marked("Facebook says that conversations have no default app."),
        todo=marked("Choose the default app in the settings of the page, as below."),
    ),
    _C.DEFAULT_APP: CheckWords(
        step=Step.CHECKED,
        met=marked("The default app is ours, as somebody has seen at Facebook."),
        open=marked("Nobody has looked whether the default app is ours."),
        todo=marked("Look at Facebook and press the button below."),
    ),
    _C.AUTOMATIONS: CheckWords(
        step=Step.CHECKED,
        met=marked("The automatic answers of Business Suite are off, as somebody has seen."),
        open=marked("Nobody has looked whether the automatic answers of Business Suite are off."),
        todo=marked("They answer beside the bot, and nobody has approved their texts. Switch them off."),
    ),
    _C.NUMBERS_SET: CheckWords(
        step=Step.READY,
        met=marked("The service's own number and that of the social emergency services are set."),
        open=marked("A mandatory number is missing:"),
        todo=marked("Set it. No page goes live without it."),
        link="/settings/numbers",
    ),
    _C.NUMBERS_CHECKED: CheckWords(
        step=Step.READY,
        met=marked("Every phone number has been checked lately."),
        open=marked("These numbers have not been checked for long:"),
        todo=marked("Call each and mark it as checked."),
        link="/settings/numbers",
    ),
    _C.HOURS: CheckWords(
        step=Step.READY,
        met=marked("The opening hours are set."),
        open=marked("No opening hours are set."),
        todo=marked("Set them: promises of calls are counted from them."),
        link="/settings/hours",
    ),
    _C.PRIVACY: CheckWords(
        step=Step.READY,
        met=marked("The privacy notice has an address."),
        open=marked("No privacy notice is set."),
        todo=marked("Set its address. Meta asks for it as well."),
        link="/settings/links",
    ),
    _C.CRISIS_TEXTS: CheckWords(
        step=Step.READY,
        met=marked("The texts for danger are approved in every language of the organisation."),
        open=marked("Texts for danger are not approved:"),
        todo=marked("Have them approved. No page goes live without them."),
        link="/texts",
    ),
    _C.TEXTS: CheckWords(
        step=Step.READY,
        met=marked("All other texts are approved."),
        open=marked("Some texts are not approved: safer ones are sent in their place."),
        todo=marked("Have them approved."),
        link="/texts",
    ),
    _C.APPROVERS: CheckWords(
        step=Step.READY,
        met=marked("At least two people may approve."),
        open=marked(
            "Fewer than two people may approve, so somebody's own texts would wait while the other is away."
        ),
        todo=marked("Give one more person the role of approver."),
        link="/people",
    ),
    _C.SIGN_IN: CheckWords(
        step=Step.READY,
        met=marked("People can sign in."),
        open=marked(
            "Nobody can sign in yet. Once a page is live, everybody must: you would all be shut out."
        ),
        todo=marked(
            "Invite the first administrator on the command line, and set up sign-in before going live."
        ),
        link="/people",
    ),
    _C.ALERT_ADDRESS: CheckWords(
        step=Step.READY,
        met=marked("Alerts reach somebody outside this program as well."),
        open=marked("No address is set to which alerts go: they are seen on the page Today only."),
        todo=marked("Add an address, so that danger is told at night too."),
        link="/settings/duty",
    ),
    _C.DUTY: CheckWords(
        step=Step.READY,
        met=marked("People are on duty."),
        open=marked("No duty periods have been set."),
        todo=marked("Set who is told, and when."),
        link="/settings/duty",
    ),
    _C.SERVER: CheckWords(
        step=Step.READY,
        met=marked("The server has all settings that a live page needs."),
        open=marked("The server lacks settings and would not start again with a live page:"),
        todo=marked("Whoever keeps the server running sets them."),
    ),
}
