"""docs/security.md names for each row the test that proves it, and each named test is there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| (?:\d+\.\d+\.\d+(?:, )?)+ \|.*$", re.MULTILINE)


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_names_a_test_or_says_why_there_is_none() -> None:
    rows = ROW.findall(DOCUMENT)

    assert len(rows) > 60
    assert [row for row in rows if not NAMED.search(row) and "—" not in row] == []


def test_every_test_that_is_named_is_there() -> None:
    named = NAMED.findall(DOCUMENT)

    assert len(named) > 80
    assert [
        f"{path}::{name}" for path, name in named if not (ROOT / path).exists() or name not in names_in(path)
    ] == []
