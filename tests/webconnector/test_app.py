"""The web application: pages without login, health, metrics, errors, and headers on everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from store.engine import upgrade
from tests.webconnector.soap_calls import Recorder, captured
from webconnector.app import create_app
from webconnector.settings import Settings, load

PAGES = ("/console/login", "/support")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = load(
        {
            "WEBCONNECTOR_DATA_DIR": str(tmp_path),
            "WEBCONNECTOR_SUPPORT_EMAIL": "help@example.com",
            "WEBCONNECTOR_SUPPORT_PHONE": "+1 555 0100",
        }
    )
    found.make_files()
    return found


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings, Recorder())
    yield app.test_client()
    app.extensions["store"].close()


class Outline(HTMLParser):
    """What matters to a screen reader: language, headings, landmarks, links, labels."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_root_leads_to_the_console(client: FlaskClient) -> None:
    response = client.get("/")
    assert (response.status_code, response.location) == (302, "/console/")


@pytest.mark.parametrize("path", [*PAGES, "/nothing-here"])
def test_every_page_is_accessible_by_its_structure(client: FlaskClient, path: str) -> None:
    outline = Outline(client.get(path).text)
    assert outline.all("html")[0]["lang"] == "en"
    assert len(outline.all("h1")) == len(outline.all("main")) == len(outline.all("title")) == 1
    assert any(meta.get("name") == "viewport" for meta in outline.all("meta"))
    assert outline.all("a")[0]["href"] == "#content"
    assert outline.all("main")[0]["id"] == "content"
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_nothing_from_elsewhere_and_hold_no_script_or_style(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path)
    outline = Outline(response.text)
    assert not [tag for tag, attributes in outline.tags if "style" in attributes]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    linked = [link["href"] for link in outline.all("link")]
    for address in [*linked, *(script["src"] for script in outline.all("script"))]:
        assert str(address).startswith("/static/")
        assert client.get(str(address), buffered=True).status_code == 200


def test_support_is_open_to_all_and_says_how_to_get_help(client: FlaskClient) -> None:
    response = client.get("/support")
    assert response.status_code == 200
    assert "mailto:help@example.com" in response.text
    assert "tel:+15550100" in response.text


def test_support_without_an_address_still_says_whom_to_ask(tmp_path: Path) -> None:
    app = create_app(load({"WEBCONNECTOR_DATA_DIR": str(tmp_path)}), Recorder())
    page = app.test_client().get("/support")
    app.extensions["store"].close()
    assert page.status_code == 200
    assert "mailto:" not in page.text
    assert "Ask whoever set up" in page.text


def test_alive_says_nothing_of_the_database(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}


def test_ready_only_when_the_tables_are_this_programs(
    client: FlaskClient, settings: Settings
) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "tables" in str(response.json)
    upgrade(settings.database)
    assert client.get("/readyz").json == {"status": "ready"}


def test_not_ready_when_the_database_is_gone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/missing-folder/store.sqlite3"
    variables = {"WEBCONNECTOR_DATA_DIR": str(tmp_path), "WEBCONNECTOR_DATABASE_URL": url}
    app = create_app(load(variables), Recorder())
    response = app.test_client().get("/readyz")
    assert response.status_code == 503
    assert "missing-folder" not in response.text
    app.extensions["store"].close()


def test_calls_are_counted_by_operation_and_kind_of_answer(client: FlaskClient) -> None:
    line = 'webconnector_calls_total{answer="text",operation="serverVersion"}'

    def count() -> float:
        found = re.search(re.escape(line) + r" ([0-9.]+)", client.get("/metrics").text)
        return float(found[1]) if found else 0.0

    before = count()
    response = client.post("/qbwc", data=captured("serverVersion"), content_type="text/xml")
    assert response.status_code == 200
    assert count() == before + 1


def test_an_error_page_tells_a_reference_and_no_internals(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("Acme owes 120.00")

    monkeypatch.setattr("webconnector.pages.render_template", fail)
    response = client.get("/support")
    assert response.status_code == 500
    reference = response.headers["X-Correlation-ID"]
    assert re.fullmatch("[0-9a-f]{8}", reference)
    assert reference in response.text
    assert "Acme" not in response.text
    assert "RuntimeError" not in response.text


def test_programs_get_errors_as_json(client: FlaskClient) -> None:
    response = client.get("/nothing", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert set(response.json or {}) == {"error", "correlation_id"}


@pytest.mark.parametrize("path", ["/support", "/healthz", "/nothing", "/static/webconnector.css"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_soap_endpoint_is_mounted_beside_the_pages(client: FlaskClient) -> None:
    assert client.get("/qbwc").status_code == 200
    assert b"wsdl" in client.get("/qbwc?wsdl").data
    assert client.get("/qbwc-other").status_code == 404


def test_importing_the_wsgi_module_builds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBCONNECTOR_LOG_FORMAT", "wrong")
    from webconnector import wsgi  # noqa: PLC0415 - importing it is the test

    assert "app" not in vars(wsgi)
