"""Registers remember what they were told: a gateway that stands before it under the same journal id has lost the end of its journal."""

from __future__ import annotations

import sqlite3

import structlog

from branchgate.clock import Clock
from gateway.journal import Journal
from gateway.journal.recovery import go_on_shortened
from gateway.recording.states import read_state

_log = structlog.get_logger(__name__)


class Witnesses:
    """Hears what each register was told last. `reading` is a read-only connection to the journal's store, for the event loop."""

    def __init__(self, journal: Journal, reading: sqlite3.Connection, clock: Clock) -> None:
        self._journal = journal
        self._reading = reading
        self._clock = clock
        self._going_on = False

    async def hear(self, register_id: str, journal_id: bytes, settled: int) -> None:
        """`register_id` was told by journal `journal_id` that its events up to number `settled` are settled.

        When they are not, the journal goes on under a new id, so that every register sends again what it still holds. What another
        journal has promised is no surprise: that one was lost or shortened before, and everybody was told.
        """
        if journal_id != self._journal.journal_id or self._going_on:
            return
        here = read_state(self._reading, register_id).register_sequence
        if settled <= here:
            return
        self._going_on = True
        try:
            rule = f"its events end at {here} here"
            await go_on_shortened(self._journal, {register_id: settled}, rule, self._clock.now_ms())
        finally:
            self._going_on = False
        _log.error("journal_shortened", witness=register_id, seen=settled, head=here)
