"""From status bytes to a printer's condition; silence is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.drawer import DrawerSensor, DrawerWiring, Level
from drivers.errors import Reason
from drivers.escpos.replies import ReplyParser
from drivers.escpos.status import RealTimeQuery
from drivers.printing.condition import PrinterStatus, StatusTracker


def tracker_of(open_level: Level | None = None) -> StatusTracker:
    return StatusTracker(DrawerSensor(DrawerWiring(open_level=open_level)))


def answered(tracker: StatusTracker, query: RealTimeQuery, value: int) -> PrinterStatus:
    tracker.asked(query)
    for reply in ReplyParser().feed(bytes((value,))):
        tracker.received(reply)
    return tracker.status


def test_an_idle_printer_is_ready_after_all_questions() -> None:
    tracker = tracker_of(Level.LOW)
    for query in RealTimeQuery:
        answered(tracker, query, 0x16 if query is RealTimeQuery.PRINTER else 0x12)
    assert tracker.status == PrinterStatus(True, False, False, False, False, False, False, False, None, None)
    assert tracker.status.ready


@pytest.mark.parametrize(
    ("query", "value", "reason"),
    [
        (RealTimeQuery.PRINTER, 0x1A, Reason.PRINTER_OFFLINE),
        (RealTimeQuery.OFFLINE_CAUSE, 0x16, Reason.COVER_OPEN),
        (RealTimeQuery.ERROR_CAUSE, 0x1A, Reason.CUTTER_ERROR),
        (RealTimeQuery.ERROR_CAUSE, 0x52, Reason.HEAD_HOT),
        (RealTimeQuery.ERROR_CAUSE, 0x32, Reason.PRINTER_ERROR),
        (RealTimeQuery.ROLL_PAPER, 0x72, Reason.PAPER_OUT),
    ],
)
def test_every_fault_has_its_reason(query: RealTimeQuery, value: int, reason: Reason) -> None:
    tracker = tracker_of()
    answered(tracker, RealTimeQuery.PRINTER, 0x12)
    assert answered(tracker, query, value).reason is reason


def test_near_end_is_a_warning_and_prints_on() -> None:
    tracker = tracker_of()
    answered(tracker, RealTimeQuery.PRINTER, 0x12)
    status = answered(tracker, RealTimeQuery.ROLL_PAPER, 0x1E)
    assert (status.near_end, status.paper_out, status.ready) == (True, False, True)


def test_an_answer_nobody_asked_for_is_not_believed() -> None:
    """A late reply to an earlier question must not answer a later one."""
    tracker = tracker_of()
    assert not any(tracker.received(reply) for reply in ReplyParser().feed(b"\x12"))
    assert tracker.status.online is None


def test_an_error_that_is_over_leaves_no_kind_behind() -> None:
    tracker = tracker_of()
    answered(tracker, RealTimeQuery.PRINTER, 0x12)
    assert answered(tracker, RealTimeQuery.ERROR_CAUSE, 0x1A).cutter_error is True
    status = answered(tracker, RealTimeQuery.OFFLINE_CAUSE, 0x12)
    assert (status.error, status.cutter_error, status.head_hot, status.ready) == (False, False, False, True)


def test_what_was_found_out_about_process_ids_outlives_a_broken_link() -> None:
    tracker = tracker_of()
    tracker.fence_found(True)
    tracker.unreachable(Reason.LINK_LOST)
    assert tracker.status == PrinterStatus(confirms_prints=True, reason=Reason.LINK_LOST)


def test_silence_forgets_what_was_known() -> None:
    tracker = tracker_of()
    answered(tracker, RealTimeQuery.PRINTER, 0x12)
    assert tracker.silent()
    assert tracker.status == PrinterStatus(reason=Reason.NO_ANSWER)


def test_silence_forgets_the_drawer_too() -> None:
    """A drawer that was shut before the printer fell silent may stand open now."""
    sensor = DrawerSensor(DrawerWiring(open_level=Level.LOW))
    tracker = StatusTracker(sensor)
    assert answered(tracker, RealTimeQuery.PRINTER, 0x16).drawer_open is False
    tracker.silent()
    assert (sensor.is_open, tracker.status.drawer_open) == (None, None)


@given(st.binary())
def test_noise_never_makes_a_printer_online_unless_it_is_a_status_report(garbage: bytes) -> None:
    tracker = tracker_of()
    replies = ReplyParser().feed(garbage)
    for reply in replies:
        tracker.received(reply)
    if tracker.status.online:
        assert any(type(reply).__name__ == "AutomaticStatus" for reply in replies)
