"""A damaged index of the store: made anew at once, because nothing can be recorded before, and everything in it stands in the tables too."""

from __future__ import annotations

import asyncio
import sqlite3

import structlog

from branchgate.clock import Clock
from branchgate.errors import BranchgateError
from gateway.journal import Journal
from gateway.journal.recovery import repair_indexes
from gateway.store import GroupWriter

_log = structlog.get_logger(__name__)


class IndexRepair:
    """Hears from the writer that the store's pages are damaged, and tries what can be tried: once, because it reads the whole store."""

    def __init__(self, writer: GroupWriter, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._noticed = asyncio.Event()
        self._in_vain = False
        writer.tell_damage(self._noticed.set)

    @property
    def in_vain(self) -> bool:
        """The indexes are made anew, or cannot be, and still nothing can be recorded: the tables themselves are damaged."""
        return self._in_vain

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while not self._in_vain:
            await self._noticed.wait()
            _log.error("store_pages_damaged")
            try:
                await repair_indexes(self._journal, self._clock.now_ms())
            except (BranchgateError, sqlite3.Error) as failure:
                self._in_vain = True
                _log.error("indexes_not_repaired", rule=str(failure))
            else:
                _log.warning("indexes_repaired")
            self._noticed.clear()
        await asyncio.Event().wait()
