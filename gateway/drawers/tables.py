"""The table of drawer commands: written before the pulse, so that a command is obeyed once however often it is sent."""

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
    ),
)
"""`outcome` '' is a command under way."""
