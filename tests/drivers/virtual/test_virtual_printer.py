from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.virtual.events import BytesLost, Complaint, ProcessIdAnswered
from drivers.virtual.faults import Faults
from drivers.virtual.paper import Cut, Interruption, PaperCount
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.settings import Flow, Identity, PrinterSettings
from tests.drivers.virtual.jobs import CUT, INIT, fence, fence_reply, raster, receipt, text

CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


@given(st.lists(st.integers(min_value=0, max_value=400), max_size=12))
def test_the_way_bytes_are_split_changes_neither_paper_nor_replies(cuts: list[int]) -> None:
    job = receipt(1) + fence(b"AB01") + b"\x10\x04\x01\x1dr\x01" + raster(8, b"\xf0\x0f") + receipt(2) + b"\x1dI\x43"
    whole, split = VirtualPrinter(), VirtualPrinter()
    expected = whole.receive(job, 0).write
    edges = sorted({0, len(job), *(cut % len(job) for cut in cuts)})
    replies = b"".join(split.receive(job[a:b], 0).write for a, b in itertools.pairwise(edges))
    assert replies == expected
    assert [slip.text for slip in split.slips] == [slip.text for slip in whole.slips]


def test_a_process_id_is_answered_when_the_data_before_it_is_printed() -> None:
    printer = VirtualPrinter()
    assert printer.receive(text("Summe\n") + fence(b"AB01"), 0).write == fence_reply(b"AB01")


def test_a_process_id_waits_for_the_line_that_has_begun() -> None:
    printer = VirtualPrinter()
    assert printer.receive(text("Summe") + fence(b"AB01"), 0).write == b""
    assert printer.receive(b"\n", 1).write == fence_reply(b"AB01")


def test_a_process_id_is_not_answered_while_paper_is_out_and_is_answered_after() -> None:
    printer = VirtualPrinter(faults=Faults(paper_out=True))
    assert printer.receive(receipt(1) + fence(b"AB01"), 0).write == b""
    assert printer.slips == []
    assert printer.switch("paper_out", False, 5000).write == fence_reply(b"AB01")
    assert len(printer.slips) == 1


def test_paper_runs_out_in_the_middle_of_a_receipt_and_the_rest_follows_on_the_new_roll() -> None:
    printer = VirtualPrinter(faults=Faults(paper_out_after_lines=1))
    printer.receive(receipt(1) + fence(b"AB01"), 0)
    assert printer.state().lines == 1
    assert printer.receive(b"\x10\x04\x04", 1).write == b"\x7e"
    assert printer.switch("paper_out", False, 2).write == fence_reply(b"AB01")
    assert printer.slips[0].complete


def test_with_a_print_speed_the_process_id_comes_when_the_paper_has_moved() -> None:
    printer = VirtualPrinter(PrinterSettings(speed_mm_s=100))
    job = text("x\n" * 8)  # 8 lines of 3.75 mm: 300 ms
    assert printer.receive(job + fence(b"AB01"), 1000).write == b""
    assert printer.tick(1299).write == b""
    deadline = printer.next_deadline()
    while deadline is not None and deadline < 1300:
        printer.tick(deadline)
        deadline = printer.next_deadline()
    assert printer.tick(1300).write == fence_reply(b"AB01")


def test_a_late_process_id_comes_after_its_delay() -> None:
    printer = VirtualPrinter(faults=Faults(process_id_delay_ms=8000))
    assert printer.receive(receipt(1) + fence(b"AB01"), 0).write == b""
    assert printer.next_deadline() == 8000
    assert printer.tick(8000).write == fence_reply(b"AB01")


def test_a_printer_without_process_ids_prints_and_stays_silent() -> None:
    printer = VirtualPrinter(faults=Faults(no_process_ids=True))
    assert printer.receive(receipt(1) + fence(b"AB01"), 0).write == b""
    assert len(printer.slips) == 1


def test_a_mute_printer_prints_and_answers_nothing() -> None:
    printer = VirtualPrinter(faults=Faults(mute_status=True))
    assert printer.receive(b"\x10\x04\x01\x1da\xff" + receipt(1) + fence(b"AB01") + b"\x1dr\x01", 0).write == b""
    assert len(printer.slips) == 1


def test_dropped_replies_are_counted_down() -> None:
    printer = VirtualPrinter(faults=Faults(drop_replies=1))
    assert printer.receive(b"\x10\x04\x04\x10\x04\x04", 0).write == b"\x12"


@pytest.mark.parametrize(
    ("fault", "query", "reply"),
    [
        ("paper_out", 1, b"\x1e"),
        ("paper_out", 2, b"\x32"),
        ("paper_out", 4, b"\x7e"),
        ("paper_near_end", 1, b"\x16"),
        ("paper_near_end", 4, b"\x1e"),
        ("cover_open", 2, b"\x16"),
        ("cutter_error", 2, b"\x52"),
        ("cutter_error", 3, b"\x1a"),
        ("head_hot", 3, b"\x52"),
    ],
)
def test_real_time_status_names_the_fault(fault: str, query: int, reply: bytes) -> None:
    printer = VirtualPrinter()
    printer.switch(fault, True, 0)
    assert printer.receive(bytes((0x10, 4, query)), 0).write == reply


