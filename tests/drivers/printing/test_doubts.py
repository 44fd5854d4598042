"""Uncertain jobs: what a restart makes of them, and what settles them later."""

from __future__ import annotations

from dataclasses import replace

from drivers.errors import Reason
from drivers.escpos.replies import OrderedStatus, ProcessId
from drivers.printing.doubts import Doubts
from drivers.printing.ledger import OpenJob
from drivers.printing.states import JobEvidence, JobState, Proof

UNDER_WAY = JobEvidence(bytes_accepted=500, cutter_before=7, pid_start=b"AAAA", pid_end=b"AAAD", parted=False)


def test_what_was_under_way_at_a_restart_is_uncertain_and_its_count_is_not_trusted() -> None:
    (recovered,) = Doubts().recover([OpenJob(b"1", JobState.AWAITING, UNDER_WAY)])
    assert (recovered.state, recovered.evidence.reason) == (JobState.UNCERTAIN, Reason.RESTARTED)
    assert recovered.evidence.bytes_accepted is None


def test_an_old_doubt_is_kept_as_it_is_and_does_not_hold_up_the_printer() -> None:
    doubts = Doubts()
    assert doubts.recover([OpenJob(b"1", JobState.UNCERTAIN, replace(UNDER_WAY, parted=True))]) == []
    assert not doubts.paper_hangs_out


def test_paper_that_hung_out_at_a_restart_is_parted_once_and_bears_no_witness() -> None:
    doubts = Doubts()
    doubts.recover([OpenJob(b"1", JobState.PARTIAL, UNDER_WAY)])
    assert doubts.witnessed(8) == []
    (parted,) = doubts.parted()
    assert (parted.state, parted.evidence.parted, parted.evidence.cutter_after) == (JobState.PARTIAL, True, None)
    assert not doubts.paper_hangs_out
    assert doubts.parted() == []


def test_a_late_last_id_settles_its_job_once() -> None:
    doubts = Doubts()
    doubts.add(b"1", JobState.UNCERTAIN, UNDER_WAY)
    assert doubts.heard(ProcessId(b"AAAC")) is None
    assert doubts.heard(OrderedStatus(0)) is None
    settled = doubts.heard(ProcessId(b"AAAD"))
    assert settled is not None
    assert (settled.job_id, settled.state, settled.evidence.proof) == (b"1", JobState.PRINTED, Proof.PROCESS_ID)
    assert doubts.heard(ProcessId(b"AAAD")) is None
    assert not doubts.paper_hangs_out


def test_the_cutter_is_a_witness_only_for_the_job_that_was_in_the_printer() -> None:
    doubts = Doubts()
    doubts.recover([OpenJob(b"old", JobState.UNCERTAIN, UNDER_WAY)])
    doubts.add(b"new", JobState.UNCERTAIN, UNDER_WAY)
    (witnessed,) = doubts.witnessed(8)
    assert witnessed.job_id == b"new"
    assert witnessed.evidence.probably_printed
    assert doubts.witnessed(9) == []


def test_an_unchanged_or_unknown_counter_is_no_witness() -> None:
    for after in (7, 9, None):
        doubts = Doubts()
        doubts.add(b"1", JobState.UNCERTAIN, UNDER_WAY)
        (witnessed,) = doubts.witnessed(after)
        assert not witnessed.evidence.probably_printed
