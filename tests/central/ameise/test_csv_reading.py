"""The CSV reader against the standard library's writer, and against broken quotes."""

from __future__ import annotations

import csv
import io
import re
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ameise.decoding import decode
from central.ameise.problems import Reason
from central.ameise.reading import MAX_BROKEN_QUOTES, SEPARATORS, Row, read_csv

CP1252_LETTERS = 'aZ09 äöüßÄÖÜ€„“–;,\t"\r\n'
# The writer quotes a lone line break for certain only where it quotes everything.
FORMS: list[tuple[str, Literal[0, 1]]] = [
    ("\r\n", csv.QUOTE_MINIMAL),
    ("\r\n", csv.QUOTE_ALL),
    ("\n", csv.QUOTE_ALL),
    ("\r", csv.QUOTE_ALL),
]
CELLS = st.text(st.sampled_from(CP1252_LETTERS), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 4))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6))


def written(rows: list[list[str]], separator: str, quoting: Literal[0, 1], line_end: str) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, quoting=quoting, lineterminator=line_end)
    writer.writerows(rows)
    return buffer.getvalue()


@given(
    tables(),
    st.sampled_from(SEPARATORS),
    st.sampled_from(FORMS),
    st.sampled_from(["utf-8", "utf-8-sig", "windows-1252"]),
)
def test_what_the_standard_library_writes_is_read_back(
    rows: list[list[str]], separator: str, form: tuple[str, Literal[0, 1]], encoding: str
) -> None:
    line_end, quoting = form
    data = written(rows, separator, quoting, line_end).encode(encoding)
    decoded = decode(data, encoding.removesuffix("-sig"))
    table = read_csv(decoded.text, separator)
    assert [list(row.cells) for row in table.rows] == rows
    assert table.problems == ()


@given(tables(), st.sampled_from(SEPARATORS))
def test_every_row_knows_its_line(rows: list[list[str]], separator: str) -> None:
    expected, line = [], 1
    for row in rows:
        expected.append(line)
        line += len(re.findall("\r\n|\r|\n", written([row], separator, csv.QUOTE_ALL, "\r\n")))
    table = read_csv(written(rows, separator, csv.QUOTE_ALL, "\r\n"), separator)
    assert [row.line for row in table.rows] == expected


@given(st.text(st.sampled_from('a";\n\r'), max_size=60))
def test_any_text_is_read_to_its_end(text: str) -> None:
    table = read_csv(text, ";")
    lines = [row.line for row in table.rows]
    assert lines == sorted(set(lines))
    assert all(problem.line >= 1 for problem in table.problems)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_the_separator_is_the_one_of_the_header_line(separator: str) -> None:
    header = separator.join(["Artikelnummer", '"Name; lang, genau\t"', "Preis"])
    assert read_csv(f"{header}\r\n").separator == separator


def test_a_file_of_one_column_is_taken_as_separated_by_semicolons() -> None:
    assert read_csv("Artikelnummer\r\n").separator == ";"


def test_a_cell_behind_line_breaks_knows_its_own_line() -> None:
    (row,) = read_csv('"a\r\nb\nc";x;"d\re";y', ";").rows
    assert row == Row(1, ("a\r\nb\nc", "x", "d\re", "y"))
    assert [row.line_of(index) for index in range(4)] == [1, 3, 3, 4]


def test_a_quote_inside_an_unquoted_cell_is_text() -> None:
    assert read_csv('1;Bildschirm 19";x', ";").rows[0].cells == ("1", 'Bildschirm 19"', "x")


def test_empty_lines_are_no_rows_but_count_as_lines() -> None:
    assert [row.line for row in read_csv("\r\na;b\r\n\r\nc;d\r\n", ";").rows] == [2, 4]


def test_a_quote_that_never_closes_is_reported_where_it_opens_and_later_rows_survive() -> None:
    table = read_csv('a;b\r\n1;x\r\n2;"offen\r\n3;y\r\n', ";")
    (problem,) = table.problems
    assert (problem.line, problem.column_name, problem.column_index) == (3, "b", 2)
    assert (problem.reason_code, problem.value) == (Reason.QUOTE_NOT_CLOSED, '"offen')
    assert [row.cells for row in table.rows] == [("a", "b"), ("1", "x"), ("3", "y")]


def test_a_quote_that_closes_in_a_later_line_is_reported_where_it_opened() -> None:
    table = read_csv('a;b\r\n1;"offen\r\n2;"gut"\r\n3;y\r\n', ";")
    (problem,) = table.problems
    assert (problem.line, problem.column_index, problem.rule) == (2, 2, "3")
    assert problem.reason_code is Reason.TEXT_AFTER_QUOTE
    assert [row.cells for row in table.rows] == [("a", "b"), ("2", "gut"), ("3", "y")]


def test_a_quote_not_doubled_is_reported_in_its_own_line_behind_line_breaks() -> None:
    (problem,) = read_csv('a;b\r\n"x\r\ny";"ein "Wort" zu viel"\r\n', ";").problems
    assert (problem.line, problem.column_index, problem.rule) == (3, 2, "3")


def test_reading_stops_after_too_many_broken_quotes() -> None:
    table = read_csv("a;b\n" + '1;"x" y\n' * 1000, ";")
    assert len(table.problems) == MAX_BROKEN_QUOTES + 1
    assert table.problems[-1].reason_code is Reason.TOO_MANY_BROKEN_QUOTES
    assert table.problems[-1].line == MAX_BROKEN_QUOTES + 2
