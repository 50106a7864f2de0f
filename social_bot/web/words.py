"""The words for what the program keeps as codes: states, roles, lanes, reasons, figures.

English here, each ``marked`` for the catalogues; a state has a symbol of its own beside its word, for
nothing is told by colour alone.
"""

from collections.abc import Mapping

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.outcomes import Lane
from social_bot.answering.store import CallbackState, SendState
from social_bot.answering.threads import Owner
from social_bot.errors import Mender
from social_bot.organisation.personal_data import PersonalDataKind
from social_bot.organisation.roles import Role
from social_bot.planning.campaign_shelf import Group
from social_bot.planning.post_kinds import PostKind
from social_bot.planning.posts import PostState
from social_bot.planning.series import HolidayRule, Often
from social_bot.planning.store import CampaignState
from social_bot.tracking.goals import Pace
from social_bot.translations import marked

LANGUAGE_NAMES = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}

LANGUAGES_IN_WORDS = {
    "fi": marked("Finnish"),
    "sv": marked("Swedish"),
    "en": marked("English"),
    "et": marked("Estonian"),
    "ru": marked("Russian"),
    "uk": marked("Ukrainian"),
    "ar": marked("Arabic"),
    "so": marked("Somali"),
    "fa": marked("Persian"),
}

IN_LANGUAGE = {"fi": marked("in Finnish"), "sv": marked("in Swedish"), "en": marked("in English")}

_S = PostState
POST_STATES: Mapping[PostState, str] = {
    _S.DRAFT: marked("Draft"),
    _S.AWAITING_APPROVAL: marked("Waits for approval"),
    _S.SCHEDULED: marked("Scheduled"),
    _S.PUBLISHING: marked("Being published"),
    _S.PUBLISHED: marked("Published"),
    _S.FAILED: marked("Failed"),
    _S.UNCONFIRMED: marked("Unconfirmed"),
    _S.MISSED: marked("Missed"),
    _S.EXPIRED: marked("Expired"),
    _S.CANCELLED: marked("Cancelled"),
    _S.HELD: marked("On hold"),
}

WHAT_HAPPENS: Mapping[PostState, str] = {
    _S.DRAFT: marked(
        "Nothing goes out yet. Once it has been approved, it is published on the page {page} {time}."
    ),
    _S.AWAITING_APPROVAL: marked("If it is approved, it is published on the page {page} {time}."),
    _S.SCHEDULED: marked("It is published on the page {page} {time}."),
    _S.PUBLISHING: marked("It is being published on the page {page} now."),
    _S.PUBLISHED: marked("It was published on the page {page} {time}."),
    _S.FAILED: marked("It was not published. It was meant for the page {page} {time}."),
    _S.UNCONFIRMED: marked("It was sent to the page {page} {time}, but we do not know whether it is there."),
    _S.MISSED: marked("It was not published. It was meant for the page {page} {time}."),
    _S.EXPIRED: marked("It was not published. It was meant for the page {page} {time}."),
    _S.CANCELLED: marked("It will not be published. It was meant for the page {page} {time}."),
    _S.HELD: marked("It waits. It was meant for the page {page} {time}."),
}
"""``time`` is when it was settled for what has been published, else when it was to go out."""

NEXT_STEPS: Mapping[PostState, str] = {
    _S.DRAFT: marked(
        "Check the texts and send the post for approval. Somebody other than its author approves it."
    ),
    _S.FAILED: marked(
        "Mend what the reason names, then give the post a new time and have it approved again."
    ),
    _S.UNCONFIRMED: marked(
        "Look at the page at Facebook. If the post is there, say so. If it is not, send it again."
    ),
    _S.MISSED: marked("Send it now, if it is still of use. Otherwise cancel it."),
    _S.EXPIRED: marked("Give it a new time, if it is still of use. Otherwise cancel it."),
}

MENDERS: Mapping[Mender, str] = {
    Mender.PROGRAM: marked("The program tries again by itself. You need not do anything."),
    Mender.WRITER: marked("A writer of the page mends it."),
    Mender.COORDINATOR: marked("A coordinator of the page mends it."),
    Mender.ADMINISTRATOR: marked("An administrator mends it."),
}

