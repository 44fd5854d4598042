"""A whole gateway in a process of its own with a display and a scale: commands reach them, the list of devices names them."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from drivers.virtual.display import VirtualDisplay
from drivers.virtual.scale import VirtualScale
from drivers.virtual.small_device import SmallDeviceServer, Sockets
from tests.rigs.branch import Branch

SETTINGS = """
[listen]
address = "127.0.0.1"
service_port = 0
pairing_port = 0

[[displays]]
name = "kunde"
address = "tcp://127.0.0.1:{display}"
protocol = "cd5220"
idle_upper = "Grüß Gott"

[[scales]]
name = "waage"
address = "tcp://127.0.0.1:{scale}"
protocol = "sma"
"""


async def asked(data: Path, *question: str) -> tuple[int, Any]:
    command = [sys.executable, "-m", "branchgate", "gateway", *question, "--data", str(data), "--json"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, json.loads(out) if out.strip() else err.decode()


async def test_commands_reach_the_display_and_the_scale_of_a_running_gateway(tmp_path: Path) -> None:
    display, anywhere = VirtualDisplay("cd5220"), Sockets(("127.0.0.1", 0))
    async with (
        SmallDeviceServer(display, anywhere) as shown,
        SmallDeviceServer(VirtualScale("sma", 486), anywhere) as weighing,
    ):
        assert shown.tcp_address
        assert weighing.tcp_address
        ports = {"display": shown.tcp_address[1], "scale": weighing.tcp_address[1]}
        with Branch(tmp_path) as branch:
            branch.data.joinpath("gateway.toml").write_text(SETTINGS.format(**ports), encoding="utf-8")
            await asyncio.to_thread(branch.start)
            await shown.until(lambda: display.lines[0].rstrip() == "Grüß Gott")
            code, weight = await asked(branch.data, "weigh")
            assert (code, weight["scale"], weight["grams"]) == (0, "waage", 486)
            code, _ = await asked(branch.data, "display", "Äpfel", "Summe", "--price", "1,45", "--total", "1,45")
            assert code == 0
            await shown.until(lambda: display.lines == ("Äpfel           1,45", "Summe           1,45"))
            _, listed = await asked(branch.data, "devices")
            kinds = {device["name"]: device["kind"] for device in listed["devices"]}
            assert (kinds["kunde"], kinds["waage"]) == ("display", "scale")
            weighing.order({"weight": -5})
            code, why = await asked(branch.data, "weigh", "--within", "500")
            assert code == 4
            assert "SCALE_UNDER_ZERO" in why
            await asyncio.to_thread(branch.stop)
    assert display.complaints == []
