"""`calibrate`: the talk at the printer, played to its end on virtual printers with every kind of drawer."""

from __future__ import annotations

import asyncio
import json
import tomllib
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from drivers.cli import Exit, app
from drivers.discovery.calibration_page import WIDTHS
from drivers.discovery.suggestion import nearest_profile, profile_by_model
from drivers.escpos.profile import PROFILES
from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import VirtualPrinterServer
from drivers.virtual.settings import Identity, PrinterSettings
from tests.drivers.fake_printer import FakePrinter, TcpFront

QUICK = PrinterSettings(drawer_shuts_after_ms=100)
KNOWN = replace(QUICK, identity=Identity(maker="EPSON", model="TM-T20III"))


async def calibrate(server: VirtualPrinterServer, typed: str, *options: str) -> Result:
    assert server.tcp_address is not None
    address = f"tcp://127.0.0.1:{server.tcp_address[1]}"
    return await asyncio.to_thread(CliRunner().invoke, app, ["calibrate", address, *options], input=typed)


def device_in(result: Result) -> dict[str, Any]:
    """What somebody would paste into gateway.toml."""
    toml = result.stdout[result.stdout.index("[[devices]]") :]
    (device,) = tomllib.loads(toml)["devices"]
    assert isinstance(device, dict)
    return device


@pytest.mark.parametrize(("faults", "level"), [(Faults(), "low"), (Faults(drawer_inverted=True), "high")])
async def test_the_sensors_polarity_is_learnt(faults: Faults, level: str) -> None:
    async with VirtualPrinterServer(VirtualPrinter(KNOWN, faults)) as server:
        result = await calibrate(server, "\n\n", "--name", "fenster")
    assert result.exit_code == Exit.DONE, result.output
    device = device_in(result)
    assert (device["name"], device["profile"]) == ("fenster", "TM-T20III")
    assert device["drawer"] == {"pin": 2, "open_level": level}


async def test_a_drawer_on_the_other_pin_is_found() -> None:
    async with VirtualPrinterServer(VirtualPrinter(replace(KNOWN, drawer_pin=5))) as server:
        result = await calibrate(server, "\nn\n\n\n")
    assert device_in(result)["drawer"] == {"pin": 5, "open_level": "low"}


async def test_a_sensor_that_never_changes_is_recognised_and_no_level_is_claimed() -> None:
    async with VirtualPrinterServer(VirtualPrinter(KNOWN, Faults(drawer_no_sensor=True))) as server:
        result = await calibrate(server, "\nvielleicht\nj\n")
    assert result.exit_code == Exit.UNKNOWN
    assert device_in(result)["drawer"] == {"pin": 2, "sensor": "none"}
    assert "kein Sensor" in result.stderr


async def test_a_sensor_that_stays_open_when_the_drawer_is_shut_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("drivers.discovery.drawer_trial.SHUTS_WITHIN_S", 0.3)
    async with VirtualPrinterServer(VirtualPrinter(replace(KNOWN, drawer_shuts_after_ms=None))) as server:
        result = await calibrate(server, "\n\n")
    assert result.exit_code == Exit.UNKNOWN
    assert device_in(result)["drawer"] == {"pin": 2, "sensor": "none"}


async def test_without_a_drawer_there_is_no_drawer_in_the_lines() -> None:
    async with VirtualPrinterServer(VirtualPrinter(KNOWN, Faults(drawer_never_opens=True))) as server:
        result = await calibrate(server, "\nn\n\nn\n")
    assert result.exit_code == Exit.DONE
    assert "drawer" not in device_in(result)


async def test_an_unknown_model_is_told_by_what_is_on_its_paper_and_wrong_answers_are_asked_again() -> None:
    async with VirtualPrinterServer(VirtualPrinter(replace(QUICK, columns=32))) as server:
        result = await calibrate(server, "zwei\n40\n32\n19\n", "--no-drawer")
        (slip,) = server.printer.slips
    assert device_in(result)["profile"] == "generic-58"
    assert "40" in result.stderr
    assert "19: äöüß ÄÖÜ 12,50 €" in slip.text
    assert "32 ----------------------------|" in slip.text.splitlines()


