"""Business days and hours in the branch's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from branchgate.receipts.check import MAX_CLOCK_SKEW_MS

_QUARTER_MS = 15 * 60 * 1000
_LATEST_MS = 4_102_444_800_000  # 2100-01-01, far outside what a sane clock says and far inside what datetime can hold

LONGEST_WAIT_MS = 366 * 24 * 60 * 60 * 1000
"""A receipt that says it waited longer for its gateway comes from a register that has lost its time, most often to 1970."""


@dataclass(frozen=True, slots=True)
class DayRule:
    """Time zone (IANA) and shift of a branch's business day in minutes after midnight."""

    time_zone: str = "Europe/Berlin"
    day_starts_at_minutes: int = 0


class Days:
    """Turns UTC milliseconds into hours and business days by one rule."""

    def __init__(self, rule: DayRule) -> None:
        self.rule = rule
        self._zone = ZoneInfo(rule.time_zone)
        # Every zone's offset is a multiple of a quarter of an hour, so each quarter is worked out once.
        self._hours: dict[int, int] = {}

    def hour(self, at_ms: int) -> int:
        """The hour of the day, 0 to 23."""
        quarter = at_ms // _QUARTER_MS
        hour = self._hours.get(quarter)
        if hour is None:
            hour = self._hours[quarter] = self._local(quarter * _QUARTER_MS).hour
        return hour

    def business_day(self, at_ms: int) -> str:
        """The branch-zone date, shifted, in ISO 8601."""
        return (self._local(at_ms) - timedelta(minutes=self.rule.day_starts_at_minutes)).date().isoformat()

    def ends_ms(self, business_day: str) -> int:
        """When a business day (ISO 8601) is over: the first moment of the next one, UTC milliseconds."""
        midnight = datetime.fromisoformat(business_day) + timedelta(days=1)
        end = (midnight + timedelta(minutes=self.rule.day_starts_at_minutes)).replace(tzinfo=self._zone)
        return int(end.timestamp()) * 1000

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(self._zone).replace(tzinfo=None)


def plausible_ms(at_ms: int, otherwise_ms: int) -> int:
    """The register's time, or the journal's when the register's cannot be: it is ahead of it by more than clocks differ, or a year behind.

    By such a time a closing would bear a day that nobody exports. What the register printed stays in the receipt; that its clock was wrong
    is the finding CLOCK_AHEAD or CLOCK_BEHIND.
    """
    ahead_ms = at_ms - otherwise_ms
    return at_ms if -LONGEST_WAIT_MS <= ahead_ms <= MAX_CLOCK_SKEW_MS and 0 < at_ms < _LATEST_MS else otherwise_ms
