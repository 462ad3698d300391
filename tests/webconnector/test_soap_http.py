"""HTTP around the calls: pages, methods, the WSDL's address, paths and headers."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from tests.webconnector.soap_calls import PUBLIC_URL, Recorder, Reply, ask, captured, post
from webconnector.soap import soap_application

ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"


def get(**environ: Any) -> Reply:
    application = soap_application(Recorder(), public_url=PUBLIC_URL)
    return ask(application, **({"REQUEST_METHOD": "GET", "CONTENT_TYPE": ""} | environ))


def test_a_plain_get_is_a_friendly_page_because_the_web_connector_checks_certificates_by_it() -> (
    None
):
    page = get()
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"This address is working" in page.body


@pytest.mark.parametrize("query", ["", "wsdl"])
def test_head_has_the_headers_of_get_and_no_body(query: str) -> None:
    head = get(REQUEST_METHOD="HEAD", QUERY_STRING=query)
    assert head.status == 200
    assert head.headers == get(QUERY_STRING=query).headers
    assert head.body == b""


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl=", "wsdl=1", "a=b&wsdl"])
def test_the_wsdl_is_served_in_any_case(query: str) -> None:
    wsdl = get(QUERY_STRING=query)
    assert wsdl.status == 200
    assert wsdl.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert etree.fromstring(wsdl.body).tag == "{http://schemas.xmlsoap.org/wsdl/}definitions"


def test_the_wsdls_address_is_the_public_one_whatever_the_host_header_says() -> None:
    wsdl = get(QUERY_STRING="wsdl", HTTP_HOST="evil.example", SERVER_NAME="evil.example")
    (address,) = etree.fromstring(wsdl.body).iter(ADDRESS)
    assert address.get("location") == "https://sync.example.com/qbwc"
    assert b"evil" not in wsdl.body


def test_a_public_url_is_quoted_in_the_wsdl() -> None:
    application = soap_application(Recorder(), public_url='https://h.example/a&"b/')
    wsdl = ask(application, REQUEST_METHOD="GET", QUERY_STRING="wsdl")
    (address,) = etree.fromstring(wsdl.body).iter(ADDRESS)
    assert address.get("location") == 'https://h.example/a&"b/qbwc'


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
def test_other_methods_are_refused_with_the_allowed_ones(method: str) -> None:
    reply = get(REQUEST_METHOD=method)
    assert reply.status == 405
    assert reply.headers["Allow"] == "GET, HEAD, POST"
    assert reply.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("script", "path"),
    [("/qbwc", ""), ("/qbwc", "/"), ("", "/qbwc"), ("", "/qbwc/"), ("/in", "/qbwc")],
)
def test_the_address_works_with_and_without_a_slash_and_never_redirects(
    script: str, path: str
) -> None:
    where = {"SCRIPT_NAME": script, "PATH_INFO": path}
    assert get(**where).status == 200
    assert get(**where, QUERY_STRING="wsdl").status == 200
    assert post(Recorder(), captured("serverVersion"), **where).status == 200


@pytest.mark.parametrize("path", ["/x", "/qbwc.wsdl", "/service.wsdl", "/qbwc/qbwc"])
def test_other_paths_are_not_found(path: str) -> None:
    assert get(PATH_INFO=path).status == 404
    assert post(Recorder(), captured("serverVersion"), PATH_INFO=path).status == 404


def test_every_reply_tells_its_length_and_is_neither_compressed_nor_kept() -> None:
    calls = Recorder()
    replies = [
        get(),
        get(QUERY_STRING="wsdl"),
        get(REQUEST_METHOD="PUT"),
        post(calls, captured("serverVersion"), HTTP_ACCEPT_ENCODING="gzip, deflate"),
        post(calls, "nonsense"),
    ]
    for reply in replies:
        assert reply.headers["Content-Length"] == str(len(reply.body))
        assert reply.headers["Cache-Control"] == "no-store"
        assert not {"Content-Encoding", "Transfer-Encoding", "Location"} & set(reply.headers)
