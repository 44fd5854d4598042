"""Entries of the journal become rows of the sales store.

An edge of its own kind: it reads the generated messages directly, because the domain's frozen values would halve the speed of a
rebuild, and a rebuild is what a shop waits for after a disk fault. Nothing is computed here that the register printed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from google.protobuf.message import DecodeError

from branchgate.currencies import OWN_MONEY
from branchgate.events import EventKind
from branchgate.figures.model import CASH_APART, CASH_MOVEMENTS, NO_CUSTOMER, NOT_TURNOVER
from branchgate.receipts.model import BusinessCase, PaymentType, ReceiptType
from branchgate.v1 import event_pb2, figures_pb2, receipt_pb2
from gateway.sales.closed_rows import article_rows, part_rows, total_row
from gateway.sales.days import plausible_ms
from gateway.sales.periods import Period, Periods
from gateway.sales.source import JournalRow
from gateway.sales.tables import (
    CASH_COUNTS,
    CLOSED_ARTICLES,
    CLOSED_PARTS,
    CLOSED_TOTALS,
    CLOSINGS,
    DRAWER_OPENINGS,
    FINDINGS,
    LINES,
    LOADED,
    LOST_CLOSINGS,
    PAYMENTS,
    PERIOD_DAYS,
    PERIODS,
    RECEIPTS,
    VAT_SUMS,
)

Row: TypeAlias = tuple[Any, ...]

UNREADABLE = "BODY_UNREADABLE"
"""Reason of the finding that stands for a journaled body which does not parse; recording refuses such bodies, so it tells of damage."""

_BELEG = int(ReceiptType.BELEG)
_BAR = int(PaymentType.BAR)
_UMSATZ = int(BusinessCase.UMSATZ)
_SIGNED, _UNSIGNED = 1, 2
_OF_THE_GATEWAY = 0
"""The register_sequence of what the gateway makes itself."""
_NO_OPENING = frozenset({"SHUT", "OPEN_TOO_LONG"})
"""DRAWER events that tell how an opening went on."""
_MOVED = frozenset(int(case) for case in CASH_MOVEMENTS)
_NOT_TURNOVER = frozenset(int(case) for case in NOT_TURNOVER)
_NO_CUSTOMER = frozenset(int(case) for case in NO_CUSTOMER)
_CASH_APART = frozenset(int(case) for case in CASH_APART)


class Decoder:
    """Makes the rows of journal entries, in the journal's order; `rows` holds them by table."""

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self.rows: dict[str, list[Row]] = {table.name: [] for table in LOADED}
        self._receipt_row = self.rows[RECEIPTS.name].append
        self._line_row = self.rows[LINES.name].append
        self._vat_row = self.rows[VAT_SUMS.name].append
        self._payment_row = self.rows[PAYMENTS.name].append
        self._drawer_row = self.rows[DRAWER_OPENINGS.name].append
        self._finding_row = self.rows[FINDINGS.name].append
        self._closing_row = self.rows[CLOSINGS.name].append
        self._lost_row = self.rows[LOST_CLOSINGS.name].append
        self._count_row = self.rows[CASH_COUNTS.name].append
        self._period_row = self.rows[PERIODS.name].append
        self._day_row = self.rows[PERIOD_DAYS.name].append
        self._by_kind: dict[int, Callable[[JournalRow], None]] = {
            EventKind.RECEIPT: self._receipt,
            EventKind.DRAWER: self._drawer,
            EventKind.FINDING: self._finding,
            EventKind.CLOSING: self._closing,
            EventKind.CASH_COUNT: self._count,
        }

    def clear(self) -> None:
        """Forgets the rows made so far."""
        for rows in self.rows.values():
            rows.clear()

    def take(self, entry: JournalRow) -> None:
        """Makes the rows of one entry; kinds that no figure counts make none."""
        write = self._by_kind.get(entry.kind)
        if write is None or not entry.register_id:
            return
        try:
            write(entry)
        except DecodeError:
            self._unreadable(entry)

    def _unreadable(self, entry: JournalRow) -> None:
        """A finding in place of a damaged entry. A closing ends its register's period all the same: that it did stands outside of its body."""
        period = self._period(entry)
        self._finding_row((entry.sequence, period.number, UNREADABLE, False))
        if entry.kind == EventKind.CLOSING:
            self._lost_row((entry.sequence, period.number, entry.register_id, period.z_number))
            self._periods.close(entry.register_id, period.z_number)

    def _period(self, entry: JournalRow) -> Period:
        period, opened = self._periods.at(entry.register_id, entry.sequence)
        if opened:
            self._period_row((period.number, period.register_id, period.z_number, period.first_sequence))
        return period

    def _receipt(self, entry: JournalRow) -> None:
        message = receipt_pb2.Receipt.FromString(entry.body)
        period = self._period(entry)
        finished_at_ms = plausible_ms(message.finished_at_ms, entry.recorded_at_ms)
        days = period.days
        if days is None:
            days = self._periods.first_receipt(period)
            rule = days.rule
            day = days.business_day(finished_at_ms)
            self._day_row((period.number, day, rule.time_zone, rule.day_starts_at_minutes, entry.sequence))
        hour = days.hour(finished_at_ms)
        sequence, number, counts = entry.sequence, period.number, message.type == _BELEG
        for vat in message.vat_sums:
            self._vat_row(
                (
                    sequence,
                    number,
                    counts,
                    vat.vat_key,
                    vat.vat_rate_basis_points,
                    vat.gross_cents,
                    vat.net_cents,
                    vat.vat_cents,
                )
            )
        cash = paid_cash = 0
        for payment in message.payments:
            kind, amount = payment.type, payment.amount_cents
            if kind == _BAR and payment.currency in OWN_MONEY:
                cash += amount
                paid_cash = 1
            self._payment_row(
                (sequence, number, counts, kind, payment.name, payment.currency, amount, payment.foreign_amount)
            )
        sold, served, live, voids, cash_case, sale, gives_back = self._lines(message, sequence, number, counts, hour)
        stands = not message.reverses_receipt
        own = entry.register_sequence == _OF_THE_GATEWAY
        self._receipt_row(
            (
                sequence,
                number,
                message.type,
                message.receipt_number,
                own,
                message.running_number,
                plausible_ms(message.started_at_ms, finished_at_ms),
                finished_at_ms,
                hour,
                message.user_id,
                message.user_name,
                message.reverses_receipt,
                message.total_cents,
                sold,
                served,
                stands and sale,
                stands and gives_back,
                live,
                voids,
                paid_cash and cash_case,
                cash,
                0 if own else _tse_state(message),
            )
        )

    def _lines(
        self, message: receipt_pb2.Receipt, sequence: int, period: int, counts: bool, hour: int
    ) -> tuple[int, int, int, int, int, bool, bool]:
        """Makes the lines' rows; returns cents of turnover, lines that serve a customer, lines that are not voided, lines that are,
        the business case of its cash, whether something was sold, and whether goods came back.
        """
        sold = served = live = voids = moved = 0
        sells = returns = False
        cases = set()
        for line in message.lines:
            case, gross, voided = line.business_case, line.gross_cents, line.voided
            if voided:
                voids += 1
            else:
                live += 1
                cases.add(case)
                if case not in _NOT_TURNOVER:
                    sold += gross
                    served += 1
                    sells = sells or gross > 0
                    returns = returns or (case == _UMSATZ and gross < 0)
                elif case not in _NO_CUSTOMER:
                    served += 1
                elif not moved and case in _MOVED:
                    moved = case
            self._line_row(
                (
                    sequence,
                    period,
                    counts and not voided,
                    line.line_number,
                    case,
                    line.article_number,
                    line.text,
                    line.quantity_thousandths,
                    line.unit,
                    gross,
                    line.vat_key,
                    line.category_key,
                    line.category_name,
                    hour,
                )
            )
        apart = cases.pop() if len(cases) == 1 else _UMSATZ
        told = moved or (apart if apart in _CASH_APART else _UMSATZ)
        return sold, served, live, voids, told, sells and sold >= 0, returns and sold < 0

    def _drawer(self, entry: JournalRow) -> None:
        message = event_pb2.DrawerOpening.FromString(entry.body)
        if message.outcome in _NO_OPENING:
            return
        period = self._period(entry)
        self._drawer_row(
            (entry.sequence, period.number, message.reason, message.outcome, message.user_id, message.at_ms)
        )

    def _finding(self, entry: JournalRow) -> None:
        message = event_pb2.FindingRecord.FromString(entry.body)
        period = self._period(entry)
        for finding in message.findings:
            self._finding_row((entry.sequence, period.number, finding.reason, message.refused))

    def _closing(self, entry: JournalRow) -> None:
        message = figures_pb2.Closing.FromString(entry.body)
        period = self._period(entry)
        if message.register_id != entry.register_id or message.z_number < period.z_number:
            # It parses, but is not what was written: Z numbers never go back.
            self._unreadable(entry)
            return
        self._closing_row(
            (
                entry.sequence,
                period.number,
                message.register_id,
                message.z_number,
                message.business_day,
                entry.event_id.hex(),
                message.carried_float_cents,
            )
        )
        self.rows[CLOSED_TOTALS.name].append(total_row(entry.sequence, period.number, message.figures))
        self.rows[CLOSED_PARTS.name] += part_rows(entry.sequence, period.number, message.figures)
        self.rows[CLOSED_ARTICLES.name] += article_rows(entry.sequence, period.number, message)
        self._periods.close(entry.register_id, message.z_number)

    def _count(self, entry: JournalRow) -> None:
        """Counts that the gateway held against what should have been there; one that a register tells of is journaled, and no more."""
        figures_pb2.CashCount.FromString(entry.body)
        if entry.register_sequence == _OF_THE_GATEWAY:
            self._count_row((entry.sequence, self._period(entry).number, entry.body.hex()))


def _tse_state(message: receipt_pb2.Receipt) -> int:
    if not message.HasField("tse"):
        return 0
    return _UNSIGNED if message.tse.failure else _SIGNED
