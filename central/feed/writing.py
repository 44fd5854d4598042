"""Writing the feeds: the catalogue and the branches' members in bulk, inside a caller's transaction.

What is already there gets no position, so importing an unchanged catalogue again moves nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, select

from branchgate.sync.source import Entry, EntryId
from central.store.engine import upsert
from central.store.positions import last_position, take_positions
from central.store.schema import branches, catalogue, members, meta

EPOCH_KEY = "feed_epoch"
OLDEST_KEY = "feed_oldest_position"

_EPOCH_BYTES = 16
_AT_ONCE = 500
"""Keys in one statement: databases bound the number of parameters."""


def put_entries(connection: Connection, wanted: Sequence[Entry]) -> int:
    """Brings entries to their values, in this order, and returns how many really changed."""
    known = {
        EntryId(row.type, row.key): row.value
        for entry_type, keys in _by_type(entry.id for entry in wanted)
        for row in connection.execute(
            select(catalogue).where(catalogue.c.type == entry_type, catalogue.c.key.in_(keys))
        )
    }
    changed = [entry for entry in wanted if known.get(entry.id) != entry.value]
    rows = [
        {"type": entry.entry_type, "key": entry.key, "value": entry.value, "position": position}
        for entry, position in zip(changed, _positions(connection, len(changed)), strict=True)
    ]
    upsert(connection, catalogue, rows)
    return len(rows)


def remove_entries(connection: Connection, gone: Sequence[EntryId]) -> int:
    """Takes entries out of the catalogue and from every branch that has them; returns how many there were."""
    removed = 0
    for entry_type, keys in _by_type(gone):
        having = select(members.c.branch_id, members.c.key).where(
            members.c.type == entry_type, members.c.key.in_(keys), members.c.present
        )
        for row in connection.execute(having).all():
            _move(connection, row.branch_id, [EntryId(entry_type, row.key)], present=False)
        removed += connection.execute(
            catalogue.delete().where(catalogue.c.type == entry_type, catalogue.c.key.in_(keys))
        ).rowcount
    return removed


def admit(connection: Connection, branch_id: str, wanted: Sequence[EntryId]) -> None:
    """Gives a branch entries of the catalogue, in this order; those that it has stay where they are."""
    had = set(members_of(connection, branch_id))
    _move(connection, branch_id, [name for name in wanted if name not in had], present=True)


def withdraw(connection: Connection, branch_id: str, unwanted: Iterable[EntryId]) -> None:
    """Takes entries from a branch; those that it does not have are passed over."""
    had = set(members_of(connection, branch_id))
    _move(connection, branch_id, [name for name in unwanted if name in had], present=False)


def members_of(connection: Connection, branch_id: str) -> list[EntryId]:
    """What a branch has of the catalogue."""
    had = select(members.c.type, members.c.key).where(members.c.branch_id == branch_id, members.c.present)
    return [EntryId(row.type, row.key) for row in connection.execute(had)]


def put_settings(connection: Connection, branch_id: str, value: bytes) -> None:
    """Brings the settings of a branch to a value."""
    (position,) = take_positions(connection, 1)
    connection.execute(
        branches.update()
        .where(branches.c.branch_id == branch_id, branches.c.settings != value)
        .values(settings=value, position=position)
    )


def clear_tombstones(connection: Connection, up_to_position: int) -> None:
    """Forgets members that left at or before a position; cursors before it are not served any more."""
    connection.execute(members.delete().where(members.c.present.is_(False), members.c.position <= up_to_position))
    oldest = max(min(up_to_position, last_position(connection)), int(read_mark(connection, OLDEST_KEY) or 0))
    upsert(connection, meta, [{"key": OLDEST_KEY, "value": str(oldest)}])


def begin_epoch(connection: Connection) -> None:
    """Names a new incarnation of the feeds: every reader loads anew."""
    upsert(connection, meta, [{"key": EPOCH_KEY, "value": secrets.token_hex(_EPOCH_BYTES)}])


def read_mark(connection: Connection, key: str) -> str | None:
    """One of the feeds' own facts."""
    value: str | None = connection.scalar(select(meta.c.value).where(meta.c.key == key))
    return value


def _by_type(names: Iterable[EntryId]) -> Iterator[tuple[int, list[str]]]:
    """The names in portions of one type each, so that the primary key's index is of use."""
    keys: dict[int, list[str]] = {}
    for name in names:
        keys.setdefault(name.entry_type, []).append(name.key)
    for entry_type, found in keys.items():
        for start in range(0, len(found), _AT_ONCE):
            yield entry_type, found[start : start + _AT_ONCE]


def _move(connection: Connection, branch_id: str, moved: Sequence[EntryId], *, present: bool) -> None:
    rows = [
        {
            "branch_id": branch_id,
            "type": name.entry_type,
            "key": name.key,
            "present": present,
            "position": position,
        }
        for name, position in zip(moved, _positions(connection, len(moved)), strict=True)
    ]
    upsert(connection, members, rows)


def _positions(connection: Connection, count: int) -> Sequence[int]:
    return take_positions(connection, count) if count else ()
