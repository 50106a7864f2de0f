"""What every form of a report says around its figures: heads, days, definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from social_bot.organisation.times import full_day, in_words
from social_bot.tracking import figure_words as words
from social_bot.tracking.figures import Unit
from social_bot.tracking.reports import Report, ReportFigure, ReportSection, said, said_figure
from social_bot.tracking.suppression import Cell
from social_bot.translations import marked, translate

LABELS: Mapping[str, str] = {
    "figure": marked("Figure"),
    "counted": marked("What is counted"),
    "source": marked("Source"),
    "read": marked("Last read"),
    "estimate": marked("Estimate"),
    "since": marked("Not available since"),
    "yes": marked("yes"),
    "definitions": marked("What the figures mean"),
    "about": marked("About the report"),
    "figures": marked("Figures"),
    "goals": marked("Goals"),
    "answers": marked("Answers"),
    "question": marked("Question"),
    "answer": marked("Answer"),
    "section": marked("Section"),
    "note": marked("Remark"),
    "day": marked("Day"),
    "title": marked("Title"),
    "organisation": marked("Organisation"),
    "first": marked("First day"),
    "last": marked("Last day"),
    "made": marked("Made"),
    "value": words.VALUE,
}
_MADE, _RUNNING = marked("made %(time)s"), marked("not over yet")


@dataclass(frozen=True, kw_only=True)
class DocumentWords:
    """The words of one report, in its language and its zone."""

    report: Report

    def label(self, key: str) -> str:
        return translate(self.report.language)(LABELS[key])

    def day(self, day: date) -> str:
        return full_day(day, self.report.language)

    def moment(self, moment: datetime) -> str:
        """``ke 25.11.2026 klo 9.00``: a document is read in other years too."""
        return in_words(moment.astimezone(self.report.zone), self.report.language, year=0)

    def said(self, cell: Cell, unit: Unit) -> str:
        return said(cell, unit, self.report.language)

    def figure(self, figure: ReportFigure) -> str:
        return said_figure(figure, self.report.language, day=self.day)

    def cells(self, figure: ReportFigure) -> Sequence[str]:
        """What stands under ``report.heads`` (as many as are compared)."""
        others = [each for each in (figure.before, figure.year_before) if each is not None]
        return [self.figure(figure), *(said(each, figure.unit, self.report.language) for each in others)]

    def heads(self, section: ReportSection) -> Sequence[str]:
        """Over the columns of its figures, without the first."""
        return self.report.heads[: max(len(self.cells(figure)) for figure in section.figures)]

    def rows(self, section: ReportSection) -> Sequence[tuple[ReportFigure, Sequence[str]]]:
        """Its figures with their cells, as many as there are heads: what is not compared has empty ones."""
        width = len(self.heads(section))
        return [
            (figure, [*cells, *[""] * (width - len(cells))])
            for figure in section.figures
            for cells in [self.cells(figure)]
        ]

    @property
    def about(self) -> str:
        """One line: whose, about what, of which days, made when."""
        report, t = self.report, translate(self.report.language)
        days = " – ".join(dict.fromkeys((self.day(report.first), self.day(report.last))))
        if report.is_running:
            days += f" ({t(_RUNNING)})"
        made = t(_MADE) % {"time": self.moment(report.made_at)}
        return " · ".join(filter(None, (report.organisation, report.subtitle, days, made)))

    @property
    def defined(self) -> Sequence[ReportFigure]:
        """The figures whose definitions differ, each once."""
        found = {
            (each.name, each.definition, each.source, each.as_of, each.not_available_since): each
            for each in reversed(self.report.figures)
        }
        return list(found.values())[::-1]

    def definition(self, figure: ReportFigure) -> Mapping[str, str]:
        """By the key of its label; what does not concern it is empty."""
        return {
            "figure": figure.name,
            "counted": figure.definition,
            "source": figure.source,
            "read": self.moment(figure.as_of) if figure.as_of else "",
            "since": self.day(figure.not_available_since) if figure.not_available_since else "",
            "estimate": self.label("yes") if figure.is_estimate else "",
        }
