"""What a gateway looks at before it opens: is the journal whole, and has nobody seen more of it?

What is found is written down as an incident, which the status page tells until somebody has acknowledged it; sales go on.
"""

from __future__ import annotations

import asyncio
import sqlite3

import structlog

from branchgate.clock import Clock
from branchgate.errors import TryAgain
from gateway.branch.cursor import read_cursor
from gateway.branch.damages import note_damages
from gateway.branch.stores import SALES_FILE, Stores
from gateway.journal.awaited import numbers_known
from gateway.journal.incidents import lost_witness
from gateway.journal.recovery import (
    Shortened,
    go_on_after_loss,
    go_on_if_shortened,
    go_on_shortened,
)
from gateway.journal.verification import ChainReport, verify_tail
from gateway.pairing.registers import number_ranges
from gateway.recording.continuing import LastNumbers, continue_behind
from gateway.recording.rederiving import differences_in, repair_states
from gateway.sales.opened import Opened

_log = structlog.get_logger(__name__)


async def look_back(stores: Stores, clock: Clock) -> None:
    """Verifies the end of the journal and compares it with what others have seen."""
    # The child takes its time to start; the journal's end is read meanwhile.
    opening = asyncio.create_task(stores.sales.start())
    report = await asyncio.to_thread(verify_tail, stores.path)
    await note_damages(stores, clock, report.damages)
    try:
        opened = await opening
    except TryAgain as failure:
        _log.warning("sales_store_not_ready", reason=failure.reason)
        opened = Opened(0)
    if opened.set_aside:
        _log.warning("sales_store_rebuilt", set_aside=opened.set_aside, reason=opened.reason)
    shortened = await _go_on(stores, clock, opened, report)
    if shortened is not None:
        _log.error("journal_shortened", witness=shortened.witness, seen=shortened.seen, head=shortened.head)
    if opened.evidence:
        await _continue_behind(stores, clock, opened)
    await _repair_states(stores, clock)


async def _repair_states(stores: Stores, clock: Clock) -> None:
    """States of registers that are not what the journal tells are derived anew: a register could never close with a wrong Z number."""
    if not await asyncio.to_thread(differences_in, stores.path, number_ranges):
        return
    repairing = repair_states(stores.journal, number_ranges, clock.now_ms())
    for repaired in await stores.writer.submit(repairing, urgent=True):
        _log.error("register_state_repaired", register=repaired.register_id, told=repaired.told)


async def _continue_behind(stores: Stores, clock: Clock, opened: Opened) -> None:
    """Numbers go on behind those in the sales store that was kept; it follows the journal within a second, so it has heard of them all."""
    continuing = continue_behind(
        stores.journal, SALES_FILE, [LastNumbers(*told) for told in opened.numbers], clock.now_ms()
    )

    def work(connection: sqlite3.Connection) -> list[str]:
        raised = continuing(connection)
        numbers_known(connection)
        return raised

    raised = await stores.writer.submit(work, urgent=True)
    if raised:
        _log.warning("z_numbers_continued", witness=SALES_FILE, registers=raised)


async def _go_on(stores: Stores, clock: Clock, opened: Opened, report: ChainReport) -> Shortened | None:
    """Under a new id, if anybody has seen what is not here."""
    journal, now_ms, seen = stores.journal, clock.now_ms(), opened.ahead_watermark
    if lost := lost_witness(stores.reading):
        return await go_on_after_loss(journal, lost, seen, now_ms)
    if opened.ahead and seen <= journal.head:
        if any(damage.sequence <= seen <= damage.through for damage in report.damages):
            return None
        return await go_on_shortened(journal, {SALES_FILE: seen}, f"entry {seen} here is another one", now_ms)
    witnesses = {"central": read_cursor(stores.reading)} | ({SALES_FILE: seen} if opened.ahead else {})
    return await go_on_if_shortened(journal, witnesses, now_ms)
