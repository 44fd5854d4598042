"""Virtual displays and scales as addresses: everything about them stands behind the question mark, and they live as long as the loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.display.actor import DisplayActor
from drivers.display.contract import Row, Screen
from drivers.display.protocols import DISPLAYS
from drivers.errors import AddressInvalid, DeviceUnavailable, Reason
from drivers.line import LineLimits
from drivers.media import display_factory, scale_factory
from drivers.scale.actor import Patience, ScaleActor
from drivers.scale.protocols import SCALES
from drivers.transport.contract import OpenTransport
from drivers.virtual.display import VirtualDisplay
from drivers.virtual.lines_file import keep_lines
from tests.rigs.patience import until

QUICK = LineLimits(connect=2, send=0.2, close=0.2, retry_first=0.01, retry_most=0.05)


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


@asynccontextmanager
async def serving(actor: DisplayActor | ScaleActor) -> AsyncIterator[None]:
    running = asyncio.create_task(actor.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def ordered(control: Path, order: dict[str, object]) -> dict[str, object]:
    reader, writer = await asyncio.open_unix_connection(control)
    writer.write(json.dumps(order).encode() + b"\n")
    answer: dict[str, object] = json.loads(await reader.readline())
    writer.close()
    await writer.wait_closed()
    return answer


async def until_written(lines: Path, wanted: str) -> None:
    await until(lambda: _says(lines, wanted), lambda: f"{wanted!r}; there is {lines.read_text(encoding='utf-8')!r}")


def _says(lines: Path, wanted: str) -> bool:
    return lines.read_text(encoding="utf-8").splitlines()[0].rstrip() == wanted


@pytest.mark.parametrize("language", list(DISPLAYS))
async def test_a_display_needs_no_hardware_and_keeps_its_lines_in_a_file(language: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    actor = DisplayActor("kunde", display_factory(f"virtual:kunde?lines={lines}", language), DISPLAYS[language])
    opened = display_factory(f"virtual:other?lines={lines}", language)()
    await opened.open(soon())
    assert lines.read_text(encoding="utf-8") == f"{' ' * 20}\n{' ' * 20}\n", "it is there before anything is shown"
    async with serving(actor):
        actor.show(Screen(Row("Äpfel", "2,49")))
        await until_written(lines, "Äpfel           2,49")


@pytest.mark.parametrize("protocol", list(SCALES))
async def test_a_scale_needs_no_hardware_and_takes_its_load_by_order(protocol: str, tmp_path: Path) -> None:
    control = tmp_path / "waage.sock"
    opened = scale_factory(f"virtual:waage?weight=486&control={control}", protocol)
    actor = ScaleActor("waage", opened, SCALES[protocol])
    async with serving(actor):
        assert (await actor.weigh(5)).grams == 486
        assert (await ordered(control, {"weight": 1200}))["ok"] is True
        assert (await actor.weigh(5)).grams == 1200


async def test_faults_are_there_from_the_beginning_and_mended_by_order(tmp_path: Path) -> None:
    control = tmp_path / "waage.sock"
    opened = scale_factory(f"virtual:waage?weight=7&fault=mute&fault=slow-ms=1&control={control}", "sma")
    patience = Patience(answer=0.1, motion=0.005, silence=0.02, look=30)
    actor = ScaleActor("waage", opened, SCALES["sma"], limits=QUICK, patience=patience)
    async with serving(actor):
        with pytest.raises(DeviceUnavailable) as none:
            await actor.weigh(0.5)
        assert none.value.reason is Reason.NO_ANSWER
        await ordered(control, {"fault": "mute", "on": False})
        assert (await actor.weigh(5)).grams == 7


async def test_an_unplugged_one_is_absent() -> None:
    transport = scale_factory("virtual:waage?fault=unplugged", "sma")()
    with pytest.raises(DeviceUnavailable) as absent:
        await transport.open(soon())
    assert absent.value.reason is Reason.DEVICE_ABSENT


@pytest.mark.parametrize("option", ["lines", "control"])
async def test_a_place_that_cannot_be_opened_makes_the_device_absent_until_it_can(option: str, tmp_path: Path) -> None:
    opened = display_factory(f"virtual:kunde?{option}={tmp_path}/none/there", "escpos")
    with pytest.raises(DeviceUnavailable) as absent:
        await opened().open(soon())
    assert absent.value.reason is Reason.DEVICE_ABSENT
    assert "No such file" in absent.value.detail
    tmp_path.joinpath("none").mkdir()
    await opened().open(soon())


async def test_two_factories_of_one_address_have_a_scale_each(tmp_path: Path) -> None:
    control = tmp_path / "one.sock"
    first = ScaleActor("w1", scale_factory(f"virtual:waage?control={control}", "sma"), SCALES["sma"])
    second = ScaleActor("w2", scale_factory("virtual:waage", "sma"), SCALES["sma"])
    async with serving(first), serving(second):
        await first.weigh(5)
        await ordered(control, {"weight": 55})
        assert ((await first.weigh(5)).grams, (await second.weigh(5)).grams) == (55, 0)


def refused(factory: object, *arguments: str) -> tuple[str, str]:
    assert callable(factory)
    with pytest.raises(AddressInvalid) as invalid:
        factory(*arguments)
    return invalid.value.field, invalid.value.value


@pytest.mark.parametrize(
    ("address", "field", "value"),
    [
        ("virtual:", "name", ""),
        ("virtual:waage?grams=3", "grams", "3"),
        ("virtual:waage?weight=-3", "weight", "-3"),
        ("virtual:waage?weight=1&weight=2", "weight", "2"),
        ("virtual:waage?control=", "control", ""),
        ("virtual:waage?fault=paper-out", "fault", "paper-out"),
        ("virtual:waage?fault=mute=3", "fault", "mute=3"),
        ("virtual:waage?fault=slow-ms=much", "fault", "slow-ms=much"),
    ],
)
def test_a_scales_address_with_a_mistake_is_refused_and_the_mistake_named(address: str, field: str, value: str) -> None:
    assert refused(scale_factory, address, "sma") == (field, value)


def test_a_display_has_no_weight_and_a_scale_no_lines() -> None:
    assert refused(display_factory, "virtual:kunde?weight=3", "escpos") == ("weight", "3")
    assert refused(scale_factory, "virtual:waage?lines=x", "sma") == ("lines", "x")


@pytest.mark.parametrize("factory", [display_factory, scale_factory])
def test_a_protocol_that_no_virtual_one_speaks_is_refused(factory: object) -> None:
    assert refused(factory, "virtual:x", "morse") == ("protocol", "morse")


@pytest.mark.parametrize("factory", [display_factory, scale_factory])
def test_every_other_address_is_a_wire_as_for_printers(factory: object) -> None:
    assert callable(factory)
    opened: OpenTransport = factory("tcp://127.0.0.1:9102", "sma")
    assert opened().address == "tcp://127.0.0.1:9102"
    assert refused(factory, "carrier-pigeon://roof", "sma") == ("scheme", "carrier-pigeon")


def test_whoever_reads_the_lines_finds_the_old_or_the_new_ones(tmp_path: Path) -> None:
    lines, display = tmp_path / "lines.txt", VirtualDisplay()
    keep_lines(lines, display)
    with lines.open(encoding="utf-8") as held:
        display.receive(b"Hallo")
        keep_lines(lines, display)
        assert held.read().split() == []
    assert lines.read_text(encoding="utf-8").split() == ["Hallo"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["lines.txt"]
