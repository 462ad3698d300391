"""qbXML for people's eyes: one element a line, indented.

Owns the layout only. Works on the text, since a reply that was cut off must be shown as well.
"""

from __future__ import annotations

import re
from typing import Final

INDENT: Final = "  "
_PIECE = re.compile(r"<[^<>]*>|<[^<>]*|[^<]+")


def pretty(text: str) -> str:
    """The text with line breaks between elements; what is between two tags stays as it is."""
    lines: list[str] = []
    depth = 0
    pieces = [piece for piece in _PIECE.findall(text) if piece.strip()]
    for place, piece in enumerate(pieces):
        before = pieces[place - 1] if place else ""
        if not piece.startswith("<"):
            if lines:
                lines[-1] += piece.strip()
            else:
                lines.append(piece.strip())
        elif piece.startswith("</"):
            depth = max(0, depth - 1)
            if before.startswith("</") or before.endswith("/>"):
                lines.append(INDENT * depth + piece)
            elif lines:
                lines[-1] += piece
            else:
                lines.append(piece)
        else:
            lines.append(INDENT * depth + piece)
            depth += not piece.endswith(("/>", "?>")) and not piece.startswith("<!")
    return "\n".join(lines)
