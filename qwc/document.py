"""The .qwc document: its fields, Intuit's rules for them, writing and reading it.

Owns which element is required, which values the Web Connector takes and which of its error codes an
administrator would otherwise see. It must not know companies, connectors or settings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from qwc.address import check_address, check_same_host
from qwc.errors import Finding, InvalidQwc

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Finding", "InvalidQwc", "QwcDocument", "check", "parse", "public_urls", "render"]

DESCRIPTION_CHARACTERS_MAX = 80
RUN_EVERY_MINUTES_MIN = 1
DOCUMENT_BYTES_MAX = 64 * 1024
AUTH_FLAGS_MAX = 0xF
ROOT = "QBWCXML"

# The Web Connector could not register the application.
REGISTER = "QBWC1039"
AUTH_FLAGS = "QBWC1034"


@dataclass(frozen=True, slots=True, kw_only=True)
class QwcDocument:
    """The content of one .qwc file. Empty texts and None leave an optional element out.

    `owner_id` is one GUID per application and `file_id` one per company file, both in braces and
    constant for ever. `run_every_minutes` is a default that the user may change. `auth_flags`
    is a sum of 0x1 Simple Start, 0x2 Pro, 0x4 Premier, 0x8 Enterprise, such as `0xF`.
    """

    app_name: str
    app_url: str
    app_description: str
    app_support: str
    user_name: str
    owner_id: str
    file_id: str
    app_id: str = ""
    qb_type: str = "QBFS"
    run_every_minutes: int | None = None
    style: str = "Document"
    auth_flags: str = ""
    app_display_name: str = ""
    app_unique_name: str = ""
    cert_url: str = ""
    is_read_only: bool = False
    notify: bool = False
    personal_data_pref: str = "pdpNotNeeded"
    unattended_mode_pref: str = "umpOptional"


# Element -> field, in the order they are written (the Web Connector takes any order).
_TEXTS = {
    "AppName": "app_name",
    "AppID": "app_id",
    "AppURL": "app_url",
    "AppDescription": "app_description",
    "AppSupport": "app_support",
    "UserName": "user_name",
    "OwnerID": "owner_id",
    "FileID": "file_id",
    "QBType": "qb_type",
    "Style": "style",
    "AuthFlags": "auth_flags",
    "AppDisplayName": "app_display_name",
    "AppUniqueName": "app_unique_name",
    "CertURL": "cert_url",
    "PersonalDataPref": "personal_data_pref",
    "UnattendedModePref": "unattended_mode_pref",
}
_BOOLS = {"IsReadOnly": "is_read_only", "Notify": "notify"}
_OPTIONAL = {"AuthFlags", "AppDisplayName", "AppUniqueName", "CertURL"}
_FILLED = _TEXTS.keys() - _OPTIONAL - {"AppID"}
_CHOICES = {
    "QBType": ("QBFS", "QBPOS"),
    "Style": ("Document", "DocWrapped", "RPC"),
    "PersonalDataPref": ("pdpNotNeeded", "pdpOptional", "pdpRequired"),
    "UnattendedModePref": ("umpOptional", "umpRequired"),
}
_GUID = re.compile(r"\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")
_FLAGS = re.compile(r"0[xX][0-9a-fA-F]{1,8}|[0-9]{1,8}")
# Control characters, halves of surrogate pairs, and what is no character at all.
_UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}
_NO_CHARACTERS = {"\ufffe", "\uffff"}


def check(document: QwcDocument) -> list[Finding]:
    """Say everything that would keep this document from working; empty when it is good."""
    return [finding for rule in _RULES for finding in rule(document)]


def _check_characters(document: QwcDocument) -> Iterator[Finding]:
    for element, field in _TEXTS.items():
        value = getattr(document, field)
        if element in _FILLED and not value.strip():
            yield Finding(REGISTER, element, "It is empty. The Web Connector needs it; fill it in.")
        elif any(_unwritable(character) for character in value):
            yield Finding(
                REGISTER, element, "It holds control characters or line ends. Remove them."
            )
        elif value != value.strip():
            yield Finding("", element, "It begins or ends with a blank. Remove the blank.")


def _unwritable(character: str) -> bool:
    return unicodedata.category(character) in _UNWRITABLE or character in _NO_CHARACTERS


def _check_addresses(document: QwcDocument) -> Iterator[Finding]:
    yield from check_address("AppURL", document.app_url)
    yield from check_address("AppSupport", document.app_support)
    if document.cert_url:
        yield from check_address("CertURL", document.cert_url)
    yield from check_same_host(document.app_url, document.app_support)


def _check_guids(document: QwcDocument) -> Iterator[Finding]:
    for element in ("OwnerID", "FileID"):
        value = getattr(document, _TEXTS[element])
        if value and not _GUID.fullmatch(value):
            yield Finding(
                REGISTER,
                element,
                f"{value[:60]!r} is not a GUID. Write 8-4-4-4-12 hexadecimal digits in braces.",
            )


def _check_choices(document: QwcDocument) -> Iterator[Finding]:
    for element, choices in _CHOICES.items():
        value = getattr(document, _TEXTS[element])
        if value and value not in choices:
            yield Finding(REGISTER, element, f"{value[:60]!r} is none of {', '.join(choices)}.")
    flags = document.auth_flags
    if flags and (not _FLAGS.fullmatch(flags) or int(flags, _base(flags)) > AUTH_FLAGS_MAX):
        yield Finding(
            AUTH_FLAGS,
            "AuthFlags",
            f"{flags[:60]!r} is not a sum of 0x1, 0x2, 0x4 and 0x8. Leave it out for all editions.",
        )


def _base(flags: str) -> int:
    return 16 if flags[:2].lower() == "0x" else 10


def _check_limits(document: QwcDocument) -> Iterator[Finding]:
    length = len(document.app_description)
    if length > DESCRIPTION_CHARACTERS_MAX:
        yield Finding(
            "",
            "AppDescription",
            f"It has {length} characters, the limit is {DESCRIPTION_CHARACTERS_MAX}. Shorten it.",
        )
    every = document.run_every_minutes
    if every is not None and every < RUN_EVERY_MINUTES_MIN:
        yield Finding(
            "",
            "Scheduler",
            f"{every} minutes is too often. Choose {RUN_EVERY_MINUTES_MIN} minute or more.",
        )
    if document.is_read_only:
        # Seen with version 34: QuickBooks then denies the Web Connector its own stamp on the file.
        yield Finding(
            REGISTER,
            "IsReadOnly",
            "A read-only application cannot be added, nor could it write. Set it to false.",
        )


_RULES: tuple[Callable[[QwcDocument], Iterator[Finding]], ...] = (
    _check_characters,
    _check_addresses,
    _check_guids,
    _check_choices,
    _check_limits,
)


def render(document: QwcDocument) -> bytes:
    """Write the file: UTF-8 without byte order mark. InvalidQwc with all findings when not good."""
    findings = check(document)
    if findings:
        raise InvalidQwc(findings)
    root = etree.Element(ROOT)
    for element, field in _TEXTS.items():
        value = getattr(document, field)
        if value or element not in _OPTIONAL:
            etree.SubElement(root, element).text = value
    for element, field in _BOOLS.items():
        etree.SubElement(root, element).text = "true" if getattr(document, field) else "false"
    if document.run_every_minutes is not None:
        scheduler = etree.SubElement(root, "Scheduler")
        etree.SubElement(scheduler, "RunEveryNMinutes").text = str(document.run_every_minutes)
    etree.indent(root, "  ")
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written + b"\n"


def parse(data: bytes) -> QwcDocument:
    """Read a file's bytes; what is missing is empty, for `check` to find.

    InvalidQwc when it is no .qwc file at all, says something twice, or holds a document type,
    a number or a yes-or-no value that cannot be read.
    """
    root = _root(data)
    found: dict[str, str | bool | int | None] = dict.fromkeys(_TEXTS.values(), "")
    findings: list[Finding] = []
    seen: set[str] = set()
    for child in root:
        element = str(child.tag)
        text = (child.text or "").strip()
        if element in seen:
            findings.append(Finding(REGISTER, element, "It stands there twice. Keep one."))
        seen.add(element)
        if element in _TEXTS:
            found[_TEXTS[element]] = text
        elif element in _BOOLS:
            if text.lower() not in {"true", "false", "1", "0", ""}:
                findings.append(Finding(REGISTER, element, f"{text[:60]!r} is not true or false."))
            found[_BOOLS[element]] = text.lower() in {"true", "1"}
        elif element == "Scheduler":
            found["run_every_minutes"] = _minutes(child, findings)
    if findings:
        raise InvalidQwc(findings)
    # What the Web Connector takes for granted need not stand in the file.
    for element in _CHOICES.keys() - seen - {"QBType"}:
        del found[_TEXTS[element]]
    return QwcDocument(**found)  # type: ignore[arg-type]


def _root(data: bytes) -> _Element:
    if len(data) > DOCUMENT_BYTES_MAX:
        raise InvalidQwc([Finding(REGISTER, ROOT, f"The file is over {DOCUMENT_BYTES_MAX} bytes.")])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        text = f"The file is not XML: {error.msg}"
        raise InvalidQwc([Finding(REGISTER, ROOT, text)]) from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise InvalidQwc([Finding(REGISTER, ROOT, "It holds a document type. Remove it.")])
    if root.tag != ROOT:
        text = f"The file begins with {str(root.tag)[:60]!r}, not with {ROOT}."
        raise InvalidQwc([Finding(REGISTER, ROOT, text)])
    return root


def _minutes(scheduler: _Element, findings: list[Finding]) -> int | None:
    """Return the first of the two schedules, seconds rounded up, as the Web Connector does."""
    for child in scheduler:
        divisor = {"RunEveryNMinutes": 1, "RunEveryNSeconds": 60}.get(str(child.tag))
        if divisor is None:
            continue
        text = (child.text or "").strip()
        if re.fullmatch(r"-?[0-9]{1,9}", text):
            return -(-int(text) // divisor)
        findings.append(Finding("", "Scheduler", f"{text[:60]!r} is not a number."))
    return None


def public_urls(base_url: str) -> tuple[str, str]:
    """Derive AppURL and AppSupport, `<base>/qbwc` and `<base>/support`, from the public address.

    InvalidQwc when the address is none that the Web Connector would take.
    """
    base = base_url.strip().rstrip("/")
    findings = check_address("AppURL", base)
    if not base:
        findings.append(Finding(REGISTER, "AppURL", "The public address is empty. Set it."))
    elif "?" in base:
        findings.append(Finding("", "AppURL", "The address has a question mark. Remove the query."))
    if findings:
        raise InvalidQwc(findings)
    return f"{base}/qbwc", f"{base}/support"
