"""Tokens on the command line."""

from tests.cli.test_commands import PAGE, ready, run

__all__ = ["ready", "run"]


def test_a_token_is_printed_once_listed_without_its_secret_and_revoked(ready):
    made = ready("token", "add", "Power BI", "--page", PAGE, "--days", "30", "--json").json
    listed = ready("token", "list", "--json")
    (row,) = listed.json
    revoked = ready("token", "revoke", str(made["id"]))
    (after,) = ready("token", "list", "--json").json

    assert made["token"].startswith("sb1_")
    assert made["token"] not in listed.out
    assert (row["name"], row["pages"], row["holds"]) == ("Power BI", [PAGE], True)
    assert revoked.code == 0
    assert (after["holds"], after["revoked_by"]) == (False, "the command line")


def test_what_is_wrong_with_a_token_is_said(ready):
    assert "no page 999" in ready("token", "add", "R", "--page", "999").err
    assert "1 to 365 days" in ready("token", "add", "R", "--days", "0").err
    assert "no token 9" in ready("token", "revoke", "9").err
