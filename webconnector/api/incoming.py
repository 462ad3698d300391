"""Requests as they come: the JSON body, the query's parameters, and what must not come at all.

Owns how a request is read and the limits of it. It must not know what any field means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from flask import Request
from pydantic import BaseModel, ValidationError

from store.errors import FieldError, Invalid
from store.types import is_key, is_storable
from webconnector.api.limits import PARAMETER_CHARACTERS_MAX
from webconnector.api.problem_details import problem, wrong_fields

MEDIA_TYPES: Final = ("application/json", "application/merge-patch+json")


def read_json(request: Request) -> Any:
    """The body; Problem when it is no JSON, or JSON that two readers could read differently."""
    if request.mimetype not in MEDIA_TYPES:
        raise problem("media-type", "Send JSON, with `Content-Type: application/json`.")
    if request.content_encoding not in {None, "", "identity"}:
        raise problem("media-type", "Send the body as it is, without Content-Encoding.")
    data = request.get_data()
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number
        )
    except RecursionError:
        raise problem("malformed", "The body is nested too deeply.") from None
    except ValueError as error:
        raise problem("malformed", f"The body is not JSON: {error}.") from None


def read_model(model: type[BaseModel], body: Any) -> dict[str, Any]:
    """The fields of a flat body with their defaults, None for no body; Invalid names all wrong."""
    try:
        found = model.model_validate({} if body is None else body, strict=True)
    except ValidationError as error:
        raise Invalid(tuple(_wrong(one) for one in error.errors())) from None
    return found.model_dump()


_TEXTS: Final = {
    "extra_forbidden": "There is no such field.",
    "missing": "Give this field.",
    "model_type": "Give a JSON object.",
    "string_type": "Give a text.",
    "string_too_short": "Give a text of at least {min_length} character.",
    "string_too_long": "Give a text of at most {max_length} characters.",
    "string_pattern_mismatch": "Give the id of a record.",
    "string_unicode": "This text holds characters that no database takes.",
    "value_error": "{error}",
}


def _wrong(error: Any) -> FieldError:
    places = [str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"]]
    text = _TEXTS.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    return FieldError("".join(f"/{place}" for place in places), text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands in an object twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query: its schema for the document, and how it is read."""

    name: str
    description: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]


def read_query(request: Request, known: Sequence[Parameter]) -> dict[str, Any]:
    """The parameters that were given, by name; Problem names every wrong one at once."""
    by_name = {parameter.name: parameter for parameter in known}
    found: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for name, values in request.args.lists():
        try:
            found[name] = _one(by_name, name, values)
        except ValueError as error:
            wrong.append(FieldError(name, str(error)))
    if wrong:
        raise wrong_fields(wrong, where="parameter")
    return found


def _one(known: Mapping[str, Parameter], name: str, values: Sequence[str]) -> Any:
    if name not in known:
        names = f"There are {', '.join(known)}." if known else "There are none here."
        raise ValueError(f"There is no such parameter. {names}")
    if len(values) > 1:
        raise ValueError("It is given more than once.")
    if len(values[0]) > PARAMETER_CHARACTERS_MAX or not is_storable(values[0]):
        raise ValueError(f"Give a text of at most {PARAMETER_CHARACTERS_MAX} characters.")
    return known[name].read(values[0])


# --- one function per kind of parameter; ValueError says what to give instead


def text(value: str) -> str:
    """Any text but an empty one."""
    if not value.strip():
        raise ValueError("Give a text.")
    return value.strip()


def key(value: str) -> str:
    """An id."""
    if not is_key(value.lower()):
        raise ValueError("Give the id of a record.")
    return value.lower()


def day(value: str) -> date:
    """An ISO date."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("Give a day such as 2024-01-31.")


def moment(value: str) -> datetime:
    """A time with its zone, in UTC."""
    # A plus sign that nobody escaped arrives as a blank.
    written = re.sub(r" (?=[0-9]{2}:?[0-9]{2}$)", "+", value)
    try:
        found = datetime.fromisoformat(written)
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", written) and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("Give a time with its zone, such as 2024-01-31T09:05:00Z.")


def yes_no(value: str) -> bool:
    """`true` or `false`."""
    if value not in {"true", "false"}:
        raise ValueError("Say true or false.")
    return value == "true"


def whole(most: int) -> Callable[[str], int]:
    """A number from 1 to `most`."""

    def read(value: str) -> int:
        if not re.fullmatch(r"[1-9][0-9]{0,8}", value) or int(value) > most:
            raise ValueError(f"Give a number from 1 to {most}.")
        return int(value)

    return read


def number(value: str) -> int:
    """A number of the change feed; 0: from its beginning."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", value):
        raise ValueError("Give the `next_cursor` of the page before, or 0.")
    return int(value)


def one_of(words: Iterable[str]) -> Callable[[str], str]:
    """One of these words."""
    allowed = tuple(words)

    def read(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"Say one of {', '.join(allowed)}.")
        return value

    return read
