"""A console to test: two companies that know nothing of each other, people, and their browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from store import companies, logins, persons
from store.engine import Store
from store.persons import Person
from tests.databases import statements
from webconnector.app import create_app
from webconnector.settings import Settings, load

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SECRET = "a secret key of the tests, long enough"


class Browser:
    """One browser of somebody; its forms carry the token as pages of ours do."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def get(self, path: str, **more: Any) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, **more)

    def post(self, path: str, **form: str) -> TestResponse:
        """Send a form of one of our pages."""
        return self.client.post(path, data={"token": self.token, **form}, headers=SAME_ORIGIN)

    def said(self, path: str, **form: str) -> str:
        """Send a form; gives the text of the page that it leads to."""
        return self.client.post(
            path,
            data={"token": self.token, **form},
            headers=SAME_ORIGIN,
            follow_redirects=True,
        ).text


@dataclass
class Site:
    """The server and what the tests look at."""

    app: Flask
    store: Store
    settings: Settings
    acme: str
    other: str
    people: dict[str, Person] = field(default_factory=dict)

    def browser(self, name: str) -> Browser:
        """Somebody who is signed in."""
        secret = self.run(
            lambda conn: logins.begin(
                conn,
                self.people[name],
                address="127.0.0.1",
                browser="Firefox on Windows",
                now=datetime.now(UTC),
            )
        )
        client = self.app.test_client()
        client.set_cookie("kcf_login", secret)
        found = logins.find(self.store, secret, datetime.now(UTC))
        assert found is not None
        return Browser(client, found.token)

    def run(self, act: Any) -> Any:
        """One writing transaction."""
        return self.store.run(act)

    def rules(self, method: str) -> list[Rule]:
        """Every page or act of the console that answers this method."""
        return [
            rule
            for rule in self.app.url_map.iter_rules()
            if rule.endpoint.startswith("console.") and method in (rule.methods or ())
        ]

    def address(self, endpoint: str, **values: Any) -> str:
        """The path of a page."""
        with self.app.test_request_context():
            return str(url_for(endpoint, **values))

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements that reach the database within the block."""
        with statements(self.store.engine) as seen:
            yield seen


def build(database: str, folder: Path) -> Site:
    """A migrated database with two companies and one person of each kind."""
    app, store, settings = _served(database, folder)
    now = datetime.now(UTC)

    def fill(conn: Any) -> Site:
        ids = [
            companies.add_company(
                conn,
                name=name,
                time_zone="America/New_York",
                owner_id=settings.owner_id,
                secret_key=settings.secret_key_bytes,
                now=now,
                preview=False,
            ).id
            for name in ("Acme Ltd", "Other Ltd")
        ]
        acme, other = ids
        site = Site(app, store, settings, acme, other)
        for name, role, mine in (
            ("admin", "admin", ids[:1]),
            ("viewer", "viewer", ids[:1]),
            ("outsider", "admin", ids[1:]),
            ("support", "support", []),
        ):
            site.people[name], _ = persons.add_person(
                conn,
                email=f"{name}@example.com",
                role=role,
                company_ids=mine,
                who="test",
                now=now,
            )
        return site

    return store.run(fill)


def standing(database: str, folder: Path, acme: str, other: str) -> Site:
    """As `build` left it, in another process."""
    app, store, settings = _served(database, folder)
    site = Site(app, store, settings, acme, other)
    with store.read() as conn:
        for name in ("admin", "viewer", "outsider", "support"):
            site.people[name] = persons.read(persons.get(conn, f"{name}@example.com"))
    return site


def _served(database: str, folder: Path) -> tuple[Flask, Store, Settings]:
    settings = load(
        {
            "WEBCONNECTOR_DATA_DIR": str(folder),
            "WEBCONNECTOR_DATABASE_URL": database,
            "WEBCONNECTOR_SECRET_KEY": SECRET,
        }
    )
    app = create_app(settings)
    return app, app.extensions["store"], settings
