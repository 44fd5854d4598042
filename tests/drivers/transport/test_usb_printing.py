"""Whole receipts over USB: what the ledger says afterwards is what the printer got."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from drivers.errors import Reason
from drivers.media import transport_factory
from drivers.printing.states import JobState, Proof
from tests.drivers.transport.till import Till, till
from tests.rigs.usb.testbed import PluggedPrinter, Testbed

pytestmark = pytest.mark.umockdev

ADDRESS = "usb://04b8:0202?serial=J4FF012345"
QUESTIONS = re.compile(rb"\x10\x04.|\x1dg2\x00..", re.DOTALL)
"""Status and cutter counter: asked beside the job, and no part of it."""


@pytest.fixture
def testbed() -> Iterator[Testbed]:
    with Testbed() as bed:
        yield bed


@pytest.fixture
def printer(testbed: Testbed) -> PluggedPrinter:
    return testbed.plug()


async def test_a_receipt_is_printed_once_the_printer_says_so(printer: PluggedPrinter) -> None:
    async with till(transport_factory(ADDRESS)) as here:
        await here.prints(b"bon-1")
        assert here.ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID
    state = printer.state()
    assert printer.paper().count("Artikel 149".encode("cp858")) == 1
    assert (state["cuts"], state["resets"], state["kernel_driver"], state["dropped"]) == (1, 0, "usblp", 0)


async def job_bytes(printer: PluggedPrinter, before: int) -> int:
    return len(QUESTIONS.sub(b"", printer.received()[before:]))


async def after_a_first_receipt(here: Till, printer: PluggedPrinter) -> int:
    """How many bytes the printer has had when the actor knows it and rests."""
    await here.prints(b"bon-0")
    return len(printer.received())


async def test_a_printer_that_stops_taking_leaves_a_doubt_with_an_exact_count(printer: PluggedPrinter) -> None:
    async with till(transport_factory(ADDRESS)) as here:
        before = await after_a_first_receipt(here, printer)
        printer.fault(stall_after=before + 1500)
        here.submit(b"bon-1")
        await here.ledger.reaches(b"bon-1", JobState.UNCERTAIN)
        evidence = here.ledger.evidence(b"bon-1")
        assert evidence.reason is Reason.NOT_READING
        assert evidence.bytes_accepted == await job_bytes(printer, before) > 1000


async def test_unplugged_in_the_middle_leaves_a_doubt_and_the_next_receipt_prints_after_the_replug(
    testbed: Testbed, printer: PluggedPrinter
) -> None:
    async with till(transport_factory(ADDRESS)) as here:
        before = await after_a_first_receipt(here, printer)
        printer.fault(unplug_after=before + 3000)
        here.submit(b"bon-1")
        await here.ledger.reaches(b"bon-1", JobState.UNCERTAIN)
        evidence = here.ledger.evidence(b"bon-1")
        assert (evidence.reason, evidence.proof) == (Reason.LINK_LOST, None)
        assert evidence.bytes_accepted == await job_bytes(printer, before) > 2000
        again = testbed.plug()
        await here.prints(b"bon-2")
        assert again.paper().count("Artikel 149".encode("cp858")) == 1
        assert here.ledger.state(b"bon-1") is JobState.UNCERTAIN