def test_real_time_status_is_answered_inside_image_data() -> None:
    assert VirtualPrinter().receive(raster(2, b"\x10\x04\x04"), 0).write == b"\x12\x12"


def test_ordered_status_waits_behind_the_print_data_while_paper_is_out() -> None:
    printer = VirtualPrinter(faults=Faults(paper_out=True))
    assert printer.receive(b"\x1dr\x01", 0).write == b""
    assert printer.switch("paper_out", False, 1).write == b"\x00"


def test_automatic_status_comes_at_once_and_on_every_change() -> None:
    printer = VirtualPrinter()
    assert printer.receive(b"\x1da\xff", 0).write == b"\x14\x00\x00\x00"
    assert printer.switch("cover_open", True, 1).write == b"\x3c\x00\x00\x00"
    assert printer.tick(2).write == b""
    assert printer.switch("cover_open", False, 3).write == b"\x14\x00\x00\x00"
    assert printer.switch("paper_near_end", True, 4).write == b"\x14\x00\x03\x00"


def test_automatic_status_reports_only_what_was_asked_for() -> None:
    printer = VirtualPrinter()
    printer.receive(b"\x1da\x01", 0)
    assert printer.switch("paper_near_end", True, 1).write == b""


def test_initialising_switches_automatic_status_off() -> None:
    printer = VirtualPrinter()
    printer.receive(b"\x1da\xff\x1b@", 0)
    assert printer.switch("cover_open", True, 1).write == b""


def test_the_cutter_counter_counts_cuts_and_survives_a_power_cycle() -> None:
    printer = VirtualPrinter()
    ask = b"\x1dg2\x00\xb2\x00"
    printer.receive(receipt(1) + receipt(2), 0)
    assert printer.receive(ask, 0).write == b"\x5f2\x00"
    printer.power_cycle(1)
    assert printer.receive(ask, 2).write == b"\x5f2\x00"


def test_identity_is_answered_as_text_up_to_a_nul() -> None:
    printer = VirtualPrinter(PrinterSettings(identity=Identity(model="TM-X", serial="S1")))
    assert (
        printer.receive(b"\x1dIC\x1dID\x1dIE\x1dI\x01\x1dI\x02", 0).write == b"\x5fTM-X\x00\x5fS1\x00\x5f\x00\x20\x02"
    )


def test_a_jammed_cutter_waits_for_recovery_even_when_the_jam_is_gone() -> None:
    printer = VirtualPrinter(faults=Faults(cutter_error=True))
    printer.receive(receipt(1), 0)
    printer.receive(b"\x10\x05\x01", 1)
    assert printer.slips == []
    printer.switch("cutter_error", False, 2)
    assert printer.slips == []
    printer.receive(b"\x10\x05\x01", 3)
    assert len(printer.slips) == 1


def test_recovery_by_clearing_throws_the_rest_of_the_job_away() -> None:
    printer = VirtualPrinter(faults=Faults(cutter_error=True))
    printer.receive(receipt(1), 0)
    printer.switch("cutter_error", False, 1)
    printer.receive(b"\x10\x05\x02", 2)
    assert printer.slips == []
    assert printer.state().buffered_bytes == 0


def test_clearing_the_buffers_is_answered_and_leaves_nothing_to_print() -> None:
    printer = VirtualPrinter(faults=Faults(paper_out=True))
    printer.receive(receipt(1) + fence(b"AB01"), 0)
    assert printer.receive(CLEAR, 1).write == b"\x37\x25\x00"
    assert printer.switch("paper_out", False, 2).write == b""
    assert printer.slips == []


def test_clearing_the_buffers_ends_a_command_that_was_cut_off_in_the_middle() -> None:
    printer = VirtualPrinter()
    printer.receive(raster(100, b"\xff" * 10)[:50], 0)
    assert printer.receive(CLEAR + receipt(1), 1).write == b"\x37\x25\x00"
    assert printer.slips[0].receipt_number == "1"


def test_power_loss_forgets_what_was_not_printed_and_leaves_an_incomplete_slip() -> None:
    printer = VirtualPrinter(faults=Faults(paper_out_after_lines=1))
    printer.receive(receipt(7) + fence(b"AB01"), 0)
    output = printer.power_cycle(1)
    assert output.disconnect
    assert printer.boot == 2
    assert printer.switch("paper_out", False, 2).write == b""
    slip = printer.slips[0]
    assert (slip.receipt_number, slip.complete, slip.interruption, slip.cut) == (
        "7",
        False,
        Interruption.POWER,
        Cut.NONE,
    )


