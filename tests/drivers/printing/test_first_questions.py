"""The paper runs out while a printer is asked what it can do: it keeps its answers until it can print, which is no silence."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.errors import Reason
from drivers.escpos.document import Document, Text
from drivers.printing.job import Fence
from drivers.printing.ledger import MemoryLedger
from drivers.printing.states import JobState, Proof
from tests.drivers.fake_printer import FakePrinter, TcpFront
from tests.drivers.printing.counter import shop

NULL_RECEIPT = Document((Text("null"),))


@dataclass
class RunsOut(FakePrinter):
    """Its paper runs out when it is sent `at`, and is back when it is sent `back_at`: then, once."""

    at: bytes = b"\x1d(H"
    back_at: bytes = b""

    def feed(self, data: bytes) -> None:
        if self.at and self.at in data:
            self.at, self.paper_out = b"", True
        if self.back_at and self.back_at in data:
            self.back_at, self.paper_out = b"", False
        super().feed(data)


async def test_a_printer_without_paper_at_the_first_question_is_not_learnt_to_prove_nothing() -> None:
    """Its silence was taken for an answer: every receipt of it was unproven until the gateway was started again."""
    ledger = MemoryLedger()
    async with TcpFront(RunsOut()) as front, shop(front, ledger=ledger) as s:
        s.submit()
        await s.reaches(JobState.BLOCKED)
        assert ledger.evidence(b"bon-1").reason is Reason.PAPER_OUT
        s.printer.paper_out = False
        front.refresh()
        await s.reaches(JobState.PRINTED)
        assert ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID
        learnt = await ledger.learnt("bon")
    assert learnt is not None
    assert learnt.fence is Fence.PROCESS_ID


async def test_paper_that_is_back_before_the_second_question_costs_no_proof() -> None:
    """The answer to the first question came late, and only the weaker proof was found."""
    async with TcpFront(RunsOut(back_at=b"\x1dr\x01")) as front, shop(front) as s:
        s.submit()
        await s.reaches(JobState.PRINTED)
        assert s.ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID


async def test_one_that_waits_for_paper_is_not_pushed_at_as_if_it_were_stuck() -> None:
    """It was taken to be stuck inside a broken command: a blank slip was cut off before the receipt."""
    ledger = MemoryLedger()
    async with TcpFront(FakePrinter()) as front:
        async with shop(front, ledger=ledger) as s:
            s.submit(b"bon-0", NULL_RECEIPT)
            await s.reaches(JobState.PRINTED, b"bon-0")
        front.printer = RunsOut()
        async with shop(front, ledger=ledger) as s:
            s.submit()
            await s.reaches(JobState.BLOCKED)
            assert ledger.evidence(b"bon-1").reason is Reason.PAPER_OUT
            s.printer.paper_out = False
            front.refresh()
            await s.reaches(JobState.PRINTED)
            assert s.printer.cuts == 1
            told = [status.reason for status in s.seen]
            assert Reason.NO_ANSWER not in told[told.index(Reason.PAPER_OUT) :]  # not stuck once it has paper
