"""A vendor, an account, a job, lines of a bill, and what an Add of them is refused for."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from qbxml import build
from qbxml.entity import Entity
from qbxml.write import Unsendable

ACME = {"id": "80000001-1", "name": "Acme"}
OFFICE = {"id": "5B0001-1", "name": "Office"}
JOB_REF = {"id": "80000002-1", "name": "Big:Kitchen"}
BILL_VALUES: dict[str, Any] = {"vendor": ACME, "bill_date": "2024-01-31"}


def expense(**values: Any) -> dict[str, Any]:
    return {"account": OFFICE, "amount": "10.00", **values}


def tree(request: str) -> Any:
    return etree.fromstring(request)


def refused(entity: Entity, values: dict[str, Any]) -> dict[str, str]:
    """The findings of an Add, by path."""
    with pytest.raises(Unsendable) as caught:
        build.add(entity, values, "1")
    assert caught.value.field == caught.value.findings[0].field
    return {finding.field: finding.text for finding in caught.value.findings}