POST_KINDS: Mapping[str, str] = {
    PostKind.HOURS_CHANGE: marked("Change of hours"),
    PostKind.OPEN_NOW: marked("Phone or chat hours"),
    PostKind.OUTREACH_EVENT: marked("Event, outreach"),
    PostKind.FOOD_AID: marked("Food aid"),
    PostKind.BENEFIT_INFO: marked("About a benefit"),
    PostKind.SERVICE_INTRO: marked("What we do"),
    PostKind.EARLY_CONTACT: marked("Contact us early"),
    PostKind.CRISIS_NUMBERS: marked("Crisis numbers"),
    PostKind.QA: marked("Question and answer"),
    PostKind.DISRUPTION: marked("Disruption"),
    PostKind.PARTICIPATION: marked("Invitation, feedback, thanks"),
    "post": marked("A post of its own"),
}

HOW_OFTEN: Mapping[Often, str] = {
    Often.EVERY: marked("Every week"),
    Often.SECOND: marked("Every second week"),
    Often.FIRST_OF_MONTH: marked("The first of the month"),
    Often.SECOND_OF_MONTH: marked("The second of the month"),
    Often.THIRD_OF_MONTH: marked("The third of the month"),
    Often.FOURTH_OF_MONTH: marked("The fourth of the month"),
    Often.LAST_OF_MONTH: marked("The last of the month"),
    Often.WEEKDAYS: marked("From Monday to Friday"),
    Often.DAYS: marked("Every day"),
}

ON_HOLIDAYS: Mapping[HolidayRule, str] = {
    HolidayRule.SKIP: marked("Leave that day out"),
    HolidayRule.BEFORE: marked("Post on the weekday before it"),
    HolidayRule.AFTER: marked("Post on the weekday after it"),
    HolidayRule.KEEP: marked("Post on that day all the same"),
}
"""What happens to a day of a series that is a public holiday."""

ROLES: Mapping[Role, str] = {
    Role.WRITER: marked("writer"),
    Role.APPROVER: marked("approver"),
    Role.COORDINATOR: marked("coordinator"),
    Role.DUTY: marked("person on duty"),
    Role.ADMINISTRATOR: marked("administrator"),
}

ALERT_LINKS: Mapping[str, str] = {
    "thread": marked("Read the conversation"),
    "comment": marked("See the comment"),
    "post": marked("See the post"),
    "callback": marked("See the request"),
    "setting": marked("Check the number"),
    "page": marked("See the page's connection"),
    "series": marked("See the series"),
    "trial": marked("See the trial"),
    "stop": marked("See the stop"),
}
"""Where an alert leads, by the kind of its subject."""

ALERT_SOURCES: Mapping[str, str] = {
    "settings": marked("address {number} of the settings"),
    "duty": marked("an address of duty period {number}"),
}
"""Whose address could not be reached, by the source of a notice."""

LANES: Mapping[Lane, str] = {
    Lane.GENERAL: marked("General question"),
    Lane.INDIVIDUAL: marked("Own matter"),
    Lane.CRISIS: marked("Danger"),
    Lane.CLARIFY: marked("Asked to choose a topic"),
    Lane.GREETING: marked("Greeting or thanks"),
    Lane.UNKNOWN: marked("Not recognised"),
}

DANGERS: Mapping[CrisisKind, str] = {
    CrisisKind.OVERDOSE_MEDICAL: marked("poisoning or acute illness"),
    CrisisKind.VIOLENCE_NOW: marked("violence now"),
    CrisisKind.SUICIDE: marked("suicide"),
    CrisisKind.CHILD_IN_DANGER: marked("a child in danger"),
    CrisisKind.SELF_HARM: marked("self-harm"),
    CrisisKind.THREAT_TO_OTHERS: marked("a threat to others"),
    CrisisKind.LIFE_WORRY_OTHER: marked("fear for somebody's life"),
    CrisisKind.HOMELESS_TONIGHT: marked("no place to sleep tonight"),
}

OWNERS: Mapping[Owner, str] = {
    Owner.BOT: marked("The bot answers"),
    Owner.HUMAN: marked("A person answers"),
    Owner.STANDBY: marked("Another app answers"),
}

SENDING: Mapping[SendState, str] = {
    SendState.PENDING: marked("Waits to be sent"),
    SendState.SENDING: marked("Being sent"),
    SendState.SENT: marked("Sent"),
    SendState.FAILED: marked("Failed"),
    SendState.UNCONFIRMED: marked("Unconfirmed"),
    SendState.DROPPED: marked("Not sent"),
}

PERSONAL_DATA: Mapping[str, str] = {
    PersonalDataKind.IDENTITY_CODE: marked("identity code"),
    PersonalDataKind.PHONE: marked("phone number"),
    PersonalDataKind.EMAIL: marked("e-mail address"),
    PersonalDataKind.IBAN: marked("account number"),
    PersonalDataKind.ADDRESS: marked("street address"),
    PersonalDataKind.NAME: marked("name"),
    PersonalDataKind.CASE_NUMBER: marked("case number"),
}

