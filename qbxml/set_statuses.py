"""The codes that answer for a whole message set, sent under a number to learn what became of it.

Owns what each means and what a person reads. It must not know records or sessions.
"""

from __future__ import annotations

from qbxml.status_texts import OURS, Act, Status

_OPEN = "CashFlow cannot tell from this whether the change was saved."
_NOT_SURE = (
    _OPEN,
    "It looks for the change in QuickBooks and sends nothing again before it knows; nothing has to"
    " be done.",
)
MESSAGE_SETS: tuple[Status, ...] = (
    Status(0, Act.OK, "Done"),
    Status(600, Act.UNKNOWN, "QuickBooks remembers nothing of the last change", *_NOT_SURE),
    Status(
        9001,
        Act.UNKNOWN,
        "QuickBooks has another change under the same number",
        _OPEN,
        "It looks for the change in QuickBooks and sends nothing again before it knows; send the"
        " details below to CashFlow support.",
    ),
    Status(9002, Act.UNKNOWN, "QuickBooks kept no answer to the last change", *_NOT_SURE),
    Status(9003, Act.UNKNOWN, "QuickBooks gave an unused answer", *_NOT_SURE, sure=False),
    Status(9004, Act.FIX, "CashFlow gave a change too long a number", *OURS),
    Status(9005, Act.UNKNOWN, "QuickBooks could not keep its answer", *_NOT_SURE),
)
