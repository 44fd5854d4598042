"""Sums over periods."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.figures import ArticleFigure, CategoryFigure, Figures, HourFigure, add
from tests.branchgate.figures import strategies


def test_the_sum_of_nothing_is_empty() -> None:
    assert add([]) == Figures()


@given(parts=st.lists(strategies.figures, max_size=4))
@settings(max_examples=40)
def test_rows_of_a_sum_add_up_to_the_rows_of_its_parts(parts: list[Figures]) -> None:
    whole = add(parts)
    for table, column in (
        ("vat", "vat_cents"),
        ("payments", "amount_cents"),
        ("business_cases", "gross_cents"),
        ("categories", "gross_cents"),
        ("users", "receipt_count"),
        ("hours", "gross_cents"),
    ):
        rows = [getattr(row, column) for row in getattr(whole, table)]
        assert sum(rows) == sum(getattr(row, column) for part in parts for row in getattr(part, table))
    assert whole.turnover_cents == sum(part.turnover_cents for part in parts)


@given(one=strategies.figures, two=strategies.figures, three=strategies.figures)
@settings(max_examples=40)
def test_a_sum_may_be_made_in_steps(one: Figures, two: Figures, three: Figures) -> None:
    assert add([add([one, two]), three]) == add([one, add([two, three])]) == add([one, two, three])


def test_names_are_the_latest_and_rows_stay_in_order() -> None:
    one = Figures(categories=(CategoryFigure("b", "Brot", 1),), hours=(HourFigure(14, 1, 5),), first_receipt_number="A")
    two = Figures(
        categories=(CategoryFigure("a", "Obst", 2), CategoryFigure("b", "Backwaren", 3)), hours=(HourFigure(9, 1, 5),)
    )
    whole = add([one, two])
    assert whole.categories == (CategoryFigure("a", "Obst", 2), CategoryFigure("b", "Backwaren", 4))
    assert [row.hour for row in whole.hours] == [9, 14]
    assert whole.first_receipt_number == ""


def test_the_best_articles_of_a_sum_are_ranked_anew() -> None:
    one = Figures(top_articles=tuple(ArticleFigure(f"A{n:02d}", "", 1, 100 - n) for n in range(20)))
    two = Figures(top_articles=(ArticleFigure("A19", "neu", 1, 1_000), ArticleFigure("B", "", 1, 1)))
    whole = add([one, two])
    assert whole.top_articles[0] == ArticleFigure("A19", "neu", 2, 1_081)
    assert len(whole.top_articles) == 20
