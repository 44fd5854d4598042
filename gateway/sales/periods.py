"""Which Z period an entry belongs to: the register's period that is open when the entry is journaled.

Replaying the journal in order is the only definition; a CLOSING entry ends the period of its register.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.sales.days import DayRule, Days


@dataclass(slots=True)
class Period:
    """An open period; it has a business day, and hours, from its first receipt on."""

    number: int
    register_id: str
    z_number: int
    first_sequence: int
    days: Days | None = None


class Periods:
    """The open periods of all registers, and the Z number each register takes next."""

    def __init__(self, rule: DayRule) -> None:
        self._rule = rule
        self._days: dict[DayRule, Days] = {}
        self._open: dict[str, Period] = {}
        self._next_z: dict[str, int] = {}
        self._made = 0

    def restore(
        self, made: int, next_z: dict[str, int], still_open: list[tuple[int, str, int, int, DayRule | None]]
    ) -> None:
        """Takes up what a store holds: periods made so far, next Z numbers, and the periods that are open."""
        self._made = made
        self._next_z = dict(next_z)
        self._open = {
            register_id: Period(number, register_id, z_number, first, self._days_by(rule) if rule else None)
            for number, register_id, z_number, first, rule in still_open
        }

    def use(self, rule: DayRule) -> None:
        """Another zone or shift, from the next period on that has its first receipt."""
        self._rule = rule

    def at(self, register_id: str, sequence: int) -> tuple[Period, bool]:
        """The register's open period, and whether this entry opened it."""
        period = self._open.get(register_id)
        if period is not None:
            return period, False
        self._made += 1
        period = Period(self._made, register_id, self._next_z.get(register_id, 1), sequence)
        self._open[register_id] = period
        return period, True

    def first_receipt(self, period: Period) -> Days:
        """Fixes zone and shift of a period with its first receipt."""
        period.days = self._days_by(self._rule)
        return period.days

    def close(self, register_id: str, z_number: int) -> None:
        """Ends the register's open period with the Z number as journaled."""
        self._open.pop(register_id, None)
        self._next_z[register_id] = z_number + 1

    def go_on_behind(self, register_id: str, z_number: int) -> Period | None:
        """A register's closings go on behind a Z number that this journal does not hold; its open period, if that has another one now."""
        self._next_z[register_id] = max(self._next_z.get(register_id, 1), z_number + 1)
        period = self._open.get(register_id)
        if period is None or period.z_number >= self._next_z[register_id]:
            return None
        period.z_number = self._next_z[register_id]
        return period

    def _days_by(self, rule: DayRule) -> Days:
        if rule not in self._days:
            self._days[rule] = Days(rule)
        return self._days[rule]
