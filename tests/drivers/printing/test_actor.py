"""The actor against a scripted printer, over TCP and over a pty."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from drivers.errors import Reason
from drivers.escpos.document import Document, Text
from drivers.escpos.profile import PROFILES, PrinterProfile
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.states import JobEvidence, JobState, Proof
from tests.drivers.fake_printer import FakePrinter, PtyFront, TcpFront
from tests.drivers.printing.counter import QUICK, RECEIPT, shop, utc_now


async def test_a_receipt_is_printed_once_the_printer_says_so(front_of: type[TcpFront] | type[PtyFront]) -> None:
    async with front_of(FakePrinter()) as front, shop(front) as s:
        s.submit()
        await s.reaches(JobState.PRINTED)
        evidence = s.ledger.evidence(b"bon-1")
        assert (evidence.proof, evidence.cutter_before, s.printer.cuts) == (Proof.PROCESS_ID, 100, 1)
        assert s.printer.paper.count("Artikel 149".encode("cp858")) == 1
        assert s.ledger.history(b"bon-1") == (JobState.SENDING, JobState.AWAITING, JobState.PRINTED)


async def test_without_process_ids_the_weaker_proof_is_named(front_of: type[TcpFront] | type[PtyFront]) -> None:
    async with (
        front_of(FakePrinter(process_ids=False, counter=None)) as front,
        shop(front, PrinterProfile("clone", has_process_id=False)) as s,
    ):
        s.submit()
        await s.reaches(JobState.PRINTED)
        assert s.ledger.evidence(b"bon-1").proof is Proof.PROCESSED


async def test_a_mute_printer_is_never_said_to_have_printed() -> None:
    async with TcpFront(FakePrinter(mute=True)) as front, shop(front) as s:
        s.submit()
        await s.reaches(JobState.SENT_UNVERIFIED)
        assert s.ledger.evidence(b"bon-1").proof is None


async def test_silence_of_a_printer_known_to_answer_blocks_instead_of_guessing() -> None:
    async with TcpFront(FakePrinter(mute=True)) as front, shop(front, PROFILES["TM-T88V"]) as s:
        s.submit()
        await s.reaches(JobState.BLOCKED)
        assert s.ledger.evidence(b"bon-1").reason is Reason.NO_ANSWER
        assert s.printer.cuts == 0


async def test_out_of_paper_blocks_before_the_first_byte_and_goes_on_by_itself(
    front_of: type[TcpFront] | type[PtyFront],
) -> None:
    async with front_of(FakePrinter(paper_out=True)) as front, shop(front) as s:
        s.submit()
        await s.reaches(JobState.BLOCKED)
        assert s.ledger.evidence(b"bon-1").reason is Reason.PAPER_OUT
        assert not s.printer.buffer.strip(b"\x00")
        s.printer.paper_out = False
        front.refresh()
        await s.reaches(JobState.PRINTED)
        assert s.printer.cuts == 1


async def test_paper_running_out_in_the_middle_is_waited_for_and_nothing_is_sent_twice(
    front_of: type[TcpFront] | type[PtyFront],
) -> None:
    async with front_of(FakePrinter(paper_out_after_bytes=3000)) as front, shop(front) as s:
        s.submit()
        await s.reaches(JobState.WAITING_PRINTER)
        s.printer.paper_out = False
        front.refresh()
        await s.reaches(JobState.PRINTED)
        for number in range(150):
            assert s.printer.paper.count(f"Artikel {number} ".encode()) == 1


async def test_a_printer_that_reports_nothing_by_itself_is_asked(front_of: type[TcpFront] | type[PtyFront]) -> None:
    async with front_of(FakePrinter(reports=False, paper_out_after_bytes=3000)) as front, shop(front) as s:
        s.submit()
        await s.reaches(JobState.WAITING_PRINTER)
        s.printer.paper_out = False
        front.refresh()
        await s.reaches(JobState.PRINTED)


async def test_unplugging_in_the_middle_asks_a_person_and_the_next_receipt_is_printed(
    front_of: type[TcpFront] | type[PtyFront],
) -> None:
    async with front_of(FakePrinter()) as front, shop(front) as s:
        front.unplug_after = 3000
        s.submit()
        await s.reaches(JobState.UNCERTAIN)
        s.submit(b"bon-2", Document((Text("zwei"),)))
        await s.reaches(JobState.PRINTED, b"bon-2")
        assert s.ledger.state(b"bon-1") is JobState.UNCERTAIN
        evidence = s.ledger.evidence(b"bon-1")
        assert evidence.bytes_accepted is not None
        assert evidence.bytes_accepted > 0
        assert evidence.cutter_after == 100
        assert not evidence.probably_printed
        assert s.printer.paper.count(b"Artikel 1 ") == 1


async def test_a_late_answer_after_a_lost_link_settles_the_receipt() -> None:
    """The printer ran out of paper with the receipt inside, the network broke, paper came, then the network."""
    async with TcpFront(FakePrinter(paper_out_after_bytes=10)) as front, shop(front) as s:
        s.submit(document=Document((Text("kurzer Bon"),)))
        await s.reaches(JobState.WAITING_PRINTER)
        await front.vanish()
        await s.reaches(JobState.UNCERTAIN)
        await front.listen()
        await s.until(lambda: front.links >= 2)
        s.printer.paper_out = False
        front.refresh()
        await s.reaches(JobState.PRINTED)
        assert s.printer.paper.count(b"kurzer Bon") == 1


async def test_an_answer_lost_with_the_link_leaves_the_cutter_as_a_witness() -> None:
    async with TcpFront(FakePrinter(deaf_to_fences=False)) as front, shop(front) as s:
        s.submit(b"bon-0", Document((Text("null"),)))
        await s.reaches(JobState.PRINTED, b"bon-0")
        s.printer.deaf_to_fences = True
        s.submit(document=Document((Text("eins"),)))
        await s.reaches(JobState.UNCERTAIN)
        s.printer.deaf_to_fences = False
        await s.until(lambda: s.ledger.evidence(b"bon-1").probably_printed)
        assert s.ledger.evidence(b"bon-1").reason is Reason.ANSWER_OVERDUE
        s.submit(b"bon-2", Document((Text("zwei"),)))
        await s.reaches(JobState.PRINTED, b"bon-2")


async def test_a_printer_that_stops_reading_is_uncertain_and_not_waited_for_forever(
    front_of: type[TcpFront] | type[PtyFront],
) -> None:
    async with front_of(FakePrinter()) as front, shop(front) as s:
        front.stall_after = 2500
        s.submit()
        await s.reaches(JobState.UNCERTAIN)


async def test_what_was_under_way_at_a_restart_is_uncertain_and_not_sent_again() -> None:
    ledger = MemoryLedger()
    ledger.add(MemoryJob(b"bon-1", RECEIPT))
    assert await ledger.claim("bon", b"bon-1", JobEvidence(cutter_before=100, parted=False))
    async with TcpFront(FakePrinter()) as front, shop(front, ledger=ledger) as s:
        s.submit(b"bon-2", Document((Text("zwei"),)))
        await s.reaches(JobState.PRINTED, b"bon-2")
        assert ledger.state(b"bon-1") is JobState.UNCERTAIN
        assert ledger.evidence(b"bon-1").reason is Reason.RESTARTED
        assert b"Artikel" not in s.printer.paper


async def test_a_receipt_inside_a_waiting_printer_can_be_taken_back() -> None:
    async with TcpFront(FakePrinter()) as front, shop(front) as s:
        s.submit(b"bon-0", Document((Text("null"),)))
        await s.reaches(JobState.PRINTED, b"bon-0")
        s.printer.paper_out_after_bytes = len(s.printer.paper) + 600
        s.submit()
        await s.reaches(JobState.WAITING_PRINTER)
        assert await s.actor.cancel(b"bon-1") is JobState.PARTIAL
        assert await s.actor.cancel(b"bon-9") is None


async def test_a_receipt_that_cannot_be_drawn_does_not_block_those_behind_it() -> None:
    from drivers.escpos.document import Barcode

    async with TcpFront(FakePrinter()) as front, shop(front) as s:
        s.submit(b"bad", Document((Barcode("keine Ziffern"),)))
        s.submit(b"good", Document((Text("gut"),)))
        await s.reaches(JobState.PRINTED, b"good")
        assert s.ledger.state(b"bad") is JobState.CANCELLED_CLEAN


async def test_a_printer_that_is_not_there_blocks_with_the_cause_and_is_found_later() -> None:
    async with TcpFront(FakePrinter()) as front:
        await front.vanish()
        async with shop(front) as s:
            s.submit()
            await s.reaches(JobState.BLOCKED)
            assert s.ledger.evidence(b"bon-1").reason is Reason.CONNECTION_REFUSED
            assert s.actor.status.reason is Reason.CONNECTION_REFUSED
            await front.listen()
            await s.reaches(JobState.PRINTED)


async def test_a_counter_that_stays_silent_once_is_asked_again() -> None:
    """After one lost answer the printer was never asked again, and its cutter bore no witness any more."""
    async with TcpFront(FakePrinter(counter=None)) as front, shop(front) as s:
        s.submit(b"bon-0", Document((Text("null"),)))
        await s.reaches(JobState.PRINTED, b"bon-0")
        assert s.ledger.evidence(b"bon-0").cutter_before is None
        s.printer.counter = 7
        s.submit()
        await s.reaches(JobState.PRINTED)
        assert s.ledger.evidence(b"bon-1").cutter_before == 7


async def test_what_a_printer_cannot_do_is_found_out_once() -> None:
    """Two seconds at each start of the gateway, and on some clones a line of rubbish on paper."""
    ledger = MemoryLedger()
    async with TcpFront(FakePrinter(process_ids=False, counter=None)) as front:
        for number, asked in ((0, 1), (1, 1)):
            async with shop(front, ledger=ledger) as s:
                s.submit(b"bon-%d" % number, Document((Text("eins"),)))
                await s.reaches(JobState.PRINTED, b"bon-%d" % number)
                assert s.printer.asked == asked
        front.printer.model, front.printer.process_ids = "better", True
        async with shop(front, ledger=ledger) as s:
            s.submit(b"bon-2", Document((Text("drei"),)))
            await s.reaches(JobState.PRINTED, b"bon-2")
            assert ledger.evidence(b"bon-2").proof is Proof.PROCESS_ID


async def test_a_printer_that_is_stuck_at_the_start_is_not_taken_for_one_that_knows_less() -> None:
    ledger = MemoryLedger()
    async with TcpFront(FakePrinter()) as front:
        async with shop(front, ledger=ledger) as s:
            s.submit(b"bon-0", Document((Text("null"),)))
            await s.reaches(JobState.PRINTED, b"bon-0")
        front.printer.deaf_to_fences = True
        async with shop(front, ledger=ledger) as s:
            s.submit()
            await s.reaches(JobState.BLOCKED)
            assert ledger.evidence(b"bon-1").reason is Reason.NO_ANSWER
            assert s.actor.status.reason is Reason.NO_ANSWER
            front.printer.deaf_to_fences = False
            await s.reaches(JobState.PRINTED)
            assert ledger.evidence(b"bon-1").proof is Proof.PROCESS_ID


async def test_plugging_in_ends_the_rest_at_once() -> None:
    patient = replace(QUICK, retry_first=3600.0, retry_most=3600.0)
    async with TcpFront(FakePrinter()) as front:
        await front.vanish()
        async with shop(front, limits=patient) as s:
            s.submit()
            await s.reaches(JobState.BLOCKED)
            await front.listen()
            s.actor.reconnect()
            await s.reaches(JobState.PRINTED)


async def test_the_log_names_a_condition_once_and_in_fields(caplog: pytest.LogCaptureFixture) -> None:
    """At the start three lines told of one printer, each with half of its answers, as Python writes an object."""
    caplog.set_level("INFO", "drivers.printing")
    async with TcpFront(FakePrinter()) as front, shop(front) as s:
        s.submit()
        await s.reaches(JobState.PRINTED)
        s.printer.cover_open = True
        front.refresh()
        await s.until(lambda: s.actor.status.cover_open is True)
    told = [vars(record) for record in caplog.records if record.msg == "printer_status_changed"]
    assert [(line["printer"], line["online"], line["reason"]) for line in told] == [
        ("bon", True, ""),
        ("bon", False, "COVER_OPEN"),
    ]


async def test_what_is_no_printer_fills_neither_the_log_nor_the_line(caplog: pytest.LogCaptureFixture) -> None:
    """It took the connection, said something and hung up, twice a second, for ever; each time with a line in the log."""
    caplog.set_level("INFO", "drivers.printing")
    visits, often = 0, asyncio.Event()

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        if visits == 5:
            often.set()
        writer.write(b"HTTP/1.1 400 Bad Request\r\nServer: something else\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    limits = replace(QUICK, retry_first=0.01, retry_most=3600.0)
    ledger = MemoryLedger()
    address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    actor = PrinterActor("bon", transport_factory(address), ledger, PROFILES["generic-80"], utc_now, limits=limits)
    async with server:
        task = asyncio.create_task(actor.run())
        async with asyncio.timeout(10):
            await often.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    told = [vars(record)["reason"] for record in caplog.records if record.msg == "printer_status_changed"]
    assert told.count("LINK_LOST") == 1
    assert told[-1] == "LINK_LOST"


async def test_status_is_told_once_per_change() -> None:
    async with TcpFront(FakePrinter()) as front, shop(front) as s:
        await s.until(lambda: s.actor.status.ready and s.printer.asb)
        before = len(s.seen)
        s.printer.cover_open = True
        front.refresh()
        front.refresh()
        await s.until(lambda: s.actor.status.cover_open is True)
        await s.until(lambda: len(s.seen) > before)
        assert [status.reason for status in s.seen[before:]] == [Reason.COVER_OPEN]
