"""Which addresses the Web Connector accepts as AppURL, AppSupport and CertURL.

Owns the rules about scheme and host. It must not know the rest of the document.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from qwc.errors import Finding

LOCALHOST = "localhost"
URL_CHARACTERS_MAX = 2000
HOST_CHARACTERS_MAX = 253

NOT_SAME_HOST = "QBWC1000"
NOT_SECURE = "QBWC1010"  # Newer Web Connectors show the same as QBWC1051.
_IP_ADDRESS = {"AppURL": "QBWC1001", "AppSupport": "QBWC1002"}
# What the Web Connector shows when it cannot reach the address at all.
_UNREACHABLE = {"AppURL": "QBWC1012", "AppSupport": "QBWC1004", "CertURL": "QBWC1048"}

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Windows reads 2130706433, 0x7f.1 and the like as addresses: a last label that is a number.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def check_address(field: str, url: str) -> list[Finding]:
    """Say what is wrong with one address; an empty one is another rule's business."""
    if not url:
        return []
    unreachable = _UNREACHABLE[field]
    if len(url) > URL_CHARACTERS_MAX:
        return [Finding(unreachable, field, f"It is over {URL_CHARACTERS_MAX} characters long.")]
    if "\\" in url or any(character.isspace() or _is_control(character) for character in url):
        text = "It holds blanks, control characters or backslashes. Write it without them."
        return [Finding(unreachable, field, text)]
    parts = _split(url)
    host = host_of(url)
    if parts is None or not host:
        text = f"{url[:60]!r} is no address. Write it like https://cashflow.example.com/qbwc."
        return [Finding(unreachable, field, text)]
    return [
        *_check_scheme(field, parts.scheme, host),
        *_check_host(field, host),
        *_check_extras(field, url, parts),
    ]


def _check_scheme(field: str, scheme: str, host: str) -> list[Finding]:
    if scheme == "https" or (scheme == "http" and (host == LOCALHOST or field != "AppURL")):
        return []
    text = f"It must begin with https://; http:// is taken for {LOCALHOST} only."
    return [Finding(NOT_SECURE, field, text)]


def _check_host(field: str, host: str) -> list[Finding]:
    if _is_ip_address(host):
        if field not in _IP_ADDRESS:
            return []
        return [
            Finding(_IP_ADDRESS[field], field, f"{host} is an IP address. Use the computer's name.")
        ]
    labels = host.split(".")
    if len(host) > HOST_CHARACTERS_MAX or not all(_LABEL.fullmatch(label) for label in labels):
        text = f"{host[:60]!r} is no host name. Use letters, digits, hyphens and dots."
        return [Finding(_UNREACHABLE[field], field, text)]
    return []


def _check_extras(field: str, url: str, parts: SplitResult) -> list[Finding]:
    findings = []
    if "@" in parts.netloc:
        text = "It holds a user name or password. Remove everything before the @."
        findings.append(Finding("", field, text))
    if "#" in url:
        findings.append(Finding("", field, "It holds a fragment. Remove the # and what follows."))
    return findings


def check_same_host(app_url: str, app_support: str) -> list[Finding]:
    """AppURL and AppSupport must name the same host, a bare machine name included."""
    one, other = host_of(app_url), host_of(app_support)
    if not one or not other or one == other:
        return []
    text = f"{other} is another host than AppURL's {one}. Use the same host in both."
    return [Finding(NOT_SAME_HOST, "AppSupport", text)]


def host_of(url: str) -> str:
    """Return the host in lower case, without port, brackets and closing dot; empty when none."""
    parts = _split(url)
    return (parts.hostname or "").removesuffix(".").lower() if parts else ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # Raises ValueError when it is no port.
    except ValueError:
        return None
    return parts if parts.scheme and parts.netloc else None


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return ":" in host or bool(_NUMBER.fullmatch(host.rpartition(".")[2]))
    return True


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"
