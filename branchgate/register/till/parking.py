"""Parking at the till: what is rung up is put aside at the gateway, and whatever waits in the branch is fetched here.

Parked receipts live at the gateway alone: a register that kept some of its own would let two registers take money for one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from branchgate.errors import OutcomeUnknown, Refused, RefusedKind, TryAgain
from branchgate.ids import new_event_id
from branchgate.receipts.model import ReceiptType
from branchgate.receipts.parked import ParkedReceipt, parked_of_message
from branchgate.register.client import RegisterClient
from branchgate.register.till.open_receipt import OpenReceipt
from branchgate.v1 import parked_pb2

LOOKED_THROUGH: Final = 500
"""Receipts of this register that are asked whether they ended a parked one already: those the gateway does not know yet are among them."""

_ENDING: Final = (ReceiptType.BELEG, ReceiptType.AV_BELEGABBRUCH)
_LONGEST_NUMBER: Final = 4


class Parking:
    """One cashier's parking. A receipt that was resumed names its `parked_id`, and so does what ends it."""

    def __init__(self, register: RegisterClient, user_id: str) -> None:
        self._register = register
        self._user_id = user_id
        self._shown: list[bytes] = []
        self._resumed: ParkedReceipt | None = None
        self._minted: tuple[OpenReceipt, bytes] | None = None
        self._asked: tuple[ParkedReceipt, bytes] | None = None

    async def park(self, receipt: OpenReceipt, title: str) -> parked_pb2.ParkedRow:
        """Puts an open receipt aside; what was resumed keeps its title unless there is another. Called again after an error it parks once.

        Raises Refused (NOT_PARKABLE, INVALID_VALUE, PARKED_…), TryAgain (PARKING_NEEDS_GATEWAY), OutcomeUnknown.
        """
        _require_parkable(receipt)
        earlier = self._resumed if receipt.parked_id else None
        parked = ParkedReceipt(
            self._id_of(receipt),
            title or (earlier.title if earlier else ""),
            receipt.basket.lines,
            receipt.started_ms,
            receipt.basket.total_cents,
            earlier.user_id if earlier else self._user_id,
            receipt.customer,
        )
        # The same receipt once more is the same request: its answer may have been lost on the way.
        if self._asked is None or self._asked[0] != parked:
            self._asked = parked, secrets.token_bytes(16)
        row = await self._answered(*self._asked)
        self._resumed, self._minted, self._asked = None, None, None
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
        self._resumed = parked_of_message(row.receipt)
        return self._resumed

    async def _answered(self, parked: ParkedReceipt, request_id: bytes) -> parked_pb2.ParkedRow:
        """An answer that did not come is asked for once more: the same request parks once."""
        with _needs_gateway():
            try:
                return await self._register.gateway.park(parked, self._user_id, request_id=request_id)
            except OutcomeUnknown:
                return await self._register.gateway.park(parked, self._user_id, request_id=request_id)

    def _id_of(self, receipt: OpenReceipt) -> bytes:
        """Its own, or one that stays the same as long as parking it is tried."""
        if receipt.parked_id:
            return receipt.parked_id
        if self._minted is None or self._minted[0] is not receipt:
            self._minted = receipt, new_event_id(receipt.started_ms)
        return self._minted[1]

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


def _require_parkable(receipt: OpenReceipt) -> None:
    """Only a sale's lines and its customer are kept: whatever else a receipt has by then would be forgotten."""
    if receipt.is_empty:
        raise Refused("BASKET_EMPTY", field="lines", value=0, rule="at least one line")
    reasons = {
        "a return": receipt.takes_back,
        "training": receipt.type is not ReceiptType.BELEG,
        "paid in part": bool(receipt.tenders),
        "refers to another receipt": bool(receipt.references),
    }
    for reason, holds in reasons.items():
        if holds:
            raise Refused("NOT_PARKABLE", field="receipt", value=reason, rule="a sale", kind=RefusedKind.NOT_NOW)


@contextmanager
def _needs_gateway() -> Iterator[None]:
    try:
        yield
    except TryAgain as failure:
        if failure.reason != "NOT_REACHABLE":
            raise
        raise TryAgain("PARKING_NEEDS_GATEWAY", rule=failure.rule) from failure
