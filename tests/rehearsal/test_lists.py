"""Names, parents, references and EditSequence of list records."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.rehearsal.asking import ask, ask_all, books, mod
from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.refusals import StatusError


def add(noun: str, inner: str) -> str:
    return f"<{noun}AddRq><{noun}Add>{inner}</{noun}Add></{noun}AddRq>"


def test_a_vendor_comes_back_without_full_name() -> None:
    answer = ask(books(), add("Vendor", "<Name>New</Name>"))
    assert answer.code == 0
    assert [n.tag for n in answer.ret] == [
        "ListID",
        "TimeCreated",
        "TimeModified",
        "EditSequence",
        "Name",
        "IsActive",
        "Balance",
    ]


@pytest.mark.parametrize("name", ["cole", "ACME", " Acme ", "Joe  Owner"])
def test_names_are_unique_across_vendors_customers_employees_and_others(name: str) -> None:
    company = books()
    company.add("OtherName", {"Name": "Joe Owner"})
    for noun in ("Vendor", "Customer"):
        answer = ask(company, add(noun, f"<Name>{name}</Name>"))
        assert (answer.code, answer.severity) == (3100, "Error")
        assert answer.text == f'The name "{name.strip()}" of the list element is already in use.'


def test_inactive_records_still_hold_their_names() -> None:
    company = books()
    company.add("Employee", {"Name": "Gone", "IsActive": False})
    assert ask(company, add("Vendor", "<Name>gone</Name>")).code == 3100


def test_jobs_are_unique_only_under_their_parent() -> None:
    company = books()
    assert ask(company, add("Customer", "<Name>Acme Job</Name>")).code == 0
    job = "<Name>Acme</Name><ParentRef><FullName>Cole</FullName></ParentRef>"
    answer = ask(company, add("Customer", job))
    assert (answer.code, answer.get("FullName"), answer.get("Sublevel")) == (0, "Cole:Acme", "1")
    assert ask(company, add("Customer", job.replace("Acme", "aCME"))).code == 3100


@pytest.mark.parametrize(
    "noun,inner",
    [
        ("Account", "<Name>Rent</Name><AccountType>Expense</AccountType>"),
        ("Class", "<Name>east</Name>"),
        ("StandardTerms", "<Name>net 30</Name>"),
    ],
)
def test_other_lists_have_name_spaces_of_their_own(noun: str, inner: str) -> None:
    assert ask(books(), add(noun, inner)).code == 3100


def test_a_colon_in_a_name_is_refused() -> None:
    answer = ask(books(), add("Customer", "<Name>A : B</Name>"))
    assert answer.code == 3090
    assert 'when storing "A : B" in the "customer name" field' in answer.text
    assert "cannot contain a colon" in answer.text


def test_an_unknown_parent_is_3130() -> None:
    answer = ask(
        books(), add("Customer", "<Name>J</Name><ParentRef><FullName>Nobody</FullName></ParentRef>")
    )
    assert answer.code == 3130
    assert answer.text.startswith(
        'There is an invalid reference to a parent "Nobody" in the Customers list.'
    )


def test_an_unknown_reference_is_3140_and_a_misshapen_id_3000() -> None:
    company = books()
    inner = "<Name>N</Name><TermsRef><{0}>{1}</{0}></TermsRef>"
    assert ask(company, add("Vendor", inner.format("FullName", "Net 99"))).code == 3140
    assert ask(company, add("Vendor", inner.format("ListID", "8000AAAA-1"))).code == 3140
    assert ask(company, add("Vendor", inner.format("ListID", "a made-up id"))).code == 3000
    assert company.find("Vendor", Name="N") == []


def test_a_list_id_wins_over_a_full_name() -> None:
    company = books()
    net30 = company.find("StandardTerms", Name="Net 30")[0]["ListID"]
    answer = ask(
        company,
        add(
            "Vendor",
            f"<Name>N</Name><TermsRef><ListID>{net30}</ListID>"
            "<FullName>Whatever</FullName></TermsRef>",
        ),
    )
    assert answer.get("TermsRef/FullName") == "Net 30"


def test_an_account_under_another_type_is_refused() -> None:
    company = books()
    inner = (
        "<Name>Sub</Name><ParentRef><FullName>Rent</FullName></ParentRef>"
        "<AccountType>{}</AccountType>"
    )
    assert ask(company, add("Account", inner.format("Bank"))).code == 3180
    assert ask(company, add("Account", inner.format("Expense"))).get("FullName") == "Rent:Sub"


def test_an_opening_balance_posts_against_equity() -> None:
    company = books()
    answer = ask(
        company,
        add(
            "Account",
            "<Name>Safe</Name><AccountType>Bank</AccountType><OpenBalance>12.50</OpenBalance>",
        ),
    )
    assert (answer.get("Balance"), answer.get("TotalBalance")) == ("12.50", "12.50")
    assert company.trial_balance()["Opening Balance Equity"] == -company.balance("Safe")
    refused = add(
        "Account",
        "<Name>Bad</Name><AccountType>Expense</AccountType><OpenBalance>1.00</OpenBalance>",
    )
    assert ask(company, refused).code == 3180
    assert company.find("Account", Name="Bad") == []


def test_total_balance_counts_subaccounts() -> None:
    company = books()
    company.add(
        "Account",
        {"Name": "Petty", "AccountType": "Bank", "ParentRef": "Checking", "OpenBalance": 5},
    )
    checking = company.find("Account", Name="Checking")[0]
    assert (checking["Balance"], checking["TotalBalance"]) == ("0.00", "5.00")
    assert "Balance" not in company.find("Account", Name="Rent")[0]


def test_a_stale_edit_sequence_is_3200() -> None:
    company = books()
    acme = company.find("Vendor", Name="Acme")[0]
    company.advance(1)
    company.edit("Vendor", acme["ListID"], {"Phone": "1"})
    answer = ask(company, mod("Vendor", acme, "<Phone>2</Phone>"))
    assert (answer.code, answer.text) == (3200, "The provided edit sequence is out-of-date.")
    assert company.get("Vendor", acme["ListID"])["Phone"] == "1"


def test_two_edits_within_a_second_share_edit_sequence_and_time() -> None:
    company = books()
    acme = company.find("Vendor", Name="Acme")[0]
    company.edit("Vendor", acme["ListID"], {"Phone": "1"})
    again = company.get("Vendor", acme["ListID"])
    assert again["EditSequence"] == acme["EditSequence"]
    assert again["TimeModified"] == acme["TimeModified"]
    assert ask(company, mod("Vendor", acme, "<Phone>2</Phone>")).code == 0


def test_a_mod_keeps_what_it_omits_and_clears_what_it_empties() -> None:
    company = books()
    vendor_id = company.add(
        "Vendor",
        {
            "Name": "Full",
            "Phone": "1",
            "Email": "a@b",
            "TermsRef": "Net 30",
            "VendorAddress": {"Addr1": "A", "Addr2": "B", "City": "C"},
        },
    )
    company.advance(1)
    answer = ask(
        company,
        mod(
            "Vendor",
            company.get("Vendor", vendor_id),
            "<VendorAddress><Addr2/><City>D</City></VendorAddress><Email/>"
            "<TermsRef><FullName/></TermsRef>",
        ),
    )
    assert answer.code == 0
    assert (answer.get("Phone"), answer.get("Email"), answer.get("TermsRef/FullName")) == (
        "1",
        None,
        None,
    )
    assert [(n.tag, n.text) for n in answer.ret.find("VendorAddress")] == [
        ("Addr1", "A"),
        ("City", "D"),
    ]
    assert answer.get("EditSequence") == "1768496401"


def test_a_name_cannot_be_cleared() -> None:
    company = books()
    acme = company.find("Vendor", Name="Acme")[0]
    assert ask(company, mod("Vendor", acme, "<Name/>")).code == 3190


def test_a_mod_onto_anothers_name_is_refused() -> None:
    company = books()
    acme = company.find("Vendor", Name="Acme")[0]
    answer = ask(company, mod("Vendor", acme, "<Name>bolt</Name>"))
    assert answer.code == 3170
    assert "Cannot merge list elements" in answer.text


def test_a_mod_of_what_is_not_there_is_3120() -> None:
    answer = ask(books(), mod("Vendor", {"ListID": "8000FFFF-1", "EditSequence": "1"}, ""))
    assert answer.code == 3120
    assert answer.text.startswith('Object "8000FFFF-1" specified in the request cannot be found.')


def test_renaming_a_parent_renames_the_childrens_paths_but_moves_no_time_of_theirs() -> None:
    company = books()
    kitchen = company.find("Customer", FullName="Cole:Kitchen")[0]
    company.advance(60)
    company.edit("Customer", company.find("Customer", Name="Cole")[0]["ListID"], {"Name": "King"})
    again = company.get("Customer", kitchen["ListID"])
    assert again["FullName"] == "King:Kitchen"
    assert again["ParentRef"]["FullName"] == "King"
    assert again["TimeModified"] == kitchen["TimeModified"]
    assert again["EditSequence"] == kitchen["EditSequence"]


def test_nothing_can_be_its_own_ancestor() -> None:
    company = books()
    cole = company.find("Customer", Name="Cole")[0]
    with pytest.raises(StatusError):
        company.edit("Customer", cole["ListID"], {"ParentRef": "Cole:Kitchen"})


def test_external_guid_is_kept_and_cannot_be_changed() -> None:
    company = books()
    guid = "{12345678-90ab-cdef-1234-567890abcdef}"
    answer = ask(company, add("Vendor", f"<Name>N</Name><ExternalGUID>{guid}</ExternalGUID>"))
    assert answer.get("ExternalGUID") == guid
    company.advance(1)
    changed = ask(company, mod("Vendor", company.find("Vendor", Name="N")[0], "<Phone>1</Phone>"))
    assert changed.get("ExternalGUID") == guid


def test_personal_data_is_withheld_and_refused_without_access() -> None:
    company = books()
    company.add("Vendor", {"Name": "Taxed", "VendorTaxIdent": "12-3"})
    query = "<VendorQueryRq><FullName>Taxed</FullName></VendorQueryRq>"
    assert ask(company, query).get("VendorTaxIdent") is None
    refused = add("Vendor", "<Name>N</Name><VendorTaxIdent>1</VendorTaxIdent>")
    assert ask(company, refused).code == 3261
    company.personal_data = True
    assert ask(company, query).get("VendorTaxIdent") == "12-3"


def test_class_writes_need_class_tracking() -> None:
    company = books(class_tracking=False)
    assert ask(company, add("Class", "<Name>West</Name>")).code == 3250


def test_a_list_record_in_use_cannot_be_deleted() -> None:
    company = books()
    acme = company.find("Vendor", Name="Acme")[0]["ListID"]
    net30 = company.find("StandardTerms", Name="Net 30")[0]["ListID"]
    with pytest.raises(StatusError, match="3160"):
        company.delete("StandardTerms", net30)
    with pytest.raises(StatusError, match="3160"):
        company.delete("Customer", company.find("Customer", Name="Cole")[0]["ListID"])
    company.delete("Vendor", acme)
    company.delete("StandardTerms", net30)
    assert company.find("Vendor", Name="Acme") == []
    assert company.add("Vendor", {"Name": "Acme"}) != acme


def test_list_del_over_the_wire() -> None:
    company = books()
    bolt = company.find("Vendor", Name="Bolt")[0]["ListID"]
    body = f"<ListDelRq><ListDelType>Vendor</ListDelType><ListID>{bolt}</ListID></ListDelRq>"
    codes = [answer.code for answer in ask_all(company, body + body).answers]
    assert codes == [0, 3120]


def test_a_record_somebody_has_open_is_3175() -> None:
    company = books()
    acme = company.find("Vendor", Name="Acme")[0]
    company.in_use.add(acme["ListID"])
    assert ask(company, mod("Vendor", acme, "<Phone>2</Phone>")).code == 3175


def test_the_offset_ignores_daylight_saving_time() -> None:
    company = CompanyFile(clock=SettableClock(datetime(2026, 7, 1, 16, 0, 30, tzinfo=UTC)))
    company.add("Vendor", {"Name": "Summer"})
    assert company.find("Vendor")[0]["TimeModified"] == "2026-07-01T12:00:30-05:00"
    winter = books().find("Vendor")[0]
    assert winter["TimeModified"] == "2026-01-15T12:00:00-05:00"
    kolkata = books(time_zone="Asia/Kolkata").find("Vendor")[0]
    assert kolkata["TimeModified"] == "2026-01-15T22:30:00+05:30"


def test_ids_of_two_lists_may_be_the_same() -> None:
    company = books()
    assert company.find("Class")[0]["ListID"] == company.find("StandardTerms")[0]["ListID"]


def test_contacts_and_notes_get_ids() -> None:
    company = books()
    answer = ask(
        company,
        add(
            "Vendor",
            "<Name>N</Name><Contacts><FirstName>Ann</FirstName></Contacts>"
            "<AdditionalNotes><Note>first</Note></AdditionalNotes>",
        ),
    )
    assert answer.code == 0
    contact = answer.get("ContactsRet/ListID")
    sequence = answer.get("ContactsRet/EditSequence")
    assert answer.get("AdditionalNotesRet/NoteID") == "1"
    changed = ask(
        company,
        mod(
            "Vendor",
            company.find("Vendor", Name="N")[0],
            f"<ContactsMod><ListID>{contact}</ListID><EditSequence>{sequence}</EditSequence>"
            "<FirstName>Bea</FirstName></ContactsMod>"
            "<AdditionalNotesMod><NoteID>1</NoteID><Note>second</Note></AdditionalNotesMod>",
        ),
    )
    assert changed.get("ContactsRet/FirstName") == "Bea"
    assert changed.get("AdditionalNotesRet/Note") == "second"


def test_the_bookkeeper_is_told_of_a_misspelt_element() -> None:
    with pytest.raises(StatusError, match="Phonne"):
        books().add("Vendor", {"Name": "X", "Phonne": "1"})
    with pytest.raises(ValueError, match="no kind of record"):
        books().add("Vendr", {"Name": "X"})


def test_what_the_bookkeeper_sees_can_be_entered_again() -> None:
    company = books()
    acme = company.find("Vendor", Name="Acme")[0]
    company.edit("Vendor", acme["ListID"], acme)
    assert company.get("Vendor", acme["ListID"]) == acme
