"""A gateway that dies by SIGKILL at one of the two things the drawer desk writes about a command, before or after it is on disk.

python -m tests.gateway.drawers.dying FOLDER note|conclusion before|after COMMAND ADDRESS
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gateway.config import Device
from gateway.drawers.desk import LONGEST_LIFE_MS
from gateway.store import GroupWriter
from tests.gateway.printing.shop import REGISTER, UNHURRIED, WITH_DRAWER, open_shop

T = TypeVar("T")
WRITES = {"note": "DrawerDesk._obey.<locals>.<lambda>", "conclusion": "DrawerDesk._obey.<locals>.work"}


class DeadlyWriter(GroupWriter):
    deadly = ""
    after = False

    def submit(self, work: Callable[[sqlite3.Connection], T], *, urgent: bool = False) -> asyncio.Future[T]:
        if work.__qualname__ != self.deadly:
            return super().submit(work, urgent=urgent)
        if not self.after:
            _die()
        future = super().submit(work, urgent=urgent)
        future.add_done_callback(lambda _future: _die())  # before whoever waits for it goes on
        return future


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _live(folder: Path, writer: Callable[[Path], GroupWriter], command: bytes, address: str) -> None:
    device = Device.model_validate({"name": "bon", "address": address, "drawer": WITH_DRAWER})
    async with open_shop(folder, device, make_writer=writer, limits=UNHURRIED) as shop:
        await shop.until_ready("bon")
        await shop.drawers.open_drawer(command, REGISTER, "anna", "SALE", lives_ms=LONGEST_LIFE_MS)


def main(folder: str, write: str, when: str, command: str, address: str) -> None:
    def writer(path: Path) -> GroupWriter:
        made = DeadlyWriter(path)
        made.deadly, made.after = WRITES[write], when == "after"
        return made

    asyncio.run(_live(Path(folder), writer, bytes.fromhex(command), address))


if __name__ == "__main__":
    main(*sys.argv[1:])
