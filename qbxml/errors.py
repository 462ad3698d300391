"""What can go wrong between a plain record and QuickBooks' text, one class per next step.

Owns the exceptions of `qbxml`. Each carries two texts that never mix: `str(error)` is for the log
and names no record's contents beyond the field, `text` is for the person in front of the screen.
It must not know who catches them.
"""

from __future__ import annotations


class QbxmlError(Exception):
    """Parent of all errors here; never raised itself.

    `text` is what the user reads. `detail`, also `str(error)`, is what the log keeps.
    """

    def __init__(self, detail: str, *, text: str = "") -> None:
        """Keep both texts; the detail serves as the user's text where none is given."""
        super().__init__(detail)
        self.detail = detail
        self.text = text or detail


class RecordError(QbxmlError):
    """Ask a person: a value of the record cannot go to QuickBooks; `field` says which one."""

    def __init__(self, detail: str, *, field: str = "", text: str = "") -> None:
        """Keep the field's name beside both texts."""
        super().__init__(detail, text=text)
        self.field = field


class ReplyError(QbxmlError):
    """Stop this exchange: QuickBooks' answer cannot be read; nothing of it may be stored."""


class UnsupportedError(QbxmlError):
    """Skip: this company file or this qbXML version cannot do what was asked."""


class RequestError(QbxmlError):
    """Our mistake: the program asked for a request that qbXML does not have; park the item."""
