"""The actor against a scripted printer, over TCP and over a pty."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from drivers.drawer import DrawerCommand, DrawerState, DrawerWiring, Level
from drivers.errors import Reason
from drivers.escpos.document import Columns, Document, Text
from drivers.escpos.profile import PROFILES, PrinterProfile
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.job import JobLimits
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobEvidence, JobState, Proof
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


@pytest.fixture(params=FRONTS, ids=["tcp", "pty"])
def front_of(request: pytest.FixtureRequest) -> type[TcpFront] | type[PtyFront]:
    chosen: type[TcpFront] | type[PtyFront] = request.param
    return chosen


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


class CountsPulsesBeforeCut(FakePrinter):
    """Knows how often the drawer was kicked before the first receipt came out."""

    pulses_before_cut = 0

    def feed(self, data: bytes) -> None:
        super().feed(data)
        if not self.cuts:
            self.pulses_before_cut = self.pulses


class TestDrawer:
    """Opening the drawer through the actor."""

    WIRED = DrawerWiring(open_level=Level.LOW)

    async def test_the_sensor_confirms(self, front_of: type[TcpFront] | type[PtyFront]) -> None:
        async with front_of(FakePrinter()) as front, shop(front, drawer=self.WIRED) as s:
            outcome = await s.actor.open_drawer(command())
            assert (outcome.state, s.printer.pulses) == (DrawerState.OPENED, 1)

    async def test_it_opens_while_the_printer_waits_for_paper(self) -> None:
        async with TcpFront(FakePrinter(paper_out_after_bytes=3000)) as front, shop(front, drawer=self.WIRED) as s:
            s.submit()
            await s.reaches(JobState.WAITING_PRINTER)
            assert (await s.actor.open_drawer(command())).state is DrawerState.OPENED
            assert s.ledger.state(b"bon-1") is JobState.WAITING_PRINTER

    async def test_a_locked_drawer_is_reported(self) -> None:
        async with TcpFront(FakePrinter(drawer_works=False)) as front, shop(front, drawer=self.WIRED) as s:
            outcome = await s.actor.open_drawer(command())
            assert (outcome.state, outcome.reason) == (DrawerState.NOT_OPENED, Reason.DRAWER_DID_NOT_MOVE)

    async def test_without_a_sensor_the_outcome_is_unknown(self) -> None:
        async with TcpFront(FakePrinter()) as front, shop(front) as s:
            outcome = await s.actor.open_drawer(command())
            assert (outcome.state, outcome.pulse_sent) == (DrawerState.UNKNOWN, True)

    async def test_an_expired_command_is_never_sent(self) -> None:
        async with TcpFront(FakePrinter()) as front, shop(front, drawer=self.WIRED) as s:
            await s.until(lambda: s.actor.status.ready)
            outcome = await s.actor.open_drawer(command(seconds=-1))
            assert (outcome.state, outcome.reason) == (DrawerState.NOT_OPENED, Reason.EXPIRED)
            s.submit()
            await s.reaches(JobState.PRINTED)
            assert s.printer.pulses == 0

    async def test_paper_comes_between_drawer_commands_however_many_wait(self) -> None:
        """All waiting commands were obeyed before the next receipt: 200 from one register kept it from its printer for 42 s."""
        async with TcpFront(CountsPulsesBeforeCut()) as front, shop(front, drawer=DrawerWiring(has_sensor=False)) as s:
            s.submit(document=Document((Text("Bon"),)))  # all of it waits before the first link
            outcomes = await asyncio.gather(*(s.actor.open_drawer(command(seconds=60)) for _ in range(100)))
            await s.reaches(JobState.PRINTED)
            assert (len(outcomes), s.printer.pulses) == (100, 100)
            assert isinstance(s.printer, CountsPulsesBeforeCut)
            assert s.printer.pulses_before_cut < 5

    async def test_commands_behind_one_another_do_not_wait_for_the_next_look(self) -> None:
        """Each command is served in a turn of its own, and one that says nothing stirs its task for none of the others."""
        async with TcpFront(FakePrinter(mute=True)) as front, shop(front) as s:
            s.submit(document=Document((Text("Bon"),)))
            await s.reaches(JobState.SENT_UNVERIFIED)
            outcomes = await asyncio.gather(*(s.actor.open_drawer(command()) for _ in range(6)))
            assert {outcome.pulse_sent for outcome in outcomes} == {True}

    async def test_a_printer_that_does_not_answer_gets_no_pulse(self) -> None:
        async with TcpFront(FakePrinter()) as front, shop(front, drawer=self.WIRED) as s:
            await s.until(lambda: s.actor.status.ready)
            s.printer.mute = True
            outcome = await s.actor.open_drawer(command())
            assert (outcome.state, outcome.reason, s.printer.pulses) == (DrawerState.NOT_OPENED, Reason.NO_ANSWER, 0)

    async def test_an_unreachable_printer_is_said_at_once(self) -> None:
        async with TcpFront(FakePrinter()) as front:
            await front.vanish()
            async with shop(front, drawer=self.WIRED) as s:
                outcome = await s.actor.open_drawer(command())
                assert (outcome.state, outcome.reason) == (DrawerState.NOT_OPENED, Reason.CONNECTION_REFUSED)


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
