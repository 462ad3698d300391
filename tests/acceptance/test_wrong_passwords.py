"""Wrong passwords: always `nvu`, never a fault, slowed down, told; the company's own goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from store import companies, wrong_passwords
from tests.acceptance.world import World, serving
from webconnector.app import create_app
from webconnector.exchange import Exchange
from webconnector.rehearsal.web_connector import WebConnector
from webconnector.settings import Settings

# Addresses are counted for all companies together, and come over a socket.
pytestmark = pytest.mark.own_database

OFFICE, ATTACKER = "198.51.100.7", "203.0.113.9"


class From(WebConnector):
    """A Web Connector at that address, behind the proxy that the server trusts."""

    def __init__(self, made: World, address: str, password: str = "") -> None:
        super().__init__(made.url, made.company.username, password or made.company.password)
        self.address = address

    def _headers(self, body: bytes) -> dict[str, str]:
        return super()._headers(body) | {"X-Forwarded-For": self.address}

    def verdict(self, user: str = "") -> str:
        """What authenticate says; the session, if any, is closed again."""
        answer = self.call("authenticate", strUserName=user or self.user, strPassword=self.password)
        assert isinstance(answer, list)
        assert answer[0]
        self.call("closeConnection", ticket=answer[0])
        return answer[1]


@pytest.fixture
def behind_proxy(acme: World) -> Iterator[World]:
    """The whole application of a server that trusts the proxy on its own machine."""
    settings = Settings(**(acme.settings.model_dump() | {"trusted_proxies": "127.0.0.1"}))
    app = create_app(settings, Exchange(acme.store, settings, acme.clock))
    with serving(app.wsgi_app) as address:
        acme.url = address
        yield acme
    app.extensions["store"].close()


def hammer(made: World, times: int, address: str | None = None) -> None:
    """So many wrong passwords for the company, each from another address unless one is given."""
    for number in range(times):
        place = address or f"192.0.2.{number + 1}"
        assert From(made, place, "wrong").verdict() == "nvu"


def held(made: World) -> int:
    """For how many seconds the last one who came with no right password is held back."""
    with made.store.read() as conn:
        found = companies.find_connector(conn, made.company.username)
        assert found is not None
        return wrong_passwords.held_seconds(conn, found, made.clock())


def test_an_address_is_slowed_down_and_the_companys_own_goes_on(behind_proxy: World) -> None:
    assert From(behind_proxy, OFFICE).verdict() == ""
    hammer(behind_proxy, wrong_passwords.per_address.events, ATTACKER)
    assert From(behind_proxy, ATTACKER).verdict() == "nvu", "not even looked at"
    assert From(behind_proxy, OFFICE).verdict() == ""
    behind_proxy.clock.advance(seconds=31)
    assert From(behind_proxy, ATTACKER).verdict() == "", "one more try after a while"


def test_many_addresses_do_not_keep_the_companys_own_out_even_when_it_moved(
    behind_proxy: World,
) -> None:
    assert From(behind_proxy, OFFICE).verdict() == ""
    hammer(behind_proxy, wrong_passwords.per_connector.events + 5)
    assert From(behind_proxy, "192.0.2.1").verdict() == "nvu", "it gave a wrong one before"
    assert From(behind_proxy, OFFICE).verdict() == ""
    assert From(behind_proxy, "198.51.100.8").verdict() == "", "a new address, no wrong one yet"


def test_the_companys_own_is_never_slowed_down_by_a_neighbour_at_its_address(
    behind_proxy: World,
) -> None:
    assert From(behind_proxy, OFFICE).verdict() == ""
    hammer(behind_proxy, wrong_passwords.per_address.events + 5, OFFICE)
    assert From(behind_proxy, OFFICE).verdict() == ""


def test_who_is_held_back_is_told_to_the_administrator_and_for_how_long(
    behind_proxy: World,
) -> None:
    """Wrong passwords for others at the same address hold back this company's first right one."""
    for _ in range(wrong_passwords.per_address.events):
        assert From(behind_proxy, OFFICE).verdict("nobody") == "nvu"
    assert From(behind_proxy, OFFICE).verdict() == "nvu"
    assert held(behind_proxy) == wrong_passwords.per_address.step // 1000
    behind_proxy.clock.advance(seconds=21)
    assert held(behind_proxy) == 0
    assert From(behind_proxy, OFFICE).verdict() == ""
    assert behind_proxy.problems() == [], "nobody gave a wrong password for this company"


