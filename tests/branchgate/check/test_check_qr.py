"""`branchgate check qr` as an auditor types it."""

from __future__ import annotations

import io
import json

import pytest

from branchgate.cli import main
from branchgate.tse import parse_code
from tests.branchgate.tse.samples import FISKALY, TX_10


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "qr", *arguments])
    return ended.value.code


def test_a_genuine_receipt_is_told_with_the_tse_that_signed_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FISKALY, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["register"]) == ("SIGNED", "ERS 8cb8e2de-4052-481b-945b-118022951944")
    assert told["tse_serial"] == parse_code(FISKALY).tse_serial


def test_people_read_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FISKALY) == 0
    shown = capsys.readouterr().out
    assert "Beleg^21.42_0.00_0.00_0.00_0.00^21.42:Unbar" in shown.replace("\n", "")
    assert "Echt: " in shown
    assert "Genuine: " in shown


def test_an_untrue_receipt_ends_with_three_and_shows_what_should_have_been_signed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(TX_10, "--json") == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out)["message"].startswith("020102060904007f000703070101")
    assert "nicht echt (ALTERED)" in shown.err
    assert "[TSE_SIGNATURE_WRONG]" in shown.err


def test_a_receipt_of_another_tse_is_untrue(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FISKALY, "--tse", "a1" * 32) == 3
    assert "OTHER_TSE" in capsys.readouterr().err


def test_the_text_may_come_from_the_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(FISKALY + "\n"))
    assert run("-", "--json") == 0
    assert "SIGNED" in capsys.readouterr().out


def test_what_is_no_code_is_refused_by_the_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FISKALY.replace("unixTime", "sundial")) == 3
    assert "time_format" in capsys.readouterr().err
