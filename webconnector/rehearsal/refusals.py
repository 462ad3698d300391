"""How the stand-in says no: a whole document unread, or one request with a status code.

Owns the two exceptions and the texts QuickBooks gives with its status codes. Wording is taken
from replies found in the wild where there are any; the rest says plainly what is wrong.
"""

from __future__ import annotations

UNREADABLE = "QuickBooks found an error when parsing the provided XML text stream."
NOT_IN_LIST = (
    "  QuickBooks error message: Invalid argument.  "
    "The specified record does not exist in the list."
)
_WARNINGS_FROM = 500
_ERRORS_FROM = 1000


class RequestRefused(Exception):
    """Nothing of the document ran. `reason` is for tests and logs, not for the wire."""

    def __init__(
        self, hresult: str = "0x80040400", message: str = UNREADABLE, reason: str = ""
    ) -> None:
        super().__init__(f"{hresult} {message} {reason}".strip())
        self.hresult = hresult
        self.message = message
        self.reason = reason


class StatusError(ValueError):
    """One request, or one act of the bookkeeper, was refused with this status code and text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


def severity(code: int) -> str:
    """The severity QuickBooks gives with a status code."""
    if code < _WARNINGS_FROM:
        return "Info"
    return "Warn" if code < _ERRORS_FROM else "Error"


def invalid_id(value: str, field: str) -> StatusError:
    """3000: an id that does not look like one."""
    return StatusError(3000, f'The given object ID "{value}" in the field "{field}" is invalid.')


def name_in_use(name: str) -> StatusError:
    """3100, on an Add."""
    return StatusError(3100, f'The name "{name}" of the list element is already in use.')


def colon_in_name(name: str, kind: str) -> StatusError:
    """3090: the colon separates parents."""
    return StatusError(
        3090,
        f'There was an error when storing "{name}" in the "{kind.lower()} name" field.  QuickBooks '
        "error message: Names in this list cannot contain a colon (:).",
    )


def not_found(value: str) -> StatusError:
    """3120: no such record, or none that can be used here."""
    return StatusError(
        3120, f'Object "{value}" specified in the request cannot be found.{NOT_IN_LIST}'
    )


def no_parent(value: str, plural: str) -> StatusError:
    """3130: ParentRef names nobody."""
    return StatusError(
        3130,
        f'There is an invalid reference to a parent "{value}" in the {plural} list.{NOT_IN_LIST}',
    )


def bad_reference(kind: str, value: str, inside: str, tail: str = NOT_IN_LIST) -> StatusError:
    """3140: a reference to what is missing, inactive or of the wrong type."""
    return StatusError(
        3140, f'There is an invalid reference to QuickBooks {kind} "{value}" in the {inside}.{tail}'
    )


def missing(element: str) -> StatusError:
    """3150."""
    return StatusError(3150, f'There is a missing element: "{element}".')


def cannot_delete(value: str, why: str) -> StatusError:
    """3160: in use, or linked."""
    return StatusError(
        3160,
        f'Cannot delete the object specified by the id = "{value}".  QuickBooks error '
        f"message: {why}",
    )


def cannot_modify(kind: str, why: str) -> StatusError:
    """3170."""
    return StatusError(
        3170, f"There was an error when modifying a {kind}.  QuickBooks error message: {why}"
    )


def period_closed(kind: str) -> StatusError:
    """3171: dated on or before the closing date."""
    return StatusError(
        3171,
        f"An attempt was made to modify a {kind} with a date that is on or before the closing date "
        "of the company.",
    )


def in_use(kind: str, value: str) -> StatusError:
    """3175: somebody has it open."""
    return StatusError(
        3175,
        f'There was an error adding, modifying or deleting the {kind} "{value}" because it is '
        "already in use.  QuickBooks error message: The list element is in use.",
    )


def saving_failed(kind: str, why: str) -> StatusError:
    """3180: the catch-all; the tail of the text decides."""
    return StatusError(
        3180, f"There was an error when saving a {kind}.  QuickBooks error message: {why}"
    )


def cannot_clear(element: str) -> StatusError:
    """3190: an element that may not be sent empty."""
    return StatusError(3190, f'The element "{element}" cannot be cleared.')


def stale_edit_sequence() -> StatusError:
    """3200."""
    return StatusError(3200, "The provided edit sequence is out-of-date.")


def invalid_value(field: str, value: str, why: str) -> StatusError:
    """3210."""
    return StatusError(
        3210,
        f'The "{field}" field has an invalid value "{value}".  QuickBooks error message: {why}',
    )


def not_enabled() -> StatusError:
    """3250: a feature that is switched off."""
    return StatusError(
        3250, "This feature is not enabled or not available in this version of QuickBooks."
    )


def personal_data() -> StatusError:
    """3261: sensitive fields without access."""
    return StatusError(3261, "The application does not have permission to access sensitive data.")


def out_of_order(line_id: str) -> StatusError:
    """3290: lines of a Mod must keep their order."""
    return StatusError(3290, f'The item "{line_id}" is placed in the request in incorrect order.')


def dead_iterator(iterator_id: str) -> StatusError:
    """3391."""
    return StatusError(3391, f'The iteratorID "{iterator_id}" is not valid.')
