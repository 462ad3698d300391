"""What the company file tells of itself: host, company, activity, preferences.

Owns the contents of those four replies and the stamps that the Web Connector leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from webconnector.rehearsal.register import Register
from webconnector.rehearsal.values import Fields, plain_flag

LONG_AGO = datetime(1970, 1, 1, 12, tzinfo=UTC)
_CAPACITY = {
    "Account": 10000,
    "BillingRate": 100,
    "Class": 10000,
    "CustomerMsg": 10000,
    "CustomerType": 10000,
    "Entity": 14500,
    "Item": 14500,
    "JobType": 10000,
    "PaymentMethod": 10000,
    "PayrollItem": 10000,
    "PriceLevel": 100,
    "SalesRep": 10000,
    "SalesTaxCode": 10000,
    "ShipMethod": 10000,
    "Template": 10000,
    "Terms": 10000,
    "ToDo": 10000,
    "Vehicle": 10000,
    "VendorType": 10000,
}
# LOCKED:<PC>:<.NET ticks of the session's beginning>.
_LOCK = "LOCKED:OFFICE-PC:639080640000000000"
_ADDRESS = {"Addr1": "1 Harbour Street", "City": "Portland", "State": "ME", "PostalCode": "04101"}


def host(register: Register, asked: Fields) -> Fields:
    """HostRet."""
    prefs = register.prefs
    found: Fields = {
        "ProductName": "QuickBooks Enterprise Solutions: Accountant 24.0",
        "MajorVersion": "34",
        "MinorVersion": "0",
        "Country": prefs.country,
        "SupportedQBXMLVersion": list(prefs.supported_versions),
        "IsAutomaticLogin": "false",
        "QBFileMode": "MultiUser",
    }
    if asked.get("IncludeListMetaData", {}).get("IncludeMaxCapacity") == "true":
        found["ListMetaData"] = {
            f"{noun}MetaData": {"MaxCapacity": str(most)} for noun, most in _CAPACITY.items()
        }
    return found


def company(register: Register, _asked: Fields) -> Fields:
    """CompanyRet."""
    prefs = register.prefs
    dividing = prefs.accountant_copy_until
    copy: Fields = {"AccountantCopyExists": plain_flag(dividing is not None)}
    if dividing is not None:
        copy["DividingDate"] = dividing.isoformat()
    return {
        "IsSampleCompany": "false",
        "CompanyName": prefs.company_name,
        "LegalCompanyName": prefs.company_name,
        "Address": _ADDRESS,
        "LegalAddress": _ADDRESS,
        "Phone": "207-555-0100",
        "FirstMonthFiscalYear": "January",
        "FirstMonthIncomeTaxYear": "January",
        "CompanyType": "Wholesaler",
        "EIN": prefs.ein,
        "TaxForm": "Form1120",
        "AccountantCopy": copy,
        "DataExt": register.company_ext,
    }


def activity(register: Register, _asked: Fields) -> Fields:
    """CompanyActivityRet; a file never restored or condensed shows a time long ago."""
    return {
        "LastRestoreTime": register.told(register.prefs.last_restore or LONG_AGO),
        "LastCondenseTime": register.told(register.prefs.last_condense or LONG_AGO),
    }


def preferences(register: Register, _asked: Fields) -> Fields:
    """PreferencesRet; SalesTaxPreferences are absent while sales tax is off."""
    prefs = register.prefs
    accounting: Fields = {
        "IsUsingAccountNumbers": "false",
        "IsRequiringAccounts": "true",
        "IsUsingClassTracking": plain_flag(prefs.class_tracking),
        "IsUsingAuditTrail": "true",
        "IsAssigningJournalEntryNumbers": "true",
    }
    if prefs.closing_date is not None:
        accounting["ClosingDate"] = prefs.closing_date.isoformat()
    found: Fields = {
        "AccountingPreferences": accounting,
        "FinanceChargePreferences": {
            "GracePeriod": "0",
            "IsAssessingForOverdueCharges": "false",
            "CalculateChargesFrom": "DueDate",
            "IsMarkedToBePrinted": "false",
        },
        "JobsAndEstimatesPreferences": {
            "IsUsingEstimates": "true",
            "IsUsingProgressInvoicing": "false",
            "IsPrintingItemsWithZeroAmounts": "false",
        },
        "MultiCurrencyPreferences": {"IsMultiCurrencyOn": plain_flag(prefs.multicurrency)},
        "PurchasesAndVendorsPreferences": {
            "IsUsingInventory": "true",
            "DaysBillsAreDue": str(prefs.bills_due_days),
            "IsAutomaticallyUsingDiscounts": "false",
        },
        "ReportsPreferences": {
            "AgingReportBasis": "AgeFromDueDate",
            "SummaryReportBasis": "Accrual",
        },
        "SalesAndCustomersPreferences": {
            "IsTrackingReimbursedExpensesAsIncome": "false",
            "IsAutoApplyingPayments": "true",
        },
        "CurrentAppAccessRights": {
            "IsAutomaticLoginAllowed": "true",
            "AutomaticLoginUserName": "Admin",
            "IsPersonalDataAccessAllowed": plain_flag(prefs.personal_data),
        },
    }
    if prefs.sales_tax:
        found["SalesTaxPreferences"] = _sales_tax(register)
    return found


def _sales_tax(register: Register) -> Fields:
    codes = {
        "DefaultTaxableSalesTaxCodeRef": (("SalesTaxCode",), "Tax"),
        "DefaultNonTaxableSalesTaxCodeRef": (("SalesTaxCode",), "Non"),
        "DefaultItemSalesTaxRef": (
            ("ItemSalesTax", "ItemSalesTaxGroup"),
            register.prefs.default_tax_item,
        ),
    }
    found: Fields = {"PaySalesTax": "Monthly", "IsUsingCustomerTaxCode": "true"}
    for element, (kinds, name) in codes.items():
        record = register.named(kinds, name) if name else None
        # An empty reference is what a file without a usual tax item shows.
        found[element] = {"ListID": record.id if record is not None else ""}
    return found


INFO: Mapping[str, Callable[[Register, Fields], Fields]] = {
    "HostQuery": host,
    "CompanyQuery": company,
    "CompanyActivityQuery": activity,
    "PreferencesQuery": preferences,
}


def stamp(register: Register, owner_id: str, file_id: str) -> None:
    """What adding a .qwc file does: the Web Connector's two private fields on the company."""
    remove_stamp(register, owner_id)
    for name, value in (("AppLock", _LOCK), ("FileID", file_id)):
        register.company_ext.append(
            {
                "OwnerID": owner_id,
                "DataExtName": name,
                "DataExtType": "STR255TYPE",
                "DataExtValue": value,
            }
        )


def remove_stamp(register: Register, owner_id: str) -> None:
    """What removing the application in the Web Connector does."""
    register.company_ext[:] = [
        ext for ext in register.company_ext if ext["OwnerID"].upper() != owner_id.upper()
    ]
