"""What figures, and the parts of them, are called in reports, and how each is defined."""

from collections.abc import Callable, Mapping

from social_bot.organisation.metrics import Source
from social_bot.tracking.figures import Family, Figure
from social_bot.translations import marked

RESPONSE_MEDIAN, RESPONSE_NINETY = "response_median", "response_ninety"
WITHIN_DAY_SHARE = "within_day_share"
CRISIS_MEDIAN, CRISIS_NINETY = "crisis_median", "crisis_ninety"
CALLBACKS_DONE, CALLBACKS_UNREACHABLE, CALLBACKS_LATE = (
    "callbacks_done",
    "callbacks_unreachable",
    "callbacks_late",
)

_POSTS = marked("Of the posts that went out in the time, as last read, sixty days after it at the latest.")
_F = Figure

FIGURE_WORDS: Mapping[str, tuple[str, str]] = {
    _F.POSTS_PUBLISHED: (marked("Published posts"), marked("Posts that are on the page.")),
    _F.POST_VIEWS: (
        marked("Views of the posts"),
        marked("How often posts were shown. One person may see a post several times: views are not people."),
    ),
    _F.POST_REACH: (
        marked("People reached by the posts"),
        marked("How many people saw each post, added up. Who saw two posts counts twice."),
    ),
    _F.POST_REACTIONS: (marked("Reactions"), marked("Likes and other reactions to the posts.")),
    _F.POST_COMMENTS: (marked("Comments"), marked("Comments on the posts, our own answers included.")),
    _F.POST_SHARES: (marked("Shares"), marked("How often posts were shared.")),
    _F.POST_CLICKS: (marked("Clicks"), marked("Clicks on the posts: links, pictures, more text.")),
    _F.POST_LINK_CLICKS: (marked("Clicks on links"), marked("Clicks on the links in the posts.")),
    _F.PAGE_VIEWS: (
        marked("Views of the page's content"),
        marked("How often anything of the page was shown."),
    ),
    _F.PAGE_REACH: (
        marked("People reached by the page"),
        marked(
            "How many people saw the page's content each day, added up. Who saw it on two days counts twice."
        ),
    ),
    _F.PAGE_ENGAGEMENTS: (
        marked("Engagement with the page"),
        marked("Reactions, comments, shares and clicks on the page's content."),
    ),
    _F.PAGE_FOLLOWERS: (marked("Followers"), marked("How many followed the page at the end of the time.")),
    _F.COMMENTS_RECEIVED: (
        marked("Comments that arrived"),
        marked("Comments, visitors' posts, reviews and mentions that the program received."),
    ),
    _F.MESSAGES_RECEIVED: (
        marked("Messages from residents"),
        marked("Messages that arrived at the page."),
    ),
    _F.CONVERSATIONS: (
        marked("People who wrote"),
        marked("Conversations in which somebody wrote. The same person counts once a month."),
    ),
    _F.WAITS: (
        marked("Waits for a worker"),
        marked("How often somebody began to wait for a worker's answer, which no automatic text could give."),
    ),
    RESPONSE_MEDIAN: (
        marked("Wait for a worker's answer, the middle one"),
        marked("Opening time from the first message that no automatic text settled to the worker's answer."),
    ),
    RESPONSE_NINETY: (
        marked("Nine of ten waits were no longer than"),
        marked("Counted in opening time, as the middle one."),
    ),
    WITHIN_DAY_SHARE: (
        marked("Answered by the next working day"),
        marked(
            "Of those who waited for a worker, to how many the answer came by the end of the next working day."
            " Who may still wait is left out."
        ),
    ),
    _F.CALLBACKS: (
        marked("Requests to be called"),
        marked("Requests on our own form, for all pages together, by the day of asking."),
    ),
    CALLBACKS_DONE: (marked("Calls made"), marked("Requests that ended in a conversation by phone.")),
    CALLBACKS_UNREACHABLE: (marked("Not reached by phone"), marked("Called twice, and nobody answered.")),
    CALLBACKS_LATE: (
        marked("Late calls"),
        marked("Requests that were settled, or still waited, after the promised time."),
    ),
    _F.CRISES: (
        marked("Matters of danger"),
        marked(
            "How often the program told staff that somebody may be in danger. False alarms are among them."
        ),
    ),
    CRISIS_MEDIAN: (
        marked("Time until a person took it, the middle one"),
        marked("By the clock, from the alarm until a named person took it."),
    ),
    CRISIS_NINETY: (
        marked("Nine of ten were taken within"),
        marked("By the clock, as the middle one."),
    ),
    _F.VISITS_HELD: (marked("Visits held"), marked("Outreach visits that workers have noted.")),
    _F.VISIT_MINUTES: (
        marked("Working time at visits"),
        marked("The length of each visit times its workers."),
    ),
    _F.VISIT_CONTACTS: (
        marked("People met at visits"),
        marked("As workers noted them. Who came twice counts twice."),
    ),
    _F.VISIT_DECLINED: (
        marked("Declined to talk"),
        marked("People who were offered a talk and did not want one."),
    ),
    _F.VISIT_CLIENTHOOD: (
        marked("Led to clienthood"),
        marked(
            "Of the people met at visits, how many became clients. Workers note the number, nothing else."
        ),
    ),
    _F.VISIT_GUIDED_ON: (
        marked("Guided on"),
        marked("Of the people met at visits, how many got on with advice alone."),
    ),
    _F.VISIT_OUT_OF_AREA: (
        marked("From elsewhere"),
        marked("Of the people met at visits, how many live in another area."),
    ),
}
"""A name, and what is counted."""

