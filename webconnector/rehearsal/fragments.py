"""Pieces of notation and sets of words that several qbXML messages share.

Owns facts of the US edition up to qbXML 13.0, nothing else. The notation is told in `grammar`.
"""

from __future__ import annotations

from collections.abc import Mapping

from webconnector.rehearsal.grammar import Notation

_EXT = "OwnerID:guid? DataExtName(31) DataExtType[DataExtType] DataExtValue"
_SITE = "InventorySiteRef~31?^10.0 InventorySiteLocationRef~31?^12.0"
_SERIAL = "<SerialNumber(4095)? | LotNumber(40)?>?^11.0"
_REF_FILTER = "<ListID:id+ | FullName+ | ListIDWithChildren:id | FullNameWithChildren>"
_PERSON = "Salutation(15)? FirstName(25) MiddleName(5)? LastName(25)? JobTitle(41)? $REACH*"

FRAGMENTS: Mapping[str, str] = {
    "ADDR": "Addr1(41)? Addr2(41)? Addr3(41)? Addr4(41)?^2.0 Addr5(41)?^6.0 City(31)? State(21)? "
    "PostalCode(13)? Country(31)? Note(41)?^6.0",
    "BLOCK": "Addr1(41)? Addr2(41)? Addr3(41)? Addr4(41)? Addr5(41)?",
    "REACH": "AdditionalContactRef{ContactName(40) ContactValue(255)}",
    "PERSON": _PERSON,
    "IRE": "IncludeRetElement(50)*^4.0",
    "OWN": "OwnerID:guid*^2.0",
    "EXT": f"DataExtRet{{{_EXT}}}",
    "DX": "DataExt{OwnerID:guid DataExtName(31) DataExtValue}",
    "SITE": _SITE,
    "SERIAL": _SERIAL,
    "CARD": "CreditCardInfo{CreditCardNumber(25)? ExpirationMonth:int? ExpirationYear:int? "
    "NameOnCard(41)? CreditCardAddress(41)? CreditCardPostalCode(41)?}?^3.0",
    "CARDTXN": "CreditCardTxnInfo{CreditCardTxnInputInfo{CreditCardNumber(25) ExpirationMonth:int "
    "ExpirationYear:int NameOnCard(41) CreditCardAddress(41)? CreditCardPostalCode(18)? "
    "CommercialCardCode(24)? TransactionMode[TransactionMode]?^6.0 "
    "CreditCardTxnType[CreditCardTxnType]?^7.0} CreditCardTxnResultInfo{ResultCode:int "
    "ResultMessage(60) CreditCardTransID(24) MerchantAccountNumber(32) "
    "AuthorizationCode(12)? AVSStreet[AVS]? AVSZip[AVS]? "
    "CardSecurityCodeMatch[AVS]?^6.0 "
    "ReconBatchID(84)? PaymentGroupingCode:int? PaymentStatus[PaymentStatus] "
    "TxnAuthorizationTime:datetime TxnAuthorizationStamp:int? ClientTransID(16)?^6.0}}",
    "HEAD": "ListID:id TimeCreated:datetime TimeModified:datetime EditSequence(16)",
    "THEAD": "TxnID:id TimeCreated:datetime TimeModified:datetime EditSequence(16) TxnNumber:int?",
    "PHEAD": "TxnID:id? TimeCreated:datetime? TimeModified:datetime? EditSequence(16)? "
    "TxnNumber:int?",
    # --- query filters
    "NF": "<NameFilter{MatchCriterion[MatchCriterion] Name} | NameRangeFilter{FromName? ToName?}>?",
    "CURF": "CurrencyFilter{<ListID:id+ | FullName(64)+>}?^8.0",
    "LISTQ": "ListID:id+ | FullName+ | MaxReturned:int? ActiveStatus[ActiveStatus]? "
    "FromModifiedDate:datetime? ToModifiedDate:datetime? $NF",
    "ENTITYQ": "<$LISTQ TotalBalanceFilter{Operator[Operator] Amount:amt}? $CURF "
    f"ClassFilter{{{_REF_FILTER}}}?^12.0>? $IRE $OWN",
    "WHEN": "<ModifiedDateRangeFilter{FromModifiedDate:datetime? ToModifiedDate:datetime?} | "
    "TxnDateRangeFilter{<FromTxnDate:date? ToTxnDate:date? | DateMacro[DateMacro]>}>?",
    "REFF": "<ListID:id+^2.0 | FullName+ | ListIDWithChildren:id^2.0 | FullNameWithChildren>",
    "TXNQ": "TxnID:id+ | RefNumber+ | RefNumberCaseSensitive+^4.0 | MaxReturned:int? $WHEN "
    "EntityFilter{$REFF}? AccountFilter{$REFF}? "
    "<RefNumberFilter{MatchCriterion[MatchCriterion] RefNumber} | "
    "RefNumberRangeFilter{FromRefNumber? ToRefNumber?}>? $CURF",
    "DELETED": "DeletedDateRangeFilter{FromDeletedDate:datetime? ToDeletedDate:datetime?}? $IRE",
    # --- lines of purchases
    "EXPENSE": "AccountRef~159? Amount:amt? Memo(4095)? CustomerRef~209? ClassRef~159?",
    "ITEMHEAD": f"ItemRef~? {_SITE} {_SERIAL} Desc(4095)? Quantity:quan? UnitOfMeasure(31)?^7.0",
    "ITEMTAIL": "Cost:price? Amount:amt? CustomerRef~209? ClassRef~159?",
    "EXPENSEADD": "ExpenseLineAdd{$EXPENSE BillableStatus[BillableStatus]?^2.0 SalesRepRef~5?^13.0 "
    "$DX*^13.0}*",
    "ITEMADD": "$ITEMHEAD $ITEMTAIL BillableStatus[BillableStatus]?^2.0 "
    "OverrideItemAccountRef~159?^2.0",
    "GROUPADD": f"ItemGroupRef~31 Quantity:quan? UnitOfMeasure(31)?^7.0 {_SITE}",
    "EXPENSEMOD": "ExpenseLineMod{TxnLineID:id $EXPENSE BillableStatus[BillableStatus]? "
    "SalesRepRef~5?^13.0}*",
    "ITEMMOD": "ItemLineMod{TxnLineID:id $ITEMHEAD OverrideUOMSetRef~31?^7.0 $ITEMTAIL "
    "BillableStatus[BillableStatus]? OverrideItemAccountRef~159? SalesRepRef~5?^13.0}",
    "LINESMOD": "ClearExpenseLines:bool? $EXPENSEMOD ClearItemLines:bool? <$ITEMMOD | "
    "ItemGroupLineMod{TxnLineID:id ItemGroupRef~31? Quantity:quan? "
    "UnitOfMeasure(31)?^7.0 OverrideUOMSetRef~31?^7.0 $ITEMMOD*}>*",
    "EXPENSERET": "ExpenseLineRet{TxnLineID:id $EXPENSE BillableStatus[BillableStatus]?^2.0 "
    "SalesRepRef~5?^13.0 $EXT*^13.0}*",
    "ITEMRET": "ItemLineRet{TxnLineID:id $ITEMHEAD OverrideUOMSetRef~31?^7.0 $ITEMTAIL "
    "BillableStatus[BillableStatus]?^2.0 SalesRepRef~5?^13.0 $EXT*^13.0}",
    "LINESRET": "$EXPENSERET <$ITEMRET | ItemGroupLineRet{TxnLineID:id^3.0 ItemGroupRef~31 "
    "Desc(4095)? Quantity:quan? UnitOfMeasure(31)?^7.0 OverrideUOMSetRef~31?^7.0 "
    "TotalAmount:amt $ITEMRET* $DX*^13.0}>*",
    # --- lines of sales
    "SALEHEAD": "TxnLineID:id ItemRef~? Desc(4095)? Quantity:quan? UnitOfMeasure(31)?^7.0 "
    "OverrideUOMSetRef~31?^7.0 <Rate:price | RatePercent:percent>? ClassRef~159? "
    f"Amount:amt? {_SITE} {_SERIAL} ServiceDate:date? SalesTaxCodeRef~3? "
    "Other1(29)?^6.0 Other2(29)?^6.0",
    "OFFERED": "TxnLineID:id ItemRef~? Desc(4095)? Quantity:quan? UnitOfMeasure(31)?^7.0 "
    "OverrideUOMSetRef~31?^7.0 <Rate:price | RatePercent:percent>? ClassRef~159? "
    f"Amount:amt? {_SITE} SalesTaxCodeRef~3? <MarkupRate:price | MarkupRatePercent:percent>? "
    "Other1(29)?^6.0 Other2(29)?^6.0 $EXT*^2.0",
    "GROUPHEAD": "ItemGroupRef~31 Desc(4095)? Quantity:quan? UnitOfMeasure(31)?^7.0 "
    "OverrideUOMSetRef~31?^7.0 IsPrintItemsInGroup:bool TotalAmount:amt",
    "SALEADDR": "BillAddress{$ADDR}? BillAddressBlock{$BLOCK}?^6.0 ShipAddress{$ADDR}? "
    "ShipAddressBlock{$BLOCK}?^6.0",
    # --- payments
    "SETCREDIT": "SetCredit{CreditTxnID:id AppliedAmount:amt Override:bool?^10.0}",
    "DISCOUNT": "DiscountAmount:amt? DiscountAccountRef~159? DiscountClassRef~159?^11.0",
    "APPLY": "AppliedToTxnAdd{TxnID:id PaymentAmount:amt? $SETCREDIT* $DISCOUNT}",
    "JOURNAL": "TxnLineID:id? AccountRef~159? Amount:amt? Memo(4095)? EntityRef~209? ClassRef~159?",
    "LINKED": "LinkedTxn{TxnID:id TxnType[TxnType] TxnDate:date RefNumber(20)? "
    "LinkType[LinkType]?^3.0 Amount:amt}",
    "APPLIED": "AppliedToTxnRet{TxnID:id TxnType[TxnType] TxnDate:date? RefNumber(20)? "
    "BalanceRemaining:amt? Amount:amt? $DISCOUNT $LINKED*^10.0}*",
    # --- items
    "ITEMID": "$HEAD Name(31) FullName(159) BarCodeValue(50)?^12.0 IsActive:bool? ClassRef~159?"
    "^12.0 ParentRef~? Sublevel:int",
    "ITEMFLAT": "$HEAD Name(31) BarCodeValue(50)?^12.0 IsActive:bool?",
    "SALE": "<SalesOrPurchase{Desc(4095)? <Price:price | PricePercent:percent>? AccountRef~159?} | "
    "SalesAndPurchase{SalesDesc(4095)? SalesPrice:price? IncomeAccountRef~159? "
    "PurchaseDesc(4095)? PurchaseCost:price? ExpenseAccountRef~159? PrefVendorRef~41?}>?",
    "STOCK": "SalesTaxCodeRef~3? SalesDesc(4095)? SalesPrice:price? IncomeAccountRef~159? "
    "PurchaseDesc(4095)? PurchaseCost:price? COGSAccountRef~159? PrefVendorRef~41? "
    "AssetAccountRef~159?",
    "TAIL": "ExternalGUID:guid?^8.0 $EXT*^2.0",
}


