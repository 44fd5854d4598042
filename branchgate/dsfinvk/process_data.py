"""What a TSE was given to sign, made again from the tables: processData of Kassenbeleg-V1 (DSFinV-K 2.4, annex I)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from branchgate.dsfinvk.cells import SCALE
from branchgate.dsfinvk.facts import slot_of

SLOTS: Final = 5

_SUM: Final = r"-?(?:0|[1-9]\d*)\.\d\d"
_RECEIPT: Final = re.compile(
    rf"(?P<type>\w+)\^(?P<sums>{_SUM}(?:_{_SUM}){{4}})\^(?P<payments>(?:{_SUM}:(?:Bar|Unbar)(?::[A-Z]{{3}})?(?:_|$))*)",
    re.ASCII,
)
_ORDER: Final = re.compile(r'-?\d+(?:\.\d+)?;"(?:[^"]|"")*";-?\d+\.\d\d')

Payment = tuple[str, str, int]
"""Type of payment as in datapayment.csv, currency ("" for the register's own), amount in that currency, 1/100,000."""


def type_of(process_data: str) -> str | None:
    """The type of receipt that a Kassenbeleg-V1 names; None when it is none."""
    found = _RECEIPT.fullmatch(process_data)
    return found["type"] if found else None


def order_fits(process_data: str) -> bool:
    """Whether it is a Bestellung-V1: lines of quantity, text and price."""
    return all(_ORDER.fullmatch(line) for line in process_data.split("\r"))


def receipt_data(bon_type: str, gross_per_key: Iterable[tuple[int, int]], payments: Iterable[Payment]) -> str:
    """The processData of a receipt: gross sums by VAT key in 1/100,000, and what was paid."""
    slots = [0] * SLOTS
    for key, gross in gross_per_key:
        slots[slot_of(key) - 1] += gross
    sums = dict[tuple[str, str], int]()
    for kind, currency, amount in payments:
        if kind != "Keine":
            place = ("Bar" if kind == "Bar" else "Unbar", currency)
            sums[place] = sums.get(place, 0) + amount
    paid = [
        f"{_money(amount)}:{kind}{f':{currency}' if currency else ''}"
        for (kind, currency), amount in sorted(sums.items())
        if amount
    ]
    return f"{bon_type}^{'_'.join(map(_money, slots))}^{'_'.join(paid)}"


def _money(amount: int) -> str:
    cents = (abs(amount) + SCALE // 200) // (SCALE // 100)
    return f"{'-' if amount < 0 and cents else ''}{cents // 100}.{cents % 100:02d}"
