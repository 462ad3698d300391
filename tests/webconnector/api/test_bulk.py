"""Many records at once: a bounded number of statements, and each as careful as one alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from store.ledger import bill as bill_table
from store.rules import acts_of
from store.shapes import SHAPES
from tests.webconnector.api.conftest import Api

DAY = "2024-05-01"
MANY = 200
# In an order in which each refers to what was made before; every record refers to another one.
MAKE: dict[str, Callable[[Api, dict[str, list[str]], int], dict[str, Any]]] = {
    "vendors": lambda _api, _made, n: {"name": f"V {n}"},
    "customers": lambda _api, _made, n: {"name": f"C {n}"},
    "departments": lambda _api, made, n: {"name": f"D {n}"} | _parent(made["departments"], n),
    "accounts": lambda _api, made, n: (
        {"name": f"A {n}", "type": "Expense"} | _parent(made["accounts"], n)
    ),
    "bills": lambda _api, made, n: {
        "vendor": made["vendors"][n],
        "bill_date": DAY,
        "number": f"B {n}",
        "expense_lines": [{"account": made["accounts"][n], "amount": "9.00"}],
    },
    "vendor-credits": lambda _api, made, n: {
        "vendor": made["vendors"][n],
        "credit_date": DAY,
        "number": f"VC {n}",
        "expense_lines": [{"account": made["accounts"][n], "amount": "2.00"}],
    },
    "invoices": lambda api, made, n: {
        "customer": made["customers"][n],
        "invoice_date": DAY,
        "number": f"I {n}",
        "lines": [{"item": api.ids["items"], "quantity": "1", "rate": "9.00"}],
    },
    "bill-payments": lambda _api, made, n: {
        "vendor": made["vendors"][n],
        "payment_date": DAY,
        "method": "check",
        "applications": [
            {
                "bill": made["bills"][n],
                "amount": "4.00",
                "credits": [{"vendor_credit": made["vendor-credits"][n], "amount": "1.00"}],
            }
        ],
    },
    "invoice-payments": lambda _api, made, n: {
        "customer": made["customers"][n],
        "payment_date": DAY,
        "amount": "4.00",
        "applications": [{"invoice": made["invoices"][n], "amount": "4.00"}],
    },
    "funds-transfers": lambda api, _made, n: {
        "from_account": api.ids["bank"],
        "to_account": api.ids["accounts"],
        "amount": f"{n + 1}.00",
        "transfer_date": DAY,
    },
}


def _parent(made: list[str], number: int) -> dict[str, Any]:
    """Below one of its own that nobody else stands below, but for the first ones."""
    return {"parent": made[number - MANY]} if number >= MANY else {}


def bulk(api: Api, resource: str, bodies: list[Any]) -> list[Any]:
    """The result of each."""
    answer = api.done("POST", f"/{resource}/bulk", {"records": bodies})
    return list(answer["results"])


def test_every_resource_is_here() -> None:
    assert set(MAKE) == {n for n, shape in SHAPES.items() if "create" in acts_of(shape.entity)}


def test_two_hundred_of_anything_cost_as_many_statements_as_a_few(
    api: Api, statements: Callable[[], Any]
) -> None:
    made: dict[str, list[str]] = {name: [] for name in MAKE}
    for resource, body in MAKE.items():
        costs = []
        for count in (MANY, 3, MANY):
            first = len(made[resource])
            bodies = [body(api, made, first + number) for number in range(count)]
            with statements() as seen:
                results = bulk(api, resource, bodies)
            assert {one["status"] for one in results} == {201}, (resource, results[0])
            made[resource] += [one["record"]["id"] for one in results]
            costs.append(len(seen))
        assert max(costs) <= costs[1] + 4, (resource, costs)
        assert max(costs) < 60, (resource, costs)


def test_a_bulk_does_not_pay_a_bill_twice(api: Api) -> None:
    bill = api.done("POST", "/bills", api.bill())["id"]
    payment = {
        "vendor": api.ids["vendors"],
        "payment_date": DAY,
        "method": "check",
        "applications": [{"bill": bill, "amount": "70.00"}],
    }
    first, second = bulk(api, "bill-payments", [payment, payment])
    assert (first["status"], second["status"]) == (201, 422)
    (wrong,) = second["problem"]["errors"]
    assert wrong["pointer"] == "/applications/0/amount"
    assert "50.00" in wrong["detail"]


def test_a_bill_that_is_paid_already_stops_only_its_own_payment(api: Api) -> None:
    paid, open_ = (api.done("POST", "/bills", api.bill())["id"] for _ in range(2))
    with api.store.write() as conn:
        conn.execute(update(bill_table).where(bill_table.c.id == paid).values(is_paid=True))
    payment = {"vendor": api.ids["vendors"], "payment_date": DAY, "method": "check"}
    bodies = [
        payment | {"applications": [{"bill": one, "amount": "1.00"}]} for one in (paid, open_)
    ]
    results = bulk(api, "bill-payments", bodies)
    assert [one["status"] for one in results] == [409, 201]
    assert "paid in QuickBooks" in results[0]["problem"]["detail"]
