"""What gunicorn serves to measure a call: our SOAP endpoint and the floor under it.

Owns two WSGI applications that answer alike. The floor is one hand-written function: it parses
with lxml, takes the parameters, and puts the answer into a constant text. It checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from lxml import etree

from tests.webconnector.soap_calls import Recorder
from webconnector.soap import soap_application
from webconnector.soap_contract import INTUIT, SOAP_11

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

REQUEST = "<?xml version='1.0'?>" + "<VendorQueryRq/>" * 130  # about 2 KB
ANSWERS = {"authenticate": ["ticket", ""], "sendRequestXML": REQUEST, "receiveResponseXML": 50}
_ENVELOPE = (
    f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP_11}"><soap:Body>'
    f'<%(op)sResponse xmlns="{INTUIT}"><%(op)sResult>%(result)s</%(op)sResult></%(op)sResponse>'
    "</soap:Body></soap:Envelope>"
)


class _Calls(Recorder):
    """Constant answers that note nothing: a long run must not fill the memory."""

    def _answer(self, name: str, *arguments: object) -> object:
        _ = arguments
        return self.answers[name]


_soap = soap_application(
    _Calls(
        authenticate=("ticket", ""),
        send_request_xml=REQUEST,
        receive_response_xml=50,
    ),
    public_url="https://books.example.com",
)


def soap(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Our endpoint where the product mounts it."""
    return _soap(environ, start_response)


def floor(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The least that answers the same calls."""
    if environ["REQUEST_METHOD"] != "POST":  # "are you there?"
        start_response("204 No Content", [])
        return []
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    call = etree.fromstring(body, etree.XMLParser(huge_tree=True))[0][0]
    operation = str(call.tag).rpartition("}")[2]
    _given = {str(child.tag).rpartition("}")[2]: child.text for child in call}
    answer = ANSWERS[operation]
    if isinstance(answer, list):
        result = "".join(f"<string>{escape(one)}</string>" for one in answer)
    else:
        result = escape(str(answer))
    written = (_ENVELOPE % {"op": operation, "result": result}).encode()
    start_response(
        "200 OK",
        [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(written)))],
    )
    return [written]
