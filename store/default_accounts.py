"""The company's own accounts for documents that name none: preferences become references.

Owns which preference stands in for which field. It must not know how accounts are chosen;
`companies.py` checks them.
"""

from __future__ import annotations

from sqlalchemy import and_, select

from qbxml.entity import Entity
from store.context import Sync
from store.ledger import account
from store.rows import Values
from store.syncing import link

STANDS_IN: dict[tuple[str, str], str] = {
    ("bills", "payable_account"): "ap_account",
    ("vendor-credits", "payable_account"): "ap_account",
    ("invoices", "receivable_account"): "ar_account",
}
"""Resource and field -> the preference used where the field is empty."""


def fill(sync: Sync, entity: Entity, values: Values) -> Values:
    """The values with the company's accounts where the document names none."""
    found = dict(values)
    for (resource, name), preference in STANDS_IN.items():
        chosen = getattr(sync.preferences, preference)
        if resource == entity.resource and found.get(name) is None and chosen is not None:
            found[name] = in_quickbooks(sync, chosen)
    return found


def in_quickbooks(sync: Sync, account_id: str) -> Values | None:
    """The account as a request names it; None when there is none of this id any more.

    One that QuickBooks does not have goes by its name: refused is better than another account.
    """
    row = sync.conn.execute(
        select(account.c.full_name, link.c.quickbooks_id)
        .outerjoin(
            link,
            and_(
                link.c.company_id == account.c.company_id,
                link.c.record_id == account.c.id,
                link.c.gone_at.is_(None),
            ),
        )
        .where(account.c.company_id == sync.company_id, account.c.id == account_id)
    ).one_or_none()
    if row is None:
        return None
    known = row.quickbooks_id
    return {"id": known, "name": None if known else row.full_name}
