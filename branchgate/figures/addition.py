"""Sums figures over periods: the branch over its registers, a year over its closed days."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from branchgate.figures.model import (
    TOP_ARTICLES,
    ArticleFigure,
    BusinessCaseFigure,
    CashFigure,
    CategoryFigure,
    Figures,
    HourFigure,
    PaymentFigure,
    UserFigure,
)
from branchgate.receipts.model import BusinessCase, PaymentType
from branchgate.vat import VatSum

T = TypeVar("T")

_CASE_ORDER = {case.dsfinvk: int(case) for case in BusinessCase}
_PAYMENT_ORDER = {payment.dsfinvk: int(payment) for payment in PaymentType}


def add(parts: Sequence[Figures]) -> Figures:
    """The sum, in the same order of rows as each part.

    Everything but `top_articles` is exact; those are summed over the articles the parts list, so an article that is outside every
    part's list is missing. A sum has no first and last receipt number. Names and texts are those of the later part.
    """
    return Figures(
        receipt_count=sum(part.receipt_count for part in parts),
        line_count=sum(part.line_count for part in parts),
        gross_cents=sum(part.gross_cents for part in parts),
        vat=_merge((row for part in parts for row in part.vat), _vat_key, _add_vat, _vat_key),
        payments=_merge((row for part in parts for row in part.payments), _payment_key, _add_payment, _payment_order),
        business_cases=_merge(
            (row for part in parts for row in part.business_cases), _case_key, _add_case, _case_order
        ),
        categories=_merge(
            (row for part in parts for row in part.categories), _category_key, _add_category, _category_key
        ),
        users=_merge((row for part in parts for row in part.users), _user_key, _add_user, _user_key),
        hours=_merge((row for part in parts for row in part.hours), _hour_key, _add_hour, _hour_key),
        top_articles=_merge(
            (row for part in parts for row in part.top_articles), _article_key, _add_article, _article_order
        )[:TOP_ARTICLES],
        return_count=sum(part.return_count for part in parts),
        return_cents=sum(part.return_cents for part in parts),
        void_count=sum(part.void_count for part in parts),
        void_cents=sum(part.void_cents for part in parts),
        line_void_count=sum(part.line_void_count for part in parts),
        discount_cents=sum(part.discount_cents for part in parts),
        training_count=sum(part.training_count for part in parts),
        cash_cents=sum(part.cash_cents for part in parts),
        finding_count=sum(part.finding_count for part in parts),
        no_sale_count=sum(part.no_sale_count for part in parts),
        cash=_merge((row for part in parts for row in part.cash), _cash_key, _add_cash, _cash_order),
        movement_void_count=sum(part.movement_void_count for part in parts),
        movement_void_cents=sum(part.movement_void_cents for part in parts),
        abandoned_count=sum(part.abandoned_count for part in parts),
        surcharge_cents=sum(part.surcharge_cents for part in parts),
        late_count=sum(part.late_count for part in parts),
        first_at_ms=min((part.first_at_ms for part in parts if part.first_at_ms), default=0),
        last_at_ms=max((part.last_at_ms for part in parts), default=0),
        sale_count=sum(part.sale_count for part in parts),
        signed_count=sum(part.signed_count for part in parts),
        unsigned_count=sum(part.unsigned_count for part in parts),
        staff_count=sum(part.staff_count for part in parts),
        staff_cents=sum(part.staff_cents for part in parts),
    )


def best_articles(parts: Iterable[Iterable[ArticleFigure]]) -> tuple[ArticleFigure, ...]:
    """The articles with the highest turnover among all that the parts sold: exact, where each part names every article."""
    merged = _merge((row for part in parts for row in part), _article_key, _add_article, _article_order)
    return merged[:TOP_ARTICLES]


def _merge(
    rows: Iterable[T], key: Callable[[T], Hashable], plus: Callable[[T, T], T], order: Callable[[T], tuple[object, ...]]
) -> tuple[T, ...]:
    merged: dict[Hashable, T] = {}
    for row in rows:
        name = key(row)
        merged[name] = plus(merged[name], row) if name in merged else row
    return tuple(sorted(merged.values(), key=order))


def _vat_key(row: VatSum) -> tuple[int, int]:
    return row.vat_key, row.vat_rate_basis_points


def _add_vat(one: VatSum, other: VatSum) -> VatSum:
    return VatSum(
        one.vat_key,
        one.vat_rate_basis_points,
        one.gross_cents + other.gross_cents,
        one.net_cents + other.net_cents,
        one.vat_cents + other.vat_cents,
    )


def _payment_key(row: PaymentFigure) -> tuple[str, str, str]:
    return row.type, row.name, row.currency


def _payment_order(row: PaymentFigure) -> tuple[object, ...]:
    return _PAYMENT_ORDER.get(row.type, len(_PAYMENT_ORDER) + 1), row.type, row.name, row.currency


def _add_payment(one: PaymentFigure, other: PaymentFigure) -> PaymentFigure:
    return PaymentFigure(
        one.type,
        one.name,
        one.currency,
        one.count + other.count,
        one.amount_cents + other.amount_cents,
        one.foreign_amount + other.foreign_amount,
    )


def _case_key(row: BusinessCaseFigure) -> str:
    return row.business_case


def _case_order(row: BusinessCaseFigure) -> tuple[object, ...]:
    return _CASE_ORDER.get(row.business_case, len(_CASE_ORDER) + 1), row.business_case


def _add_case(one: BusinessCaseFigure, other: BusinessCaseFigure) -> BusinessCaseFigure:
    return BusinessCaseFigure(one.business_case, one.count + other.count, one.gross_cents + other.gross_cents)


def _cash_key(row: CashFigure) -> str:
    return row.business_case


def _cash_order(row: CashFigure) -> tuple[object, ...]:
    return _CASE_ORDER.get(row.business_case, len(_CASE_ORDER) + 1), row.business_case


def _add_cash(one: CashFigure, other: CashFigure) -> CashFigure:
    return CashFigure(one.business_case, one.count + other.count, one.amount_cents + other.amount_cents)


def _category_key(row: CategoryFigure) -> tuple[str]:
    return (row.category_key,)


def _add_category(one: CategoryFigure, other: CategoryFigure) -> CategoryFigure:
    return CategoryFigure(one.category_key, other.category_name, one.gross_cents + other.gross_cents)


def _user_key(row: UserFigure) -> tuple[str]:
    return (row.user_id,)


def _add_user(one: UserFigure, other: UserFigure) -> UserFigure:
    return UserFigure(
        one.user_id,
        one.receipt_count + other.receipt_count,
        one.gross_cents + other.gross_cents,
        other.user_name,
    )


def _hour_key(row: HourFigure) -> tuple[int]:
    return (row.hour,)


def _add_hour(one: HourFigure, other: HourFigure) -> HourFigure:
    return HourFigure(one.hour, one.receipt_count + other.receipt_count, one.gross_cents + other.gross_cents)


def _article_key(row: ArticleFigure) -> str:
    return row.article_number


def _article_order(row: ArticleFigure) -> tuple[int, str]:
    return -row.gross_cents, row.article_number


def _add_article(one: ArticleFigure, other: ArticleFigure) -> ArticleFigure:
    return ArticleFigure(
        one.article_number,
        other.text,
        one.quantity_thousandths + other.quantity_thousandths,
        one.gross_cents + other.gross_cents,
        other.unit,
    )
