"""Virtual display and scale over their wires, and by the commands that people type."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers.display.actor import DisplayActor
from drivers.display.contract import Row, Screen
from drivers.display.protocols import DISPLAYS
from drivers.media import transport_factory
from drivers.scale.actor import ScaleActor
from drivers.scale.protocols import SCALES
from drivers.virtual.display import VirtualDisplay
from drivers.virtual.scale import VirtualScale
from drivers.virtual.small_device import SmallDeviceServer, Sockets

WIRES = ("tcp", "pty", "process")


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(server: SmallDeviceServer, wire: str) -> Any:
    if wire == "process":
        return server.in_process()
    if wire == "pty":
        return transport_factory(f"serial://{server.sockets.pty}?baud=9600&flow=none")
    assert server.tcp_address
    return transport_factory(f"tcp://{server.tcp_address[0]}:{server.tcp_address[1]}")


def places(wire: str, folder: Path) -> Sockets:
    return {"tcp": Sockets(("127.0.0.1", 0)), "pty": Sockets(pty=folder / "dev")}.get(wire, Sockets())


async def stopped(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_display_can_be_reached_over_every_wire(wire: str, tmp_path: Path) -> None:
    display = VirtualDisplay("cd5220")
    async with SmallDeviceServer(display, places(wire, tmp_path)) as server:
        actor = DisplayActor("kunde", opened(server, wire), DISPLAYS["cd5220"])
        running = asyncio.create_task(actor.run())
        actor.show(Screen(Row("Äpfel", "2,49"), Row("Summe", "2,49")))
        await server.until(lambda: display.lines == ("Äpfel           2,49", "Summe           2,49"))
        await stopped(running)
    assert display.complaints == []


async def test_a_scale_can_be_reached_over_every_wire(wire: str, tmp_path: Path) -> None:
    async with SmallDeviceServer(VirtualScale("sma", 640), places(wire, tmp_path)) as server:
        actor = ScaleActor("waage", opened(server, wire), SCALES["sma"])
        running = asyncio.create_task(actor.run())
        assert (await actor.weigh(5)).grams == 640
        await stopped(running)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"rubbish", "line"),
        (b"[]", "line"),
        (b'{"fault": "paper_out"}', "fault"),
        (b'{"fault": "mute", "value": 3}', "mute"),
        (b'{"fault": "slow_ms", "value": -1}', "slow_ms"),
        (b'{"weight": "much"}', "weight"),
        (b'{"weight": true}', "weight"),
        (b'{"do": "dance"}', "do"),
    ],
)
async def test_an_order_that_makes_no_sense_says_what_is_allowed(line: bytes, field: str) -> None:
    async with SmallDeviceServer(VirtualScale()) as server:
        answer = server.carry_out(line)
    assert (answer["ok"], answer["field"]) == (False, field)
    assert answer["rule"]


def test_a_language_nobody_speaks_is_refused() -> None:
    with pytest.raises(ValueError, match="escpos"):
        VirtualDisplay("latin")
    with pytest.raises(ValueError, match="sma"):
        VirtualScale("roman")


async def command(*arguments: object) -> asyncio.subprocess.Process:
    program = "from drivers.cli import app; app()"
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"COLUMNS": "200"},
    )


async def said(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    found: dict[str, Any] = json.loads(await process.stdout.readline())
    return found


async def test_the_scale_command_takes_its_weight_from_another_command(tmp_path: Path) -> None:
    control = tmp_path / "waage.sock"
    process = await command("virtual-scale", "--tcp", "127.0.0.1:0", "--control", control, "--weight", 100, "--json")
    try:
        ready = await said(process)
        put_on = await command("set-weight", control, 486, "--json")
        assert (await said(put_on))["grams"] == 486
        assert await put_on.wait() == 0
        actor = ScaleActor("waage", transport_factory(f"tcp://{ready['tcp']}"), SCALES["toledo-8217"])
        running = asyncio.create_task(actor.run())
        assert (await actor.weigh(5)).text == "00.486"
        await stopped(running)
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_the_display_command_keeps_its_lines_in_a_file(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    process = await command("virtual-display", "--pty", tmp_path / "vfd", "--lines", lines, "--json")
    try:
        ready = await said(process)
        assert ready["pty"] == str(tmp_path / "vfd")
        actor = DisplayActor(
            "kunde", transport_factory(f"serial://{ready['pty']}?baud=9600&flow=none"), DISPLAYS["escpos"]
        )
        running = asyncio.create_task(actor.run())
        actor.show(Screen(Row("Grüße", "1,00 €")))
        while (await said(process))["lines"][0] != "Grüße         1,00 €":
            pass
        assert lines.read_text(encoding="utf-8").splitlines()[0] == "Grüße         1,00 €"
        await stopped(running)
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
