"""emupos as a process: a printer written by others, with a control API, PNGs and texts of what it printed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rigs.patience import patient

CONFIGURATION = """
schema: 1
api: {{ host: 127.0.0.1, port: {api} }}
devices:
  - id: front
    type: printer
    profile: {profile}
    connections:
      - tcp: {{ port: {tcp} }}
      - serial: {{ pty: true }}
    receipts_dir: ./receipts
    job_idle_timeout_ms: 200
    drawer: {{ sensor_open_level: low }}
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt as the emulator saw it."""

    text: str
    picture: Path


class Emulator:
    """A running emupos with one printer, reachable over TCP and a pty."""

    def __init__(self, process: Process, folder: Path, tcp: int, api: int) -> None:
        self._process, self._folder, self._api = process, folder, api
        self.addresses = {"tcp": f"tcp://127.0.0.1:{tcp}", "pty": f"serial://{folder}/emupos/front?baud=38400"}

    async def until(self, event: str, containing: str = "") -> str:
        """The rest of the next line about such an event."""
        assert self._process.stdout
        async with asyncio.timeout(30):
            while line := (await self._process.stdout.readline()).decode("utf-8", "replace"):
                if event in line and containing in line:
                    return line.partition(event)[2].strip()
        raise AssertionError(f"emupos ended before it said {event}")

    async def receipt(self) -> Paper:
        """Wait for the next receipt that ends with a cut."""
        number = (await self.until("printer.job.completed", "cut")).rpartition(" ")[2]
        return Paper(
            (self._folder / f"receipts/{number}.txt").read_text("utf-8"), self._folder / f"receipts/{number}.png"
        )

    async def switch(self, fault: str, *, on: bool) -> None:
        """Break or mend the printer."""
        await self._ask("PUT" if on else "DELETE", f"/devices/front/faults/{fault}")

    async def pieces(self) -> int:
        """How many pieces of paper have come out so far, whatever ended them."""
        return len(await self._ask("GET", "/devices/front/receipts"))

    async def drawer(self) -> str:
        """Whether it is open or closed."""
        state: str = (await self._ask("GET", "/devices/front"))["state"]["drawer"]
        return state

    async def _ask(self, method: str, path: str) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self._api}/api/v1{path}", method=method)

        def answer() -> bytes:
            with urllib.request.urlopen(request, timeout=10) as response:
                body: bytes = response.read()
                return body

        body = await asyncio.to_thread(answer)
        return json.loads(body) if body else None


@asynccontextmanager
async def running(program: Path, folder: Path, profile: str = "epson-tm-t20iii") -> AsyncIterator[Emulator]:
    """The emulator, up until the end of the block."""
    tcp, api = _free_ports(2)
    (folder / "emupos.yaml").write_text(CONFIGURATION.format(api=api, tcp=tcp, profile=profile), "utf-8")
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    process = await asyncio.create_subprocess_exec(
        program, "run", "--config", folder / "emupos.yaml", cwd=folder, env=environment, stdout=PIPE
    )
    try:
        emulator = Emulator(process, folder, tcp, api)
        await emulator.until("Showing events")
        yield emulator
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        async with patient("the end of emupos"):
            await process.communicate()


def _free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in taken]
    for server in taken:
        server.close()
    return ports
