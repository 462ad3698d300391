"""Answers of QuickBooks, and what is read from them."""

from __future__ import annotations

import pytest

from qbxml.parse import Record, Reply, replies

OK = 'requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"'
LIST_HEAD = (
    "<ListID>80-1</ListID><TimeCreated>2024-01-31T09:05:00-08:00</TimeCreated>"
    "<TimeModified>2024-07-31T09:05:00-08:00</TimeModified><EditSequence>17</EditSequence>"
)
TXN_HEAD = LIST_HEAD.replace("ListID", "TxnID")


def answer(content: str, message: str = "CustomerQuery", attributes: str = OK) -> str:
    return (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{message}Rs {attributes}>'
        f"{content}</{message}Rs></QBXMLMsgsRs></QBXML>"
    )


def reply(content: str, message: str = "CustomerQuery", attributes: str = OK) -> Reply:
    (found,) = replies(answer(content, message, attributes)).replies
    return found


def record(ret: str, content: str, head: str = LIST_HEAD) -> Record:
    (found,) = reply(f"<{ret}>{head}{content}</{ret}>", "Query").records
    return found


def line_ids(found: Record, name: str) -> list[str]:
    return [line["quickbooks_line_id"] for line in found.values[name]]


BOTH_WAYS = pytest.mark.usefixtures("both_ways")
