"""One act of a person on one company: one transaction, then a page that says what happened.

Owns what becomes of a refusal. Which acts there are is the pages' business, what they do the
store's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from store.engine import Connection, Row
from store.errors import FieldError, Invalid, Refused
from store.persons import Right
from webconnector.console import showing
from webconnector.console.visit import Visit, here

Deed = Callable[[Connection, Row[Any], Visit], Any]


def act(
    company_id: str,
    right: Right,
    deed: Deed,
    *,
    said: str,
    back: str,
    **values: Any,
) -> Response:
    """Do it, and go to the page of the endpoint `back`, which says `said` or why it was refused.

    Outsiders get 404 and people without the right 403 before the deed begins.
    """
    one = here()
    target = url_for(back, company_id=company_id, **values)
    try:
        one.run(company_id, right, lambda conn, row: deed(conn, row, one))
    except Invalid as error:
        return showing.leave(target, " ".join(found.text for found in error.fields), bad=True)
    except Refused as error:
        return showing.leave(target, error.text, bad=True)
    return showing.leave(target, said)


def require_typed(expected: str, field: str = "confirm") -> None:
    """Invalid unless the person typed exactly this into the form."""
    if request.form.get(field, "").strip() != expected:
        text = f"Nothing was done: type {expected} exactly to confirm."
        raise Invalid((FieldError(f"/{field}", text),))
