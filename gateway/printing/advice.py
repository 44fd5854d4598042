"""What to do about a job that is stuck or in doubt: which device, which cause, what next; German and English."""

from __future__ import annotations

from typing import Final

from branchgate.errors.texts import Language, all_sentences, sentence_for
from gateway.printing.jobs import Job, PrintState

_WITH_CAUSE: Final = frozenset(
    {PrintState.BLOCKED, PrintState.WAITING_PRINTER, PrintState.UNCERTAIN, PrintState.PARTIAL, PrintState.CANCELLED}
)
_WITHOUT_CAUSE: Final = frozenset({PrintState.SENT_UNVERIFIED})


def advice(job: Job, language: Language) -> str:
    """One or two sentences; empty when there is nothing to do."""
    if job.state not in _WITH_CAUSE | _WITHOUT_CAUSE:
        return ""
    sentences = [_cause(job, language)] if job.state in _WITH_CAUSE and job.reason else []
    sentences.append(_say(f"PRINT_{job.state}", job, language))
    if job.state is PrintState.UNCERTAIN and job.cutter_moved:
        sentences.append(_say("PRINT_CUTTER_MOVED", job, language))
    return " ".join(sentences)


def _cause(job: Job, language: Language) -> str:
    key = f"PRINTER_{job.reason.removeprefix('PRINTER_')}"
    return _say(key if key in all_sentences() else "PRINTER_TROUBLE", job, language)


def _say(key: str, job: Job, language: Language) -> str:
    return sentence_for(key, language, field=job.printer, value=job.title, rule=job.reason)
