"""Headings are recognised as merchants and tools write them."""

from __future__ import annotations

import pytest

from central.ameise.columns import match_columns
from central.ameise.headers import MAX_CATEGORY_LEVELS, SYNONYMS, Meaning, meaning_named, recognise
from central.ameise.mapping import ColumnMapping, parse_mapping
from central.ameise.problems import Problem, Reason, Severity
from central.ameise.reading import Row

COMPLETE = ("Artikelnummer", "Artikelname", "Std. VK Brutto", "Steuersatz in %")


def problems(*headings: str, mapping: ColumnMapping | None = None) -> tuple[Problem, ...]:
    return match_columns(Row(1, headings), mapping or ColumnMapping())[1]


@pytest.mark.parametrize(
    ("meaning", "heading"), [(meaning, heading) for meaning, headings in SYNONYMS.items() for heading in headings]
)
def test_every_synonym_is_recognised_in_any_case_and_spacing(meaning: Meaning, heading: str) -> None:
    for spelling in (heading, heading.upper(), f"  {heading} ", heading.replace(" ", "\u00a0 "), f"\ufeff{heading}"):
        assert recognise(spelling) == (meaning, 0)


@pytest.mark.parametrize("level", range(1, MAX_CATEGORY_LEVELS + 1))
def test_category_levels_are_recognised(level: int) -> None:
    assert recognise(f"Kategorie Ebene {level}") == (Meaning.CATEGORY, level)
    assert meaning_named(f"category_{level}") == (Meaning.CATEGORY, level)


def test_patterns_are_recognised_and_other_headings_are_not() -> None:
    assert recognise("Global-Englisch: Artikelname") == (Meaning.TRANSLATED_NAME, 0)
    assert recognise("Lagerbestand Lager [LADEN]") == (Meaning.STOCK, 0)
    assert recognise("Kategorie Ebene 11") is None
    assert recognise("Beschreibung") is None
    assert meaning_named("category") is None


def test_a_complete_header_has_no_problem() -> None:
    assert problems(*COMPLETE) == ()


@pytest.mark.parametrize("missing", COMPLETE)
def test_a_missing_column_is_reported_with_the_headings_that_would_do(missing: str) -> None:
    (problem,) = problems(*(heading for heading in COMPLETE if heading != missing))
    assert (problem.reason_code, problem.line) == (Reason.COLUMN_MISSING, 1)
    assert missing in problem.rule


def test_a_second_column_of_the_same_meaning_is_ignored_with_a_warning() -> None:
    (problem,) = problems(*COMPLETE, "Brutto-VK")
    assert (problem.reason_code, problem.severity) == (Reason.COLUMN_IGNORED, Severity.WARNING)
    assert (problem.column_name, problem.column_index, problem.rule) == ("Brutto-VK", 5, "Std. VK Brutto")


def test_a_column_named_by_the_mapping_wins_over_one_that_sounds_like_it() -> None:
    mapping = parse_mapping('[columns]\n"Ladenpreis" = "gross_price"')
    columns, found = match_columns(Row(1, (*COMPLETE, "ladenpreis")), mapping)
    price = columns.first(Meaning.GROSS_PRICE)
    assert price is not None
    assert price.heading == "ladenpreis"
    assert found == ()


def test_a_column_that_the_mapping_names_must_be_there() -> None:
    (problem,) = problems(*COMPLETE, mapping=parse_mapping('[deposit]\namount = "Pfand Betrag"'))
    assert problem.reason_code is Reason.COLUMN_MAPPED_MISSING
    assert (problem.value, problem.rule) == ("Pfand Betrag", "deposit.amount")
    assert "Pfand Betrag" in problem.german
