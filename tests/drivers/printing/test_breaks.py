"""The link breaks after any number of bytes: the next receipt prints all the same, on paper of its own, and nothing twice."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.escpos.compose import compose
from drivers.escpos.document import Barcode, Columns, Document, QrCode, Symbology, Text
from drivers.escpos.profile import PrinterProfile
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.job import JobLimits
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobEvidence, JobState
from drivers.virtual.faults import Faults
from drivers.virtual.paper import Cut, Slip
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer
from tests.drivers.printing.breaking_link import BreakingLink

FENCED = PrinterProfile("fenced", has_process_id=True)
ORDERED = PrinterProfile("ordered", has_process_id=False)
LIMITS = ActorLimits(job=JobLimits(settle=0.02), retry_first=0, retry_most=0, look_blocked=0.05)
SECONDS = 120.0  # for many conversations at once; one of them takes hundredths
STRIDE = int(os.environ.get("BRANCHGATE_BREAK_STRIDE", "3"))  # every so many of the positions; 1 takes them all


def receipt(number: int) -> Document:
    """Everything a receipt can carry: columns, both codes, double size, a cut."""
    return Document(
        (
            Text(f"Bon-Nr. {number}", bold=True, double=True),
            *(Columns(f"Artikel {number}-{line}", "1,00 €") for line in range(6)),
            Barcode("4006381333931", Symbology.EAN13),
            Barcode(f"B-{number}", Symbology.CODE128),
            QrCode(f"V0;{number};" + "Kassenbeleg-V1;" * 20),
            Text(f"Ende {number}"),
        )
    )


class WatchedLedger(MemoryLedger):
    """Tells when something in it has moved."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = asyncio.Event()

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        await super().moved(job_id, state, evidence)
        self._moved.set()

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        self._moved.set()
        return await super().claim(printer, job_id, evidence)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true; looked at after every move."""
        while not condition():
            self._moved.clear()
            await self._moved.wait()


@dataclass
class Shop:
    """A printer, a link that breaks, and what became of the receipts."""

    printer: VirtualPrinter
    link: BreakingLink
    ledger: WatchedLedger
    numbers: range

    @classmethod
    async def serve(cls, breaks: Sequence[int], profile: PrinterProfile) -> Shop:
        """Print one receipt more than there are breaks, until each has a verdict."""
        printer = VirtualPrinter()
        shop = cls(printer, BreakingLink(printer, iter(breaks)), WatchedLedger(), range(1, len(breaks) + 2))
        actor = PrinterActor("bon", shop.link, shop.ledger, profile, lambda: 0, limits=LIMITS)
        await print_all(actor, shop.ledger, shop.numbers)
        return shop

    def state(self, number: int) -> JobState:
        return self.ledger.state(job_id(number))

    def check(self, breaks: Sequence[int]) -> None:
        """The promises, for any breaks."""
        uncertain = [number for number in self.numbers if self.state(number) is JobState.UNCERTAIN]
        assert len(uncertain) <= len(breaks)
        assert self.link.links <= len(breaks) + 1
        for number in self.numbers:
            slips = [slip for slip in self.printer.slips if f"Artikel {number}-" in slip.text]
            if number in uncertain:
                assert len(slips) <= 1
            else:
                assert self.state(number) is JobState.PRINTED
                assert [lines(slip) for slip in slips] == [lines_of(number)]
        for slip in self.printer.slips:
            assert any(begins(lines_of(number), lines(slip)) for number in self.numbers), slip.text
            assert slip.cut is not Cut.NONE


async def print_all(actor: PrinterActor, ledger: WatchedLedger, numbers: range) -> None:
    """Run the actor until every receipt has a verdict."""
    for number in numbers:
        ledger.add(MemoryJob(job_id(number), receipt(number)))
    task = asyncio.create_task(actor.run())
    try:
        async with asyncio.timeout(SECONDS):
            await ledger.until(lambda: not any(undecided(ledger.state(job_id(number))) for number in numbers))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def undecided(state: JobState) -> bool:
    return state.may_be_sent or state.is_open


def job_id(number: int) -> bytes:
    return f"bon-{number}".encode()


def lines(slip: Slip) -> list[str]:
    return [" ".join(line.split()) for line in slip.text.splitlines() if line.strip()]


@cache
def lines_of(number: int) -> list[str]:
    """What the receipt looks like when nothing goes wrong."""
    printer = VirtualPrinter()
    printer.receive(b"".join(compose(receipt(number), FENCED)), 0)
    (slip,) = printer.slips
    return lines(slip)


def begins(whole: list[str], piece: list[str]) -> bool:
    """The piece is the receipt up to where it broke off; a code cut off inside is drawn with whatever filled it up."""
    *full, last = piece
    rest = whole[len(full) :]
    return full == whole[: len(full)] and bool(rest) and (rest[0].startswith(last) or last[0] == rest[0][0] == "[")


def positions(profile: PrinterProfile, step: int) -> list[int]:
    """Bytes of the first link: every so many, and each one inside a code's head, the cut and the last question."""
    sent = b"".join(compose(receipt(1), profile))
    code, lead, tail = sent.index(b"\x1d(k"), 80, 60  # what else is sent before and between, about
    return sorted(
        {
            *range(1, lead + len(sent) + tail, step),
            *range(lead + code, lead + code + 50),
            *range(lead + len(sent) - 40, lead + len(sent) + 20),
        }
    )


