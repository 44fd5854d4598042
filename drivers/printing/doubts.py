"""Jobs whose fate is unknown or whose paper was never parted, and the evidence that still comes in for them. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from drivers.errors import Reason
from drivers.escpos.replies import ProcessId, Reply
from drivers.printing.ledger import OpenJob
from drivers.printing.states import JobEvidence, JobState, Proof


@dataclass(slots=True)
class _Doubt:
    state: JobState
    evidence: JobEvidence
    awaits_witness: bool


class Doubts:
    """Doubtful jobs of one printer. A process id that comes late settles its job; the cutter counter is a witness."""

    def __init__(self) -> None:
        self._doubts: dict[bytes, _Doubt] = {}

    def recover(self, jobs: Iterable[OpenJob]) -> list[OpenJob]:
        """After a restart: what was under way is uncertain now, and is returned to be recorded so. Nothing is re-sent.

        Of an older doubt nobody knows any more whether a cut since was its own: the counter bears no witness for it.
        """
        changed = []
        for job in jobs:
            if job.state.is_open:
                evidence = replace(job.evidence, bytes_accepted=None, reason=Reason.RESTARTED)
                self.add(job.job_id, JobState.UNCERTAIN, evidence)
                changed.append(OpenJob(job.job_id, JobState.UNCERTAIN, evidence))
            else:
                self._doubts[job.job_id] = _Doubt(job.state, job.evidence, awaits_witness=False)
        return changed

    def add(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """A job has become uncertain, or was broken off, just now."""
        self._doubts[job_id] = _Doubt(state, evidence, awaits_witness=True)

    @property
    def paper_hangs_out(self) -> bool:
        """A piece of some job may hang out of the printer, or stand in it half sent: no job may follow before it is parted."""
        return any(not doubt.evidence.parted for doubt in self._doubts.values())

    def heard(self, reply: Reply) -> OpenJob | None:
        """A late process id: the job is printed after all, and cut off."""
        if not isinstance(reply, ProcessId):
            return None
        for job_id, doubt in self._doubts.items():
            if doubt.evidence.pid_end == reply.process_id:
                del self._doubts[job_id]
                proven = replace(doubt.evidence, begun=True, proof=Proof.PROCESS_ID, reason=None, parted=True)
                return OpenJob(job_id, JobState.PRINTED, proven)
        return None

    def witnessed(self, cutter: int | None) -> list[OpenJob]:
        """The printer is clean again and its cutter counter was read; returns what is to be recorded."""
        waiting = [(job_id, doubt) for job_id, doubt in self._doubts.items() if doubt.awaits_witness]
        for _, doubt in waiting:
            doubt.awaits_witness = False
            doubt.evidence = replace(doubt.evidence, cutter_after=cutter)
        return [OpenJob(job_id, doubt.state, doubt.evidence) for job_id, doubt in waiting]

    def parted(self) -> list[OpenJob]:
        """The paper was cut, and the printer has answered since; returns what is to be recorded."""
        hanging = [(job_id, doubt) for job_id, doubt in self._doubts.items() if not doubt.evidence.parted]
        for _, doubt in hanging:
            doubt.evidence = replace(doubt.evidence, parted=True)
        return [OpenJob(job_id, doubt.state, doubt.evidence) for job_id, doubt in hanging]
