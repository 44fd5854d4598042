"""Times as DSFinV-K writes them: those of the register in the branch's zone with its offset, those of a TSE in UTC with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_QUARTER_S = 15 * 60
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (a wall clock's reading; its offset is written behind it)
_LATEST_MS = 4_102_444_800_000


class LocalTimes:
    """ISO 8601 with offset in one zone; an offset is what tells the two hours apart that a night in October has."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        # Offsets change at full quarters of an hour only, so each quarter is asked once.
        self._offsets: dict[int, tuple[timedelta, str]] = {}

    def iso(self, at_ms: int) -> str:
        """UTC milliseconds as local time, to the second."""
        seconds = at_ms // 1000
        quarter = seconds // _QUARTER_S
        offset = self._offsets.get(quarter)
        if offset is None:
            offset = self._offsets[quarter] = self._offset(quarter * _QUARTER_S)
        shift, text = offset
        return (_EPOCH + timedelta(seconds=seconds) + shift).isoformat() + text

    def day(self, at_ms: int) -> str:
        """The local date."""
        return self.iso(at_ms)[:10]

    def _offset(self, seconds: int) -> tuple[timedelta, str]:
        shift = datetime.fromtimestamp(seconds, UTC).astimezone(self._zone).utcoffset() or timedelta()
        minutes = int(shift.total_seconds()) // 60
        hours, rest = divmod(abs(minutes), 60)
        return shift, f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def utc_ms(at_ms: int) -> str:
    """A log time of a TSE; empty for 0, which stands for none."""
    if not is_plausible(at_ms):
        return ""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).replace(tzinfo=None)
    return f"{moment.isoformat()}.{at_ms % 1000:03d}Z"


def is_plausible(at_ms: int) -> bool:
    """Whether it is a time that a branch can have seen: after 1970, before 2100."""
    return 0 < at_ms < _LATEST_MS