def test_held_back_by_many_addresses_is_told_with_the_wait_of_the_last_one(
    behind_proxy: World,
) -> None:
    hammer(behind_proxy, wrong_passwords.per_connector.events)
    assert held(behind_proxy) == wrong_passwords.per_address.step // 1000
    behind_proxy.clock.advance(seconds=19)
    assert From(behind_proxy, f"192.0.2.{wrong_passwords.per_connector.events}").verdict() == "nvu"
    assert held(behind_proxy) == 1
    behind_proxy.clock.advance(seconds=1)
    assert held(behind_proxy) == 0


def test_unknown_users_are_counted_by_address_and_leave_no_trace(behind_proxy: World) -> None:
    before = behind_proxy.dump()
    for _ in range(wrong_passwords.per_address.events):
        assert From(behind_proxy, ATTACKER).verdict("nobody") == "nvu"
    assert behind_proxy.dump() == before
    assert From(behind_proxy, ATTACKER).verdict() == "nvu"


def test_the_administrator_is_told_how_often_and_from_where(behind_proxy: World) -> None:
    hammer(behind_proxy, wrong_passwords.told_from - 1, ATTACKER)
    assert behind_proxy.problems() == []
    hammer(behind_proxy, 2, ATTACKER)
    (problem,) = behind_proxy.problems()
    assert problem.kind == "wrong_password"
    assert f"{wrong_passwords.told_from + 1} times" in problem.text
    assert ATTACKER in problem.text
    From(behind_proxy, OFFICE).verdict()
    assert len(behind_proxy.problems()) == 1, "somebody else's right password explains nothing"
    From(behind_proxy, ATTACKER).verdict()
    assert behind_proxy.problems() == [], "it was a slip"


def test_an_old_password_stops_working_and_the_new_one_ends_the_problem(
    behind_proxy: World,
) -> None:
    assert From(behind_proxy, OFFICE).verdict() == ""
    with behind_proxy.store.write() as conn:
        key = behind_proxy.settings.secret_key_bytes
        fresh = companies.new_password(conn, behind_proxy.id, key, behind_proxy.clock())
    for _ in range(100):  # it polls on for hours before somebody looks
        behind_proxy.clock.advance(minutes=1)
        assert From(behind_proxy, OFFICE).verdict() == "nvu"
    assert len(behind_proxy.problems()) == 1
    assert From(behind_proxy, OFFICE, fresh).verdict() == ""
    assert behind_proxy.problems() == []


def test_a_forged_forwarded_address_is_not_believed(acme: World) -> None:
    """No proxy is trusted here: everybody is the address that connects."""
    hammer(acme, wrong_passwords.per_address.events)
    assert From(acme, "198.51.100.9").verdict() == "nvu"


def test_what_is_logged_of_a_wrong_password(
    acme: World,
) -> None:
    with capture_logs() as events:
        hammer(acme, 2)
        From(acme, ATTACKER, "wrong").verdict("nobody")
    told = [e for e in events if e["event"] == "session_refused"]
    assert [(e["reason"], e["address"], e["times"]) for e in told] == [
        ("nvu", "127.0.0.1", 1),
        ("nvu", "127.0.0.1", 2),
        ("nvu", "127.0.0.1", 0),
    ]
    assert "wrong" not in [value for e in told for value in e.values()]
