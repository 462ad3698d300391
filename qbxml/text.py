"""What QuickBooks text may hold: characters, lengths, amounts, dates, local times, ids.

Owns the written form of every single value on its way to and from QuickBooks, and how names are
compared. It must not know any record type, message or element order.

Facts it rests on: QuickBooks keeps Latin-1 only and turns the rest into `?` for good or refuses the
whole message; it counts characters, not bytes; it reports times in the PC's local time with an
offset that ignores daylight saving, so only the wall-clock part means anything.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from lxml import etree
from text_unidecode import unidecode

from qbxml.errors import RecordError

if TYPE_CHECKING:
    from lxml.etree import _Element

AMOUNT_DIGITS_MAX = 13
AMOUNT_PLACES = 2
PRICE_DIGITS_MAX = 10
PRICE_PLACES_MAX = 5
TIME_EARLIEST = "1970-01-01T00:00:00"
TIME_LATEST = "2038-01-19T03:14:07"

LOST = "?"
_LATIN_1_LAST = 0xFF

# What people really paste, where a plain transliteration would be clumsy ("tm", "--") or missing.
_TYPOGRAPHIC = {
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"',
    "\u2022": "*", "\u2026": "...", "\u2039": "<", "\u203a": ">", "\u2044": "/",
    "\u20ac": "EUR", "\u2116": "No.", "\u2122": "(TM)", "\u2212": "-",
}  # fmt: skip
# Blanks and line ends outside ASCII, which would differ from the same text typed in QuickBooks.
_BLANKS = {"\u00a0": " ", "\u00ad": ""}
_LINE_ENDS = dict.fromkeys("\u000b\u000c\u0085\u2028\u2029", "\n")
_MAPPED = str.maketrans(_TYPOGRAPHIC | _BLANKS | _LINE_ENDS)
_KEPT_CONTROLS = frozenset("\t\n")
_NOT_TRANSLITERATED = frozenset(("", "[?]"))

_FOLDED = re.compile(r"[ \t\n]*[\t\n][ \t\n]*")


@dataclass(frozen=True, slots=True)
class Sent:
    """A text in QuickBooks' form, and the characters that no transliteration could save."""

    text: str
    replaced: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """Characters, as QuickBooks counts them."""
        return len(self.text)


def to_quickbooks(value: str, *, multiline: bool = False) -> Sent:
    """Bring a text into the form QuickBooks can keep; applying it twice changes nothing more.

    Latin-1 only, composed (NFC), without control characters or outer blanks; line ends and tabs
    become one space unless `multiline`, where line ends become LF. Never shortens. Each character
    that became `?` stands once in `replaced`, in order of appearance.
    """
    if value.isascii() and value.isprintable():
        return Sent(value.strip())
    composed = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    lost: dict[str, None] = {}
    text = "".join(_latin_1(character, lost) for character in composed.translate(_MAPPED))
    if not multiline:
        text = _FOLDED.sub(" ", text)
    return Sent(text.strip(), tuple(lost))


def _latin_1(character: str, lost: dict[str, None]) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return character if character in _KEPT_CONTROLS else ""
    if ord(character) <= _LATIN_1_LAST:
        return character
    if category in {"Cf", "Mn", "Me"}:
        return ""  # Joiners, direction marks, accents that found no letter: nothing to read.
    if category == "Zs":
        return " "
    spelled: str = unidecode(character)
    if spelled.strip() in _NOT_TRANSLITERATED:
        lost[character] = None
        return LOST
    return spelled


