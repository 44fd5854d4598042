"""What archiving is asked for and what it answers, as frozen values and as lines of JSON between the gateway and its child."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from branchgate.archive.manifest import month_of
from branchgate.errors import Refused


@dataclass(frozen=True, slots=True)
class ArchiveOrder:
    """One month (2026-11), or every month `until` it that is not archived yet; `to` is the archive's folder, '' the usual one.

    Raises Refused (INVALID_VALUE) unless exactly one of both is named.
    """

    month: str = ""
    until: str = ""
    to: str = ""

    def __post_init__(self) -> None:
        if bool(self.month) == bool(self.until):
            raise Refused("INVALID_VALUE", field="month", value=self.month, rule="--month / --until")
        month_of(self.month or self.until, "month" if self.month else "until")


@dataclass(frozen=True, slots=True)
class Task:
    """An order with what the child cannot know: the data folder, the archive, whose journal it is, the time (UTC milliseconds), the day."""

    order: ArchiveOrder
    data: str
    archive: str
    branch_id: str
    now_ms: int
    time_zone: str = "Europe/Berlin"
    day_starts_at_minutes: int = 0
    memory_limit_mb: int = 256


@dataclass(frozen=True, slots=True)
class Progress:
    """So many entries of a month are written ("journal"), decoded ("sales") or read back ("check")."""

    month: str
    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A month that is written and verified: its folder, its entries, and the bytes of its files."""

    month: str
    folder: str
    first: int
    last: int
    last_hash: str
    size_bytes: int


Step: TypeAlias = Progress | Archived


def task_line(task: Task) -> bytes:
    """The task as the child reads it."""
    return json.dumps(asdict(task)).encode() + b"\n"


def read_task(line: bytes) -> Task:
    """Reads what `task_line` wrote."""
    values = json.loads(line)
    return Task(**{**values, "order": ArchiveOrder(**values["order"])})


def step_message(step: Step) -> dict[str, Any]:
    """A step as the parent reads it."""
    return {"progress" if isinstance(step, Progress) else "archived": asdict(step)}


def step_of(message: dict[str, Any]) -> Step:
    """Reads what `step_message` wrote."""
    return Progress(**message["progress"]) if "progress" in message else Archived(**message["archived"])
