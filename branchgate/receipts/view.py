"""A receipt to look at without copying it: what the checks read, straight from the parsed bytes.

Making the frozen values of `model` out of a receipt of six lines takes three times as long as checking it, and most receipts are only
checked, journaled and passed on. A `Receipt` is a `ReceiptView` too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.receipts.model import BusinessCase, PaymentType, ReceiptType
from branchgate.v1 import receipt_pb2


class LineView(Protocol):
    """What the checks read of a line; units as in `model.Line`."""

    @property
    def business_case(self) -> int: ...
    @property
    def quantity_thousandths(self) -> int: ...
    @property
    def unit_price(self) -> int: ...
    @property
    def gross_cents(self) -> int: ...
    @property
    def vat_key(self) -> int: ...
    @property
    def vat_rate_basis_points(self) -> int: ...
    @property
    def article_number(self) -> str: ...
    @property
    def voided(self) -> bool: ...


class VatSumView(Protocol):
    """What the checks read of a VAT sum; units as in `vat.VatSum`."""

    @property
    def vat_key(self) -> int: ...
    @property
    def vat_rate_basis_points(self) -> int: ...
    @property
    def gross_cents(self) -> int: ...
    @property
    def net_cents(self) -> int: ...
    @property
    def vat_cents(self) -> int: ...


class PaymentView(Protocol):
    """What the checks read of a payment; units as in `model.Payment`."""

    @property
    def type(self) -> int: ...
    @property
    def amount_cents(self) -> int: ...


class ReceiptView(Protocol):
    """What the checks read of a receipt; units as in `model.Receipt`."""

    @property
    def receipt_number(self) -> str: ...
    @property
    def running_number(self) -> int: ...
    @property
    def type(self) -> int: ...
    @property
    def type_name(self) -> str: ...
    @property
    def started_at_ms(self) -> int: ...
    @property
    def finished_at_ms(self) -> int: ...
    @property
    def lines(self) -> Sequence[LineView]: ...
    @property
    def vat_sums(self) -> Sequence[VatSumView]: ...
    @property
    def payments(self) -> Sequence[PaymentView]: ...
    @property
    def total_cents(self) -> int: ...
    @property
    def cash_given_cents(self) -> int: ...
    @property
    def change_cents(self) -> int: ...
    @property
    def references(self) -> Sequence[object]: ...
    @property
    def reverses_receipt(self) -> bool: ...


_TYPES = frozenset(map(int, ReceiptType))
_CASES = frozenset(map(int, BusinessCase))
_PAYMENTS = frozenset(map(int, PaymentType))


def view_receipt(body: bytes) -> ReceiptView:
    """The receipt in an event's body. Raises Refused (RECEIPT_UNREADABLE) in the same cases as `decode_receipt`."""
    try:
        message = receipt_pb2.Receipt.FromString(body)
    except DecodeError as failure:
        raise _unreadable(body, str(failure)) from failure
    if message.type not in _TYPES:
        raise _unreadable(body, f"{message.type} is not a type of receipt")
    if not _CASES.issuperset(cases := [line.business_case for line in message.lines]):
        raise _unreadable(body, f"{min(set(cases) - _CASES)} is not a business case")
    if not _PAYMENTS.issuperset(types := [payment.type for payment in message.payments]):
        raise _unreadable(body, f"{min(set(types) - _PAYMENTS)} is not a type of payment")
    return message


def _unreadable(body: bytes, rule: str) -> Refused:
    return Refused("RECEIPT_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=rule)
