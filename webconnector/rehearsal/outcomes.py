"""The outcome of one request, and how it is written as an Rs element."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from webconnector.rehearsal.refusals import StatusError, severity
from webconnector.rehearsal.replies import response
from webconnector.rehearsal.values import Fields

NO_MATCH = "A query request did not find a matching object in QuickBooks"
NOT_PROCESSED = "The request has not been processed."
_ERRORS_FROM = 1000


@dataclass(frozen=True)
class Outcome:
    """Status, the Ret text, further attributes, and what recovery may tell of it later."""

    noun: str
    request_id: str | None
    code: int = 0
    text: str = "Status OK"
    body: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    remedy: Fields = field(default_factory=dict)
    """Identity of the record written: ListID or TxnID, EditSequence, ExternalGUID."""

    @property
    def is_error(self) -> bool:
        return self.code >= _ERRORS_FROM

    def refused(self, error: StatusError) -> Outcome:
        return replace(self, code=error.code, text=error.text, body="", attributes={})

    def written(self, *, with_data: bool = True) -> str:
        """The Rs element."""
        attributes = {} if self.request_id is None else {"requestID": self.request_id}
        attributes |= {
            "statusCode": str(self.code),
            "statusSeverity": severity(self.code),
            "statusMessage": self.text,
            **self.attributes,
        }
        return response(f"{self.noun}Rs", attributes, self.body if with_data else "")
