"""stopOnError, requestIDs, and every row of the error recovery table."""

from __future__ import annotations

import pytest

from tests.rehearsal.asking import Reply, ask, ask_all, bill, books, envelope
from webconnector.rehearsal.company_file import CompanyFile


def add(name: str, request_id: str = "") -> str:
    key = f' requestID="{request_id}"' if request_id else ""
    return f"<VendorAddRq{key}><VendorAdd><Name>{name}</Name></VendorAdd></VendorAddRq>"


def status(reply: Reply) -> str | None:
    return reply.attributes.get("messageSetStatusCode")


def count(company: CompanyFile) -> int:
    return len(company.all("Vendor"))


def test_stop_on_error_leaves_the_rest_with_3231_and_rolls_nothing_back() -> None:
    company = books()
    reply = ask_all(company, add("A") + add("Acme") + add("B"), onError="stopOnError")
    assert [a.code for a in reply.answers] == [0, 3100, 3231]
    assert reply.answers[2].text == "The request has not been processed."
    assert reply.answers[2].severity == "Error"
    assert company.find("Vendor", Name="A")
    assert not company.find("Vendor", Name="B")


def test_continue_on_error_runs_them_all() -> None:
    reply = ask_all(books(), add("A") + add("Acme") + add("B"))
    assert [a.code for a in reply.answers] == [0, 3100, 0]


def test_request_ids_are_echoed_when_given() -> None:
    reply = ask_all(books(), add("A", "x" * 50) + add("B"))
    assert [a.node.get("requestID") for a in reply.answers] == ["x" * 50, None]


def test_a_request_id_over_fifty_characters_is_1060() -> None:
    company = books()
    assert ask(company, add("A", "x" * 51)).code == 1060
    assert not company.find("Vendor", Name="A")


def test_without_data_only_the_status_comes() -> None:
    answer = ask(books(), add("A"), responseData="includeNone")
    assert (answer.code, answer.rets) == (0, [])


def test_without_ids_nothing_is_told_or_stored() -> None:
    company = books()
    reply = ask_all(company, add("A"))
    assert reply.attributes == {}
    assert status(ask_all(company, "", oldMessageSetID="X")) == "600"


def test_the_same_content_again_is_told_not_done() -> None:
    company = books()
    first = ask_all(company, add("A", "7"), newMessageSetID="X")
    assert dict(first.attributes) == {"newMessageSetID": "X", "messageSetStatusCode": "0"}
    before = count(company)
    again = ask_all(company, add("A", "7"), newMessageSetID="X")
    assert (status(again), count(company)) == ("0", before)
    answer = again.answers[0]
    assert (answer.code, answer.node.get("requestID"), answer.ret.tag) == (0, "7", "ErrorRecovery")
    assert answer.get("ListID") == first.answers[0].get("ListID")
    assert answer.get("EditSequence") == first.answers[0].get("EditSequence")


def test_the_whole_record_is_told_again_when_so_switched() -> None:
    company = books(recovered_as_error_recovery=False)
    first = company.process(envelope(add("A"), newMessageSetID="X"))
    assert company.process(envelope(add("A"), newMessageSetID="X")) == first


def test_a_refusal_is_stored_too() -> None:
    company = books()
    ask_all(company, add("Acme"), newMessageSetID="X")
    company.delete("Vendor", company.find("Vendor", Name="Acme")[0]["ListID"])
    assert ask_all(company, add("Acme"), newMessageSetID="X").answers[0].code == 3100


@pytest.mark.parametrize("body", [add("B"), add("A") + " ", add("A", "1")])
def test_other_content_under_a_known_id_is_9001_and_not_done(body: str) -> None:
    company = books()
    ask_all(company, add("A"), newMessageSetID="X")
    before = count(company)
    reply = ask_all(company, body, newMessageSetID="X")
    assert (status(reply), reply.answers, count(company)) == ("9001", [], before)


