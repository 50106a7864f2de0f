"""What the page may say about a comment: approved texts only, nothing of the comment ever in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from social_bot.answering.comment_policy import DISCLOSURE, PRIVATE, Matter
from social_bot.answering.comment_store import CommentRow
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.danger import NOBODY_READS_KEY, crisis_key
from social_bot.answering.limits import TEXT_LIMIT
from social_bot.answering.replies import LAST_RESORT, ApprovedReply, Library
from social_bot.organisation.approval import content_hash
from social_bot.organisation.directory import Organisation
from social_bot.organisation.languages import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Written:
    """A text as it would go out now, with the versions that it is made of."""

    text: str
    language: str
    versions: tuple[ApprovedReply, ...]

    @property
    def digest(self) -> str:
        """By which a person's choice is bound to the words that they saw."""
        return content_hash({"text": self.text})

    @property
    def records(self) -> list[dict[str, object]]:
        """The versions as they are kept."""
        return [
            {
                "key": part.key,
                "language": part.language,
                "version": part.version,
                "hash": part.content_hash,
            }
            for part in self.versions
        ]

    @property
    def named(self) -> str:
        """The versions as the audit log names them."""
        return ", ".join(f"{part.key}.{part.language} v{part.version}" for part in self.versions)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The texts in force and the organisation's numbers, gathered once for a piece of work.

    Where nobody is on duty (``somebody_reads``) a private text begins with saying so, if that may be said.
    """

    library: Library
    organisation: Organisation
    now: datetime
    somebody_reads: bool = True

    def public(self, comment: CommentRow, *, is_automatic: bool) -> Written | None:
        """None where there is none, or nothing is said in public about it."""
        if comment.matter is Matter.DANGER:
            return None
        lead = (DISCLOSURE,) if is_automatic else ()
        return self._write(comment.keys, comment.languages, lead=lead)

    def private(self, comment: CommentRow) -> Written | None:
        """In danger the text for it, else how to go on where nobody else reads."""
        if comment.crisis is not None:
            return self.danger(comment.crisis, comment.languages)
        return self._write((PRIVATE,), comment.languages, warning=self._warning)

    def danger(self, kind: CrisisKind, languages: Sequence[str]) -> Written | None:
        return self._write((crisis_key(kind), LAST_RESORT), languages, warning=self._warning)

    @property
    def _warning(self) -> str | None:
        return None if self.somebody_reads else NOBODY_READS_KEY

    def _write(
        self,
        keys: Sequence[str],
        languages: Sequence[str],
        *,
        lead: tuple[str, ...] = (),
        warning: str | None = None,
    ) -> Written | None:
        """In every language that has its text; where none has, in the first other one that does."""
        found = [part for language in languages if (part := self._in(language, keys, lead, warning))]
        if not found:
            others = dict.fromkeys((*self.organisation.languages, *LANGUAGES))
            found = [part for language in others if (part := self._in(language, keys, lead, warning))][:1]
        if not found:
            return None
        if sum(len(part.text) + 2 for part in found) > TEXT_LIMIT:
            found = found[:1]
        return Written(
            text="\n\n".join(part.text for part in found),
            language=found[0].language,
            versions=tuple(version for part in found for version in part.versions),
        )

    def _in(
        self, language: str, keys: Sequence[str], lead: tuple[str, ...], warning: str | None
    ) -> Written | None:
        values = self.organisation.text_values(language, self.now)
        main = next((text for key in keys if (text := self.library.text(key, language, values))), None)
        before = [self.library.text(key, language, values) for key in lead]
        parts = [part for part in (*before, main) if part is not None]
        if len(parts) <= len(lead):
            return None
        said = "\n".join(text for text, _ in parts)
        warned = self.library.text(warning, language, values) if warning else None
        if warned is not None:
            said, parts = f"{warned[0]}\n\n{said}", [warned, *parts]
        return Written(text=said, language=language, versions=tuple(version for _, version in parts))
