"""The figures of receipts in plain Python, written from DSFinV-K's rules and not from the store's SQL: the second opinion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from branchgate.figures import (
    ArticleFigure,
    BusinessCaseFigure,
    CashFigure,
    CategoryFigure,
    Figures,
    HourFigure,
    PaymentFigure,
    UserFigure,
)
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.vat import VatSum

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MONEY_ONLY = {"Anfangsbestand", "Geldtransit", "Privatentnahme", "Privateinlage", "Lohnzahlung"} | {
    "Einzahlung",
    "Auszahlung",
    "DifferenzSollIst",
}
TIP = {"TrinkgeldAN"}
VOUCHERS = {"MehrzweckgutscheinKauf", "MehrzweckgutscheinEinloesung"}
CLAIMS = {"Forderungsentstehung", "Forderungsaufloesung"}
TAXED_WHEN_PAID = {
    "EinzweckgutscheinKauf",
    "EinzweckgutscheinEinloesung",
    "Anzahlungseinstellung",
    "Anzahlungsaufloesung",
}


def live(receipt: Receipt) -> list[Line]:
    return [line for line in receipt.lines if not line.voided]


def sold(receipt: Receipt) -> list[Line]:
    beside = MONEY_ONLY | TIP | VOUCHERS | CLAIMS
    return [line for line in live(receipt) if line.business_case.dsfinvk not in beside]


def served(receipt: Receipt) -> list[Line]:
    return [line for line in live(receipt) if line.business_case.dsfinvk not in MONEY_ONLY | TIP]


def gross(lines: Sequence[Line]) -> int:
    return sum(line.gross_cents for line in lines)


def plain_figures(receipts: Sequence[Receipt], *, zone: str = "Europe/Berlin", numbered: bool = True) -> Figures:
    """Figures of one register's receipts in the order of the journal, without findings and drawer openings."""
    counted = [receipt for receipt in receipts if receipt.type is ReceiptType.BELEG]
    lines = [line for receipt in counted for line in live(receipt)]
    goods = [line for receipt in counted for line in sold(receipt)]
    serving = [receipt for receipt in counted if served(receipt)]
    returns = [receipt for receipt in counted if gives_back(receipt)]
    staff = [receipt for receipt in receipts if receipt.type is ReceiptType.AV_SACHBEZUG]
    reversing = [receipt for receipt in counted if receipt.reverses_receipt]
    voids = [receipt for receipt in reversing if not moves_money_only(receipt)]
    movement_voids = [receipt for receipt in reversing if moves_money_only(receipt)]
    paid = [payment for receipt in counted for payment in receipt.payments]
    return Figures(
        receipt_count=len(counted),
        line_count=len(lines),
        gross_cents=sum(receipt.total_cents for receipt in counted),
        first_receipt_number=receipts[0].receipt_number if receipts and numbered else "",
        last_receipt_number=receipts[-1].receipt_number if receipts and numbered else "",
        vat=_vat(counted),
        payments=tuple(
            PaymentFigure(
                kind.dsfinvk,
                name,
                currency,
                len(same),
                sum(payment.amount_cents for payment in same),
                sum(payment.foreign_amount for payment in same),
            )
            for (kind, name, currency), same in sorted(_grouped(paid, lambda p: (p.type, p.name, p.currency)).items())
        ),
        business_cases=tuple(
            BusinessCaseFigure(case.dsfinvk, len(same), gross(same))
            for case, same in sorted(_grouped(lines, lambda line: line.business_case).items())
        ),
        categories=tuple(
            CategoryFigure(key, same[-1].category_name, gross(same))
            for key, same in sorted(_grouped(goods, lambda line: line.category_key).items(), key=_by_bytes)
        ),
        users=tuple(
            UserFigure(user, sum(map(sells, same)), sum(gross(sold(receipt)) for receipt in same), same[-1].user_name)
            for user, same in sorted(_grouped(serving, lambda receipt: receipt.user_id).items(), key=_by_bytes)
        ),
        hours=tuple(
            HourFigure(hour, sum(map(sells, same)), sum(gross(sold(receipt)) for receipt in same))
            for hour, same in sorted(_grouped(serving, lambda receipt: _hour(receipt, zone)).items())
        ),
        top_articles=_articles(goods),
        return_count=len(returns),
        return_cents=sum(gross(sold(receipt)) for receipt in returns),
        void_count=len(voids),
        void_cents=sum(receipt.total_cents for receipt in voids),
        line_void_count=sum(line.voided for receipt in counted for line in receipt.lines),
        discount_cents=gross([line for line in lines if line.business_case is BusinessCase.RABATT]),
        training_count=sum(receipt.type is ReceiptType.AV_TRAINING for receipt in receipts),
        cash_cents=sum(cash(receipt) for receipt in counted),
        cash=tuple(
            CashFigure(case.dsfinvk, len(same), sum(cash(receipt) for receipt in same))
            for case, same in sorted(_grouped([one for one in counted if bar(one)], cash_case).items())
        ),
        movement_void_count=len(movement_voids),
        movement_void_cents=sum(receipt.total_cents for receipt in movement_voids),
        abandoned_count=sum(receipt.type is ReceiptType.AV_BELEGABBRUCH for receipt in receipts),
        surcharge_cents=gross([line for line in lines if line.business_case is BusinessCase.AUFSCHLAG]),
        first_at_ms=min((receipt.finished_at_ms for receipt in counted), default=0),
        last_at_ms=max((receipt.finished_at_ms for receipt in counted), default=0),
        sale_count=sum(map(sells, counted)),
        signed_count=sum(receipt.tse is not None and not receipt.tse.failure for receipt in counted),
        unsigned_count=sum(receipt.tse is not None and bool(receipt.tse.failure) for receipt in counted),
        staff_count=len(staff),
        staff_cents=sum(gross(sold(receipt)) for receipt in staff),
    )


