"""The drawer through the actor that owns its printer."""

from __future__ import annotations

import asyncio

from drivers.drawer import DrawerState, DrawerWiring, Level
from drivers.errors import Reason
from drivers.escpos.document import Document, Text
from drivers.printing.states import JobState
from tests.drivers.fake_printer import FakePrinter, PtyFront, TcpFront
from tests.drivers.printing.counter import command, shop


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
