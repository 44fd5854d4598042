"""What is known of one printer, from one connection to the next, and the job that is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from drivers.drawer import DrawerSensor, DrawerWiring
from drivers.errors import Reason
from drivers.escpos.profile import PrinterProfile
from drivers.escpos.replies import AutomaticStatus, Reply
from drivers.printing.condition import PrinterStatus, StatusTracker
from drivers.printing.doubts import Doubts
from drivers.printing.job import Fence, PrintJob
from drivers.printing.ledger import OpenJob
from drivers.printing.records import Records
from drivers.printing.states import JobState
from drivers.printing.status_log import StatusLog

COUNTER_CHANCES: Final = 3


class CutterCounter:
    """Whether the printer is worth asking for its cutter counter. One lost answer proves nothing."""

    def __init__(self) -> None:
        self._chances: int | None = COUNTER_CHANCES  # None: it has answered once, so it can

    @property
    def worth_asking(self) -> bool:
        """It answers, or has not been silent often enough to say that it never does."""
        return self._chances is None or self._chances > 0

    def asked(self, *, answered: bool) -> None:
        """What came of a question."""
        if answered:
            self._chances = None
        elif self._chances is not None:
            self._chances -= 1


class Press:
    """Hears every reply. Nothing is awaited here: what must be recorded is noted in the records."""

    def __init__(self, name: str, profile: PrinterProfile, wiring: DrawerWiring, records: Records) -> None:
        self.name, self.profile = name, profile
        self.sensor = DrawerSensor(wiring)
        self.tracker = StatusTracker(self.sensor)
        self.doubts = Doubts()
        self._fence: Fence | None = None
        self.counter = CutterCounter()
        self.reports = False  # automatic status was heard on this link
        self.mute = not profile.status  # taken for one that never answers
        self.spoke_up = False  # was taken for mute, and has been heard: it is to be looked at anew
        self.spoke_before = False  # at this address, in the life of an earlier process
        self.acquainted = False  # a job could be sent over this link, or could have been
        self.out_since: float | None = None
        self._deaf = False
        self._ever_answered = False
        self._silent_since: float | None = None
        self._records = records
        self._job: tuple[bytes, PrintJob] | None = None
        self._listeners: list[Callable[[PrinterStatus], None]] = []
        self._told = self.tracker.status
        self._log = StatusLog(name)

    @property
    def fence(self) -> Fence | None:
        """The strongest proof the printer offers; None until it was asked. That of a mute one is no finding: it may speak yet."""
        return Fence.NONE if self.mute else self._fence

    @fence.setter
    def fence(self, found: Fence) -> None:
        self._fence = found
        self.tracker.fence_found(found is Fence.PROCESS_ID)
        self.publish()

    @property
    def status(self) -> PrinterStatus:
        """The printer's condition as far as it is known. One that answers only in real time, not in order, is stuck."""
        known = self.tracker.status
        return replace(known, reason=Reason.NO_ANSWER) if self._deaf and known.reason is None else known

    @property
    def obstacle(self) -> Reason | None:
        """What the printer says is in the way of printing; None: nothing, or it has never been able to say."""
        return None if self.mute else self.tracker.status.reason

    @property
    def _may_be_mute(self) -> bool:
        """Not one byte has ever come back, and nothing promises any."""
        promised = self.profile.must_answer or self.profile.has_process_id is True
        return not (self._ever_answered or self.spoke_before or promised)

    def silent(self, patience: float) -> None:
        """A look stayed unanswered. One that may be mute is taken for it after `patience` seconds of that: it may only be booting."""
        now = asyncio.get_running_loop().time()
        self._silent_since = now if self._silent_since is None else self._silent_since
        self.mute = self._may_be_mute and now - self._silent_since >= patience

    def subscribe(self, callback: Callable[[PrinterStatus], None]) -> Callable[[], None]:
        """Call back once per change of status; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def linked(self) -> None:
        """A new link is open: what was heard over the old one holds no longer."""
        self.reports, self.mute = False, not self.profile.status
        self.acquainted = self._deaf = self.spoke_up = False
        self._silent_since = None
        self._time_outage()

    def answers_in_order(self, does: bool) -> None:
        """Whether a job may be sent over this link now; real-time answers alone do not tell. What cannot print is not deaf."""
        self.acquainted, self._deaf = self.acquainted or does, not does and self.obstacle is None
        if does:
            self._log.link_works()
        self.publish()

    def unreachable(self, reason: Reason, detail: str = "") -> None:
        """The link is down."""
        self.tracker.unreachable(reason)
        self.mute = self._deaf = False  # it is worse than that
        self._log.link_failed(self.status, detail)
        self.publish()

    def take(self, job_id: bytes, job: PrintJob) -> None:
        """A job goes to the printer."""
        self._job = (job_id, job)

    def job_in_printer(self, job_id: bytes) -> PrintJob | None:
        """The job, if it is the one in the printer."""
        return self._job[1] if self._job is not None and self._job[0] == job_id else None

    def leave(self) -> None:
        """The link or the job is at its end; whatever is still open becomes uncertain, or blocked if nothing went out."""
        if self._job is None:
            return
        job_id, job = self._job
        self.moved(job.link_lost())
        if not job.evidence.parted:
            self.doubts.add(job_id, job.state, job.evidence)
        self._job = None

    def moved(self, state: JobState | None) -> None:
        """Note a step of the job in the printer."""
        if state is not None and self._job is not None:
            self._records.note([OpenJob(self._job[0], state, self._job[1].evidence)])

    def heard(self, reply: Reply) -> None:
        """Take one reply, in the order they came."""
        self._ever_answered = True
        if self.mute and self.profile.status:
            self.mute, self.spoke_up = False, True
        self.reports = self.reports or isinstance(reply, AutomaticStatus)
        self.tracker.received(reply)
        if self._job is not None:
            now = asyncio.get_running_loop().time()
            self.moved(self._job[1].received(reply, now))
            self.moved(self._job[1].condition(self.status, now))
        late = self.doubts.heard(reply)
        if late is not None:
            self._records.note([late])
        self.publish()

    def publish(self) -> None:
        """Tell the listeners, if there is news."""
        self._time_outage()
        if self.status == self._told:
            return
        self._told = self.status
        self._log.changed(self.status)
        for listener in tuple(self._listeners):
            listener(self.status)

    def _time_outage(self) -> None:
        if self.mute or self.status.reason is None:
            self.out_since = None
        elif self.out_since is None:
            self.out_since = asyncio.get_running_loop().time()