def words(text: str) -> tuple[str, ...]:
    """The words of a set, written with blanks between them."""
    return tuple(text.split())


_SHORT_PERIODS = "Week Month CalendarQuarter FiscalQuarter CalendarYear FiscalYear"
_VOIDABLE = (
    "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard Charge Check CreditCardCharge "
    "CreditCardCredit CreditMemo Deposit InventoryAdjustment Invoice ItemReceipt JournalEntry "
    "SalesReceipt VendorCredit"
)
_DELETABLE = _VOIDABLE + (
    " BuildAssembly Estimate PurchaseOrder ReceivePayment SalesOrder SalesTaxPaymentCheck "
    "TimeTracking TransferInventory VehicleMileage"
)
WORD_SETS: Mapping[str, tuple[str, ...]] = {
    "AccountType": words(
        "AccountsPayable AccountsReceivable Bank CostOfGoodsSold CreditCard Equity Expense "
        "FixedAsset Income LongTermLiability NonPosting OtherAsset OtherCurrentAsset "
        "OtherCurrentLiability OtherExpense OtherIncome"
    ),
    "SpecialAccountType": words(
        "AccountsPayable AccountsReceivable CondenseItemAdjustmentExpenses CostOfGoodsSold "
        "DirectDepositLiabilities Estimates ExchangeGainLoss InventoryAssets ItemReceiptAccount "
        "OpeningBalanceEquity PayrollExpenses PayrollLiabilities PettyCash PurchaseOrders "
        "ReconciliationDifferences RetainedEarnings SalesOrders SalesTaxPayable "
        "UncategorizedExpenses UncategorizedIncome UndepositedFunds"
    ),
    "CashFlowClassification": words("None Operating Investing Financing NotApplicable"),
    "ActiveStatus": words("ActiveOnly InactiveOnly All"),
    "MatchCriterion": words("StartsWith Contains EndsWith"),
    "Operator": words("LessThan LessThanEqual Equal GreaterThan GreaterThanEqual"),
    "PaidStatus": words("All PaidOnly NotPaidOnly"),
    "BillableStatus": words("Billable NotBillable HasBeenBilled"),
    "JobStatus": words("Awarded Closed InProgress None NotAwarded Pending"),
    "PreferredDeliveryMethod": words("None Email Fax"),
    "OptionForPriceRuleConflict": words("Zero BasePrice"),
    "DataExtType": words(
        "AMTTYPE DATETIMETYPE INTTYPE PERCENTTYPE PRICETYPE QUANTYPE STR1024TYPE STR255TYPE"
    ),
    "LinkType": words("AMTTYPE QUANTYPE"),
    "TxnType": words(
        "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge Check "
        "CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment Invoice "
        "ItemReceipt JournalEntry LiabilityAdjustment Paycheck PayrollLiabilityCheck PurchaseOrder "
        "ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck Transfer VendorCredit "
        "YTDAdjustment"
    ),
    "TxnVoidType": words(_VOIDABLE),
    "TxnDelType": words(_DELETABLE),
    "ListDelType": words(
        "Account BillingRate Class Currency Customer CustomerMsg CustomerType DateDrivenTerms "
        "Employee InventorySite ItemDiscount ItemFixedAsset ItemGroup ItemInventory "
        "ItemInventoryAssembly ItemNonInventory ItemOtherCharge ItemPayment ItemSalesTax "
        "ItemSalesTaxGroup ItemService ItemSubtotal JobType OtherName PaymentMethod "
        "PayrollItemNonWage PayrollItemWage PriceLevel SalesRep SalesTaxCode ShipMethod "
        "StandardTerms ToDo UnitOfMeasureSet Vehicle Vendor VendorType WorkersCompCode"
    ),
    "DateMacro": (
        "All",
        "Today",
        *(f"This{p}{tail}" for p in _SHORT_PERIODS.split() for tail in ("", "ToDate")),
        "Yesterday",
        *(f"Last{p}{tail}" for p in _SHORT_PERIODS.split() for tail in ("", "ToDate")),
        "NextWeek",
        "NextFourWeeks",
        "NextMonth",
        "NextCalendarQuarter",
        "NextCalendarYear",
        "NextFiscalQuarter",
        "NextFiscalYear",
    ),
    "TransactionMode": words("CardNotPresent CardPresent"),
    "CreditCardTxnType": words("Authorization Capture Charge Refund VoiceAuthorization"),
    "AVS": words("Pass Fail NotAvailable"),
    "PaymentStatus": words("Unknown Completed"),
    "AcquiredAs": words("New Old"),
    "SpecialItemType": words("FinanceCharge ReimbursableExpenseGroup ReimbursableExpenseSubtotal"),
    "QBFileMode": words("SingleUser MultiUser"),
    "ServiceStatus": words("Active Expired Never Pending Suspended Terminated Trial"),
    "Month": words(
        "January February March April May June July August September October November December"
    ),
    "TaxForm": words("Form1040 Form1065 Form1120 Form1120S Form990 Form990PF Form990T OtherOrNone"),
    "AssignClassesTo": words("None Accounts Items Names"),
    "CalculateChargesFrom": words("DueDate InvoiceOrBilledDate"),
    "AgingReportBasis": words("AgeFromDueDate AgeFromTransactionDate"),
    "SummaryReportBasis": words("Accrual Cash"),
    "PaySalesTax": words("Annually Monthly Quarterly"),
    "WeekDay": words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "IsTrackingSerialOrLotNumber": words("SerialNumber LotNumber None"),
}

NOTATION = Notation(FRAGMENTS, WORD_SETS)
