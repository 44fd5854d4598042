"""Figures with anything in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from hypothesis import strategies as st

from branchgate.figures import (
    ArticleFigure,
    BusinessCaseFigure,
    CategoryFigure,
    Closing,
    Figures,
    HourFigure,
    PaymentFigure,
    Summary,
    SummaryColumns,
    UserFigure,
)
from branchgate.receipts.model import BusinessCase, PaymentType
from branchgate.vat import VatSum

T = TypeVar("T")

cents = st.integers(-(10**12), 10**12)
counts = st.integers(0, 10**9)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
keys = st.sampled_from(["", "a", "b", "c"])


def as_tuple(made: list[T]) -> tuple[T, ...]:
    return tuple(made)


def rows(row: st.SearchStrategy[T], key: Callable[[T], Hashable]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(row, max_size=4, unique_by=key).map(as_tuple)


figures = st.builds(
    Figures,
    receipt_count=counts,
    line_count=counts,
    gross_cents=cents,
    first_receipt_number=names,
    last_receipt_number=names,
    vat=rows(st.builds(VatSum, st.integers(1, 9), st.integers(0, 2500), cents, cents, cents), lambda r: r.vat_key),
    payments=rows(
        st.builds(
            PaymentFigure, st.sampled_from([kind.dsfinvk for kind in PaymentType]), keys, st.just("EUR"), counts, cents
        ),
        lambda r: (r.type, r.name),
    ),
    business_cases=rows(
        st.builds(BusinessCaseFigure, st.sampled_from([case.dsfinvk for case in BusinessCase]), counts, cents),
        lambda r: r.business_case,
    ),
    categories=rows(st.builds(CategoryFigure, keys, names, cents), lambda r: r.category_key),
    users=rows(st.builds(UserFigure, keys, counts, cents), lambda r: r.user_id),
    hours=rows(st.builds(HourFigure, st.integers(0, 23), counts, cents), lambda r: r.hour),
    top_articles=rows(st.builds(ArticleFigure, keys, names, cents, cents), lambda r: r.article_number),
    return_count=counts,
    return_cents=cents,
    void_count=counts,
    void_cents=cents,
    line_void_count=counts,
    discount_cents=cents,
    training_count=counts,
    cash_cents=cents,
    finding_count=counts,
    no_sale_count=counts,
)

closings = st.builds(
    Closing,
    register_id=st.sampled_from(["kasse-1", "kasse-2"]),
    z_number=st.integers(1, 10**6),
    business_day=st.dates().map(lambda day: day.isoformat()),
    closed_at_ms=st.integers(0, 4_102_444_800_000),
    through_journal_sequence=counts,
    figures=figures,
    user_id=names,
    taxonomy_version=st.just("2.4"),
    chain_hash=st.binary(min_size=32, max_size=32),
)

columns = st.builds(
    SummaryColumns,
    hour=st.lists(st.integers(0, 23)).map(tuple),
    category=st.lists(st.integers(0, 9)).map(tuple),
    vat_key=st.lists(st.integers(1, 9)).map(tuple),
    gross_cents=st.lists(cents).map(tuple),
    line_count=st.lists(counts).map(tuple),
    category_keys=st.lists(names).map(tuple),
)

summaries = st.builds(
    Summary, st.just("kasse-1"), st.just("2026-10-16"), counts, counts, figures=figures, columns=columns
)
