"""What goals measure and how they stand, in words."""

from collections.abc import Mapping

from social_bot.organisation.metrics import Metric
from social_bot.tracking.goals import Pace
from social_bot.translations import marked

GOAL_WORDS: Mapping[Metric, tuple[str, str]] = {
    Metric.POST_VIEWS: (
        marked("Views of the posts"),
        marked("How often the campaign's posts were shown. One person may see a post several times."),
    ),
    Metric.POST_REACH: (
        marked("People reached by the posts"),
        marked("How many people saw each post, added up. Who saw two posts counts twice."),
    ),
    Metric.POST_REACTIONS: (
        marked("Reactions"),
        marked("Likes and other reactions to the campaign's posts."),
    ),
    Metric.POST_COMMENTS: (marked("Comments"), marked("Comments on the campaign's posts.")),
    Metric.POST_SHARES: (marked("Shares"), marked("How often the campaign's posts were shared.")),
    Metric.POST_CLICKS: (
        marked("Clicks"),
        marked("Clicks on the campaign's posts: links, pictures, more text."),
    ),
    Metric.POST_LINK_CLICKS: (
        marked("Clicks on links"),
        marked("Clicks on the links in the campaign's posts."),
    ),
    Metric.PAGE_VIEWS: (
        marked("Views of the page's content"),
        marked("How often anything of the page was shown during the campaign."),
    ),
    Metric.PAGE_REACH: (
        marked("People reached by the page"),
        marked("How many people saw the page's content each day, added up over the campaign."),
    ),
    Metric.PAGE_ENGAGEMENTS: (
        marked("Engagement with the page"),
        marked("Reactions, comments, shares and clicks on the page's content during the campaign."),
    ),
    Metric.PAGE_FOLLOWERS: (marked("Followers"), marked("How many follow the page now.")),
    Metric.POSTS_PUBLISHED: (
        marked("Published posts"),
        marked("Posts of the campaign that are on the page."),
    ),
    Metric.MESSAGES_RECEIVED: (
        marked("Messages from residents"),
        marked("Messages that arrived at the page during the campaign."),
    ),
    Metric.CONTACTS: (
        marked("People who wrote"),
        marked("Conversations in which somebody wrote during the campaign. The same person counts once."),
    ),
    Metric.ANSWERED_SHARE: (
        marked("Share of messages answered"),
        marked("Of the messages that arrived during the campaign, how many per cent got an answer."),
    ),
    Metric.CALLBACKS_REQUESTED: (
        marked("Requests to be called"),
        marked("Requests on our own form during the campaign, for all pages together."),
    ),
    Metric.CALLBACKS_DONE: (
        marked("Calls made"),
        marked("Requests of the campaign's time that ended in a conversation, for all pages together."),
    ),
    Metric.VISITS_HELD: (marked("Visits held"), marked("Outreach visits that workers have noted.")),
    Metric.VISIT_CONTACTS: (
        marked("People met at visits"),
        marked("People met at outreach visits, as workers noted them. Who came twice counts twice."),
    ),
    Metric.VISIT_CLIENTHOOD: (
        marked("Led to clienthood"),
        marked(
            "Of the people met at visits, how many became clients. Workers note the number, nothing else."
        ),
    ),
    Metric.VISIT_GUIDED_ON: (
        marked("Guided on"),
        marked("Of the people met at visits, how many got on with advice alone."),
    ),
}
"""A name, and what is counted."""

PACES: Mapping[Pace, str] = {
    Pace.REACHED: marked("Reached"),
    Pace.ON_TRACK: marked("On track"),
    Pace.BEHIND: marked("Behind"),
    Pace.TOO_EARLY: marked("Too early to say"),
    Pace.NOT_AVAILABLE: marked("Not available"),
}
