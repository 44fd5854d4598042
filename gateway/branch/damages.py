"""Damage to the journal, written down as soon as anybody comes across it."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from branchgate.chain_walk import Damage
from branchgate.clock import Clock
from gateway.branch.cursor import read_cursor
from gateway.branch.stores import Stores
from gateway.journal.recovery import record_damages
from gateway.journal.verification import verify_whole_chain

_log = structlog.get_logger(__name__)


async def note_damages(stores: Stores, clock: Clock, damages: Sequence[Damage]) -> None:
    """Writes down which entries are damaged, each once."""
    if not damages:
        return
    new = await record_damages(stores.journal, damages, read_cursor(stores.reading), clock.now_ms())
    for finding in new:
        _log.error("journal_damaged", sequence=finding.value, what=finding.rule)


async def look_for_damage(stores: Stores, clock: Clock) -> None:
    """Verifies the whole chain, unhurried, and writes down what is found."""
    report = await verify_whole_chain(stores.path)
    await note_damages(stores, clock, report.damages)
    if report.whole:
        _log.info("journal_verified", entries=report.entries)
