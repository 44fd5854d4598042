"""The board tells every change once, and a slow watcher misses steps but never how a device stands."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.equipment import Board, DeviceKind, DeviceState, Notice
from tests.rigs.clock import TurnedClock

NAMES = st.sampled_from(["theke", "kueche", "lager"])
PRINTER = DeviceState("theke", DeviceKind.PRINTER, "tcp://x")


async def test_a_watcher_gets_all_devices_and_then_changes() -> None:
    board = Board(TurnedClock(1_000))
    board.tell(PRINTER)
    board.tell(replace(PRINTER, kind=DeviceKind.DRAWER))
    watch = board.watch()
    assert [(await watch.next()).state.kind for _ in range(2)] == ["printer", "drawer"]
    board.tell(replace(PRINTER, paper_out=True, reason="PAPER_OUT"))
    assert (await watch.next()).state.paper_out is True
    watch.close()


async def test_the_same_again_is_no_news_and_no_later_change() -> None:
    clock = TurnedClock(1_000)
    board, told = Board(clock), list[Notice]()
    stop = board.subscribe(told.append)
    board.tell(PRINTER)
    clock.advance(5_000)
    board.tell(PRINTER)
    board.tell(replace(PRINTER, changed_at_ms=99))
    assert [notice.state.changed_at_ms for notice in told] == [1_000]
    stop()
    board.tell(replace(PRINTER, online=True))
    assert len(told) == 1


async def test_what_is_pulled_out_is_told_and_forgotten() -> None:
    board = Board(TurnedClock(1_000))
    stick = DeviceState("usb 1-2", DeviceKind.UNKNOWN, "")
    board.tell(stick)
    watch = board.watch()
    board.take_down(stick.kind, stick.name)
    board.take_down(stick.kind, stick.name)
    notice = await watch.next()
    assert (notice.gone, notice.state.name, board.states) == (True, "usb 1-2", [])


@given(st.lists(st.tuples(NAMES, st.sampled_from([True, False, None]), st.booleans())))
async def test_a_watcher_of_any_pace_ends_up_knowing_the_board(
    steps: list[tuple[str, bool | None, bool]],
) -> None:
    board = Board(TurnedClock(1_000))
    watch, known = board.watch(), dict[str, DeviceState]()
    for name, online, reads in steps:
        board.tell(DeviceState(name, DeviceKind.PRINTER, "tcp://x", online=online))
        while reads and watch.waiting:
            state = (await watch.next()).state
            known[state.name] = state
    while watch.waiting:
        state = (await watch.next()).state
        known[state.name] = state
    assert known == {state.name: state for state in board.states}
