"""Parked receipts at a register's closing: they stand in its way, or outlive it by a decision that the journal keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from branchgate.clock import Clock
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from branchgate.receipts.parked import encode_change
from gateway.journal import OWN, Journal, NewEntry
from gateway.parked.model import Listed, Parked, after
from gateway.parked.rules import carry_over
from gateway.parked.tables import all_parked, standing_of, write_standing


class ParkedAtClosing:
    """What closing asks. A parked receipt belongs to its owner or, while it has none, to the register that parked it last."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def parked_of(self, connection: sqlite3.Connection, register_id: str | None) -> Sequence[Listed]:
        """What is parked and belongs to the register, or to any of the branch with None; oldest first."""
        return all_parked(connection, register_id)

    def carry_over_in(self, connection: sqlite3.Connection, parked_ids: Sequence[bytes], user_id: str) -> None:
        """Notes in a closing's transaction that these outlive it. What is no longer parked has nothing to outlive and is left out."""
        now_ms = self._clock.now_ms()
        entries = []
        for parked_id in parked_ids:
            standing = standing_of(connection, parked_id)
            if isinstance(standing, Parked):
                change = carry_over(standing, user_id, now_ms)
                write_standing(connection, after(standing, change))
                body = encode_change(change)
                register_id = standing.owner or standing.parked_at_register
                entries.append(NewEntry(new_event_id(now_ms), register_id, OWN, EventKind.PARKED, body))
        self._journal.append_in(connection, entries)
