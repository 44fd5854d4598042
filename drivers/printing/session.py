"""One open link to a printer: look at it, clean up after doubts, print what is queued, serve the drawer in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from drivers.drawer import DrawerOutcome, DrawerState, DrawerWiring
from drivers.errors import DeviceRefused, LinkLost, Reason
from drivers.escpos.compose import compose
from drivers.escpos.status import RealTimeQuery
from drivers.printing.acquaintance import Acquaintance
from drivers.printing.interview import Interview
from drivers.printing.job import Fence, JobLimits, PrintJob
from drivers.printing.kick import Kick, not_opened
from drivers.printing.ledger import QueuedJob
from drivers.printing.mailbox import CancelRequest, Mailbox, answer
from drivers.printing.press import Press
from drivers.printing.records import Records
from drivers.printing.states import JobState
from drivers.printing.wire import Wire
from drivers.utc import Clock

SEND_SLICE_S: Final = 0.1  # a printer that stops reading must not keep others from an answer


@dataclass(frozen=True, slots=True)
class ActorLimits:
    """Seconds. `retry_first` doubles up to `retry_most` while the printer cannot be reached.

    `look_blocked`: how often a printer that cannot print, is silent over a job, or does not report changes by itself is asked
    again; `look_idle`: one that can and does, which also keeps network printers from hanging up (5 minutes on UB-E02).
    `boot`: how long one that was never heard must have stayed silent on a link before it is sent anything.
    """

    job: JobLimits = field(default_factory=JobLimits)
    connect: float = 5.0
    close: float = 3.0
    retry_first: float = 0.5
    retry_most: float = 15.0
    look_blocked: float = 2.0
    look_idle: float = 30.0
    boot: float = 10.0


class Session:
    """Serves until the link is lost (LinkLost) or a job became uncertain, after which a fresh link is due."""

    def __init__(
        self,
        wire: Wire,
        press: Press,
        records: Records,
        mailbox: Mailbox,
        wiring: DrawerWiring,
        limits: ActorLimits,
        clock: Clock,
    ) -> None:
        self._wire, self._press, self._records, self._mailbox = wire, press, records, mailbox
        self._interview = Interview(wire, press.tracker)
        self._acquaintance = Acquaintance(wire, press, records, self._interview, limits.look_blocked)
        self._kick = Kick(wire, self._interview, press.tracker, press.sensor, wiring)
        self._limits, self._clock = limits, clock
        self._look_at = 0.0

    async def serve(self) -> None:
        """Print and open drawers. Raises LinkLost at the end of the link."""
        await self._acquaintance.begin()
        while True:
            self._wire.check()
            await self._records.flush()
            await self._serve_requests()
            obstacle = await self._look()
            if obstacle is None:
                obstacle = await self._acquainted()
            if obstacle is not None:
                await self._records.blocked(obstacle)
            elif queued := await self._records.next_job():
                if not await self._print(queued):
                    return
                continue
            await self._mailbox.stirred(self._look_at)

    async def _look(self) -> Reason | None:
        """Ask for the condition when it is time to; return what is in the way of printing."""
        press = self._press
        if _now() >= self._look_at or press.spoke_up:
            press.spoke_up = False
            if press.profile.status and not await self._interview.whole_status():
                press.silent(self._limits.boot)
            press.publish()
            reports_itself = press.obstacle is None and (press.reports or press.mute)
            patience = self._limits.look_idle if reports_itself else self._limits.look_blocked
            self._look_at = _now() + patience
        return press.obstacle

    async def _acquainted(self) -> Reason | None:
        """A printer that answers real-time questions but not in order is stuck: no job goes in."""
        made = await self._acquaintance.made()
        self._press.answers_in_order(made)
        if made:
            return self._press.obstacle
        self._look_at = _now() + self._limits.look_blocked
        return self._press.obstacle or Reason.NO_ANSWER

    # -- one job ---------------------------------------------------------------------------------------------------

    async def _print(self, queued: QueuedJob) -> bool:
        """Print one job. False when it is in doubt now, and the link with it."""
        press = self._press
        try:
            document = await queued.document_for(press.profile)
            # In a thread, because a thousand lines take seconds; one job at a time, so there are no more threads than printers.
            bands = await asyncio.to_thread(compose, document, press.profile)
        except DeviceRefused as refused:
            await self._records.give_up(queued.job_id, refused.reason)
            return True
        obstacle = await self._preflight()
        if obstacle is not None:
            await self._records.block(queued, obstacle)
            return True
        fence = press.fence
        if fence is None:
            return True  # taken for mute until now: its proof is asked for first
        first_id = await self._records.process_ids(len(bands)) if fence is Fence.PROCESS_ID else 0
        job = PrintJob(bands, fence, first_id, self._limits.job)
        job.begin(await self._acquaintance.cutter_counter(), _now())
        if not await self._records.claim(queued.job_id, job.evidence):
            return True
        press.take(queued.job_id, job)
        if press.obstacle is not None:
            press.moved(job.link_lost(press.obstacle))  # since the preflight; not one byte has gone
        await self._deliver(job)
        press.leave()
        await self._records.flush()
        self._look_at = max(self._look_at, _now() + self._limits.look_blocked)
        return job.state is not JobState.UNCERTAIN

    async def _preflight(self) -> Reason | None:
        """One round trip when the printer reports changes by itself, else the whole list.

        One that is taken for mute is asked once more, for nothing can be taken back. Should it speak, it is not mute, and looked at first.
        """
        if self._press.mute:
            if self._press.profile.status:
                await self._interview.status(RealTimeQuery.PRINTER)
            return None
        if self._press.reports and self._press.status.paper_out is not None:
            answered = await self._interview.status(RealTimeQuery.PRINTER)
        else:
            answered = await self._interview.whole_status()
        self._press.publish()
        self._look_at = _now() + self._limits.look_blocked
        return self._press.obstacle if answered else Reason.NO_ANSWER

    async def _deliver(self, job: PrintJob) -> None:
        look_at = _now() + self._limits.look_blocked
        while job.state.is_open:
            await self._records.flush()
            if data := job.offer():
                try:
                    count = await self._wire.send(data, _now() + SEND_SLICE_S)
                except LinkLost:
                    job.accepted(0, _now())
                    raise
                self._press.moved(job.accepted(count, _now()))
            else:
                self._wire.check()
                await self._mailbox.stirred(min(job.wake_at or look_at, look_at))
                if _now() >= look_at and job.between_bands:
                    await self._interview.whole_status()
                    self._press.publish()
                    look_at = _now() + self._limits.look_blocked
            self._press.moved(job.tick(_now()))
            if job.must_look(_now()):
                answered = await self._interview.status(RealTimeQuery.PRINTER)
                self._press.moved(job.looked(answered=answered, ready=self._press.status.ready, now=_now()))
            if job.between_bands:
                await self._serve_requests()

    # -- requests --------------------------------------------------------------------------------------------------

    async def _serve_requests(self) -> None:
        """At most one drawer command, so that however many come, paper goes on in between; and the cancellations, which are quick."""
        if request := self._mailbox.next_drawer():
            outcome = not_opened(request.command, Reason.LINK_LOST)
            try:
                refused = await self._kick.prepare(request.command, self._press.mute)
                outcome = refused or DrawerOutcome(
                    request.command.command_id, DrawerState.UNKNOWN, Reason.LINK_LOST, pulse_sent=True
                )
                if refused is None:
                    outcome = await self._kick.pulse(request.command, self._clock)
            finally:
                answer(request.answer, outcome)
            self._press.publish()
            self._mailbox.stir()  # others may wait behind it
        while cancel := self._mailbox.next_cancel():
            await self._cancel(cancel)

    async def _cancel(self, request: CancelRequest) -> None:
        job = self._press.job_in_printer(request.job_id)
        if job is not None and job.state is JobState.WAITING_PRINTER:
            if await self._interview.clear():
                self._press.moved(job.cleared())
            else:
                self._press.moved(job.link_lost(Reason.ANSWER_OVERDUE))
            await self._records.flush()
        answer(request.answer, None if job is None else job.state)


def _now() -> float:
    return asyncio.get_running_loop().time()
