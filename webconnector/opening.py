"""Whether the right QuickBooks and the right company file are open, asked once a session.

Owns what happens before any request of ours leaves (sync-rules 8 and 9): the judgement kept, the
file bound, the facts remembered. It must not know SOAP.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from qbxml.host import HostFacts, host_facts
from qbxml.wellformed import UnreadableReply
from store import binding, problems
from store.context import Sync
from store.sessions import Session
from webconnector.company_file import Bound, Found, Verdict, judge, stamp_of

_QBXML = (13, 0)
_COUNTRY = "US"
_CAUSE = "company-file"
# What the columns hold; QuickBooks' own names and Windows' paths are shorter.
_company_name_characters_max = 200
_product_characters_max = 120
_path_characters_max = 500


class Stop(Exception):
    """The session cannot go on; the text is what the Web Connector shows."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def check(
    sync: Sync, session: Session, hcp: str, path: str, country: str, version: tuple[int, int]
) -> None:
    """Judge what is open and bind or remember it; raises Stop when nothing may move."""
    try:
        facts = host_facts(hcp)
    except UnreadableReply:
        facts = HostFacts()
    if not path.strip() or not facts.tells_company:
        raise Stop(
            "CashFlow did nothing: the Web Connector did not say which company file is open. "
            "Open the company file in QuickBooks and press Update Selected."
        )
    session.quickbooks = facts.product[:_product_characters_max] or None
    session.company_file = path[:_path_characters_max]
    _require_version(facts, version)
    _require_file(sync, facts, path)
    sync.quickbooks = _remembered(facts, country)
    binding.remember(sync, sync.quickbooks)
    _require_country(sync)


def check_again(session: Session, path: str) -> None:
    """Each later call names the file too; raises Stop when it is another than the one judged."""
    judged = (session.company_file or "").casefold()
    if path.strip() and path[:_path_characters_max].casefold() != judged:
        raise Stop(
            f"CashFlow stopped: the company file changed during the sync. Open in QuickBooks is "
            f"{path}, expected is {session.company_file}. Open the right one and sync again."
        )


def _require_version(facts: HostFacts, version: tuple[int, int]) -> None:
    offered = [_numbers(text) for text in facts.supported_versions] or [version]
    if max(offered) < _QBXML:
        raise Stop(
            f"CashFlow needs QuickBooks 2014 or newer; this is {facts.product or 'an older one'}. "
            "Nothing was read or changed. Update QuickBooks, then sync again."
        )


def _numbers(text: str) -> tuple[int, int]:
    """`13.0` as (13, 0); the old Canadian and British versions (`CA3.0`) count as too old."""
    major, _, minor = text.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        return (0, 0)
    return (int(major), int(minor))


def _require_file(sync: Sync, facts: HostFacts, path: str) -> None:
    connector = binding.connector_of(sync)
    exts = [(ext.owner_id, ext.name, ext.value) for ext in facts.data_exts]
    name = facts.company_name[:_company_name_characters_max]
    found = Found(path, name, stamp_of(exts, connector.owner_id))
    bound = Bound(
        tuple(connector.paths),
        connector.company_file_name or "",
        connector.file_id,
        connector.stamped,
    )
    judgement = judge(found, bound)
    if judgement.verdict is Verdict.BIND:
        _bind(sync, found)
        problems.resolve_cause(sync, _CAUSE)
    elif judgement.verdict is Verdict.RIGHT:
        binding.seen_again(sync, bound.paths, found.path, stamped=found.stamp is not None)
        problems.resolve_cause(sync, _CAUSE)
    else:
        _wrong(sync, judgement.verdict, judgement.reason, found, bound)


def _bind(sync: Sync, found: Found) -> None:
    zone = ZoneInfo(sync.time_zone)
    today: date = sync.now.astimezone(zone).date()
    sync.start_date = binding.bind(
        sync, found.path, found.company_name, today, stamped=found.stamp is not None
    )


def _wrong(sync: Sync, verdict: Verdict, reason: str, found: Found, bound: Bound) -> None:
    expected = bound.paths[0] if bound.paths else "none yet"
    text = (
        f"CashFlow did nothing: open in QuickBooks is {found.path} ({found.company_name}), "
        f"expected is {expected} ({bound.company_name or 'no company yet'}). Reason: {reason}."
    )
    if verdict is Verdict.CONFIRM:
        binding.await_confirmation(sync, found.path, found.company_name, found.stamp)
        advice = (
            "If this is the same company's file, moved or renamed, an administrator confirms it "
            "under Connection in CashFlow; if not, open the right company file in QuickBooks."
        )
    else:
        advice = (
            "Open the right company file in QuickBooks; if this is the one to be used from now on, "
            "an administrator chooses Bind another company file under Connection in CashFlow."
        )
    problems.open_problem(
        sync,
        problems.Problem(
            cause=_CAUSE,
            kind="company_file",
            title="Another company file is open in QuickBooks",
            text=text,
            advice=advice,
        ),
    )
    raise Stop(f"{text} {advice}")


def _remembered(facts: HostFacts, country: str) -> dict[str, Any]:
    """What is kept of the reply: no EIN, no SSN, no addresses."""
    return {
        **facts.preferences,
        "product": facts.product,
        "version": f"{facts.major_version}.{facts.minor_version}".strip("."),
        "country": _edition(facts.country, country),
        "supported_versions": list(facts.supported_versions),
        "file_mode": facts.file_mode,
        "company_name": facts.company_name,
        "accountant_copy": asdict(facts.accountant_copy) if facts.accountant_copy else None,
    }


def _edition(*told: str) -> str:
    """QuickBooks' edition as host and Web Connector tell it; one foreign word is enough."""
    known = [country.strip() for country in told if country.strip()]
    return next((c for c in known if c.upper() != _COUNTRY), known[0] if known else "")


def _require_country(sync: Sync) -> None:
    """Only US company files are written to (sync-rules 5)."""
    country = str(sync.quickbooks.get("country") or _COUNTRY)
    if country.upper() == _COUNTRY:
        problems.resolve_cause(sync, "country")
        return
    problems.open_problem(
        sync,
        problems.Problem(
            cause="country",
            kind="country",
            title="This is not a US company file",
            text=f"QuickBooks says that this company file is of the {country} edition. "
            "CashFlow reads it but writes nothing to it.",
            advice="Open a company file of a US edition, or ask CashFlow support.",
        ),
    )


def may_write(sync: Sync) -> bool:
    """Whether this company file may be written to at all."""
    return str(sync.quickbooks.get("country") or _COUNTRY).upper() == _COUNTRY
