"""Ask the stand-in and read its answers. Where Intuit's schema is at hand, it judges both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile

SCHEMA = (
    Path(__file__).resolve().parents[3] / "shared" / "schema" / "qbxml-13.0" / "qbxmlops130.xsd"
)
WINTER_NOON = datetime(2026, 1, 15, 17, tzinfo=UTC)  # noon in New York


@cache
def schema() -> etree.XMLSchema | None:
    """Intuit's schema of 13.0; None where it is not at hand."""
    return etree.XMLSchema(etree.parse(str(SCHEMA))) if SCHEMA.exists() else None


@dataclass(frozen=True)
class Answer:
    """One Rs."""

    node: Any

    @property
    def code(self) -> int:
        return int(self.node.get("statusCode"))

    @property
    def severity(self) -> str:
        return str(self.node.get("statusSeverity"))

    @property
    def text(self) -> str:
        return str(self.node.get("statusMessage"))

    @property
    def rets(self) -> list[Any]:
        return list(self.node)

    @property
    def ret(self) -> Any:
        return self.node[0]

    def get(self, path: str) -> str | None:
        found = self.node[0].findtext(path)
        return None if found is None else str(found)

    def every(self, path: str) -> list[str]:
        return [str(node.text) for node in self.node.iterfind(path)]


@dataclass(frozen=True)
class Reply:
    """One QBXMLMsgsRs."""

    attributes: Mapping[str, str]
    answers: list[Answer]


def envelope(body: str, *, version: str = "13.0", **attributes: str) -> str:
    inner = "".join(
        f' {name}="{value}"' for name, value in {"onError": "continueOnError", **attributes}.items()
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="{version}"?>\n'
        f"<QBXML><QBXMLMsgsRq{inner}>{body}</QBXMLMsgsRq></QBXML>"
    )


def ask_all(company: CompanyFile, body: str, *, app: str = "app", **attributes: str) -> Reply:
    """Send a message set and read the reply."""
    request = envelope(body, **attributes)
    reply = company.process(request, app=app)
    judge(request, reply)
    messages = etree.fromstring(reply.encode("ascii"))[0]
    return Reply(
        {str(k): str(v) for k, v in messages.attrib.items()}, [Answer(node) for node in messages]
    )


def ask(company: CompanyFile, body: str, **attributes: str) -> Answer:
    """Send one request and read its Rs."""
    answers = ask_all(company, body, **attributes).answers
    assert len(answers) == 1
    return answers[0]


def judge(request: str, reply: str) -> None:
    """Both must be valid 13.0, unless a trimmed Ret was asked for."""
    rules = schema()
    if rules is None or "IncludeRetElement" in request:
        return
    rules.assertValid(etree.fromstring(request.encode("ascii")))
    rules.assertValid(etree.fromstring(reply.encode("ascii")))


def books(**settings: Any) -> CompanyFile:
    """A small company whose clock stands at noon of 15 January 2026 in New York."""
    settings.setdefault("clock", SettableClock(WINTER_NOON))
    company = CompanyFile(**settings)
    for name, kind in (
        ("Checking", "Bank"),
        ("Card", "CreditCard"),
        ("Rent", "Expense"),
        ("Office", "Expense"),
        ("Sales", "Income"),
        ("Discounts", "OtherIncome"),
    ):
        company.add("Account", {"Name": name, "AccountType": kind})
    company.add("Class", {"Name": "East"})
    company.add("StandardTerms", {"Name": "Net 30", "StdDueDays": 30})
    company.add("Vendor", {"Name": "Acme", "TermsRef": "Net 30"})
    company.add("Vendor", {"Name": "Bolt"})
    company.add("Customer", {"Name": "Cole", "Email": "cole@example.com"})
    company.add("Customer", {"Name": "Kitchen", "ParentRef": "Cole"})
    company.add(
        "ItemService",
        {
            "Name": "Work",
            "SalesAndPurchase": {
                "SalesPrice": 50,
                "IncomeAccountRef": "Sales",
                "PurchaseCost": 20,
                "ExpenseAccountRef": "Office",
            },
        },
    )
    return company


def bill(company: CompanyFile, vendor: str = "Acme", amount: str = "100.00", **more: Any) -> str:
    """A bill entered by the bookkeeper."""
    return company.add(
        "Bill",
        {"VendorRef": vendor, "ExpenseLine": [{"AccountRef": "Rent", "Amount": amount}], **more},
    )


def invoice(company: CompanyFile, customer: str = "Cole", quantity: int = 2, **more: Any) -> str:
    """An invoice entered by the bookkeeper, 50.00 a piece."""
    return company.add(
        "Invoice",
        {
            "CustomerRef": customer,
            "InvoiceLine": [{"ItemRef": "Work", "Quantity": quantity}],
            **more,
        },
    )


def bill_add(inner: str = "", lines: str | None = None, vendor: str = "Acme") -> str:
    """A BillAdd request; `inner` follows the vendor."""
    if lines is None:
        lines = expense("Rent", "100.00")
    return (
        f"<BillAddRq><BillAdd><VendorRef><FullName>{vendor}</FullName></VendorRef>{inner}"
        f"{lines}</BillAdd></BillAddRq>"
    )


def expense(account: str, amount: str, more: str = "") -> str:
    return (
        f"<ExpenseLineAdd><AccountRef><FullName>{account}</FullName></AccountRef>"
        f"<Amount>{amount}</Amount>{more}</ExpenseLineAdd>"
    )


def mod(noun: str, record: Mapping[str, Any], inner: str) -> str:
    """A Mod request for a record the bookkeeper sees."""
    name = "TxnID" if "TxnID" in record else "ListID"
    return (
        f"<{noun}ModRq><{noun}Mod><{name}>{record[name]}</{name}>"
        f"<EditSequence>{record['EditSequence']}</EditSequence>{inner}"
        f"</{noun}Mod></{noun}ModRq>"
    )


PAID = "<PaymentAmount>{}</PaymentAmount>"


def applied(txn_id: str, inner: str) -> str:
    """What a payment does to one document."""
    return f"<AppliedToTxnAdd><TxnID>{txn_id}</TxnID>{inner}</AppliedToTxnAdd>"


def set_credit(txn_id: str, amount: str) -> str:
    """A credit applied along with a payment."""
    return (
        f"<SetCredit><CreditTxnID>{txn_id}</CreditTxnID><AppliedAmount>{amount}"
        "</AppliedAmount></SetCredit>"
    )
