"""The slip of a cash count: what whoever counted signs, and what a blind one must not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from branchgate.reports import Layout
from branchgate.reports.counts import count_report
from tests.branchgate.reports.rich_day import COUNT, SETTINGS


def test_a_slip_lists_pieces_sum_expected_and_difference() -> None:
    lines = count_report(COUNT, SETTINGS).splitlines()
    for line in (
        "Kasse                                    kasse-1",
        "Gezählt                      16.10.2026 22:05:00",
        "STÜCKELUNG                     Stück         EUR",
        "100,00                            12    1.200,00",
        "0,01                               1        0,01",
        "BARGELD IST (gezählt)                   4.257,98",
        "Soll vor der Zählung                    4.259,48",
        "DIFFERENZ (Ist - Soll)                     -1,50",
        "Unterschrift",
    ):
        assert line in lines


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", [32, 42, 48])
def test_a_blind_slip_tells_neither_what_was_expected_nor_the_difference(language: str, width: int) -> None:
    shop = replace(SETTINGS, language=language)
    text = count_report(replace(COUNT, blind=True), shop, Layout(width))
    assert max(map(len, text.splitlines())) <= width
    assert "blind" in text
    for secret in ("259", "1,50", "1.50", "Soll", "Expected", "DIFF"):
        assert secret not in text


def test_a_sum_alone_needs_no_pieces() -> None:
    text = count_report(replace(COUNT, denominations=(), note="", user_id=""), SETTINGS)
    assert "STÜCKELUNG" not in text
    assert "ohne Anmeldung" in text