def sells(receipt: Receipt) -> bool:
    positive = any(line.gross_cents > 0 for line in sold(receipt))
    return positive and gross(sold(receipt)) >= 0 and not receipt.reverses_receipt


def gives_back(receipt: Receipt) -> bool:
    goods = any(line.business_case is BusinessCase.UMSATZ and line.gross_cents < 0 for line in live(receipt))
    return goods and gross(sold(receipt)) < 0 and not receipt.reverses_receipt


def bar(receipt: Receipt) -> list[Payment]:
    return [paid for paid in receipt.payments if paid.type is PaymentType.BAR and paid.currency in {"", "EUR"}]


def cash(receipt: Receipt) -> int:
    return sum(payment.amount_cents for payment in bar(receipt))


def cash_case(receipt: Receipt) -> BusinessCase:
    moving = [line.business_case for line in live(receipt) if line.business_case.dsfinvk in MONEY_ONLY]
    if moving:
        return moving[0]
    cases = {line.business_case for line in live(receipt)}
    apart = TIP | VOUCHERS | CLAIMS | TAXED_WHEN_PAID
    return cases.pop() if len(cases) == 1 and {case.dsfinvk for case in cases} <= apart else BusinessCase.UMSATZ


def moves_money_only(receipt: Receipt) -> bool:
    return bool(live(receipt)) and not served(receipt)


def plain_articles(receipts: Sequence[Receipt]) -> tuple[ArticleFigure, ...]:
    """Every article sold, by article number."""
    goods = [line for receipt in receipts if receipt.type is ReceiptType.BELEG for line in sold(receipt)]
    return tuple(sorted(_article_rows(goods), key=lambda row: row.article_number.encode()))


def _vat(counted: Sequence[Receipt]) -> tuple[VatSum, ...]:
    printed = _grouped(
        [vat for receipt in counted for vat in receipt.vat_sums], lambda vat: (vat.vat_key, vat.vat_rate_basis_points)
    )
    return tuple(
        VatSum(
            key,
            rate,
            sum(vat.gross_cents for vat in same),
            sum(vat.net_cents for vat in same),
            sum(vat.vat_cents for vat in same),
        )
        for (key, rate), same in sorted(printed.items())
    )


def _articles(goods: Sequence[Line]) -> tuple[ArticleFigure, ...]:
    rows = _article_rows(goods)
    return tuple(sorted(rows, key=lambda row: (-row.gross_cents, row.article_number))[:20])


def _article_rows(goods: Sequence[Line]) -> list[ArticleFigure]:
    return [
        ArticleFigure(
            number, same[-1].text, sum(line.quantity_thousandths for line in same), gross(same), same[-1].unit
        )
        for number, same in _grouped(
            [line for line in goods if line.article_number and line.business_case is BusinessCase.UMSATZ],
            lambda line: line.article_number,
        ).items()
    ]


def _hour(receipt: Receipt, zone: str) -> int:
    return datetime.fromtimestamp(receipt.finished_at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).hour


def _grouped(values: Iterable[V], key: Callable[[V], K]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return groups


def _by_bytes(entry: tuple[str, object]) -> bytes:
    return entry[0].encode()
