"""A company file whose customers are ready-made texts, so that the client costs next to nothing.

Owns the answers. It must not know the server. Everything but the customers is empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from store.companies import NewCompany
from tests.benchmarks import pages
from webconnector.rehearsal.company_file import CompanyFile

_REQUEST = re.compile(r'<(\w+)QueryRq\b[^>]*?requestID="([^"]*)"')


class ReadyBooks:
    """Answers each CustomerQuery with the next of its pages, every other query with nothing."""

    def __init__(self, company: NewCompany, records: Sequence[str], page_records: int) -> None:
        self._file = CompanyFile()
        self._file.stamp(company.owner_id, company.file_id)
        self.path = self._file.path
        self._pages = [
            "".join(records[start : start + page_records])
            for start in range(0, len(records), page_records)
        ]
        self._records = len(records)
        self._page_records = page_records
        self._given = 0
        self._hcp = self._file.hcp()

    def exhaust(self) -> None:
        """From now on nothing is new: every query finds nothing."""
        self._pages = []

    def begin_session(self) -> str:
        """Open it; the pages begin anew."""
        self._given = 0
        return "session"

    def end_session(self) -> None:
        """Nothing is kept."""

    def hcp(self) -> str:
        """Host, company and preferences."""
        return self._hcp

    def process(self, text: str) -> str:
        """Answer a message set."""
        answers = [self._answer(noun, request_id) for noun, request_id in _REQUEST.findall(text)]
        return (
            '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n'
            + "".join(answers)
            + "</QBXMLMsgsRs>\n</QBXML>\n"
        )

    def _answer(self, noun: str, request_id: str) -> str:
        if noun != "Customer" or self._given >= len(self._pages):
            status = 'statusCode="1" statusSeverity="Info" statusMessage="Nothing found"'
            return f'<{noun}QueryRs requestID="{request_id}" {status} />\n'
        body = self._pages[self._given]
        self._given += 1
        left = max(0, self._records - self._given * self._page_records)
        return (
            f'<CustomerQueryRs requestID="{request_id}" statusCode="0" statusSeverity="Info"'
            f' statusMessage="Status OK" iteratorRemainingCount="{left}"'
            f' iteratorID="{pages.ITERATOR}">\n{body}</CustomerQueryRs>\n'
        )


def ready_customers(
    company: NewCompany, count: int, page_records: int = pages.page_records_max
) -> ReadyBooks:
    """A file with that many customers."""
    rets = [pages.customer(number) for number in range(1, count + 1)]
    return ReadyBooks(company, rets, page_records)
