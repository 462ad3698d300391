"""What QuickBooks tells about itself and the company."""

from __future__ import annotations

import pytest

from qbxml.host import PREFERENCES, AccountantCopy, DataExt, host_facts, redacted
from tests.qbxml.answers import OK, answer

COMPANY = (
    "<CompanyRet><IsSampleCompany>true</IsSampleCompany><CompanyName>Acme</CompanyName>"
    "<FirstMonthFiscalYear>April</FirstMonthFiscalYear>"
    "<FirstMonthIncomeTaxYear>January</FirstMonthIncomeTaxYear><EIN>12-3456789</EIN>"
    "<SSN>123-45-6789</SSN><AccountantCopy><AccountantCopyExists>true</AccountantCopyExists>"
    "<DividingDate>2023-12-31</DividingDate></AccountantCopy><DataExtRet>"
    "<OwnerID>{0B3F7B1E-9A3C-4F5D-8F2E-1C2D3E4F5A6B}</OwnerID><DataExtName>FileID</DataExtName>"
    "<DataExtType>STR255TYPE</DataExtType><DataExtValue>{x}</DataExtValue></DataExtRet>"
    "</CompanyRet>"
)


def test_host_facts_are_read_and_personal_numbers_are_nowhere() -> None:
    text = (
        f"<QBXML><QBXMLMsgsRs><HostQueryRs {OK}><HostRet><ProductName>Pro</ProductName>"
        "<MajorVersion>31</MajorVersion><MinorVersion>0</MinorVersion><Country>US</Country>"
        "<SupportedQBXMLVersion>1.0</SupportedQBXMLVersion>"
        "<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion><QBFileMode>MultiUser</QBFileMode>"
        f"</HostRet></HostQueryRs><CompanyQueryRs {OK}>{COMPANY}</CompanyQueryRs>"
        "<PreferencesQueryRs requestID='2' statusCode='3260'/></QBXMLMsgsRs></QBXML>"
    )
    facts = host_facts(text)
    assert (facts.product, facts.major_version, facts.minor_version) == ("Pro", "31", "0")
    assert (facts.country, facts.file_mode) == ("US", "MultiUser")
    assert facts.supported_versions == ("1.0", "13.0")
    assert (facts.company_name, facts.is_sample) == ("Acme", True)
    assert (facts.fiscal_year_month, facts.tax_year_month) == ("April", "January")
    assert facts.data_exts == (DataExt("0b3f7b1e-9a3c-4f5d-8f2e-1c2d3e4f5a6b", "FileID", "{x}"),)
    assert facts.accountant_copy == AccountantCopy(exists=True, dividing_date="2023-12-31")
    assert facts.preferences == {}
    assert facts.failed == {"PreferencesQuery": 3260}
    assert "3456789" not in repr(facts)
    assert "123-45" not in repr(facts)


def test_preferences_are_all_there_once_they_are_known() -> None:
    facts = host_facts(
        answer(
            "<PreferencesRet><AccountingPreferences><IsUsingClassTracking>true"
            "</IsUsingClassTracking><ClosingDate>2023-12-31</ClosingDate></AccountingPreferences>"
            "<CurrentAppAccessRights><IsPersonalDataAccessAllowed>false"
            "</IsPersonalDataAccessAllowed></CurrentAppAccessRights></PreferencesRet>",
            "PreferencesQuery",
        )
    )
    known = {"class_tracking": True, "closing_date": "2023-12-31", "personal_data": False}
    assert facts.preferences == dict.fromkeys(PREFERENCES) | {"sales_tax": False} | known
    assert facts.failed == {}


def test_sales_tax_is_on_when_its_preferences_are_there() -> None:
    facts = host_facts(
        answer(
            "<PreferencesRet><SalesTaxPreferences><DefaultItemSalesTaxRef><ListID>1-1</ListID>"
            "<FullName>CA</FullName></DefaultItemSalesTaxRef><DefaultTaxableSalesTaxCodeRef>"
            "<FullName>Tax</FullName></DefaultTaxableSalesTaxCodeRef></SalesTaxPreferences>"
            "</PreferencesRet>",
            "PreferencesQuery",
        )
    )
    assert facts.preferences["sales_tax"] is True
    assert facts.preferences["default_tax_item"] == {"id": "1-1", "name": "CA"}
    assert facts.preferences["taxable_code"] == {"id": None, "name": "Tax"}


@pytest.mark.parametrize(
    "written, kept",
    [
        (COMPANY, COMPANY.replace("12-3456789", "").replace("123-45-6789", "")),
        ("<EIN a='1'>1\n2</EIN ><SSN/>x", "<EIN a='1'></EIN ><SSN/>x"),
        ("<SSN><![CDATA[1]]></SSN>", "<SSN></SSN>"),
        ("<EIN>12-34", "<EIN>"),
        ("<EINS>1</EINS>", "<EINS>1</EINS>"),
    ],
)
def test_personal_numbers_are_taken_out_even_of_broken_text(written: str, kept: str) -> None:
    assert redacted(written) == kept
    assert redacted(written.encode()) == kept
