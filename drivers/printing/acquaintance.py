"""Before the first job of a link: end what a break left in the printer, secure the evidence, part the paper.

A printer keeps the state of its command parser and its print buffer when a link breaks, so the next link begins in the middle
of whatever was being sent:

- inside a command: it takes what follows as its parameters. A length whose upper byte is missing would swallow up to 64 kB;
  hence a link begins with NULs, before anything else. They end every short command and fill in a short length. More of them
  fill up the longest data of ours (receiptio flushes broken commands in the same way).
- inside a line: the printer holds it until a line feed, and GS ( H is answered when what precedes it is printed (Epson ESC/POS
  reference, GS ( H function 48). So without a line feed the question whether all has come out is never answered.
"""

from __future__ import annotations

import asyncio
from typing import Final

from drivers.errors import LinkLost
from drivers.escpos.commands import PRINT_LINE, automatic_status, process_id
from drivers.escpos.compose import LONGEST_QR, REPORT_EVERYTHING, cut
from drivers.printing.interview import Interview
from drivers.printing.job import Fence
from drivers.printing.learnt import Learnt
from drivers.printing.press import Press
from drivers.printing.records import Records
from drivers.printing.wire import Wire

SHORT_COMMAND: Final = b"\x00" * 16  # longer than any command of ours but codes
LONGEST_COMMAND: Final = LONGEST_QR + 100
SLICE: Final = 256  # bytes; a slow serial line takes that many well within SEND_COMMAND_S
SEND_COMMAND_S: Final = 2.0


class Acquaintance:
    """One link's way from open to ready for jobs. `patience`: seconds to wait for an answer before others get their turn."""

    def __init__(self, wire: Wire, press: Press, records: Records, interview: Interview, patience: float) -> None:
        self._wire, self._press, self._records, self._interview = wire, press, records, interview
        self._patience = patience
        self._unanswered = 0
        self._pushed = False
        self._asked_for_reports = False

    async def begin(self) -> None:
        """The first bytes of a link. LinkLost as usual."""
        known = await self._records.learnt()
        self._press.spoke_before = known is not None and known.address == self._wire.address
        await self._command(SHORT_COMMAND)

    async def made(self) -> bool:
        """Whether a job may be sent now; False: the printer does not answer in order, ask again later."""
        press = self._press
        if press.doubts.paper_hangs_out and not self._pushed:
            await self._push_out()
        if (press.fence is None or self._pushed) and not await self._answers_in_order():
            await self._not_yet()
            return False
        if press.doubts.paper_hangs_out:
            if not await self._part_the_paper():
                await self._not_yet()
                return False
        elif self._pushed:
            await self._command(cut(press.profile))
        self._pushed = False
        if not press.mute and not self._asked_for_reports:
            self._asked_for_reports = True
            await self._command(automatic_status(REPORT_EVERYTHING))
        return True

    async def cutter_counter(self) -> int | None:
        """How often the cutter has worked; None on printers that do not tell.

        Asked only of one that knows GS ( H, which came with the counters: others may print the question's last bytes as text.
        """
        press = self._press
        if press.fence is not Fence.PROCESS_ID or not press.counter.worth_asking:
            return None
        count = await self._interview.cutter_counter()
        press.counter.asked(answered=count is not None)
        return count

    async def _push_out(self) -> None:
        """End the command that was cut off, then the line."""
        self._pushed = True
        for _ in range(0, LONGEST_COMMAND, SLICE):
            await self._command(b"\x00" * SLICE)
        await self._command(PRINT_LINE)

    async def _not_yet(self) -> None:
        """Push again after 1, 2, 4, ... questions: whoever fills up a printer that is only slow makes it deaf.

        Not at all if it only waits for paper or for its cover: it will answer, and what was pushed would come out as a blank slip.
        """
        if await self._interview.whole_status() and self._press.obstacle is not None:
            return
        self._unanswered += 1
        if self._unanswered & (self._unanswered - 1) == 0:
            await self._push_out()

    async def _answers_in_order(self) -> bool:
        """Wait until what was sent before has come out; late answers settle their jobs on the way."""
        press = self._press
        if press.fence is None:
            return await self._finds_its_fence()
        elif press.fence is Fence.PROCESS_ID:
            return await self._interview.process_id(await self._identity(), self._patience)
        elif press.fence is Fence.ORDERED_STATUS:
            return await self._interview.ordered_and_quiet(self._patience)
        return True

    async def _finds_its_fence(self) -> bool:
        """Ask for the strongest proof, unless it is known. Whoever answered in order before and does not now is stuck."""
        press, told = self._press, self._press.profile.has_process_id
        model = await self._interview.model() if told is None else ""
        known = await self._records.learnt()
        if told is None and known is not None and known.holds_for(self._wire.address, model):
            press.fence = known.fence
            if known.fence is Fence.PROCESS_ID:
                return await self._interview.process_id(await self._identity(), self._patience)
            return await self._interview.ordered_and_quiet(self._patience)
        fence = await self._interview.fence(press.profile, await self._identity())
        if (
            fence is None
            or (told and fence is not Fence.PROCESS_ID)
            or (fence is Fence.NONE and known is not None and known.proves)
        ):
            return False
        press.fence = fence
        learnt = Learnt(self._wire.address, model, fence)
        if learnt != known:
            await self._records.learn(learnt)
        return True

    async def _identity(self) -> bytes:
        return process_id(await self._records.process_ids(1))

    async def _part_the_paper(self) -> bool:
        """Record the cutter's counter first, only then cut: the cut would change the evidence. True once it has been done."""
        press = self._press
        changed = press.doubts.witnessed(await self.cutter_counter())
        self._records.note(changed)
        await self._records.flush()
        if not any(job.evidence.probably_printed for job in changed):
            await self._command(cut(press.profile))
            if not await self._answers_in_order():
                return False
        self._records.note(press.doubts.parted())
        await self._records.flush()
        return True

    async def _command(self, data: bytes) -> None:
        if await self._wire.send(data, _now() + SEND_COMMAND_S) < len(data):
            raise LinkLost(self._press.name, "stopped reading")


def _now() -> float:
    return asyncio.get_running_loop().time()
