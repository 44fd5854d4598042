"""The checker against a list of planted faults: each is found under its code and at its place, and a right export has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.dsfinvk import Extent, Fault, Progress, Result, inspect, verify
from branchgate.dsfinvk.checks import CHECKS
from branchgate.dsfinvk.faults import sentences
from tests.branchgate.dsfinvk.exports import Export, right_export
from tests.branchgate.dsfinvk.planted import PLANTED
from tests.branchgate.dsfinvk.planting import Planted


def checked(path: Path) -> Result:
    return inspect(path, signatures=verify)


@pytest.fixture
def export() -> Export:
    return right_export()


def test_a_right_export_has_no_fault(export: Export, tmp_path: Path) -> None:
    found = checked(export.write(tmp_path / "export"))
    assert found.faults == ()
    assert found.clean
    assert found.not_asked == ()
    assert found.extent is Extent.FULL
    assert found.rows == {file: len(rows) for file, rows in export.tables.items()}


@pytest.mark.parametrize("folder", ["", "K1/2026-09/"])
def test_a_zip_is_as_good_as_a_folder(export: Export, tmp_path: Path, folder: str) -> None:
    assert checked(export.pack(tmp_path / "export.zip", folder)).clean


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.code}: {planted.name}")
def test_a_planted_fault_is_found_at_its_place(planted: Planted, export: Export, tmp_path: Path) -> None:
    line = planted.plant(export)
    found = checked(export.write(tmp_path / "export"))
    places = {(fault.file, fault.line, fault.column) for fault in found.faults if fault.code == planted.code}
    if line < 0:
        places = {(file, -1, column) for file, _, column in places}
    assert (planted.file, line, planted.column) in places, [str(fault) for fault in found.faults]


def test_every_rule_has_a_planted_fault() -> None:
    assert {planted.code for planted in PLANTED} == sentences().keys()


def test_every_check_of_a_file_has_a_planted_fault() -> None:
    planted = {(each.code, each.file) for each in PLANTED}
    assert [(check.code, check.file) for check in CHECKS if (check.code, check.file) not in planted] == []


def test_every_sentence_can_be_said() -> None:
    for code in sentences():
        fault = Fault(code, "lines.csv", 7, "MENGE", "{rule} 1", "3")
        german, english = fault.sentence("de"), fault.sentence("en")
        assert german != english
        assert german[-1] in ".?“:3", code


def test_progress_is_told_by_file_and_then_by_rule(export: Export, tmp_path: Path) -> None:
    told = list[Progress]()
    inspect(export.write(tmp_path / "export"), progress=told.append)
    ends = {each.file: each.done for each in told if each.total and each.done == each.total}
    assert ends == {file: len(content) for file, content in export.files().items() if file in export.tables}
    assert {each.file for each in told if not each.total} >= {check.code for check in CHECKS}


def test_of_each_rule_the_first_faults_are_kept_and_all_are_counted(export: Export, tmp_path: Path) -> None:
    for row in export.tables["transactions.csv"]:
        row["BEDIENER_NAME"] = ""
    found = inspect(export.write(tmp_path / "export"), keep=5, signatures=verify)
    assert [fault.line for fault in found.faults] == [2, 3, 4, 5, 6]
    assert found.found == {"OPERATOR_MISSING": len(export.tables["transactions.csv"])}
