"""What every request must look like: one row per request, in qbXML notation.

Owns the order, lengths, types and attributes of the requests the stand-in answers (US edition,
qbXML up to 13.0). A further message type is one more row here and one in `reply_tables`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from webconnector.rehearsal.fragments import NOTATION
from webconnector.rehearsal.grammar import Element, version_of

_ENTITY_TOP = "Salutation(15)? FirstName(25)? MiddleName(5)? LastName(25)? JobTitle(41)?^12.0"
_REACHED = (
    "Phone(21)? AltPhone(21)? Fax(21)? Email(1023)? Cc(1023)?^12.0 Contact(41)? AltContact(41)? "
    "$REACH*^12.0"
)
_ADDED_PEOPLE = "Contacts{$PERSON}*^12.0"
_CHANGED_PEOPLE = "ContactsMod{ListID:id EditSequence(16) $PERSON}*^12.0"
_CHANGED_NOTES = "AdditionalNotesMod{NoteID:int Note(4095)}*^12.0"
_ACCOUNT_REST = (
    "AccountNumber(7)? BankNumber(25)? Desc(200)? OpenBalance:amt? OpenBalanceDate:date? "
    "TaxLineID:int?^7.0 CurrencyRef~64?^8.0"
)
_VENDOR_TOP = (
    f"ClassRef~159?^12.0 CompanyName(41)? {_ENTITY_TOP} VendorAddress{{$ADDR}}? "
    f"ShipAddress{{$ADDR}}?^11.0 {_REACHED}"
)
_VENDOR_END = "PrefillAccountRef~159*^8.0 CurrencyRef~64?^8.0"
_CUSTOMER_ADDRESSES = (
    "BillAddress{$ADDR}? ShipAddress{$ADDR}? ShipToAddress{Name(41) $ADDR DefaultShipTo:bool?}*"
    f"^12.0 {_REACHED}"
)
_BILL_TOP = "TxnDate:date? DueDate:date? RefNumber(20)? TermsRef~31? Memo(4095)?"
_ITEM_LINES_ADD = (
    "<ItemLineAdd{$ITEMADD SalesRepRef~5?^13.0 $DX*^13.0} | ItemGroupLineAdd{$GROUPADD $DX*^13.0}>*"
)
_BILL_ITEM_LINES_ADD = (
    "<ItemLineAdd{$ITEMADD LinkToTxn{TxnID:id TxnLineID:id}?^4.0 SalesRepRef~5?^13.0 $DX*^13.0} | "
    "ItemGroupLineAdd{$GROUPADD $DX*^13.0}>*"
)
_SALE_LINE_ADD = (
    "<InvoiceLineAdd{ItemRef~? Desc(4095)? Quantity:quan? UnitOfMeasure(31)?^7.0 "
    "<Rate:price | RatePercent:percent | PriceLevelRef~31^4.0>? ClassRef~159? Amount:amt? "
    "OptionForPriceRuleConflict[OptionForPriceRuleConflict]?^13.0 $SITE $SERIAL ServiceDate:date? "
    "SalesTaxCodeRef~3? OverrideItemAccountRef~159?^2.0 Other1(29)?^6.0 Other2(29)?^6.0 "
    "LinkToTxn{TxnID:id TxnLineID:id}?^6.0 $DX*^5.0} | "
    "InvoiceLineGroupAdd{ItemGroupRef~31 Quantity:quan? UnitOfMeasure(31)?^7.0 $SITE $DX*^5.0}>*"
)
_MONEY = "ExchangeRate:float?^8.0 ExternalGUID:guid?^9.0"
_LINES = "IncludeLineItems:bool?"
_LINKS = "IncludeLinkedTxns:bool?"

# request noun -> (first version, notation). Add and Mod rows describe the inner aggregate.
_ADD_MOD: Mapping[str, tuple[str, str]] = {
    "AccountAdd": (
        "1.0",
        "Name(31) IsActive:bool? ParentRef~? AccountType[AccountType] " + _ACCOUNT_REST,
    ),
    "AccountMod": (
        "6.0",
        "ListID:id EditSequence(16) Name(31)? IsActive:bool? ParentRef~? "
        "AccountType[AccountType]? " + _ACCOUNT_REST,
    ),
    "ClassAdd": ("1.0", "Name(31) IsActive:bool? ParentRef~?"),
    "ClassMod": ("8.0", "ListID:id EditSequence(16) Name(31)? IsActive:bool? ParentRef~?"),
    "VendorAdd": (
        "1.0",
        f"Name(41) IsActive:bool? {_VENDOR_TOP} {_ADDED_PEOPLE} NameOnCheck(41)? "
        "AccountNumber(99)? Notes(4095)?^3.0 AdditionalNotes{Note(4095)}*^12.0 "
        "VendorTypeRef~159? TermsRef~31? CreditLimit:amt? VendorTaxIdent(15)? "
        "IsVendorEligibleFor1099:bool? OpenBalance:amt? OpenBalanceDate:date? "
        f"BillingRateRef~31?^6.0 ExternalGUID:guid?^8.0 {_VENDOR_END}",
    ),
    "VendorMod": (
        "1.0",
        f"ListID:id EditSequence(16) Name(41)? IsActive:bool?^3.0 {_VENDOR_TOP} "
        f"{_CHANGED_PEOPLE} NameOnCheck(41)? AccountNumber(99)? Notes(4095)?^3.0 "
        f"{_CHANGED_NOTES} VendorTypeRef~159?^3.0 TermsRef~31?^3.0 CreditLimit:amt?^3.0 "
        "VendorTaxIdent(15)?^3.0 IsVendorEligibleFor1099:bool?^3.0 "
        f"BillingRateRef~31?^6.0 {_VENDOR_END}",
    ),
    "CustomerAdd": (
        "1.0",
        "Name(41) IsActive:bool? ClassRef~159?^12.0 ParentRef~? "
        f"CompanyName(41)? {_ENTITY_TOP} {_CUSTOMER_ADDRESSES} {_ADDED_PEOPLE} "
        "CustomerTypeRef~159? TermsRef~31? SalesRepRef~5? OpenBalance:amt? "
        "OpenBalanceDate:date? SalesTaxCodeRef~3? ItemSalesTaxRef~31? "
        "ResaleNumber(15)? AccountNumber(99)? CreditLimit:amt? "
        "PreferredPaymentMethodRef~31?^3.0 $CARD JobStatus[JobStatus]? "
        "JobStartDate:date? JobProjectedEndDate:date? JobEndDate:date? JobDesc(99)? "
        "JobTypeRef~159? Notes(4095)?^3.0 AdditionalNotes{Note(4095)}*^12.0 "
        "PreferredDeliveryMethod[PreferredDeliveryMethod]?^12.0 PriceLevelRef~31?^4.0 "
        "ExternalGUID:guid?^8.0 CurrencyRef~64?^8.0",
    ),
    "CustomerMod": (
        "1.0",
        "ListID:id EditSequence(16) Name(41)? IsActive:bool?^3.0 "
        f"ClassRef~159?^12.0 ParentRef~?^3.0 CompanyName(41)? {_ENTITY_TOP} "
        f"{_CUSTOMER_ADDRESSES} {_CHANGED_PEOPLE} CustomerTypeRef~159?^3.0 "
        "TermsRef~31?^3.0 SalesRepRef~5?^3.0 SalesTaxCodeRef~3?^3.0 "
        "ItemSalesTaxRef~31?^3.0 ResaleNumber(15)?^3.0 AccountNumber(99)? "
        "CreditLimit:amt?^3.0 PreferredPaymentMethodRef~31?^3.0 $CARD "
        "JobStatus[JobStatus]?^3.0 JobStartDate:date?^3.0 "
        "JobProjectedEndDate:date?^3.0 JobEndDate:date?^3.0 JobDesc(99)?^3.0 "
        f"JobTypeRef~159?^3.0 Notes(4095)?^3.0 {_CHANGED_NOTES} "
        "PreferredDeliveryMethod[PreferredDeliveryMethod]?^12.0 PriceLevelRef~31?^4.0 "
        "CurrencyRef~64?^8.0",
    ),
    "StandardTermsAdd": (
        "1.0",
        "Name(31) IsActive:bool? StdDueDays:int? StdDiscountDays:int? DiscountPct:percent?",
    ),
    "BillAdd": (
        "1.0",
        "VendorRef~41 VendorAddress{$ADDR}?^13.0 APAccountRef~159?^2.0 "
        f"{_BILL_TOP} {_MONEY} LinkToTxnID:id*^4.0 $EXPENSEADD {_BILL_ITEM_LINES_ADD}",
    ),
    "BillMod": (
        "3.0",
        "TxnID:id EditSequence(16) VendorRef~41? VendorAddress{$ADDR}?^13.0 "
        f"APAccountRef~159? {_BILL_TOP} ExchangeRate:float?^8.0 $LINESMOD",
    ),
    "VendorCreditAdd": (
        "1.0",
        "VendorRef~41 APAccountRef~159?^2.0 TxnDate:date? RefNumber(20)? "
        f"Memo(4095)? {_MONEY} $EXPENSEADD {_ITEM_LINES_ADD}",
    ),
    "VendorCreditMod": (
        "8.0",
        "TxnID:id EditSequence(16) VendorRef~41? APAccountRef~159?^2.0 "
        "TxnDate:date? RefNumber(20)? Memo(4095)? ExchangeRate:float?^8.0 "
        "$LINESMOD",
    ),
    "InvoiceAdd": (
        "1.0",
        "CustomerRef~209 ClassRef~159? ARAccountRef~159? TemplateRef~31?^3.0 "
        "TxnDate:date? RefNumber(11)? BillAddress{$ADDR}? ShipAddress{$ADDR}? "
        "IsPending:bool? IsFinanceCharge:bool?^8.0 PONumber(25)? TermsRef~31? "
        "DueDate:date? SalesRepRef~5? FOB(13)? ShipDate:date? ShipMethodRef~15? "
        "ItemSalesTaxRef~31? Memo(4095)? CustomerMsgRef~101? IsToBePrinted:bool? "
        "IsToBeEmailed:bool?^6.0 CustomerSalesTaxCodeRef~3? Other(29)?^6.0 "
        f"{_MONEY} LinkToTxnID:id*^6.0 $SETCREDIT*^10.0 {_SALE_LINE_ADD}",
    ),
    "BillPaymentCheckAdd": (
        "2.0",
        "PayeeEntityRef~209 APAccountRef~159? TxnDate:date? "
        "BankAccountRef~159 <IsToBePrinted:bool | RefNumber(11)> "
        f"Memo(4095)?^3.0 {_MONEY} $APPLY+",
    ),
    "BillPaymentCreditCardAdd": (
        "2.0",
        "PayeeEntityRef~209 APAccountRef~159? TxnDate:date? "
        "CreditCardAccountRef~159 RefNumber(11)? Memo(4095)?^3.0 "
        f"{_MONEY} $APPLY+",
    ),
    "ReceivePaymentAdd": (
        "1.1",
        "CustomerRef~209 ARAccountRef~159? TxnDate:date? RefNumber(20)? "
        "TotalAmount:amt? ExchangeRate:float?^8.0 PaymentMethodRef~31? "
        "Memo(4095)? DepositToAccountRef~159? $CARDTXN?^4.1 "
        "ExternalGUID:guid?^9.0 <IsAutoApply:bool | $APPLY+>",
    ),
    "TransferAdd": (
        "12.0",
        "TxnDate:date? TransferFromAccountRef~159? TransferToAccountRef~159? "
        "ClassRef~159? Amount:amt? Memo(4095)?",
    ),
}

# Query and deletion rows describe the request itself.
_PLAIN: Mapping[str, tuple[str, str]] = {
    "HostQuery": ("1.0", "IncludeListMetaData{IncludeMaxCapacity:bool}?^6.0 $IRE"),
    "CompanyQuery": ("1.0", "$IRE $OWN"),
    "CompanyActivityQuery": ("2.0", "$IRE"),
    "PreferencesQuery": ("1.1", "$IRE"),
    "AccountQuery": ("1.0", "<$LISTQ AccountType[AccountType]* $CURF>? $IRE $OWN"),
    "ClassQuery": ("1.0", "<$LISTQ>? $IRE"),
    "VendorQuery": ("1.0", "$ENTITYQ"),
    "CustomerQuery": ("1.0", "$ENTITYQ"),
    "TermsQuery": ("1.0", "<$LISTQ>? $IRE"),
    "ItemQuery": ("1.0", "<$LISTQ>? $IRE $OWN"),
    "BillQuery": ("1.0", f"<$TXNQ PaidStatus[PaidStatus]?>? {_LINES} {_LINKS}^2.0 $IRE $OWN"),
    "InvoiceQuery": ("1.0", f"<$TXNQ PaidStatus[PaidStatus]?>? {_LINES} {_LINKS} $IRE $OWN"),
    "VendorCreditQuery": ("1.0", f"<$TXNQ>? {_LINES} {_LINKS}^2.0 $IRE $OWN"),
    "CreditMemoQuery": ("1.0", f"<$TXNQ>? {_LINES} {_LINKS} $IRE $OWN"),
    "EstimateQuery": ("1.0", f"<$TXNQ>? {_LINES} {_LINKS}^3.0 $IRE $OWN"),
    "BillPaymentCheckQuery": ("2.0", f"<$TXNQ>? {_LINES} $IRE $OWN"),
    "BillPaymentCreditCardQuery": ("2.0", f"<$TXNQ>? {_LINES} $IRE $OWN"),
    "ReceivePaymentQuery": ("1.1", f"<$TXNQ>? {_LINES} $IRE $OWN"),
    "TransferQuery": ("12.0", "<TxnID:id+ | MaxReturned:int? $WHEN>? IncludeRetElement(50)*"),
    "BillToPayQuery": ("2.0", "PayeeEntityRef~209 APAccountRef~159? DueDate:date? $CURF $IRE"),
    "ListDeletedQuery": ("2.0", "ListDelType[ListDelType]+ $DELETED"),
    "TxnDeletedQuery": ("2.0", "TxnDelType[TxnDelType]+ $DELETED"),
    "ListDel": ("1.0", "ListDelType[ListDelType] ListID:id"),
    "TxnDel": ("1.1", "TxnDelType[TxnDelType] TxnID:id"),
    "TxnVoid": ("1.1", "TxnVoidType[TxnVoidType] TxnID:id"),
}

ITERATING = frozenset(
    (
        "VendorQuery",
        "CustomerQuery",
        "ItemQuery",
        "BillQuery",
        "InvoiceQuery",
        "VendorCreditQuery",
        "CreditMemoQuery",
        "EstimateQuery",
        "BillPaymentCheckQuery",
        "BillPaymentCreditCardQuery",
        "ReceivePaymentQuery",
        "TransferQuery",
    )
)
_WITHOUT_META = frozenset(
    (
        "HostQuery",
        "CompanyQuery",
        "CompanyActivityQuery",
        "PreferencesQuery",
    )
)
# Only transactions can be named by a macro, and only these elements can use the name.
_MACRO_TAKERS = ("BillPaymentCheckAdd", "BillPaymentCreditCardAdd", "ReceivePaymentAdd")
MACRO_MAKERS = frozenset(
    (
        "BillAdd",
        "VendorCreditAdd",
        "InvoiceAdd",
        "TransferAdd",
        *_MACRO_TAKERS,
    )
)

REQUESTS = frozenset((*_ADD_MOD, *_PLAIN))


@cache
def request_grammar(noun: str) -> Element:
    """The grammar of `<noun>Rq`. KeyError for a request the stand-in does not know."""
    if noun in _PLAIN:
        since, text = _PLAIN[noun]
        return NOTATION.element(f"{noun}Rq", text, version_of(since))
    since, text = _ADD_MOD[noun]
    return NOTATION.element(f"{noun}Rq", f"{noun}{{{text}}} $IRE", version_of(since))


@cache
def request_attributes(noun: str) -> Mapping[str, frozenset[str]]:
    """Element name -> the attributes it may carry in this request."""
    own = {"requestID"}
    if noun.endswith("Query") and noun not in _WITHOUT_META:
        own.add("metaData")
    if noun in ITERATING:
        own |= {"iterator", "iteratorID"}
    found = {f"{noun}Rq": frozenset(own)}
    if noun in MACRO_MAKERS:
        found[noun] = frozenset(("defMacro",))
    if noun in _MACRO_TAKERS:
        found["TxnID"] = frozenset(("useMacro",))
    return found
