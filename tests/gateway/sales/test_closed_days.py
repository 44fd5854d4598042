"""A year's sums come from what its closings told, and are what adding up the closings gives and what a scan of the lines gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.figures import ArticleFigure, Closing, Figures, SpanSum, add
from branchgate.receipts.model import Receipt
from gateway.sales.closed import closed_sums
from gateway.sales.queries import SUM, articles_by, columns_by, figures_by, periods_where
from gateway.sales.span import Span
from tests.branchgate.receipt_strategies import days
from tests.gateway.sales.opened_store import OpenedStore, opened_store
from tests.gateway.sales.samples import sample_receipt
from tests.gateway.sales.written_journal import WrittenJournal

Day = list[tuple[str, Receipt]]
FIRST_DAYS = ("2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02")


def close(journal: WrittenJournal, store: OpenedStore, register_id: str, day: str) -> Closing | None:
    """Closes the register's open period, if it has one, as the closing desk does."""
    store.fill()
    found = periods_where(store.connection, "NOT closed AND p.register_id = ?", [register_id])
    if not found:
        return None
    figures = figures_by(store.connection, found, together=True)[SUM]
    articles = tuple(ArticleFigure(*row) for row in articles_by(store.connection, found)[found[0].number])
    columns = columns_by(store.connection, found)[found[0].number]
    closing = Closing(
        register_id, found[0].z_number, day, 1, journal.head, figures, "anna", "2.4", b"h" * 32,
        columns=columns, articles=articles,
    )  # fmt: skip
    journal.close_register(closing)
    return closing


@contextmanager
def closed_days(sold: list[Day]) -> Iterator[tuple[OpenedStore, list[Closing]]]:
    """A branch that sold and closed on these days."""
    with TemporaryDirectory() as folder:
        journal = WrittenJournal(Path(folder))
        with opened_store(journal) as store:
            closings = []
            for name, day in zip(FIRST_DAYS, sold, strict=False):
                journal.receipts(day)
                made = [close(journal, store, register_id, name) for register_id in ("kasse-1", "kasse-2")]
                closings += [closing for closing in made if closing is not None]
            store.fill()
            yield store, closings
        journal.close()


def unnamed(figures: Figures) -> Figures:
    """Without the names that were printed last: over closings that is by the order of closing, over lines by that of selling."""
    return replace(
        figures,
        first_receipt_number="",
        last_receipt_number="",
        categories=tuple(replace(row, category_name="") for row in figures.categories),
        users=tuple(replace(row, user_name="") for row in figures.users),
        top_articles=tuple(replace(row, text="", unit="") for row in figures.top_articles),
    )


def scanned(store: OpenedStore, closings: list[Closing]) -> Figures:
    """The same by reading every line again."""
    wanted = {(closing.register_id, closing.z_number) for closing in closings}
    found = [one for one in periods_where(store.connection, "true", []) if (one.register_id, one.z_number) in wanted]
    return figures_by(store.connection, found, together=True)[SUM]


def sums(
    store: OpenedStore, span: Span = Span.WHOLE, register_id: str | None = None, first: str = "", last: str = ""
) -> list[SpanSum]:
    return closed_sums(store.connection, register_id, first, last, span)


@settings(max_examples=8)
@given(sold=st.lists(days(), min_size=1, max_size=4))
def test_closings_added_up_their_rows_and_the_lines_tell_one_sum(sold: list[Day]) -> None:
    with closed_days(sold) as (store, closings):
        found = sums(store)
        if not closings:
            assert found == []
            return
        (whole,) = found
        plain = add([closing.figures for closing in closings])
        assert replace(whole.figures, top_articles=()) == replace(plain, top_articles=())
        assert unnamed(whole.figures) == unnamed(scanned(store, closings))
        assert whole.closings == len(closings)


@settings(max_examples=5)
@given(sold=st.lists(days(), min_size=2, max_size=4))
def test_days_and_months_are_parts_of_the_whole(sold: list[Day]) -> None:
    with closed_days(sold) as (store, closings):
        for span, length in ((Span.DAY, 10), (Span.MONTH, 7)):
            parts = sums(store, span)
            names = sorted({closing.business_day[:length] for closing in closings})
            assert [part.name for part in parts] == names
            for part in parts:
                inside = [closing for closing in closings if closing.business_day.startswith(part.name)]
                assert unnamed(part.figures) == unnamed(scanned(store, inside))


def test_a_range_and_a_register_choose_the_closings() -> None:
    each = [("kasse-1", sample_receipt(1)), ("kasse-2", sample_receipt(2))]
    with closed_days([each] * 4) as (store, _):
        (november,) = sums(store, Span.MONTH, None, "2026-11-01", "2026-11-30")
        assert (november.name, november.closings, november.figures.receipt_count) == ("2026-11", 4, 4)
        assert (november.first_day, november.last_day) == ("2026-11-01", "2026-11-02")
        (register,) = sums(store, Span.WHOLE, "kasse-2")
        assert (register.closings, register.figures.gross_cents) == (4, 4 * 1190)
        assert sums(store, Span.WHOLE, "kasse-9") == []
        assert sums(store, Span.WHOLE, None, "2027-01-01", "") == []


def test_sums_by_month_go_on_with_every_closing() -> None:
    """The child keeps them from question to question; a day that is closed late belongs to an earlier month."""
    sold = [("kasse-1", sample_receipt(1))]
    with TemporaryDirectory() as folder:
        journal = WrittenJournal(Path(folder))
        with opened_store(journal) as store:
            for count, name in enumerate(("2026-10-30", "2026-11-01", "2026-10-31", "2026-11-02"), start=1):
                journal.receipts(sold)
                close(journal, store, "kasse-1", name)
                store.fill()
                (whole,) = sums(store)
                assert (whole.closings, whole.figures.gross_cents) == (count, count * 1190)
                assert whole.figures.top_articles[0].gross_cents == count * 1190
                assert whole.figures == sums(store, Span.WHOLE, "kasse-1")[0].figures
            assert [
                (part.name, part.closings) for part in sums(store, Span.MONTH, None, "2026-10-01", "2026-11-30")
            ] == [
                ("2026-10", 2),
                ("2026-11", 2),
            ]
            assert sums(store, Span.WHOLE, None, "2026-10-01", "2026-10-31")[0].closings == 2
            assert sums(store, Span.WHOLE, None, "2026-10-31", "2026-11-01")[0].closings == 2
        journal.close()


def test_no_line_is_read_for_it() -> None:
    with closed_days([[("kasse-1", sample_receipt(1))]] * 3) as (store, _):
        before = sums(store, Span.DAY)
        for table in ("receipts", "lines", "vat_sums", "payments"):
            store.connection.execute(f"DROP TABLE {table}")
        assert sums(store, Span.DAY) == before


def test_a_closing_that_kept_the_best_articles_alone_lends_those() -> None:
    with TemporaryDirectory() as folder:
        journal = WrittenJournal(Path(folder))
        best = ArticleFigure("K1", "Kaffee", 1_000, 1190, "Stk")
        figures = Figures(receipt_count=1, top_articles=(best,))
        journal.close_register(Closing("kasse-1", 1, "2026-10-16", 1, 1, figures, "anna", "2.4", b"h" * 32))
        with opened_store(journal) as store:
            store.fill()
            (whole,) = sums(store)
            assert whole.figures == figures
        journal.close()
