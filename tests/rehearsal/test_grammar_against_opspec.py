"""The stand-in's tables say exactly what Intuit's own op-spec says (US edition, 13.0)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from webconnector.rehearsal.grammar import Choice, Element, Part
from webconnector.rehearsal.reply_tables import ret_grammar
from webconnector.rehearsal.request_tables import (
    REQUESTS,
    request_attributes,
    request_grammar,
)

OPSPEC = Path(__file__).resolve().parents[3] / "shared" / "schema" / "opspec-13.0.json"
RETS = {
    "Host": "HostQuery",
    "Company": "CompanyQuery",
    "CompanyActivity": "CompanyActivityQuery",
    "Preferences": "PreferencesQuery",
    "StandardTerms": "TermsQuery",
    "DateDrivenTerms": "TermsQuery",
    "BillToPay": "BillToPayQuery",
    "ListDeleted": "ListDeletedQuery",
    "TxnDeleted": "TxnDeletedQuery",
    **{
        noun: f"{noun}Query"
        for noun in (
            "Account",
            "Class",
            "Vendor",
            "Customer",
            "Bill",
            "VendorCredit",
            "Invoice",
            "CreditMemo",
            "Estimate",
            "BillPaymentCheck",
            "BillPaymentCreditCard",
            "ReceivePayment",
            "Transfer",
        )
    },
    **{
        f"Item{kind}": "ItemQuery"
        for kind in (
            "Service",
            "NonInventory",
            "OtherCharge",
            "Inventory",
            "InventoryAssembly",
            "FixedAsset",
            "Subtotal",
            "Discount",
            "Payment",
            "SalesTax",
            "SalesTaxGroup",
            "Group",
        )
    },
}
TYPES = {
    "IDTYPE": "id",
    "STRTYPE": "str",
    "AMTTYPE": "amt",
    "PRICETYPE": "price",
    "QUANTYPE": "quan",
    "PERCENTTYPE": "percent",
    "FLOATTYPE": "float",
    "BOOLTYPE": "bool",
    "DATETYPE": "date",
    "DATETIMETYPE": "datetime",
    "INTTYPE": "int",
    "GUIDTYPE": "guid",
    "ENUMTYPE": "enum",
}


@pytest.fixture(scope="module")
def opspec() -> dict[str, Any]:
    if not OPSPEC.exists():
        pytest.skip(f"Intuit's op-spec is not at hand ({OPSPEC})")
    loaded: dict[str, Any] = json.loads(OPSPEC.read_text())
    return loaded


def theirs(node: dict[str, Any]) -> Any:
    """Intuit's node in a comparable form; None when the US edition does not have it."""
    if "QBD" in node.get("not_in", []):
        return None
    if "choice" in node:
        arms: list[list[Any]] = [[]]
        for member in node["members"]:
            if member == "|":
                arms.append([])
            elif (read := theirs(member)) is not None:
                arms[-1].append(read)
        text = node["choice"]
        required = "optionally" not in text and "0 or more" not in text
        repeats = "or more" in text
        return ("choice", required, repeats, tuple(tuple(arm) for arm in arms))
    kids = tuple(k for k in map(theirs, node.get("kids", ())) if k is not None)
    major, _, minor = (node.get("since") or "1.0").partition(".")
    since = max((int(major), int(minor)), (1, 1))
    return (
        node["name"],
        TYPES.get(node.get("type", "STRTYPE")),
        node.get("max"),
        since,
        bool(node.get("required")),
        bool(node.get("repeat")),
        kids,
        frozenset(w.split(" ")[0] for w in node.get("enum", ())),
    )


def ours(part: Part) -> Any:
    if isinstance(part, Choice):
        arms = tuple(tuple(ours(p) for p in arm) for arm in part.arms)
        return ("choice", part.required, part.repeats, arms)
    return (
        part.name,
        part.type,
        part.length_max,
        max(part.since, (1, 1)),
        part.required,
        part.repeats,
        tuple(ours(p) for p in part.parts),
        frozenset(part.words),
    )


def differences(found: Any, wanted: Any, path: str) -> list[str]:
    """Readable differences of two trees."""
    if found[0] == wanted[0] == "choice":
        gaps = [] if found[1:3] == wanted[1:3] else [f"{path} choice: {found[1:3]} {wanted[1:3]}"]
        for mine, his in zip(found[3], wanted[3], strict=False):
            gaps += sequences(mine, his, path)
        return gaps + ([] if len(found[3]) == len(wanted[3]) else [f"{path}: number of arms"])
    path = f"{path}/{wanted[0]}"
    if found[:6] != wanted[:6]:
        return [f"{path}: {found[:6]} is not {wanted[:6]}"]
    gaps = sequences(found[6], wanted[6], path)
    if found[7] != wanted[7]:
        gaps.append(f"{path} words: {sorted(found[7] ^ wanted[7])}")
    return gaps


def sequences(found: Any, wanted: Any, path: str) -> list[str]:
    names = [part[0] for part in found], [part[0] for part in wanted]
    if names[0] != names[1]:
        return [f"{path}: order {names[0]} is not {names[1]}"]
    return [gap for a, b in zip(found, wanted, strict=True) for gap in differences(a, b, path)]


@pytest.mark.parametrize("noun", sorted(REQUESTS))
def test_request_rows_equal_the_opspec(noun: str, opspec: dict[str, Any]) -> None:
    wanted = theirs(opspec[f"{noun}Rq"])
    gaps = differences(ours(request_grammar(noun)), wanted, "")
    # TransferAdd is 12.0 as a whole; that its trim exists since 4.0 says the same.
    assert [gap for gap in gaps if not gap.startswith("/TransferAddRq/IncludeRetElement")] == []


@pytest.mark.parametrize("noun", sorted(REQUESTS))
def test_request_attributes_equal_the_opspec(noun: str, opspec: dict[str, Any]) -> None:
    assert request_attributes(noun)[f"{noun}Rq"] == set(opspec[f"{noun}Rq"]["attrs"])


@pytest.mark.parametrize("noun", sorted(RETS))
def test_ret_rows_equal_the_opspec(noun: str, opspec: dict[str, Any]) -> None:
    def search(nodes: list[Any]) -> Any:
        for node in nodes:
            if isinstance(node, dict):
                if node.get("name") == f"{noun}Ret":
                    return node
                if found := search(node.get("members", []) + node.get("kids", [])):
                    return found
        return None

    wanted = theirs(search(opspec[f"{RETS[noun]}Rs"]["kids"]))
    grammar: Element = ret_grammar(noun)
    assert sequences(ours(grammar)[6], wanted[6], noun) == []
