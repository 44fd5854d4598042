"""python-escpos' own classes straight at our virtual printer, over TCP and a pty."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from escpos.printer import Network, Serial

from drivers.virtual.server import Places, VirtualPrinterServer

ALWAYS_WAITED_S = 0.5
"""It reads 16 bytes of a serial line, however many come, and so waits out every time-out."""

Opener = Callable[[], Any]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[VirtualPrinterServer]:
    places = Places(tcp=("127.0.0.1", 0), pty=tmp_path / "printer")
    async with VirtualPrinterServer(places=places) as running:
        yield running


@pytest.fixture(params=["Network", "Serial"])
def opener(request: pytest.FixtureRequest, server: VirtualPrinterServer) -> Opener:
    assert server.tcp_address
    host, port = server.tcp_address
    if request.param == "Network":
        return lambda: Network(host, port=port, timeout=10, profile="TM-T88V")
    return lambda: Serial(str(server.pty_path), baudrate=38400, timeout=ALWAYS_WAITED_S, profile="TM-T88V")


async def ask(opener: Opener, question: Callable[[Any], Any]) -> Any:
    """A connection of its own, in a thread, because the library blocks."""

    def asked() -> Any:
        with closing(opener()) as printer:
            printer.open()
            return question(printer)

    return await asyncio.to_thread(asked)


@pytest.mark.parametrize(
    ("fault", "online", "paper"),
    [(None, True, 2), ("paper_near_end", True, 1), ("paper_out", False, 0), ("cover_open", False, 2)],
)
async def test_it_reads_the_status(
    server: VirtualPrinterServer, opener: Opener, fault: str | None, online: bool, paper: int
) -> None:
    if fault:
        server.switch(fault)
    assert await ask(opener, lambda printer: printer.is_online()) is online
    assert await ask(opener, lambda printer: printer.paper_status()) == paper


async def test_it_prints_text_codes_and_opens_the_drawer(server: VirtualPrinterServer, opener: Opener) -> None:
    def job(printer: Any) -> None:
        printer.charcode("CP858")
        printer.textln("Grüße ß 12,50 €")
        printer.qr("https://example.org/beleg/4711", native=True, size=4)
        printer.cashdraw(2)
        printer.cut()

    await ask(opener, job)
    await server.until(lambda: server.printer.slips != [])
    (slip,) = server.printer.slips
    assert slip.text.splitlines()[0] == "Grüße ß 12,50 €"
    assert slip.qr_payloads == ("https://example.org/beleg/4711",)
    assert server.state().drawer_open