@pytest.mark.parametrize("length,code", [(23, "0"), (24, "9004")])
def test_an_id_over_23_characters_is_9004_and_not_done(length: int, code: str) -> None:
    company = books()
    assert status(ask_all(company, add("A"), newMessageSetID="x" * length)) == code
    assert bool(company.find("Vendor", Name="A")) == (code == "0")


@pytest.mark.parametrize("body", ["", add("A")])
def test_new_and_old_alike_only_ask(body: str) -> None:
    company = books()
    ask_all(company, add("A"), newMessageSetID="X")
    before = count(company)
    reply = ask_all(company, body, newMessageSetID="X", oldMessageSetID="X")
    assert (status(reply), [a.code for a in reply.answers], count(company)) == ("0", [0], before)
    unknown = ask_all(company, body, newMessageSetID="Y", oldMessageSetID="Y")
    assert (status(unknown), unknown.answers, count(company)) == ("9002", [], before)


def test_old_alone_erases_the_evidence() -> None:
    company = books()
    ask_all(company, add("A"), newMessageSetID="X")
    erased = ask_all(company, "", oldMessageSetID="X")
    assert dict(erased.attributes) == {"messageSetStatusCode": "0"}
    assert status(ask_all(company, "", oldMessageSetID="X")) == "600"
    assert ask_all(company, add("A"), newMessageSetID="X").answers[0].code == 3100


def test_600_runs_nothing() -> None:
    company = books()
    reply = ask_all(company, add("A"), oldMessageSetID="nothing")
    assert (status(reply), reply.answers) == ("600", [])
    assert not company.find("Vendor", Name="A")


def test_the_rolling_form_runs_the_new_and_drops_the_old() -> None:
    company = books()
    ask_all(company, add("A"), newMessageSetID="X")
    rolled = ask_all(company, add("B"), newMessageSetID="Y", oldMessageSetID="X")
    assert (status(rolled), rolled.answers[0].code) == ("0", 0)
    assert status(ask_all(company, "", oldMessageSetID="X")) == "600"
    again = ask_all(company, add("B"), newMessageSetID="Y", oldMessageSetID="X")
    assert again.answers[0].ret.tag == "ErrorRecovery"


def test_clearing_all_clears_one_application() -> None:
    company = books()
    for app in ("mine", "theirs"):
        ask_all(company, add(app), app=app, newMessageSetID="X")
    assert status(ask_all(company, "", app="mine", oldMessageSetID="ClearAllMessageSets")) == "0"
    assert status(ask_all(company, "", app="mine", oldMessageSetID="X")) == "600"
    assert status(ask_all(company, "", app="theirs", oldMessageSetID="X")) == "0"


def test_states_outlive_the_session_and_are_undone_by_a_restored_backup() -> None:
    company = books()
    backup = company.backup()
    ask_all(company, add("A"), newMessageSetID="X")
    company.end_session()
    company.begin_session()
    assert ask_all(company, add("A"), newMessageSetID="X").answers[0].ret.tag == "ErrorRecovery"
    company.advance(3600)
    company.restore(backup)
    assert not company.find("Vendor", Name="A")
    activity = ask(company, "<CompanyActivityQueryRq/>")
    assert activity.get("LastRestoreTime") == "2026-01-15T13:00:00-05:00"
    again = ask_all(company, add("A"), newMessageSetID="X")
    assert again.answers[0].ret.tag == "VendorRet"


def test_deletions_are_recovered_by_identity_and_queries_by_status() -> None:
    company = books()
    bolt = company.find("Vendor", Name="Bolt")[0]["ListID"]
    txn_id = bill(company)
    body = (
        f"<ListDelRq><ListDelType>Vendor</ListDelType><ListID>{bolt}</ListID></ListDelRq>"
        f"<TxnDelRq><TxnDelType>Bill</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"
        "<HostQueryRq/>"
    )
    ask_all(company, body, newMessageSetID="X")
    again = ask_all(company, body, newMessageSetID="X")
    assert [a.code for a in again.answers] == [0, 0, 0]
    assert again.answers[0].rets == []  # the schema has no ErrorRecovery for ListDel
    assert again.answers[1].get("TxnID") == txn_id
    assert again.answers[2].rets == []
