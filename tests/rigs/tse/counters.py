"""The counters of a software TSE: never used twice, whatever happens to the machine."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

FILE: Final = "tse-counters.json"


@dataclass(frozen=True, slots=True)
class Counters:
    """Last numbers that were given, and the transactions that are open."""

    transaction: int = 0
    signature: int = 0
    open: tuple[int, ...] = ()


def load_counters(folder: Path) -> Counters:
    """What the folder holds; a new TSE has given none."""
    file = folder / FILE
    if not file.exists():
        return Counters()
    stored = json.loads(file.read_text(encoding="utf-8"))
    return Counters(stored["transaction"], stored["signature"], tuple(stored["open"]))


def save_counters(folder: Path, counters: Counters) -> None:
    """On disk when this returns, also if the power fails: a counter is burnt before its signature leaves the TSE."""
    draft = folder / f"{FILE}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(counters), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / FILE)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