TEXTS: Mapping[str, str] = {
    "general": marked("General advice"),
    "greeting": marked("Greeting"),
    "thanks": marked("Answer to thanks"),
    "individual": marked("Own matter: how to reach us"),
    "clarify": marked("Which topic is meant"),
    "contact": marked("How to reach us"),
    "closed": marked("Closed now"),
    "nobody_reads": marked("Nobody reads now"),
    "stopped": marked("Automatic answers are stopped"),
    "disclosure": marked("This answer is automatic"),
    "personal_data": marked("Please write no personal data here"),
    "other_language": marked("Service in other languages"),
    "callback_prompt": marked("Asking for a call"),
    "callback_button": marked("Button: ask for a call"),
    "call_button": marked("Button: call us"),
    "profile_greeting": marked("Greeting in an empty conversation"),
    "menu_topics": marked("Menu: topics"),
    "menu_language": marked("Menu: language"),
    "menu_save": marked("Menu: save the conversation"),
    "more_topics": marked("Button: more topics"),
    "not_helped_button": marked("Button: this did not help"),
    "crisis_numbers": marked("Emergency numbers"),
    "crisis_phone": marked("In danger: please phone"),
    "late": marked("Your message was seen late"),
    "phone_not_kept": marked("We do not keep your number here"),
    "choose_language": marked("Choosing a language"),
    "save_conversation": marked("Saving the conversation"),
    "not_helped": marked("The answer did not help"),
    "comment_disclosure": marked("This answer is automatic, in public"),
    "comment_general": marked("General advice, in public"),
    "comment_individual": marked("Own matter, in public: how to reach us"),
    "comment_private": marked("After a comment, in private: how to reach us"),
    **{f"crisis_{kind.value}": word for kind, word in DANGERS.items()},
}

NOTES: Mapping[str, str] = {
    "the thread is held: human": marked("The bot kept silent, for a person is answering."),
    "the thread is held: standby": marked("The bot kept silent, for another app is answering."),
    "the message is older than the platform's 24 hours": marked(
        "The bot kept silent, for more than 24 hours had passed since the message."
    ),
    "the platform's 24 hours have passed": marked(
        "It was not sent, for more than 24 hours had passed since the message."
    ),
    "the platform's seven days have passed": marked(
        "It was not sent, for more than seven days had passed since the person wrote."
    ),
    "the message is empty": marked("The bot kept silent, for there was nothing to answer."),
    "the general text has been sent in this thread": marked(
        "The bot kept silent, for the general advice has been given in this conversation already."
    ),
    "a text of it is not approved": marked(
        "It was not sent, for a text of it is not approved. A person must answer."
    ),
    "a person is in the conversation": marked("The bot kept silent, for a person is in the conversation."),
    "the text of this danger has been sent since a person holds the thread": marked(
        "The bot kept silent, for it has given the numbers for this danger since a person took the"
        " conversation."
    ),
    "the text of this danger was sent within ten minutes": marked(
        "The bot kept silent, for it gave the numbers for this danger within ten minutes."
    ),
    "somebody may be in danger here: they were asked to phone within the hour": marked(
        "The bot kept silent, for somebody may be in danger. It asked them to phone within the hour."
    ),
    "somebody may be in danger here": marked(
        "It was not sent, for somebody may be in danger in this conversation."
    ),
    "the message is one of our own texts come back": marked(
        "The bot kept silent, for the message is one of its own texts."
    ),
    "too many answers in ten minutes: a person looks at it": marked(
        "The bot kept silent, for it had answered too often in ten minutes. A person must look."
    ),
    "found late, which the writer has been told": marked(
        "The message was found late, and its writer has been told so. A person must answer."
    ),
    "found late: we open only after the platform's 24 hours have passed": marked(
        "The message was found too late to be answered here. A person must look."
    ),
    "an edit is answered only where it shows danger": marked(
        "An edit is answered only where it shows danger."
    ),
    "automatic answers are stopped, which the writer has been told": marked(
        "The bot kept silent, for automatic answers are stopped. Its writer has been told so."
        " A person must answer."
    ),
    "the emergency stop holds automatic answers": marked(
        "It was not sent, for automatic answers are stopped. A person must answer."
    ),
    "written before the page went live": marked(
        "It was not sent, for it was written before the page went live. A person must answer."
    ),
    "no approved text": marked(
        "The bot kept silent, for no approved text could be sent. A person must answer."
    ),
}
"""Reasons that the answering room keeps with a message."""

