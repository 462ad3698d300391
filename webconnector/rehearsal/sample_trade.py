"""The documents of the demo company: bills, invoices and their payments.

Owns made-up data and nothing else.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from webconnector.rehearsal.company_file import CompanyFile


def _dates(start: date, count: int) -> list[date]:
    """`count` days spread evenly around `start`."""
    first = start - timedelta(days=120)
    return [first + timedelta(days=n * 240 // count) for n in range(count)]


def enter_bills(company: CompanyFile, vendors: list[str], job: str, start: date) -> list[str]:
    """Bills around `start`, some lines billable to `job`; returns their TxnIDs."""
    made = []
    accounts = ("Rent", "Office:Supplies:Paper & Toner", "Utilities:Water", "Repairs")
    classes = ("East:Harbour:Pier 4", "West", "Overhead")
    for n, day in enumerate(_dates(start, 40)):
        line: dict[str, Any] = {
            "AccountRef": accounts[n % 4],
            "Amount": Decimal(n * 1733 + 999) / 100,
            "Memo": f'Line for bill {n} \u2013 <see> "file"',
        }
        if company.class_tracking:
            line["ClassRef"] = classes[n % 3]
        if n % 5 == 0:
            line |= {
                "CustomerRef": job,
                "BillableStatus": "Billable",
            }
        fields: dict[str, Any] = {
            "VendorRef": vendors[n % len(vendors)],
            "TxnDate": day,
            "Memo": f"Bill {n}",
            "ExpenseLine": [line, {"AccountRef": "Office", "Amount": "5.00"}],
        }
        if n % 7:
            fields["RefNumber"] = f"INV-{n % 30:04d}"
        if n % 6 == 0:
            fields["ItemLine"] = [
                {"ItemRef": "Bolts & Nuts", "Quantity": 100},
                {"ItemRef": "Lamp", "Quantity": 2, "Cost": "30.5"},
            ]
        made.append(company.add("Bill", fields))
    company.add(
        "VendorCredit",
        {
            "VendorRef": vendors[2],
            "TxnDate": start,
            "RefNumber": "CR-1",
            "ExpenseLine": [{"AccountRef": "Repairs", "Amount": "20.00"}],
        },
    )
    return made


def pay_bills(company: CompanyFile, bills: list[str], start: date) -> None:
    """Every fourth bill, whole or half."""
    for n in range(0, len(bills), 4):
        bill = company.get("Bill", bills[n])
        whole = Decimal(bill["OpenAmount"])
        part = whole if n % 8 == 0 else (whole / 2).quantize(Decimal("0.01"))
        company.add(
            "BillPaymentCheck",
            {
                "PayeeEntityRef": bill["VendorRef"],
                "BankAccountRef": "Checking",
                "TxnDate": start + timedelta(days=n),
                "RefNumber": str(1001 + n),
                "AppliedToTxn": [{"TxnID": bills[n], "PaymentAmount": part}],
            },
        )


def enter_invoices(company: CompanyFile, customers: list[str], start: date) -> list[str]:
    """Invoices around `start`; returns their TxnIDs."""
    made = []
    for n, day in enumerate(_dates(start, 50)):
        lines: list[dict[str, Any]] = [
            {"ItemRef": "Consulting", "Quantity": n % 9 + 1},
            {"ItemRef": "Lamp", "Quantity": 1, "Desc": "Lamp, caf\u00e9 model"},
        ]
        if n % 3 == 0:
            lines += [{"ItemRef": "Subtotal"}, {"ItemRef": "10% off"}]
        if n % 10 == 0:
            lines.append({"Desc": "Thank you for your business"})
        fields: dict[str, Any] = {
            "CustomerRef": customers[n % len(customers)],
            "TxnDate": day,
            "RefNumber": str(5000 + n),
            "PONumber": f"PO {n}",
            "InvoiceLine": lines,
            "IsToBeEmailed": n % 4 == 0 and ":" not in customers[n % len(customers)],
        }
        if n % 11 == 0:
            fields["InvoiceLineGroup"] = [{"ItemGroupRef": "Starter Kit", "Quantity": 1}]
        if company.class_tracking:
            fields["ClassRef"] = "East"
        made.append(company.add("Invoice", fields))
    return made


def receive_payments(company: CompanyFile, invoices: list[str], start: date) -> None:
    """Every third invoice, whole or in part; a credit memo; a voided invoice."""
    for n in range(0, len(invoices), 3):
        invoice = company.get("Invoice", invoices[n])
        whole = Decimal(invoice["BalanceRemaining"])
        part = whole if n % 2 == 0 else Decimal("10.00")
        company.add(
            "ReceivePayment",
            {
                "CustomerRef": invoice["CustomerRef"],
                "TxnDate": start + timedelta(days=n),
                "TotalAmount": part,
                "PaymentMethodRef": "Check",
                "RefNumber": f"C{n}",
                "AppliedToTxn": [{"TxnID": invoices[n], "PaymentAmount": part}],
            },
        )
    first = company.get("Invoice", invoices[1])
    company.add(
        "CreditMemo",
        {
            "CustomerRef": first["CustomerRef"],
            "TxnDate": start,
            "RefNumber": "CM-1",
            "CreditMemoLine": [{"ItemRef": "Consulting", "Quantity": "0.5"}],
        },
    )
    company.void("Invoice", invoices[-1])
