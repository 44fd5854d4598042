"""The print job against every order of events that a hostile printer, wire and clock can think of."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from drivers.errors import Reason
from drivers.escpos.commands import PROCESS_IDS, process_id, process_id_fence
from drivers.escpos.replies import AutomaticStatus, Cleared, Noise, OrderedStatus, ProcessId, RealTimeStatus, Reply
from drivers.escpos.status import AsbError, AsbPaper, AsbPrinter
from drivers.printing.condition import PrinterStatus
from drivers.printing.job import WINDOW, Fence, JobLimits, PrintJob
from drivers.printing.states import TRANSITIONS, JobState, Proof

LIMITS = JobLimits(progress=10, waiting=100, settle=1)
BANDS = (b"set-up", b"a" * 900, b"b" * 900, b"c" * 900, b"cut")
READY = PrinterStatus(online=True, cover_open=False, paper_out=False, near_end=False, error=False, reason=None)
NO_PAPER = PrinterStatus(online=False, cover_open=False, paper_out=True, error=False, reason=Reason.PAPER_OUT)
STREAM = b"".join(band + process_id_fence(process_id(7 + number)) for number, band in enumerate(BANDS))


def job(fence: Fence = Fence.PROCESS_ID) -> PrintJob:
    started = PrintJob(BANDS, fence, 7, LIMITS)
    assert started.begin(100, 0.0) is JobState.SENDING
    return started


def send_all(started: PrintJob, answered: int) -> None:
    """Let the first `answered` fences be answered and everything that the window allows be accepted."""
    for number in range(answered + 1):
        started.accepted(len(started.outgoing), 1.0)
        if number < answered:
            started.received(ProcessId(process_id(7 + number)), 1.0)


def test_nothing_but_the_last_process_id_prints_the_receipt() -> None:
    started = job()
    send_all(started, 4)
    assert started.state is JobState.AWAITING
    assert started.received(ProcessId(process_id(7 + 4)), 2.0) is JobState.PRINTED
    assert started.evidence.proof is Proof.PROCESS_ID
    assert (started.evidence.pid_start, started.evidence.pid_end) == (process_id(7), process_id(11))


def test_no_more_than_the_window_is_ever_unanswered() -> None:
    assert len(job().outgoing) < WINDOW + len(process_id_fence(b"....")) * 2


def test_the_last_id_alone_is_proof_for_all_before_it() -> None:
    started = job()
    send_all(started, 3)
    started.accepted(len(started.outgoing), 1.0)
    assert started.received(ProcessId(process_id(11)), 2.0) is JobState.PRINTED


def test_an_answer_to_another_receipt_is_none_to_this() -> None:
    started = job()
    send_all(started, 4)
    assert started.received(ProcessId(process_id(12)), 2.0) is None
    assert started.received(OrderedStatus(0), 2.0) is None


def settling() -> PrintJob:
    """All is answered in order since 2.0."""
    started = job(Fence.ORDERED_STATUS)
    while started.state is not JobState.AWAITING:
        started.accepted(len(started.outgoing), 1.0)
        started.received(OrderedStatus(0), 1.0)
    while started.wake_at != 3.0:
        started.received(OrderedStatus(0), 2.0)
    return started


def test_the_weaker_proof_waits_for_a_quiet_moment_and_for_a_printer_that_still_lives() -> None:
    started = settling()
    assert not started.must_look(2.5)
    assert started.tick(3.0) is None
    assert started.must_look(3.0)
    assert started.looked(answered=True, ready=True, now=3.0) is JobState.PRINTED
    assert started.evidence.proof is Proof.PROCESSED


def test_a_printer_that_is_gone_after_its_last_answer_has_proved_nothing() -> None:
    """A line that is switched off reads as NULs, and a NUL reads as an answer to GS r: then silence, which was taken for "no fault"."""
    started = settling()
    assert started.looked(answered=False, ready=False, now=3.0) is JobState.UNCERTAIN
    assert started.evidence.reason is Reason.NO_ANSWER


def test_a_printer_that_lives_but_is_not_ready_is_asked_again_and_not_for_ever() -> None:
    started = settling()
    assert started.looked(answered=True, ready=False, now=3.0) is None
    assert not started.must_look(3.5)
    assert started.must_look(4.0)
    assert started.tick(12.0) is JobState.UNCERTAIN


def test_more_answers_than_questions_prove_nothing() -> None:
    started = settling()
    assert started.received(OrderedStatus(0), 2.5) is JobState.UNCERTAIN


def test_an_answer_to_what_was_not_sent_yet_proves_nothing() -> None:
    started = job(Fence.ORDERED_STATUS)
    started.accepted(1, 1.0)
    assert started.received(OrderedStatus(0), 1.0) is JobState.UNCERTAIN


def test_a_printer_without_a_voice_is_sent_unverified_as_soon_as_all_is_accepted() -> None:
    started = job(Fence.NONE)
    assert started.accepted(len(started.outgoing), 1.0) is JobState.SENT_UNVERIFIED


def test_a_link_lost_before_the_first_byte_is_clean() -> None:
    assert job().link_lost() is JobState.BLOCKED


def test_a_write_that_was_never_counted_is_not_clean() -> None:
    """The task was cancelled inside a write: the kernel may have taken bytes that nobody counted."""
    started = job()
    started.offer()
    assert started.link_lost() is JobState.UNCERTAIN


def test_a_link_lost_after_the_first_byte_is_uncertain() -> None:
    started = job()
    started.accepted(1, 1.0)
    assert started.link_lost() is JobState.UNCERTAIN
    assert started.evidence.bytes_accepted == 1


def test_a_late_last_id_settles_an_uncertain_receipt() -> None:
    started = job()
    send_all(started, 4)
    started.link_lost()
    assert started.received(ProcessId(process_id(11)), 99.0) is JobState.PRINTED


def test_waiting_for_paper_has_a_deadline_of_its_own() -> None:
    started = job()
    send_all(started, 2)
    assert started.condition(NO_PAPER, 2.0) is JobState.WAITING_PRINTER
    assert started.evidence.reason is Reason.PAPER_OUT
    assert started.tick(50.0) is None
    assert started.tick(102.0) is JobState.UNCERTAIN


def test_unknown_is_neither_a_fault_nor_a_recovery() -> None:
    started = job()
    assert started.condition(PrinterStatus(), 1.0) is None
    started.condition(NO_PAPER, 1.0)
    assert started.condition(PrinterStatus(), 1.0) is None


@pytest.mark.parametrize(("answered", "state"), [(0, JobState.CANCELLED_CLEAN), (1, JobState.PARTIAL)])
def test_a_cancelled_receipt_is_clean_only_if_printing_had_not_begun(answered: int, state: JobState) -> None:
    started = job()
    send_all(started, answered)
    started.condition(NO_PAPER, 2.0)
    assert started.cleared() is state
    assert started.outgoing == b""


@given(st.integers(0, PROCESS_IDS - 1), st.integers(0, PROCESS_IDS - 1))
def test_process_ids_are_four_visible_characters_and_differ(one: int, other: int) -> None:
    assert len(process_id(one)) == 4
    assert all(0x21 <= byte <= 0x7E for byte in process_id(one))
    assert (process_id(one) == process_id(other)) == (one == other)


ANY_REPLY: st.SearchStrategy[Reply] = st.one_of(
    st.integers(0, 20).map(lambda number: ProcessId(process_id(number))),
    st.integers(0, 15).map(OrderedStatus),
    st.just(RealTimeStatus(0x12)),
    st.just(Cleared()),
    st.just(Noise(0xFF)),
    st.just(AutomaticStatus(AsbPrinter(0x10), AsbError(0), AsbPaper(0))),
)


@dataclass
class Wire:
    """What really went out, and what really came back."""

    sent: bytes = b""
    last_id_heard: bool = False
    ordered_answers: int = 0
    seen_alive: bool = False
    history: list[JobState] = field(default_factory=lambda: [JobState.PREFLIGHT])


class AnyOrder(RuleBasedStateMachine):
    """Arbitrary events in arbitrary order; the promises hold after each."""

    @initialize(fence=st.sampled_from(Fence))
    def start(self, fence: Fence) -> None:
        self.fence, self.now, self.wire = fence, 0.0, Wire()
        self.job = PrintJob(BANDS, fence, 7, LIMITS)
        self.step(self.job.begin(100, self.now))

    def step(self, moved: JobState | None) -> None:
        if moved is not None:
            assert moved in TRANSITIONS[self.wire.history[-1]]
            self.wire.history.append(moved)

    @rule(share=st.floats(0, 1))
    def the_kernel_accepts(self, share: float) -> None:
        data = self.job.offer()
        taken = data[: round(len(data) * share)]
        self.wire.sent += taken
        self.step(self.job.accepted(len(taken), self.now))

    @rule(reply=ANY_REPLY)
    def the_printer_says(self, reply: Reply) -> None:
        self.wire.last_id_heard |= reply == ProcessId(process_id(11))
        self.wire.ordered_answers += isinstance(reply, OrderedStatus)
        self.step(self.job.received(reply, self.now))

    @rule(status=st.sampled_from((READY, NO_PAPER, PrinterStatus())))
    def the_condition_is(self, status: PrinterStatus) -> None:
        self.step(self.job.condition(status, self.now))

    @rule(seconds=st.floats(0, 60))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.step(self.job.tick(self.now))

    @rule(answered=st.booleans(), ready=st.booleans())
    def somebody_looked(self, answered: bool, ready: bool) -> None:
        asked = self.job.must_look(self.now)
        self.step(self.job.looked(answered=answered, ready=answered and ready, now=self.now))
        self.wire.seen_alive |= asked and answered and ready

    @rule()
    def the_link_breaks(self) -> None:
        self.step(self.job.link_lost())

    @precondition(lambda self: self.job.state is JobState.WAITING_PRINTER)
    @rule()
    def the_printer_was_cleared(self) -> None:
        self.step(self.job.cleared())

    @invariant()
    def no_byte_is_sent_twice_or_out_of_order(self) -> None:
        if self.fence is Fence.PROCESS_ID:
            assert STREAM.startswith(self.wire.sent + self.job.outgoing)

    @invariant()
    def printed_needs_proof(self) -> None:
        if self.job.state is JobState.PRINTED:
            assert self.fence is not Fence.NONE
            assert self.job.evidence.proof is not None
            if self.fence is Fence.PROCESS_ID:
                assert self.wire.last_id_heard
            else:
                assert self.wire.ordered_answers == len(BANDS)
                assert self.wire.seen_alive

    @invariant()
    def nothing_goes_out_after_the_end(self) -> None:
        if not self.job.state.is_open:
            assert self.job.outgoing == b""

    @invariant()
    def blocked_means_not_one_byte_went_out(self) -> None:
        if self.job.state is JobState.BLOCKED:
            assert self.wire.sent == b""


TestAnyOrder = AnyOrder.TestCase
