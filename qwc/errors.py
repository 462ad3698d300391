"""What can be wrong with a .qwc file.

Owns the finding and the one exception of `qwc`. It must not know how a document is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a .qwc file.

    `code` is what the Web Connector would show, as `QBWC1001`, or empty where it would show no code
    of its own; `field` is the element's name; `text` says the fault and its cure.
    """

    code: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.field}: {self.text}" + (f" ({self.code})" if self.code else "")


class InvalidQwc(Exception):
    """Ask a person: the document would not work in the Web Connector; `findings` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = tuple(findings)
