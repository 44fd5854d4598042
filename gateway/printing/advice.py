"""What to do about a job that is stuck, in doubt or elsewhere: which device, which cause, what next; German and English."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from branchgate.errors.texts import Language, all_sentences, sentence_for
from gateway.printing.jobs import Job, PrintState

_WITH_CAUSE: Final = frozenset(
    {PrintState.BLOCKED, PrintState.WAITING_PRINTER, PrintState.UNCERTAIN, PrintState.PARTIAL, PrintState.CANCELLED}
)
_WITHOUT_CAUSE: Final = frozenset({PrintState.SENT_UNVERIFIED})
_ON_PAPER: Final = frozenset({PrintState.PRINTED, PrintState.PRINTED_BY_OPERATOR})


def advice(job: Job, language: Language, missing: str = "") -> str:
    """A few sentences; empty when there is nothing to do. `missing`: the device that the job's role names and that is not here."""
    if missing and not job.printer and job.reason == "NO_DEVICE_FOR_ROLE":
        job = replace(job, printer=missing, reason="ROLE_DEVICE_MISSING")
    return " ".join(_say(key, job, language) for key in _keys(job))


def _keys(job: Job) -> list[str]:
    keys = []
    if job.state in _WITH_CAUSE and job.reason:
        keys.append(_cause(job))
    if job.state in _WITH_CAUSE | _WITHOUT_CAUSE:
        keys.append(f"PRINT_{job.state}")
    if job.state is PrintState.UNCERTAIN and job.cutter_told:
        keys.append("PRINT_CUTTER_MOVED" if job.cutter_moved else "PRINT_CUTTER_STILL")
    if job.intended_printer and job.state not in (PrintState.CANCELLED, PrintState.COPY):
        keys.append("PRINT_ELSEWHERE_PRINTED" if job.state in _ON_PAPER else "PRINT_ELSEWHERE_SOON")
    return keys


def _cause(job: Job) -> str:
    key = f"PRINTER_{job.reason.removeprefix('PRINTER_')}"
    return key if key in all_sentences() else "PRINTER_TROUBLE"


def _say(key: str, job: Job, language: Language) -> str:
    rule = job.intended_printer if key.startswith("PRINT_ELSEWHERE") else job.reason
    return sentence_for(key, language, field=job.printer or job.role, value=job.title, rule=rule)
