"""Business, branch and register of each closing as rows: as the closing fixed them (Stamm_Abschluss, Stamm_Orte, Stamm_Kassen)."""

from __future__ import annotations

import re
from typing import Any, Final

from gateway.dsfinvk.notes import TEXT_MISSING, Notes
from gateway.dsfinvk.periods import Period
from gateway.dsfinvk.texts import fitting

_VAT_ID: Final = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")
_NEEDED: Final = ("NAME", "STRASSE", "PLZ", "ORT", "LAND")


class ClosingRows:
    """Makes the rows of closings; what central never told of the business stays empty, and is noted."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._fits = {
            column: fitting(notes, file, column)
            for file, columns in (
                (
                    "cashpointclosing.csv",
                    ("TAXONOMIE_VERSION", "NAME", "STRASSE", "PLZ", "ORT", "LAND", "STNR", "USTID"),
                ),
                ("location.csv", ("LOC_NAME",)),
                ("cashregister.csv", ("KASSE_SERIENNR", "KASSE_SW_BRAND", "KASSE_SW_VERSION")),
            )
            for column in columns
        }

    def of(self, periods: list[Period]) -> list[tuple[Any, ...]]:
        """In the order of the table."""
        return [self._row(period) for period in periods]

    def _row(self, period: Period) -> tuple[Any, ...]:
        told, where = period.master_data, f"{period.register_id} Z {period.z_number}"
        tax_number, vat_id = tax_ids(told.tax_id)
        values = {
            "TAXONOMIE_VERSION": period.taxonomy,
            "NAME": told.company or told.branch_name,
            "STRASSE": told.street,
            "PLZ": told.postcode,
            "ORT": told.town,
            "LAND": told.country,
            "STNR": tax_number,
            "USTID": vat_id,
            "LOC_NAME": told.branch_name or told.company,
            "KASSE_SERIENNR": told.register_serial or period.register_id.upper(),
            "KASSE_SW_BRAND": told.software or "branchgate",
            "KASSE_SW_VERSION": told.software_version,
        }
        for column in _NEEDED:
            if not values[column].strip():
                self._notes.add(TEXT_MISSING, column, where)
        if not told.tax_id.strip():
            self._notes.add(TEXT_MISSING, "STNR", where)
        fitted = {column: self._fits[column](value, where) for column, value in values.items()}
        return (
            period.number,
            period.z_number,
            period.register_id,
            period.created,
            period.business_day,
            *fitted.values(),
        )


def tax_ids(tax_id: str) -> tuple[str, str]:
    """Tax number and VAT id: what a shop enters is one of the two, told apart by the country in front."""
    bare = tax_id.replace(" ", "")
    return ("", bare) if _VAT_ID.fullmatch(bare) else (tax_id.strip(), "")
