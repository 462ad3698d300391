"""The .qwc file: Intuit's rules, one test each; what is written reads back equal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qwc.document import QwcDocument, check, parse, public_urls, render
from qwc.errors import InvalidQwc

GOOD = QwcDocument(
    app_name="Key CashFlow",
    app_url="https://cashflow.example.com/qbwc",
    app_description="Keeps bills and invoices in sync",
    app_support="https://cashflow.example.com/support",
    user_name="acme-1",
    owner_id="{0f8fad5b-d9cb-469f-a165-70867728950e}",
    file_id="{7C9E6679-7425-40DE-944B-E07FC1F90AE7}",
    run_every_minutes=15,
)


def at(host: str, *, support: str | None = None) -> QwcDocument:
    """Return the good document at another `scheme://host`."""
    return replace(GOOD, app_url=f"{host}/qbwc", app_support=f"{support or host}/support")


def found(document: QwcDocument) -> set[tuple[str, str]]:
    return {(finding.code, finding.field) for finding in check(document)}


def test_a_good_document_has_no_findings() -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize(
    "host",
    [
        "http://localhost:8000",
        "https://localhost",
        "HTTPS://CashFlow.Example.com:8443",
        "https://sub.cash-flow.example",
        "https://accounting-pc",
        "https://10.example.com",
    ],
)
def test_these_hosts_are_good(host: str) -> None:
    assert check(at(host)) == []


@pytest.mark.parametrize(
    "host", ["http://cashflow.example.com", "http://accounting-pc", "ftp://a.b"]
)
def test_anything_but_localhost_needs_https(host: str) -> None:
    assert ("QBWC1010", "AppURL") in found(at(host))


@pytest.mark.parametrize(
    "host",
    [
        "https://127.0.0.1",
        "http://127.0.0.1:8000",
        "https://192.168.1.20",
        "https://[::1]:8000",
        "https://[2001:db8::7]",
        "https://2130706433",
        "https://0x7f.1",
        "https://127.1",
    ],
)
def test_an_ip_address_is_refused_in_both(host: str) -> None:
    assert {("QBWC1001", "AppURL"), ("QBWC1002", "AppSupport")} <= found(at(host))


@pytest.mark.parametrize(
    "one, other",
    [
        ("https://a.example.com", "https://b.example.com"),
        ("https://accounting-pc", "https://other-pc"),
        ("https://localhost", "https://accounting-pc"),
    ],
)
def test_support_is_on_the_same_host(one: str, other: str) -> None:
    assert found(at(one, support=other)) == {("QBWC1000", "AppSupport")}


def test_the_same_host_may_be_written_in_another_case_and_port() -> None:
    assert check(at("https://a.example.com", support="https://A.Example.com:8443")) == []


@pytest.mark.parametrize(
    "url",
    [
        "cashflow.example.com/qbwc",
        "https://",
        "https:///qbwc",
        "https://a.example.com:99999/",
        "https://[::1/",
        "https://-a.example.com/",
        "https://a..example.com/",
        "https://b\u00fccher.example/",
        "https://a.example.com/a b",
        "https://a.example.com/\\x",
        "https://" + "a" * 2100,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    assert "AppURL" in {field for _, field in found(replace(GOOD, app_url=url))}


@pytest.mark.parametrize(
    "url", ["https://me:secret@a.example.com/qbwc", "https://me@a.example.com/", "https://a.b/#x"]
)
def test_user_info_and_fragments_are_refused(url: str) -> None:
    document = replace(GOOD, app_url=url, app_support=url)
    assert {("", "AppURL"), ("", "AppSupport")} <= found(document)


@pytest.mark.parametrize(
    "field, element",
    [
        ("app_name", "AppName"),
        ("app_url", "AppURL"),
        ("app_description", "AppDescription"),
        ("app_support", "AppSupport"),
        ("user_name", "UserName"),
        ("owner_id", "OwnerID"),
        ("file_id", "FileID"),
        ("qb_type", "QBType"),
    ],
)
def test_required_elements_are_filled(field: str, element: str) -> None:
    empty: dict[str, str] = {field: ""}
    assert found(replace(GOOD, **empty)) == {("QBWC1039", element)}  # type: ignore[arg-type]


def test_the_app_id_may_be_empty() -> None:
    assert b"<AppID></AppID>" in render(GOOD) or b"<AppID/>" in render(GOOD)


@pytest.mark.parametrize(
    "guid",
    [
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "{0f8fad5bd9cb469fa16570867728950e}",
        "{0f8fad5b-d9cb-469f-a165-70867728950g}",
        "{0f8fad5b-d9cb-469f-a165-70867728950e",
        "0",
    ],
)
@pytest.mark.parametrize("field, element", [("owner_id", "OwnerID"), ("file_id", "FileID")])
def test_guids_stand_in_braces(field: str, element: str, guid: str) -> None:
    changed: dict[str, str] = {field: guid}
    assert found(replace(GOOD, **changed)) == {("QBWC1039", element)}  # type: ignore[arg-type]


def test_the_description_has_at_most_80_characters() -> None:
    assert check(replace(GOOD, app_description="x" * 80)) == []
    assert found(replace(GOOD, app_description="x" * 81)) == {("", "AppDescription")}


@pytest.mark.parametrize("flags", ["", "0x0", "0xF", "0xf", "15", "0x8"])
def test_auth_flags_are_a_sum_of_the_four_editions(flags: str) -> None:
    assert check(replace(GOOD, auth_flags=flags)) == []


@pytest.mark.parametrize("flags", ["0x10", "16", "F", "-1", "0x", "all"])
def test_other_auth_flags_are_refused(flags: str) -> None:
    assert found(replace(GOOD, auth_flags=flags)) == {("QBWC1034", "AuthFlags")}


@pytest.mark.parametrize("minutes", [0, -5])
def test_the_schedule_is_a_minute_or_more(minutes: int) -> None:
    assert found(replace(GOOD, run_every_minutes=minutes)) == {("", "Scheduler")}
    assert check(replace(GOOD, run_every_minutes=1)) == []


@pytest.mark.parametrize(
    "character", ["\x00", "\n", "\t", "\x7f", "\x85", "\u2028", "\ud800", "\uffff"]
)
def test_control_characters_are_refused(character: str) -> None:
    assert found(replace(GOOD, app_name=f"Key{character}CashFlow")) == {("QBWC1039", "AppName")}
    changed = replace(GOOD, app_url=f"https://cashflow.example.com/{character}qbwc")
    assert ("QBWC1039", "AppURL") in found(changed)


def test_outer_blanks_are_refused() -> None:
    assert found(replace(GOOD, user_name="acme ")) == {("", "UserName")}


@pytest.mark.parametrize(
    "field, element",
    [
        ("qb_type", "QBType"),
        ("style", "Style"),
        ("personal_data_pref", "PersonalDataPref"),
        ("unattended_mode_pref", "UnattendedModePref"),
    ],
)
def test_choices_are_those_of_intuit(field: str, element: str) -> None:
    changed: dict[str, str] = {field: "Whatever"}
    assert found(replace(GOOD, **changed)) == {("QBWC1039", element)}  # type: ignore[arg-type]


def test_a_read_only_application_is_refused() -> None:
    assert found(replace(GOOD, is_read_only=True)) == {("QBWC1039", "IsReadOnly")}


def test_render_refuses_with_all_findings_and_says_the_cure() -> None:
    bad = replace(GOOD, app_url="http://10.0.0.1/", owner_id="x", auth_flags="y")
    with pytest.raises(InvalidQwc) as refused:
        render(bad)
    assert list(refused.value.findings) == check(bad)
    assert {"QBWC1010", "QBWC1001", "QBWC1000", "QBWC1039", "QBWC1034"} == {
        finding.code for finding in refused.value.findings
    }
    assert "AppURL: It must begin with https://" in str(refused.value)


def test_the_file_is_utf_8_without_byte_order_mark() -> None:
    written = render(replace(GOOD, app_name="Caf\u00e9 & <S\u00f6hne>"))
    assert written.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<QBWCXML>')
    assert "Caf\u00e9 &amp; &lt;S\u00f6hne&gt;".encode() in written


def test_ampersands_in_addresses_are_escaped() -> None:
    document = replace(GOOD, app_url="https://cashflow.example.com/qbwc?a=1&b=2")
    assert b"?a=1&amp;b=2" in render(document)
    assert parse(render(document)) == document


def test_every_element_is_in_the_file_under_intuits_name() -> None:
    full = replace(
        GOOD,
        app_id="id",
        auth_flags="0xF",
        app_display_name="CashFlow",
        app_unique_name="CashFlow Acme",
        cert_url="https://cashflow.example.com/",
        notify=True,
        personal_data_pref="pdpOptional",
    )
    root = etree.fromstring(render(full))
    assert {str(element.tag) for element in root.iter()} == {
        "QBWCXML", "AppName", "AppID", "AppURL", "AppDescription", "AppSupport", "UserName",
        "OwnerID", "FileID", "QBType", "Scheduler", "RunEveryNMinutes", "Style", "AuthFlags",
        "AppDisplayName", "AppUniqueName", "CertURL", "IsReadOnly", "Notify", "PersonalDataPref",
        "UnattendedModePref",
    }  # fmt: skip
    assert parse(render(full)) == full


def test_the_certificate_is_checked_by_address() -> None:
    assert check(replace(GOOD, cert_url="https://10.0.0.1/")) == []
    assert found(replace(GOOD, cert_url="nowhere")) == {("QBWC1048", "CertURL")}


def test_optional_elements_are_left_out() -> None:
    written = render(replace(GOOD, run_every_minutes=None))
    for element in (b"Scheduler", b"AuthFlags", b"CertURL", b"AppDisplayName", b"AppUniqueName"):
        assert element not in written


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@given(words, words, words, st.uuids(), st.none() | st.integers(1, 10**6), st.booleans())
def test_what_is_written_reads_back_equal(
    name: str,
    description: str,
    user: str,
    uuid: object,
    minutes: int | None,
    notify: bool,
) -> None:
    document = replace(
        GOOD,
        app_name=name,
        app_description=description,
        user_name=user,
        file_id=f"{{{uuid}}}",
        run_every_minutes=minutes,
        notify=notify,
    )
    assert parse(render(document)) == document


@given(st.text(), st.text(), st.text(), st.text(), st.integers())
def test_anything_is_checked_and_what_passes_can_be_written(
    name: str, url: str, guid: str, flags: str, minutes: int
) -> None:
    document = replace(
        GOOD, app_name=name, app_url=url, file_id=guid, auth_flags=flags, run_every_minutes=minutes
    )
    for finding in check(document):
        assert finding.field
        assert finding.text.endswith(".")


@given(st.text(max_size=30))
def test_any_address_is_checked_without_a_crash(rest: str) -> None:
    check(at(f"https://{rest}"))


FILE = """<?xml version="1.0"?>
<!-- from somewhere else --><QBWCXML>
  <UserName> joe </UserName><AppName>App</AppName><Surprise/>
  <Scheduler><RunEveryNSeconds>90</RunEveryNSeconds><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler>
  <IsReadOnly>FALSE</IsReadOnly><Notify>1</Notify>
