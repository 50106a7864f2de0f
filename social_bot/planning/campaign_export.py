"""A started campaign as a file once more: what was answered at its start becomes the defaults of its questions."""

import io
from collections.abc import Mapping

from ruamel.yaml import YAML

from social_bot.errors import NotAllowed
from social_bot.planning.campaign_files import parse_campaign
from social_bot.planning.campaign_parts import Campaign, Parameter
from social_bot.planning.store import CampaignRow


def campaign_of(row: CampaignRow, *, is_own: bool) -> Campaign:
    """The campaign as its file was at the start. Raises ``NotAllowed`` for one whose file was not kept."""
    if row.source is None:
        raise NotAllowed("The file of this campaign was not kept when it started.")
    return parse_campaign(row.source, slug=row.slug, file=f"{row.slug}.yaml", is_own=is_own)


def export_campaign(row: CampaignRow, *, is_own: bool) -> str:
    """A file from which a start without answers makes the same plan.

    Changes to single posts are not in it: they are posts of their own by then.
    """
    campaign = campaign_of(row, is_own=is_own)
    yaml = YAML()
    yaml.width = 100_000
    document = yaml.load(campaign.source)
    for parameter in campaign.parameters:
        answers = _answers(parameter, row.values, campaign)
        if answers:
            document["parameters"][parameter.key]["default"] = answers
    asked = {parameter.key for parameter in campaign.parameters}
    for name, value in row.values.items():
        key = name.partition(".")[0]
        if key in asked or not value.strip():
            continue
        document.setdefault("parameters", {})[key] = {
            "label": dict.fromkeys(campaign.languages, key),
            "example": value,
            "default": value,
        }
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue()


def _answers(parameter: Parameter, values: Mapping[str, str], campaign: Campaign) -> dict[str, str]:
    """What each language was told; a language that nobody asked about says what the first one says."""
    given = {
        language: values.get(f"{parameter.key}.{language}", "").strip()
        or values.get(parameter.key, "").strip()
        for language in campaign.languages
    }
    if not any(given.values()):
        return {}
    first = next(answer for answer in given.values() if answer)
    default = parameter.default or {}
    return {language: answer or default.get(language) or first for language, answer in given.items()}
