"""Settings of mail: what they need, and what `webconnector check --mail` says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.webconnector.command_line import CommandLine
from tests.webconnector.mail_server import MailServer, mail_server
from webconnector.settings import SettingsError, load

SUPPORT = "support@example.com"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


def test_a_mail_server_needs_the_addresses_and_its_password_a_secret_way() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"WEBCONNECTOR_MAIL_HOST": "mail.example.com"})
    assert "WEBCONNECTOR_MAIL_FROM: must be set" in str(caught.value)
    assert "WEBCONNECTOR_MAIL_SUPPORT: must be set" in str(caught.value)
    with pytest.raises(SettingsError, match="in the clear"):
        load(
            {
                "WEBCONNECTOR_MAIL_HOST": "mail.example.com",
                "WEBCONNECTOR_MAIL_SECURITY": "none",
                "WEBCONNECTOR_MAIL_USER": "us",
                "WEBCONNECTOR_MAIL_FROM": "a@example.com",
                "WEBCONNECTOR_MAIL_SUPPORT": SUPPORT,
            }
        )


def test_check_logs_in_only_when_asked_and_sends_nothing(
    webconnector: CommandLine, server: MailServer, tmp_path: Any
) -> None:
    secret = tmp_path / "password"
    secret.write_text("hidden-word\n")
    webconnector.set(
        MAIL_HOST="127.0.0.1",
        MAIL_PORT=str(server.port),
        MAIL_SECURITY="none",
        MAIL_USER="us",
        MAIL_PASSWORD_FILE=str(secret),
        MAIL_FROM="webconnector@example.com",
        MAIL_SUPPORT=SUPPORT,
    )

    def found(*options: str) -> Any:
        said = webconnector("check", "--json", *options)
        assert "hidden-word" not in said.out + said.err
        return next(one for one in said.json["findings"] if one["check"] == "mail")

    assert found("--mail")["verdict"] == "good"
    server.refuses["AUTH"] = "535 hidden-word is wrong"
    assert found("--mail")["verdict"] == "wrong"
    assert "535" in found("--mail")["text"]
    assert found()["verdict"] == "good"
    assert server.taken == []
    webconnector.set(MAIL_SECURITY="starttls")
    assert found("--mail")["verdict"] == "wrong", "this server has no STARTTLS"


def test_check_says_that_no_mail_server_is_set(webconnector: CommandLine) -> None:
    said = webconnector("check", "--mail", "--json").json["findings"]
    mail = next(one for one in said if one["check"] == "mail")
    assert mail["verdict"] == "warning"
    assert "WEBCONNECTOR_MAIL_HOST" in mail["cure"]
