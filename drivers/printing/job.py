"""One print job from the first byte to the verdict, without I/O.

The claim that can be made is: at most one unmarked original, and every doubt is on record. So the job is sent once, never again;
only an answer from the printer makes it PRINTED; after the first accepted byte every failure is UNCERTAIN.

A fence follows each band of the document: GS ( H (answered when printed) or GS r 1 (answered in order, when processed). Answers
also open the window: less than `WINDOW` bytes are ever unanswered, so the printer's buffer never fills and real-time commands get
through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import Final

from drivers.errors import Reason
from drivers.escpos.commands import ORDERED_PAPER_STATUS, process_id, process_id_fence
from drivers.escpos.replies import OrderedStatus, ProcessId, Reply
from drivers.printing.condition import PrinterStatus
from drivers.printing.states import JobEvidence, JobState, Proof

WINDOW: Final = 2048  # half of the smallest common receive buffer


class Fence(StrEnum):
    """How the printer can tell how far it has come."""

    PROCESS_ID = "process-id"
    ORDERED_STATUS = "ordered-status"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class JobLimits:
    """Seconds. `progress`: without any sign of life while sending or awaiting. `waiting`: for a person with paper.

    `settle`: how long a printer with the weaker fence must stay free of faults after its last answer, before it is asked whether it lives.
    """

    progress: float = 30.0
    waiting: float = 1800.0
    settle: float = 1.0


class PrintJob:
    """Feed it what happens; after each call persist `moved` before writing `outgoing`."""

    def __init__(self, bands: tuple[bytes, ...], fence: Fence, first_id: int, limits: JobLimits) -> None:
        ids = tuple(process_id(first_id + number) for number in range(len(bands)))
        self._fence, self._limits = fence, limits
        self._packets = tuple(band + _fence_bytes(fence, identity) for band, identity in zip(bands, ids, strict=True))
        self._stream = b"".join(self._packets)
        self._ends = tuple(accumulate(map(len, self._packets)))
        self._number_of: Mapping[bytes, int] = {identity: number for number, identity in enumerate(ids)}
        self._released = self._answered = 0  # packets allowed out, packets answered
        self._accepted = 0  # bytes
        self._offered = False  # a write is under way and has not been counted yet
        self._deadline: float | None = None
        self._settles_at: float | None = None
        self.state = JobState.PREFLIGHT
        with_ids = fence is Fence.PROCESS_ID
        self.evidence = JobEvidence(pid_start=ids[0] if with_ids else None, pid_end=ids[-1] if with_ids else None)

    @property
    def outgoing(self) -> bytes:
        """What may be written now; empty while the window is shut or the printer is not ready."""
        end = self._ends[self._released - 1] if self._released else 0
        return self._stream[self._accepted : end] if self.state.is_open else b""

    @property
    def between_bands(self) -> bool:
        """No command is half written: a real-time command may go out now."""
        return not self.state.is_open or self._accepted in (0, *self._ends)

    @property
    def wake_at(self) -> float | None:
        """When `tick` must be called at the latest."""
        times = [time for time in (self._deadline, self._settles_at) if time is not None]
        return min(times) if times and self.state.is_open else None

    @property
    def nothing_sent(self) -> bool:
        """Not one byte can have reached the printer."""
        return self._accepted == 0 and not self._offered

    def offer(self) -> bytes:
        """`outgoing`, about to be written: until `accepted` says how much, any of it may have gone."""
        self._offered = bool(self.outgoing)
        return self.outgoing

    def begin(self, cutter: int | None, now: float) -> JobState:
        """Nothing is in the way of the first byte; `cutter` is the counter before the job."""
        self.evidence = replace(self.evidence, cutter_before=cutter, parted=False)
        self._progressed(now)
        self._move(JobState.SENDING, None)
        self._release()
        return self.state

    def accepted(self, count: int, now: float) -> JobState | None:
        """The kernel took `count` bytes of what was offered."""
        self._offered = False
        if count:
            self._accepted += count
            self.evidence = replace(self.evidence, bytes_accepted=self._accepted)
            self._progressed(now)
        self._release()
        if self.state is not JobState.SENDING or self._accepted < self._ends[-1]:
            return None
        if self._fence is Fence.NONE:
            self.evidence = replace(self.evidence, parted=True)
            return self._move(JobState.SENT_UNVERIFIED, Reason.NO_ANSWER)
        return self._move(JobState.AWAITING, None)

    def received(self, reply: Reply, now: float) -> JobState | None:
        """The printer said something. A process id counts even late, when the job is already UNCERTAIN."""
        number = self._fence_answered(reply)
        if number is None:
            return self._spoke_out_of_turn(reply)
        if number < self._answered:
            return None
        self._answered = number + 1
        self.evidence = replace(self.evidence, begun=True)
        self._progressed(now)
        if self._answered < len(self._packets):
            self._release()
            return None
        if self._fence is Fence.PROCESS_ID:
            return self._printed(Proof.PROCESS_ID)
        self._settles_at = now + self._limits.settle
        return None

    def condition(self, status: PrinterStatus, now: float) -> JobState | None:
        """The printer's condition changed. Unknown moves nothing: it is neither a fault nor a recovery."""
        if self.state in (JobState.SENDING, JobState.AWAITING) and status.online is False:
            self._deadline, self._settles_at = now + self._limits.waiting, None
            return self._move(JobState.WAITING_PRINTER, status.reason)
        if self.state is JobState.WAITING_PRINTER and status.ready:
            self._progressed(now)
            if self._fence is Fence.ORDERED_STATUS and self._answered == len(self._packets):
                self._settles_at = now + self._limits.settle
            all_sent = self._accepted == self._ends[-1]
            self._move(JobState.AWAITING if all_sent else JobState.SENDING, None)
            self._release()
            return self.state
        return None

    def link_lost(self, reason: Reason = Reason.LINK_LOST) -> JobState | None:
        """The wire is gone. Clean only if not one byte had been accepted."""
        if not self.state.is_open:
            return None
        if self.nothing_sent:
            self.evidence = replace(self.evidence, parted=True)
            return self._move(JobState.BLOCKED, reason)
        return self._move(JobState.UNCERTAIN, reason)

    def cleared(self) -> JobState | None:
        """The printer confirmed that it emptied its buffers (DLE DC4 8), on a person's order."""
        if not self.state.is_open:
            return None
        nothing_on_paper = self._fence is not Fence.NONE and not self.evidence.begun
        clean = JobState.CANCELLED_CLEAN if nothing_on_paper else JobState.PARTIAL
        return self._move(clean, Reason.CANCELLED)

    def tick(self, now: float) -> JobState | None:
        """Time has passed."""
        if not self.state.is_open:
            return None
        if self._deadline is None or now < self._deadline:
            return None
        return self.link_lost(Reason.NOT_READING if self._accepted < self._ends[-1] else Reason.ANSWER_OVERDUE)

    def must_look(self, now: float) -> bool:
        """The weaker fence's last answer has stood long enough: `looked` must be told whether the printer still lives."""
        return self.state.is_open and self._settles_at is not None and now >= self._settles_at

    def looked(self, *, answered: bool, ready: bool, now: float) -> JobState | None:
        """What DLE EOT 1 brought. A line that is switched off in the middle reads as NULs, which look like answers to GS r: paper present."""
        if not self.must_look(now):
            return None  # it said meanwhile what is wrong
        if not answered:
            return self.link_lost(Reason.NO_ANSWER)
        if ready:
            return self._printed(Proof.PROCESSED)
        self._settles_at = now + self._limits.settle
        return None

    def _spoke_out_of_turn(self, reply: Reply) -> JobState | None:
        """More answers to GS r than it got: then none of them can be told from noise."""
        ordered = isinstance(reply, OrderedStatus) and self._fence is Fence.ORDERED_STATUS
        return self.link_lost(Reason.NO_ANSWER) if ordered and not self.nothing_sent else None

    def _fence_answered(self, reply: Reply) -> int | None:
        if not (self.state.is_open or self.state is JobState.UNCERTAIN):
            return None
        if isinstance(reply, ProcessId) and self._fence is Fence.PROCESS_ID:
            return self._number_of.get(reply.process_id)
        ordered = isinstance(reply, OrderedStatus) and self._fence is Fence.ORDERED_STATUS and self.state.is_open
        if not ordered or self._answered == self._released:
            return None
        has_got_it = self._offered or self._accepted >= self._ends[self._answered]
        return self._answered if has_got_it else None

    def _release(self) -> None:
        if self.state is not JobState.SENDING:
            return
        answered_bytes = self._ends[self._answered - 1] if self._answered else 0
        while self._released < len(self._packets):
            unanswered = self._ends[self._released] - answered_bytes
            alone = self._released == self._answered
            if self._fence is not Fence.NONE and unanswered >= WINDOW and not alone:
                return
            self._released += 1

    def _progressed(self, now: float) -> None:
        if self.state is not JobState.WAITING_PRINTER:
            self._deadline = now + self._limits.progress

    def _printed(self, proof: Proof) -> JobState:
        self.evidence = replace(self.evidence, proof=proof, parted=True)
        return self._move(JobState.PRINTED, None)

    def _move(self, state: JobState, reason: Reason | None) -> JobState:
        self.state = state
        self.evidence = replace(self.evidence, reason=reason)
        return state


def _fence_bytes(fence: Fence, identity: bytes) -> bytes:
    match fence:
        case Fence.PROCESS_ID:
            return process_id_fence(identity)
        case Fence.ORDERED_STATUS:
            return ORDERED_PAPER_STATUS
        case Fence.NONE:
            return b""
