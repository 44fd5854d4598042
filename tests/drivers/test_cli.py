"""The `devices` commands as a person or a script uses them."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
from typer.testing import CliRunner, Result

from drivers.cli import Exit, app
from tests.drivers.fake_printer import FakePrinter, TcpFront


async def devices(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


async def test_status_of_a_printer_that_is_ready() -> None:
    async with TcpFront(FakePrinter()) as front:
        result = await devices("status", front.address)
    assert result.exit_code == Exit.DONE, result.output
    assert "ready" in result.output


async def test_status_names_what_is_in_the_way() -> None:
    async with TcpFront(FakePrinter(cover_open=True)) as front:
        result = await devices("status", front.address, "--json")
    assert result.exit_code == Exit.TRY_AGAIN
    assert json.loads(result.output)["reason"] == "COVER_OPEN"


async def test_a_printer_that_is_not_there_is_try_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    result = await devices("status", f"tcp://127.0.0.1:{port}", "--json")
    assert result.exit_code == Exit.TRY_AGAIN
    assert json.loads(result.output)["reason"] == "CONNECTION_REFUSED"


async def test_a_test_page_is_confirmed_by_the_printer() -> None:
    async with TcpFront(FakePrinter()) as front:
        result = await devices("test-page", front.address, "--json")
        assert front.printer.cuts == 1
    assert result.exit_code == Exit.DONE, result.output
    assert json.loads(result.output)["proof"] == "process-id"


async def test_a_test_page_to_a_mute_printer_is_not_called_printed() -> None:
    async with TcpFront(FakePrinter(mute=True)) as front:
        result = await devices("test-page", front.address)
    assert result.exit_code == Exit.UNKNOWN
    assert "SENT_UNVERIFIED" in result.output


async def test_the_drawer_opens_and_says_so() -> None:
    async with TcpFront(FakePrinter()) as front:
        result = await devices("open-drawer", front.address, "--open-level", "low")
    assert result.exit_code == Exit.DONE, result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "usb://1"),
        ("status", "tcp://printer:0"),
        ("status", "tcp://printer", "--profile", "TM-X"),
        ("open-drawer", "tcp://printer", "--pin", "3"),
    ],
)
async def test_a_wrong_command_line_is_told_what_is_allowed(arguments: tuple[str, ...]) -> None:
    result = await devices(*arguments)
    assert result.exit_code == Exit.USAGE
    assert "must be" in result.output or "is not one of" in result.output
