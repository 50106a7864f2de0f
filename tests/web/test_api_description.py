"""The interface holds to its description, whatever is asked: no answer that it does not tell of, none that breaks.

Schemathesis makes the questions out of the description, the same ones in every run.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from social_bot.organisation import api_tokens
from tests.conftest import NOW
from tests.web.published import published

__all__ = ["published"]

CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance),
    *(response_schema_conformance, negative_data_rejection, ignored_auth),
]
QUIET = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def token(published, world):
    with published.database.write() as session:
        return api_tokens.add(session, "Schemathesis", days=1, now=NOW, by="test")[1]


@pytest.fixture
def operations(published, anybody):
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", anybody.app)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(found) > 10
    return found


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_as_the_description_says(operations, token, mode):
    asked = st.one_of([operation.as_strategy(generation_mode=mode) for operation in operations])
    seen = set()

    @settings(QUIET, max_examples=120)
    @given(asked)
    def ask(case):
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
        seen.add((case.operation.path, answer.status_code))

    ask()

    assert {path for path, _ in seen} == {operation.path for operation in operations}
    statuses = {status for _, status in seen}
    assert (200 if mode is GenerationMode.POSITIVE else 422) in statuses
    assert statuses <= {200, 401, 404, 422}
