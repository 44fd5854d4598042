"""One test per switch that is not tried elsewhere: what the host of such a printer sees."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import VirtualPrinterServer
from tests.drivers.virtual.jobs import CUT, INIT, fence, fence_reply, receipt, text

ASK_PAPER = b"\x10\x04\x04"
ASK_COUNTER = b"\x1dg2\x00\xb2\x00"
ASB_ON = b"\x1da\x0f"


def printer(**faults: Any) -> VirtualPrinter:
    return VirtualPrinter(faults=Faults(**faults))


@pytest.mark.parametrize(
    ("fault", "printer_byte", "cause", "error", "automatic"),
    [
        ("feed_button", b"\x5e", b"\x1a", b"\x12", b"\x5c\x02\x00\x00"),
        ("unrecoverable_error", b"\x1e", b"\x52", b"\x32", b"\x1c\x20\x00\x00"),
    ],
)
def test_a_state_shows_in_every_status(
    fault: str, printer_byte: bytes, cause: bytes, error: bytes, automatic: bytes
) -> None:
    broken = printer(**{fault: True})
    assert [broken.receive(bytes((0x10, 4, n)), 0).write for n in (1, 2, 3)] == [printer_byte, cause, error]
    assert printer().receive(b"\x1da\x4f", 0).write == b"\x14\x00\x00\x00"
    watched = printer()
    watched.receive(b"\x1da\x4f", 0)
    assert watched.switch(fault, True, 1).write == automatic


def test_an_unrecoverable_error_needs_a_power_cycle() -> None:
    broken = printer(unrecoverable_error=True)
    broken.receive(receipt(1), 0)
    broken.switch("unrecoverable_error", False, 1)
    broken.receive(b"\x10\x05\x01\x10\x05\x02", 2)
    assert broken.slips == []
    broken.power_cycle(3)
    broken.receive(receipt(2), 4)
    assert [slip.receipt_number for slip in broken.slips] == ["2"]


@pytest.mark.parametrize(
    ("fault", "request_"),
    [
        ("no_real_time_status", ASK_PAPER),
        ("no_ordered_status", b"\x1dr\x01"),
        ("no_automatic_status", ASB_ON + b"\x10\x14\x07\x01"),
        ("no_identity", b"\x1dIC\x1dI\x01"),
        ("no_counters", ASK_COUNTER),
    ],
)
def test_what_a_printer_does_not_know_it_does_not_answer(fault: str, request_: bytes) -> None:
    assert printer().receive(request_, 0).write != b""
    poor = printer(**{fault: True})
    assert poor.receive(request_ + receipt(1), 0).write == b""
    assert poor.slips[0].receipt_number == "1"


def test_a_clone_prints_the_parameters_of_what_it_does_not_know() -> None:
    clone = printer(prints_unknown_commands=True)
    assert clone.receive(INIT + fence(b"AB01") + b"\nBon 1\n" + CUT, 0).write == b""
    assert clone.slips[0].text == "00AB01\nBon 1\n"
    assert clone.receive(ASK_COUNTER + b"\n" + CUT, 1).write == b""
    assert clone.slips[1].text == "2▓\n"


def test_a_hasty_clone_answers_process_ids_before_anything_is_on_paper() -> None:
    hasty = printer(early_process_ids=True, paper_out=True)
    assert hasty.receive(receipt(1) + fence(b"AB01"), 0).write == fence_reply(b"AB01")
    assert hasty.slips == []
    assert hasty.switch("paper_out", False, 1).write == b""


def test_a_wrong_cutter_counter_tells_its_own_number() -> None:
    wrong = printer(cutter_counter_reads=7)
    assert wrong.receive(receipt(1) + ASK_COUNTER, 0).write == b"\x5f7\x00"
    assert wrong.switch("cutter_counter_reads", None, 1).write == b""
    assert wrong.receive(ASK_COUNTER, 2).write == b"\x5f1\x00"


def test_automatic_status_comes_unasked_and_goes_on_after_initialising() -> None:
    """The power-on default is on where BUSY is "buffer full" (TM-U220 specification, p. 82)."""
    talker = printer(unasked_status=True)
    assert talker.receive(b"\x1b@", 0).write == b"\x14\x00\x00\x00"
    assert talker.switch("cover_open", True, 1).write == b"\x3c\x00\x00\x00"


def test_a_printer_that_is_busy_when_offline_takes_nothing() -> None:
    busy = printer(busy_when_offline=True, cover_open=True)
    assert busy.intake(hold=True) == 0
    busy.switch("cover_open", False, 1)
    assert busy.intake(hold=True) > 0


def test_garbled_replies_have_every_bit_turned_and_are_counted_down() -> None:
    assert printer(garbage_replies=1).receive(ASK_PAPER + ASK_PAPER, 0).write == b"\xed\x12"


def test_stale_replies_are_answers_to_the_question_before() -> None:
    stale = printer(stale_replies=True)
    assert stale.receive(ASK_PAPER, 0).write == b""
    stale.switch("paper_out", True, 1)
    assert stale.receive(ASK_PAPER, 2).write == b"\x12"
    stale.switch("stale_replies", False, 3)
    assert stale.receive(ASK_PAPER, 4).write == b"\x7e\x7e"


def arrivals(slow: VirtualPrinter, request: bytes) -> list[tuple[int, bytes]]:
    """What arrives at the host, and when."""
    heard = [(0, slow.receive(request, 0).write)]
    while (due := slow.next_deadline()) is not None:
        heard.append((due, slow.tick(due).write))
    return [(at, data) for at, data in heard if data]


def test_late_replies_arrive_in_order_after_their_delay() -> None:
    assert arrivals(printer(reply_delay_ms=300), ASK_PAPER + b"\x1dr\x01") == [(300, b"\x12\x00")]


def test_split_replies_arrive_byte_by_byte() -> None:
    heard = arrivals(printer(split_replies_ms=20), fence(b"AB01") + ASK_PAPER)
    assert heard == [(at * 20, bytes((byte,))) for at, byte in enumerate(fence_reply(b"AB01") + b"\x12")]


def test_split_replies_stay_split_for_a_host_that_is_late() -> None:
    slow = printer(split_replies_ms=20)
    slow.receive(fence(b"AB01"), 0)
    assert [slow.tick(1000).write for _ in range(3)] == [b"\x22", b"A", b"B"]


def test_merged_replies_arrive_together() -> None:
    merging = printer(merge_replies_ms=50)
    assert merging.receive(ASK_PAPER, 0).write == b""
    assert merging.receive(fence(b"AB01"), 30).write == b""
    assert merging.next_deadline() == 50
    assert merging.tick(50).write == b"\x12" + fence_reply(b"AB01")


def test_xoff_stands_inside_the_automatic_status() -> None:
    assert printer(xoff_in_asb=True).receive(ASB_ON, 0).write == b"\x14\x00\x13\x00\x00\x11"


def test_the_link_breaks_in_the_middle_of_a_reply_and_only_once() -> None:
    torn = printer(disconnect_in_reply=True)
    output = torn.receive(receipt(1) + fence(b"AB01"), 0)
    assert (output.write, output.disconnect) == (fence_reply(b"AB01")[:3], True)
    torn.disconnected(1)
    again = torn.receive(fence(b"AB02"), 2)
    assert (again.write, again.disconnect) == (fence_reply(b"AB02"), False)


def test_a_half_open_link_takes_everything_and_says_nothing() -> None:
    half_open = printer(swallow_after_bytes=len(INIT + ASB_ON) + 10)
    output = half_open.receive(INIT + ASB_ON + text("Bon-Nr. 7\nBrot\n") + fence(b"AB01") + ASK_PAPER, 0)
    assert (output.write, output.disconnect, half_open.state().lines) == (b"", False, 1)
    assert half_open.intake(hold=True) > 0
    assert half_open.switch("cover_open", True, 1).write == b""
    half_open.switch("cover_open", False, 1)
    half_open.switch("swallow_after_bytes", None, 1)
    assert half_open.receive(ASK_PAPER, 2).write == b"\x12"


def test_replies_on_their_way_are_lost_with_the_link() -> None:
    late = printer(reply_delay_ms=300)
    late.receive(ASK_PAPER, 0)
    late.disconnected(1)
    assert (late.next_deadline(), late.tick(300).write) == (None, b"")


async def test_a_printer_that_hangs_up_sends_a_fin_and_hears_no_more() -> None:
    async with VirtualPrinterServer(printer(hang_up_after_bytes=6)) as server:
        assert server.tcp_address
        reader, writer = await asyncio.open_connection(*server.tcp_address)
        writer.write(b"Bon 1\nBon 2\n")
        assert await reader.read() == b""
        writer.write(b"Bon 3\n")
        writer.close()
        await server.until(lambda: server.dirt == ())
        assert server.state().lines == 1
        reader, writer = await asyncio.open_connection(*server.tcp_address)
        writer.write(ASK_PAPER)
        assert await reader.readexactly(1) == b"\x12"
        writer.close()


async def test_a_slow_printer_reads_no_faster_than_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("drivers.virtual.server.asyncio.sleep", pause)
    async with VirtualPrinterServer(printer(bytes_per_second=2000)) as server:
        assert server.tcp_address
        reader, writer = await asyncio.open_connection(*server.tcp_address)
        writer.write(b"x" * 97 + ASK_PAPER)
        assert await reader.readexactly(1) == b"\x12"
        assert sum(pauses) >= 100 / 2000 - 1e-9
        writer.close()
