"""The cash book of these tests: every register as plain numbers, replayed from what was handed in and never from what the gateway says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from branchgate.figures import Figures
from branchgate.numbers import NumberRange
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.vat import VatSum
from tests.gateway.sales.plain_figures import cash, plain_figures

ZONE = ZoneInfo("Europe/Berlin")
SKEW_MS = 10 * 60_000


@dataclass
class Period:
    """What happened between two closings of a register: receipts in the order in which they were recorded."""

    receipts: list[Receipt] = field(default_factory=list)
    timed: list[Receipt] = field(default_factory=list)
    """The same with the times that count: the gateway's where a register's clock is far ahead."""
    own: list[str] = field(default_factory=list)
    """Numbers of the register's own receipts; the others are the gateway's."""
    findings: Counter[str] = field(default_factory=Counter)
    drawer_openings: int = 0
    floats: int = 0
    counted: int | None = None
    business_day: str = ""

    @property
    def cash(self) -> int:
        """What its receipts put into the drawer that can be counted as expected."""
        return sum(cash(receipt) for receipt in self.receipts if receipt.type is ReceiptType.BELEG)

    @property
    def figures(self) -> Figures:
        """What X and Z must say of it: nothing before its first receipt."""
        if not self.receipts:
            return Figures()
        return replace(
            plain_figures(self.timed, numbered=False),
            finding_count=self.findings.total(),
            late_count=self.findings["LATE_SALE"],
            no_sale_count=self.drawer_openings,
        )


NUMBERS = ("first_receipt_number", "last_receipt_number", "first_reserved_number", "last_reserved_number")


def unnumbered(figures: Figures) -> Figures:
    """The same without the numbers it begins and ends with."""
    empty: dict[str, Any] = {one.name: "" for one in fields(figures) if one.name in NUMBERS}
    return replace(figures, **empty)


def agree(told: Figures, period: Period) -> None:
    """X or Z of one register against the book: every figure, and numbers that are the register's own."""
    assert unnumbered(told) == unnumbered(period.figures)
    if told.first_receipt_number or told.last_receipt_number:
        assert {told.first_receipt_number, told.last_receipt_number} <= set(period.own)
        assert told.first_receipt_number <= told.last_receipt_number


@dataclass
class Register:
    """One register: what is closed, what is open, what is carried into the next period."""

    register_id: str
    numbers: NumberRange
    closed: list[Period] = field(default_factory=list)
    open: Period = field(default_factory=Period)
    carried: int = 0
    carried_by: str = ""
    closed_until_ms: int = 0
    reserved: int = 0
    has_tse: bool = False
    without_tse: set[str] = field(default_factory=set)
    """Numbers of what the gateway booked at a register whose receipts are signed."""

    @property
    def expected_cash(self) -> int:
        """What should be in the drawer."""
        return self.carried + self.open.cash

    @property
    def recorded(self) -> list[Receipt]:
        """Every receipt of the journal, in its order."""
        return [receipt for period in (*self.closed, self.open) for receipt in period.receipts]

    def record(self, receipt: Receipt, now_ms: int, starts_at: int, others: Counter[str]) -> Counter[str]:
        """A receipt arrives; what must be found about it. `others`: what only the one who sent it knows."""
        found = Counter(others)
        self.has_tse = receipt.tse is not None
        timed = receipt if receipt.finished_at_ms <= now_ms + SKEW_MS else at(receipt, now_ms)
        if not self.open.receipts and self.carried:
            cents, self.carried = self.carried, 0
            self._book(BusinessCase.ANFANGSBESTAND, cents, self.carried_by, timed.started_at_ms, starts_at)
            self.open.floats = 1
        if receipt.finished_at_ms > now_ms + SKEW_MS:
            found["CLOCK_AHEAD"] += 1
        waited = now_ms - receipt.finished_at_ms > SKEW_MS
        if receipt.type is ReceiptType.BELEG and waited and receipt.finished_at_ms < self.closed_until_ms:
            found["LATE_SALE"] += 1
        if receipt.lines and receipt.lines[0].business_case is BusinessCase.ANFANGSBESTAND:
            found["FLOAT_TWICE"] += self.open.floats > 0
            self.open.floats += 1
        self._take(receipt, timed, starts_at)
        self.open.own.append(receipt.receipt_number)
        self.open.findings += +found
        return +found

    def count(self, cents: int, user: str, now_ms: int, starts_at: int) -> int:
        """Somebody counts the drawer: the difference, which is booked."""
        difference = cents - self.expected_cash
        if difference:
            if not self.open.receipts and self.carried:
                carried, self.carried = self.carried, 0
                self._book(BusinessCase.ANFANGSBESTAND, carried, self.carried_by, now_ms, starts_at)
                self.open.floats = 1
            self._book(BusinessCase.DIFFERENZ_SOLL_IST, difference, user, now_ms, starts_at)
        self.open.counted = cents
        return difference

    def close(self, user: str, now_ms: int, day_starts_at: int, *, carry: bool) -> None:
        """The Z."""
        there = self.expected_cash
        # A float of nothing, or of less, is no float: the next period begins without one.
        self.carried, self.carried_by = (max(0, there), user) if carry else (0, "")
        until = min(now_ms, _end_of(self.open.business_day, day_starts_at))
        self.closed_until_ms = max(self.closed_until_ms, until)
        self.closed.append(self.open)
        self.open = Period()

    def _book(self, case: BusinessCase, cents: int, user: str, at_ms: int, starts_at: int) -> None:
        self.reserved = self.reserved + 1 if self.reserved else self.numbers.first_reserved
        number = self.numbers.number(self.reserved)
        if self.has_tse:
            self.without_tse.add(number)
        made = own_receipt(number, self.reserved, case, cents, user, at_ms)
        self._take(made, made, starts_at)

    def _take(self, receipt: Receipt, timed: Receipt, starts_at: int) -> None:
        if not self.open.receipts:
            self.open.business_day = business_day(timed.finished_at_ms, starts_at)
        self.open.receipts.append(receipt)
        self.open.timed.append(timed)


