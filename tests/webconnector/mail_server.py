"""For tests: a mail server on loopback that can refuse and hang up."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """`taken`: recipients and message of each mail; `refuses`: what each command is answered."""

    port: int = 0
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    hangs_up_after_data: bool = False

    def subjects(self) -> list[str]:
        """Of the mails taken, without the program's name."""
        return [str(one["Subject"]).partition("] ")[2] for _, one in self.taken]


def _handler(state: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 loopback")
            recipients: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb in state.refuses:
                    self.say(state.refuses[verb])
                elif line.lower() in state.refuses:
                    self.say(state.refuses[line.lower()])
                elif verb == "EHLO":
                    self.wfile.write(b"250-loopback\r\n250 AUTH PLAIN\r\n")
                elif verb == "DATA":
                    self.say("354 go on")
                    if not self.take(recipients):
                        return
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    if verb == "MAIL":
                        recipients = []
                    if verb == "RCPT":
                        recipients.append(line.partition("<")[2].partition(">")[0])
                    self.say("235 in" if verb == "AUTH" else "250 ok")

        def take(self, recipients: list[str]) -> bool:
            lines = list(iter(self.rfile.readline, b".\r\n"))
            if state.hangs_up_after_data:
                return False
            made = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(made, EmailMessage)
            state.taken.append((recipients, made))
            self.say("250 taken")
            return True

    return Handler


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that runs until the block ends."""
    state = MailServer()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(state)) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
