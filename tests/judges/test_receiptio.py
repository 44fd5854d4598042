"""A driver written by others prints on our virtual printer and tells its state: by TCP on the port it insists on."""

from __future__ import annotations

import asyncio
import random
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings

MARKUP = "^^^Bäckerei Müller\n\n{code:https://example.org/beleg/4711;option:qrcode,4,l}\nBrötchen | 12,50 €\n---\n"
STAR_QUESTION = "unknown command 1b 06"
"""It asks printers of another language too (Star's ESC ACK SOH), before it knows which it talks to."""


class Driver:
    """receiptio at a printer of its own."""

    def __init__(self, folder: Path, server: VirtualPrinterServer, host: str) -> None:
        self.server = server
        self._program = folder / "node_modules" / "receiptio" / "bin" / "cli.js"
        self._host = host

    async def says(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "node", self._program, "-d", self._host, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
        try:
            async with asyncio.timeout(60):
                answer, more = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        return (answer + more).decode("utf-8").strip()


@asynccontextmanager
async def driver(folder: Path, faults: Faults | None = None) -> AsyncIterator[Driver]:
    """The port is always 9100, so every test has a loopback address of its own."""
    host = ".".join(("127", *(str(random.randint(2, 250)) for _ in range(3))))
    printer = VirtualPrinter(PrinterSettings(drawer_shuts_after_ms=None), faults)
    server = VirtualPrinterServer(printer, Places(tcp=(host, 9100)))
    try:
        await server.start()
    except OSError as taken:
        pytest.skip(f"receiptio wants port 9100: {taken}")
    try:
        yield Driver(folder, server, host)
    finally:
        await server.stop()


async def test_it_finds_the_printer_online_and_prints(node_programs: Path, tmp_path: Path) -> None:
    (tmp_path / "receipt.txt").write_text(MARKUP, "utf-8")
    async with driver(node_programs) as receiptio:
        assert await receiptio.says("-q") == "online"
        assert await receiptio.says("-l", "de", str(tmp_path / "receipt.txt")) == "success"
        (slip,) = receiptio.server.printer.slips
        assert [line.split() for line in slip.text.splitlines() if line and line[0] not in "[─"] == [
            ["Bäckerei", "Müller"],
            ["Brötchen", "12,50", "€"],
        ]
        assert set(receiptio.server.dirt) <= {STAR_QUESTION}


@pytest.mark.parametrize(
    ("faults", "state"),
    [
        (Faults(paper_near_end=True), "online"),
        (Faults(paper_out=True), "paperempty"),
        (Faults(cover_open=True), "coveropen"),
        (Faults(cutter_error=True), "error"),
        (Faults(unrecoverable_error=True), "error"),
        (Faults(split_replies_ms=5), "online"),
        (Faults(xoff_in_asb=True), "online"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_it_sees_what_is_wrong(node_programs: Path, faults: Faults, state: str) -> None:
    async with driver(node_programs, faults) as receiptio:
        assert await receiptio.says("-q") == state
        assert set(receiptio.server.dirt) <= {STAR_QUESTION}


async def test_it_does_not_print_without_paper(node_programs: Path, tmp_path: Path) -> None:
    (tmp_path / "receipt.txt").write_text(MARKUP, "utf-8")
    async with driver(node_programs, Faults(paper_out=True)) as receiptio:
        assert await receiptio.says("-p", "epson", str(tmp_path / "receipt.txt")) == "paperempty"
        assert receiptio.server.printer.slips == []


async def test_it_reads_the_drawers_sensor_with_either_polarity(node_programs: Path) -> None:
    """Its `drawer` means a line that is low when open, as ours is; `drawer2` one that is high."""
    async with driver(node_programs) as receiptio:
        assert await receiptio.says("-q", "drawer") == "drawerclosed"
        receiptio.server.move_drawer(open_it=True)
        assert await receiptio.says("-q", "drawer") == "draweropen"
        receiptio.server.switch("drawer_inverted")
        assert await receiptio.says("-q", "drawer2") == "draweropen"
