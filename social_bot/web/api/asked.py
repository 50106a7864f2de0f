"""What may be asked: the parameters of every address."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from social_bot.errors import InvalidInput
from social_bot.tracking.figure_words import FIGURE_WORDS
from social_bot.tracking.outreach import Channel
from social_bot.tracking.periods import Month, parse_months
from social_bot.web.api.problems import Refusal

_MONTH = r"20\d\d-(0[1-9]|1[0-2])"
MONTHS = rf"^{_MONTH}(\.\.{_MONTH})?$"
_FIGURES = [str(key) for key in FIGURE_WORDS]


def _known(figure: str) -> str:
    if figure not in _FIGURES:
        raise ValueError(figure)
    return figure


MonthsAsked = Annotated[
    str, Field(pattern=MONTHS, examples=["2026-01..2026-11"], description="One month, or from..to.")
]


class Asked(BaseModel):
    """Parameters; one that is not among them is refused, for a slip of the pen must not widen an answer."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Asked):
    """No parameters."""


class InMonths(Asked):
    months: MonthsAsked

    @property
    def in_order(self) -> Sequence[Month]:
        """Raises a ``Refusal`` where they run backwards, or are too many at once."""
        try:
            return parse_months(self.months)
        except InvalidInput as error:
            raise Refusal(422, error, parameter="months") from error


class FiguresAsked(InMonths):
    page: Annotated[
        str | None,
        Field(
            pattern=r"^(\d{1,40}|organisation)$",
            description="A page's id, or organisation for what belongs to no page; without it, all.",
        ),
    ] = None
    figure: Annotated[
        str | None,
        AfterValidator(_known),
        Field(description="One figure; without it, all.", json_schema_extra={"enum": [*_FIGURES]}),
    ] = None
    limit: Annotated[int, Field(ge=1, le=2000)] = 500
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class ComparisonAsked(InMonths):
    against: Annotated[Channel | None, Field(description="Compare with this channel.")] = None
