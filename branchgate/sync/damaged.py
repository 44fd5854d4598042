"""A damaged copy of the catalogue is set aside and begun anew: everything in it comes again from the hop above."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import structlog

from branchgate.clock import Clock
from branchgate.damage import is_damage

_log = structlog.get_logger(__name__)

_BESIDE = ("-wal", "-shm")

T = TypeVar("T")


def open_or_begin_again(path: Path, open_file: Callable[[Path], T], clock: Clock) -> T:
    """What `open_file` makes of the file, or of a new one when this one is damaged; the damaged one is kept under a dated name.

    `open_file` closes what it opened when it fails. Raises whatever else it raises: a full disk or a folder that cannot be written to
    is no damage.
    """
    try:
        return open_file(path)
    except sqlite3.DatabaseError as failure:
        if not is_damage(failure):
            raise
        reason = str(failure)
    kept = _set_aside(path, clock.now_ms())
    _log.warning("catalogue_set_aside", file=kept.name, reason=reason)
    return open_file(path)


def _set_aside(path: Path, now_ms: int) -> Path:
    """Renames the file and its log with it, so that the new one does not find them."""
    stamp = datetime.fromtimestamp(now_ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    base = path.with_name(f"{path.name}.set-aside-{stamp}")
    kept, count = base, 1
    while kept.exists():
        count += 1
        kept = base.with_name(f"{base.name}-{count}")
    for suffix in _BESIDE:
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + suffix))
    path.rename(kept)
    return kept
