"""A scripted printer, its actor and the ledger between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from drivers.drawer import DrawerCommand, DrawerWiring
from drivers.escpos.document import Columns, Document, Text
from drivers.escpos.profile import PROFILES, PrinterProfile
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.job import JobLimits
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobState
from drivers.transport.contract import Transport
from tests.drivers.fake_printer import FakePrinter, PtyFront, TcpFront

QUICK = ActorLimits(
    job=JobLimits(progress=1.0, waiting=20.0, settle=0.05),
    close=0.3,
    retry_first=0.02,
    retry_most=0.1,
    look_blocked=0.1,
    boot=0.5,
)
RECEIPT = Document((Text("Bäckerei €", bold=True), *(Columns(f"Artikel {n}", "1,00 €") for n in range(150))))
FRONTS: tuple[type[TcpFront] | type[PtyFront], ...] = (TcpFront, PtyFront)


@dataclass
class Shop:
    """A printer, its actor and the ledger between them."""

    front: TcpFront | PtyFront
    actor: PrinterActor
    ledger: MemoryLedger
    seen: list[PrinterStatus]

    @property
    def printer(self) -> FakePrinter:
        return self.front.printer

    def submit(self, job_id: bytes = b"bon-1", document: Document = RECEIPT) -> None:
        self.ledger.add(MemoryJob(job_id, document))
        self.actor.wake()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await self.ledger_or_status_changed()

    async def ledger_or_status_changed(self) -> None:
        await asyncio.sleep(0.005)  # the observer's pace; nothing under test waits for it

    async def reaches(self, state: JobState, job_id: bytes = b"bon-1") -> None:
        await self.until(lambda: self.ledger.state(job_id) is state)


@asynccontextmanager
async def shop(
    front: TcpFront | PtyFront,
    profile: PrinterProfile = PROFILES["generic-80"],
    drawer: DrawerWiring | None = None,
    ledger: MemoryLedger | None = None,
    limits: ActorLimits = QUICK,
) -> AsyncIterator[Shop]:
    ledger = ledger or MemoryLedger()

    def opened() -> Transport:
        return transport_factory(front.address)()

    actor = PrinterActor("bon", opened, ledger, profile, utc_now, drawer=drawer, limits=limits)
    seen: list[PrinterStatus] = []
    actor.subscribe(seen.append)
    task = asyncio.create_task(actor.run())
    try:
        yield Shop(front, actor, ledger, seen)
        assert not task.done() or task.exception() is None
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def utc_now() -> int:
    return time.time_ns() // 1_000_000


def command(seconds: float = 5.0) -> DrawerCommand:
    return DrawerCommand(b"d-1", "Barverkauf", "Kasse 1", utc_now() + int(seconds * 1000))
