"""The one task that owns a printer: sole holder of the handle, sole writer, and always reading.

Everybody else sends it messages: `wake` after a job was queued, `open_drawer`, `cancel`. It answers by the ledger, by return
values, and by one event per change of the printer's status.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from drivers.drawer import DrawerCommand, DrawerOutcome, DrawerWiring, SensorView
from drivers.errors import DeviceRefused, DeviceUnavailable, LinkLost, Reason
from drivers.escpos.profile import PrinterProfile
from drivers.escpos.renderer import load
from drivers.escpos.replies import Reply
from drivers.printing.condition import PrinterStatus
from drivers.printing.ledger import JobLedger
from drivers.printing.mailbox import Mailbox
from drivers.printing.press import Press
from drivers.printing.records import Records
from drivers.printing.session import ActorLimits, Session
from drivers.printing.states import JobState
from drivers.printing.wire import Wire
from drivers.transport.contract import OpenTransport
from drivers.utc import Clock

CANCEL_BEGINS_S: Final = 5.0  # a printer whose buffer is full hears no command; nobody waits for that


class PrinterActor:
    """One printer and its drawer. `run` it as a task; cancelling that task stops it and closes the link properly."""

    def __init__(
        self,
        name: str,
        open_transport: OpenTransport,
        ledger: JobLedger,
        profile: PrinterProfile,
        clock: Clock,
        *,
        drawer: DrawerWiring | None = None,
        limits: ActorLimits | None = None,
    ) -> None:
        self.name = name
        self._open_transport, self._clock = open_transport, clock
        self._wiring, self._limits = drawer or DrawerWiring(), limits or ActorLimits()
        self._hurried = False
        self._mailbox = Mailbox()
        self._records = Records(name, ledger)
        self._press = Press(name, profile, self._wiring, self._records)

    @property
    def status(self) -> PrinterStatus:
        """The printer's condition as far as it is known now."""
        return self._press.status

    @property
    def drawer_sensor(self) -> SensorView:
        """How the drawer's sensor is read; worth a look after every drawer command, which may have taught it."""
        return self._press.sensor.view

    def subscribe(self, callback: Callable[[PrinterStatus], None]) -> Callable[[], None]:
        """Call back once per change of status, in the event loop; returns what ends the subscription."""
        return self._press.subscribe(callback)

    @property
    def out_since(self) -> float | None:
        """Since when, on the event loop's clock, the printer has been unable to print; None: it can, as far as anybody knows."""
        return self._press.out_since

    def reconnect(self) -> None:
        """The device may be there again, for example plugged in: try at once instead of when the rest is over."""
        self._hurried = True
        self._mailbox.stir()

    def wake(self) -> None:
        """A job was queued."""
        self._mailbox.stir()

    async def open_drawer(self, command: DrawerCommand) -> DrawerOutcome:
        """Open the drawer now or not at all. Returns when the drawer has moved, failed to, or the command expired."""
        return await self._mailbox.open_drawer(command, max(0, command.valid_until - self._clock()) / 1000)

    async def cancel(self, job_id: bytes) -> JobState | None:
        """Take back a job that waits inside the printer (WAITING_PRINTER).

        Returns its state then; None: it is not in there, or the printer takes no commands for now.
        """
        return await self._mailbox.cancel(job_id, CANCEL_BEGINS_S)

    async def run(self) -> None:
        """Serve the printer until cancelled. What was under way at the last stop becomes UNCERTAIN, never sent again.

        Raises what the ledger raises.
        """
        self._records.note(self._press.doubts.recover(await self._records.unfinished()))
        await self._records.flush()
        await asyncio.to_thread(load)
        pause = self._limits.retry_first
        try:
            while True:
                reason = await self._visit()
                if self._press.acquainted or self._hurried:
                    pause = self._limits.retry_first
                if reason is None:
                    continue
                await self._rest(pause, reason)
                pause = min(pause * 2, self._limits.retry_most)
        finally:
            self._mailbox.turn_away(Reason.NOT_CONNECTED)

    async def _visit(self) -> Reason | None:
        """One link from opening to closing; returns why there is none any more, None when a fresh one is due at once."""
        self._hurried = self._press.acquainted = False
        transport = self._open_transport()
        try:
            await transport.open(_now() + self._limits.connect)
        except (DeviceUnavailable, DeviceRefused) as error:
            self._press.unreachable(error.reason, error.detail)
            return error.reason
        self._press.linked()
        failure: Reason | None = None
        wire = Wire(transport, self._heard, self._mailbox.stir)
        try:
            await self._session(wire).serve()
        except LinkLost as lost:
            failure = lost.reason
            self._press.unreachable(lost.reason, lost.detail)
        finally:
            await wire.close(_now() + self._limits.close)
            self._press.leave()
        await self._records.flush()
        return failure

    def _session(self, wire: Wire) -> Session:
        return Session(wire, self._press, self._records, self._mailbox, self._wiring, self._limits, self._clock)

    def _heard(self, reply: Reply) -> None:
        self._press.heard(reply)
        self._mailbox.stir()

    async def _rest(self, seconds: float, reason: Reason) -> None:
        """Wait before the next attempt; meanwhile nobody waits for an answer."""
        end = _now() + seconds
        while _now() < end and not self._hurried:
            self._mailbox.turn_away(reason)
            await self._records.blocked(reason)
            await self._mailbox.stirred(end)


def _now() -> float:
    return asyncio.get_running_loop().time()
