"""What only looks like an answer: the weaker proof has no name on it, so noise must not pass for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from drivers.drawer import DrawerCommand, DrawerState
from drivers.errors import Reason
from drivers.escpos.document import Document, Text
from drivers.escpos.profile import PrinterProfile
from drivers.printing.states import JobState
from tests.drivers.fake_printer import FakePrinter, TcpFront
from tests.drivers.printing.counter import shop, utc_now

WEAK = PrinterProfile("clone", has_process_id=False)
SHORT = Document((Text("kurzer Bon"),))


@dataclass
class DiesOfTheReceipt(FakePrinter):
    """Switched off in the middle: its line reads as so many NULs, then there is nothing."""

    nuls: int = 4

    def feed(self, data: bytes) -> None:
        if b"kurzer Bon" in data:
            self.out += b"\x00" * self.nuls
            self.mute = True
        super().feed(data)


class Chatterer(TcpFront):
    """Says "online" and "paper present" all the time, whether it is asked or not."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking = asyncio.create_task(self._talk(writer))
        try:
            await super()._serve(reader, writer)
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)

    async def _talk(self, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"\x12\x00")
            await asyncio.sleep(0.01)  # its own pace


async def test_a_printer_that_is_switched_off_in_the_middle_is_not_believed_for_the_noise_on_its_line() -> None:
    """NULs are answers to GS r that say "paper present", and the silence after them was "no fault for a second": PRINTED, with nothing on paper."""
    for nuls in (1, 2, 4, 9):
        printer = DiesOfTheReceipt(process_ids=False, counter=None, nuls=nuls)
        async with TcpFront(printer) as front, shop(front, WEAK) as s:
            s.submit(document=SHORT)
            await s.reaches(JobState.UNCERTAIN)
            assert s.ledger.evidence(b"bon-1").proof is None


async def test_what_talks_out_of_turn_is_sent_nothing_and_does_not_keep_the_drawer_waiting() -> None:
    """Everything it said passed for an answer, and waiting for it to fall quiet never came to an end."""
    async with Chatterer(FakePrinter(process_ids=False, counter=None, reports=False)) as front, shop(front, WEAK) as s:
        s.submit(document=SHORT)
        await s.reaches(JobState.BLOCKED)
        assert s.ledger.evidence(b"bon-1").reason is Reason.NO_ANSWER
        assert b"kurzer Bon" not in s.printer.paper
        command = DrawerCommand(b"d-1", "Barverkauf", "Kasse 1", utc_now() + 10_000)
        assert (await s.actor.open_drawer(command)).state is not DrawerState.NOT_OPENED
