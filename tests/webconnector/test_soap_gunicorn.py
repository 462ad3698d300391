"""The endpoint under a real gunicorn with the shipped settings, on the wire."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from gunicorn.config import Config

from tests.webconnector.soap_calls import captured
from webconnector import gunicorn_conf
from webconnector.rehearsal.web_connector import WebConnector

ROOT = Path(__file__).parents[2]

APPLICATION = """
import os

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.webconnector.soap_calls import Recorder
from webconnector.soap import soap_application

flask = Flask("beside")
flask.config["MAX_CONTENT_LENGTH"] = 1000
calls = Recorder(
    send_request_xml="<?qbxml version='13.0'?>" + "é" * 100_000,
    close_connection=f"worker {os.getpid()}",
)
calls.receive_response_xml = lambda ticket, response, hresult, message: len(response)
app = DispatcherMiddleware(
    flask, {"/qbwc": soap_application(calls, public_url="https://x.example")}
)
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    folder = tmp_path_factory.mktemp("gunicorn")
    (folder / "served.py").write_text(APPLICATION)
    command = [
        *(sys.executable, "-W", "error::ResourceWarning", "-m", "gunicorn"),
        *("-c", "python:webconnector.gunicorn_conf", "--bind", "127.0.0.1:0"),
        *("--pythonpath", f"{ROOT},{folder}", "--workers", "1", "served:app"),
    ]
    environment = os.environ | {"HOME": str(folder), "PYTHONPATH": str(ROOT)}
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, env=environment
        )
    try:
        yield "127.0.0.1", port_in(log, server)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    assert not list(folder.glob(".gunicorn*")), "a control socket in the home folder"
    assert "Traceback" not in log.read_text()


def port_in(log: Path, server: subprocess.Popen[bytes]) -> int:
    """The port that gunicorn tells in its log."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        text = log.read_text()
        if "Listening at: http://127.0.0.1:" in text and "Booting worker" in text:
            return int(text.split("Listening at: http://127.0.0.1:")[1].split()[0])
        time.sleep(0.02)
    raise AssertionError(log.read_text())


@pytest.fixture
def connector(address: tuple[str, int]) -> WebConnector:
    host, port = address
    return WebConnector(f"http://{host}:{port}/qbwc", "u", "p")


class Books:
    """A company file that answers every request alike."""

    path = r"C:\Acme.qbw"

    def begin_session(self) -> str:
        return "s"

    def end_session(self) -> None:
        pass

    def hcp(self) -> str:
        return "<QBXML/>"

    def process(self, text: str) -> str:
        assert text.startswith("<?qbxml version='13.0'?>éé")
        return "x" * 100


def test_the_strict_web_connector_is_served_a_whole_update(connector: WebConnector) -> None:
    log = connector.run(Books())
    assert (log.outcome, log.percents) == ("finished", [100])
    assert log.close_text.startswith("worker ")


def test_twelve_megabytes_of_text_pass(connector: WebConnector) -> None:
    text = "<VendorRet/>" * 1_000_000
    assert connector.call("receiveResponseXML", ticket="t", response=text) == len(text)


def test_flasks_own_body_limit_does_not_touch_the_endpoint(connector: WebConnector) -> None:
    assert connector.call("receiveResponseXML", response="x" * 5_000) == 5_000


def test_a_chunked_call_is_taken_and_a_long_one_refused(address: tuple[str, int]) -> None:
    def chunked(body: bytes) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(*address, timeout=30)
        try:
            blocks = (body[start : start + 50_000] for start in range(0, len(body), 50_000))
            headers = {"Content-Type": "text/xml; charset=utf-8"}
            connection.request("POST", "/qbwc", blocks, headers, encode_chunked=True)
            response = connection.getresponse()
            response.read()
            return response
        finally:
            connection.close()

    assert chunked(captured("getLastError", "<ticket>t</ticket>").encode()).status == 200
    long = captured("receiveResponseXML", f"<response>{escape('<a/>' * 50_000)}</response>")
    assert chunked(long.encode()).status == 200
    assert (
        chunked(captured("getLastError", f"<ticket>{'t' * 70_000}</ticket>").encode()).status == 413
    )


def test_100_mib_are_refused_by_content_length_before_they_are_sent(
    address: tuple[str, int],
) -> None:
    connection = http.client.HTTPConnection(*address, timeout=30)
    connection.putrequest("POST", "/qbwc")
    connection.putheader("Content-Type", "text/xml; charset=utf-8")
    connection.putheader("Content-Length", str(100 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_an_empty_post_and_a_lie_about_the_length_get_an_answer(connector: WebConnector) -> None:
    assert connector.post(b"")[0] == 400
    assert connector.post(b"", {"Content-Length": "0", "Content-Type": ""})[0] == 415
    status, headers, body = connector.post(captured("getLastError").encode() * 2)
    assert (status, headers["Content-Type"]) == (400, "text/xml; charset=utf-8")
    assert b"Fault" in body


def test_get_and_wsdl_are_served(address: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*address, timeout=30)
    for path, start in (("/qbwc", b"<!doctype html>"), ("/qbwc/?WSDL", b"<?xml")):
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == 200
        assert response.read().startswith(start)
    connection.close()


def test_the_options_are_gunicorns_own() -> None:
    options = gunicorn_conf.options(
        bind="127.0.0.1:0", workers=2, tls_cert="cert.pem", tls_key="key.pem"
    )
    config = Config()
    for name, value in options.items():
        config.set(name, value)
    assert config.control_socket_disable is True
    assert config.worker_class_str == "gthread"
    assert (config.threads, config.workers) == (4, 2)
    assert "certfile" not in gunicorn_conf.options(bind="127.0.0.1:0", workers=2)
