"""The in-memory ledger keeps the promises the actor builds on."""

from __future__ import annotations

import pytest

from drivers.errors import Reason
from drivers.escpos.document import Document, Text
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.states import TRANSITIONS, JobEvidence, JobState, Proof


@pytest.fixture
def ledger() -> MemoryLedger:
    kept = MemoryLedger()
    kept.add(MemoryJob(b"1", Document((Text("eins"),))))
    kept.add(MemoryJob(b"2", Document((Text("zwei"),))))
    return kept


async def test_the_oldest_unsent_job_is_next(ledger: MemoryLedger) -> None:
    assert await _next(ledger) == b"1"
    await ledger.decline("bon", b"1", JobState.BLOCKED, Reason.PAPER_OUT)
    assert await _next(ledger) == b"1"
    assert await ledger.claim("bon", b"1", JobEvidence())
    assert await _next(ledger) == b"2"


async def test_a_job_never_goes_back_to_where_it_could_be_sent_again(ledger: MemoryLedger) -> None:
    assert await ledger.claim("bon", b"1", JobEvidence())
    await ledger.moved(b"1", JobState.UNCERTAIN, JobEvidence())
    for state in (JobState.QUEUED, JobState.BLOCKED, JobState.SENDING):
        with pytest.raises(ValueError, match="no way"):
            await ledger.moved(b"1", state, JobEvidence())


async def test_proof_after_a_persons_word_is_evidence_only(ledger: MemoryLedger) -> None:
    assert await ledger.claim("bon", b"1", JobEvidence())
    for state in (JobState.UNCERTAIN, JobState.PRINTED_BY_OPERATOR, JobState.PRINTED):
        await ledger.moved(b"1", state, JobEvidence(proof=Proof.PROCESS_ID if state is JobState.PRINTED else None))
    assert ledger.state(b"1") is JobState.PRINTED_BY_OPERATOR
    assert ledger.evidence(b"1").proof is Proof.PROCESS_ID


async def test_the_same_id_is_the_same_job(ledger: MemoryLedger) -> None:
    assert await ledger.claim("bon", b"1", JobEvidence())
    ledger.add(MemoryJob(b"1", Document(())))
    assert ledger.state(b"1") is JobState.SENDING


def test_only_unsent_states_lead_to_sending() -> None:
    """From WAITING_PRINTER a job goes on sending what is left; it never starts over."""
    sources = {state for state, following in TRANSITIONS.items() if JobState.SENDING in following}
    assert sources == {JobState.QUEUED, JobState.PREFLIGHT, JobState.BLOCKED, JobState.WAITING_PRINTER}


async def test_a_job_is_claimed_once_and_only_by_the_printer_it_belongs_to(ledger: MemoryLedger) -> None:
    assert ledger.reroute(b"1", "spare")
    assert not await ledger.claim("bon", b"1", JobEvidence())
    assert ledger.state(b"1") is JobState.QUEUED
    assert await ledger.claim("spare", b"1", JobEvidence())
    assert not await ledger.claim("spare", b"1", JobEvidence())
    assert not ledger.reroute(b"1", "bon")
    assert not ledger.cancel(b"1")


async def test_a_cancelled_job_is_not_claimed_and_what_a_printer_says_of_it_is_not_heard(ledger: MemoryLedger) -> None:
    assert ledger.cancel(b"1")
    await ledger.decline("bon", b"1", JobState.BLOCKED, Reason.PAPER_OUT)
    assert not await ledger.claim("bon", b"1", JobEvidence())
    assert ledger.history(b"1") == (JobState.CANCELLED_CLEAN,)


async def test_nobody_sends_without_a_claim(ledger: MemoryLedger) -> None:
    with pytest.raises(ValueError, match="no way"):
        await ledger.moved(b"1", JobState.SENDING, JobEvidence())


async def test_process_ids_are_given_once(ledger: MemoryLedger) -> None:
    first = await ledger.take_process_ids(10)
    assert await ledger.take_process_ids(10) == first + 10


async def _next(ledger: MemoryLedger) -> bytes | None:
    job = await ledger.next_job("bon")
    return None if job is None else job.job_id
