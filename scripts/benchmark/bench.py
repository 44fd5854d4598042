"""What every subject is given: a folder on the disk to be measured, how long to measure, and a place to report progress."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bench:
    """`rounds` interleaved rounds of each side; `quick` runs measure less and say little about percentiles."""

    root: Path
    rounds: int
    quick: bool
    say: Callable[[str], None]

    def amount(self, full: int, quick: int) -> int:
        """How many, by the kind of run."""
        return quick if self.quick else full

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="branchgate-bench-", dir=self.root) as name:
            yield Path(name)


def fdatasync_ms(folder: Path, times: int) -> list[float]:
    """How long each of so many appends of 1 KB takes to reach the disk, in milliseconds."""
    path = folder / "synced"
    block = os.urandom(1024)
    taken = []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        for _ in range(times):
            os.write(descriptor, block)
            began = time.perf_counter()
            os.fdatasync(descriptor)
            taken.append((time.perf_counter() - began) * 1000)
    finally:
        os.close(descriptor)
        path.unlink()
    return taken
