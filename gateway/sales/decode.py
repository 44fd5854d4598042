"""Entries of the journal become rows of the sales store.

An edge of its own kind: it reads the generated messages directly, because the domain's frozen values would halve the speed of a
rebuild, and a rebuild is what a shop waits for after a disk fault. Nothing is computed here that the register printed; the only
arithmetic is the lines' shares of the printed VAT.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from google.protobuf.message import DecodeError

from branchgate.events import EventKind
from branchgate.figures.model import CASH_MOVEMENTS
from branchgate.receipts.model import BusinessCase, PaymentType, ReceiptType
from branchgate.v1 import event_pb2, figures_pb2, receipt_pb2
from branchgate.vat import net_of, vat_shares
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
            self._finding_row((entry.sequence, self._period(entry).number, UNREADABLE, False))

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
        printed = {}
        for vat in message.vat_sums:
            key, rate, cents = vat.vat_key, vat.vat_rate_basis_points, vat.vat_cents
            printed[key, rate] = cents
            self._vat_row((sequence, number, counts, key, rate, vat.gross_cents, vat.net_cents, cents))
        cash = paid_cash = 0
        for payment in message.payments:
            kind, amount = payment.type, payment.amount_cents
            if kind == _BAR:
                cash += amount
                paid_cash = 1
            self._payment_row(
                (sequence, number, counts, kind, payment.name, payment.currency, amount, payment.foreign_amount)
            )
        sold, sold_lines, live, voids, moved = self._lines(message, sequence, number, counts, hour, printed)
        self._receipt_row(
            (
                sequence,
                number,
                message.type,
                message.receipt_number,
                entry.register_sequence == _OF_THE_GATEWAY,
                message.running_number,
                plausible_ms(message.started_at_ms, finished_at_ms),
                finished_at_ms,
                hour,
                message.user_id,
                message.user_name,
                message.reverses_receipt,
                message.total_cents,
                sold,
                sold_lines,
                live,
                voids,
                paid_cash and (moved or _UMSATZ),
                cash,
                _tse_state(message),
            )
        )

    def _lines(
        self,
        message: receipt_pb2.Receipt,
        sequence: int,
        period: int,
        counts: bool,
        hour: int,
        printed: dict[tuple[int, int], int],
    ) -> tuple[int, int, int, int, int]:
        """Makes the lines' rows; returns cents sold, lines sold, lines that are not voided, lines that are, and the business case of
        the first that moves money (0: none).
        """
        lines = message.lines
        sold = sold_lines = voids = moved = 0
        grosses: list[int] = []
        rated: dict[tuple[int, int], list[int]] = {}
        for place, line in enumerate(lines):
            gross = line.gross_cents
            grosses.append(gross)
            if line.voided:
                voids += 1
                continue
            rated.setdefault((line.vat_key, line.vat_rate_basis_points), []).append(place)
            if line.business_case not in _MOVED:
                sold += gross
                sold_lines += 1
            elif not moved:
                moved = line.business_case
        for line, gross, share in zip(lines, grosses, _shares(grosses, rated, printed), strict=True):
            self._line_row(
                (
                    sequence,
                    period,
                    counts and not line.voided,
                    line.line_number,
                    line.business_case,
                    line.article_number,
                    line.text,
                    line.quantity_thousandths,
                    line.unit,
                    gross,
                    gross - share,
                    share,
                    line.vat_key,
                    line.vat_rate_basis_points,
                    line.category_key,
                    line.category_name,
                    hour,
                )
            )
        return sold, sold_lines, len(grosses) - voids, voids, moved

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
        self._closing_row(
            (
                entry.sequence,
                period.number,
                message.register_id,
                message.z_number,
                message.business_day,
                entry.event_id.hex(),
                message.carried_float_cents,
                entry.body.hex(),
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


def _shares(
    grosses: list[int], rated: dict[tuple[int, int], list[int]], printed: dict[tuple[int, int], int]
) -> list[int]:
    """Each line's share of the printed VAT of its key and rate, by largest remainder; 0 for voided lines.

    `rated` holds the places of the lines that count by VAT key and rate. A key that the receipt prints no sum for is worked out, so that
    no line is without VAT.
    """
    shares = [0] * len(grosses)
    for name, places in rated.items():
        parts = [grosses[place] for place in places]
        whole = printed.get(name)
        if whole is None:
            whole = (total := sum(parts)) - net_of(total, name[1])
        if len(parts) == 1:
            shares[places[0]] = whole
            continue
        for place, share in zip(places, vat_shares(whole, parts), strict=True):
            shares[place] = share
    return shares
