"""spyne's part of the endpoint: dispatch by contract, types, writing of results.

Owns the eleven operations and spyne's settings. Must not know the session logic (it has
`WebConnectorCalls`) nor HTTP; the envelope it gets is parsed and checked already.
"""

# ruff: noqa: N802, N803, N805 - Intuit's names, and spyne's methods take a context, not self

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webconnector import spyne_compat
from webconnector.soap_answers import Result, as_int, as_strings, as_text, guarded
from webconnector.soap_contract import INTUIT, SOAP_11
from webconnector.soap_envelope import BadCallError, without_illegal

spyne_compat.prepare()

# Importing spyne before prepare() fails on Python 3.12 and later.
from spyne import (  # noqa: E402
    Application,
    Array,
    Integer32,
    Service,
    Unicode,
    rpc,
)
from spyne.error import Fault  # noqa: E402
from spyne.protocol.soap import Soap11  # noqa: E402
from spyne.server.wsgi import WsgiApplication  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from webconnector.calls import WebConnectorCalls

# Where the front puts the parsed envelope for `EnvelopeProtocol`.
ENVELOPE_KEY = "webconnector.envelope"

ArrayOfString = Array(Unicode, type_name="ArrayOfString")
RequiredInt = Integer32(min_occurs=1, nillable=False)

# Contexts sit in reference cycles: what they hold lives until a garbage collection.
_HEAVY_FIELDS = (
    "in_string",
    "in_document",
    "in_header_doc",
    "in_body_doc",
    "in_object",
    "out_object",
    "out_body_doc",
    "out_document",
    "out_string",
)


class EnvelopeProtocol(Soap11):
    """SOAP 1.1 input from an envelope that is already parsed, validated by the contract."""

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:  # noqa: ARG002
        """Take over the parsed envelope. The empty map of ids keeps href resolution off."""
        root: etree._Element = ctx.transport.req_env[ENVELOPE_KEY]
        ctx.in_document = (root, {})

    def validate_body(self, ctx: Any, message: Any) -> None:
        """Refuse parameters that the contract does not know, with a text free of contents."""
        try:
            super().validate_body(ctx, message)
        except Fault as unfit:
            text = "The parameters are not those of the Web Connector's contract."
            raise BadCallError("parameters", text) from unfit


class ContractApplication(Application):
    """The spyne application, with the calls object that its operations ask."""

    def __init__(self, calls: WebConnectorCalls) -> None:
        super().__init__(
            [QBWebConnectorSvc],
            tns=INTUIT,
            name="QBWebConnectorSvc",
            in_protocol=EnvelopeProtocol(validator="lxml", parse_xsi_type=False),
            out_protocol=Soap11(),
        )
        self.calls = calls


def spyne_application(calls: WebConnectorCalls) -> WsgiApplication:
    """The WSGI application for envelopes handed over under `ENVELOPE_KEY`."""
    application = ContractApplication(calls)
    server = WsgiApplication(application)
    # Intuit's namespace unprefixed, as ASP.NET writes it. The SOAP prefix is hard-wired in spyne.
    application.interface.nsmap = {None: INTUIT, "soap11env": SOAP_11}
    application.event_manager.add_listener("method_context_closed", _release)
    return server


def _release(ctx: Any) -> None:
    for field in _HEAVY_FIELDS:
        setattr(ctx, field, None)


def _text(value: object) -> str:
    # One character that XML forbids would make spyne answer 200 with an empty envelope.
    return without_illegal(as_text(value))


def _strings(value: object) -> tuple[str, ...]:
    return tuple(without_illegal(item) for item in as_strings(value))


def _ask(
    ctx: Any,
    operation: str,
    ticket: str | None,
    kind: Callable[[object], Result],
    question: Callable[[WebConnectorCalls], Result],
) -> Result:
    calls: WebConnectorCalls = ctx.app.calls
    return guarded(operation, ticket or "", lambda: question(calls), kind)


