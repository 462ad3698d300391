"""Versions of a record as HTTP knows them: `ETag` and `If-Match`.

Owns what makes two versions differ: everything that is shown but `sync`, which moves without the
record. Hence a GET is never answered with 304: its `sync` may be new. It must not know records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Request

from store.errors import Stale
from webconnector.api.problem_details import problem

_DIGEST_CHARACTERS = 24


def etag(record: Mapping[str, Any]) -> str:
    """The version, quoted."""
    shown = {name: value for name, value in record.items() if name != "sync"}
    text = json.dumps(shown, sort_keys=True).encode()
    return f'"{hashlib.sha256(text).hexdigest()[:_DIGEST_CHARACTERS]}"'


def requirement(request: Request) -> Callable[[Mapping[str, Any]], None]:
    """What checks a record against the request's `If-Match`; Problem when it has none."""
    if not request.headers.get("If-Match", "").strip():
        raise problem("unconditional", "Send the record's ETag as If-Match, or * for any version.")
    wanted = request.if_match

    def check(record: Mapping[str, Any]) -> None:
        if not (wanted.star_tag or wanted.contains(etag(record).strip('"'))):
            raise Stale("The record was changed since you read it. Read it again.")

    return check
