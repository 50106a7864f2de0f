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


def options_of(words: list[str]) -> tuple[str, set[str]]:
    """The command that the words begin with, and the options that it knows."""
    command, path = typer.main.get_command(app), []
    for word in words:
        if word not in getattr(command, "commands", {}):
            break
        command = command.commands[word]  # type: ignore[attr-defined]
        path.append(word)
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    return " ".join(path), known | {"--help"}


def shown_lines(text: str) -> list[str]:
    """What stands after ``social-bot`` wherever a document or a unit shows a command, to the end of the command."""
    joined = re.sub(r"(?<=\S)\n(?=\S)", " ", text)  # a command may be broken within a paragraph
    return re.findall(
        r"(?:`|    |bin/|\| |-- )social-bot ([a-z][^`\n|;&]*)", joined + "\n".join(["", *text.splitlines()])
    )


def test_every_option_that_a_document_or_a_unit_shows_is_one_of_its_command() -> None:
    files = [
        ROOT / "README.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "docker/systemd").iterdir()),
    ]
    wrong, seen = [], 0
    for file in files:
        for line in shown_lines(file.read_text(encoding="utf-8")):
            command, known = options_of(line.split())
            options = re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)
            seen += len(options)
            wrong += [(file.name, command, option) for option in options if option not in known]

    assert seen > 40
    assert wrong == []


def test_every_file_that_operations_installs_is_there() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    named = re.findall(r"docker/systemd/[\w.*-]+", text)

    assert len(named) > 3
    assert [name for name in named if not list(ROOT.glob(name))] == []


def test_the_sample_of_the_settings_names_settings_alone() -> None:
    text = (ROOT / "docker/systemd/social-bot.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))

    ours = {f"SOCIAL_BOT_{name.upper()}" for name in Settings.model_fields}
    assert named - ours == {"FORWARDED_ALLOW_IPS"}  # uvicorn's own


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