class QBWebConnectorSvc(Service):
    """Intuit's contract. Method and parameter names are the element names on the wire."""

    @rpc(Unicode, _returns=Unicode)
    def serverVersion(ctx: Any, strVersion: str | None) -> str:  # noqa: ARG002
        return _ask(ctx, "serverVersion", "", _text, lambda calls: calls.server_version())

    @rpc(Unicode, _returns=Unicode)
    def clientVersion(ctx: Any, strVersion: str | None) -> str:
        version = strVersion or ""
        return _ask(ctx, "clientVersion", "", _text, lambda calls: calls.client_version(version))

    @rpc(Unicode, Unicode, _returns=ArrayOfString)
    def authenticate(ctx: Any, strUserName: str | None, strPassword: str | None) -> tuple[str, ...]:
        username, password = strUserName or "", strPassword or ""
        return _ask(
            ctx,
            "authenticate",
            "",
            _strings,
            lambda calls: calls.authenticate(username, password),
        )

    @rpc(Unicode, Unicode, Unicode, Unicode, RequiredInt, RequiredInt, _returns=Unicode)
    def sendRequestXML(
        ctx: Any,
        ticket: str | None,
        strHCPResponse: str | None,
        strCompanyFileName: str | None,
        qbXMLCountry: str | None,
        qbXMLMajorVers: int,
        qbXMLMinorVers: int,
    ) -> str:
        return _ask(
            ctx,
            "sendRequestXML",
            ticket,
            _text,
            lambda calls: calls.send_request_xml(
                ticket or "",
                strHCPResponse or "",
                strCompanyFileName or "",
                qbXMLCountry or "",
                qbXMLMajorVers,
                qbXMLMinorVers,
            ),
        )

    @rpc(Unicode, Unicode, Unicode, Unicode, _returns=RequiredInt)
    def receiveResponseXML(
        ctx: Any,
        ticket: str | None,
        response: str | None,
        hresult: str | None,
        message: str | None,
    ) -> int:
        return _ask(
            ctx,
            "receiveResponseXML",
            ticket,
            as_int,
            lambda calls: calls.receive_response_xml(
                ticket or "", response or "", hresult or "", message or ""
            ),
        )

    @rpc(Unicode, Unicode, Unicode, _returns=Unicode)
    def connectionError(
        ctx: Any, ticket: str | None, hresult: str | None, message: str | None
    ) -> str:
        return _ask(
            ctx,
            "connectionError",
            ticket,
            _text,
            lambda calls: calls.connection_error(ticket or "", hresult or "", message or ""),
        )

    @rpc(Unicode, _returns=Unicode)
    def getLastError(ctx: Any, ticket: str | None) -> str:
        return _ask(
            ctx, "getLastError", ticket, _text, lambda calls: calls.get_last_error(ticket or "")
        )

    @rpc(Unicode, _returns=Unicode)
    def closeConnection(ctx: Any, ticket: str | None) -> str:
        return _ask(
            ctx,
            "closeConnection",
            ticket,
            _text,
            lambda calls: calls.close_connection(ticket or ""),
        )

    @rpc(Unicode, Unicode, _returns=Unicode)
    def getInteractiveURL(ctx: Any, wcTicket: str | None, sessionID: str | None) -> str:
        return _ask(
            ctx,
            "getInteractiveURL",
            wcTicket,
            _text,
            lambda calls: calls.get_interactive_url(wcTicket or "", sessionID or ""),
        )

    @rpc(Unicode, Unicode, _returns=Unicode)
    def interactiveRejected(ctx: Any, wcTicket: str | None, reason: str | None) -> str:
        return _ask(
            ctx,
            "interactiveRejected",
            wcTicket,
            _text,
            lambda calls: calls.interactive_rejected(wcTicket or "", reason or ""),
        )

    @rpc(Unicode, _returns=Unicode)
    def interactiveDone(ctx: Any, wcTicket: str | None) -> str:
        return _ask(
            ctx,
            "interactiveDone",
            wcTicket,
            _text,
            lambda calls: calls.interactive_done(wcTicket or ""),
        )
