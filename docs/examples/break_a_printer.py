"""A test without hardware: a virtual printer runs out of paper, its drawer opens all the same.

python docs/examples/break_a_printer.py
"""

import asyncio
import time

from drivers.drawer import DrawerCommand, DrawerWiring, Level
from drivers.escpos.profile import PROFILES
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.ledger import MemoryLedger
from drivers.virtual.server import VirtualPrinterServer


def utc_ms() -> int:
    """The clock that the actor is given."""
    return time.time_ns() // 1_000_000


async def main() -> None:
    """The server takes a free port; the actor finds the printer there as it would a real one."""
    async with VirtualPrinterServer() as server:
        assert server.tcp_address is not None
        open_transport = transport_factory("tcp://{}:{}".format(*server.tcp_address))
        wiring = DrawerWiring(open_level=Level.LOW)
        actor = PrinterActor("theke", open_transport, MemoryLedger(), PROFILES["generic-80"], utc_ms, drawer=wiring)
        heard: asyncio.Queue[PrinterStatus] = asyncio.Queue()
        actor.subscribe(heard.put_nowait)
        running = asyncio.create_task(actor.run())
        while not (await heard.get()).ready:
            pass
        server.switch("paper_out")
        while (status := await heard.get()).ready:
            pass
        print(f"ready: {status.ready}, because {status.reason}")
        opened = await actor.open_drawer(DrawerCommand(b"command-1", "NO_SALE", "example", utc_ms() + 5_000))
        print(f"drawer: {opened.state}")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        server.switch("paper_out", False)


asyncio.run(main())
