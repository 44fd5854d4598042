"""One printer, owned for the length of a command."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from drivers.cli.options import opener, printer_profile
from drivers.cli.report import Report
from drivers.drawer import DrawerWiring
from drivers.printing.actor import PrinterActor
from drivers.printing.ledger import MemoryLedger
from drivers.printing.session import ActorLimits

AT_ONCE = ActorLimits(boot=0.0)
"""Somebody stands at the printer and waits: one that is silent is taken at its word."""


def visit(
    address: str,
    profile: str,
    work: Callable[[PrinterActor], Awaitable[Report]],
    *,
    wiring: DrawerWiring | None = None,
    ledger: MemoryLedger | None = None,
) -> Report:
    """Run an actor for the printer while `work` is done. Raises BadParameter for a wrong address or profile."""
    kind = printer_profile(profile)
    actor = PrinterActor(
        address, opener(address), ledger or MemoryLedger(), kind, utc_now, drawer=wiring, limits=AT_ONCE
    )
    report = asyncio.run(_with_actor(actor, work))
    return replace(report, facts={"address": address, **report.facts})


def utc_now() -> int:
    """The clock of commands."""
    return time.time_ns() // 1_000_000


async def _with_actor(actor: PrinterActor, work: Callable[[PrinterActor], Awaitable[Report]]) -> Report:
    running = asyncio.create_task(actor.run())
    try:
        return await work(actor)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
