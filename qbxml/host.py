"""What QuickBooks tells about itself and the open company file, at the start of a session.

Owns the reading of `strHCPResponse` (host, company and preferences in one document) and taking
personal numbers out of it. It must not know what anybody decides from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lxml.etree import _Element

from qbxml.errors import RecordError
from qbxml.text import date_text, parse_bool, parse_date, parse_guid
from qbxml.wellformed import UnreadableReply, decoded, mended_once, stream


@dataclass(frozen=True, slots=True)
class DataExt:
    """A custom field of the company; the Web Connector keeps FileID and AppLock in such.

    `owner_id` is a dashed lower-case uuid or `0`; the value stands as QuickBooks gives it.
    """

    owner_id: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AccountantCopy:
    """Whether an accountant works on a copy, and until which day ours may not be changed (ISO)."""

    exists: bool
    dividing_date: str | None


@dataclass(slots=True)
class HostFacts:
    """Each part is empty ('' , None, {}) when its query failed or was not answered.

    `preferences`, when known, always has the keys of `PREFERENCES`, `sales_tax` (whether it is on)
    and `personal_data` among them; days are ISO, references `{"id", "name"}`. `failed` holds the
    status codes of the queries without success, by message: `{"PreferencesQuery": 3260}`.
    """

    product: str = ""
    major_version: str = ""
    minor_version: str = ""
    country: str = ""
    supported_versions: tuple[str, ...] = ()
    file_mode: str = ""
    """`SingleUser` or `MultiUser`."""
    tells_company: bool = False
    """Whether the company answered at all; its name may be empty."""
    company_name: str = ""
    is_sample: bool | None = None
    fiscal_year_month: str = ""
    tax_year_month: str = ""
    data_exts: tuple[DataExt, ...] = ()
    accountant_copy: AccountantCopy | None = None
    preferences: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


def _bool(element: _Element) -> bool | None:
    try:
        return parse_bool(element.text or "")
    except RecordError:
        return None


def _day(element: _Element) -> str | None:
    try:
        day = parse_date(element.text or "")
    except RecordError:
        return None
    return None if day is None else date_text(day)


def _number(element: _Element) -> int | None:
    text = (element.text or "").strip()
    return int(text) if text.isdecimal() else None


def _ref(element: _Element) -> dict[str, str | None]:
    return {
        "id": element.findtext("ListID") or None,
        "name": element.findtext("FullName") or None,
    }


# Our name, where it stands in PreferencesRet, how it is read. None when QuickBooks leaves it out.
PREFERENCES: dict[str, tuple[str, Callable[[_Element], Any]]] = {
    "closing_date": ("AccountingPreferences/ClosingDate", _day),
    "account_numbers": ("AccountingPreferences/IsUsingAccountNumbers", _bool),
    "accounts_required": ("AccountingPreferences/IsRequiringAccounts", _bool),
    "class_tracking": ("AccountingPreferences/IsUsingClassTracking", _bool),
    "multicurrency": ("MultiCurrencyPreferences/IsMultiCurrencyOn", _bool),
    "home_currency": ("MultiCurrencyPreferences/HomeCurrencyRef", _ref),
    "inventory": ("PurchasesAndVendorsPreferences/IsUsingInventory", _bool),
    "days_bills_are_due": ("PurchasesAndVendorsPreferences/DaysBillsAreDue", _number),
    "default_discount_account": (
        "PurchasesAndVendorsPreferences/DefaultDiscountAccountRef",
        _ref,
    ),
    "auto_apply_payments": ("SalesAndCustomersPreferences/IsAutoApplyingPayments", _bool),
    "sales_tax": ("SalesTaxPreferences", lambda _: True),
    "default_tax_item": ("SalesTaxPreferences/DefaultItemSalesTaxRef", _ref),
    "taxable_code": ("SalesTaxPreferences/DefaultTaxableSalesTaxCodeRef", _ref),
    "non_taxable_code": ("SalesTaxPreferences/DefaultNonTaxableSalesTaxCodeRef", _ref),
    "automatic_login": ("CurrentAppAccessRights/IsAutomaticLoginAllowed", _bool),
    "personal_data": ("CurrentAppAccessRights/IsPersonalDataAccessAllowed", _bool),
}


def host_facts(text: str | bytes) -> HostFacts:
    """Read `strHCPResponse`; UnreadableReply when it is no qbXML (point of sale sends a text)."""
    return mended_once(text, _read)


def _read(text: str) -> HostFacts:
    facts = HostFacts()
    root = stream(text, _PARTS, lambda element: _PARTS[element.tag](facts, element))
    if root.tag != "QBXML":
        raise UnreadableReply("the answer's outermost element is not QBXML")
    for reply in root.iterfind("QBXMLMsgsRs/*"):
        code = reply.get("statusCode", "")
        if code != "0":
            facts.failed[reply.tag.removesuffix("Rs")] = int(code) if code.isdecimal() else -1
    return facts


def _take_host(facts: HostFacts, host: _Element) -> None:
    facts.product = host.findtext("ProductName") or ""
    facts.major_version = host.findtext("MajorVersion") or ""
    facts.minor_version = host.findtext("MinorVersion") or ""
    facts.country = host.findtext("Country") or ""
    facts.supported_versions = tuple(
        element.text.strip() for element in host.iterfind("SupportedQBXMLVersion") if element.text
    )
    facts.file_mode = host.findtext("QBFileMode") or ""


def _take_company(facts: HostFacts, company: _Element) -> None:
    # By name, so that EIN and SSN can never slip in.
    facts.tells_company = True
    facts.company_name = company.findtext("CompanyName") or ""
    sample = company.find("IsSampleCompany")
    facts.is_sample = None if sample is None else _bool(sample)
    facts.fiscal_year_month = company.findtext("FirstMonthFiscalYear") or ""
    facts.tax_year_month = company.findtext("FirstMonthIncomeTaxYear") or ""
    facts.data_exts = tuple(_data_ext(element) for element in company.iterfind("DataExtRet"))
    copy = company.find("AccountantCopy")
    if copy is not None:
        exists, day = copy.find("AccountantCopyExists"), copy.find("DividingDate")
        facts.accountant_copy = AccountantCopy(
            exists=exists is not None and bool(_bool(exists)),
            dividing_date=None if day is None else _day(day),
        )


def _data_ext(element: _Element) -> DataExt:
    owner = (element.findtext("OwnerID") or "").strip()
    with suppress(RecordError):  # Else kept as it stands: it is compared, and then differs.
        owner = parse_guid(owner)
    return DataExt(
        owner, element.findtext("DataExtName") or "", element.findtext("DataExtValue") or ""
    )


def _take_preferences(facts: HostFacts, preferences: _Element) -> None:
    for name, (path, read) in PREFERENCES.items():
        element = preferences.find(path)
        facts.preferences[name] = None if element is None else read(element)
    facts.preferences["sales_tax"] = facts.preferences["sales_tax"] is True


_PARTS: dict[str, Callable[[HostFacts, _Element], None]] = {
    "HostRet": _take_host,
    "CompanyRet": _take_company,
    "PreferencesRet": _take_preferences,
}

_PERSONAL = re.compile(
    r"(<(?P<tag>EIN|SSN)\b[^<>]*(?<!/)>).*?(?P<end></(?P=tag)\s*>|\Z)", re.DOTALL | re.IGNORECASE
)


def redacted(text: str | bytes) -> str:
    """Give the document without what EIN and SSN hold, well-formed or not, for keeping."""
    return _PERSONAL.sub(lambda match: match[1] + match["end"], decoded(text))
