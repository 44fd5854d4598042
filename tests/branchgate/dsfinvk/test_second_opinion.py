"""What others make of the same facts: the tables of the PyPI package `dsfinvk`, its reader on our exports, the checker on its faults."""

from __future__ import annotations

import inspect as inspection
from decimal import Decimal
from pathlib import Path

import pytest
from dsfinvk import models
from dsfinvk.collection import Collection
from dsfinvk.table import Model
from dsfinvk.validate import validate_dir, validate_zip

from branchgate.dsfinvk import inspect
from branchgate.dsfinvk.facts import Table, tables
from tests.branchgate.dsfinvk.exports import right_export

THEIRS: dict[str, type] = {
    getattr(model, "_filename"): model  # noqa: B009 (the package has no types)
    for _, model in inspection.getmembers(models, inspection.isclass)
    if issubclass(model, Model) and model is not Model
}
ALSO_THERE = {f"TSE_ZERTIFIKAT_{part}" for part in ("III", "IV", "V", "VI", "VII")}
"""Columns that the package always writes; index.xml has them only when a certificate is that long."""
OTHER_LENGTHS = {"ZI_NAME", "TSE_SIG_ALGO"}
"""The package says 50 and 30; index.xml of version 2.4 says 60 and 21."""


def test_the_package_knows_the_same_tables() -> None:
    assert THEIRS.keys() == tables().keys()
    assert all(model.__name__ == tables()[file].name for file, model in THEIRS.items())


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.name)
def test_columns_have_the_same_order_lengths_and_decimals(table: Table) -> None:
    theirs = {
        name: field for name, field in vars(THEIRS[table.file]).items() if name.isupper() and name not in ALSO_THERE
    }
    assert tuple(theirs) == table.names
    for (name, field), column in zip(theirs.items(), table.columns, strict=True):
        assert getattr(field, "places", None) == column.decimals
        length = getattr(field, "max_length", None)
        assert length is None or name in OTHER_LENGTHS or length == column.length, name


def test_its_reader_has_nothing_against_our_right_export(tmp_path: Path) -> None:
    export = right_export()
    assert validate_dir(str(export.write(tmp_path / "export"))) == []
    assert validate_zip(str(export.pack(tmp_path / "export.zip"))) == []


def test_what_the_package_writes_is_found_out(tmp_path: Path) -> None:
    """It groups thousands, writes amounts without decimals, and says version 2.1."""
    closing = models.Stamm_Abschluss()
    closing.Z_KASSE_ID, closing.Z_NR = "K1", 1234
    closing.TAXONOMIE_VERSION = models.TAXONOMY_VERSION
    closing.Z_SE_ZAHLUNGEN = Decimal("11900.00")
    collection = Collection()
    collection.add(closing)
    files = right_export().files()
    for name in ("index.xml", "gdpdu-01-09-2004.dtd"):
        (tmp_path / name).write_bytes(files[name])
    collection.write(str(tmp_path / "theirs.zip"), str(tmp_path / "index.xml"), str(tmp_path / "gdpdu-01-09-2004.dtd"))
    found = inspect(tmp_path / "theirs.zip", keep=100)
    wrong = {(fault.code, fault.column) for fault in found.faults if fault.file == "cashpointclosing.csv"}
    assert {
        ("NUMBER_GROUPED", "Z_NR"),
        ("NUMBER_GROUPED", "Z_SE_ZAHLUNGEN"),
        ("TAXONOMY", "TAXONOMIE_VERSION"),
    } <= wrong
