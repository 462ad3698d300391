"""The OpenAPI document is true: the server takes what it allows and refuses what it does not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import new_database
from tests.databases import RunFolder
from tests.webconnector.api.conftest import Api, filled_company, server, settings_over
from webconnector.api import document
from webconnector.api.operations import OPERATIONS

# In `make soak` 100.
cases_max = int(os.environ.get("API_CASES", "10"))
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
UNDERSTOOD = {200, 201, 404, 409, 410, 412, 422}
"""422: what no schema can say, such as a reference to a record that is not there."""


@pytest.fixture(scope="module")
def api(run_folder: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One company for all operations: what one of them did must not disturb the next."""
    folder = tmp_path_factory.mktemp("document")
    database = new_database(run_folder, "sqlite", migrated=True)
    with database as url, server(settings_over(folder, url)) as app:
        yield filled_company(app, "Acme Ltd")


@pytest.fixture(scope="module")
def schema() -> Any:
    """The document as schemathesis reads it, but for the token, which every call here carries."""
    found = {**document.as_dict(), "security": []}
    found["components"] = {**found["components"], "securitySchemes": {}}
    return schemathesis.openapi.from_dict(found)


def operation_of(schema: Any, operation_id: str) -> APIOperation[Any, Any, Any, Any]:
    found: APIOperation[Any, Any, Any, Any] = schema.find_operation_by_id(operation_id)
    return found


def run(api: Api, operation: Any, mode: GenerationMode, judge: Callable[[Any, Any], None]) -> None:
    """Call the operation with generated data."""

    @hypothesis.settings(
        max_examples=cases_max,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = path_of(api, operation.path)
        judge(case, answer_to(api, case))

    each()


def path_of(api: Api, path: str) -> dict[str, Any]:
    """The ids of records that are there."""
    resource = path.split("/")[3]
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return dict.fromkeys(names, api.ids.get(resource, ""))


def answer_to(api: Api, case: Any) -> Any:
    # schemathesis does not unpack what comes from an application in the same process.
    headers = {"Authorization": f"Bearer {api.token}", "Accept-Encoding": "identity"}
    return case.call(app=api.client.application, headers=headers)


@pytest.mark.parametrize("operation_id", [operation.id for operation in OPERATIONS])
def test_what_the_document_allows_is_understood(api: Api, schema: Any, operation_id: str) -> None:
    def judge(case: Any, response: Any) -> None:
        case.validate_response(response, checks=CHECKS)
        assert response.status_code in UNDERSTOOD, response.text

    run(api, operation_of(schema, operation_id), GenerationMode.POSITIVE, judge)


@pytest.mark.parametrize(
    "operation_id",
    [one.id for one in OPERATIONS if one.body or one.parameters or one.method != "GET"],
)
def test_what_the_document_forbids_is_refused(api: Api, schema: Any, operation_id: str) -> None:
    def judge(case: Any, response: Any) -> None:
        if operation_id.endswith("_bulk") and response.status_code == 200:
            # A wrong record is refused alone, the others are made.
            case.validate_response(response, checks=CHECKS)
            assert 422 in {one["status"] for one in response.json()["results"]}
            return
        case.validate_response(response, checks=[*CHECKS, negative_data_rejection])

    run(api, operation_of(schema, operation_id), GenerationMode.NEGATIVE, judge)
