"""The floor under the intake: what nobody can do without, written as plainly as possible.

Parses the same pages with lxml and writes the same columns of the same tables with the driver's
own bulk insert, one transaction a page. It knows no rule of syncing: nothing is compared, looked
up, counted or checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import uuid_utils
from lxml import etree
from sqlalchemy import Engine

_ADDRESS = {
    "Addr1": "line1",
    "Addr2": "line2",
    "Addr3": "line3",
    "Addr4": "line4",
    "Addr5": "line5",
    "City": "city",
    "State": "state",
    "PostalCode": "postal_code",
    "Country": "country",
}
_PARTY = ("company_id", "id", "origin", "version", "created_at", "updated_at")
CUSTOMER = (
    *_PARTY,
    *("name", "full_name", "active", "parent_id", "company_name", "bill_address"),
    *("ship_address", "phone", "email", "terms_id"),
)
LINK = (
    *("company_id", "id", "resource", "record_id", "quickbooks_id", "family", "noun"),
    *("edit_sequence", "time_modified", "base", "synced_version", "synced_at"),
)
INVOICE = (
    *_PARTY,
    *("customer_id", "department_id", "receivable_account_id", "terms_id", "number", "po_number"),
    *("invoice_date", "due_date", "memo", "to_be_emailed", "to_be_printed", "subtotal"),
    *("tax_total", "total", "balance_remaining", "is_paid"),
)
LINE = (
    *("company_id", "id", "owner_id", "position", "quickbooks_line_id", "item_id", "description"),
    *("quantity", "rate", "amount", "department_id", "taxable", "sales_tax_code"),
)

Row = tuple[Any, ...]
Tables = dict[str, tuple[Sequence[str], list[Row]]]


def _values(element: Any) -> dict[str, Any]:
    """The children's texts by name; an inner aggregate is a dict of its own."""
    return {child.tag: _values(child) if len(child) else child.text for child in element}


def _key() -> str:
    return uuid_utils.uuid7().hex


def _address(found: dict[str, Any] | None) -> str | None:
    if not found:
        return None
    return json.dumps({ours: found.get(theirs) for theirs, ours in _ADDRESS.items()})


def _link(resource: str, key: str, company: str, found: dict[str, Any], now: str) -> Row:
    noun, family = ("Customer", "List") if resource == "customers" else ("Invoice", "Txn")
    return (
        *(company, _key(), resource, key, found[f"{family}ID"], family, noun),
        *(found["EditSequence"], found["TimeModified"][:19], json.dumps(found), 1, now),
    )


def customers(page: str, company: str, now: str) -> Tables:
    """The rows of a page of customers."""
    rows, links = [], []
    root = etree.fromstring(page.encode())
    for element in root.iter("CustomerRet"):
        found, key = _values(element), _key()
        rows.append(
            (
                *(company, key, "quickbooks", 1, now, now, found["Name"], found["FullName"]),
                *(found["IsActive"] == "true", None, found.get("CompanyName")),
                *(_address(found.get("BillAddress")), _address(found.get("ShipAddress"))),
                *(found.get("Phone"), found.get("Email"), None),
            )
        )
        links.append(_link("customers", key, company, found, now))
    return {"customer": (CUSTOMER, rows), "link": (LINK, links)}


def _scaled(text: str | None, places: int) -> int | None:
    return None if text is None else int(Decimal(text).scaleb(places))


def invoices(page: str, company: str, now: str) -> Tables:
    """The rows of a page of invoices and their lines; their customers are left out."""
    rows: list[Row] = []
    links: list[Row] = []
    lines: list[Row] = []
    root = etree.fromstring(page.encode())
    for element in root.iter("InvoiceRet"):
        found, key = _values(element), _key()
        subtotal, tax = _scaled(found["Subtotal"], 2), _scaled(found["SalesTaxTotal"], 2)
        rows.append(
            (
                *(company, key, "quickbooks", 1, now, now, None, None, None, None),
                *(found.get("RefNumber"), found.get("PONumber"), found["TxnDate"]),
                *(found.get("DueDate"), found.get("Memo"), found["IsToBeEmailed"] == "true"),
                *(found["IsToBePrinted"] == "true", subtotal, tax, (subtotal or 0) + (tax or 0)),
                *(_scaled(found["BalanceRemaining"], 2), found["IsPaid"] == "true"),
            )
        )
        links.append(_link("invoices", key, company, found, now))
        for position, line in enumerate(element.iter("InvoiceLineRet")):
            held = _values(line)
            lines.append(
                (
                    *(company, _key(), key, position, held["TxnLineID"], None, held.get("Desc")),
                    *(_scaled(held.get("Quantity"), 5), _scaled(held.get("Rate"), 5)),
                    *(_scaled(held.get("Amount"), 2), None, None, None),
                )
            )
    return {"invoice": (INVOICE, rows), "invoice_line": (LINE, lines), "link": (LINK, links)}


Reader = Callable[[str, str, str], Tables]
READERS: dict[str, Reader] = {"Customer": customers, "Invoice": invoices}


def _into(table: str, names: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({','.join(names)}) VALUES"


def take_sqlite(engine: Engine, pages: Sequence[str], noun: str, company_id: str) -> None:
    """Parse and store these pages through the sqlite3 driver."""
    company = company_id.replace("-", "")
    connection = engine.raw_connection()
    try:
        driver = connection.cursor()
        for page in pages:
            now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
            driver.execute("BEGIN IMMEDIATE")
            for table, (names, rows) in READERS[noun](page, company, now).items():
                places = ",".join("?" * len(names))
                driver.executemany(f"{_into(table, names)} ({places})", rows)
            driver.execute("COMMIT")
    finally:
        connection.close()


def _portions(rows: list[Row], size: int) -> Iterator[list[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


_parameters_max = 30_000


def take_postgresql(engine: Engine, pages: Sequence[str], noun: str, company_id: str) -> None:
    """Parse and store these pages through psycopg: one INSERT with many rows per table and page."""
    connection = engine.raw_connection()
    try:
        driver = connection.cursor()
        for page in pages:
            now = datetime.now(UTC).isoformat()
            for table, (names, rows) in READERS[noun](page, company_id, now).items():
                one = f"({','.join(['%s'] * len(names))})"
                for portion in _portions(rows, _parameters_max // len(names)):
                    driver.execute(
                        f"{_into(table, names)} {','.join([one] * len(portion))}",
                        [value for row in portion for value in row],
                    )
            connection.commit()
    finally:
        connection.close()


TAKE = {"sqlite": take_sqlite, "postgresql": take_postgresql}
