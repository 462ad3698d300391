"""The reference for people, rendered from the OpenAPI document.

Owns what is shown of it. It must not know anything that the document does not say.
"""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup, escape

from webconnector.api import document
from webconnector.api.problem_details import KINDS


def reference_page() -> str:
    """The page `/api/v1/docs`."""
    found = document.as_dict()
    operations: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in found["tags"]}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            shown = {"method": method.upper(), "path": path, **operation}
            operations[operation["tags"][0]].append(shown)
    return render_template(
        "api_reference.html",
        introduction=found["info"]["description"].strip().split("\n\n"),
        operations=operations,
        schemas=found["components"]["schemas"],
        kinds=KINDS.values(),
        told=told,
        marked=marked,
        shape_name=shape_name,
    )


def marked(text: str) -> Markup:
    """A text whose `words` are code."""
    parts = text.replace("\n", " ").split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(parts)
    )


def shape_name(schema: dict[str, Any]) -> str:
    """What a reference within the document points to."""
    return str(schema["$ref"]).rpartition("/")[2]


def told(schema: dict[str, Any]) -> Markup:
    """A schema in a few words, `text, at most 41 characters`; shapes are links."""
    if "$ref" in schema:
        name = shape_name(schema)
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    if "anyOf" in schema:
        return Markup(" or ").join(dict.fromkeys(told(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return Markup(" | ").join(str(word) for word in schema["enum"])
    if "const" in schema:
        return escape(schema["const"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(told(schema["items"]))
    words = [str(schema.get("format") or _WORDS.get(schema.get("type"), "anything"))]
    if "pattern" in schema and "examples" in schema:
        words = [f"text such as {schema['examples'][0]}"]
    if "maxLength" in schema:
        words.append(f"at most {schema['maxLength']} characters")
    if "maximum" in schema:
        words.append(f"{schema['minimum']} to {schema['maximum']}")
    return escape(", ".join(words))


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}
