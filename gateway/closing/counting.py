"""Writing a cash count: what was in the drawer, what should have been, and the difference as a receipt of its own, all in one commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.figures import CashCount, Denomination, encode_count
from branchgate.money import euros
from branchgate.numbers import NumberRange
from branchgate.receipts.model import BusinessCase
from gateway.closing.model import CountCash
from gateway.closing.settling import journaled_behind
from gateway.journal.entries import OWN, Entry, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.reader import entry_of
from gateway.recording.derived import derived_id
from gateway.recording.own_receipts import Movement, OwnReceipt, carried_float, own_receipt
from gateway.recording.standing import Standing
from gateway.recording.states import read_state, write_state
from gateway.short_texts import short_text

EURO_CASH: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
"""Coins and notes in cents. A roll of coins is counted as its coins: what a roll is worth, no rule says."""

MOST_PIECES: Final = 100_000
MOST_CENTS: Final = 100_000_000
"""1,000,000 EUR: more in a drawer is a typing mistake."""

_MOVES_CASH: Final = (EventKind.RECEIPT, EventKind.CLOSING)


def count_id(request_id: bytes, register_id: str) -> bytes:
    """The event id of a count, made of request and register, so that a request counts a drawer once."""
    return derived_id(b"count", register_id, request_id)


def counted_cents(order: CountCash) -> int:
    """What was in the drawer. Raises Refused (INVALID_VALUE) for a count that cannot be, which has then not happened."""
    if len(order.request_id) != 16:
        raise Refused("INVALID_VALUE", field="request_id", value=order.request_id.hex(), rule="16 bytes")
    short_text(order.user_id, "user_id")
    short_text(order.note, "note")
    values = [row.value_cents for row in order.denominations]
    for index, row in enumerate(order.denominations):
        _require_denomination(row, f"denominations[{index}]", again=row.value_cents in values[:index])
    total = sum(row.value_cents * row.pieces for row in order.denominations)
    if order.denominations and order.counted_cents not in (0, total):
        rule = f"the denominations add up to {euros(total)} EUR; leave the sum away"
        raise Refused("INVALID_VALUE", field="counted_cents", value=f"{euros(order.counted_cents)} EUR", rule=rule)
    counted = total or order.counted_cents
    if not 0 <= counted <= MOST_CENTS:
        rule = f"0,00 – {euros(MOST_CENTS)} EUR"
        raise Refused("INVALID_VALUE", field="counted_cents", value=f"{euros(counted)} EUR", rule=rule)
    return counted


def settle_count(
    journal: Journal,
    event_id: bytes,
    count: CashCount,
    through: int,
    numbers: NumberRange | None,
) -> Callable[[sqlite3.Connection], Entry | None]:
    """A work for the writer: appends the count and books its difference.

    `through` is the place in the journal that `expected_cents` covers. Answers with the count's entry, an earlier one of the same id
    included; with None when cash moved behind `through`.
    """

    def work(connection: sqlite3.Connection) -> Entry | None:
        known = entry_of(connection, event_id)
        if known is not None:
            return known
        if journaled_behind(connection, through, count.register_id, _MOVES_CASH):
            return None
        booked = _difference(connection, count, numbers) if count.difference_cents else ()
        difference_id = booked[-1].event_id if booked else b""
        body = encode_count(replace(count, difference_event_id=difference_id))
        entry = NewEntry(event_id, count.register_id, OWN, EventKind.CASH_COUNT, body)
        entries = [each for receipt in booked for each in receipt.entries]
        *_, appended = journal.append_in(connection, [*entries, entry])
        return appended

    def _difference(
        connection: sqlite3.Connection, count: CashCount, numbers: NumberRange | None
    ) -> tuple[OwnReceipt, ...]:
        """The receipt of the difference, and before it the float that a closing carried over, where this opens the period."""
        standing = Standing.of(read_state(connection, count.register_id))
        now_ms = count.counted_at_ms
        float_receipt = carried_float(count.register_id, standing, now_ms, numbers, now_ms)
        movement = Movement(BusinessCase.DIFFERENZ_SOLL_IST, count.difference_cents, count.user_id, now_ms)
        difference = own_receipt(count.register_id, movement, standing, numbers, now_ms)
        standing.period_first_sequence = standing.period_first_sequence or journal.head_in(connection) + 1
        write_state(connection, count.register_id, standing.state())
        return (difference,) if float_receipt is None else (float_receipt, difference)

    return work


def _require_denomination(row: Denomination, where: str, *, again: bool) -> None:
    if row.value_cents not in EURO_CASH:
        rule = f"a euro coin or note in cents: {', '.join(map(str, EURO_CASH))}"
        raise Refused("INVALID_VALUE", field=f"{where}.value_cents", value=row.value_cents, rule=rule)
    if again:
        raise Refused("INVALID_VALUE", field=f"{where}.value_cents", value=row.value_cents, rule="each one once")
    if not 0 <= row.pieces <= MOST_PIECES:
        raise Refused("INVALID_VALUE", field=f"{where}.pieces", value=row.pieces, rule=f"0 to {MOST_PIECES}")
