"""What people read about a stuck job: device, cause, what next."""

from __future__ import annotations

import pytest

from branchgate.errors.texts import all_sentences
from drivers.errors import Reason
from gateway.printing.advice import advice
from gateway.printing.jobs import DocumentKind, Job, PrintState


def job(state: PrintState, reason: str = "", cutter_after: int | None = None) -> Job:
    return Job(
        job_id=bytes(16),
        event_id=bytes(16),
        document=DocumentKind.RECEIPT,
        template=1,
        title="K1-000042",
        register_id="kasse-1",
        role="receipt",
        printer="bon",
        copy_number=0,
        replaces_job_id=None,
        user_id="",
        state=state,
        reason=reason,
        proof=None,
        bytes_accepted=0,
        begun=False,
        cutter_before=7,
        cutter_after=cutter_after,
        pid_start=None,
        pid_end=None,
        created_at_ms=0,
        changed_at_ms=0,
    )


def test_the_cutter_is_named_as_a_witness_when_it_cut_once() -> None:
    assert "Schneidwerk" in advice(job(PrintState.UNCERTAIN, "LINK_LOST", cutter_after=8), "de")
    assert "nicht geschnitten" in advice(job(PrintState.UNCERTAIN, "LINK_LOST", cutter_after=7), "de")
    for silent in (None, 9):
        assert "Schneidwerk" not in advice(job(PrintState.UNCERTAIN, "LINK_LOST", cutter_after=silent), "de")


def test_nothing_is_advised_about_a_job_that_is_fine() -> None:
    for state in (PrintState.QUEUED, PrintState.SENDING, PrintState.PRINTED, PrintState.COPY):
        assert advice(job(state), "de") == ""


def test_a_cause_without_a_sentence_is_shown_by_its_code() -> None:
    assert "(ON_FIRE)" in advice(job(PrintState.BLOCKED, "ON_FIRE"), "en")


@pytest.mark.parametrize(
    "reason", [reason for reason in Reason if not reason.startswith(("DRAWER_", "EXPIRED", "ADDRESS_", "SCALE_"))]
)
def test_every_cause_a_driver_can_name_has_its_sentence(reason: Reason) -> None:
    assert f"PRINTER_{reason.removeprefix('PRINTER_')}" in all_sentences()
