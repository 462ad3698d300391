"""Support's bundle: nothing secret leaves, whatever state the texts are in."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from webconnector.bundle import bundle
from webconnector.redaction import REMOVED, SECRET_ELEMENTS, redacted


@pytest.mark.parametrize("element", SECRET_ELEMENTS)
def test_the_contents_of_a_secret_element_go_and_nothing_else(element: str) -> None:
    text = f"<A><Name>Acme</Name><{element}>12-3456789</{element}><B/></A>"
    assert redacted(text) == f"<A><Name>Acme</Name><{element}>{REMOVED}</{element}><B/></A>"


@pytest.mark.parametrize(
    "text",
    [
        "<VendorTaxIdent>12-3456789",
        '<VendorTaxIdent x="1">12-3456789</VendorTaxIdent>',
        "<VendorTaxIdent>\n12-3456789\n</VendorTaxIdent >",
        "<VendorTaxIdent>12-3456789</Vendor",
        "<SSN>1</SSN><VendorTaxIdent>12-3456789</VendorTaxIdent><SSN>2</SSN>",
    ],
)
def test_cut_off_and_unusual_forms_do_not_leak(text: str) -> None:
    found = redacted(text)
    assert found is not None
    assert "12-3456789" not in found


def test_an_empty_element_and_similar_names_stay() -> None:
    text = "<SSN/><EINBox>7</EINBox><AccountRef><FullName>Bank</FullName></AccountRef>"
    assert redacted(text) == text


def test_no_text_stays_no_text() -> None:
    assert redacted(None) is None


def session() -> dict[str, Any]:
    return {
        "id": "s",
        "log": [],
        "exchanges": [
            {"number": 7, "request": "<EIN>12-1</EIN>", "response": "<SSN>999</SSN>"},
            {"number": 8, "request": "<QBXML/>", "response": None},
        ],
    }


def test_a_bundle_holds_the_log_and_the_redacted_texts() -> None:
    before = session()
    with zipfile.ZipFile(io.BytesIO(bundle(before, datetime(2026, 1, 2, tzinfo=UTC)))) as found:
        names = found.namelist()
        whole = b"".join(found.read(name) for name in names).decode()
        facts = json.loads(found.read("session.json"))
    assert names == [
        "README.txt",
        "exchanges/00007-request.xml",
        "exchanges/00007-response.xml",
        "exchanges/00008-request.xml",
        "session.json",
    ]
    assert "12-1" not in whole
    assert "999" not in whole
    assert facts["exchanges"][0]["response"] == "exchanges/00007-response.xml"
    assert before == session()
