"""Parking at the till: what is rung up is put aside at the gateway, and whatever waits in the branch is fetched here.

Parked receipts live at the gateway alone: a register that kept some of its own would let two registers take money for one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from branchgate.errors import Refused, RefusedKind, TryAgain
from branchgate.ids import new_event_id
from branchgate.receipts.basket import Basket, total_of
from branchgate.receipts.model import GOODS, Customer, Line, ReceiptType
from branchgate.receipts.parked import ParkedReceipt, parked_of_message
from branchgate.register.client import RegisterClient
from branchgate.v1 import parked_pb2

LOOKED_THROUGH: Final = 500
"""Receipts of this register that are asked whether they ended a parked one already: those the gateway does not know yet are among them."""

_ENDING: Final = (ReceiptType.BELEG, ReceiptType.AV_BELEGABBRUCH)
_LONGEST_NUMBER: Final = 4


class Parking:
    """One cashier's parking. `resumed` is the parked receipt in work here, which the next receipt must name."""

    def __init__(self, register: RegisterClient, user_id: str) -> None:
        self._register = register
        self._user_id = user_id
        self._shown: list[bytes] = []
        self._asked: tuple[ParkedReceipt, bytes] | None = None
        self._new_id = b""
        self.resumed: ParkedReceipt | None = None

    @property
    def in_work(self) -> ParkedReceipt:
        """What was resumed. Raises Refused (NOTHING_RESUMED)."""
        if self.resumed is None:
            rule = "resume a parked receipt first"
            raise Refused("NOTHING_RESUMED", field="parked", rule=rule, kind=RefusedKind.NOT_NOW)
        return self.resumed

    def basket(self) -> Basket:
        """What was resumed as a basket to go on with; an empty one when nothing was."""
        return Basket.of(self.resumed.lines) if self.resumed else Basket()

    def void(self, line_numbers: Iterable[int]) -> None:
        """Voids lines of what was resumed; they stay on the receipt. Raises Refused (NOTHING_RESUMED, NOT_FOUND)."""
        resumed, basket = self.in_work, self.basket()
        for number in line_numbers:
            basket.void_line(number)
        self.resumed = replace(resumed, lines=basket.lines, total_cents=basket.total_cents)

    def void_last(self) -> None:
        """Voids the last article of what was resumed that still counts, if there is one."""
        for line in reversed(self.basket().lines):
            if line.business_case in GOODS and not line.voided and not line.applies_to_line:
                self.void([line.line_number])
                return

    async def park(
        self, title: str, lines: Sequence[Line], started_ms: int, customer: Customer | None = None
    ) -> parked_pb2.ParkedRow:
        """Puts the lines aside; what was resumed keeps its title unless there is another. Called again after an error it parks once.

        Raises Refused (INVALID_VALUE, PARKED_…), TryAgain (PARKING_NEEDS_GATEWAY), OutcomeUnknown.
        """
        earlier = self.resumed
        self._new_id = self._new_id or new_event_id(started_ms)
        receipt = ParkedReceipt(
            earlier.parked_id if earlier else self._new_id,
            title or (earlier.title if earlier else ""),
            tuple(lines),
            earlier.started_at_ms if earlier else started_ms,
            total_of(lines),
            earlier.user_id if earlier else self._user_id,
            customer or (earlier.customer if earlier else None),
        )
        # The same receipt once more is the same request: its answer may have been lost on the way.
        if self._asked is None or self._asked[0] != receipt:
            self._asked = receipt, secrets.token_bytes(16)
        with _needs_gateway():
            row = await self._register.gateway.park(receipt, self._user_id, request_id=self._asked[1])
        self.let_go()
        return row

    async def listed(self) -> list[parked_pb2.ParkedRow]:
        """All parked receipts of the branch, oldest first; their places, from 1, are what `resume` understands as numbers."""
        with _needs_gateway():
            rows = await self._register.gateway.parked()
        self._shown = [row.receipt.parked_id for row in rows]
        return rows

    async def resume(self, wanted: str) -> ParkedReceipt:
        """Fetches one by its title, its number in the list that was shown last, or its id in hexadecimal digits.

        Raises Refused: NOT_FOUND, PARKED_AMBIGUOUS, PARKED_ENDED_HERE, PARKED_…; TryAgain (PARKING_NEEDS_GATEWAY).
        """
        with _needs_gateway():
            rows = await self._register.gateway.parked()
            parked_id = self._meant(wanted, rows)
            await self._require_not_ended(parked_id, wanted)
            row = await self._register.gateway.resume_parked(parked_id, self._user_id)
        self.resumed = parked_of_message(row.receipt)
        return self.resumed

    def let_go(self) -> None:
        """Nothing parked is in work here any more: a receipt has named it, or it was parked again."""
        self.resumed, self._asked, self._new_id = None, None, b""

    def _meant(self, wanted: str, rows: Sequence[parked_pb2.ParkedRow]) -> bytes:
        named = [row.receipt.parked_id for row in rows if row.receipt.title.casefold() == wanted.casefold()]
        if len(named) > 1:
            raise Refused("PARKED_AMBIGUOUS", field="parked", value=wanted, rule=f"{len(named)} of this name")
        if named:
            return named[0]
        shown = self._shown or [row.receipt.parked_id for row in rows]
        if wanted.isdecimal() and len(wanted) <= _LONGEST_NUMBER and 1 <= int(wanted) <= len(shown):
            return shown[int(wanted) - 1]
        for row in rows:
            if row.receipt.parked_id.hex() == wanted.casefold():
                return row.receipt.parked_id
        rule = "a name or a number of the list"
        raise Refused("NOT_FOUND", field="parked", value=wanted, rule=rule, kind=RefusedKind.NOT_FOUND)

    async def _require_not_ended(self, parked_id: bytes, wanted: str) -> None:
        """The gateway may not know yet that it was paid here while it could not be reached."""
        for happened in await self._register.inspect(lambda outbox: outbox.receipts(LOOKED_THROUGH)):
            if happened.receipt.parked_id == parked_id and happened.receipt.type in _ENDING:
                number = happened.receipt.receipt_number
                raise Refused("PARKED_ENDED_HERE", field="parked", value=wanted, rule=number, kind=RefusedKind.NOT_NOW)


@contextmanager
def _needs_gateway() -> Iterator[None]:
    try:
        yield
    except TryAgain as failure:
        if failure.reason != "NOT_REACHABLE":
            raise
        raise TryAgain("PARKING_NEEDS_GATEWAY", rule=failure.rule) from failure
