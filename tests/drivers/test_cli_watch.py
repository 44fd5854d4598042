"""`watch` as a process that lives until Ctrl-C, and the sentences of every command."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from drivers.cli.watch import news
from drivers.cli.words import DRAWERS, JOBS, KINDS, REASONS, because, shown
from drivers.discovery import Kind
from drivers.drawer import DrawerState
from drivers.errors import Reason
from drivers.printing.condition import PrinterStatus
from drivers.printing.states import JobState
from drivers.virtual.server import VirtualPrinterServer

PROGRAM = "from drivers.cli import app; app()"
FINE = PrinterStatus(
    online=True, cover_open=False, paper_out=False, near_end=False, drawer_open=False, error=False, reason=None
)


@asynccontextmanager
async def watching(*arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, "watch", *arguments, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_changes_are_told_one_a_line_until_a_signal_ends_it(number: signal.Signals) -> None:
    async with VirtualPrinterServer() as server:
        assert server.tcp_address is not None
        address = f"tcp://127.0.0.1:{server.tcp_address[1]}"
        async with watching(address, "--json") as process:
            assert json.loads(await line(process))["kind"] == "watching"
            while not (told := json.loads(await line(process)))["ready"]:
                continue
            server.power_cycle()
            while told["reason"] != "LINK_LOST":
                told = json.loads(await line(process))
            assert (told["kind"], told["address"], told["ready"]) == ("status", address, False)
            process.send_signal(number)
            _, complaints = await process.communicate()
            assert (process.returncode, complaints) == (0, b"")


async def test_a_printer_that_is_not_there_is_told_and_waited_for() -> None:
    async with watching("tcp://127.0.0.1:1") as process:
        assert "Ctrl-C" in await line(process)
        assert "[CONNECTION_REFUSED]" in await line(process)
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert process.returncode == 0


def test_news_names_the_fact_that_changed() -> None:
    assert news("p", FINE, replace(FINE, near_end=True)) == "p: bereit / ready, Papier fast leer / paper near end"
    assert news("p", replace(FINE, near_end=True), FINE) == (
        "p: bereit / ready, Papier nicht mehr knapp / paper no longer near its end"
    )
    drawer_open = replace(FINE, drawer_open=True)
    assert news("p", FINE, drawer_open) == "p: bereit / ready, Lade offen / drawer open"
    assert news("p", drawer_open, replace(FINE, drawer_open=False)) == "p: bereit / ready, Lade zu / drawer shut"


def test_news_says_a_thing_once() -> None:
    covered = replace(FINE, online=False, cover_open=True, reason=Reason.COVER_OPEN)
    assert news("p", FINE, covered) == "p: Deckel offen / cover open [COVER_OPEN]"


def test_an_unknown_fact_that_turns_out_to_be_fine_is_no_news() -> None:
    assert news("p", replace(FINE, near_end=None, drawer_open=None), FINE) == ""
    assert news("p", None, FINE) == "p: bereit / ready"


def test_everything_that_can_happen_has_german_and_english_words() -> None:
    assert [reason for reason in Reason if reason not in REASONS] == []
    assert [kind for kind in Kind if kind not in KINDS] == []
    assert [state for state in DrawerState if state not in DRAWERS] == []
    # A person's answer exists only where somebody keeps jobs.
    assert [state for state in JobState if state not in JOBS and state is not JobState.PRINTED_BY_OPERATOR] == []
    assert because(Reason.PAPER_OUT) == "Papier leer / paper out [PAPER_OUT]"


def test_what_a_device_calls_itself_does_nothing_to_the_terminal() -> None:
    assert shown("TM\x1b[2J\r\n\u202eX") == "TM [2J   X"
