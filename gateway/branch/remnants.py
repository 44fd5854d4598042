"""What tells that a gateway has worked in a data folder whose journal is gone.

SQLite makes a new, empty store where there is none, and throws away the log that lay beside an empty one: both would hide a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

LOGS = ("-wal", "-journal")
"""What SQLite keeps beside a store and content may be in, by the end of its name."""


def lost_journal(store: Path, others: Sequence[str]) -> str:
    """The first of these files that is there although the store is missing or empty; none of them: empty, and nothing is lost.

    The keys tell nothing: a gateway has them before it has ever run.
    """
    if store.exists() and store.stat().st_size:
        return ""
    present = (name for name in others if store.with_name(name).exists())
    return next(present, "") or next((log.name for log in _logs(store)), "")


def keep_logs(store: Path, now_ms: int) -> list[str]:
    """Gives the logs of a store that is gone another name, because they may hold what was last recorded; returns the new names."""
    stamp = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = []
    for log in _logs(store):
        name = f"{log.name}.set-aside-{stamp}"
        log.rename(log.with_name(name))
        kept.append(name)
    return kept


def _logs(store: Path) -> list[Path]:
    logs = (store.with_name(store.name + end) for end in LOGS)
    return [log for log in logs if log.exists() and log.stat().st_size]
