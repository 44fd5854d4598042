"""A virtual printer that answers at once, behind a tap that notes when bytes for it arrive.

Reads one JSON line: `times`, a file. When its input is closed it writes there when chunks came that are longer than a status request,
by the machine's monotonic clock.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import VirtualPrinterServer

LONGEST_STATUS_REQUEST = 64


class Tap:
    """Carries bytes between the gateway and the printer."""

    def __init__(self, printer: tuple[str, int]) -> None:
        self._printer = printer
        self.arrived_at: list[float] = []

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the gateway."""
        theirs, ours = await asyncio.open_connection(*self._printer)
        back = asyncio.create_task(_carry(theirs, writer))
        try:
            while chunk := await reader.read(65536):
                if len(chunk) > LONGEST_STATUS_REQUEST:
                    self.arrived_at.append(time.perf_counter())
                ours.write(chunk)
        finally:
            back.cancel()
            ours.close()
            writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)


async def serve(order: dict[str, Any]) -> None:
    """Serves until the input ends."""
    async with VirtualPrinterServer(VirtualPrinter()) as printer:
        assert printer.tcp_address is not None
        tap = Tap(printer.tcp_address)
        server = await asyncio.start_server(tap.accept, "127.0.0.1", 0)
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.close()
    await asyncio.to_thread(Path(order["times"]).write_text, json.dumps(tap.arrived_at))


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
