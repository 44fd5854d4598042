"""`list`, `probe` and `udev-rules` as a person or a script uses them, on virtual printers and on what is none."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from drivers.cli import Exit, app
from drivers.cli.rights import rules
from drivers.discovery import Places, found
from drivers.discovery.kinds import ADAPTERS, PRINTER_MAKERS, VENDOR_CLASS_PRINTERS
from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import VirtualPrinterServer
from tests.drivers.discovery.machine import PRINTER_CLASS, VENDOR_CLASS, Machine

NARROW = 80


async def devices(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


def address_of(server: VirtualPrinterServer) -> str:
    assert server.tcp_address is not None
    return f"tcp://127.0.0.1:{server.tcp_address[1]}"


class Service:
    """Something on a TCP port that is no printer: speaks first, or answers a line, or hangs up."""

    def __init__(self, *, first: bytes = b"", answer: bytes = b"") -> None:
        self._first, self._answer = first, answer

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._first)
        if self._answer:
            await reader.readuntil(b"\n")
            writer.write(self._answer)
        else:
            await reader.read()
        writer.close()
        await writer.wait_closed()


async def test_a_printer_introduces_itself() -> None:
    async with VirtualPrinterServer() as server:
        result = await devices("probe", address_of(server), "--json")
        assert server.printer.slips == []
    assert result.exit_code == Exit.DONE, result.output
    answer = json.loads(result.output)
    assert (answer["verdict"], answer["maker"], answer["serial"]) == ("printer", "branchgate", "VP000001")


async def test_an_offline_printer_is_still_a_printer() -> None:
    async with VirtualPrinterServer(VirtualPrinter(faults=Faults(cover_open=True))) as server:
        result = await devices("probe", address_of(server))
    assert result.exit_code == Exit.DONE
    assert "offline" in result.output


async def test_a_metrics_exporter_on_the_printers_port_is_no_printer() -> None:
    """Port 9100 is node_exporter's as well; it says nothing until a line ends, and then that the line is bad."""
    async with Service(answer=b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n400") as address:
        result = await devices("probe", address)
    assert result.exit_code == Exit.REFUSED
    assert "kein Drucker / no printer" in result.output
    assert "HTTP/1.1 400 Bad Request" in result.output


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail.example ESMTP\r\n", b"\x1b[2Jhello there"])
async def test_a_server_that_speaks_first_is_no_printer_even_if_its_letters_look_like_status(banner: bytes) -> None:
    """The 2 of "220" is a valid answer to DLE EOT."""
    async with Service(first=banner) as address:
        result = await devices("probe", address)
    assert result.exit_code == Exit.REFUSED
    assert "\x1b" not in result.output


async def test_what_stays_silent_is_not_called_a_printer() -> None:
    async with VirtualPrinterServer(VirtualPrinter(faults=Faults(mute_status=True))) as server:
        result = await devices("probe", address_of(server), "--json")
    assert result.exit_code == Exit.UNKNOWN
    assert json.loads(result.output)["verdict"] == "silent"


async def test_nobody_there_is_try_again_in_both_languages() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"tcp://127.0.0.1:{gone.getsockname()[1]}"
    result = await devices("probe", address)
    assert result.exit_code == Exit.TRY_AGAIN
    assert "nimmt keine Verbindung an" in result.output
    assert "[CONNECTION_REFUSED]" in result.output


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setattr("drivers.cli.found.found", lambda: found(made.places))
    return made


async def test_the_list_tells_what_it_is_and_which_address_to_write(machine: Machine) -> None:
    machine.usb("1-1.4", 0x04B8, 0x0E28, (PRINTER_CLASS,), "J4FF012345", "EPSON TM-T20III")
    machine.usblp("1-1.4", "lp0")
    machine.usb("1-5", 0x1234, 0x5678, (0x0E,), name="ACME Kamera")
    result = await devices("list")
    assert result.exit_code == Exit.DONE
    lines = result.output.splitlines()
    assert "Bondrucker / receipt printer · EPSON TM-T20III" in lines
    assert "  usblp://04b8:0e28?serial=J4FF012345" in lines
    assert "  oder / or usb://04b8:0e28?serial=J4FF012345" in lines
    assert "unbekanntes Gerät / unknown device · ACME Kamera" in lines
    assert max(map(len, lines)) <= NARROW


def test_the_list_says_who_has_the_port(machine: Machine) -> None:
    machine.usb("1-3", 0x0403, 0x6001, (VENDOR_CLASS,), "A5")
    machine.tty("1-3", "ttyUSB0")
    with Path(machine.dev("ttyUSB0")).open("rb"):
        result = CliRunner().invoke(app, ["list"])
    assert "benutzt von / in use by:" in result.output


async def test_a_device_name_cannot_speak_to_the_terminal(machine: Machine) -> None:
    machine.usb("1-1", 0x04B8, 0x0202, (VENDOR_CLASS,), name="EVIL \x1b[2J")
    result = await devices("list")
    assert "\x1b" not in result.output


async def test_the_list_for_programs_holds_everything_and_asks_the_addresses_given(machine: Machine) -> None:
    machine.usb("1-1", 0x04B8, 0x0202, (VENDOR_CLASS,), "J4")
    async with VirtualPrinterServer() as server:
        result = await devices("list", address_of(server), "--json")
    facts = json.loads(result.output)
    assert facts["devices"][0]["addresses"] == ["usb://04b8:0202?serial=J4"]
    assert facts["devices"][0]["access"]["holders"] == []
    assert facts["asked"][0]["model"] == "virtual printer"


async def test_an_empty_list_says_what_to_do(machine: Machine) -> None:
    result = await devices("list")
    assert result.exit_code == Exit.DONE
    assert "branchgate devices probe tcp://" in result.output
    assert machine.places != Places()


# -- udev ----------------------------------------------------------------------------------------------------------

_RULE_PART = re.compile(
    r"(ACTION|SUBSYSTEM|KERNEL|LABEL|GOTO|MODE|GROUP|ATTRS?\{\w+\}|ENV\{\w+\})(==|!=|\+=|=)\"([^\"]*)\""
)
_MATCHES = ("ACTION", "SUBSYSTEM", "KERNEL", "ATTR")


def rule_lines() -> list[list[tuple[str, str, str]]]:
    lines = [line for line in rules().splitlines() if line and not line.startswith("#")]
    parsed = []
    for line in lines:
        parts = line.split(", ")
        matches = [_RULE_PART.fullmatch(part) for part in parts]
        assert all(matches), line
        parsed.append([(match[1], match[2], match[3]) for match in matches if match])
    return parsed


def test_every_rule_is_one_that_udev_understands() -> None:
    """A match that is written as an assignment would give every device of the machine the rights."""
    labels = [value for line in rule_lines() for key, _operator, value in line if key == "LABEL"]
    for line in rule_lines():
        for key, operator, value in line:
            assert not key.startswith(_MATCHES) or operator in ("==", "!="), line
            assert key not in ("MODE", "GROUP", "GOTO", "LABEL") or operator == "=", line
            assert key != "GOTO" or value in labels
        keys = [key for key, _operator, _value in line]
        assert "MODE" not in keys or "SUBSYSTEM" in keys
        assert "MODE" not in keys or any(key.startswith(("ATTR", "KERNEL", "ENV{ID_USB")) for key in keys), line


def test_the_rules_cover_every_maker_that_discovery_knows() -> None:
    vendors = {
        int(number, 16)
        for line in rule_lines()
        for key, _operator, value in line
        if key.endswith("{idVendor}")
        for number in value.split("|")
    }
    assert vendors == {*ADAPTERS, *PRINTER_MAKERS, *(vendor for vendor, _product in VENDOR_CLASS_PRINTERS)}


async def test_the_command_prints_the_rules_and_nothing_else() -> None:
    result = await devices("udev-rules")
    assert result.exit_code == Exit.DONE
    assert result.output == rules()


def test_udevs_own_check_finds_nothing(tmp_path: Path) -> None:
    tool = shutil.which("udevadm")
    if tool is None:
        pytest.skip("udevadm is not installed (apt: udev)")
    if "verify" not in subprocess.run([tool, "--help"], capture_output=True, text=True, check=False).stdout:
        pytest.skip("this udevadm cannot verify rules (systemd before 254)")
    file = tmp_path / "70-branchgate.rules"
    file.write_text(rules(), encoding="utf-8")
    checked = subprocess.run([tool, "verify", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
