"""The table of paired registers in `branch.db`."""

from __future__ import annotations

from gateway.store.schema import Schema

PAIRING = Schema(
    "pairing",
    (
        """
        CREATE TABLE registers (
            register_id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            prefix TEXT NOT NULL,
            digits INTEGER NOT NULL,
            suffix TEXT NOT NULL,
            public_key_sha256 BLOB NOT NULL,
            former_key_sha256 BLOB NOT NULL,
            paired_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        """,
    ),
)
"""One row per register. Times are UTC milliseconds; the former key is the one a renewal came with, empty after a pairing."""
