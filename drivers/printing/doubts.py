"""Jobs whose fate is unknown, and the evidence that still comes in for them. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from drivers.errors import Reason
from drivers.escpos.replies import ProcessId, Reply
from drivers.printing.ledger import OpenJob
from drivers.printing.states import JobEvidence, JobState, Proof


@dataclass(slots=True)
class _Doubt:
    evidence: JobEvidence
    awaits_witness: bool


class Doubts:
    """Uncertain jobs of one printer. A process id that comes late settles its job; the cutter counter is a witness."""

    def __init__(self) -> None:
        self._doubts: dict[bytes, _Doubt] = {}

    def recover(self, jobs: Iterable[OpenJob]) -> list[OpenJob]:
        """After a restart: what was under way is uncertain now, and is returned to be recorded so. Nothing is re-sent."""
        changed = []
        for job in jobs:
            if job.state.is_open:
                evidence = replace(job.evidence, bytes_accepted=None, reason=Reason.RESTARTED)
                self.add(job.job_id, evidence)
                changed.append(OpenJob(job.job_id, JobState.UNCERTAIN, evidence))
            else:
                self._doubts[job.job_id] = _Doubt(job.evidence, awaits_witness=False)
        return changed

    def add(self, job_id: bytes, evidence: JobEvidence) -> None:
        """A job has become uncertain just now."""
        self._doubts[job_id] = _Doubt(evidence, awaits_witness=True)

    @property
    def await_witness(self) -> bool:
        """The printer has not been looked at since the last job became uncertain: nothing may be sent before."""
        return any(doubt.awaits_witness for doubt in self._doubts.values())

    def heard(self, reply: Reply) -> OpenJob | None:
        """A late process id: the job is printed after all."""
        if not isinstance(reply, ProcessId):
            return None
        for job_id, doubt in self._doubts.items():
            if doubt.evidence.pid_end == reply.process_id:
                del self._doubts[job_id]
                proven = replace(doubt.evidence, begun=True, proof=Proof.PROCESS_ID, reason=None)
                return OpenJob(job_id, JobState.PRINTED, proven)
        return None

    def witnessed(self, cutter: int | None) -> list[OpenJob]:
        """The printer is clean again and its cutter counter was read; returns what is to be recorded."""
        changed = []
        for job_id, doubt in self._doubts.items():
            if doubt.awaits_witness:
                doubt.awaits_witness = False
                doubt.evidence = replace(doubt.evidence, cutter_after=cutter)
                changed.append(OpenJob(job_id, JobState.UNCERTAIN, doubt.evidence))
        return changed
