"""Tables of printing.

The unique index over event and copy number is the law of the house in one line: at most one unmarked original of a receipt.
"""

from __future__ import annotations

from gateway.store.schema import Schema

PRINTING = Schema(
    "printing",
    (
        """
        CREATE TABLE print_jobs (
            place INTEGER PRIMARY KEY,
            job_id BLOB NOT NULL UNIQUE,
            event_id BLOB NOT NULL,
            document TEXT NOT NULL,
            template INTEGER NOT NULL,
            title TEXT NOT NULL,
            register_id TEXT NOT NULL,
            role TEXT NOT NULL,
            printer TEXT NOT NULL,
            copy_number INTEGER NOT NULL CHECK (copy_number >= 0),
            replaces_job_id BLOB UNIQUE,
            user_id TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            proof TEXT NOT NULL,
            bytes_accepted INTEGER,
            begun INTEGER NOT NULL,
            cutter_before INTEGER,
            cutter_after INTEGER,
            pid_start BLOB,
            pid_end BLOB,
            created_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX print_jobs_by_copy ON print_jobs (event_id, copy_number);
        CREATE INDEX print_jobs_unsent ON print_jobs (printer, place) WHERE state IN ('QUEUED', 'BLOCKED');
        CREATE INDEX print_jobs_undecided ON print_jobs (printer, place)
            WHERE state IN ('SENDING', 'AWAITING', 'WAITING_PRINTER', 'UNCERTAIN', 'PARTIAL');
        CREATE TABLE process_ids (
            printer TEXT PRIMARY KEY,
            next INTEGER NOT NULL
        ) WITHOUT ROWID;
        """,
        """
        ALTER TABLE print_jobs ADD COLUMN intended_printer TEXT NOT NULL DEFAULT '';
        ALTER TABLE print_jobs ADD COLUMN cancelled_by TEXT NOT NULL DEFAULT '';
        ALTER TABLE print_jobs ADD COLUMN parted INTEGER NOT NULL DEFAULT 1;
        UPDATE print_jobs SET parted = 0 WHERE state IN ('SENDING', 'AWAITING', 'WAITING_PRINTER', 'UNCERTAIN', 'PARTIAL');
        CREATE TABLE learnt_printers (
            printer TEXT PRIMARY KEY,
            address TEXT NOT NULL,
            model TEXT NOT NULL,
            fence TEXT NOT NULL
        ) WITHOUT ROWID;
        DROP INDEX print_jobs_undecided;
        CREATE INDEX print_jobs_undecided ON print_jobs (printer, place)
            WHERE state IN ('SENDING', 'AWAITING', 'WAITING_PRINTER', 'UNCERTAIN', 'PARTIAL') OR parted = 0;
        """,
        """
        CREATE TABLE branch_process_ids (
            place INTEGER PRIMARY KEY CHECK (place = 1),
            next INTEGER NOT NULL
        );
        INSERT INTO branch_process_ids (place, next) SELECT 1, coalesce(max(next), 0) FROM process_ids;
        DROP TABLE process_ids;
        ALTER TABLE branch_process_ids RENAME TO process_ids;
        """,
        """
        CREATE TABLE printed_reports (
            event_id BLOB PRIMARY KEY,
            body BLOB NOT NULL
        ) WITHOUT ROWID;
        """,
    ),
)
"""`printer` '' is a job that no device serves yet; `intended_printer` the one it was meant for when a fallback prints it. `bytes_accepted` is NULL when a restart in the middle left it unknown.

`printed_reports` keeps what an X report said, because the journal does not: `event_id` is its jobs', `body` a Closing without a number.

`process_ids` has one row: printers change places, so what one of them may still answer must never be given to another.
"""