def check_text(
    value: str,
    *,
    field: str,
    max_characters: int | None,
    name: bool = False,
    required: bool = False,
    multiline: bool = False,
) -> list[str]:
    """What keeps this text from going to QuickBooks, in the user's words; empty when nothing does.

    The length is that of QuickBooks' form. A name may be neither empty nor hold a colon, which
    QuickBooks keeps for the place of a record below its parent.
    """
    sent = to_quickbooks(value, multiline=multiline)
    problems = []
    if not sent.text and (name or required):
        problems.append(f"{field} is empty: enter it in CashFlow.")
    if max_characters is not None and sent.length > max_characters:
        problems.append(
            f"{field} has {sent.length} characters, but QuickBooks keeps at most {max_characters}:"
            " shorten it in CashFlow."
        )
    if name and ":" in sent.text:
        problems.append(
            f"{field} holds a colon, which QuickBooks does not allow in names: remove it."
        )
    if name and sent.replaced and not sent.text.strip(LOST + " "):
        problems.append(
            f"{field} has no character that QuickBooks can store: write it in Latin letters."
        )
    return problems


def canonical_name(name: str) -> str:
    """Fold case, blanks and punctuation, level by level, to find candidates for one and the same.

    Only for offering a pair to a person; the program itself links by `same_name`.
    """
    return ":".join(_folded(level) for level in to_quickbooks(name).text.split(":"))


def _folded(level: str) -> str:
    # Casefolding the micro sign leaves Latin-1, hence the second pass.
    folded = to_quickbooks(level.casefold()).text
    return "".join(filter(str.isalnum, folded)) or folded


def same_name(one: str, other: str) -> bool:
    """Whether two names are exactly the same to QuickBooks."""
    return to_quickbooks(one).text == to_quickbooks(other).text


# Numbers. The context is ours, so that nobody's decimal settings can round money.
_EXACT = Context(prec=60)
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,13}(?:\.[0-9]{0,2})?|\.[0-9]{1,2})")
_PRICE = re.compile(r"[+-]?(?:[0-9]{1,13}(?:\.[0-9]{0,5})?|\.[0-9]{1,5})")


def amount_text(value: Decimal) -> str:
    """Money as `120.00`: exactly two places, at most 13 digits before them."""
    return _fixed(value, AMOUNT_DIGITS_MAX, AMOUNT_PLACES, "an amount")


def price_text(value: Decimal) -> str:
    """Write a price as `12.5`: up to five places, no trailing zeros, at most 10 digits before."""
    return _trimmed(_fixed(value, PRICE_DIGITS_MAX, PRICE_PLACES_MAX, "a price"))


def quantity_text(value: Decimal) -> str:
    """Write a quantity as `3`: up to five places, no trailing zeros, at most 10 digits before."""
    return _trimmed(_fixed(value, PRICE_DIGITS_MAX, PRICE_PLACES_MAX, "a quantity"))


def _fixed(value: Decimal, digits_max: int, places: int, what: str) -> str:
    if not value.is_finite():
        raise RecordError(f"{what} must be a number, not {value}")
    if value.copy_abs() >= Decimal(10) ** digits_max:
        raise RecordError(f"{what} may have at most {digits_max} digits before the decimal point")
    # A zero's exponent may be any; its sign means nothing to an accountant.
    rounded = value.quantize(Decimal(1).scaleb(-places), context=_EXACT) if value else Decimal(0)
    if rounded != value:
        raise RecordError(f"{what} may have at most {places} decimal places")
    return f"{rounded:.{places}f}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".")


def parse_amount(text: str) -> Decimal:
    """Money from a reply, with two places; RecordError on anything else."""
    return _number(text, _AMOUNT, "an amount").quantize(Decimal("0.01"), context=_EXACT)


def parse_price(text: str) -> Decimal:
    """Read a price from a reply, up to five places; RecordError on anything else."""
    return _number(text, _PRICE, "a price")


def parse_quantity(text: str) -> Decimal:
    """Read a quantity from a reply, up to five places; RecordError on anything else."""
    return _number(text, _PRICE, "a quantity")


def parse_percent(text: str) -> Decimal:
    """Read a percentage from a reply, `18.0` or `18.0%`: 18; RecordError on anything else."""
    return _number(text.strip().removesuffix("%"), _PRICE, "a percentage")


