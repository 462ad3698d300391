"""Taking out of raw requests and replies what support does not need to see.

Owns which QuickBooks elements are personal secrets. Works on the text, not on its structure: a
reply that was cut off or is not XML must not leak either.
"""

from __future__ import annotations

import re
from typing import Final

REMOVED: Final = "[removed]"

# Tax ids, social security numbers, bank and card numbers, by QuickBooks' element names.
SECRET_ELEMENTS: Final = (
    "AccountNumber",
    "BankNumber",
    "BankAccountNumber",
    "CreditCardNumber",
    "CreditCardSecurityCode",
    "EIN",
    "Password",
    "RoutingNumber",
    "SSN",
    "TaxRegistrationNumber",
    "VendorTaxIdent",
)

_ELEMENT = re.compile(
    rf"<(?P<name>{'|'.join(SECRET_ELEMENTS)})(?P<rest>\s[^<>]*)?(?<!/)>"
    r"(?P<value>.*?)(?P<end></(?P=name)\s*>|\Z)",
    re.DOTALL,
)


def redacted(text: str | None) -> str | None:
    """The text with the contents of secret elements removed; None stays None."""
    if text is None:
        return None
    return _ELEMENT.sub(
        lambda found: f"<{found['name']}{found['rest'] or ''}>{REMOVED}{found['end']}", text
    )
