"""Whole receipts over USB: what the ledger says afterwards is what the printer got."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from drivers.errors import Reason
from drivers.escpos.document import Columns, Document, Text
from drivers.escpos.profile import PROFILES
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.job import JobLimits
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobState, Proof
from tests.rigs.usb.testbed import LOOK_S, PluggedPrinter, Testbed

pytestmark = pytest.mark.umockdev

ADDRESS = "usb://04b8:0202?serial=J4FF012345"
QUICK = ActorLimits(job=JobLimits(progress=1.0), close=0.3, retry_first=0.02, retry_most=0.1, look_blocked=0.1)
RECEIPT = Document((Text("Bäckerei €", bold=True), *(Columns(f"Artikel {n}", "1,00 €") for n in range(150))))
QUESTIONS = re.compile(rb"\x10\x04.|\x1dg2\x00..", re.DOTALL)
"""Status and cutter counter: asked beside the job, and no part of it."""


@dataclass
class Till:
    """Who prints: an actor, and the ledger it writes to."""

    actor: PrinterActor
    ledger: MemoryLedger

    def submit(self, job_id: bytes) -> None:
        self.ledger.add(MemoryJob(job_id, RECEIPT))
        self.actor.wake()

    async def reaches(self, state: JobState, job_id: bytes) -> None:
        await until(lambda: self.ledger.state(job_id) is state)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if condition():
                return
            await asyncio.sleep(LOOK_S)


@pytest.fixture
def testbed() -> Iterator[Testbed]:
    with Testbed() as bed:
        yield bed


@pytest.fixture
def printer(testbed: Testbed) -> PluggedPrinter:
    return testbed.plug()


@asynccontextmanager
async def till() -> AsyncIterator[Till]:
    ledger = MemoryLedger()
    profile = PROFILES["generic-80"]
    actor = PrinterActor("bon", transport_factory(ADDRESS), ledger, profile, utc_now, limits=QUICK)
    task = asyncio.create_task(actor.run())
    try:
        yield Till(actor, ledger)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def utc_now() -> int:
    return time.time_ns() // 1_000_000


async def test_a_receipt_is_printed_once_the_printer_says_so(printer: PluggedPrinter) -> None:
    async with till() as here:
        here.submit(b"bon-1")
        await here.reaches(JobState.PRINTED, b"bon-1")
        assert here.ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID
    state = printer.state()
    assert printer.paper().count("Artikel 149".encode("cp858")) == 1
    assert (state["cuts"], state["resets"], state["kernel_driver"], state["dropped"]) == (1, 0, "usblp", 0)


async def job_bytes(printer: PluggedPrinter, before: int) -> int:
    return len(QUESTIONS.sub(b"", printer.received()[before:]))


async def after_a_first_receipt(here: Till, printer: PluggedPrinter) -> int:
    """How many bytes the printer has had when the actor knows it and rests."""
    here.submit(b"bon-0")
    await here.reaches(JobState.PRINTED, b"bon-0")
    return len(printer.received())


async def test_a_printer_that_stops_taking_leaves_a_doubt_with_an_exact_count(printer: PluggedPrinter) -> None:
    async with till() as here:
        before = await after_a_first_receipt(here, printer)
        printer.fault(stall_after=before + 1500)
        here.submit(b"bon-1")
        await here.reaches(JobState.UNCERTAIN, b"bon-1")
        evidence = here.ledger.evidence(b"bon-1")
        assert evidence.reason is Reason.NOT_READING
        assert evidence.bytes_accepted == await job_bytes(printer, before) > 1000


async def test_unplugged_in_the_middle_leaves_a_doubt_and_the_next_receipt_prints_after_the_replug(
    testbed: Testbed, printer: PluggedPrinter
) -> None:
    async with till() as here:
        before = await after_a_first_receipt(here, printer)
        printer.fault(unplug_after=before + 3000)
        here.submit(b"bon-1")
        await here.reaches(JobState.UNCERTAIN, b"bon-1")
        evidence = here.ledger.evidence(b"bon-1")
        assert (evidence.reason, evidence.proof) == (Reason.LINK_LOST, None)
        assert evidence.bytes_accepted == await job_bytes(printer, before) > 2000
        again = testbed.plug()
        here.submit(b"bon-2")
        await here.reaches(JobState.PRINTED, b"bon-2")
        assert again.paper().count("Artikel 149".encode("cp858")) == 1
        assert here.ledger.state(b"bon-1") is JobState.UNCERTAIN
