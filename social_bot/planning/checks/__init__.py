"""What a post must pass before it may be approved: each finding a warning or a block, with the next step."""

from collections.abc import Sequence

from social_bot.planning.checks.facts import find_old_facts, find_old_numbers, find_what_the_kind_lacks
from social_bot.planning.checks.findings import (
    NEVER_OVERRIDDEN,
    Check,
    CheckContext,
    Finding,
    OtherPost,
    People,
    PictureFacts,
    Rule,
    Setting,
    Severity,
)
from social_bot.planning.checks.languages import (
    find_jargon,
    find_long_sentences,
    find_missing_languages,
    find_passive,
)
from social_bot.planning.checks.links import find_links
from social_bot.planning.checks.lists import CheckLists, LanguageList, read_lists
from social_bot.planning.checks.pictures import find_broken_rules, find_poor_alts, find_text_and_people
from social_bot.planning.checks.privacy import (
    find_case_words,
    find_home_addresses,
    find_identity_codes_and_contacts,
    find_named_people,
)
from social_bot.planning.checks.timing import find_crowding, find_night, find_past_days, find_same_text
from social_bot.planning.posts import PostContent

__all__ = [
    "NEVER_OVERRIDDEN",
    "Check",
    "CheckContext",
    "CheckLists",
    "Finding",
    "LanguageList",
    "OtherPost",
    "People",
    "PictureFacts",
    "Setting",
    "Severity",
    "check_post",
    "read_lists",
]

_RULES: Sequence[Rule] = (
    find_identity_codes_and_contacts,
    find_home_addresses,
    find_named_people,
    find_case_words,
    find_links,
    find_past_days,
    find_same_text,
    find_crowding,
    find_night,
    find_missing_languages,
    find_long_sentences,
    find_jargon,
    find_passive,
    find_old_numbers,
    find_old_facts,
    find_what_the_kind_lacks,
    find_poor_alts,
    find_broken_rules,
    find_text_and_people,
)


def check_post(content: PostContent, context: CheckContext) -> Sequence[Finding]:
    """Blocks first, each kind in the order of the post."""
    found = [finding for rule in _RULES for finding in rule(content, context)]
    return sorted(found, key=lambda finding: not finding.is_block)
