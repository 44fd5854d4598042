"""Any one change of a key or a sum is noticed, and what the quick way lets pass the judge lets pass too."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.dsfinvk import inspect, verify
from branchgate.dsfinvk.cells import SCALE, number, pattern, problem, written
from branchgate.dsfinvk.facts import CLOSING_KEY, Column, tables
from branchgate.dsfinvk.rows import cells_of
from tests.branchgate.dsfinvk.exports import Export, right_export

SUMS_AND_KEYS = {
    "cashpointclosing.csv": ("Z_START_ID", "Z_ENDE_ID", "Z_SE_ZAHLUNGEN", "Z_SE_BARZAHLUNGEN"),
    "location.csv": (),
    "cashregister.csv": ("KASSE_SERIENNR",),
    "tse.csv": ("TSE_ID", "TSE_SERIAL", "TSE_PUBLIC_KEY"),
    "vat.csv": ("UST_SCHLUESSEL", "UST_SATZ"),
    "businesscases.csv": ("GV_TYP", "GV_NAME", "AGENTUR_ID", "UST_SCHLUESSEL", "Z_UMS_BRUTTO", "Z_UMS_NETTO", "Z_UST"),
    "payment.csv": ("ZAHLART_TYP", "ZAHLART_NAME", "Z_ZAHLART_BETRAG"),
    "cash_per_currency.csv": ("ZAHLART_WAEH", "ZAHLART_BETRAG_WAEH"),
    "transactions.csv": ("BON_ID", "UMS_BRUTTO"),
    "datapayment.csv": ("BON_ID", "BASISWAEH_BETRAG"),
    "lines.csv": ("BON_ID", "POS_ZEILE"),
    "lines_vat.csv": ("BON_ID", "POS_ZEILE", "UST_SCHLUESSEL", "POS_BRUTTO", "POS_NETTO", "POS_UST"),
    "transactions_vat.csv": ("BON_ID", "UST_SCHLUESSEL", "BON_BRUTTO", "BON_NETTO", "BON_UST"),
    "transactions_tse.csv": ("BON_ID", "TSE_ID", "TSE_TANR", "TSE_TA_SIGZ", "TSE_TA_SIG", "TSE_VORGANGSDATEN"),
    "references.csv": ("BON_ID",),
}  # fmt: skip

PLACES = sorted((file, column) for file, columns in SUMS_AND_KEYS.items() for column in (*CLOSING_KEY, *columns))


@cache
def sound() -> dict[str, list[dict[str, str]]]:
    return right_export().tables


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, int, str, str]:
    """File, row, column and another value: another of the column, or a changed character or digit."""
    file, name = draw(st.sampled_from(PLACES))
    rows = sound()[file]
    at = draw(st.integers(0, len(rows) - 1))
    value = rows[at][name]
    others = sorted({row[name] for row in rows} - {value})
    choices = [st.text("0123456789", min_size=1, max_size=8), st.just("")]
    if others:
        choices.append(st.sampled_from(others))
    if value:
        place = draw(st.integers(0, len(value) - 1))
        sign = draw(st.sampled_from("0123456789ABc-,.^"))
        choices.append(st.just(value[:place] + sign + value[place + 1 :]))
    return file, at, name, draw(st.one_of(choices).filter(lambda other: other != value))


def harmless(file: str, name: str, row: dict[str, str], changed: str) -> bool:
    """Changes that change nothing: no agency is agency 0, what was signed need not be told, of a line's amounts two say the third,
    and a TSE that failed may be named.
    """
    value = row[name]
    if name in {"ZAHLART_TYP", "ZAHLART_NAME"} and row.get("Z_ZAHLART_BETRAG") == "0,00":
        return True
    if row.get("TSE_TA_FEHLER") and name in {"TSE_ID", "TSE_VORGANGSDATEN"}:
        return True
    if file == "lines_vat.csv" and name.startswith("POS_") and name != "POS_ZEILE":
        return not changed
    if (file, name) == ("transactions_tse.csv", "TSE_VORGANGSDATEN"):
        return not changed
    if name == "AGENTUR_ID":
        return {value, changed} <= {"", "0"}
    return name == "TSE_SERIAL" and value.lower() == changed.lower()


@settings(max_examples=3000)
@given(mutations())
def test_a_change_of_one_key_or_sum_is_noticed(mutation: tuple[str, int, str, str]) -> None:
    file, at, name, changed = mutation
    rows = {each: [dict(row) for row in of_file] for each, of_file in sound().items()}
    if harmless(file, name, rows[file][at], changed):
        return
    rows[file][at][name] = changed
    with tempfile.TemporaryDirectory() as folder:
        found = inspect(Export(rows).write(Path(folder)), signatures=verify)
    assert not found.clean, (file, at + 2, name, changed)


ALL_COLUMNS = [column for table in tables().values() for column in table.columns]
NEAR = st.one_of(
    st.text("0123456789,.-+", max_size=12),
    st.text('aÄ€ ;"\r\n\t\x00', max_size=6),
    st.sampled_from(
        ["2026-02-29T00:00:00Z", "2026-09-03T12:15:00+02:00", "2026-09-03", "DEU", "EUR", "Beleg", "Umsatz", "1", "K 1"]
    ),
    st.from_regex(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)?", fullmatch=True),
)


@given(st.sampled_from(ALL_COLUMNS), NEAR, st.booleans())
def test_what_the_quick_way_lets_pass_the_judge_lets_pass(column: Column, value: str, quoted: bool) -> None:
    raw = '"' + value.replace('"', '""') + '"' if quoted else value
    if re.fullmatch(pattern(column), raw, re.ASCII):
        cells = cells_of(raw)
        assert cells is not None and len(cells) == 1
        assert problem(column, cells[0].value, cells[0].quoted) is None


@given(st.sampled_from(ALL_COLUMNS), NEAR, st.booleans())
def test_the_judge_says_something_about_every_cell_and_never_fails(column: Column, value: str, quoted: bool) -> None:
    found = problem(column, value, quoted)
    assert found is None or found[0]
    if column.decimals is not None:
        assert number(value, column.decimals) is None or found is not None or value


@given(st.integers(-(10**14), 10**14))
def test_an_amount_is_read_back_as_it_was_written(amount: int) -> None:
    assert number(written(amount), 5) == amount


@pytest.mark.parametrize(
    ("text", "decimals", "meant"),
    [("1.234,50", 2, 1234.5), ("1234.50", 2, 1234.5), ("1.234", 0, 1234), ("", 2, None), ("x", 2, None)],
)
def test_a_wrongly_written_number_still_counts_as_what_it_means(text: str, decimals: int, meant: float | None) -> None:
    expected = None if meant is None else int(meant * SCALE) if decimals else int(meant)
    assert number(text, decimals) == expected
