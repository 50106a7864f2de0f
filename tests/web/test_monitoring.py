"""The dashboard, the alert rules and the list in the docs speak of figures that the program gives, and of all."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from ruamel.yaml import YAML
from starlette.testclient import TestClient

from social_bot.organisation import heartbeats
from social_bot.organisation.alerts import AlertKind
from social_bot.web.app import create_app

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "docker" / "monitoring"
_FIGURE = re.compile(r"\bsocial_bot_[a-z_]+")
_TAILS = re.compile(r"_(bucket|count|sum|created)$")


@pytest.fixture
def given(timed_bot) -> set[str]:
    object.__setattr__(timed_bot.settings, "metrics_token", SecretStr("token"))
    with timed_bot.database.write() as session:
        heartbeats.beat(session, "worker", now=timed_bot.now())
    client = TestClient(create_app(timed_bot, on_delivery=lambda: None))
    answer = client.get("/metrics", headers={"Authorization": "Bearer token"})
    families = [
        each for each in text_string_to_metric_families(answer.text) if not each.name.endswith("_created")
    ]
    counters = {f"{each.name}_total" for each in families if each.type == "counter"}
    return {each.name for each in families if each.type != "counter"} | counters


def expressions() -> Iterator[str]:
    rules = YAML(typ="safe").load((MONITORING / "alerts.yaml").read_text(encoding="utf-8"))
    yield from (rule["expr"] for group in rules["groups"] for rule in group["rules"])
    board = json.loads((MONITORING / "grafana-dashboard.json").read_text(encoding="utf-8"))
    yield from (target["expr"] for panel in board["panels"] for target in panel["targets"])


def test_rules_and_dashboard_ask_for_figures_that_there_are(given):
    asked = {_TAILS.sub("", name) for expression in expressions() for name in _FIGURE.findall(expression)}

    assert len(asked) > 10
    assert asked <= given


def test_the_docs_list_every_figure_and_no_other(given):
    listed = set(_FIGURE.findall((ROOT / "docs" / "operations.md").read_text(encoding="utf-8")))

    assert listed == {name for name in given if name.startswith("social_bot_")}


def test_rules_name_kinds_of_alerts_that_there_are():
    kinds = {kind for each in expressions() for kind in re.findall(r'kind="(\w+)"', each)}

    assert kinds
    assert kinds <= set(AlertKind)
