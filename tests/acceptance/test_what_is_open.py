"""What the Web Connector says of the open company file: what is no word of it binds nothing."""

from __future__ import annotations

import pytest

from tests.acceptance.test_sessions import authenticate, close, last_error
from tests.acceptance.world import World

PROLOG = '<?xml version="1.0" ?>'
HOST = (
    '<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info"><HostRet>'
    "<ProductName>QuickBooks Pro 2021</ProductName><SupportedQBXMLVersion>13.0"
    "</SupportedQBXMLVersion></HostRet></HostQueryRs>"
)
NO_WORD_OF_A_COMPANY = {
    "point of sale's text": "QBPOS connections have no host, company and preferences.",
    "cut off": PROLOG + "<QBXML><QBXMLMsgsRs>" + HOST,
    "a document type": "<!DOCTYPE QBXML><QBXML><QBXMLMsgsRs>" + HOST + "</QBXMLMsgsRs></QBXML>",
    "no replies": PROLOG + "<QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>",
    "the host only": PROLOG + "<QBXML><QBXMLMsgsRs>" + HOST + "</QBXMLMsgsRs></QBXML>",
    "something else": "<html><body>busy</body></html>",
}


def said(acme: World, hcp: str, path: str) -> str:
    """The answer to the first sendRequestXML of a session; the session is closed."""
    ticket = authenticate(acme)[0]
    request = acme.connector.call(
        "sendRequestXML",
        ticket=ticket,
        strHCPResponse=hcp,
        strCompanyFileName=path,
        qbXMLCountry="US",
        qbXMLMajorVers=16,
        qbXMLMinorVers=0,
    )
    if not request:
        assert "which company file is open" in last_error(acme, ticket)
    close(acme, ticket)
    return str(request)


@pytest.mark.parametrize("hcp", NO_WORD_OF_A_COMPANY.values(), ids=NO_WORD_OF_A_COMPANY)
def test_a_host_response_without_a_company_binds_no_file_and_asks_nothing(
    acme: World, hcp: str
) -> None:
    assert said(acme, hcp, acme.books.path) == ""
    assert authenticate(acme)[1] == "", "no file is bound"