MISSED = marked("Danger that was missed: {kind}")
FALSE_ALARM = marked("No danger: a false alarm")
IN_PUBLIC = marked("{text}, in public")
ANSWERED = marked("Answered with the text: {text}")

CAMPAIGN_STATES: Mapping[CampaignState, tuple[str, str]] = {
    CampaignState.RUNNING: ("scheduled", marked("Running")),
    CampaignState.PAUSED: ("held", marked("Paused")),
    CampaignState.ENDED: ("cancelled", marked("Ended")),
}
"""Symbol with its colour, and word."""

CAMPAIGN_GROUPS: Mapping[Group, str] = {
    Group.MEET: marked("Meet people"),
    Group.KNOW: marked("Tell what we do"),
    Group.REACH: marked("Tell how to reach us"),
    Group.LISTEN: marked("Ask and tell what changes"),
}

STOPS: Mapping[tuple[bool, bool], str] = {
    (True, False): marked("Posts of all pages are stopped."),
    (True, True): marked("Posts and automatic answers of all pages are stopped."),
    (False, False): marked("Posts of the page {page} are stopped."),
    (False, True): marked("Posts and automatic answers of the page {page} are stopped."),
}
"""By whether all pages are stopped, and whether answers are."""

CALLBACK_STATES: Mapping[CallbackState, str] = {
    CallbackState.REQUESTED: marked("Waits for a call"),
    CallbackState.ASSIGNED: marked("Somebody makes the call"),
    CallbackState.DONE: marked("Reached by phone"),
    CallbackState.UNREACHABLE: marked("Not reached by phone"),
    CallbackState.CANCELLED: marked("Cancelled"),
}

