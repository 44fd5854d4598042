"""What an export is asked for and what it answers, as frozen values and as lines of JSON between the gateway and its child."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from branchgate.errors import Refused

LONGEST_DTD: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Closings whose business day (ISO 8601) lies in `from_day` to `to_day`, of one register or of all ('').

    `preview` adds periods that are still open, marked as such. `dtd` replaces our own grammar of index.xml, '' keeps it. Raises Refused
    (INVALID_VALUE) for what is no day and for days in the wrong order.
    """

    from_day: str
    to_day: str
    register_id: str = ""
    preview: bool = False
    dtd: str = ""

    def __post_init__(self) -> None:
        for field, value in (("from", self.from_day), ("to", self.to_day)):
            if not _is_day(value):
                raise Refused("INVALID_VALUE", field=field, value=value, rule="YYYY-MM-DD")
        if self.from_day > self.to_day:
            raise Refused("INVALID_VALUE", field="to", value=self.to_day, rule=f">= {self.from_day}")
        if self.dtd and ("<!ELEMENT DataSet" not in self.dtd or len(self.dtd) > LONGEST_DTD):
            raise Refused("INVALID_VALUE", field="dtd", value=f"{len(self.dtd)}", rule="<!ELEMENT DataSet …>")


@dataclass(frozen=True, slots=True)
class Task:
    """An order with what the child cannot know: where the stores lie, where it may work, what time it is (UTC milliseconds).

    `archive`: the folder of an archive to read in the place of the journal, '' for none.
    """

    order: ExportOrder
    folder: str
    work: str
    now_ms: int
    memory_limit_mb: int = 256
    threads: int = 1
    archive: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What an export had to alter or could not find: stable reason, column or place, how often, one example (BON_ID or closing)."""

    reason: str
    place: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `stage` is "read" (journal entries) or "write" (tables)."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished export: size and SHA-256 of the ZIP, what is in it, what was noted. `open_periods`: how many it marks as a preview."""

    file_name: str
    size_bytes: int
    sha256: str
    closings: int
    receipts: int
    lines: int
    open_periods: int = 0
    notes: tuple[Note, ...] = ()


def task_line(task: Task) -> bytes:
    """The task as one line."""
    return json.dumps(asdict(task)).encode() + b"\n"


def read_task(line: bytes) -> Task:
    """The task in a line."""
    values = json.loads(line)
    return Task(**{**values, "order": ExportOrder(**values["order"])})


def summary_of(values: dict[str, Any]) -> Summary:
    """A summary from plain values."""
    return Summary(**{**values, "notes": tuple(Note(**note) for note in values["notes"])})


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
