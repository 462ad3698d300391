"""Many rows of one table at the speed of the database's driver.

Owns how a page of rows is inserted. It must not know what the rows mean. SQLAlchemy's own insert
spends more on a row than the database does; here each column is converted once for all rows,
and a value that repeats from row to row (company, time) only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table

parameters_per_statement_max = 30_000  # PostgreSQL takes 65,535


def insert_rows(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given as column name -> value; a name that a row lacks is NULL in it."""
    if not rows:
        return
    names = sorted(set().union(*rows))
    dialect = conn.dialect
    converted = zip(
        *(_column(table, name, [row.get(name) for row in rows], dialect) for name in names),
        strict=True,
    )
    quote = dialect.identifier_preparer.quote
    into = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) VALUES "  # noqa: S608
    if dialect.paramstyle == "qmark":
        conn.exec_driver_sql(f"{into}({', '.join('?' * len(names))})", list(converted))
        return
    one = f"({', '.join(['%s'] * len(names))})"
    for portion in _portions(list(converted), parameters_per_statement_max // len(names)):
        values = tuple(value for row in portion for value in row)
        conn.exec_driver_sql(into + ", ".join([one] * len(portion)), values)


def _column(table: Table, name: str, values: list[Any], dialect: Dialect) -> Iterable[Any]:
    """One column's values as the driver takes them."""
    kind: Any = table.c[name].type
    convert: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    found: list[Any] = []
    last = given = None  # None has a form of its own too: JSON's
    for value in values:
        if value is not last or not found:
            last, given = value, convert(value)
        found.append(given)
    return found


def _portions(rows: list[tuple[Any, ...]], size: int) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
