"""Receipts of the journal become rows of the temporary tables, as the register printed them; nothing is left out.

An edge of its own kind: it reads the generated messages, because a dataclass in between would halve the speed of a year's export. What
does not fit a column is cut, what must not stand in a file is cleaned, what must be there and is not gets a stand-in: all of it noted.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from google.protobuf.message import DecodeError

from branchgate.receipts.limits import LARGEST, LARGEST_PRICE
from branchgate.receipts.model import PaymentType, PriceStepType, ReceiptType
from branchgate.v1 import receipt_pb2
from branchgate.vat import net_of
from gateway.dsfinvk.detail import (
    LINES,
    OF_RECEIPTS,
    PAYMENTS,
    PRICE_STEPS,
    RECEIPTS,
    REFERENCES,
    SIGNATURES,
    VAT_SUMS,
)
from gateway.dsfinvk.notes import LINES_NUMBERED, NUMBER_CUT, RECEIPT_UNREADABLE, TIME_REPLACED, Notes
from gateway.dsfinvk.periods import Period
from gateway.dsfinvk.receipt_texts import LineTexts, ReceiptTexts
from gateway.dsfinvk.references import ReferenceRows
from gateway.dsfinvk.shares import line_vat
from gateway.dsfinvk.signatures import SignatureRows
from gateway.dsfinvk.source import Row
from gateway.dsfinvk.texts import fitting
from gateway.dsfinvk.times import is_plausible

Values: TypeAlias = tuple[Any, ...]

_BELEG = int(ReceiptType.BELEG)
_TYPES = {int(kind): kind.dsfinvk for kind in ReceiptType}
_PAYMENTS = {int(kind): kind.dsfinvk for kind in PaymentType}
_STEPS = {int(kind): kind.dsfinvk for kind in PriceStepType}
_WHOLE_UNITS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"})
"""Currencies without a minor unit (ISO 4217)."""

BASE_CURRENCY = "EUR"


class ReceiptRows:
    """Makes the rows of receipts; `rows` holds them by table until they are taken."""

    def __init__(self, notes: Notes, references: ReferenceRows, signatures: SignatureRows) -> None:
        self.rows: dict[str, list[Values]] = {table.name: [] for table in OF_RECEIPTS}
        self.receipts = 0
        self.lines = 0
        self.counted: dict[int, tuple[int, int]] = {}
        """Of each period: receipts that count, and their sum in cents."""
        self._notes = notes
        self._references = references
        self._signatures = signatures
        self._receipt_texts = ReceiptTexts(notes)
        self._line_texts = LineTexts(notes)
        self._payment_name = fitting(notes, "datapayment.csv", "ZAHLART_NAME")
        self._currency = fitting(notes, "datapayment.csv", "ZAHLWAEH_CODE")

    def clear(self) -> None:
        """Forgets the rows made so far."""
        for rows in self.rows.values():
            rows.clear()

    def take(self, entry: Row, period: Period) -> None:
        """Makes the rows of one receipt. A body that does not parse is damage; it is noted with its event."""
        bon_id = entry.event_id.hex()
        try:
            message = receipt_pb2.Receipt.FromString(entry.body)
        except DecodeError:
            self._notes.add(RECEIPT_UNREADABLE, "journal", bon_id)
            return
        at = (period.number, entry.sequence, bon_id)
        counts = message.type == _BELEG
        self.receipts += 1
        if counts:
            many, cents = self.counted.get(period.number, (0, 0))
            self.counted[period.number] = many + 1, cents + message.total_cents
        self._receipt(at, message, entry, period)
        names = self._lines(at, message, counts)
        self._vat_sums(at, message)
        self._payments(at, message, counts)
        if message.references:
            self.rows[REFERENCES.name].extend(self._references.of(at, message, names, period))
        self.rows[SIGNATURES.name].append(self._signatures.of(at, message))

    def _receipt(self, at: Values, message: receipt_pb2.Receipt, entry: Row, period: Period) -> None:
        bon_id = entry.event_id.hex()
        started, finished = message.started_at_ms, message.finished_at_ms
        if not (is_plausible(started) and is_plausible(finished)):
            self._notes.add(TIME_REPLACED, "BON_START", bon_id)
            started = started if is_plausible(started) else entry.recorded_at_ms
            finished = finished if is_plausible(finished) else entry.recorded_at_ms
        self.rows[RECEIPTS.name].append(
            (
                *at,
                message.running_number,
                message.total_cents,
                _TYPES.get(message.type, str(message.type)),
                *self._receipt_texts.head(message, bon_id),
                period.times.iso(started),
                period.times.iso(finished),
                *self._receipt_texts.rest(message, bon_id),
            )
        )

    def _lines(self, at: Values, message: receipt_pb2.Receipt, counts: bool) -> dict[int, str]:
        """Makes the lines' rows; returns POS_ZEILE by line number."""
        lines = message.lines
        numbers = [line.line_number for line in lines]
        if len(set(numbers)) != len(numbers) or any(number < 1 for number in numbers):
            self._notes.add(LINES_NUMBERED, "POS_ZEILE", at[2])
            names = [str(place) for place in range(1, len(numbers) + 1)]
        else:
            names = [str(number) for number in numbers]
        texts = self._line_texts.of
        add = self.rows[LINES.name].append
        for place, (line, name, vat) in enumerate(zip(lines, names, line_vat(lines, message.vat_sums), strict=True)):
            voided = line.voided
            # What was voided before payment is shown as it was rung up, and is worth nothing.
            gross = 0 if voided else line.gross_cents
            price = line.unit_price
            if not -LARGEST_PRICE <= price <= LARGEST_PRICE:
                price = self._cut(price, LARGEST_PRICE, "STK_BR", at[2])
            add(
                (
                    *at,
                    place,
                    counts and not voided,
                    voided,
                    name,
                    *texts(line, at[2]),
                    line.quantity_thousandths,
                    price,
                    line.vat_key,
                    line.vat_rate_basis_points,
                    gross,
                    gross - vat,
                    vat,
                )
            )
            if line.price_steps:
                self._price_steps(at, place, name, line)
        self.lines += len(lines)
        return dict(zip(reversed(numbers), reversed(names), strict=True))

    def _price_steps(self, at: Values, place: int, name: str, line: receipt_pb2.ReceiptLine) -> None:
        for number, step in enumerate(line.price_steps):
            gross = self._cut(step.unit_price, LARGEST_PRICE, "PF_BRUTTO", at[2])
            net = net_of(gross, line.vat_rate_basis_points)
            kind = _STEPS.get(step.type, str(step.type))
            self.rows[PRICE_STEPS.name].append((*at, place, number, name, kind, line.vat_key, gross, net, gross - net))

    def _vat_sums(self, at: Values, message: receipt_pb2.Receipt) -> None:
        """One row per key: a receipt that prints a key at two rates breaks a rule, and is told in one sum all the same."""
        by_key: dict[int, list[int]] = {}
        for vat in message.vat_sums:
            found = by_key.setdefault(vat.vat_key, [vat.vat_rate_basis_points, 0, 0, 0])
            found[1] += vat.gross_cents
            found[2] += vat.net_cents
            found[3] += vat.vat_cents
        self.rows[VAT_SUMS.name].extend((*at, key, *found) for key, found in by_key.items())

    def _payments(self, at: Values, message: receipt_pb2.Receipt, counts: bool) -> None:
        add = self.rows[PAYMENTS.name].append
        for place, payment in enumerate(message.payments):
            currency = self._currency(payment.currency, at[2]).strip() or BASE_CURRENCY
            foreign = self._cut(payment.foreign_amount, LARGEST, "ZAHLWAEH_BETRAG", at[2])
            foreign = foreign * 100 if currency in _WHOLE_UNITS else foreign
            kind = _PAYMENTS.get(payment.type, str(payment.type))
            add(
                (
                    *at,
                    place,
                    counts,
                    kind,
                    self._payment_name(payment.name, at[2]),
                    currency,
                    payment.amount_cents,
                    foreign,
                )
            )
        if counts and not message.payments:
            # A Beleg needs a payment, also one over nothing (DSFinV-K 2.4, ZAHLART_TYP "Keine").
            add((*at, 0, counts, PaymentType.KEINE.dsfinvk, "", BASE_CURRENCY, 0, 0))

    def _cut(self, value: int, largest: int, column: str, where: str) -> int:
        """What earlier programs recorded may be beyond what adds up: one such figure must not keep all others from being exported."""
        if -largest <= value <= largest:
            return value
        self._notes.add(NUMBER_CUT, column, where)
        return max(-largest, min(value, largest))
