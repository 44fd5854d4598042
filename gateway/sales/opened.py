"""What both ends of the socket know of a store's start; here, so that the gateway's process does not import DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXIT_SUSPECT = 3
"""The child's exit status when DuckDB failed: the next child reads the whole file before it believes it."""

EXIT_DISK_FULL = 4
"""The child's exit status when the disk has no room: the next child works in memory, because the day must be closed all the same."""

EXIT_FAILED = 1
"""The child's exit status when the journal could not be read: passing, or nothing the sales store could do about."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What DuckDB may use. The limit does not cover everything DuckDB allocates; half as much again is seen in practice."""

    memory_limit_mb: int = 256
    threads: int = 2
    checkpoint_threshold_mb: int = 64


@dataclass(frozen=True, slots=True)
class Order:
    """What a child is told first: paths of the journal and the store, the business day, what DuckDB may use.

    `read_all`: read every block before believing the file. `in_memory`: use no disk, because it is full.
    """

    journal: str
    store: str
    time_zone: str
    day_starts_at_minutes: int
    memory_limit_mb: int
    threads: int
    read_all: bool
    in_memory: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """How the file was found. `ahead`: it knew entries that the journal does not have, or has others in place of; `set_aside` names the file kept as evidence; `in_memory`: there is no file,
    because the disk is full. `evidence`: the files kept could be read, and `numbers` are the highest they hold of each register: its id,
    Z number, running number of its own and of the reserved part. They are looked at only when the journal is empty or behind.
    """

    watermark: int
    set_aside: str = ""
    reason: str = ""
    ahead: bool = False
    ahead_watermark: int = 0
    in_memory: bool = False
    evidence: bool = False
    numbers: Sequence[tuple[str, int, int, int]] = ()
