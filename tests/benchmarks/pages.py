"""QuickBooks' answers to measure with: pages of customers and invoices, made from their number.

Owns the texts. It must not know who reads them, nor measure.
"""

from __future__ import annotations

from collections.abc import Iterator

page_records_max = 100
ITERATOR = "{11111111-2222-3333-4444-555555555555}"

_CUSTOMER = """<CustomerRet>
<ListID>{list_id}</ListID>
<TimeCreated>2026-01-05T09:12:44-05:00</TimeCreated>
<TimeModified>{modified}-05:00</TimeModified>
<EditSequence>{edit}</EditSequence>
<Name>Customer {number:07d}</Name>
<FullName>Customer {number:07d}</FullName>
<IsActive>true</IsActive>
<Sublevel>0</Sublevel>
<CompanyName>Company {number:07d} Ltd</CompanyName>
<BillAddress>
<Addr1>Company {number:07d} Ltd</Addr1>
<Addr2>{street} Main Street</Addr2>
<City>Springfield</City>
<State>IL</State>
<PostalCode>{postcode:05d}</PostalCode>
</BillAddress>
<Phone>{phone}</Phone>
<Email>office@customer-{number:07d}.example</Email>
<Balance>{balance}.00</Balance>
<TotalBalance>{balance}.00</TotalBalance>
<JobStatus>None</JobStatus>
</CustomerRet>
"""

_INVOICE = """<InvoiceRet>
<TxnID>{txn_id}</TxnID>
<TimeCreated>2026-01-05T09:12:44-05:00</TimeCreated>
<TimeModified>{modified}-05:00</TimeModified>
<EditSequence>{edit}</EditSequence>
<TxnNumber>{number}</TxnNumber>
<CustomerRef>
<ListID>{customer_id}</ListID>
<FullName>Customer {customer:07d}</FullName>
</CustomerRef>
<TxnDate>2026-01-05</TxnDate>
<RefNumber>{number}</RefNumber>
<IsPending>false</IsPending>
<IsFinanceCharge>false</IsFinanceCharge>
<DueDate>2026-02-04</DueDate>
<Subtotal>500.00</Subtotal>
<SalesTaxTotal>0.00</SalesTaxTotal>
<AppliedAmount>0.00</AppliedAmount>
<BalanceRemaining>500.00</BalanceRemaining>
<Memo>Invoice {number}</Memo>
<IsPaid>false</IsPaid>
<IsToBePrinted>false</IsToBePrinted>
<IsToBeEmailed>false</IsToBeEmailed>
{lines}</InvoiceRet>
"""

_INVOICE_LINE = """<InvoiceLineRet>
<TxnLineID>{line_id}</TxnLineID>
<Desc>Work of day {position} for invoice {number}</Desc>
<Quantity>2</Quantity>
<Rate>50.00</Rate>
<Amount>100.00</Amount>
</InvoiceLineRet>
"""


def customer_id(number: int) -> str:
    """The ListID of the customer of that number."""
    return f"{0x80000000 + number:X}-1767622364"


def customer(number: int, edition: int = 0) -> str:
    """One CustomerRet of about 700 bytes; another edition has another phone and EditSequence."""
    return _CUSTOMER.format(
        number=number,
        list_id=customer_id(number),
        modified=f"2026-01-{5 + edition % 20:02d}T09:12:44",
        edit=1767622364 + edition,
        street=1 + number % 999,
        postcode=number % 100_000,
        phone=f"555-{edition:03d}-{number % 10_000:04d}",
        balance=number % 1000,
    )


def invoice(number: int, customers: int, lines: int) -> str:
    """One InvoiceRet with that many lines, for one of `customers` customers."""
    of_customer = 1 + number % customers
    return _INVOICE.format(
        number=number,
        txn_id=f"{number:X}-1767622400",
        modified="2026-01-05T09:12:44",
        edit=1767622400,
        customer=of_customer,
        customer_id=customer_id(of_customer),
        lines="".join(
            _INVOICE_LINE.format(
                line_id=f"{number * 100 + position:X}-1767622400", position=position, number=number
            )
            for position in range(1, lines + 1)
        ),
    )


def answer(noun: str, rets: list[str], *, left: int = 0) -> str:
    """A whole answer to one query; `left`: records that the iterator still has."""
    status = 'statusCode="0" statusSeverity="Info" statusMessage="Status OK"'
    iterator = f'iteratorRemainingCount="{left}" iteratorID="{ITERATOR}"'
    return (
        '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n'
        f'<{noun}QueryRs requestID="r1" {status} {iterator}>\n{"".join(rets)}</{noun}QueryRs>\n'
        "</QBXMLMsgsRs>\n</QBXML>\n"
    )


def _numbered(count: int, first: int, size: int) -> Iterator[range]:
    for start in range(first, first + count, size):
        yield range(start, min(start + size, first + count))


def customer_pages(
    count: int, *, first: int = 1, edition: int = 0, size: int = page_records_max
) -> list[str]:
    """Answers that hold these customers, page by page."""
    return [
        answer("Customer", [customer(number, edition) for number in page])
        for page in _numbered(count, first, size)
    ]


def invoice_pages(count: int, customers: int, *, lines: int = 5) -> list[str]:
    """Answers that hold that many invoices, page by page."""
    return [
        answer("Invoice", [invoice(number, customers, lines) for number in page])
        for page in _numbered(count, 1, page_records_max)
    ]
