"""The README keeps up with the program: every command, setting and target stands in it, and nothing that is gone."""

import re
from pathlib import Path
from typing import Any

import typer.main

from social_bot.cli.app import app
from social_bot.organisation.roles import Role
from social_bot.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> set[str]:
    """``post add`` and its like."""
    found: set[str] = set()

    def walk(command: Any, path: tuple[str, ...]) -> None:
        subcommands = getattr(command, "commands", {})
        for name, each in subcommands.items():
            walk(each, (*path, name))
        if path and (not subcommands or command.invoke_without_command):
            found.add(" ".join(path))

    walk(typer.main.get_command(app), ())
    return found


def documented_commands() -> set[str]:
    """From the table: ``post add``, ``list`` names two commands of one group."""
    found: set[str] = set()
    (table,) = re.findall(r"\| command \|.*?\n\n", README, re.DOTALL)
    for row in table.strip().splitlines()[2:]:
        group = ""
        for name in re.findall(r"`([a-z -]+)`", row.split("|")[1]):
            *before, last = name.split()
            group = " ".join(before) or group
            found.add(f"{group} {last}".strip())
    return found


def test_every_command_stands_in_the_readme_and_every_one_there_exists() -> None:
    assert documented_commands() == commands()


def test_every_setting_stands_in_the_readme_once_and_every_one_there_exists() -> None:
    (table,) = re.findall(r"\| variable \|.*?\n\n", README, re.DOTALL)
    named = [
        name
        for row in table.strip().splitlines()[2:]
        for name in re.findall(r"`(SOCIAL_BOT_\w+)`", row.split("|")[1])
    ]

    assert sorted(named) == sorted(f"SOCIAL_BOT_{name.upper()}" for name in Settings.model_fields)


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", README))

    assert {"demo", "demo-reset", "test"} <= named
    assert named <= targets


def test_every_file_that_the_readme_leads_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link]

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_role_is_explained() -> None:
    assert [role for role in Role if role.value not in README] == []


def test_every_command_that_a_document_shows_exists() -> None:
    known = commands()
    texts = [README, *((path.read_text(encoding="utf-8")) for path in sorted((ROOT / "docs").glob("*.md")))]
    shown = {
        tuple(words.split()[:2])
        for text in texts
        for words in re.findall(r"(?:`| {4}|bin/|\| )social-bot ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)", text)
    }

    assert len(shown) > 20
    assert {words for words in shown if not {" ".join(words), words[0]} & known} == set()
