"""A folder with everything that came out: a picture and a text per slip, one line of JSON per event in `paper.jsonl`, and the page
`index.html` that shows them.

`paper.jsonl` is only appended to, and a slip's line comes after its files, so that whoever follows it can open them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from drivers.virtual.events import (
    BuffersCleared,
    BytesLost,
    Complaint,
    DrawerMoved,
    DrawerPulsed,
    PowerCycled,
    PrinterEvent,
    ProcessIdAnswered,
    SlipDone,
)
from drivers.virtual.page import PaperPage
from drivers.virtual.paper import Slip
from drivers.virtual.render import render_slip

Record = Mapping[str, str | int | bool | list[str] | None]


def event_record(event: PrinterEvent) -> Record:
    """An event as a flat JSON object; `kind` tells which."""
    match event:
        case SlipDone(slip):
            return slip_record(slip)
        case DrawerPulsed(pin, real_time, opened, connection):
            return {
                "kind": "drawer_pulse",
                "pin": pin,
                "real_time": real_time,
                "opened": opened,
                "connection": connection,
            }
        case DrawerMoved(is_open, connection):
            return {"kind": "drawer", "open": is_open, "connection": connection}
        case ProcessIdAnswered(process_id):
            return {"kind": "process_id", "process_id": process_id.decode("ascii", "replace")}
        case PowerCycled(boot):
            return {"kind": "power_cycle", "boot": boot}
        case BuffersCleared(lost_bytes):
            return {"kind": "buffers_cleared", "lost_bytes": lost_bytes}
        case BytesLost(count):
            return {"kind": "bytes_lost", "count": count}
        case Complaint(text):
            return {"kind": "complaint", "text": text}


def slip_record(slip: Slip) -> Record:
    """What is known about a slip, without its picture."""
    return {
        "kind": "slip",
        "number": slip.number,
        "text": slip.text,
        "receipt_number": slip.receipt_number,
        "copy": slip.copy,
        "complete": slip.complete,
        "interruption": slip.interruption,
        "cut": slip.cut,
        "qr": list(slip.qr_payloads),
        "barcodes": list(slip.barcodes),
        "connection": slip.connection,
        "boot": slip.boot,
    }


class PaperFolder:
    """Writes into one folder; goes on numbering where an earlier run ended."""

    def __init__(self, folder: Path, width: int) -> None:
        self._folder = folder
        self._width = width
        self._journal = folder / "paper.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [re.fullmatch(r"slip-(\d+)", path.stem) for path in folder.glob("slip-*.png")]
        self._last = max((int(found[1]) for found in numbers if found), default=0)
        self._page = PaperPage(self._earlier())
        self._show()

    def write(self, event: PrinterEvent, time_ms: int) -> None:
        """Record an event that happened at this time (UTC milliseconds)."""
        record: Record = {"time": time_ms, **event_record(event)}
        if isinstance(event, SlipDone):
            record = {**record, **self._keep(event.slip)}
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(record, ensure_ascii=False) + "\n")
        if self._page.add(record):
            self._show()

    def _earlier(self) -> Iterator[Mapping[str, Any]]:
        """What earlier runs recorded; the last line may have been cut off with the power."""
        if not self._journal.exists():
            return
        text = self._journal.read_text(encoding="utf-8", errors="replace")
        if text and not text.endswith("\n"):
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.write("\n")
        for line in text.split("\n"):  # not splitlines: receipts may hold other line ends
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record

    def _show(self) -> None:
        """A browser that reloads in between sees the old page or the new one, never half of one."""
        draft = self._folder / ".index.html.new"
        draft.write_text(self._page.html(), encoding="utf-8")
        draft.replace(self._folder / "index.html")

    def _keep(self, slip: Slip) -> Record:
        self._last += 1
        name = f"slip-{self._last:04d}"
        render_slip(slip, self._width).save(self._folder / f"{name}.png", optimize=True)
        (self._folder / f"{name}.txt").write_text(slip.text, encoding="utf-8")
        return {"number": self._last, "png": f"{name}.png", "txt": f"{name}.txt"}