async def together(breaks: Iterable[int], profile: PrinterProfile) -> None:
    """One shop per position, side by side, so that what waits for time waits once."""

    async def broken_at(position: int) -> None:
        (await Shop.serve([position], profile)).check([position])

    async with asyncio.TaskGroup() as group:
        for position in breaks:
            group.create_task(broken_at(position), name=f"broken after {position} bytes")


async def test_after_a_break_at_any_byte_the_next_receipt_is_printed_on_paper_of_its_own() -> None:
    """The second receipt stayed BLOCKED for good: it waited for GS ( H behind a line that was never ended."""
    await together(positions(FENCED, 10)[::STRIDE], FENCED)


async def test_the_same_without_process_ids() -> None:
    """GS r is answered also behind an unfinished line, but not inside an unfinished command."""
    await together(positions(ORDERED, 40)[::4], ORDERED)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 3500), min_size=2, max_size=4), st.sampled_from([FENCED]))
def test_breaks_upon_breaks_also_inside_the_recovery(breaks: list[int], profile: PrinterProfile) -> None:
    asyncio.run(Shop.serve(breaks, profile)).check(breaks)


@pytest.mark.parametrize("position", [250, 251, 640])
@pytest.mark.parametrize("medium", ["tcp", "serial"])
async def test_a_break_over_a_real_link(medium: str, position: int, tmp_path: Path) -> None:
    """The printer was reachable and shown as ready; only a power cycle brought the receipts back."""
    printer = VirtualPrinter(faults=Faults(disconnect_after_bytes=position))
    places = Places(tcp=("127.0.0.1", 0)) if medium == "tcp" else Places(pty=tmp_path / "printer")
    async with VirtualPrinterServer(printer, places) as server:
        tcp = server.tcp_address
        address = f"tcp://127.0.0.1:{tcp[1]}" if tcp else f"serial://{places.pty}?baud=38400&flow=none"
        ledger, limits = WatchedLedger(), replace(LIMITS, close=0.3, retry_first=0.02, retry_most=0.1)
        actor = PrinterActor("bon", transport_factory(address), ledger, FENCED, lambda: 0, limits=limits)
        await print_all(actor, ledger, range(1, 3))
    assert (ledger.state(job_id(1)), ledger.state(job_id(2))) == (JobState.UNCERTAIN, JobState.PRINTED)
    assert printer.receipts()["2"].originals == 1
    assert lines(printer.slips[-1]) == lines_of(2)
    assert begins(lines_of(1), lines(printer.slips[0]))
