"""What a text for a bookkeeper must not be: longer than three sentences, or a programmer's."""

from __future__ import annotations

import re

sentences_max = 3
_END = re.compile(r"[.!?](?=\s|$)")
_JARGON = re.compile(
    r"\b(?:ListIDs?|TxnIDs?|EditSequences?|hresults?|ret|q?b?xml|null|tokens?|uuids?|json"
    r"|api|http|payload|parse\w*|queries|query|requestID|iterators?|message sets?|database|schema"
    r"|string|boolean|enum|element|exception|server error)\b|`|[a-z]+_[a-z]+|\b0x",
    re.IGNORECASE,
)


def sentences(text: str) -> int:
    """How many there are."""
    return len(_END.findall(text))


def jargon(text: str) -> list[str]:
    """The words that no bookkeeper uses."""
    return [found[0] for found in _JARGON.finditer(text)]
