"""Serial printers that take bytes exactly as fast as their lines carry them, each on a pseudo terminal of its own.

Reads one JSON line: `folder`, `printers`, `stalled` (so many more that read nothing), `bytes_per_second`, `report`. Says which `devices` to
open. When its input is closed it writes to `report`, for each printer, the bursts that came: bytes and seconds on the line.
"""

from __future__ import annotations

import json
import os
import pty
import select
import sys
import time
import tty
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from drivers.virtual.printer import VirtualPrinter

STEP_S: Final = 0.002
SILENCE_S: Final = 0.25
"""Parts one burst from the next; longer than any answer takes, shorter than a pause between jobs."""


@dataclass(slots=True)
class Burst:
    """Bytes without a silence between them: from the first bit of the first to the last bit of the last."""

    count: int
    began: float
    ended: float


@dataclass(slots=True)
class Line:
    """One printer behind one line."""

    bytes_per_second: float
    host: int
    ours: int
    printer: VirtualPrinter = field(default_factory=VirtualPrinter)
    bursts: list[Burst] = field(default_factory=list)
    carried_until: float = 0.0

    def carry(self, now: float) -> None:
        """Lets pass what the line has had time for. What was waiting moves on whenever this process looks; an idle line loses its time."""
        due = int((now - self.carried_until) * self.bytes_per_second)
        data = os.read(self.ours, due) if due and select.select([self.ours], [], [], 0)[0] else b""
        if data:
            self._count(len(data))
        if len(data) < due:
            self.carried_until = now
        at = int(now * 1000)
        answer = self.printer.receive(data, at) if data else self.printer.tick(at)
        if answer.write:
            os.write(self.ours, answer.write)

    def _count(self, count: int) -> None:
        began = self.carried_until
        self.carried_until += count / self.bytes_per_second
        if self.bursts and began - self.bursts[-1].ended < SILENCE_S:
            self.bursts[-1].count += count
            self.bursts[-1].ended = self.carried_until
        else:
            self.bursts.append(Burst(count, began, self.carried_until))


def serve(order: dict[str, Any]) -> None:
    """Carries bytes until the input ends."""
    folder = Path(order["folder"])
    lines, devices = [], []
    for number in range(order["printers"] + order["stalled"]):
        ours, host = pty.openpty()
        tty.setraw(host)
        devices.append(str(folder / f"tty{number}"))
        Path(devices[-1]).symlink_to(os.ttyname(host))
        lines.append(Line(order["bytes_per_second"], host, ours, carried_until=time.monotonic()))
    print(json.dumps({"devices": devices}), flush=True)
    carrying = lines[: order["printers"]]
    while not select.select([sys.stdin], [], [], STEP_S)[0]:
        for line in carrying:
            line.carry(time.monotonic())
    bursts = [[(burst.count, burst.ended - burst.began) for burst in line.bursts] for line in carrying]
    Path(order["report"]).write_text(json.dumps(bursts), encoding="ascii")


if __name__ == "__main__":
    serve(json.loads(sys.stdin.readline()))