OF_POSTS = _POSTS

FAMILIES: Mapping[Family, str] = {
    Family.POSTS: marked("What we published"),
    Family.PAGE: marked("The page"),
    Family.MESSAGES: marked("Messages"),
    Family.COMMENTS: marked("Comments"),
    Family.CALLBACKS: marked("Calls"),
    Family.CRISES: marked("Danger"),
    Family.VISITS: marked("Outreach visits"),
}

SOURCES: Mapping[Source, str] = {
    Source.PLATFORM: marked("Counted by Facebook."),
    Source.OWN: marked("Counted by this program."),
    Source.HAND: marked("Noted by workers."),
}
ESTIMATE = marked("Facebook estimates this figure.")
VALUE = marked("Value")

PART_KINDS: Mapping[str, str] = {
    "topic": marked("Topic"),
    "language": marked("Language"),
    "lane": marked("Lane"),
    "kind": marked("Kind of post"),
    "answer": marked("Worker's answer"),
    "state": marked("State"),
}

_PARTS: Mapping[str, str] = {
    "topic:none": marked("No topic recognised"),
    "language:none": marked("Language not recognised"),
    "language:fi": marked("Finnish"),
    "language:sv": marked("Swedish"),
    "language:en": marked("English"),
    "language:et": marked("Estonian"),
    "language:ru": marked("Russian"),
    "language:uk": marked("Ukrainian"),
    "language:ar": marked("Arabic"),
    "language:so": marked("Somali"),
    "language:fa": marked("Persian"),
    "lane:none": marked("Without words, or not answered by the program"),
    "lane:general": marked("General question"),
    "lane:individual": marked("Own matter"),
    "lane:crisis": marked("Danger"),
    "lane:clarify": marked("Asked to choose a topic"),
    "lane:greeting": marked("Greeting or thanks"),
    "lane:unknown": marked("Not recognised"),
    "answer:within_day": marked("Answered by the next working day"),
    "answer:later": marked("Answered later"),
    "answer:none": marked("Not answered"),
    "answer:not_yet": marked("The working day is not over"),
    "state:requested": marked("Waits for a call"),
    "state:assigned": marked("Somebody makes the call"),
    "state:done": marked("Reached by phone"),
    "state:unreachable": marked("Not reached by phone"),
    "state:cancelled": marked("Cancelled"),
    "kind:hours_change": marked("Change of hours"),
    "kind:open_now": marked("Phone or chat hours"),
    "kind:outreach_event": marked("Event, outreach"),
    "kind:food_aid": marked("Food aid"),
    "kind:benefit_info": marked("About a benefit"),
    "kind:service_intro": marked("What we do"),
    "kind:early_contact": marked("Contact us early"),
    "kind:crisis_numbers": marked("Crisis numbers"),
    "kind:qa": marked("Question and answer"),
    "kind:disruption": marked("Disruption"),
    "kind:participation": marked("Invitation, feedback, thanks"),
    "kind:post": marked("A post of its own"),
}


def part_name(
    kind: str,
    name: str,
    *,
    t: Callable[[str], str],
    language: str,
    topic_names: Mapping[str, Mapping[str, str]],
) -> str:
    """``topic``, ``debt``: what the reader calls it."""
    if kind == "topic" and name in topic_names:
        return topic_names[name].get(language, name)
    sentence = _PARTS.get(f"{kind}:{name}")
    return name if sentence is None else t(sentence)
