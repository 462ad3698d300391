"""Lists as files: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response, make_response

from store.engine import Connection, Row
from store.errors import NotFound
from store.people import audit_row
from store.persons import Right
from webconnector.console.visit import Visit

Read = Callable[[Connection, Row[Any]], list[dict[str, Any]]]

# What a spreadsheet would take for a formula is made plain text.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


FORMS: Final = ("csv", "json")


def known(form: str) -> str:
    """The form, when there is such a one; else NotFound."""
    if form not in FORMS:
        raise NotFound("There are csv and json.")
    return form


def listed(one: Visit, company_id: str, what: str, read: Read) -> list[dict[str, Any]]:
    """The rows that `read` gives; that somebody took them is noted first, in the audit trail.

    The note has a short transaction of its own: a long list must not hold up every writer.
    """

    def noted(conn: Connection, row: Row[Any]) -> Row[Any]:
        audit_row(conn, row.id, one.who, "list.export", {"list": what}, one.now)
        return row

    row = one.run(company_id, Right.SEE, noted)
    with one.store.read() as conn:
        return read(conn, row)


def given(rows: Sequence[Mapping[str, Any]], form: str, name: str) -> Response:
    """The rows as a file `name`.csv or `name`.json."""
    if known(form) == "json":
        text = json.dumps(rows, indent=1, ensure_ascii=False, default=str)
        kind = "application/json"
    else:
        text, kind = as_csv(rows), "text/csv; charset=utf-8"
    return attached(text.encode(), kind, f"{name}.{form}")


def attached(content: bytes, kind: str, name: str) -> Response:
    """A file that the browser saves; `name` holds letters, digits, dots and dashes only."""
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """All rows under one heading: nested values are flattened, lists stand as JSON."""
    flat = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    out = io.StringIO()
    # Excel reads UTF-8 only with this mark.
    out.write("\ufeff")
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(flat)
    return out.getvalue()


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            found[f"{prefix}{name}"] = json.dumps(value, ensure_ascii=False, default=str)
        else:
            found[f"{prefix}{name}"] = _plain(value)
    return found


def _plain(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
