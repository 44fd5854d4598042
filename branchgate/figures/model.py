"""Figures, closings and summaries as frozen values. Money in cents, quantities in thousandths, times in UTC milliseconds.

Only receipts of type Beleg count (DSFinV-K 2.4, closing module). Hours, users, categories, returns and columns tell *turnover*: all
lines but those of `NOT_TURNOVER`, so that an opening float is nobody's sale and a paid account no second one. The total, the payments,
the business cases and the VAT tell everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.receipts.model import BusinessCase
from branchgate.vat import VatSum

TOP_ARTICLES = 20
"""How many articles the figures list."""

CASH_MOVEMENTS = frozenset(
    {
        BusinessCase.ANFANGSBESTAND,
        BusinessCase.PRIVATENTNAHME,
        BusinessCase.PRIVATEINLAGE,
        BusinessCase.GELDTRANSIT,
        BusinessCase.LOHNZAHLUNG,
        BusinessCase.EINZAHLUNG,
        BusinessCase.AUSZAHLUNG,
        BusinessCase.DIFFERENZ_SOLL_IST,
    }
)
"""Business cases that move money without selling anything."""

NOT_TURNOVER = CASH_MOVEMENTS | {
    BusinessCase.TRINKGELD_AN,
    BusinessCase.MEHRZWECKGUTSCHEIN_KAUF,
    BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG,
    BusinessCase.FORDERUNGSENTSTEHUNG,
    BusinessCase.FORDERUNGSAUFLOESUNG,
}
"""Business cases that are no turnover.