NOTICES: Mapping[str, str] = {
    "imported": marked("The posts are drafts now. Read them in the calendar and send them for approval."),
    "token_revoked": marked("The token is revoked. It reads nothing any more."),
    "imported_submitted": marked("The posts wait for approval now."),
    "campaign_started": marked("Started. The posts wait for approval, the goals are under Follow-up."),
    "campaign_paused": marked("Paused. The campaign's posts are on hold."),
    "campaign_resumed": marked("The campaign goes on. What was in time is scheduled again."),
    "campaign_ended": marked("Ended. The posts that had not gone out are cancelled."),
    "campaign_uploaded": marked("The campaign is among your own now. You may start it."),
    "campaign_removed": marked("Removed from your own campaigns. What has been started goes on."),
    "stopped": marked("Stopped. Nothing that is held goes out before it is released."),
    "released": marked("Released. What was in time is scheduled again."),
    "post_released": marked("This post is scheduled again. The rest is held."),
    "setting_saved": marked("Saved. Texts use the value from now on."),
    "setting_checked": marked("Noted: checked today."),
    "hours_saved": marked("The opening hours are saved."),
    "page_connected": marked("The page is connected. Nothing goes out on it yet."),
    "page_checked": marked("Facebook has been asked. This is how it stands."),
    "page_confirmed": marked("Noted."),
    "page_live": marked("The page is live."),
    "page_left_live": marked("The page is off the air. Nothing goes out on it."),
    "page_disconnected": marked("The page is disconnected. Its token is erased."),
    "acknowledged": marked("Noted: you take care of it."),
    "signed_out": marked("You have signed out."),
    "roles_changed": marked("The roles are saved. Who has other roles than before signs in anew."),
    "invitation_withdrawn": marked("The invitation works no more."),
    "sessions_ended": marked("Signed out everywhere."),
    "deactivated": marked("The access has ended, and all sessions with it."),
    "activated": marked("The access is open again."),
    "password_changed": marked("The password is changed. You are signed out everywhere else."),
    "code_set_up": marked("Codes from the app are your second step now."),
    "code_removed": marked("Codes from an app are not in use any more."),
    "passkey_added": marked("The passkey is added."),
    "passkey_removed": marked("The passkey is removed."),
    "session_ended": marked("Signed out there."),
    "other_sessions_ended": marked("You are signed out everywhere else."),
    "submitted": marked("The post waits for approval now."),
    "saved": marked("Saved. The post is a draft: nothing goes out before it is approved."),
    "discarded": marked("Thrown away."),
    "media_added": marked("Added to the library."),
    "media_described": marked("Saved."),
    "media_removed": marked("The picture is removed."),
    "approved": marked("Approved. The post is published at its time."),
    "moved": marked("Moved. The post is a draft again: send it for approval."),
    "sent_back": marked("Sent back to the writer, with your note."),
    "sent_back_masked": marked(
        "Sent back to the writer. We masked what looked like personal data in your note."
    ),
    "noted": marked("The note is written."),
    "noted_masked": marked("The note is written. We masked what looked like personal data in it."),
    "series_begun": marked("The series has begun. Its next posts wait for approval."),
    "series_skipped": marked("That day is left out."),
    "series_ended": marked("The series has ended. Its coming posts are cancelled."),
    "series_changed": marked(
        "Changed. The changed posts wait for approval, and an announcement is a draft if one was needed."
    ),
    "series_approved": marked("Approved. Each post is published at its time."),
    "feed_withdrawn": marked("The address is withdrawn. Nothing is read there any more."),
    "goal_added": marked("The goal is added."),
    "goal_changed": marked("The goal is changed."),
    "goal_ended": marked("The goal has been ended. What it had come to stays."),
    "cancelled": marked("Cancelled. The post will not be published."),
    "confirmed": marked("Noted: the post is on the page."),
    "sent_again": marked("The post is being sent now."),
    "answered": marked("Noted: your answer is being sent."),
    "forgotten": marked("Everything that this person wrote has been erased."),
    "moved_away": marked("Noted: the matter is in the client system. Nobody waits here any more."),
    "text_proposed": marked("Noted: the new words wait for approval by somebody else."),
    "text_approved": marked("Approved. These words are in force now."),
    "text_rejected": marked("Put aside. What is in force stays."),
    "topic_on": marked("The bot answers on this topic again."),
    "topic_off": marked("Your unit answers on this topic itself now."),
    "example_kept": marked("Kept: the example is in the files now."),
    "example_deleted": marked("Deleted."),
    "misunderstood": marked("Collected for the next review of the examples."),
    "claimed": marked("The conversation is yours. The bot keeps silent until it is given back."),
    "handed_back": marked("The bot answers in this conversation again."),
    "call_taken": marked("Noted: you make this call."),
    "reached": marked("Noted: you called and reached the person. The number has been erased."),
    "no_answer": marked("Noted: you called and nobody answered."),
    "call_cancelled": marked("The request is cancelled."),
    "comment_reply": marked("Noted: the answer goes out under the comment."),
    "comment_hide": marked("Noted: the comment is being hidden."),
    "comment_private": marked("Noted: the comment is being hidden, and a private message goes out."),
    "comment_own": marked("Noted: your answer goes out under the comment."),
    "comment_show": marked("Noted: the comment is being shown again."),
    "comment_leave": marked("Noted: the comment is left as it is."),
    "comment_withdraw": marked("Noted: our answer is being taken away."),
    "comments_automatic": marked("Plain questions under this page's posts are answered by themselves now."),
    "comments_by_people": marked("Every comment on this page waits for a person now."),
    "visit_added": marked("The visit has been saved."),
    "visit_known": marked("This visit had been received already. It is counted once."),
    "visit_changed": marked("The visit has been changed."),
    "visit_removed": marked("The visit has been removed."),
    "visits_imported": marked("The visits of the file have been added."),
    "trial_started": marked("The trial has begun. Record each visit when it is over."),
    "trial_changed": marked("The start form has been changed."),
    "trial_evaluated": marked("The evaluation has been saved."),
    "trial_decided": marked("The decision has been saved."),
    "practice_saved": marked("The description has been saved."),
    "partner_saved": marked("The organisation has been saved."),
    "partner_retired": marked("The organisation is offered no more."),
}
"""What has just been done, by the code that the way on carries."""

PACE_LOOKS: Mapping[Pace, str] = {
    Pace.REACHED: "published",
    Pace.ON_TRACK: "scheduled",
    Pace.BEHIND: "missed",
    Pace.TOO_EARLY: "awaiting_approval",
    Pace.NOT_AVAILABLE: "unconfirmed",
}
"""The colour and symbol of each pace, borrowed from the states of posts."""

SORRY: Mapping[int, tuple[str, str]] = {
    403: (marked("This page is not open to you"), marked("Go back, or call us if you need help.")),
    404: (
        marked("This page does not exist"),
        marked("Check the address, or go back to where you came from."),
    ),
    405: (marked("This cannot be done here"), marked("Go back and use the buttons of the page.")),
    422: (marked("What was sent cannot be used"), marked("Go back and try again.")),
    500: (
        marked("Something broke on our side"),
        marked("It is not your fault. Try again in a moment, or call us."),
    ),
}
