"""The rates in vat.csv: keys 1 to 4 mean the rate of the day, so they are judged by the day of the closing (Anlage 2)."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import Final

from branchgate.dsfinvk.cells import SCALE, written
from branchgate.dsfinvk.facts import vat_keys
from branchgate.dsfinvk.faults import Fault, Faults

_LONGEST_PERIOD: Final = timedelta(days=31)
"""A closing holds receipts of the day before its own, of weeks when nobody closed: the rates of that time pass too."""

_BASIS_POINT: Final = SCALE // 100

_ROWS: Final = """
SELECT vat.line, UST_SCHLUESSEL, UST_SATZ, Z_ERSTELLUNG FROM Stamm_USt AS vat JOIN closings ON closings.id = closing
WHERE UST_SCHLUESSEL IS NOT NULL AND UST_SATZ IS NOT NULL
"""


def check_rates(database: sqlite3.Connection, faults: Faults) -> None:
    """Adds a fault for each key whose rate it never had at the time."""
    for line, key, rate, created in database.execute(_ROWS):
        known = vat_keys().get(key)
        day = _day(created)
        if known is None or day is None:
            continue
        allowed = known.rates_between(day - _LONGEST_PERIOD, day)
        if rate % _BASIS_POINT or rate // _BASIS_POINT not in allowed:
            rule = f"{key}: " + ", ".join(written(each * _BASIS_POINT) for each in sorted(allowed))
            faults.add(Fault("VAT_TABLE_RATE", "vat.csv", line, "UST_SATZ", written(rate), rule))


def _day(created: str) -> date | None:
    try:
        return date.fromisoformat(created[:10])
    except ValueError:
        return None
