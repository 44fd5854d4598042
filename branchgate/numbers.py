"""Number ranges: one per register, so that every receipt number of a merchant is unique.

A number is optional prefix + running part of 3 to 9 digits, left-padded + optional suffix. The top tenth of a range is reserved for the
receipts that the gateway makes for the register (count differences, carried floats): the register may be offline while it does, and
still no number is given twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from branchgate.errors import Refused

_AFFIX = re.compile(r"[A-Z0-9./-]{0,12}")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The form of a register's receipt numbers. Raises Refused (NUMBER_RANGE_INVALID) when it breaks the rules."""

    prefix: str
    digits: int
    suffix: str = ""

    def __post_init__(self) -> None:
        for field, value in (("prefix", self.prefix), ("suffix", self.suffix)):
            if not _AFFIX.fullmatch(value):
                raise Refused(
                    "NUMBER_RANGE_INVALID", field=field, value=value, rule="0 to 12 of A-Z, 0-9, '.', '/', '-'"
                )
        if not 3 <= self.digits <= 9:
            raise Refused("NUMBER_RANGE_INVALID", field="digits", value=self.digits, rule="3 to 9 digits")

    @property
    def highest(self) -> int:
        """The last running number that fits."""
        return int(10**self.digits) - 1

    @property
    def first_reserved(self) -> int:
        """The first running number of the gateway's own part: 900 of three digits, 900000 of six."""
        return int(9 * 10 ** (self.digits - 1))

    @property
    def highest_own(self) -> int:
        """The last running number that the register itself may give."""
        return self.first_reserved - 1

    def runs_low_with(self, numbers_left: int) -> bool:
        """True once 95 % of the register's own numbers are used: time to have a new range assigned."""
        return numbers_left * 20 <= self.highest_own

    def number(self, running: int) -> str:
        """The receipt number as printed. Raises Refused (NUMBER_RANGE_EXHAUSTED) beyond the last one."""
        return self._printed(running, self.highest)

    def own_number(self, running: int) -> str:
        """A receipt number that the register may give. Raises Refused (NUMBER_RANGE_EXHAUSTED) where the reserved part begins."""
        return self._printed(running, self.highest_own)

    def running(self, number: str) -> int | None:
        """The running integer of a number of this range, or None if it is not of this range."""
        if not (number.startswith(self.prefix) and number.endswith(self.suffix)):
            return None
        middle = number[len(self.prefix) : len(number) - len(self.suffix)]
        if len(middle) != self.digits or not (middle.isascii() and middle.isdigit()):
            return None
        return int(middle)

    def collides_with(self, other: NumberRange) -> bool:
        """True if the two ranges could ever print the same number: same length and fixed parts that agree wherever both are fixed."""
        mine, theirs = self._pattern(), other._pattern()
        if len(mine) != len(theirs):
            return False
        return all(
            a == b or (a is None and _may_be_digit(b)) or (b is None and _may_be_digit(a))
            for a, b in zip(mine, theirs, strict=True)
        )

    def _printed(self, running: int, last: int) -> str:
        if not 1 <= running <= last:
            raise Refused("NUMBER_RANGE_EXHAUSTED", field="running_number", value=running, rule=f"1 to {last}")
        return f"{self.prefix}{running:0{self.digits}d}{self.suffix}"

    def _pattern(self) -> list[str | None]:
        return [*self.prefix, *([None] * self.digits), *self.suffix]


def _may_be_digit(character: str | None) -> bool:
    return character is None or character.isdigit()
