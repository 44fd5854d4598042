"""Tables of drawers: commands, written before the pulse, so that each is obeyed once however often it is sent; what was learnt of
sensors; and drawers that stand open, so that a restart makes no second opening of one.
"""

from __future__ import annotations

from gateway.store.schema import Schema

DRAWERS = Schema(
    "drawers",
    (
        """
        CREATE TABLE drawer_commands (
            command_id BLOB PRIMARY KEY,
            register_id TEXT NOT NULL,
            drawer TEXT NOT NULL,
            reason TEXT NOT NULL,
            user_id TEXT NOT NULL,
            receipt_event_id BLOB NOT NULL,
            requested_at INTEGER NOT NULL,
            valid_until INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            outcome_reason TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX drawer_commands_unanswered ON drawer_commands (outcome) WHERE outcome = '';
        """,
        """
        CREATE TABLE drawer_levels (
            drawer TEXT PRIMARY KEY,
            open_level TEXT NOT NULL,
            learnt_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE drawers_open (
            drawer TEXT PRIMARY KEY,
            opened_at INTEGER NOT NULL,
            command_id BLOB NOT NULL,
            register_id TEXT NOT NULL,
            told INTEGER NOT NULL
        ) WITHOUT ROWID;
        """,
    ),
)
"""`outcome` '' is a command under way."""
