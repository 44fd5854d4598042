"""Every fault of a file is reported with its line and column, and never stops the good rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ameise import ImportResult, Problem, Reason, Repeated, Severity, parse_mapping, read_articles

HEADINGS = (
    "Artikelnummer;Artikelname;GTIN;Std. VK Brutto;Std. VK Netto;Steuersatz in %;Steuerklasse;"
    "Kategorie Ebene 1;Kategorie Ebene 2;Identifizierungsspalte Vaterartikel;Aktiv;Pfandartikel"
)
MAPPING = parse_mapping('[deposit]\narticle = "Pfandartikel"')
GOOD = "1;Brot;;3,90;;7,00;;;;;Y;"


def read(*rows: str, repeated: Repeated = "error") -> ImportResult:
    return read_articles("\r\n".join((HEADINGS, GOOD, *rows)).encode(), MAPPING, repeated)


def place(problem: Problem) -> tuple[int, int | None, str | None]:
    return problem.line, problem.column_index, problem.column_name


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        (";x;;1;;7;;;;;;", 1, "", Reason.ARTICLE_NUMBER_MISSING),
        ("2;;;1;;7;;;;;;", 2, "", Reason.NAME_MISSING),
        ("2;x\x1bp;;1;;7;;;;;;", 2, "x\x1bp", Reason.CONTROL_CHARACTER),
        ("2;x;4006381333932;1;;7;;;;;;", 3, "4006381333932", Reason.GTIN_CHECK_DIGIT),
        ("2;x;400638133393;1;;7;;;;;;", 3, "400638133393", Reason.GTIN_CHECK_DIGIT),
        ("2;x;40063;1;;7;;;;;;", 3, "40063", Reason.GTIN_LENGTH),
        ("2;x;4006-381333931;1;;7;;;;;;", 3, "4006-381333931", Reason.GTIN_NOT_DIGITS),
        ("2;x;4,00638E+12;1;;7;;;;;;", 3, "4,00638E+12", Reason.GTIN_SCIENTIFIC),
        ("2;x;;;;7;;;;;;", 4, "", Reason.PRICE_MISSING),
        ("2;x;;zwei;;7;;;;;;", 4, "zwei", Reason.NOT_A_NUMBER),
        ("2;x;;normaler Steuersatz;;7;;;;;;", 4, "normaler Steuersatz", Reason.NOT_A_NUMBER),
        ("2;x;;1.234;;7;;;;;;", 4, "1.234", Reason.NUMBER_AMBIGUOUS),
        ("2;x;;-1;;7;;;;;;", 4, "-1", Reason.PRICE_NEGATIVE),
        ("2;x;;4006381333931;;7;;;;;;", 4, "4006381333931", Reason.NOT_A_NUMBER),
        ("2;x;;400638133;;7;;;;;;", 4, "400638133", Reason.PRICE_ABSURD),
        ("2;x;;;1,x;7;;;;;;", 5, "1,x", Reason.NOT_A_NUMBER),
        ("2;x;;1;;;;;;;;", 6, "", Reason.VAT_MISSING),
        ("2;x;;1;;20;;;;;;", 6, "20", Reason.VAT_RATE_UNKNOWN),
        ("2;x;;1;;16,00;;;;;;", 6, "16,00", Reason.VAT_RATE_UNKNOWN),
        ("2;x;;1;;viel;;;;;;", 6, "viel", Reason.NOT_A_NUMBER),
        ("2;x;;1;;19;ermäßigter Steuersatz;;;;;", 7, "ermäßigter Steuersatz", Reason.VAT_CONFLICT),
        ("2;x;;1;;;Luxus;;;;;", 7, "Luxus", Reason.TAX_CLASS_UNKNOWN),
        ("2;x;;1;;7;;;Obst;;;", 9, "Obst", Reason.CATEGORY_GAP),
        ("2;x;;1;;7;;;;2;;", 10, "2", Reason.PARENT_IS_SELF),
        ("2;x;;1;;7;;;;;vielleicht;", 11, "vielleicht", Reason.NOT_YES_NO),
        ("2;x;;1;;7;;;;;;99", 12, "99", Reason.DEPOSIT_ARTICLE_UNKNOWN),
        ("1;x;;1;;7;;;;;;", 1, "1", Reason.ARTICLE_NUMBER_REPEATED),
    ],
)
def test_a_wrong_cell_is_reported_with_line_and_column_and_costs_only_its_row(
    row: str, column: int, value: str, reason: Reason
) -> None:
    result = read(row, "3;Käse;;2,90;;7,00;;;;;;")
    (problem,) = result.problems
    assert place(problem) == (3, column, HEADINGS.split(";")[column - 1])
    assert (problem.value, problem.reason_code, problem.severity) == (value, reason, Severity.ERROR)
    assert problem.german.startswith(f"Zeile 3, Spalte {column} „")
    assert problem.english.startswith(f"line 3, column {column} “")
    assert [article.article_number for article in result.articles] == ["1", "3"]
    assert result.rows_read == 3


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("2;x;;0,00;;7;;;;;;", 4, Reason.PRICE_ZERO),
        ("2;x;;;1,00;7;;;;;;", 5, Reason.PRICE_FROM_NET),
        ("2;x;;1;;normaler Steuersatz;;;;;;", 6, Reason.VAT_FROM_CLASS),
        ("2;x;;1;;7;;;;4711;;", 10, Reason.PARENT_UNKNOWN),
    ],
)
def test_a_doubtful_cell_is_a_warning_and_the_row_is_imported(row: str, column: int, reason: Reason) -> None:
    result = read(row)
    (problem,) = result.problems
    assert (problem.line, problem.column_index, problem.reason_code) == (3, column, reason)
    assert result.errors == ()
    assert result.warnings == (problem,)
    assert len(result.articles) == 2


def test_all_faults_of_a_row_are_reported_at_once() -> None:
    problems = read("2;;12;;;20;;;;;;").problems
    assert [problem.column_index for problem in problems] == [2, 3, 4, 6]


def test_a_fault_behind_an_embedded_line_break_names_its_own_line() -> None:
    (problem,) = read('2;"Käse\r\nam Stück";;kostenlos;;7;;;;;;').problems
    assert (problem.line, problem.column_index) == (4, 4)


@pytest.mark.parametrize(("row", "count"), [("2;x;;1;;7", "6"), ("2;x;;1;;7;;;;;;;zu viel", "13")])
def test_a_row_with_another_number_of_columns_is_reported(row: str, count: str) -> None:
    (problem,) = read(row).problems
    assert (problem.line, problem.reason_code) == (3, Reason.COLUMN_COUNT)
    assert (problem.value, problem.rule) == (count, "12")


def test_a_broken_quote_is_reported_where_it_opens_and_costs_only_its_row() -> None:
    result = read('2;"Käse;;1;;7;;;;;;', "3;Brezel;;0,95;;7;;;;;;")
    (problem,) = result.problems
    assert place(problem) == (3, 2, "Artikelname")
    assert problem.reason_code is Reason.QUOTE_NOT_CLOSED
    assert [article.article_number for article in result.articles] == ["1", "3"]


def test_undecodable_bytes_are_reported_with_line_and_column() -> None:
    rows = "\r\n".join((HEADINGS, "1;Käse;;1;;7;;;;;;", "2;M?sli;;1;;7;;;;;;", "3;Öl;;1;;7;;;;;;"))
    result = read_articles(rows.encode().replace(b"?", b"\xfc"), MAPPING)
    (problem,) = result.problems
    assert place(problem) == (3, 2, "Artikelname")
    assert (problem.reason_code, problem.value, problem.rule) == (Reason.UNDECODABLE_BYTES, "M\\xfcsli", "utf-8")
    assert len(result.articles) == 2


def test_a_wrongly_given_encoding_is_reported_row_by_row() -> None:
    data = f"{HEADINGS}\r\n1;Käse;;1;;7;;;;;;\r\n2;Brot;;1;;7;;;;;;".encode("windows-1252")
    result = read_articles(data, parse_mapping('[file]\nencoding = "utf-8"'))
    (problem,) = result.problems
    assert (problem.line, problem.column_index, problem.value) == (2, 2, "K\\xe4se")
    assert [article.name for article in result.articles] == ["Brot"]


def test_undecodable_bytes_in_the_header_line_are_reported_there() -> None:
    data = f"{HEADINGS};Interner Schlüssel\r\n{GOOD};9".encode("windows-1252")
    (problem,) = read_articles(data, parse_mapping('[file]\nencoding = "utf-8"')).problems
    assert (problem.line, problem.column_index, problem.column_name) == (1, 13, "Interner Schl\\xfcssel")


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n"])
def test_an_empty_file_is_reported(data: bytes) -> None:
    (problem,) = read_articles(data).problems
    assert (problem.line, problem.reason_code) == (1, Reason.FILE_EMPTY)


@pytest.mark.parametrize("data", ["a;b".encode("utf-16"), b"PK\x03\x04xl/workbook.xml"])
def test_a_file_that_is_no_csv_yields_one_problem_and_nothing_else(data: bytes) -> None:
    result = read_articles(data)
    assert len(result.errors) == 1
    assert (result.articles, result.rows_read) == ((), 0)


def test_a_file_without_a_necessary_column_yields_no_articles() -> None:
    result = read_articles(b"Artikelnummer;Artikelname;Std. VK Brutto\r\n1;Brot;3,90")
    (problem,) = result.errors
    assert (problem.line, problem.reason_code) == (1, Reason.COLUMN_MISSING)
    assert (result.articles, result.rows_read) == ((), 1)


def test_without_the_column_of_its_deposits_a_file_yields_no_articles() -> None:
    result = read_articles(b"Artikelnummer;Artikelname;VK Brutto;MwSt-Satz\r\n1;Pils;1,09;19", MAPPING)
    (problem,) = result.errors
    assert (problem.line, problem.reason_code, problem.value) == (1, Reason.COLUMN_MAPPED_MISSING, "Pfandartikel")
    assert result.articles == ()


def test_a_repeated_number_names_the_first_line() -> None:
    (problem,) = read("2;a;;1;;7;;;;;;", "2;b;;1;;7;;;;;;").problems
    assert (problem.line, problem.column_index, problem.rule) == (4, 1, "3")


def test_merging_adds_gtins_and_categories() -> None:
    result = read(
        "2;Käse;96385074;2,90;;7;;Frisches;Käse;;Y;",
        "2;;4006381333931;;;;;Angebote;;;;",
        "2;Käse;96385074;2,90;;7;;Frisches;Käse;;Y;",
        repeated="merge",
    )
    assert result.problems == ()
    _, cheese = result.articles
    assert cheese.gtins == ("96385074", "4006381333931")
    assert cheese.category_path == ("Frisches", "Käse")
    assert cheese.further_category_paths == (("Angebote",),)
    assert result.categories == (("Frisches",), ("Frisches", "Käse"), ("Angebote",))
    assert result.rows_read == 4


def test_merging_refuses_rows_that_contradict_each_other() -> None:
    result = read("2;Käse;;2,90;;7;;;;;;", "2;Käse;;3,10;;7;;;;;;", repeated="merge")
    (problem,) = result.problems
    assert place(problem) == (4, 4, "Std. VK Brutto")
    assert (problem.reason_code, problem.value, problem.rule) == (Reason.MERGE_CONFLICT, "3,10", "2,90")
    assert [article.article_number for article in result.articles] == ["1"]


def test_merging_reports_the_wrong_gtin_of_a_further_row_in_its_line() -> None:
    (problem,) = read("2;Käse;96385074;2,90;;7;;;;;;", "2;;96385075;;;;;;;;;", repeated="merge").problems
    assert (problem.line, problem.column_index, problem.rule) == (4, 3, "4")


def test_a_gtin_on_two_articles_is_a_warning_naming_the_other() -> None:
    result = read("2;a;96385074;1;;7;;;;;;", "3;b;96385074;1;;7;;;;;;")
    (problem,) = result.warnings
    assert (problem.line, problem.column_index, problem.reason_code, problem.rule) == (4, 3, Reason.GTIN_SHARED, "2")
    assert len(result.articles) == 3


def test_a_message_shows_control_characters_and_does_not_send_them() -> None:
    (problem,) = read("2;Br\x1b[2Jot;;1;;7;;;;;;").problems
    assert "Br\\x1b[2Jot" in problem.german
    assert problem.german.isprintable()
    assert problem.english.isprintable()


def test_problems_come_in_the_order_of_the_file() -> None:
    problems = read("2;x;;1;;20;;;;;;", "1;y;;1;;7;;;;;;", '4;"z" z;;1;;7;;;;;;', "5;;;1;;7;;;;;;").problems
    assert [problem.line for problem in problems] == [3, 4, 5, 6]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_in_both_languages(reason: Reason) -> None:
    problem = Problem(7, "GTIN", 3, "x" * 500, "y", reason)
    for sentence in (problem.german, problem.english):
        assert len(sentence) < 300
        assert sentence.endswith((".", "?", "!")) or reason is Reason.NUMBER_AMBIGUOUS
    assert problem.german != problem.english


@given(st.binary(max_size=300), st.sampled_from(["error", "merge"]))
def test_no_bytes_make_the_import_raise(data: bytes, repeated: Repeated) -> None:
    result = read_articles(HEADINGS.encode() + b"\r\n" + data, MAPPING, repeated)
    assert all(problem.german.encode() and problem.english.encode() for problem in result.problems)


@given(st.lists(st.text(st.sampled_from('19;",.\n€Kä\\x-'), max_size=30), max_size=6))
def test_no_row_is_lost_in_silence(rows: list[str]) -> None:
    result = read(*rows)
    assert result.errors or len(result.articles) == result.rows_read
