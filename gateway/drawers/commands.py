"""Drawer commands as they stand in the store, and their events in the journal. Everything here belongs in somebody's transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from branchgate.device_records import DrawerOpening
from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from gateway.journal import OWN, Journal, NewEntry


class DrawerResult(StrEnum):
    """What a drawer did. UNKNOWN: a pulse may have been sent and nothing can tell whether it moved; EXPIRED: none was sent."""

    OPENED = "OPENED"
    NOT_OPENED = "NOT_OPENED"
    UNKNOWN = "UNKNOWN"
    EXPIRED = "EXPIRED"


RESTARTED: Final = "RESTARTED"
"""The gateway stopped between the command and its answer; the command is not obeyed again."""


@dataclass(frozen=True, slots=True)
class DrawerAnswer:
    """The outcome of a command and, when it did not simply open, a stable code for why."""

    result: DrawerResult
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """A command: which drawer, why, who, for which receipt (16 bytes or empty); times are UTC milliseconds."""

    command_id: bytes
    register_id: str
    drawer: str
    reason: str
    user_id: str
    receipt_event_id: bytes
    requested_at_ms: int
    valid_until_ms: int
    answer: DrawerAnswer | None = None

    def check_repeated(self, register_id: str, drawer: str) -> None:
        """Whether a request with this command's id is this command; an empty `drawer` is the register's own, wherever that is by now.

        Raises Refused (REQUEST_ID_REUSED): the answer would be told to somebody whose drawer never moved.
        """
        if self.register_id != register_id or drawer not in ("", self.drawer):
            raise Refused(
                "REQUEST_ID_REUSED",
                field="command_id",
                value=self.command_id.hex(),
                rule="an id of its own for every command",
                kind=RefusedKind.EXISTS,
            )


_COLUMNS = "command_id, register_id, drawer, reason, user_id, receipt_event_id, requested_at, valid_until, outcome, outcome_reason"


def find(connection: sqlite3.Connection, command_id: bytes) -> StoredCommand | None:
    """The command with this id."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM drawer_commands WHERE command_id = ?", (command_id,)).fetchone()
    return None if row is None else _command(row)


def unanswered(connection: sqlite3.Connection) -> list[StoredCommand]:
    """Commands that were under way when the gateway stopped."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM drawer_commands WHERE outcome = '' ORDER BY requested_at")
    return [_command(row) for row in rows.fetchall()]


def insert(connection: sqlite3.Connection, command: StoredCommand) -> None:
    """Stores a command that is about to be obeyed."""
    connection.execute(
        f"INSERT INTO drawer_commands ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')",
        (
            command.command_id,
            command.register_id,
            command.drawer,
            command.reason,
            command.user_id,
            command.receipt_event_id,
            command.requested_at_ms,
            command.valid_until_ms,
        ),
    )


def conclude(
    connection: sqlite3.Connection, journal: Journal, command: StoredCommand, answer: DrawerAnswer, now_ms: int
) -> None:
    """Stores the outcome and journals it in the same transaction."""
    connection.execute(
        "UPDATE drawer_commands SET outcome = ?, outcome_reason = ? WHERE command_id = ?",
        (answer.result, answer.reason, command.command_id),
    )
    opening = DrawerOpening(
        command.command_id, command.drawer, command.user_id, command.reason, answer.result, now_ms, cause=answer.reason
    )
    entry = NewEntry(new_event_id(now_ms), command.register_id, OWN, EventKind.DRAWER, opening.encode())
    journal.append_in(connection, [entry])


def _command(row: tuple[Any, ...]) -> StoredCommand:
    answer = DrawerAnswer(DrawerResult(row[8]), row[9]) if row[8] else None
    return StoredCommand(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], answer)
