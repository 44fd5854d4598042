"""Times as this machine's clock shows them, with their zone: whoever asks from elsewhere must not guess it."""

from __future__ import annotations

from datetime import UTC, datetime


def clock_time(at_ms: int) -> str:
    """Hours to seconds of a time in UTC milliseconds, for example 14:03:09 CET."""
    return _local(at_ms).strftime("%H:%M:%S %Z")


def date_and_time(at_ms: int) -> str:
    """Day and time of a time in UTC milliseconds, for example 22.11.2026 14:03:09 CET."""
    return _local(at_ms).strftime("%d.%m.%Y %H:%M:%S %Z")


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()
