"""What every record looks like in a reply: one row per Ret, in qbXML notation.

Owns the element order of the Ret aggregates (US edition, qbXML up to 13.0) and nothing of how
their contents come to be. Amounts in home currency are left out: one currency only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from webconnector.rehearsal.fragments import NOTATION, words
from webconnector.rehearsal.grammar import Element

_CONTACT = (
    "ContactsRet{$HEAD Contact(41)? Salutation(15)? FirstName(25) MiddleName(5)? LastName(25)? "
    "JobTitle(41)? $REACH*}*^12.0"
)
_NOTES = "Notes(4095)? AdditionalNotesRet{NoteID:int Date:date Note(4095)}*^12.0"
_NAMED = (
    "CompanyName(41)? Salutation(15)? FirstName(25)? MiddleName(5)? LastName(25)? "
    "JobTitle(41)?^12.0"
)
_REACHED = (
    "Phone(21)? AltPhone(21)? Fax(21)? Email(1023)? Cc(1023)?^12.0 Contact(41)? AltContact(41)? "
    f"$REACH*^12.0 {_CONTACT}"
)
_SERVICE = "UnitOfMeasureSetRef~31?^7.0 SalesTaxCodeRef~3? $SALE"
_RATE = "CurrencyRef~64?^8.0 ExchangeRate:float?^8.0"
_SALES_HEAD = (
    "$THEAD CustomerRef~209 ClassRef~159? ARAccountRef~159? TemplateRef~31?^3.0 TxnDate:date "
    "RefNumber(11)? $SALEADDR IsPending:bool?"
)
_SALES_MIDDLE = (
    "PONumber(25)? TermsRef~31? DueDate:date? SalesRepRef~5? FOB(13)? ShipDate:date? "
    "ShipMethodRef~15? Subtotal:amt? ItemSalesTaxRef~31? SalesTaxPercentage:percent? "
    "SalesTaxTotal:amt?"
)
_QUANTITIES = (
    "QuantityOnHand:quan? AverageCost:price? QuantityOnOrder:quan? QuantityOnSalesOrder:quan?"
)
_PAID = "ExternalGUID:guid?^9.0 $APPLIED $EXT*"

_COUNTED = words(
    "Account BillingRate Class CustomerMsg CustomerType Entity Item JobType PaymentMethod "
    "PayrollItem PriceLevel SalesRep SalesTaxCode ShipMethod Template Terms ToDo Vehicle VendorType"
)

_RETS: Mapping[str, str] = {
    "Host": "ProductName(255) MajorVersion(5) MinorVersion(5) Country(2)?^3.0 "
    "SupportedQBXMLVersion(10)+ IsAutomaticLogin:bool?^3.0 QBFileMode[QBFileMode]^3.0 "
    "ListMetaData{"
    + " ".join(f"{noun}MetaData{{MaxCapacity:int}}" for noun in _COUNTED)
    + "}?^6.0",
    "Company": "IsSampleCompany:bool^3.0 CompanyName(59)? LegalCompanyName(59)? Address{$ADDR}? "
    "AddressBlock{$BLOCK}?^6.0 LegalAddress{$ADDR}? CompanyAddressForCustomer{$ADDR}? "
    "CompanyAddressBlockForCustomer{$BLOCK}?^6.0 Phone(51)? Fax(51)? Email(1023)? "
    "CompanyWebSite(128)? FirstMonthFiscalYear[Month]? FirstMonthIncomeTaxYear[Month]? "
    "CompanyType(255)? EIN(20)?^2.0 SSN(11)?^2.1 TaxForm[TaxForm]?^2.1 "
    "SubscribedServices{Service{Name(50) Domain(50) ServiceStatus[ServiceStatus]}*}?"
    "^7.0 AccountantCopy{AccountantCopyExists:bool DividingDate:date?}?^8.0 $EXT*^2.0",
    "CompanyActivity": "LastRestoreTime:datetime LastCondenseTime:datetime^3.0",
    "Preferences": "AccountingPreferences{IsUsingAccountNumbers:bool IsRequiringAccounts:bool "
    "IsUsingClassTracking:bool AssignClassesTo[AssignClassesTo]?^12.0 "
    "IsUsingAuditTrail:bool IsAssigningJournalEntryNumbers:bool ClosingDate:date?} "
    "FinanceChargePreferences{AnnualInterestRate:percent? MinFinanceCharge:amt? "
    "GracePeriod:int FinanceChargeAccountRef~159? "
    "IsAssessingForOverdueCharges:bool "
    "CalculateChargesFrom[CalculateChargesFrom] IsMarkedToBePrinted:bool} "
    "JobsAndEstimatesPreferences{IsUsingEstimates:bool "
    "IsUsingProgressInvoicing:bool IsPrintingItemsWithZeroAmounts:bool} "
    "MultiCurrencyPreferences{IsMultiCurrencyOn:bool? HomeCurrencyRef~64?}?^8.0 "
    "MultiLocationInventoryPreferences{IsMultiLocationInventoryAvailable:bool? "
    "IsMultiLocationInventoryEnabled:bool?}?^10.0 PurchasesAndVendorsPreferences{"
    "IsUsingInventory:bool DaysBillsAreDue:int IsAutomaticallyUsingDiscounts:bool "
    "DefaultDiscountAccountRef~159?} ReportsPreferences{"
    "AgingReportBasis[AgingReportBasis] SummaryReportBasis[SummaryReportBasis]} "
    "SalesAndCustomersPreferences{DefaultShipMethodRef~15? DefaultFOB(13)? "
    "DefaultMarkup:percent? IsTrackingReimbursedExpensesAsIncome:bool "
    "IsAutoApplyingPayments:bool PriceLevels{IsUsingPriceLevels:bool "
    "IsRoundingSalesPriceUp:bool?}?^4.0} SalesTaxPreferences{"
    "DefaultItemSalesTaxRef~31 PaySalesTax[PaySalesTax] "
    "DefaultTaxableSalesTaxCodeRef~3 DefaultNonTaxableSalesTaxCodeRef~3 "
    "IsUsingVendorTaxCode:bool? IsUsingCustomerTaxCode:bool? "
    "IsUsingAmountsIncludeTax:bool?}? TimeTrackingPreferences{"
    "FirstDayOfWeek[WeekDay]}? CurrentAppAccessRights{"
    "IsAutomaticLoginAllowed:bool AutomaticLoginUserName(29)? "
    "IsPersonalDataAccessAllowed:bool} ItemsAndInventoryPreferences{"
    "EnhancedInventoryReceivingEnabled:bool? "
    "IsTrackingSerialOrLotNumber[IsTrackingSerialOrLotNumber]? "
    "isTrackingOnSalesTransactionsEnabled:bool? "
    "isTrackingOnPurchaseTransactionsEnabled:bool? "
    "isTrackingOnInventoryAdjustmentEnabled:bool? "
    "isTrackingOnBuildAssemblyEnabled:bool? FIFOEnabled:bool? "
    "FIFOEffectiveDate:date? IsRSBEnabled:bool?^12.0 IsBarcodeEnabled:bool?^12.0}?"
    "^11.0",
    "Account": "$HEAD Name(31) FullName(159) IsActive:bool? ParentRef~? Sublevel:int "
    "AccountType[AccountType] SpecialAccountType[SpecialAccountType]?^2.1 "
    "AccountNumber(7)? BankNumber(25)?^2.0 Desc(200)? Balance:amt? TotalBalance:amt? "
    "TaxLineInfoRet{TaxLineID:int TaxLineName(256)?}?^2.1 "
    "CashFlowClassification[CashFlowClassification]?^2.1 CurrencyRef~64?^8.0 $EXT*^2.0",
    "Class": "$HEAD Name(31) FullName(159) IsActive:bool? ParentRef~? Sublevel:int",
    "Vendor": f"$HEAD Name(41) IsActive:bool? ClassRef~159?^12.0 {_NAMED} VendorAddress{{$ADDR}}? "
    f"VendorAddressBlock{{$BLOCK}}?^6.0 ShipAddress{{$ADDR}}?^11.0 {_REACHED} "
    f"NameOnCheck(41)? AccountNumber(99)? {_NOTES} VendorTypeRef~159? TermsRef~31? "
    "CreditLimit:amt? VendorTaxIdent(15)? IsVendorEligibleFor1099:bool? Balance:amt? "
    "BillingRateRef~31?^6.0 ExternalGUID:guid?^8.0 PrefillAccountRef~159*^8.0 "
    "CurrencyRef~64?^8.0 $EXT*^2.0",
    "Customer": "$HEAD Name(41) FullName(209) IsActive:bool? ClassRef~159?^12.0 ParentRef~? "
    f"Sublevel:int {_NAMED} $SALEADDR ShipToAddress{{Name(41) $ADDR "
    f"DefaultShipTo:bool?}}*^12.0 {_REACHED} CustomerTypeRef~159? TermsRef~31? "
    "SalesRepRef~5? Balance:amt? TotalBalance:amt? SalesTaxCodeRef~3? "
    "ItemSalesTaxRef~31? ResaleNumber(15)? AccountNumber(99)? CreditLimit:amt? "
    "PreferredPaymentMethodRef~31?^3.0 $CARD JobStatus[JobStatus]? JobStartDate:date? "
    "JobProjectedEndDate:date? JobEndDate:date? JobDesc(99)? JobTypeRef~159? "
    f"{_NOTES} PreferredDeliveryMethod[PreferredDeliveryMethod]?^12.0 "
    "PriceLevelRef~31?^4.0 ExternalGUID:guid?^8.0 CurrencyRef~64?^8.0 $EXT*^2.0",
    "StandardTerms": "$HEAD Name(31) IsActive:bool? StdDueDays:int? StdDiscountDays:int? "
    "DiscountPct:percent?",
    "DateDrivenTerms": "$HEAD Name(31) IsActive:bool? DayOfMonthDue:int DueNextMonthDays:int? "
    "DiscountDayOfMonth:int? DiscountPct:percent?",
    "ItemService": f"$ITEMID {_SERVICE} $TAIL",
    "ItemNonInventory": f"$ITEMID ManufacturerPartNumber(31)?^7.0 {_SERVICE} $TAIL",
    "ItemOtherCharge": "$ITEMID SalesTaxCodeRef~3? $SALE SpecialItemType[SpecialItemType]?^6.0 "
    "$TAIL",
    "ItemInventory": "$ITEMID ManufacturerPartNumber(31)?^7.0 UnitOfMeasureSetRef~31?^7.0 $STOCK "
    f"ReorderPoint:quan? Max:quan?^13.0 {_QUANTITIES}^2.0 $TAIL",
    "ItemInventoryAssembly": "$ITEMID ManufacturerPartNumber(31)?^12.0 UnitOfMeasureSetRef~31?^7.0 "
    f"$STOCK BuildPoint:quan? Max:quan?^13.0 {_QUANTITIES} "
    "ExternalGUID:guid?^8.0 ItemInventoryAssemblyLine{"
    "ItemInventoryRef~159 Quantity:quan?}* $EXT*",
    "ItemFixedAsset": "$ITEMFLAT ClassRef~159?^12.0 AcquiredAs[AcquiredAs] PurchaseDesc(50) "
    "PurchaseDate:date PurchaseCost:price? VendorOrPayeeName(50)? "
    "AssetAccountRef~159? FixedAssetSalesInfo{SalesDesc(50) SalesDate:date "
    "SalesPrice:price? SalesExpense:price?}? AssetDesc(50)? Location(50)? "
    "PONumber(30)? SerialNumber(30)? WarrantyExpDate:date? Notes(4095)? "
    "AssetNumber(10)? CostBasis:amt? YearEndAccumulatedDepreciation:amt? "
    "YearEndBookValue:amt? ExternalGUID:guid?^8.0 $EXT*",
    "ItemSubtotal": "$ITEMFLAT ItemDesc? SpecialItemType[SpecialItemType]?^6.0 $TAIL",
    "ItemDiscount": "$ITEMID ItemDesc(4095)? SalesTaxCodeRef~3? "
    "<DiscountRate:price | DiscountRatePercent:percent>? AccountRef~159? $TAIL",
    "ItemPayment": "$ITEMFLAT ClassRef~159?^12.0 ItemDesc(4095)? DepositToAccountRef~159? "
    "PaymentMethodRef~31? $TAIL",
    "ItemSalesTax": "$ITEMFLAT ClassRef~159?^12.0 ItemDesc(4095)? TaxRate:percent? "
    "TaxVendorRef~41? $TAIL",
    "ItemSalesTaxGroup": "$ITEMFLAT ItemDesc(4095)? ExternalGUID:guid?^8.0 ItemSalesTaxRef~31* "
    "$EXT*^2.0",
    "ItemGroup": "$ITEMFLAT ItemDesc(4095)? UnitOfMeasureSetRef~31?^7.0 IsPrintItemsInGroup:bool? "
    "SpecialItemType[SpecialItemType]?^6.0 ExternalGUID:guid?^8.0 "
    "ItemGroupLine{ItemRef~? Quantity:quan? UnitOfMeasure(31)?^7.0}* $EXT*^2.0",
    "Bill": "$THEAD VendorRef~41 VendorAddress{$ADDR}?^13.0 APAccountRef~159?^2.0 TxnDate:date "
    f"DueDate:date? AmountDue:amt {_RATE} AmountDueInHomeCurrency:amt?^8.0 "
    "RefNumber(20)? TermsRef~31? Memo(4095)? IsPaid:bool?^2.0 ExternalGUID:guid?^9.0 "
    "$LINKED*^2.0 $LINESRET OpenAmount:amt? $EXT*^2.0",
    "VendorCredit": f"$THEAD VendorRef~41 APAccountRef~159?^2.0 TxnDate:date CreditAmount:amt "
    f"{_RATE} CreditAmountInHomeCurrency:amt?^8.0 RefNumber(20)? Memo(4095)? "
    "ExternalGUID:guid?^9.0 $LINKED*^2.0 $LINESRET OpenAmount:amt? $EXT*^2.0",
    "Invoice": f"{_SALES_HEAD} IsFinanceCharge:bool? {_SALES_MIDDLE} AppliedAmount:amt? "
    f"BalanceRemaining:amt? {_RATE} BalanceRemainingInHomeCurrency:amt?^8.0 "
    "Memo(4095)? IsPaid:bool?^2.0 CustomerMsgRef~101? IsToBePrinted:bool? "
    "IsToBeEmailed:bool?^6.0 CustomerSalesTaxCodeRef~3? SuggestedDiscountAmount:amt? "
    "SuggestedDiscountDate:date? Other(29)?^6.0 ExternalGUID:guid?^9.0 $LINKED* "
    "<InvoiceLineRet{$SALEHEAD $EXT*^2.0} | InvoiceLineGroupRet{TxnLineID:id^2.1 "
    "$GROUPHEAD InvoiceLineRet{$SALEHEAD $EXT*^2.0}* $EXT*^2.0}>* $EXT*^2.0",
    "CreditMemo": f"{_SALES_HEAD} {_SALES_MIDDLE} TotalAmount:amt? CreditRemaining:amt?^2.0 "
    f"{_RATE} CreditRemainingInHomeCurrency:amt?^8.0 Memo(4095)? "
    "CustomerMsgRef~101? IsToBePrinted:bool? IsToBeEmailed:bool?^6.0 "
    "CustomerSalesTaxCodeRef~3? Other(29)?^6.0 ExternalGUID:guid?^9.0 $LINKED* "
    "<CreditMemoLineRet{$SALEHEAD $CARDTXN?^7.0 $EXT*^2.0} | "
    "CreditMemoLineGroupRet{TxnLineID:id^3.0 $GROUPHEAD "
    "CreditMemoLineRet{$SALEHEAD $CARDTXN?^7.0 $EXT*^2.0}* $EXT*^2.0}>* $EXT*^2.0",
    "Estimate": "$THEAD CustomerRef~209 ClassRef~159? TemplateRef~31?^3.0 TxnDate:date "
    "RefNumber(11)? BillAddress{$ADDR}? BillAddressBlock{$BLOCK}?^6.0 ShipAddress{$ADDR}?^7.0 "
    "ShipAddressBlock{$BLOCK}?^7.0 IsActive:bool?^3.0 PONumber(25)? TermsRef~31? DueDate:date? "
    "SalesRepRef~5? FOB(13)? Subtotal:amt? ItemSalesTaxRef~31? SalesTaxPercentage:percent? "
    f"SalesTaxTotal:amt? TotalAmount:amt? {_RATE} TotalAmountInHomeCurrency:amt?^8.0 "
    "Memo(4095)? CustomerMsgRef~101? IsToBeEmailed:bool?^6.0 CustomerSalesTaxCodeRef~3? "
    "Other(29)?^6.0 ExternalGUID:guid?^9.0 $LINKED*^3.0 "
    "<EstimateLineRet{$OFFERED} | EstimateLineGroupRet{TxnLineID:id^3.0 "
    "$GROUPHEAD EstimateLineRet{$OFFERED}* $EXT*^2.0}>* $EXT*^2.0",
    "BillPaymentCheck": "$PHEAD PayeeEntityRef~209? APAccountRef~159? TxnDate:date? "
    f"BankAccountRef~159? Amount:amt? {_RATE} "
    "AmountInHomeCurrency:amt?^8.0 RefNumber(11)? Memo(4095)? "
    "Address{$ADDR}? AddressBlock{$BLOCK}?^6.0 IsToBePrinted:bool? " + _PAID,
    "BillPaymentCreditCard": "$PHEAD PayeeEntityRef~209? APAccountRef~159? TxnDate:date? "
    f"CreditCardAccountRef~159? Amount:amt? {_RATE} "
    "AmountInHomeCurrency:amt?^8.0 RefNumber(11)? Memo(4095)? " + _PAID,
    "ReceivePayment": "$PHEAD CustomerRef~209? ARAccountRef~159? TxnDate:date? RefNumber(20)? "
    f"TotalAmount:amt? {_RATE} TotalAmountInHomeCurrency:amt?^8.0 "
    "PaymentMethodRef~31? Memo(4095)? DepositToAccountRef~159? $CARDTXN?^4.1 "
    f"UnusedPayment:amt? UnusedCredits:amt? {_PAID}^2.0",
    "Transfer": "$THEAD TxnDate:date? TransferFromAccountRef~159? FromAccountBalance:amt? "
    "TransferToAccountRef~159? ToAccountBalance:amt? ClassRef~159? Amount:amt? "
    "Memo(4095)?",
    "BillToPay": "<BillToPay{TxnID:id TxnType[TxnType] APAccountRef~159 TxnDate:date "
    f"RefNumber(20)? DueDate:date? AmountDue:amt {_RATE} "
    "AmountDueInHomeCurrency:amt?^8.0} | CreditToApply{TxnID:id TxnType[TxnType] "
    f"APAccountRef~159 TxnDate:date RefNumber(20)? CreditRemaining:amt {_RATE} "
    "CreditRemainingInHomeCurrency:amt?^8.0}>?",
    "ListDeleted": "ListDelType[ListDelType] ListID:id TimeCreated:datetime TimeDeleted:datetime "
    "FullName?",
    "TxnDeleted": "TxnDelType[TxnDelType] TxnID:id TimeCreated:datetime TimeDeleted:datetime "
    "RefNumber?",
    # Not asked for over the wire; only the bookkeeper makes these.
    "PurchaseOrder": "$THEAD VendorRef~41 TxnDate:date RefNumber(11)? TotalAmount:amt "
    "Memo(4095)? PurchaseOrderLineRet{TxnLineID:id ItemRef~? Desc(4095)? Quantity:quan? "
    "Rate:price? Amount:amt?}*",
    "JournalEntry": "$THEAD TxnDate:date RefNumber(11)? IsAdjustment:bool? "
    "<JournalDebitLineRet{$JOURNAL} | JournalCreditLineRet{$JOURNAL}>*",
    "Deposit": "$THEAD TxnDate:date DepositToAccountRef~159? Memo(4095)? DepositTotal:amt? "
    "DepositLineRet{PaymentTxnID:id? PaymentTxnLineID:id? TxnLineID:id? "
    "EntityRef~209? AccountRef~159? Memo(4095)? Amount:amt?}*",
}
SIMPLE_LIST = "$HEAD Name FullName? IsActive:bool? IsTaxable:bool? Desc(4095)?"
"""Helper lists (tax codes, payment methods, ...) that only stand behind references."""

REMEDY = NOTATION.element(
    "ErrorRecovery",
    "ListID:id? OwnerID:guid? TxnID:id? TxnNumber:int? EditSequence(16)? ExternalGUID:guid?",
    (11, 0),
)
HAS_RET = frozenset(_RETS)


@cache
def ret_grammar(noun: str) -> Element:
    """The grammar of `<noun>Ret`; helper lists share one."""
    return NOTATION.element(f"{noun}Ret", _RETS.get(noun, SIMPLE_LIST))
