"""Our metric names: what each counts, where it comes from, and whether it is an estimate.

The platform's own names, alive and retired, are the channel's business
(``channels/facebook/metrics.py``); the rooms know only these.
"""

from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """Everything that can be counted, collected or set as a goal."""

    # a post, over its lifetime
    POST_VIEWS = "post_views"
    POST_REACH = "post_reach"
    POST_REACTIONS = "post_reactions"
    POST_COMMENTS = "post_comments"
    POST_SHARES = "post_shares"
    POST_CLICKS = "post_clicks"
    POST_LINK_CLICKS = "post_link_clicks"
    # the page, by day
    PAGE_VIEWS = "page_views"
    PAGE_REACH = "page_reach"
    PAGE_ENGAGEMENTS = "page_engagements"
    PAGE_FOLLOWERS = "page_followers"
    # our own rows
    POSTS_PUBLISHED = "posts_published"
    MESSAGES_RECEIVED = "messages_received"
    CONTACTS = "contacts"
    ANSWERED_SHARE = "answered_share"
    CALLBACKS_REQUESTED = "callbacks_requested"
    CALLBACKS_DONE = "callbacks_done"
    # outreach visits, noted by hand
    VISITS_HELD = "visits_held"
    VISIT_CONTACTS = "visit_contacts"
    VISIT_CLIENTHOOD = "visit_clienthood"
    VISIT_GUIDED_ON = "visit_guided_on"


class Source(StrEnum):
    PLATFORM = "platform"
    OWN = "own"
    HAND = "hand"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """``is_percent``: the value is 0-100. ``is_estimate``: the platform says so of unique counts.

    ``counts_people``: what leaves the unit hides it under five. ``is_stock``: it stands at a number, and does
    not gather from nothing over the time of a goal.
    """

    source: Source
    counts_people: bool = False
    is_stock: bool = False
    is_estimate: bool = False
    is_percent: bool = False


DEFINITIONS: dict[Metric, Definition] = {
    Metric.POST_VIEWS: Definition(source=Source.PLATFORM),
    Metric.POST_REACH: Definition(source=Source.PLATFORM, is_estimate=True, counts_people=True),
    Metric.POST_REACTIONS: Definition(source=Source.PLATFORM),
    Metric.POST_COMMENTS: Definition(source=Source.PLATFORM),
    Metric.POST_SHARES: Definition(source=Source.PLATFORM),
    Metric.POST_CLICKS: Definition(source=Source.PLATFORM),
    Metric.POST_LINK_CLICKS: Definition(source=Source.PLATFORM),
    Metric.PAGE_VIEWS: Definition(source=Source.PLATFORM),
    Metric.PAGE_REACH: Definition(source=Source.PLATFORM, is_estimate=True, counts_people=True),
    Metric.PAGE_ENGAGEMENTS: Definition(source=Source.PLATFORM),
    Metric.PAGE_FOLLOWERS: Definition(source=Source.PLATFORM, is_stock=True),
    Metric.POSTS_PUBLISHED: Definition(source=Source.OWN),
    Metric.MESSAGES_RECEIVED: Definition(source=Source.OWN, counts_people=True),
    Metric.CONTACTS: Definition(source=Source.OWN, counts_people=True),
    Metric.ANSWERED_SHARE: Definition(source=Source.OWN, is_percent=True, counts_people=True),
    Metric.CALLBACKS_REQUESTED: Definition(source=Source.OWN, counts_people=True),
    Metric.CALLBACKS_DONE: Definition(source=Source.OWN, counts_people=True),
    Metric.VISITS_HELD: Definition(source=Source.HAND),
    Metric.VISIT_CONTACTS: Definition(source=Source.HAND, counts_people=True),
    Metric.VISIT_CLIENTHOOD: Definition(source=Source.HAND, counts_people=True),
    Metric.VISIT_GUIDED_ON: Definition(source=Source.HAND, counts_people=True),
}
