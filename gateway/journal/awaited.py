"""What a journal that was lost or shortened must hear from others before its numbers may go on.

Two marks in the store, set in the commit that first tells of the loss, so that no end of the process forgets them: central is to be asked
what it knows, and, where the whole journal is gone, no register may close before somebody has said which Z number was its last.
"""

from __future__ import annotations

import sqlite3

_RECALL = "recall_wanted"
_NUMBERS = "z_numbers_awaited"
_SAID = "z_number_said."


def want_recall(connection: sqlite3.Connection) -> None:
    """Central shall be asked; belongs in a transaction."""
    connection.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, 1)", (_RECALL,))


def await_numbers(connection: sqlite3.Connection) -> None:
    """Nobody knows the registers' last Z numbers; belongs in a transaction."""
    connection.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, 1)", (_NUMBERS,))


def recall_wanted(connection: sqlite3.Connection) -> bool:
    """Whether central has to be asked what it knows of the registers."""
    return _is_set(connection, _RECALL)


def numbers_awaited(connection: sqlite3.Connection, register_id: str) -> bool:
    """Whether a register's last Z number is unknown: it may not be closed, because the number could be given twice."""
    return _is_set(connection, _NUMBERS) and not _is_set(connection, _SAID + register_id)


def numbers_known(connection: sqlite3.Connection) -> None:
    """A witness has told the numbers of all registers; belongs in a transaction."""
    connection.execute("DELETE FROM meta WHERE key = ?", (_NUMBERS,))


def recalled(connection: sqlite3.Connection) -> None:
    """Central has told what it knows; belongs in a transaction."""
    connection.execute("DELETE FROM meta WHERE key = ?", (_RECALL,))


def number_said(connection: sqlite3.Connection, register_id: str) -> None:
    """A person has said where a register goes on; belongs in a transaction."""
    connection.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, 1)", (_SAID + register_id,))


def _is_set(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute("SELECT 1 FROM meta WHERE key = ?", (key,)).fetchone() is not None
