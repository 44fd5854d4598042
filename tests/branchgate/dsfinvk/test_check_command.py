"""`branchgate check dsfinvk`: exit codes, sentences in both languages, JSON, and what an export may not do to a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from branchgate.check.cli import app
from tests.branchgate.dsfinvk.exports import Export, right_export


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["dsfinvk", *map(str, arguments)])


@pytest.fixture
def export() -> Export:
    return right_export()


def test_an_export_without_faults_ends_with_0(export: Export, tmp_path: Path) -> None:
    done = run(export.pack(tmp_path / "export.zip"))
    rows = sum(map(len, export.tables.values()))
    assert done.exit_code == 0
    assert f"Ohne Fehler; {rows} Zeilen geprüft (vollständig)." in done.stdout
    assert f"No faults; {rows} rows checked (in full)." in done.stdout


def test_faults_end_with_1_and_are_told_in_both_languages(export: Export, tmp_path: Path) -> None:
    export.put("transactions.csv", 3, UMS_BRUTTO="16,77")
    done = run(export.write(tmp_path / "export"))
    assert done.exit_code == 1
    words = " ".join(done.stdout.replace("│", " ").split())
    assert "SUM_RECEIPT_PAYMENTS" in words
    assert "UMS_BRUTTO ist 16,77, die Zahlungen des Belegs" in words
    assert "UMS_BRUTTO is 16,77, the receipt's payments" in words
    assert "2 Fehler in 2 Regeln" in words


def test_what_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    done = run(tmp_path / "nothing.zip")
    assert done.exit_code == 2
    assert "Einen Export" in done.stderr
    assert "EXPORT_NOT_FOUND" in done.stderr


def test_json_tells_code_place_value_rule_and_sentences(export: Export, tmp_path: Path) -> None:
    export.put("transactions.csv", 3, UMS_BRUTTO="16,77")
    done = run(export.write(tmp_path / "export"), "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["clean"] is False
    assert told["found"] == {"SUM_RECEIPT_PAYMENTS": 1, "SUM_RECEIPT_VAT": 1}
    fault = next(fault for fault in told["faults"] if fault["code"] == "SUM_RECEIPT_PAYMENTS")
    assert fault.pop("de").startswith("Zeile 3:")
    assert fault.pop("en").startswith("Line 3:")
    assert fault == {
        "code": "SUM_RECEIPT_PAYMENTS",
        "file": "transactions.csv",
        "line": 3,
        "column": "UMS_BRUTTO",
        "value": "16,77",
        "rule": "15,77",
    }


def test_more_faults_than_shown_are_counted(export: Export, tmp_path: Path) -> None:
    for row in export.tables["transactions.csv"]:
        row["BEDIENER_NAME"] = ""
    done = run(export.write(tmp_path / "export"), "--keep", "2")
    assert "und 58 weitere / and 58 more" in done.stdout


def test_signatures_can_be_left_out_and_the_report_says_so(export: Export, tmp_path: Path) -> None:
    signature = export.tables["transactions_tse.csv"][1]["TSE_TA_SIG"]
    export.put("transactions_tse.csv", 3, TSE_TA_SIG=signature[::-1].strip("=") + "A")
    folder = export.write(tmp_path / "export")
    assert run(folder).exit_code == 1
    done = run(folder, "--no-signatures")
    assert done.exit_code == 0
    assert "nicht geprüft / not checked: TSE_SIGNATURE" in done.stdout


def test_an_export_cannot_steer_the_terminal(export: Export, tmp_path: Path) -> None:
    export.put("transactions.csv", 3, BON_TYP="\x1b[2J[red]Beleg")
    done = run(export.write(tmp_path / "export"))
    assert done.exit_code == 1
    assert "\x1b[2J" not in done.stdout


SMALL = ("tse.csv", "transactions_tse.csv", "cashregister.csv", "slaves.csv", "transactions_vat.csv", "datapayment.csv")


@pytest.mark.parametrize("files", [SMALL[:2], SMALL[:4], SMALL])
def test_tse_data_alone_are_checked_as_far_as_they_go(export: Export, tmp_path: Path, files: tuple[str, ...]) -> None:
    whole = export.files()
    for name in files:
        (tmp_path / name).write_bytes(whole[name])
    done = run(tmp_path)
    assert done.exit_code == 0, done.stdout
    assert "nur TSE-Daten" in done.stdout
    assert "SUM_RECEIPT_PAYMENTS" in done.stdout
    assert ("TSE_SIGNATURE" in done.stdout) is (len(files) == 2)


def test_in_tse_data_alone_a_changed_number_is_found(export: Export, tmp_path: Path) -> None:
    export.put("transactions_tse.csv", 3, TSE_TANR="999")
    whole = export.files()
    for name in SMALL:
        (tmp_path / name).write_bytes(whole[name])
    told = json.loads(run(tmp_path, "--json").stdout)
    assert told["extent"] == "small"
    assert told["found"] == {"TSE_NUMBER_GAP": 2, "TSE_SIGNATURE": 1}