def test_what_a_broken_link_left_hanging_out_is_a_slip_of_its_own() -> None:
    printer = VirtualPrinter(faults=Faults(disconnect_after_bytes=len(INIT) + 10))
    assert printer.receive(INIT + text("Bon-Nr. 7\nBrötchen\n"), 0, "tcp-1").disconnect
    printer.disconnected(1)
    printer.receive(receipt(8), 2, "tcp-2")
    first, second = printer.slips
    assert (first.receipt_number, first.interruption, first.connection) == ("7", Interruption.LINK, "tcp-1")
    assert (second.receipt_number, second.complete, second.connection) == ("8", True, "tcp-2")


def test_a_link_closed_after_a_whole_job_leaves_nothing_incomplete() -> None:
    printer = VirtualPrinter(faults=Faults(paper_out=True))
    printer.receive(receipt(1), 0)
    printer.disconnected(1)
    printer.receive(receipt(2), 2)
    printer.switch("paper_out", False, 3)
    assert [(slip.receipt_number, slip.complete) for slip in printer.slips] == [("1", True), ("2", True)]


def test_the_link_breaks_after_the_second_process_id_and_only_once() -> None:
    printer = VirtualPrinter(faults=Faults(disconnect_after_process_ids=2))
    output = printer.receive(fence(b"AAAA") + fence(b"BBBB") + fence(b"CCCC"), 0)
    assert output.disconnect
    assert output.write == fence_reply(b"AAAA") + fence_reply(b"BBBB")
    assert output.events == (ProcessIdAnswered(b"AAAA"), ProcessIdAnswered(b"BBBB"))
    again = printer.receive(fence(b"DDDD"), 1)
    assert (again.disconnect, again.write) == (False, fence_reply(b"DDDD"))


def test_a_stalled_link_takes_so_many_bytes_and_no_more() -> None:
    printer = VirtualPrinter(faults=Faults(stall_after_bytes=10))
    assert printer.intake(hold=True) == 10
    printer.receive(b"0123456789", 0)
    assert printer.intake(hold=True) == printer.intake(hold=False) == 0
    printer.switch("stall_after_bytes", False, 1)
    assert printer.intake(hold=True) > 0


def test_a_full_buffer_holds_the_host_until_a_quarter_kilobyte_is_free() -> None:
    printer = VirtualPrinter(faults=Faults(cover_open=True))
    printer.receive(b"x" * (4096 - 128), 0)
    assert printer.intake(hold=True) == 0
    printer.switch("cover_open", False, 1)
    assert printer.intake(hold=True) == 4096


def test_xoff_is_sent_near_the_end_of_the_buffer_and_xon_when_it_is_free() -> None:
    printer = VirtualPrinter(PrinterSettings(flow=Flow.XON_XOFF, buffer_bytes=45), Faults(cover_open=True))
    assert printer.receive(b"x" * 28, 0).write == b""
    assert printer.receive(b"x", 1).write == b"\x13"
    assert printer.switch("cover_open", False, 2).write == b"\x11"


def test_without_flow_control_what_does_not_fit_is_lost() -> None:
    printer = VirtualPrinter(PrinterSettings(flow=Flow.NONE, buffer_bytes=45), Faults(cover_open=True))
    assert BytesLost(55) in printer.receive(b"x" * 100, 0).events


def test_an_image_larger_than_the_buffer_passes_through_it() -> None:
    printer = VirtualPrinter()
    printer.receive(raster(200, b"\xaa" * 72) + CUT, 0)
    assert "[image 576x200]" in printer.slips[0].text


def test_unmarked_originals_and_copies_are_counted_by_receipt_number() -> None:
    printer = VirtualPrinter()
    printer.receive(receipt(1) + receipt(2) + receipt(1, copy=True) + receipt(1, copy=True), 0)
    assert printer.receipts() == {"1": PaperCount(1, 2), "2": PaperCount(1, 0)}


def test_an_incomplete_original_counts_as_an_original_on_paper() -> None:
    printer = VirtualPrinter()
    printer.receive(INIT + text("Bon-Nr. 9\n"), 0)
    printer.power_cycle(1)
    printer.receive(receipt(9), 2)
    assert printer.receipts() == {"9": PaperCount(originals=2)}


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Bon-Nr. 4711  Kasse 1", "4711"),
        ("Bon-Nr.: K1-0007", "K1-0007"),
        ("  Bon 12", "12"),
        ("No. K1-000042  Register 1", "K1-000042"),
        ("Bonbon 12", None),
    ],
)
def test_the_receipt_number_stands_at_the_start_of_a_line(line: str, number: str | None) -> None:
    printer = VirtualPrinter()
    printer.receive(INIT + text(line + "\n") + CUT, 0)
    assert printer.slips[0].receipt_number == number


def test_unknown_commands_and_code_pages_are_complained_about() -> None:
    events = VirtualPrinter().receive(b"\x1b\x99\x1bt\x63", 0).events
    assert events == (Complaint("unknown command 1b 99"), Complaint("ESC t 99: no such code page"))


def test_a_cut_in_the_middle_of_a_line_is_ignored_as_epson_does() -> None:
    printer = VirtualPrinter()
    printer.receive(text("Bon 1") + b"\x1dV\x00", 0)
    assert (printer.slips, printer.state().cuts) == ([], 0)
