"""An API over two companies that know nothing of each other, each with a record of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert
from werkzeug.test import TestResponse

from store import api_tokens, webhooks
from store.engine import Store
from store.syncing import connector, problem, session
from store.types import new_key
from tests.store.conftest import Book, add_company, fill
from tests.webconnector.soap_calls import Recorder
from webconnector.app import create_app
from webconnector.settings import Settings, load

NOW = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
SECRET = "a secret key of the tests, long enough"


@dataclass
class Api:
    """One company's token, and what its company has."""

    client: FlaskClient
    store: Store
    company_id: str
    token: str
    ids: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> TestResponse:
        """Call it; headers by their names with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Authorization", f"Bearer {self.token if token is None else token}")
        options: dict[str, Any] = {} if body is None else {"json": body}
        return self.client.open(f"/api/v1{path}", method=method, headers=named, **options)

    def done(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of a call that must succeed."""
        answer = self(method, path, body, **headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    def refused(
        self, status: int, method: str, path: str, body: Any = None, **headers: str
    ) -> dict[str, Any]:
        """The problem of a call that must be refused."""
        answer = self(method, path, body, **headers)
        assert answer.status_code == status, answer.text
        assert answer.content_type == "application/problem+json"
        found: dict[str, Any] = answer.get_json()
        assert found["status"] == status
        return found

    def make_token(self, *scopes: str) -> str:
        """Another token of the same company."""
        with self.store.write() as conn:
            made = api_tokens.add(
                conn,
                self.company_id,
                "Another",
                scopes or api_tokens.SCOPES,
                secret_key=SECRET.encode(),
                now=NOW,
                who="test",
            )
        return str(made["token"])

    def bill(self, **extra: Any) -> dict[str, Any]:
        """A body for a bill."""
        line = {"account": self.ids["accounts"], "amount": "120.00"}
        body = {"vendor": self.ids["vendors"], "bill_date": "2024-05-01", "expense_lines": [line]}
        return body | extra


def settings_over(folder: Path, database_url: str) -> Settings:
    """Settings over a database; no test but its own meets the limit of calls."""
    return load(
        {
            "WEBCONNECTOR_DATA_DIR": str(folder),
            "WEBCONNECTOR_DATABASE_URL": database_url.replace("postgresql+psycopg", "postgresql"),
            "WEBCONNECTOR_SECRET_KEY": SECRET,
            "WEBCONNECTOR_API_CALLS_PER_MINUTE": "100000",
        }
    )


@contextmanager
def server(settings: Settings) -> Iterator[Flask]:
    """The whole server, until the block ends."""
    made = create_app(settings, Recorder())
    yield made
    made.extensions["store"].close()


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """The whole server over this test's database."""
    with server(settings_over(tmp_path, database_url)) as made:
        yield made


def _happened(book: Book) -> dict[str, str]:
    """A session and a problem of the book's vendor."""
    conn, own = book.conn, {"company_id": book.company_id}
    line = conn.execute(connector.select().where(connector.c.company_id == book.company_id)).one()
    session_id = new_key()
    counts = ("calls", "changes_in", "changes_out", "problems", "percent", "connection_errors")
    conn.execute(
        insert(session).values(
            **own,
            id=session_id,
            connector_id=line.id,
            ticket_hash=session_id,
            state="closed",
            started_at=NOW,
            last_call_at=NOW,
            ended_at=NOW,
            plan={},
            **dict.fromkeys(counts, 1),
        )
    )
    conn.execute(
        insert(problem).values(
            **own,
            id=new_key(),
            number=1,
            cause="test",
            kind="refused",
            resource="vendors",
            record_id=book.ids["vendors"],
            title="QuickBooks refuses vendor Acme",
            text="It says no.",
            advice="Ask again.",
            count=1,
            opened_at=NOW,
            last_seen_at=NOW,
        )
    )
    hook = webhooks.add(conn, book.company_id, "https://example.com/hook", [], NOW, "test")
    return {"sessions": session_id, "problems": "1", "webhooks": hook}


def filled_company(app: Flask, name: str) -> Api:
    """A company with a record of every kind, and a token of it."""
    store: Store = app.extensions["store"]
    with store.write() as conn:
        company_id = add_company(conn, name)
        book = fill(conn, company_id)
        ids = book.ids | _happened(book)
        made = api_tokens.add(
            conn,
            company_id,
            "CashFlow app",
            api_tokens.SCOPES,
            secret_key=SECRET.encode(),
            now=NOW,
            who="test",
        )
    return Api(app.test_client(), store, company_id, str(made["token"]), ids)


@pytest.fixture
def api(app: Flask) -> Api:
    """The company whose token calls."""
    return filled_company(app, "Acme Ltd")


@pytest.fixture
def other(app: Flask) -> Api:
    """Another company on the same server."""
    return filled_company(app, "Other Ltd")


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """Gathers what is sent to the database meanwhile."""
    engine = app.extensions["store"].engine

    @contextmanager
    def gathered() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(*arguments: Any) -> None:
            seen.append(str(arguments[2]))

        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    return gathered