def _number(text: str, pattern: re.Pattern[str], what: str) -> Decimal:
    stripped = text.strip()
    if not pattern.fullmatch(stripped):
        raise RecordError(f"{stripped[:40]!r} is not {what}")
    return _EXACT.add(Decimal(stripped), Decimal(0))  # Drops the sign of -0.00.


_BOOLS = {"true": True, "1": True, "false": False, "0": False, "": None}


def parse_bool(text: str) -> bool | None:
    """Read a yes or no from a reply; None when empty; RecordError on anything else."""
    try:
        return _BOOLS[text.strip().lower()]
    except KeyError:
        raise RecordError(f"{text[:40]!r} is neither true nor false") from None


def bool_text(value: bool) -> str:  # noqa: FBT001
    """Write a yes or no the way QuickBooks does."""
    return "true" if value else "false"


# Dates and times
_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})" + _ZONE)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:T([0-9]{1,2})(?::([0-9]{1,2})(?::([0-9]{1,2})(?:\.[0-9]+)?)?)?" + _ZONE + r")?"
)


def parse_date(text: str) -> date | None:
    """Read a day from a reply; None when empty; RecordError on anything else."""
    stripped = text.strip()
    if not stripped:
        return None
    match = _DATE.fullmatch(stripped)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise RecordError(f"{stripped[:40]!r} is not a date; QuickBooks writes 2024-01-31")


def date_text(value: date) -> str:
    """Write a day as `2024-01-31`."""
    return f"{value.year:04}-{value.month:02}-{value.day:02}"


def parse_datetime_wall(text: str) -> str:
    """Read a time from a reply as the QuickBooks PC's wall clock, `2024-01-31T09:05:00`.

    The offset is dropped: QuickBooks ignores daylight saving in it. RecordError when it is no time.
    """
    stripped = text.strip()
    match = _TIME.fullmatch(stripped)
    try:
        if match:
            parts = [int(part or 0) for part in match.groups()]
            wall = datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001
            return f"{wall.year:04}{wall.isoformat(timespec='seconds')[4:]}"
    except ValueError:
        pass
    raise RecordError(f"{stripped[:40]!r} is not a time; QuickBooks writes 2024-01-31T09:05:00")


def datetime_text(wall: str) -> str:
    """Write a wall-clock time for a filter: no offset, so that QuickBooks reads it as its own.

    RecordError outside 1970-01-01 .. 2038-01-19T03:14:07, the range QuickBooks knows.
    """
    text = parse_datetime_wall(wall)
    if not TIME_EARLIEST <= text <= TIME_LATEST:
        raise RecordError(f"{text} is outside the times QuickBooks knows, 1970 to January 2038")
    return text


# Ids
PUBLIC_OWNER = "0"


def guid_text(uuid: str) -> str:
    """Write a UUID as QuickBooks wants it, lower case in braces; `0`, its public owner, stays."""
    plain = parse_guid(uuid)
    return plain if plain == PUBLIC_OWNER else f"{{{plain}}}"


_GUID = re.compile(
    r"(\{)?([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})(?(1)\})"
)


def parse_guid(text: str) -> str:
    """Read a GUID, with or without braces, as a lower-case UUID; RecordError on anything else."""
    stripped = text.strip()
    if stripped == PUBLIC_OWNER:
        return stripped
    match = _GUID.fullmatch(stripped)
    if not match:
        raise RecordError(f"{stripped[:40]!r} is not a GUID, {{8-4-4-4-12 hexadecimal digits}}")
    return str(UUID(match[2]))


def ascii_xml(element: _Element) -> str:
    """Write an element, without declaration, as pure ASCII with numeric character references.

    Raw letters above 127 make QuickBooks refuse the message; `&#233;` works.
    """
    written: bytes = etree.tostring(
        element, encoding="us-ascii", xml_declaration=False, with_tail=False
    )
    return written.decode("ascii")
