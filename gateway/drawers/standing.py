"""What is kept of drawers over a restart: the sensor level learnt, and which stand open. Everything here belongs in somebody's transaction."""

from __future__ import annotations

import sqlite3

from branchgate.device_records import DrawerOpening
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from drivers.drawer import Level
from gateway.drawers.watch import DrawerEvent, Occurrence, Opening
from gateway.journal import OWN, Journal, NewEntry


def learnt_levels(connection: sqlite3.Connection) -> dict[str, Level]:
    """The level that means open, by drawer, as far as pulses have taught it."""
    rows = connection.execute("SELECT drawer, open_level FROM drawer_levels")
    return {drawer: Level(level) for drawer, level in rows}


def keep_level(connection: sqlite3.Connection, drawer: str, level: Level, now_ms: int) -> None:
    """Keeps what was learnt. The same again keeps the time of the first."""
    connection.execute(
        "INSERT INTO drawer_levels (drawer, open_level, learnt_at) VALUES (?, ?, ?) ON CONFLICT (drawer) "
        "DO UPDATE SET open_level = excluded.open_level, learnt_at = excluded.learnt_at WHERE open_level <> excluded.open_level",
        (drawer, level.value, now_ms),
    )


def open_drawers(connection: sqlite3.Connection) -> dict[str, Opening]:
    """The drawers that stood open when this was written last."""
    rows = connection.execute("SELECT drawer, opened_at, command_id, register_id, told FROM drawers_open")
    return {row[0]: Opening(row[1], row[2], row[3], bool(row[4])) for row in rows}


def keep_opening(
    connection: sqlite3.Connection, journal: Journal, drawer: str, opening: Opening | None, events: list[DrawerEvent]
) -> None:
    """Keeps how the drawer stands and journals what happened to it, in one transaction."""
    connection.execute("DELETE FROM drawers_open WHERE drawer = ?", (drawer,))
    if opening is not None:
        connection.execute(
            "INSERT INTO drawers_open (drawer, opened_at, command_id, register_id, told) VALUES (?, ?, ?, ?, ?)",
            (drawer, opening.opened_at_ms, opening.command_id, opening.register_id, opening.told),
        )
    if events:
        journal.append_in(connection, [_entry(drawer, event) for event in events])


def _entry(drawer: str, event: DrawerEvent) -> NewEntry:
    opening = event.opening
    ended = 0 if event.what is Occurrence.OPENED_BY_HAND else opening.opened_at_ms
    body = DrawerOpening(opening.command_id, drawer, "", "", event.what, event.at_ms, opened_at_ms=ended)
    return NewEntry(new_event_id(event.at_ms), opening.register_id, OWN, EventKind.DRAWER, body.encode())
