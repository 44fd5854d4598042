"""The journal's table. It only ever grows: triggers stop what code or a hand with a database tool would change."""

from __future__ import annotations

from gateway.store.schema import Schema

JOURNAL = Schema(
    "journal",
    (
        """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY,
            event_id BLOB NOT NULL UNIQUE,
            register_id TEXT NOT NULL,
            register_sequence INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            body BLOB NOT NULL,
            chain_hash BLOB NOT NULL
        );
        CREATE INDEX journal_closings ON journal (register_id) WHERE kind = 5;
        CREATE TRIGGER journal_keeps_entries BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_keeps_values BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        """,
    ),
)
"""One row per event. `register_id` '' is the branch itself; `register_sequence` 0 marks the gateway's own events; `kind` 5 is CLOSING."""
