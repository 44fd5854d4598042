"""VAT: gross is net and VAT, both fit the key's rate, and every key is in the closing's own table (DSFinV-K 2.4, p. 90; Anlage 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from branchgate.dsfinvk.cells import SCALE
from branchgate.dsfinvk.checks.check import CENT, HALF_CENT, Check
from branchgate.dsfinvk.facts import tables

_AMOUNTS: Final = {
    "businesscases.csv": ("UST_SCHLUESSEL", "Z_UMS_BRUTTO", "Z_UMS_NETTO", "Z_UST"),
    "transactions_vat.csv": ("UST_SCHLUESSEL", "BON_BRUTTO", "BON_NETTO", "BON_UST"),
    "lines_vat.csv": ("UST_SCHLUESSEL", "POS_BRUTTO", "POS_NETTO", "POS_UST"),
    "itemamounts.csv": ("UST_SCHLUESSEL", "PF_BRUTTO", "PF_NETTO", "PF_UST"),
    "subitems.csv": ("ZI_UST_SCHLUESSEL", "ZI_BASISPREIS_BRUTTO", "ZI_BASISPREIS_NETTO", "ZI_BASISPREIS_UST"),
}

_TOLERANCES: Final = {"transactions_vat.csv": HALF_CENT, "lines_vat.csv": CENT}
"""A receipt's VAT is rounded once per rate; a line's is a share of it, up to a cent beside what the line alone would give."""

_SMALLEST: Final = 1
_WHOLE: Final = 100 * SCALE


def _checks() -> Iterator[Check]:
    for file, (key, gross, net, tax) in _AMOUNTS.items():
        name = tables()[file].name
        yield Check(
            "VAT_GROSS_NET",
            file,
            f"SELECT line, '{gross}', written({gross}), written({net} + {tax}) FROM {name}"
            f" WHERE abs({gross} - {net} - {tax}) > {_SMALLEST}",
        )
        yield Check(
            "VAT_KEY_UNDECLARED",
            file,
            f"SELECT min(line), '{key}', {key}, 'vat.csv' FROM {name} AS used WHERE NOT EXISTS (SELECT 1 FROM Stamm_USt AS vat"
            f" WHERE vat.closing = used.closing AND vat.UST_SCHLUESSEL = used.{key}) AND {key} IS NOT NULL GROUP BY closing, {key}",
        )
    for file, tolerance in _TOLERANCES.items():
        key, gross, net, _ = _AMOUNTS[file]
        exact = f"{gross} * {_WHOLE}.0 / ({_WHOLE} + rate)"
        yield Check(
            "VAT_RATE",
            file,
            f"SELECT used.line, '{net}', written({net}), written(CAST(round({exact}) AS INTEGER)) FROM {tables()[file].name} AS used"
            " JOIN (SELECT closing, UST_SCHLUESSEL, min(UST_SATZ) AS rate FROM Stamm_USt GROUP BY closing, UST_SCHLUESSEL) AS vat"
            f" ON vat.closing = used.closing AND vat.UST_SCHLUESSEL = used.{key} WHERE abs({net} - {exact}) > {tolerance + _SMALLEST}",
        )


VAT: Final = tuple(_checks())
