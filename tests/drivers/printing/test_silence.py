"""Printers that say nothing: for a while, at first, or ever."""

from __future__ import annotations

from dataclasses import replace

from drivers.errors import Reason
from drivers.escpos.document import Document, Text
from drivers.escpos.profile import PrinterProfile
from drivers.printing.ledger import MemoryLedger
from drivers.printing.states import JobState, Proof
from tests.drivers.fake_printer import FakePrinter, TcpFront
from tests.drivers.printing.counter import QUICK, shop


class TestSilence:
    """One silence decided for the life of the process: the printer was mute, whatever it said later, and what waited was sent blind."""

    PATIENT = replace(QUICK, boot=60.0)

    async def test_one_that_was_ever_heard_is_waited_for_after_a_restart_too(self) -> None:
        """The print server took everything, and nobody behind it answered: the receipts that waited were gone, unverified."""
        ledger = MemoryLedger()
        async with TcpFront(FakePrinter()) as front:
            async with shop(front, ledger=ledger) as s:
                s.submit(b"bon-0", Document((Text("null"),)))
                await s.reaches(JobState.PRINTED, b"bon-0")
            front.printer.mute = True
            async with shop(front, ledger=ledger, limits=replace(QUICK, boot=0.0)) as s:
                s.submit()
                await s.reaches(JobState.BLOCKED)
                assert ledger.evidence(b"bon-1").reason is Reason.NO_ANSWER
                asked = front.received
                await s.until(lambda: front.received > asked + 6)  # two looks more
                assert ledger.state(b"bon-1") is JobState.BLOCKED
                front.printer.mute = False
                await s.reaches(JobState.PRINTED)
                assert ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID

    async def test_one_that_never_proves_but_answers_was_heard_all_the_same(self) -> None:
        ledger = MemoryLedger()
        async with TcpFront(FakePrinter(process_ids=False, ordered=False, counter=None)) as front:
            async with shop(front, ledger=ledger) as s:
                s.submit(b"bon-0", Document((Text("null"),)))
                await s.reaches(JobState.SENT_UNVERIFIED, b"bon-0")
            front.printer.mute = True
            async with shop(front, ledger=ledger, limits=replace(QUICK, boot=0.0)) as s:
                s.submit()
                await s.reaches(JobState.BLOCKED)

    async def test_one_that_boots_at_the_first_contact_keeps_its_proof(self) -> None:
        async with TcpFront(FakePrinter(mute=True)) as front, shop(front, limits=self.PATIENT) as s:
            s.submit()
            await s.reaches(JobState.BLOCKED)
            assert s.ledger.evidence(b"bon-1").reason is Reason.NO_ANSWER
            s.printer.mute = False
            await s.reaches(JobState.PRINTED)
            assert s.ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID

    async def test_one_that_was_taken_for_mute_and_speaks_is_asked_for_its_proof(self) -> None:
        """The missing proof was remembered like one that had been asked for: no receipt was confirmed until the next restart."""
        async with TcpFront(FakePrinter(mute=True)) as front, shop(front) as s:
            s.submit(b"bon-0", Document((Text("null"),)))
            await s.reaches(JobState.SENT_UNVERIFIED, b"bon-0")
            s.printer.mute = False
            s.submit()
            await s.reaches(JobState.PRINTED)
            assert s.ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID
            assert front.links == 1

    async def test_a_word_out_of_turn_ends_it_too(self) -> None:
        async with TcpFront(FakePrinter(mute=True)) as front, shop(front) as s:
            s.submit(b"bon-0", Document((Text("null"),)))
            await s.reaches(JobState.SENT_UNVERIFIED, b"bon-0")
            s.printer.mute, s.printer.asb = False, True
            front.refresh()
            await s.until(lambda: s.actor.status.confirms_prints is True)

    async def test_one_that_is_said_to_answer_is_never_sent_anything_blind(self) -> None:
        limits, profile = replace(QUICK, boot=0.0), PrinterProfile("told", must_answer=True)
        async with TcpFront(FakePrinter(mute=True)) as front, shop(front, profile, limits=limits) as s:
            s.submit()
            await s.reaches(JobState.BLOCKED)
            asked = front.received
            await s.until(lambda: front.received > asked + 6)
            assert s.ledger.state(b"bon-1") is JobState.BLOCKED

    async def test_one_without_a_return_channel_is_neither_asked_nor_waited_for(self) -> None:
        profile = PrinterProfile("told", has_process_id=False, status=False)
        async with TcpFront(FakePrinter(mute=True)) as front, shop(front, profile, limits=self.PATIENT) as s:
            s.submit()
            await s.reaches(JobState.SENT_UNVERIFIED)
            assert s.printer.asked == 0
