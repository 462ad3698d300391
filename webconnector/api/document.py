"""The OpenAPI 3.1 document, written from the table of operations and the models.

Owns the document's form. It must not know how an operation works.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from webconnector.api.fixed_models import ProblemDetails
from webconnector.api.incoming import Parameter
from webconnector.api.limits import KEY_CHARACTERS_MAX
from webconnector.api.operation import Operation
from webconnector.api.operations import OPERATIONS
from webconnector.api.problem_details import CONTENT_TYPE, KINDS

PATH = "/api/v1"
_PLACES = "#/components/schemas/{model}"
_JSON = "application/json"

INTRODUCTION = """\
The records of one company in CashFlow, and of each whether QuickBooks has it.

Money is a decimal string with at most two places (`"120.00"`), prices and quantities have at most
five. Days are ISO dates. References are given as an id, or as `{"name": "exact full name"}`, and
read as `{"id", "name"}`. Unknown fields are refused. Lists come in pages: pass `next_cursor` as
`after` until it is null.
"""


class _Schemas(GenerateJsonSchema):
    """Without what only says again: titles, and defaults of null for what may be left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        if schema.get("default") is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


@cache
def as_text() -> str:
    """The document as JSON."""
    return json.dumps(as_dict(), indent=1)


@cache
def as_dict() -> dict[str, Any]:
    """The document."""
    models: list[type[BaseModel]] = [ProblemDetails]
    for operation in OPERATIONS:
        models += [one for one in (operation.answer, operation.body) if one is not None]
    refs, definitions = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)],
        ref_template=_PLACES,
        schema_generator=_Schemas,
    )
    schemas = {name: _untitled(schema) for name, schema in definitions["$defs"].items()}
    names = {model: refs[model, "validation"] for model in dict.fromkeys(models)}
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        place = paths.setdefault(f"{PATH}{operation.path}", {})
        place[operation.method.lower()] = _operation(operation, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Key CashFlow",
            "version": version("key-cashflow-webconnector"),
            "description": INTRODUCTION,
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of one company: `webconnector token add ID NAME`.",
                }
            },
            "schemas": dict(sorted(schemas.items())),
            "responses": {name: _problem(name, names) for name in KINDS},
        },
    }


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "title"}


def _problem(name: str, names: dict[Any, Any]) -> dict[str, Any]:
    kind = KINDS[name]
    headers = {
        "unauthorized": "WWW-Authenticate",
        "too-many": "Retry-After",
        "key-in-use": "Retry-After",
    }
    found: dict[str, Any] = {
        "description": f"{kind.title}. {kind.advice}",
        "content": {CONTENT_TYPE: {"schema": names[ProblemDetails]}},
    }
    if name in headers:
        required = name != "key-in-use"
        found["headers"] = {headers[name]: {"schema": {"type": "string"}, "required": required}}
    return found


def _operation(operation: Operation, names: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "description": " ".join(
            filter(None, (operation.description, f"Scope: `{operation.scope}`."))
        ),
        "parameters": [
            *_arguments(operation),
            *(_parameter(one) for one in operation.parameters),
            *_headers(operation),
        ],
        "responses": _responses(operation, names),
    }
    if operation.body is not None:
        found["requestBody"] = {
            "required": operation.body_needed,
            "content": {_JSON: {"schema": names[operation.body]}},
        }
    return found


def _arguments(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
        }
        for name in names
    ]


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": "query",
        "required": False,
        "description": one.description,
        "schema": dict(one.schema),
    }


def _headers(operation: Operation) -> list[dict[str, Any]]:
    found = []
    if operation.versioned:
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": "The ETag of the record as it was read, or `*`.",
                "schema": {"type": "string", "minLength": 1},
            }
        )
    if operation.repeatable:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same request under the same key is done once, for 7 days.",
                "schema": {
                    "type": "string",
                    "pattern": f"^[ -~]{{1,{KEY_CHARACTERS_MAX}}}$",
                },
            }
        )
    return found


def _responses(operation: Operation, names: dict[Any, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {
        "description": operation.answer.__doc__.splitlines()[0] if operation.answer.__doc__ else "",
        "content": {_JSON: {"schema": names[operation.answer]}},
    }
    if operation.gives_version:
        done["headers"] = {"ETag": {"schema": {"type": "string"}, "required": True}}
    kinds = ["unauthorized", "scope", "too-many", "failed", "invalid"]
    if operation.missing:
        kinds.append("not-found")
    if operation.forgetful:
        kinds.append("gone")
    if operation.method != "GET":
        kinds.append("refused")
    if operation.versioned:
        kinds += ["stale", "unconditional"]
    if operation.body is not None:
        kinds += ["malformed", "too-large", "media-type"]
    by_status = {str(KINDS[name].status): name for name in kinds}
    return {str(operation.status): done} | {
        status: {"$ref": f"#/components/responses/{name}"}
        for status, name in sorted(by_status.items())
    }
