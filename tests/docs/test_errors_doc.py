"""docs/errors.md says what the program's tables say."""

from __future__ import annotations

from pathlib import Path

from webconnector.docs_tables import errors_markdown

ERRORS_FILE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_docs_errors_is_what_the_tables_say() -> None:
    written = ERRORS_FILE.read_text(encoding="utf-8")
    assert written == errors_markdown(), "run: python -m webconnector.docs_tables"
