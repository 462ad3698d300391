"""What may be read at all, what is mended, and the memory it takes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml.entities import WIRE
from qbxml.host import host_facts
from qbxml.parse import replies
from qbxml.wellformed import UnreadableReply
from tests.qbxml.answers import BOTH_WAYS, LIST_HEAD, answer, reply

DOCTYPES = [
    '<!DOCTYPE QBXML [<!ENTITY a "b">]><QBXML>&a;</QBXML>',
    '<!DOCTYPE QBXML SYSTEM "file:///etc/passwd"><QBXML/>',
    '<?xml version="1.0"?>\n<!DOCTYPE QBXML><QBXML/>',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><QBXML>&b;</QBXML>',
]


@pytest.mark.parametrize("text", DOCTYPES)
@pytest.mark.parametrize("encoding", ["", "utf-8", "utf-16"])
@BOTH_WAYS
def test_document_types_are_refused(text: str, encoding: str) -> None:
    with pytest.raises(UnreadableReply, match="document type"):
        replies(text.encode(encoding) if encoding else text)
    with pytest.raises(UnreadableReply, match="document type"):
        host_facts(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "QuickBooks Point of Sale",
        "<html/>",
        "<QBXML>",
        answer("<a>")[:-20],
        "<QBXML/><x/>",
    ],
)
@BOTH_WAYS
def test_what_is_no_qbxml_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableReply):
        replies(text)
    with pytest.raises(UnreadableReply):
        host_facts(text)


def test_the_error_quotes_nothing_of_the_record() -> None:
    with pytest.raises(UnreadableReply) as caught:
        replies(answer("<Secret-123>"))
    assert "Secret" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "written, kept",
    [
        ("a\x00b\x1fc", "abc"),
        ("it\x19s", "it's"),
        ("it&#x19;s &#25; &#x0;", "it's ' "),
        ("a\ud800b", "ab"),
        ("\uffff", None),
        ("R&D &amp; &eacute;\x01", "R&D & &eacute;"),
        ("D&#233;cor\x02", "Décor"),
        ("\x01&#99999999;", None),
    ],
)
@BOTH_WAYS
def test_characters_that_xml_forbids_are_mended(written: str, kept: str | None) -> None:
    found = reply(f"<VendorRet>{LIST_HEAD}<Name>{written}</Name></VendorRet>")
    assert found.records[0].values["name"] == kept
    assert len(found.records) == 1


@pytest.mark.parametrize(
    "encoded",
    [
        answer("<VendorRet><Name>Décor</Name></VendorRet>").encode(),
        answer("<VendorRet><Name>Décor</Name></VendorRet>").encode("cp1252"),
        answer("<VendorRet><Name>Décor</Name></VendorRet>").encode("utf-16"),
        b"\xef\xbb\xbf \r\n" + answer("<VendorRet><Name>Décor</Name></VendorRet>").encode(),
    ],
)
@BOTH_WAYS
def test_bytes_are_read_in_the_encodings_they_come_in(encoded: bytes) -> None:
    assert replies(encoded).replies[0].records[0].values["name"] == "Décor"


def test_a_declared_encoding_does_not_mislead() -> None:
    text = answer("<VendorRet><Name>Décor</Name></VendorRet>").replace(
        '"1.0" ?', '"1.0" encoding="utf-16"?'
    )
    assert replies(text).replies[0].records[0].values["name"] == "Décor"


@given(st.text(), st.sampled_from(WIRE))
def test_no_text_whatever_raises_anything_else(text: str, entity: Any) -> None:
    for whole in (text, answer(f"<{entity.ret_elements[0]}>{text}</{entity.ret_elements[0]}>")):
        with suppress(UnreadableReply):
            replies(whole)


MEASURE = """
import resource, sys
from qbxml.parse import replies
one = "<CustomerRet><ListID>80-1</ListID><EditSequence>1</EditSequence>" + "".join(
    f"<{name}>{'x' * 20}</{name}>"
    for name in ("Name", "FullName", "CompanyName", "Phone", "Email", "Fax", "Contact", "Notes")
) + "<BillAddress><Addr1>A</Addr1><City>B</City></BillAddress></CustomerRet>"
count = 12_000_000 // len(one)
text = "<QBXML><QBXMLMsgsRs><CustomerQueryRs>" + one * count
text += "</CustomerQueryRs></QBXMLMsgsRs></QBXML>"
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert len(replies(text).replies[0].records) == count
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / len(text))
"""


def test_a_large_reply_takes_far_less_than_twelve_times_its_size() -> None:
    root = Path(__file__).parent.parent.parent
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=root, capture_output=True, text=True, check=True
    )
    assert float(ran.stdout) < 8
