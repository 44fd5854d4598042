"""Numbered steps from one form of the tables to the next.

An empty database gets today's tables at once; an older one is led there step by step, all steps and the new number in one transaction.
A step is never changed after it has been released: a new form is one more step at the end.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from branchgate.errors import Refused
from central.store import schema
from central.store.engine import upsert

Step = Callable[[Connection], None]


def _keep_articles(connection: Connection) -> None:
    """Summaries bring every article sold."""
    kind = schema.summaries.c.articles.type.compile(connection.dialect)
    connection.execute(text(f"ALTER TABLE summaries ADD COLUMN articles {kind}"))


def _keep_former_ranges(connection: Connection) -> None:
    """Registers may get another number range."""
    schema.former_ranges.create(connection, checkfirst=True)


STEPS: tuple[Step, ...] = (_keep_articles, _keep_former_ranges)
"""Step n (from 0) leads from version n + 1 to version n + 2."""

_VERSION = "schema_version"


def migrate(connection: Connection, steps: tuple[Step, ...] = STEPS) -> int:
    """Brings the tables to the newest form and returns its number.

    Raises Refused (CENTRAL_STORE_TOO_NEW) when a newer branchgate has already changed them: going on would lose what it wrote.
    """
    newest = len(steps) + 1
    found = _version(connection)
    if found > newest:
        raise Refused("CENTRAL_STORE_TOO_NEW", field=_VERSION, value=found, rule=f"at most {newest}")
    if found == 0:
        schema.metadata.create_all(connection)
        connection.execute(schema.counters.insert().values(name=schema.FEED_COUNTER, value=0))
    else:
        for step in steps[found - 1 :]:
            step(connection)
    upsert(connection, schema.meta, [{"key": _VERSION, "value": str(newest)}])
    return newest


def _version(connection: Connection) -> int:
    """The form that the tables have now; 0 for an empty database."""
    if not inspect(connection).has_table(schema.meta.name):
        return 0
    value = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == _VERSION))
    return int(value) if value else 0
