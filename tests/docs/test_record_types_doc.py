"""docs/record-types.md says what the entity table says, and the table says what the law says."""

from __future__ import annotations

import re
from pathlib import Path

from qbxml.entities import ENTITIES
from qbxml.entity import Flow
from webconnector.docs_tables import record_types_markdown

ROOT = Path(__file__).parents[2]
# The law's names of the types that the table has by now.
LAW = {
    "Account": "accounts",
    "Department (QB Class)": "departments",
    "Vendor": "vendors",
    "Customer": "customers",
    "Job (QB Customer with a parent, `Customer:Job`)": "jobs",
    "Item (all twelve QB item kinds)": "items",
    "Terms (QB StandardTerms, DateDrivenTerms)": "terms",
    "Bill": "bills",
    "Bill payment": "bill-payments",
    "Vendor credit": "vendor-credits",
    "Funds transfer": "funds-transfers",
    "Invoice": "invoices",
    "Invoice payment": "invoice-payments",
}


def test_docs_record_types_is_what_the_table_says() -> None:
    written = (ROOT / "docs" / "record-types.md").read_text(encoding="utf-8")
    assert written == record_types_markdown(), "run: python -m webconnector.docs_tables"


def acts(flow: Flow) -> set[str]:
    """What moves in a flow."""
    return {name for name in ("new", "edited", "inactive", "deleted") if getattr(flow, name)}


def test_the_table_equals_section_1_of_the_sync_rules(shared: Path) -> None:
    law = (shared / "spec" / "sync-rules.md").read_text(encoding="utf-8")
    section = law.split("## 1. Directions")[1].split("## 2.")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in table]
    found = {}
    for name, pulled, pushed in rows[2:]:
        if name in LAW:
            # "voided (QuickBooks: deleted)" is how a payment is undone, not a deletion.
            words = [re.sub(r"\(.*?\)", "", text).split(";")[0] for text in (pulled, pushed)]
            found[LAW[name]] = [
                {
                    act
                    for act in ("new", "edited", "inactive", "deleted")
                    if re.search(rf"\b{act}\b", w)
                }
                for w in words
            ]
    ours = {entity.resource: [acts(entity.pull), acts(entity.push)] for entity in ENTITIES}
    assert found == ours
