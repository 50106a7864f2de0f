"""The image and the compose file, as far as they can be held without an engine."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from ruamel.yaml import YAML
from typer.testing import CliRunner

from social_bot.bootstrap import Bot
from social_bot.cli.app import app
from social_bot.settings import Settings
from social_bot.web.app import create_app

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
HADOLINT = Path(sys.executable).parent / "hadolint"


@pytest.fixture
def services() -> dict[str, Any]:
    compose = YAML(typ="safe").load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    services: dict[str, Any] = compose["services"]
    return services


def variables() -> set[str]:
    lines = (DOCKER / "social-bot.env.example").read_text(encoding="utf-8").splitlines()
    return {line.split("=")[0] for line in lines if "=" in line and not line.startswith("#")}


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint is not installed")
def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    done = subprocess.run([HADOLINT, DOCKER / "Dockerfile"], capture_output=True, text=True, check=False)

    assert done.stdout + done.stderr == ""


def test_what_the_image_copies_is_there_and_let_through() -> None:
    copied = re.findall(
        r"^COPY (?!--)(.+) \S+$", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    names = {name for line in copied for name in line.split()}
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert len(names) > 4
    assert all((ROOT / name).exists() for name in names)
    assert all(f"!{name}" in let_through for name in names)


def test_every_container_of_ours_runs_a_command_that_exists(services: dict[str, Any]) -> None:
    commands = {
        name: service["command"] for name, service in services.items() if service.get("image") == "social-bot"
    }

    assert set(commands) == {"upgrade", "web", "staff", "work"}
    for name, command in commands.items():
        told = CliRunner().invoke(app, [*command, "--help"])
        assert told.exit_code == 0, (name, told.output)


def test_no_container_of_ours_may_more_than_it_needs(services: dict[str, Any]) -> None:
    for name in ("upgrade", "web", "staff", "work"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert "env_file" not in services["proxy"], "the proxy knows no secret of ours"


def test_the_proxy_lets_in_every_address_of_the_public_but_those_that_tell_of_the_inside(bot: Bot) -> None:
    (let_in,) = re.findall(r"@open path (.+)", (DOCKER / "Caddyfile").read_text(encoding="utf-8"))
    served = create_app(bot, on_delivery=lambda: None, has_staff=False)
    paths = {"/static/x.css"} | {
        re.sub(r"{[^}]+}", "x", route.path) for route in served.routes if isinstance(route, APIRoute)
    }

    kept_out = {path for path in paths if not any(fnmatch(path, each) for each in let_in.split())}

    assert len(paths) > 8
    assert kept_out == {"/healthz", "/readyz", "/metrics"}


def test_every_variable_of_the_example_is_one_that_something_reads() -> None:
    ours = {f"SOCIAL_BOT_{name.upper()}" for name in Settings.model_fields}
    compose = (DOCKER / "compose.yaml").read_text(encoding="utf-8")

    unread = {name for name in variables() - ours if f"${{{name}:?}}" not in compose}

    assert unread == {"FORWARDED_ALLOW_IPS"}  # uvicorn's own
    assert set(re.findall(r"\$\{(\w+):\?\}", compose)) <= variables()
