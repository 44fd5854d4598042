"""The journal's tables. It only ever grows: triggers stop what code or a hand with a database tool would change."""

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
        """
        CREATE TABLE journal_incidents (
            number INTEGER PRIMARY KEY,
            reason TEXT NOT NULL,
            first_sequence INTEGER NOT NULL,
            last_sequence INTEGER NOT NULL,
            goes_on_from BLOB,
            witness TEXT NOT NULL,
            detail TEXT NOT NULL,
            found_at INTEGER NOT NULL,
            acknowledged_at INTEGER NOT NULL DEFAULT 0,
            acknowledged_by TEXT
        );
        CREATE UNIQUE INDEX journal_incidents_once ON journal_incidents (reason, first_sequence, last_sequence)
        WHERE witness = '';
        """,
        """
        CREATE INDEX journal_tse ON journal (register_id) WHERE kind = 6;
        CREATE INDEX journal_notes ON journal (register_id) WHERE kind = 9 AND register_id = '';
        """,
    ),
)
"""One row per event. `register_id` '' is the branch itself; `register_sequence` 0 marks the gateway's own events; `kind` 5 is CLOSING,
6 TSE, 9 FINDING. Few entries are of the kinds that are indexed, and somebody looks for them among all.

`journal_incidents`: damaged entries (`witness` ''), and each time the journal was found shortened (what the witness had seen is
`last_sequence`, the first entry that is not here `first_sequence`). Told on the status page until somebody acknowledges it.
"""
