"""What a gateway looks at before it opens: is the journal whole, and has nobody seen more of it?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from branchgate.clock import Clock
from branchgate.errors import TryAgain
from gateway.branch.central_line import read_cursor
from gateway.branch.stores import Stores
from gateway.journal.recovery import go_on_if_shortened, record_damage
from gateway.journal.verification import Damage, verify_tail, verify_whole_chain

_log = structlog.get_logger(__name__)

Warn = Callable[[str, str], None]


async def look_back(stores: Stores, clock: Clock, warn: Warn) -> None:
    """Verifies the end of the journal and compares it with what others have seen. What is found is recorded and shown; sales go on."""
    # The child takes its time to start; the journal's end is read meanwhile.
    opening = asyncio.create_task(stores.sales.start())
    found = await asyncio.to_thread(verify_tail, stores.path)
    if isinstance(found, Damage):
        await _tell_damage(stores, clock, warn, found)
    seen = {"central": read_cursor(stores.reading)}
    try:
        opened = await opening
    except TryAgain as failure:
        _log.warning("sales_store_not_ready", reason=failure.reason)
    else:
        if opened.set_aside:
            _log.warning("sales_store_rebuilt", set_aside=opened.set_aside, reason=opened.reason)
        if opened.ahead:
            seen["sales store"] = opened.ahead_watermark
    shortened = await go_on_if_shortened(stores.journal, seen, clock.now_ms())
    if shortened is not None:
        _log.error("journal_shortened", witness=shortened.witness, seen=shortened.seen, head=shortened.head)
        warn("WARN_JOURNAL_SHORTENED", f"{shortened.witness}: {shortened.seen} > {shortened.head}")


async def verify_in_background(stores: Stores, clock: Clock, warn: Warn) -> None:
    """Verifies the whole chain once, unhurried, while the branch works."""
    found = await verify_whole_chain(stores.path)
    if isinstance(found, Damage):
        await _tell_damage(stores, clock, warn, found)
    else:
        _log.info("journal_verified", entries=found.entries)


async def _tell_damage(stores: Stores, clock: Clock, warn: Warn, damage: Damage) -> None:
    _log.error("journal_damaged", sequence=damage.sequence, what=damage.what)
    await record_damage(stores.journal, damage, clock.now_ms())
    warn("WARN_JOURNAL_DAMAGED", f"{damage.sequence} {damage.what}")
