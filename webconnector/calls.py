"""The eleven questions the QuickBooks Web Connector asks, as plain Python calls.

Owns the shape of the seam between the SOAP layer and the session logic. Knows nothing of XML,
HTTP or the store: strings and integers in, strings and integers out. Implementations may raise
anything; the SOAP layer then gives the protocol answer that ends the session in good order.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

peer: ContextVar[str] = ContextVar("peer", default="")
"""The address that the present call comes from: clientVersion names no user."""


class WebConnectorCalls(Protocol):
    """What answers the Web Connector. Missing and nil parameters arrive as ``""``."""

    def server_version(self) -> str:
        """Any text; shown in the Web Connector's "More information" window."""
        ...

    def client_version(self, version: str) -> str:
        """``""`` to go on, ``E:text`` or ``O:version`` to stop the session."""
        ...

    def authenticate(self, username: str, password: str) -> tuple[str, ...]:
        """Two to four strings.

        The ticket; a file path, ``""``, ``none``, ``nvu`` or ``busy``; then, if wanted, seconds
        to postpone this session and the least seconds between sessions.
        """
        ...

    def send_request_xml(
        self,
        ticket: str,
        hcp_response: str,
        company_file: str,
        country: str,
        major: int,
        minor: int,
    ) -> str:
        """The next qbXML request, or ``""``/``NoOp``, which makes it ask for the last error."""
        ...

    def receive_response_xml(self, ticket: str, response: str, hresult: str, message: str) -> int:
        """0..99 go on, 100 finished, negative: ask for the last error and stop."""
        ...

    def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        """``done`` to give up, else the path of a company file to try."""
        ...

    def knows_ticket(self, ticket: str) -> bool:
        """Whether a session has this ticket, open or over: asked before a long body is parsed."""
        ...

    def get_last_error(self, ticket: str) -> str:
        """Text for the user, or ``NoOp`` to be asked again in five seconds."""
        ...

    def close_connection(self, ticket: str) -> str:
        """Text for the Web Connector's status column."""
        ...

    def get_interactive_url(self, ticket: str, session_id: str) -> str:
        """The address of an interactive page; ``""`` when there is none."""
        ...

    def interactive_rejected(self, ticket: str, reason: str) -> str:
        """Text for the Web Connector's status column."""
        ...

    def interactive_done(self, ticket: str) -> str:
        """``Done`` when the interactive part is over."""
        ...
