"""Cells of files that a spreadsheet opens."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def harmless(cell: str) -> str:
    """A spreadsheet runs what begins like a formula; an apostrophe before it makes it text."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