def cash_wrong(cash: int, *, carry: bool) -> list[str]:
    """What a closing finds about the drawer that it leaves."""
    if cash < 0:
        return ["CASH_NEGATIVE"]
    return [] if carry or not cash else ["CASH_NOT_CARRIED"]


def at(receipt: Receipt, now_ms: int) -> Receipt:
    """As if it had begun and ended now."""
    return replace(receipt, started_at_ms=now_ms, finished_at_ms=now_ms)


def own_receipt(number: str, running: int, case: BusinessCase, cents: int, user: str, at_ms: int) -> Receipt:
    """What the gateway books by itself: one line, not taxable, in cash."""
    texts = {
        BusinessCase.ANFANGSBESTAND: "Anfangsbestand (Übertrag)",
        BusinessCase.DIFFERENZ_SOLL_IST: "Kassendifferenz",
    }
    line = Line(1, case, texts[case], 1000 if cents >= 0 else -1000, abs(cents) * 1000, cents, 5, 0)
    return Receipt(
        receipt_number=number,
        running_number=running,
        type=ReceiptType.BELEG,
        started_at_ms=at_ms,
        finished_at_ms=at_ms,
        user_id=user,
        user_name=user,
        lines=(line,),
        vat_sums=(VatSum(5, 0, cents, cents, 0),),
        payments=(Payment(PaymentType.BAR, cents),),
        total_cents=cents,
    )


def business_day(at_ms: int, starts_at_minutes: int) -> str:
    """The date on the wall of the shop, where a day may begin after midnight."""
    wall = datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(ZONE).replace(tzinfo=None)
    return (wall - timedelta(minutes=starts_at_minutes)).date().isoformat()


def _end_of(day: str, starts_at_minutes: int) -> int:
    wall = datetime.fromisoformat(day) + timedelta(days=1, minutes=starts_at_minutes)
    return int(wall.replace(tzinfo=ZONE).timestamp()) * 1000


def sum_of(periods: list[Period]) -> Figures:
    """What the sum of several registers must say; numbers of several ranges have no first and last one."""
    begun = [period for period in periods if period.receipts]
    receipts = [receipt for period in begun for receipt in period.timed]
    return replace(
        plain_figures(receipts, numbered=False),
        finding_count=sum(period.findings.total() for period in begun),
        late_count=sum(period.findings["LATE_SALE"] for period in begun),
        no_sale_count=sum(period.drawer_openings for period in begun),
    )
