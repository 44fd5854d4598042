"""Questions to a printer, one at a time and each with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from drivers.escpos.commands import (
    AUTOCUTTER_COUNTER,
    CLEAR_BUFFERS,
    MODEL_NAME,
    ORDERED_PAPER_STATUS,
    process_id_fence,
    real_time_status,
)
from drivers.escpos.profile import PrinterProfile
from drivers.escpos.replies import COUNTER_HEADER, Block, Cleared, OrderedStatus, ProcessId, RealTimeStatus, Reply
from drivers.escpos.status import RealTimeQuery
from drivers.printing.condition import StatusTracker
from drivers.printing.job import Fence
from drivers.printing.wire import Wire

STATUS_S: Final = 1.0
PROBE_S: Final = 2.0  # a printer that knows GS ( H answers far sooner when idle
COUNTER_S: Final = 1.0
MODEL_S: Final = 0.5
CLEAR_S: Final = 2.0
QUIET_S: Final = 1.0
CHATTER_S: Final = 3.0


class Interview:
    """Asks over a wire; the tracker learns of the answers because it hears every reply."""

    def __init__(self, wire: Wire, tracker: StatusTracker) -> None:
        self._wire, self._tracker = wire, tracker

    async def status(self, query: RealTimeQuery) -> bool:
        """DLE EOT n. False when it stayed unanswered; then nothing is known of the printer any more."""
        self._tracker.asked(query)
        answer = await self._wire.ask(
            real_time_status(query), lambda reply: isinstance(reply, RealTimeStatus), _within(STATUS_S)
        )
        if answer is None:
            self._tracker.silent()
        return answer is not None

    async def whole_status(self) -> bool:
        """Online, causes, paper. False at the first silence."""
        for query in RealTimeQuery:
            if not await self.status(query):
                return False
        return True

    async def fence(self, profile: PrinterProfile, identity: bytes) -> Fence | None:
        """Find the strongest proof the printer offers. Only meaningful while it is online: both fences wait for paper.

        None: nothing was found out. It sends what looks like answers to GS r without being asked, so nothing can be believed of it, or
        it was silent because it cannot print, which must not be kept as what it can do.
        """
        if profile.has_process_id is not False and await self.process_id(identity, PROBE_S):
            return Fence.PROCESS_ID
        named = ProcessId(identity)  # held up until there was paper again, it still comes before the answer to GS r
        answer = await self._asked(
            ORDERED_PAPER_STATUS, lambda reply: isinstance(reply, OrderedStatus) or reply == named, PROBE_S
        )
        if answer is None:
            return Fence.NONE if await self._can_print() else None
        if answer == named:
            return Fence.PROCESS_ID
        return Fence.ORDERED_STATUS if await self._falls_quiet() else None

    async def _can_print(self) -> bool:
        """Asked anew: what is silent in order for want of paper is not stuck, and does not show what it knows."""
        return await self.whole_status() and self._tracker.status.ready

    async def model(self) -> str:
        """GS I 67; empty where the printer does not tell. No number, which could be a counter's answer."""
        reply = await self._asked(MODEL_NAME, _is_name, MODEL_S)
        return reply.text.decode("ascii", "replace") if isinstance(reply, Block) else ""

    async def process_id(self, identity: bytes, patience: float) -> bool:
        """GS ( H: True when everything sent before has been printed."""
        wanted = ProcessId(identity)
        return await self._asked(process_id_fence(identity), lambda reply: reply == wanted, patience) is not None

    async def ordered(self, patience: float) -> bool:
        """GS r 1: True when everything sent before has been processed."""
        answer = await self._asked(ORDERED_PAPER_STATUS, lambda reply: isinstance(reply, OrderedStatus), patience)
        return answer is not None

    async def ordered_and_quiet(self, patience: float) -> bool:
        """GS r 1, then silence: its answers carry no name, so a late one could pass for the next job's."""
        return await self.ordered(patience) and await self._falls_quiet()

    async def _falls_quiet(self) -> bool:
        """Late answers come to an end; what talks on and on is no printer, or there is noise on its line."""
        ends = _within(CHATTER_S)
        while await self._asked(b"", lambda reply: isinstance(reply, OrderedStatus), QUIET_S):
            if _within(0) >= ends:
                return False
        return True

    async def cutter_counter(self) -> int | None:
        """GS g 2, counter 178, answered in order; None on printers without it."""
        reply = await self._asked(AUTOCUTTER_COUNTER, _is_counter, COUNTER_S)
        return int(reply.text) if isinstance(reply, Block) else None

    async def clear(self) -> bool:
        """DLE DC4 8: True when the printer confirmed that its buffers are empty."""
        return await self._asked(CLEAR_BUFFERS, lambda reply: isinstance(reply, Cleared), CLEAR_S) is not None

    async def _asked(self, request: bytes, answers: Callable[[Reply], bool], patience: float) -> Reply | None:
        return await self._wire.ask(request, answers, _within(patience))


def _is_counter(reply: Reply) -> bool:
    return isinstance(reply, Block) and reply.header == COUNTER_HEADER and reply.text.isdigit()


def _is_name(reply: Reply) -> bool:
    return isinstance(reply, Block) and reply.header == COUNTER_HEADER and not reply.text.isdigit()


def _within(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds
