"""Journals as gateways write them: chained entries, made in memory."""

from __future__ import annotations

import dataclasses

from branchgate.chain import GENESIS, header, link
from branchgate.events import EventKind
from central.intake import JournalEntry

JOURNAL = b"journal-one-----"
OTHER_JOURNAL = b"journal-two-----"


def event_id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def chained(entries: list[JournalEntry], previous: bytes = GENESIS) -> list[JournalEntry]:
    """The same entries with the hashes that a gateway would have written."""
    written = []
    for entry in entries:
        head = header(
            entry.sequence,
            entry.event_id,
            entry.register_id.encode(),
            entry.register_sequence,
            entry.kind,
            entry.recorded_at_ms,
            len(entry.body),
        )
        previous = link(previous, head, entry.body)
        written.append(dataclasses.replace(entry, chain_hash=previous))
    return written


def journal(count: int, *, registers: int = 2) -> list[JournalEntry]:
    """`count` receipts, turn by turn from each register."""
    return chained(
        [
            JournalEntry(
                sequence=number,
                event_id=event_id(number),
                register_id=f"kasse-{number % registers + 1}",
                register_sequence=(number - 1) // registers + 1,
                kind=int(EventKind.RECEIPT),
                recorded_at_ms=1_700_000_000_000 + number,
                body=f"receipt {number}".encode(),
                chain_hash=b"",
            )
            for number in range(1, count + 1)
        ]
    )