A multi-purpose voucher is taxed by what it buys (UStG § 3 (15)), so it is neither when sold nor taken off when redeemed. A sale on
account is turnover when it is made, not when the claim is settled. A tip to employees is not the business's (DSFinV-K Anhang C). What is
taxed when it is paid is turnover then: single-purpose vouchers (UStG § 3 (14)) and down payments (UStG § 13 (1) 1 a).
"""

NO_CUSTOMER = CASH_MOVEMENTS | {BusinessCase.TRINKGELD_AN}
"""A receipt of these alone served nobody: cash that moved, a tip that was paid out."""

CASH_APART = frozenset(
    {
        BusinessCase.TRINKGELD_AN,
        BusinessCase.EINZWECKGUTSCHEIN_KAUF,
        BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG,
        BusinessCase.MEHRZWECKGUTSCHEIN_KAUF,
        BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG,
        BusinessCase.FORDERUNGSENTSTEHUNG,
        BusinessCase.FORDERUNGSAUFLOESUNG,
        BusinessCase.ANZAHLUNGSEINSTELLUNG,
        BusinessCase.ANZAHLUNGSAUFLOESUNG,
    }
)
"""The cash of a receipt that has lines of one of these alone is told under it, that of a receipt with anything else under Umsatz."""


@dataclass(frozen=True, slots=True)
class PaymentFigure:
    """Payments of one type (ZAHLART_TYP), name and currency; the amount in the branch's currency.

    `foreign_amount` is what was paid in the minor unit of a foreign currency, 0 in the branch's own.
    """

    type: str
    name: str
    currency: str
    count: int
    amount_cents: int
    foreign_amount: int = 0


@dataclass(frozen=True, slots=True)
class BusinessCaseFigure:
    """Lines of one business case (GV_TYP)."""

    business_case: str
    count: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """Turnover of one category; key and name are empty for articles without one."""

    category_key: str
    category_name: str
    gross_cents: int


@dataclass(frozen=True, slots=True)
class UserFigure:
    """Turnover of one user and his sales; the name is the one last printed."""

    user_id: str
    receipt_count: int
    gross_cents: int
    user_name: str = ""


@dataclass(frozen=True, slots=True)
class HourFigure:
    """Turnover of one hour and its sales, 0 to 23 in the branch's time zone."""

    hour: int
    receipt_count: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class ArticleFigure:
    """Turnover of one article, its lines of business case Umsatz alone; the text is the one it was last sold under.

    A deposit or its refund bears the number of its article and is no turnover of it.
    """

    article_number: str
    text: str
    quantity_thousandths: int
    gross_cents: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CashFigure:
    """Cash of the branch's own currency moved for one reason: a business case that moves money, one of `CASH_APART`, or "Umsatz" for everything else."""

    business_case: str
    count: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over the counting receipts of one or more periods.

    `gross_cents` is the sum of all counting receipts, money movements included; `cash_cents` is all cash of the branch's own
    currency paid in and out, opening float and differences of counts included, and thus what is in the drawer by the books; `cash` says
    how that comes about and adds up to it. Foreign cash is in `payments`. First and last receipt number are those of one register, its
    own receipts of any type, and empty in a sum; the reserved ones are what the gateway booked for it. `sale_count` counts receipts with
    a line of positive turnover whose turnover is not negative, and no void; returns are those with negative turnover that take goods
    back. `void_...` are voids of sales, `movement_void_...` of receipts that served nobody (`NO_CUSTOMER`). `staff_...`: goods for
    employees (AVSachbezug), which count in nothing else. `late_count`: receipts whose register's clock puts them into a day that was
    closed before they were journaled. `first_at_ms` and `last_at_ms` are the ends of the first and the last counting receipt, 0 without
    any.
    """

    receipt_count: int = 0
    line_count: int = 0
    gross_cents: int = 0
    first_receipt_number: str = ""
    last_receipt_number: str = ""
    vat: tuple[VatSum, ...] = ()
    payments: tuple[PaymentFigure, ...] = ()
    business_cases: tuple[BusinessCaseFigure, ...] = ()
    categories: tuple[CategoryFigure, ...] = ()
    users: tuple[UserFigure, ...] = ()
    hours: tuple[HourFigure, ...] = ()
    top_articles: tuple[ArticleFigure, ...] = ()
    return_count: int = 0
    return_cents: int = 0
    void_count: int = 0
    void_cents: int = 0
    line_void_count: int = 0
    discount_cents: int = 0
    training_count: int = 0
    cash_cents: int = 0
    finding_count: int = 0
    no_sale_count: int = 0
    cash: tuple[CashFigure, ...] = ()
    movement_void_count: int = 0
    movement_void_cents: int = 0
    abandoned_count: int = 0
    surcharge_cents: int = 0
    late_count: int = 0
    first_at_ms: int = 0
    last_at_ms: int = 0
    sale_count: int = 0
    signed_count: int = 0
    unsigned_count: int = 0
    staff_count: int = 0
    staff_cents: int = 0
    first_reserved_number: str = ""
    last_reserved_number: str = ""

    @property
    def turnover_cents(self) -> int:
        """What was sold: all business cases but those of `NOT_TURNOVER`."""
        beside = {case.dsfinvk for case in NOT_TURNOVER}
        return sum(figure.gross_cents for figure in self.business_cases if figure.business_case not in beside)


@dataclass(frozen=True, slots=True)
class SummaryColumns:
    """Turnover by hour, category and VAT key: the n-th value of each column belongs together."""

    hour: tuple[int, ...] = ()
    category: tuple[int, ...] = ()
    vat_key: tuple[int, ...] = ()
    gross_cents: tuple[int, ...] = ()
    line_count: tuple[int, ...] = ()
    category_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denomination:
    """Pieces of one coin or note, worth so many cents each."""

    value_cents: int
    pieces: int


@dataclass(frozen=True, slots=True)
class CashCount:
    """What was in a drawer, and what should have been; money in cents. Body of a CASH_COUNT event.

    `difference_cents` is counted minus expected, booked as a receipt of its own (`difference_event_id`) when it is not 0. `blind`: the
    one who counted was not shown what should be there.
    """

    register_id: str
    counted_at_ms: int
    user_id: str
    counted_cents: int
    expected_cents: int = 0
    difference_cents: int = 0
    denominations: tuple[Denomination, ...] = ()
    blind: bool = False
    difference_event_id: bytes = b""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClosingMasterData:
    """Business, branch and register as a closing fixes them (Stamm_Abschluss, Stamm_Orte, Stamm_Kassen)."""

    company: str = ""
    branch_id: str = ""
    branch_name: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    tax_id: str = ""
    time_zone: str = ""
    register_serial: str = ""
    software: str = ""
    software_version: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """One register's Z: body of a CLOSING event. `chain_hash` is the journal's at `through_journal_sequence`, printed as an anchor.

    `carried_float_cents`: the cash that stays in the drawer and opens the next period; None if nothing is carried. `articles`: every
    article sold, where the figures list the best only. `master_data` is None in closings of programs that did not keep it.
    """

    register_id: str
    z_number: int
    business_day: str
    closed_at_ms: int
    through_journal_sequence: int
    figures: Figures
    user_id: str
    taxonomy_version: str
    chain_hash: bytes
    count: CashCount | None = None
    carried_float_cents: int | None = None
    carried_parked_ids: tuple[bytes, ...] = ()
    master_data: ClosingMasterData | None = None
    columns: SummaryColumns = SummaryColumns()
    articles: tuple[ArticleFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """One register's period for central: `z_number` is 0 while it is open, `business_day` an ISO 8601 date.

    `articles`: every article sold, by article number. A closed period's summary is what its closing told, and never changes again.
    """

    register_id: str
    business_day: str
    z_number: int
    through_journal_sequence: int
    figures: Figures
    columns: SummaryColumns
    articles: tuple[ArticleFigure, ...] = ()
