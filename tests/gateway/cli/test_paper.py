"""Print jobs as a person reads them."""

from __future__ import annotations

import pytest

from branchgate.cli import main
from branchgate.v1 import printing_pb2
from gateway.cli.paper import show_job

JOB = bytes(range(16))


def test_a_job_stands_in_one_line_with_its_id_in_one_piece(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a table the id was folded over two lines, so that it could not be copied into `resolve`."""
    monkeypatch.setenv("COLUMNS", "40")
    show_job(
        printing_pb2.PrintJob(
            job_id=JOB,
            title="K1-000005",
            printer="theke",
            state=printing_pb2.PRINT_JOB_STATE_UNCERTAIN,
            advice_de="Liegt der Bon vollständig vor?",
            advice_en="Is the receipt complete on paper?",
        )
    )
    first, *advice = capsys.readouterr().out.splitlines()
    assert first == f"{JOB.hex()}  K1-000005  theke  UNCERTAIN"
    assert [line.strip() for line in advice] == ["Liegt der Bon vollständig vor?", "Is the receipt complete on paper?"]


def test_resolving_without_an_answer_names_both_answers(capsys: pytest.CaptureFixture[str]) -> None:
    """It asked for --complete alone, whose opposite prints a copy."""
    with pytest.raises(SystemExit) as ended:
        main(["gateway", "resolve", JOB.hex()])
    assert ended.value.code == 2
    assert "--missing" in capsys.readouterr().err


def test_a_job_that_came_out_elsewhere_names_both_printers(capsys: pytest.CaptureFixture[str]) -> None:
    show_job(
        printing_pb2.PrintJob(
            job_id=JOB,
            title="K1-000005",
            printer="fenster",
            intended_printer="theke",
            state=printing_pb2.PRINT_JOB_STATE_PRINTED,
            proof="process-id",
        )
    )
    (line,) = capsys.readouterr().out.splitlines()
    assert line == f"{JOB.hex()}  K1-000005  fenster (statt / instead of theke)  PRINTED  process-id"
