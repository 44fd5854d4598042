"""Positions of the feed: one counter for all branches, whose order is the order of commits.

A database sequence would hand a reader position 2 while 1 is still uncommitted, and 1 would never be delivered. The counter's row is
locked by its UPDATE until the commit, so whoever takes the next position waits.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from central.store.schema import FEED_COUNTER, counters


def take_positions(connection: Connection, count: int) -> range:
    """The next `count` positions, for this transaction alone."""
    raised = connection.scalar(
        counters.update()
        .where(counters.c.name == FEED_COUNTER)
        .values(value=counters.c.value + count)
        .returning(counters.c.value)
    )
    if raised is None:
        raise LookupError("the store has no feed counter")
    return range(raised - count + 1, raised + 1)


def last_position(connection: Connection) -> int:
    """The highest position that was ever given."""
    return connection.scalar(select(counters.c.value).where(counters.c.name == FEED_COUNTER)) or 0
