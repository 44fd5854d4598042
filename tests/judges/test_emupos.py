"""Our receipts on a printer written by others: what it prints, says and does while it is broken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from drivers.drawer import DrawerCommand, DrawerState, DrawerWiring, Level
from drivers.errors import Reason
from drivers.escpos.compose import compose
from drivers.escpos.document import Document
from drivers.escpos.layout import to_text
from drivers.escpos.profile import PROFILES, PrinterProfile
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.job import JobLimits
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobState, Proof
from tests.judges import papers
from tests.judges.emulator import Emulator, running

QUICK = ActorLimits(
    job=JobLimits(progress=2.0, waiting=30.0, settle=0.05),
    close=0.5,
    retry_first=0.02,
    retry_most=0.1,
    look_blocked=0.1,
    look_idle=0.5,
)
FRONTS = ("tcp", "pty")
KNOWN = replace(PROFILES["generic-80"], has_process_id=False)
"""emupos skips GS ( H silently; whoever knows that need not wait for an answer."""


class Counter:
    """Our actor at the emulator, and what became of its jobs."""

    def __init__(self, actor: PrinterActor, ledger: MemoryLedger) -> None:
        self.actor, self._ledger = actor, ledger

    def submit(self, document: Document) -> None:
        self._ledger.add(MemoryJob(b"bon-1", document))
        self.actor.wake()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                await self._job_or_status_changed()

    async def _job_or_status_changed(self) -> None:
        await asyncio.sleep(0.005)  # the observer's pace; nothing under test waits for it

    async def printed(self) -> Proof | None:
        await self.until(lambda: self._ledger.state(b"bon-1") is JobState.PRINTED)
        return self._ledger.evidence(b"bon-1").proof


@asynccontextmanager
async def at(emulator: Emulator, front: str, profile: PrinterProfile = KNOWN) -> AsyncIterator[Counter]:
    ledger = MemoryLedger()
    opened = transport_factory(emulator.addresses[front])
    actor = PrinterActor(
        "bon", opened, ledger, profile, utc_now, drawer=DrawerWiring(open_level=Level.LOW), limits=QUICK
    )
    task = asyncio.create_task(actor.run())
    try:
        yield Counter(actor, ledger)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def utc_now() -> int:
    return time.time_ns() // 1_000_000


def readable(document: Document, columns: int) -> list[str]:
    """The lines a reader sees, without how they are justified, without symbols and blank lines."""
    return [line for line in map(str.strip, to_text(document, columns).splitlines()) if line and line[0] != "["]


def read_by_emulator(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith(("[qr ", "[barcode "))]


@pytest.mark.parametrize(
    ("front", "columns", "language"), [("tcp", 48, "de"), ("tcp", 42, "en"), ("pty", 48, "en"), ("pty", 42, "de")]
)
async def test_a_receipt_reads_on_their_paper_as_on_ours(
    emupos_program: Path, tmp_path: Path, front: str, columns: int, language: str
) -> None:
    document = papers.receipt_paper(language, columns)
    profile = replace(papers.PROFILE_OF[columns], has_process_id=False)
    async with running(emupos_program, tmp_path) as emulator, at(emulator, front, profile) as counter:
        counter.submit(document)
        paper = await emulator.receipt()
        assert await counter.printed() is Proof.PROCESSED
    assert read_by_emulator(paper.text) == readable(document, columns)
    assert "Müsli Übergröße" in paper.text
    assert "Öl à 1 € Rabatt" in paper.text
    codes = {(code.format.name, code.text) for code in zxingcpp.read_barcodes(Image.open(paper.picture).convert("L"))}
    assert ("EAN13", papers.EAN) in codes
    assert next(text for name, text in codes if name == "QRCode").startswith(
        "V0;KASSE-1;Kassenbeleg-V1;Beleg^13.99_7.50_"
    )


async def test_nothing_but_the_receipt_comes_out(emupos_program: Path, tmp_path: Path) -> None:
    """The emulator took the first bytes of GS g 2 for an unknown command and printed the rest, "2▓", before the first receipts."""
    async with running(emupos_program, tmp_path) as emulator, at(emulator, "tcp") as counter:
        counter.submit(papers.receipt_paper("de", 48))
        await counter.printed()
        assert await emulator.pieces() == 1


async def test_a_printer_without_process_ids_is_found_out_and_proves_less(emupos_program: Path, tmp_path: Path) -> None:
    async with (
        running(emupos_program, tmp_path) as emulator,
        at(emulator, "tcp", PROFILES["generic-80"]) as counter,
    ):
        counter.submit(papers.receipt_paper("de", 48))
        assert await counter.printed() is Proof.PROCESSED
        assert counter.actor.status.confirms_prints is False


async def test_out_of_paper_nothing_is_sent_and_the_receipt_follows_on_the_new_roll(
    emupos_program: Path, tmp_path: Path
) -> None:
    document = papers.receipt_paper("de", 48)
    async with running(emupos_program, tmp_path) as emulator:
        await emulator.switch("paper-out", on=True)
        async with at(emulator, "tcp") as counter:
            counter.submit(document)
            await counter.until(lambda: counter.actor.status.reason is Reason.PAPER_OUT)
            assert counter.actor.status.paper_out is True
            await emulator.switch("paper-out", on=False)
            paper = await emulator.receipt()
            assert await counter.printed() is Proof.PROCESSED
    assert read_by_emulator(paper.text) == readable(document, 48)


async def test_what_went_in_before_the_paper_ended_comes_out_on_the_new_roll(
    emupos_program: Path, tmp_path: Path
) -> None:
    """The printer keeps it, so it must not be sent again; and a drawer pulse in it would open the drawer minutes later."""
    document = papers.receipt_paper("de", 48)
    async with running(emupos_program, tmp_path) as emulator:
        await emulator.switch("paper-out", on=True)
        transport = transport_factory(emulator.addresses["tcp"])()
        soon = asyncio.get_running_loop().time() + 10
        await transport.open(soon)
        job = b"".join(compose(document, KNOWN))
        assert await transport.send(job, soon) == len(job)
        await emulator.switch("paper-out", on=False)
        paper = await emulator.receipt()
        await transport.close(soon)
    assert read_by_emulator(paper.text) == readable(document, 48)


@pytest.mark.parametrize(("fault", "reason"), [("cover-open", Reason.COVER_OPEN), ("offline", Reason.PRINTER_OFFLINE)])
async def test_what_is_wrong_is_named_and_goes_away(
    emupos_program: Path, tmp_path: Path, fault: str, reason: Reason
) -> None:
    async with running(emupos_program, tmp_path) as emulator, at(emulator, "tcp") as counter:
        await counter.until(lambda: counter.actor.status.confirms_prints is False)
        await emulator.switch(fault, on=True)
        await counter.until(lambda: counter.actor.status.reason is reason)
        await emulator.switch(fault, on=False)
        await counter.until(lambda: counter.actor.status.reason is None and counter.actor.status.online is True)


async def test_near_the_end_of_the_roll_is_said_and_hinders_nothing(emupos_program: Path, tmp_path: Path) -> None:
    async with running(emupos_program, tmp_path) as emulator:
        await emulator.switch("paper-near-end", on=True)
        async with at(emulator, "tcp") as counter:
            counter.submit(papers.receipt_paper("en", 48))
            assert await counter.printed() is Proof.PROCESSED
            assert counter.actor.status.near_end is True


@pytest.mark.parametrize("front", FRONTS)
async def test_the_drawer_opens_and_its_sensor_says_so(emupos_program: Path, tmp_path: Path, front: str) -> None:
    async with running(emupos_program, tmp_path) as emulator, at(emulator, front) as counter:
        await counter.until(lambda: counter.actor.status.drawer_open is False)
        command = DrawerCommand(b"d-1", "Barverkauf", "Kasse 1", utc_now() + 10_000)
        outcome = await counter.actor.open_drawer(command)
        assert outcome.state is DrawerState.OPENED
        assert await emulator.drawer() == "open"
