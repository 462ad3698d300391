"""What one SOAP call costs more than a hand-written function under the same gunicorn.

Owns the comparison of `apps.soap` with `apps.floor`, over HTTP with one kept-alive connection.
"""

from __future__ import annotations

import http.client
import time
from statistics import median

from tests.benchmarks import pages
from tests.benchmarks.figures import Figure, ratio
from tests.benchmarks.ground import Grounds
from tests.benchmarks.serving import Served, serving
from webconnector.rehearsal.soap_wire import Parameter, envelope

rounds = 7
goal = 3.0
_TICKET = {"ticket": "0123456789abcdef0123456789abcdef"}
_PAGE = pages.answer("Customer", [pages.customer(number) for number in range(100)])

# Name, operation, parameters, calls in a round.
_CALLS: tuple[tuple[str, str, dict[str, Parameter], int], ...] = (
    ("authenticate", "authenticate", {"strUserName": "kcf-abc", "strPassword": "secret"}, 300),
    (
        "sendRequestXML, 2 KB back",
        "sendRequestXML",
        {
            **_TICKET,
            "strHCPResponse": "",
            "strCompanyFileName": "C:\\Acme.QBW",
            "qbXMLCountry": "US",
            "qbXMLMajorVers": 16,
            "qbXMLMinorVers": 0,
        },
        300,
    ),
    (
        "receiveResponseXML, a page of 70 KB",
        "receiveResponseXML",
        {**_TICKET, "response": _PAGE, "hresult": "", "message": ""},
        60,
    ),
    (
        "receiveResponseXML, 7 MB",
        "receiveResponseXML",
        {**_TICKET, "response": _PAGE * 100, "hresult": "", "message": ""},
        1,
    ),
)


def _seconds(served: Served, operation: str, body: bytes, calls: int) -> float:
    """Seconds a call, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=600)
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"http://developer.intuit.com/{operation}"',
    }
    began = time.perf_counter()
    for _ in range(calls):
        connection.request("POST", "/qbwc", body, headers)
        response = connection.getresponse()
        answered = response.read()
        if response.status != http.client.OK or b"Result" not in answered:
            raise RuntimeError(f"{operation} was answered {response.status}")
    taken = time.perf_counter() - began
    connection.close()
    return taken / calls


def measure(grounds: Grounds) -> list[Figure]:
    """The ratio for each kind of call; ours and the floor take turns, the median counts."""
    found = []
    with (
        serving("tests.benchmarks.apps:soap", grounds.folder, {}) as ours,
        serving("tests.benchmarks.apps:floor", grounds.folder, {}) as low,
    ):
        for name, operation, parameters, calls in _CALLS:
            body = envelope(operation, parameters)
            times = [
                (_seconds(ours, operation, body, calls), _seconds(low, operation, body, calls))
                for _ in range(rounds)
            ][1:]
            mine, floor = median(one for one, _ in times), median(two for _, two in times)
            scale = f" ({mine * 1000:.2f} ms a call, the floor {floor * 1000:.2f} ms)"
            found.append(ratio(f"SOAP call {name}", mine, floor, goal, more=scale))
    return found