async def test_what_no_profile_has_stands_beside_the_nearest_one() -> None:
    async with VirtualPrinterServer(VirtualPrinter(QUICK)) as server:
        result = await calibrate(server, "42\n20\n", "--no-drawer")
    found = device_in(result)
    assert (found["profile"], found["columns"], found["code_page"]) == ("generic-80", 42, 20)


async def test_a_printer_without_the_right_characters_sends_to_its_manual() -> None:
    async with VirtualPrinterServer(VirtualPrinter(QUICK)) as server:
        result = await calibrate(server, "48\n0\n", "--no-drawer")
    assert device_in(result) == {"name": "theke", "address": device_in(result)["address"], "profile": "generic-80"}
    assert "PC858" in result.stderr


async def test_without_paper_nothing_is_printed() -> None:
    async with VirtualPrinterServer(VirtualPrinter(QUICK)) as server:
        result = await calibrate(server, "", "--no-paper", "--no-drawer")
        assert server.printer.slips == []
    assert result.exit_code == Exit.DONE


async def test_for_programs_stdout_is_one_object() -> None:
    async with VirtualPrinterServer(VirtualPrinter(KNOWN)) as server:
        result = await calibrate(server, "\n\n", "--json")
    facts = json.loads(result.stdout)
    assert facts["identity"]["model"] == "TM-T20III"
    assert facts["abilities"] == {"process_ids": True, "ordered": True, "cutter_counter": 0}
    assert facts["drawer"] == {"pin": 2, "open_level": "low"}
    assert tomllib.loads(facts["toml"])


async def test_a_printer_with_an_open_cover_is_not_calibrated() -> None:
    async with VirtualPrinterServer(VirtualPrinter(KNOWN, Faults(cover_open=True))) as server:
        result = await calibrate(server, "")
    assert result.exit_code == Exit.TRY_AGAIN
    assert "offline" in result.output


async def test_whoever_ends_the_talk_ends_the_command() -> None:
    async with VirtualPrinterServer(VirtualPrinter(KNOWN)) as server:
        result = await calibrate(server, "")
    assert result.exit_code == 1
    assert "Aborted" in result.stderr
    assert "[[devices]]" not in result.stdout


async def test_a_printer_that_does_not_know_the_questions_is_calibrated_by_eye(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("drivers.discovery.introduction.PROOF_S", 0.5)
    async with TcpFront(FakePrinter(process_ids=False, counter=None)) as front:
        result = await asyncio.to_thread(
            CliRunner().invoke, app, ["calibrate", front.address, "--no-drawer", "--json"], input="48\n19\n"
        )
    facts = json.loads(result.stdout)
    assert facts["abilities"] == {"process_ids": False, "ordered": True, "cutter_counter": None}
    assert facts["profile"] == "generic-80"


@pytest.mark.parametrize("name", ["Theke", "", "a" * 31, "ä"])
async def test_a_name_that_the_gateway_would_refuse_is_refused_here(name: str) -> None:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["calibrate", "tcp://127.0.0.1:1", "--name", name])
    assert result.exit_code == Exit.USAGE
    assert "must be" in result.output


def test_a_longer_model_name_is_another_model() -> None:
    assert profile_by_model("TM-T88VI") is None
    assert profile_by_model("") is None
    assert profile_by_model("tm t88v") is PROFILES["TM-T88V"]


def test_no_profile_is_suggested_that_claims_more_than_was_proven() -> None:
    """An unknown printer of 42 columns was taken for a TM-T88IV, which confirms every print."""
    assert all(nearest_profile(width).has_process_id is None for width in WIDTHS)
    assert (nearest_profile(42).name, nearest_profile(32).name) == ("generic-80", "generic-58")


async def test_the_whole_talk_is_with_one_printer() -> None:
    """Two links to a virtual address were two printers: the second one's drawer had never been opened."""
    address = "virtual:theke?drawer_shuts_after=0"
    result = await asyncio.to_thread(
        CliRunner().invoke, app, ["calibrate", address, "--no-paper", "--json"], input="\n\n"
    )
    assert json.loads(result.stdout)["drawer"] == {"pin": 2, "open_level": None}
