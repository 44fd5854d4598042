"""Displays and scales as registers and operators reach them: whose they are, what is refused, what a weight carries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from branchgate.clock import SystemClock
from branchgate.errors import BranchgateError, Refused, TryAgain
from branchgate.errors.status import error_from
from branchgate.errors.texts import sentence
from branchgate.v1 import device_pb2, display_pb2, display_pb2_grpc, scale_pb2, scale_pb2_grpc
from drivers.display.contract import Row
from gateway.config import Display, Scale, load
from gateway.displays import DisplayDesk
from gateway.equipment import Board, DeviceKind
from gateway.scales import ScaleDesk
from tests.gateway.counter.counter import Counter, open_counter, settings


def show(
    counter: Counter, upper: str = "", price: str = "", lower: str = "", total: str = "", display: str = ""
) -> Awaitable[Any]:
    line = display_pb2.DisplayLine
    request = display_pb2.ShowOnDisplayRequest(
        display=display, upper=line(text=upper, figure=price), lower=line(text=lower, figure=total)
    )
    return display_pb2_grpc.DisplayServiceStub(counter.channel).ShowOnDisplay(request)


def weigh(counter: Counter, scale: str = "", within_ms: int = 0) -> Awaitable[Any]:
    request = scale_pb2.WeighRequest(scale=scale, within_ms=within_ms)
    return scale_pb2_grpc.ScaleServiceStub(counter.channel).Weigh(request)


async def failure(call: Awaitable[Any]) -> BranchgateError:
    with pytest.raises(grpc.aio.AioRpcError) as told:
        await call
    return error_from(told.value)


async def test_a_line_and_a_total_reach_the_customer_and_clear_brings_the_idle_text(tmp_path: Path) -> None:
    async with open_counter(tmp_path, displays=("kunde",)) as counter:
        await counter.until_shown("kunde", "Willkommen")
        answer = await show(counter, "Bio-Brötchen mit Kürbis", "0,65 €", "Summe", "12,50 €")
        assert (answer.device.name, answer.device.kind) == ("kunde", "display")
        await counter.until_shown("kunde", "Bio-Brötchen  0,65 €")
        assert counter.lines("kunde")[1] == "Summe        12,50 €"
        await display_pb2_grpc.DisplayServiceStub(counter.channel).ClearDisplay(display_pb2.ClearDisplayRequest())
        await counter.until_shown("kunde", "Willkommen")


async def test_control_characters_in_a_name_do_nothing(tmp_path: Path) -> None:
    async with open_counter(tmp_path, displays=("kunde",)) as counter:
        await show(counter, "a\x1b@\x0c\x1f$\x01\x02b", "1,00")
        await counter.until_shown("kunde", "a@$b            1,00")


@pytest.mark.parametrize(("upper", "price", "field"), [("x" * 201, "", "upper.text"), ("x", "1" * 15, "upper.figure")])
async def test_what_no_display_can_show_is_refused(tmp_path: Path, upper: str, price: str, field: str) -> None:
    async with open_counter(tmp_path, displays=("kunde",)) as counter:
        refused = await failure(show(counter, upper, price))
        assert isinstance(refused, Refused)
        assert (refused.reason, refused.field) == ("INVALID_VALUE", field)


async def test_a_weight_carries_the_scales_own_text(tmp_path: Path) -> None:
    async with open_counter(tmp_path, scales=("waage",)) as counter:
        counter.virtual["waage"].order({"weight": 486, "tare": 20})
        answer = await weigh(counter)
        assert (answer.scale, answer.text, answer.grams, answer.unit, answer.net) == (
            "waage",
            "00.466N",
            466,
            "kg",
            True,
        )
        assert not answer.HasField("price_cents")
        assert answer.at_ms > 1_700_000_000_000


@pytest.mark.parametrize(
    ("order", "fault", "reason"),
    [
        ({"weight": 100}, "in_motion", "SCALE_IN_MOTION"),
        ({"weight": -3}, "", "SCALE_UNDER_ZERO"),
        ({"weight": 15_500}, "", "SCALE_OVER_CAPACITY"),
        ({"weight": 0}, "zero_needed", "SCALE_ZERO_NEEDED"),
        ({"weight": 100}, "parity_error", "SCALE_ERROR"),
        ({"weight": 100}, "mute", "SCALE_NO_ANSWER"),
    ],
)
async def test_no_weight_is_told_with_its_reason_and_what_to_do(
    tmp_path: Path, order: dict[str, int], fault: str, reason: str
) -> None:
    async with open_counter(tmp_path, scales=("waage",)) as counter:
        counter.virtual["waage"].order(order)
        if fault:
            counter.virtual["waage"].switch(fault)
        none = await failure(weigh(counter, within_ms=200))
        assert isinstance(none, TryAgain)
        assert none.reason == reason
        assert "waage" in sentence(none, "de")


async def test_an_unplugged_scale_is_not_reachable_and_stands_so_on_the_board(tmp_path: Path) -> None:
    async with open_counter(tmp_path, scales=("waage",)) as counter:
        await weigh(counter)
        counter.virtual["waage"].switch("unplugged")
        none = await failure(weigh(counter))
        assert (type(none), none.reason) == (TryAgain, "SCALE_NOT_REACHABLE")
        stands = counter.board.state(DeviceKind.SCALE, "waage")
        assert stands is not None
        assert (stands.online, stands.reason) == (False, "SCALE_NOT_REACHABLE")


async def test_the_board_knows_a_scale_that_answers_and_leaves_a_display_unknown(tmp_path: Path) -> None:
    async with open_counter(tmp_path, displays=("kunde",), scales=("waage",)) as counter:
        await weigh(counter)
        answer = await show(counter, "x")
        await counter.until_shown("kunde", "x")
        assert answer.device.online == device_pb2.ANSWER_UNSPECIFIED
        stands = {state.name: (state.kind, state.online, state.reason) for state in counter.board.states}
        assert stands == {
            "kunde": (DeviceKind.DISPLAY, None, ""),
            "waage": (DeviceKind.SCALE, True, ""),
        }


async def test_each_register_has_its_own_by_role_and_an_operator_names_it(tmp_path: Path) -> None:
    async with open_counter(tmp_path, displays=("links", "rechts"), scales=("w1", "w2")) as counter:
        assert (await failure(weigh(counter))).reason == "NO_DEVICE_FOR_ROLE"
        assert (await failure(show(counter, "x"))).reason == "NO_DEVICE_FOR_ROLE"
        counter.settings = settings(
            ("", "scale", "w1"), ("kasse-2", "scale", "w2"), ("kasse-2", "display", "rechts"), ("", "display", "weg")
        )
        counter.virtual["w2"].order({"weight": 222})
        assert (await counter.scales.weigh("kasse-2")).grams == 222
        assert (await counter.scales.weigh("kasse-1")).scale == "w1"
        assert counter.displays.show("kasse-2", Row("a"), Row("b")).name == "rechts"
        assert (await weigh(counter, scale="w2")).grams == 222
        unknown = await failure(weigh(counter, scale="kunde"))
        assert (unknown.reason, unknown.rule) == ("DEVICE_NOT_FOUND", "w1, w2")


async def test_two_registers_at_one_scale_take_turns(tmp_path: Path) -> None:
    async with open_counter(tmp_path, scales=("waage",)) as counter:
        counter.virtual["waage"].order({"weight": 350})
        answers = await asyncio.gather(*(counter.scales.weigh(f"kasse-{number}") for number in range(4)))
        assert [answer.grams for answer in answers] == [350] * 4


@pytest.mark.parametrize("within_ms", [-1, 10_001])
async def test_a_wait_that_makes_no_sense_is_refused(tmp_path: Path, within_ms: int) -> None:
    async with open_counter(tmp_path, scales=("waage",)) as counter:
        assert (await failure(weigh(counter, within_ms=within_ms))).field == "within_ms"


def refused_settings(text: str, folder: Path) -> Refused:
    (folder / "gateway.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        found = load(folder)
        DisplayDesk(found.displays, lambda: None, Board(SystemClock()))
        ScaleDesk(found.scales, lambda: None, Board(SystemClock()), SystemClock())
    assert refused.value.reason == "SETTINGS_INVALID"
    return refused.value


def test_settings_that_cannot_be_are_refused_before_anything_starts(tmp_path: Path) -> None:
    device = 'name = "a"\naddress = "tcp://127.0.0.1:1"\n'
    twice = refused_settings(f"[[displays]]\n{device}[[scales]]\n{device}", tmp_path)
    assert twice.value == "a"
    spoken = refused_settings(f'[[scales]]\n{device}protocol = "dialog-06"\n', tmp_path)
    assert (spoken.field, spoken.rule) == ("scales.a.protocol", "toledo-8217, sma")
    address = refused_settings('[[displays]]\nname = "a"\naddress = "http://x"\n', tmp_path)
    assert address.field == "displays.a.address"


def test_the_usual_protocols_are_known() -> None:
    assert (Display(name="a", address="x").protocol, Scale(name="a", address="x").protocol) == ("escpos", "toledo-8217")
