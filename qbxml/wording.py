"""What a person reads about one answer of QuickBooks: what happened, why, what to do.

Owns filling the sentences of the tables with the record's name and QuickBooks' own words. It must
not know any code.
"""

from __future__ import annotations

from dataclasses import dataclass

SAYS = "QuickBooks says: {quickbooks}."
"""For `why` where nobody but QuickBooks itself can tell."""
_SAID_CHARACTERS_MAX = 2000


@dataclass(frozen=True, slots=True)
class Words:
    """`title` is what happened, without a full stop; `why` and `advice` are sentences or empty."""

    title: str
    why: str
    advice: str

    def __str__(self) -> str:
        """All of it in a row: at most three sentences of ours."""
        return " ".join(filter(None, (f"{self.title}.", self.why, self.advice)))


class _Filled(dict[str, str]):
    """Placeholders for `str.format_map`; one nobody filled stays readable instead of failing."""

    def __missing__(self, key: str) -> str:
        return f"the {key}"


def filled(words: Words, said: str, silent: str, record: str = "", **more: str) -> Words:
    """Fill the placeholders; safe for any name and message.

    `said` is QuickBooks' own message and `silent` stands for it where it is empty. An unnamed
    record is called "the record".
    """
    values = _Filled(more)
    values["record"] = record or "the record"
    quoted = " ".join(said.split())[:_SAID_CHARACTERS_MAX].rstrip(".")
    values["quickbooks"] = quoted or silent
    parts = (words.title, words.why, words.advice)
    return Words(*(_begun(part.format_map(values)) for part in parts))


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
