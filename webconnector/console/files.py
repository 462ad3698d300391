"""Lists as files: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Response, make_response

from store.errors import NotFound

# What a spreadsheet would take for a formula is made plain text.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def given(rows: Sequence[Mapping[str, Any]], form: str, name: str) -> Response:
    """The rows as a file `name`.csv or `name`.json; NotFound for any other form."""
    if form == "json":
        text = json.dumps(rows, indent=1, ensure_ascii=False, default=str)
        kind = "application/json"
    elif form == "csv":
        text, kind = as_csv(rows), "text/csv; charset=utf-8"
    else:
        raise NotFound("There are csv and json.")
    response = make_response(text)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
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