</QBWCXML>"""


def test_other_peoples_files_are_read() -> None:
    document = parse(FILE.encode())
    assert (document.user_name, document.app_name, document.notify) == ("joe", "App", True)
    assert (document.run_every_minutes, document.style) == (2, "Document")
    assert {field for _, field in found(document)} == {
        "AppURL", "AppDescription", "AppSupport", "OwnerID", "FileID", "QBType",
    }  # fmt: skip


def test_a_byte_order_mark_is_read_over() -> None:
    assert parse(b"\xef\xbb\xbf" + render(GOOD)) == GOOD


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<QBWCXML>",
        b"<Other/>",
        b"<!DOCTYPE QBWCXML><QBWCXML/>",
        b'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><QBWCXML><AppName>&x;</AppName></QBWCXML>',
        b"<QBWCXML>" + b" " * 70_000 + b"</QBWCXML>",
        b"<QBWCXML><AppName>a</AppName><AppName>b</AppName></QBWCXML>",
        b"<QBWCXML><IsReadOnly>maybe</IsReadOnly></QBWCXML>",
        b"<QBWCXML><Scheduler><RunEveryNMinutes>x</RunEveryNMinutes></Scheduler></QBWCXML>",
    ],
)
def test_what_is_no_qwc_file_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidQwc):
        parse(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(InvalidQwc):
        parse(data)


@pytest.mark.parametrize(
    "base, expected",
    [
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://cashflow.example.com/", "https://cashflow.example.com"),
        (" https://example.com/books// ", "https://example.com/books"),
    ],
)
def test_both_addresses_follow_from_the_public_one(base: str, expected: str) -> None:
    assert public_urls(base) == (f"{expected}/qbwc", f"{expected}/support")


@pytest.mark.parametrize(
    "base",
    [
        "",
        "localhost:8000",
        "http://example.com",
        "https://1.2.3.4",
        "https://a.b/?x",
        "https://a.b/#",
    ],
)
def test_a_public_address_the_web_connector_would_refuse_is_refused(base: str) -> None:
    with pytest.raises(InvalidQwc):
        public_urls(base)
