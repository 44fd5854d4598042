"""Text, HTML, CSV and the figures themselves tell the same sums; what is read back from a form is what went in."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.figures import CategoryFigure, UserFigure
from branchgate.reports import Report, csv_table, page, period_content, report_text, z_content
from branchgate.reports.content import Form, Quantity
from branchgate.reports.spelling import shown
from branchgate.reports.table import HEADER
from tests.branchgate.reports import strategies
from tests.branchgate.reports.rich_day import CLOSED_MS, CLOSING, FIGURES, SETTINGS

FORMULAS = ["=1+1", "+49", "-2+3", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "＝1", "\r=1"]


class Tables(HTMLParser):
    """The cells of a page's tables: (section, label) to texts in order of appearance."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, list[str]]] = []
        self._section = ""
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._section = dict(attrs)["id"] or ""
        elif tag == "tr":
            self.rows.append((self._section, []))
        self._cell = tag in ("th", "td")
        if self._cell:
            self.rows[-1][1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][1][-1] += data


def read_csv(reports: list[Report]) -> list[dict[str, str]]:
    text = csv_table(reports)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert tuple(rows[0]) == HEADER
    assert {len(row) for row in rows} == {len(HEADER)}
    return [dict(zip(HEADER, row, strict=True)) for row in rows[1:]]


def in_cents(text: str) -> int:
    whole, _, rest = text.replace(",", ".").partition(".")
    return int(whole + rest)


def expected_html(report: Report) -> list[tuple[str, list[str]]]:
    rows: list[tuple[str, list[str]]] = []
    for section in report.sections:
        if not section.rows:
            continue
        rows.append((section.key, [section.corner, *(column.title for column in section.columns)]))
        for row in section.rows:
            cells = [
                shown(value, report.language, money=column.form is Form.MONEY)
                for column, value in zip(section.columns, row.values, strict=True)
            ]
            rows.append((section.key, [row.label, *cells]))
    return rows


def plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


@given(strategies.reports())
@settings(max_examples=40, deadline=None)
def test_a_page_has_every_value_of_every_section(report: Report) -> None:
    reader = Tables()
    reader.feed(page([report]))
    assert reader.rows == [(key, [plain(cell) for cell in cells]) for key, cells in expected_html(report)]


@given(strategies.reports())
@settings(max_examples=40, deadline=None)
def test_a_table_has_every_amount_count_and_quantity_of_every_section(report: Report) -> None:
    read = [
        row for row in read_csv([report]) if row["section"] not in ("head", "foot", "marks") and row["key"] != "note"
    ]
    amounts = sorted(in_cents(row[name]) for row in read for name in ("amount", "net", "vat") if row[name])
    counts = sorted(int(row["count"]) for row in read if row["count"])
    quantities = sorted(in_cents(row["quantity"]) for row in read if row["quantity"])
    values = [
        (column.form, value)
        for section in report.sections
        for row in section.rows
        for column, value in zip(section.columns, row.values, strict=True)
        if value is not None
    ]
    assert amounts == sorted(value for form, value in values if form is Form.MONEY and isinstance(value, int))
    assert counts == sorted(value for form, value in values if form is Form.COUNT and isinstance(value, int))
    assert quantities == sorted(value.thousandths for _, value in values if isinstance(value, Quantity))


def sums_of(report: Report) -> dict[str, int]:
    """What stands in the sums of a table, by section."""
    rows = read_csv([report])
    return {f"{row['section']}.{row['key']}": in_cents(row["amount"]) for row in rows if row["total"] and row["amount"]}


@pytest.mark.parametrize("language", ["de", "en"])
def test_sums_of_a_day_are_those_of_its_figures_and_of_each_other(language: str) -> None:
    report = z_content(CLOSING, replace(SETTINGS, language=language))
    sums = sums_of(report)
    turnover = sums["turnover.turnover"]
    assert sums["sums.all_receipts"] == sums["business_cases.all_receipts"] == FIGURES.gross_cents
    assert sums["cash.in_drawer"] == FIGURES.cash_cents == sum(row.amount_cents for row in FIGURES.cash)
    assert {sums[f"{name}.sum"] for name in ("categories", "users", "hours")} == {turnover}
    assert sums["vat.taxable"] == turnover
    assert sums["payments.takings"] == sums["sums.takings"] == turnover + sums["beside.beside"]
    text, html = report_text(report), page([report])
    for cents in sums.values():
        assert shown(cents, report.language, money=True) in text
        assert shown(cents, report.language, money=True) in html


def test_a_period_is_the_sum_of_its_days() -> None:
    closings = [replace(CLOSING, business_day=f"2026-10-{day}", z_number=day) for day in range(10, 20)]
    read = read_csv([period_content(closings, CLOSED_MS, SETTINGS)])
    days = [row for row in read if row["section"] == "days" and row["amount"] and "." not in row["key"]]
    assert [row["key"] for row in days] == [*(f"2026-10-{day}" for day in range(10, 20)), "sum"]
    assert in_cents(days[-1]["amount"]) == sum(in_cents(row["amount"]) for row in days[:-1])
    differences = {row["key"]: row["amount"] for row in read if row["key"].endswith(".difference")}
    assert differences["sum.difference"] == "-15,00"


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_name_is_never_a_formula(formula: str) -> None:
    figures = replace(FIGURES, categories=(CategoryFigure(formula, formula, -1),), users=(UserFigure(formula, 1, 1),))
    closing = replace(CLOSING, figures=figures, register_id=formula, user_id=formula)
    for row in read_csv([z_content(closing, SETTINGS)]):
        for name, cell in row.items():
            if name not in ("count", "quantity", "amount", "net", "vat"):
                assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝")), (name, cell)


@given(st.text(max_size=20))
def test_a_name_comes_back_as_it_was_but_for_what_does_not_print(name: str) -> None:
    figures = replace(FIGURES, categories=(CategoryFigure("k", name, 1),))
    (row,) = [row for row in read_csv([z_content(replace(CLOSING, figures=figures), SETTINGS)]) if row["key"] == "k"]
    assert row["label"].removeprefix("'") in (plain(name).removeprefix("'"), plain(name), "k")


def test_several_reports_are_one_table_that_tells_them_apart() -> None:
    other = replace(CLOSING, register_id="kasse-2", z_number=9)
    read = read_csv([z_content(CLOSING, SETTINGS), z_content(other, SETTINGS)])
    sums = [(row["register"], row["z_number"], row["amount"]) for row in read if row["key"] == "in_drawer"]
    assert sums == [("kasse-1", "17", "4257,98"), ("kasse-2", "9", "4257,98")]
