"""How often each version of a text has gone out, in messages and comments, counted in the database."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import text
from sqlmodel import Session

_SQLITE = (
    (
        "SELECT json_extract(e.value, '$.key'), json_extract(e.value, '$.language'),"
        " json_extract(e.value, '$.version'), count(*) FROM message, json_each(message.versions) e"
        " WHERE message.send_state = 'sent' AND message.answers_id IS NOT NULL GROUP BY 1, 2, 3"
    ),
    (
        "SELECT json_extract(e.value, '$.key'), json_extract(e.value, '$.language'),"
        " json_extract(e.value, '$.version'), count(*) FROM comment_deed, json_each(comment_deed.versions) e"
        " WHERE comment_deed.send_state = 'sent' GROUP BY 1, 2, 3"
    ),
)
_POSTGRESQL = (
    (
        "SELECT e->>'key', e->>'language', e->>'version', count(*)"
        " FROM message, json_array_elements(message.versions) e"
        " WHERE message.send_state = 'sent' AND message.answers_id IS NOT NULL GROUP BY 1, 2, 3"
    ),
    (
        "SELECT e->>'key', e->>'language', e->>'version', count(*)"
        " FROM comment_deed, json_array_elements(comment_deed.versions) e"
        " WHERE comment_deed.send_state = 'sent' GROUP BY 1, 2, 3"
    ),
)


def count_sent(session: Session) -> Mapping[tuple[str, str, int], int]:
    """By key, language and version. A message that began in a comment counts with the comment alone."""
    counts: Counter[tuple[str, str, int]] = Counter()
    queries = _POSTGRESQL if session.get_bind().dialect.name == "postgresql" else _SQLITE
    for query in queries:
        for key, language, version, count in session.connection().execute(text(query)):
            counts[str(key), str(language), int(version)] += int(count)
    return counts
