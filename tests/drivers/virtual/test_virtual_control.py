from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from drivers.virtual.faults import FAULT_NAMES, Faults, UnknownFault, parse_switch
from drivers.virtual.server import Places, VirtualPrinterServer


async def ask(path: Path, *requests: object) -> list[dict[str, Any]]:
    reader, writer = await asyncio.open_unix_connection(str(path))
    answers = []
    for request in requests:
        line = request if isinstance(request, bytes) else json.dumps(request).encode()
        writer.write(line + b"\n")
        answers.append(json.loads(await reader.readline()))
    writer.close()
    await writer.wait_closed()
    return answers


async def test_faults_are_switched_and_the_state_is_read_from_another_process(tmp_path: Path) -> None:
    places = Places(tcp=("127.0.0.1", 0), control=tmp_path / "control")
    async with VirtualPrinterServer(places=places) as server:
        broken, boot, drawer, mended = await ask(
            tmp_path / "control",
            {"fault": "paper_out", "on": True},
            {"do": "power_cycle"},
            {"do": "open_drawer"},
            {"do": "clear_faults"},
        )
        assert broken["ok"]
        assert broken["state"]["condition"]["paper_end"]
        assert boot["state"]["boot"] == 2
        assert drawer["state"]["drawer_open"]
        assert mended["state"]["faults"]["paper_out"] is False
        assert server.printer.faults == Faults()
        assert (tmp_path / "control").stat().st_mode & 0o777 == 0o600


async def test_the_control_socket_explains_itself(tmp_path: Path) -> None:
    async with VirtualPrinterServer(places=Places(control=tmp_path / "control")):
        (answer,) = await ask(tmp_path / "control", {"do": "help"})
    assert tuple(answer["faults"]) == FAULT_NAMES
    assert "power_cycle" in answer["do"]


async def test_a_wrong_request_is_answered_with_the_field_the_value_and_the_rule(tmp_path: Path) -> None:
    async with VirtualPrinterServer(places=Places(control=tmp_path / "control")):
        unknown, counted, action, garbage, number = await ask(
            tmp_path / "control",
            {"fault": "no_such"},
            {"fault": "stall_after_bytes", "value": -1},
            {"do": "dance"},
            b"{",
            7,
        )
    assert (unknown["ok"], unknown["field"]) == (False, "no_such")
    assert (counted["field"], counted["value"]) == ("stall_after_bytes", -1)
    assert action["rule"].startswith("must be one of state")
    assert garbage["field"] == number["field"] == "line"


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ("paper-out", Faults(paper_out=True)),
        ("paper_out=on", Faults(paper_out=True)),
        ("paper-out=off", Faults()),
        ("stall-after-bytes=4096", Faults(stall_after_bytes=4096)),
        ("drop-replies=3", Faults(drop_replies=3)),
        ("drop-replies=off", Faults()),
    ],
)
def test_switches_are_read_as_people_type_them(typed: str, faults: Faults) -> None:
    assert Faults().switched(*parse_switch(typed)) == faults


@pytest.mark.parametrize("typed", ["paper", "paper-out=3", "drop-replies", "stall-after-bytes=much"])
def test_a_switch_that_does_not_exist_or_fit_is_refused(typed: str) -> None:
    with pytest.raises(UnknownFault):
        Faults().switched(*parse_switch(typed))


@pytest.mark.parametrize("name", FAULT_NAMES)
def test_every_switch_can_be_switched_off(name: str) -> None:
    assert Faults().switched(name, False) == Faults()
